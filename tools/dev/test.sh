# shellcheck shell=bash
help_test() {
  cat <<'TEXT'
usage: ./dev test [--full] [--preset NAME] [-R REGEX] [CTEST OPTIONS...]
Builds, then runs every test, two at a time. Skipped tests are listed with their reasons; CTest's
closing lines come last.
  --full          also clang-tidy on the files that differ from origin/main, then the tests under
                  the address+undefined and under the thread sanitizer; a line a part comes last
  --preset NAME   asan, tsan or debug instead of release
example: ./dev test -R table     only the tests whose name holds "table"
TEXT
}

# Sources changed against the remote's main, or against the last commit where there is none.
changed_sources() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=$(git rev-parse HEAD)
  { git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } |
    grep -E '^(src|tests|bench)/.*\.cc$' | sort -u || true
}

tidy_file() { # .clang-tidy makes an error of what it finds
  local found status=0
  found=$(clang-tidy-19 -p build --quiet --extra-arg=-Wno-unknown-warning-option "$1" 2>&1) ||
    status=$?
  printf '  %s\n' "$1"
  ((status == 0)) || printf '%s\n' "$found"
  return "$status"
}

run_tidy() {
  local sources
  mapfile -t sources < <(changed_sources)
  if ((${#sources[@]} == 0)); then
    echo 'no changed sources'
    return 0
  fi
  printf 'clang-tidy-19 on %d files\n' "${#sources[@]}"
  export -f tidy_file
  # shellcheck disable=SC2016  # $1 is for the inner shell
  printf '%s\n' "${sources[@]}" |
    xargs -P "${LODE_JOBS:-$(nproc)}" -n 1 bash -c 'tidy_file "$1"' _
}

test_preset() { # test_preset PRESET CTEST_OPTIONS...
  local preset=$1 folder began=$SECONDS
  shift
  folder=$(build_folder "$preset")
  build_preset "$preset" || return
  printf '== test: ctest --test-dir %s %s\n' "$folder" "$*"
  calm "$preset" python3 tools/dev/run_ctest.py --folder "$folder" \
    --before "setup $TEST_SETUP_SECONDS, build $((SECONDS - began))" -- "$@"
}

# The parts of --full. All are gone through, whatever fails; what came of each is said at the end.
full_part() { # full_part NAME COMMAND...
  local name=$1 began=$SECONDS word=passed
  shift
  printf '\n==== %s\n' "$name"
  "$@" || word=FAILED
  [[ $word == passed ]] || FULL_FAILED+=("$name")
  FULL_LINES+=("$(printf '  %-8s %-7s %5d s' "$name" "$word" $((SECONDS - began)))")
}

run_full() { # run_full CTEST_OPTIONS...
  local began=$SECONDS
  FULL_FAILED=() FULL_LINES=()
  full_part release test_preset release "$@"
  full_part tidy run_tidy
  full_part asan test_preset asan "$@"
  full_part tsan test_preset tsan "$@"
  printf '\n'
  printf '%s\n' "${FULL_LINES[@]}"
  if ((${#FULL_FAILED[@]})); then
    printf 'test --full: %s failed; %d s\n' "${FULL_FAILED[*]}" $((SECONDS - began)) >&2
    return 1
  fi
  printf 'test --full: all passed; %d s\n' $((SECONDS - began))
}

command_test() {
  local preset=release full=0 options=() group=test
  while (($#)); do
    case $1 in
      --full) full=1 ;;
      --preset) preset=${2:?--preset needs a name}; shift ;;
      --preset=*) preset=${1#*=} ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  if ((full)) || needs_clang "$preset"; then group=full; fi
  STEP_SHOWN="tools/setup --group $group" step setup setup_group "$group"
  TEST_SETUP_SECONDS=$LAST_STEP_SECONDS
  if ((full)); then
    run_full "${options[@]}"
  else
    test_preset "$preset" "${options[@]}"
  fi
}
