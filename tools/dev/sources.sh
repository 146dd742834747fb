# shellcheck shell=bash
# Commands on the sources themselves.
help_fmt() {
  cat <<'TEXT'
usage: ./dev fmt [--check]
Formats src, tests and bench in place with clang-format 19. --check changes nothing, names the
files that differ and fails if there are any.
example: ./dev fmt --check
TEXT
}

source_files() { # separated by NUL
  git ls-files -z --cached --others --exclude-standard -- 'src/*.cc' 'src/*.h' 'tests/*.cc' \
    'tests/*.h' 'bench/*.cc' 'bench/*.h' 'web/*.ts' 'web/*.mjs'
}

format_sources() {
  source_files | xargs -0 -r -n 20 -P "$(nproc)" clang-format-19 --style=file -i
}

check_format() { # names the files that differ
  local differ
  # shellcheck disable=SC2016  # $1 is for the inner shell
  differ=$(source_files | xargs -0 -r -n 1 -P "$(nproc)" sh -c \
    'clang-format-19 --style=file --dry-run --Werror "$1" 2>/dev/null || echo "$1"' _ | sort)
  [[ -z $differ ]] && return
  printf '%s\n' "$differ" 'These are not formatted. Run: ./dev fmt'
  return 1
}

command_fmt() {
  need clang-format-19 'run ./dev setup --group lint'
  [[ -f .clang-format ]] || die 'there is no .clang-format here, so there is no style to apply'
  case ${1:-} in
    '') STEP_SHOWN='clang-format-19 -i' step fmt format_sources ;;
    --check) STEP_SHOWN='clang-format-19 --dry-run' step fmt check_format ;;
    *) unknown_option fmt "$1" ;;
  esac
}

help_lint() {
  cat <<'TEXT'
usage: ./dev lint [PATH...]
Checks the rules of the house (layer order, sizes, mirrored tests, banned calls) with tools/lint,
and the shell scripts with shellcheck where it is installed.
example: ./dev lint src/table
TEXT
}

lint_scripts() {
  local scripts
  mapfile -t scripts < <(git ls-files -- '*.sh')
  shellcheck -x dev .ci/run "${scripts[@]}"
}

command_lint() {
  run_tool lint tools/lint/lint.py "$@"
  if command -v shellcheck >/dev/null; then STEP_SHOWN='shellcheck' step shellcheck lint_scripts; fi
}

# Commands that are a Python program of their own.
run_tool() { # run_tool COMMAND FILE ARGUMENTS...
  local command=$1 file=$2
  shift 2
  step "$command" python3 "$file" "$@"
}

help_new() { python3 tools/new.py --help; }
command_new() { run_tool new tools/new.py "$@"; }
