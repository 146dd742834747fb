# shellcheck shell=bash
help_build() {
  cat <<'TEXT'
usage: ./dev build [--preset release|debug|asan|tsan] [TARGET...]
Sets up what is missing, then builds. The release binary is build/lode; other presets build into
build-PRESET/. LODE_JOBS sets how many compilers run at once (default: one a core).
example: ./dev build --preset asan
TEXT
}

build_folder() {
  if [[ $1 == release ]]; then echo build; else echo "build-$1"; fi
}

# Thread sanitizer of GCC 12 cannot place its shadow when addresses are spread widely.
calm_addresses() {
  local preset=$1
  shift
  if [[ $preset == tsan ]]; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

configure() { # only when needed: Ninja reconfigures by itself when a CMake file changes
  local preset=$1 folder
  folder=$(build_folder "$preset")
  if [[ ! -f $folder/build.ninja || CMakePresets.json -nt $folder/build.ninja ]]; then
    step configure calm_addresses "$preset" cmake --preset "$preset" --log-level=WARNING
  fi
}

compile() {
  local folder=$1 jobs=${LODE_JOBS:-$(nproc)}
  shift
  if [[ -t 1 ]]; then
    NINJA_STATUS='[%f/%t %e s] ' ninja -C "$folder" -j "$jobs" --quiet "$@" && return
    return 1
  fi
  NINJA_STATUS='[%f/%t %e s] ' ninja -C "$folder" -j "$jobs" "$@" | python3 tools/dev/progress.py
}

build_preset() {
  local preset=$1 folder
  shift
  folder=$(build_folder "$preset")
  configure "$preset" || return
  STEP_SHOWN="ninja -C $folder $*" step build calm_compile "$preset" "$folder" "$@"
}

calm_compile() {
  local preset=$1
  shift
  if [[ $preset == tsan ]]; then
    setarch "$(uname -m)" -R bash -c 'source tools/dev/build.sh; set -o pipefail; compile "$@"' _ "$@"
  else
    compile "$@"
  fi
}

command_build() {
  local preset=release targets=()
  while (($#)); do
    case $1 in
      --preset) preset=${2:?--preset needs a name}; shift ;;
      --preset=*) preset=${1#*=} ;;
      -*) unknown_option build "$1" ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  setup_group build
  build_preset "$preset" "${targets[@]}"
}
