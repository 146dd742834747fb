# shellcheck shell=bash
# Shared by ./dev and tools/dev/*.sh: what is run is shown, and how long it took.

die() { # what to do about it stands in the message
  printf 'dev: %s\n' "$*" >&2
  exit 2
}

step() { # step NAME COMMAND...: shows the command, runs it, shows the seconds
  local name=$1 began ended status=0
  shift
  printf '== %s: %s\n' "$name" "${STEP_SHOWN:-$*}"
  began=$EPOCHREALTIME
  "$@" || status=$?
  ended=$EPOCHREALTIME
  LAST_STEP_SECONDS=$(((${ended/./} - ${began/./}) / 1000000))
  if ((status)); then
    printf '== %s: failed after %d s\n' "$name" "$LAST_STEP_SECONDS" >&2
    return "$status"
  fi
  printf '== %s: %d s\n' "$name" "$LAST_STEP_SECONDS"
}

need() { # need TOOL HOW_TO_GET_IT
  command -v "$1" >/dev/null || die "$1 is missing: $2"
}

wants_help() { # wants_help "$@": is one of the arguments a call for help?
  local argument
  for argument; do
    [[ $argument == -h || $argument == --help ]] && return 0
  done
  return 1
}

unknown_option() { # unknown_option COMMAND ARGUMENT
  die "$1: unknown argument '$2'. See: ./dev $1 --help"
}

need_python() {
  need python3 'on Debian: sudo apt-get install python3'
  python3 -c 'import tomllib' 2>/dev/null || die 'python3 is older than 3.11, and setup needs 3.11'
}

setup_group() { # says nothing when there is nothing to do
  need_python
  python3 tools/setup/setup.py --quiet --group "$1"
}
