# shellcheck shell=bash
help_bench() {
  cat <<'TEXT'
usage: ./dev bench [NAME...] [-- OPTIONS OF THE BENCHMARK]
Builds and runs the programs of build/bench/, all or those named. `mining` runs only when it is
named: lode mine against scikit-learn and LightGBM, which it gets into third_party/venv-bench; it
takes half an hour of two quiet processors and goes on where it was stopped.
example: ./dev bench scorer
example: ./dev bench mining -- --write docs/benchmarks.md
TEXT
}

bench_mining() {
  step venv python3 tools/bench/peers_venv.py
  LODE_LIB=${LODE_LIB:-$PWD/third_party/prefix/lib} step 'bench mining' \
    third_party/venv-bench/bin/python tools/bench/mining.py "$@"
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
  if [[ ${names[*]} == mining ]]; then
    bench_mining "$@"
    return
  fi
  ((${#names[@]})) || mapfile -t names < <(bench_programs)
  ((${#names[@]})) || die 'there are no benchmarks in build/bench/ yet'
  for name in "${names[@]}"; do
    [[ -x build/bench/$name ]] ||
      die "there is no benchmark '$name'. There are: $(bench_programs | tr '\n' ' ')mining"
    step "bench $name" "build/bench/$name" "$@"
  done
}
