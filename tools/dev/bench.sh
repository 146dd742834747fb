# shellcheck shell=bash
help_bench() {
  cat <<'TEXT'
usage: ./dev bench [NAME...] [-- OPTIONS OF THE BENCHMARK]
Builds and runs the programs of build/bench/, all or those named.
example: ./dev bench scorer
TEXT
}

bench_programs() {
  local file
  for file in build/bench/*; do
    if [[ -f $file && -x $file ]]; then printf '%s\n' "${file##*/}"; fi
  done
}

command_bench() {
  local names=() name
  while (($#)) && [[ $1 != -- ]]; do
    names+=("$1")
    shift
  done
  (($#)) && shift
  STEP_SHOWN='tools/setup --group demo' step setup setup_group demo
  build_preset release
  ((${#names[@]})) || mapfile -t names < <(bench_programs)
  ((${#names[@]})) || die 'there are no benchmarks in build/bench/ yet'
  for name in "${names[@]}"; do
    [[ -x build/bench/$name ]] ||
      die "there is no benchmark '$name'. There are: $(bench_programs | tr '\n' ' ')"
    step "bench $name" "build/bench/$name" "$@"
  done
}
