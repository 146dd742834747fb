# shellcheck shell=bash
help_torture() {
  cat <<'TEXT'
usage: ./dev torture [--kills N] [--seed S] [--json] [--page FILE | --no-page]
Kills `lode run` with SIGKILL at random moments on a small project and looks each time whether
anything was lost, doubled or left lying about once the run was continued. Writes what it found to
docs/torture.md. 200 kills take about three minutes.
  --kills N     how many (default 200)
  --seed S      of the moments (default 1); when the processes die differs from run to run all the
                same
  --json        one JSON object on standard output instead of sentences
  --page FILE   where the page goes
  --no-page     write none
example: ./dev torture --kills 20 --no-page
TEXT
}

command_torture() {
  local argument
  for argument; do
    [[ $argument == --json ]] && break
  done
  if [[ ${argument:-} == --json ]]; then
    { setup_group test && build_preset release lode; } >&2
    exec python3 tools/torture/torture.py "$@"
  fi
  STEP_SHOWN='tools/setup --group test' step setup setup_group test
  build_preset release lode
  step torture python3 tools/torture/torture.py "$@"
}
