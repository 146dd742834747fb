# shellcheck shell=bash
help_test() {
  cat <<'TEXT'
usage: ./dev test [--full] [--preset NAME] [-R REGEX] [CTEST OPTIONS...]
Builds, then runs every test, two at a time. Skipped tests are listed with their reasons; CTest's
closing lines come last.
  --full          also the address+undefined and thread sanitizers, and clang-tidy on changed files
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

run_tidy() {
  local sources
  mapfile -t sources < <(changed_sources)
  if ((${#sources[@]} == 0)); then
    echo 'no changed sources'
    return 0
  fi
  printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 1 \
    clang-tidy-19 -p build --quiet --extra-arg=-Wno-unknown-warning-option
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

command_test() {
  local preset=release full=0 options=()
  while (($#)); do
    case $1 in
      --full) full=1 ;;
      --preset) preset=${2:?--preset needs a name}; shift ;;
      --preset=*) preset=${1#*=} ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  STEP_SHOWN='tools/setup --group test' step setup setup_group test
  TEST_SETUP_SECONDS=$LAST_STEP_SECONDS
  if ((full)); then
    need clang-tidy-19 'run ./dev setup --group full'
    build_preset release
    STEP_SHOWN="clang-tidy-19 on changed files" step tidy run_tidy
    test_preset asan "${options[@]}"
    test_preset tsan "${options[@]}"
  fi
  test_preset "$preset" "${options[@]}"
}
