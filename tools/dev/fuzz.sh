# shellcheck shell=bash
help_fuzz() {
  cat <<'TEXT'
usage: ./dev fuzz [--seconds N] [ENTRY...]
Builds the fuzzers with clang's address and undefined sanitizers into build-fuzz/ and runs each
entry of tests/fuzz (or those named) under libFuzzer for N seconds (default 60). Inputs worth
keeping stay in build-fuzz/corpus/ENTRY for the next time. An input that breaks something is
left in build-fuzz/found/: mend it, and put the input into tests/fuzz/seeds/ENTRY, where every test
run replays it.
example: ./dev fuzz --seconds 300 csv
TEXT
}

fuzz_entry() { # fuzz_entry NAME SECONDS
  local name=$1 corpus=build-fuzz/corpus/$1
  mkdir -p "$corpus" build-fuzz/found
  build-fuzz/tests/lode_fuzz "--entry=$name" "--write-seeds=$corpus" || return
  build-fuzz/tests/lode_fuzz "--entry=$name" "-max_total_time=$2" -timeout=25 -rss_limit_mb=4096 \
    -max_len=65536 -print_final_stats=0 -verbosity=0 "-artifact_prefix=build-fuzz/found/$name-" \
    "$corpus"
}

command_fuzz() {
  local seconds=60 names=() name failed=0
  while (($#)); do
    case $1 in
      --seconds) seconds=${2:?--seconds needs a number}; shift ;;
      --seconds=*) seconds=${1#*=} ;;
      -*) unknown_option fuzz "$1" ;;
      *) names+=("$1") ;;
    esac
    shift
  done
  STEP_SHOWN='tools/setup --group full' step setup setup_group full
  build_preset fuzz lode_fuzz
  ((${#names[@]})) || mapfile -t names < <(build-fuzz/tests/lode_fuzz --list)
  for name in "${names[@]}"; do
    STEP_SHOWN="libFuzzer for $seconds s" step "fuzz $name" fuzz_entry "$name" "$seconds" ||
      failed=1
  done
  ((failed == 0)) || die 'something was found: build-fuzz/found/'
}
