# shellcheck shell=bash
help_demo() {
  cat <<'TEXT'
usage: ./dev demo
Builds, puts the flights of 2001 (3,000,000 rows) into examples/flights/data/ and runs
build/lode run on them twice: on the file's own clock (examples/flights/naive.yaml), whose figures
can be checked against published ones, then on true UTC (examples/flights), the headline.
example: ./dev demo
TEXT
}

place_flights() { # a second name of the same file where the disk allows it, else a copy
  local from=third_party/prefix/share/vega-datasets to=examples/flights/data name
  mkdir -p "$to"
  for name in flights-3m.parquet airports.csv; do
    [[ $to/$name -ef $from/$name ]] && continue
    ln -f "$from/$name" "$to/$name" 2>/dev/null || cp -f "$from/$name" "$to/$name" || return
  done
}

command_demo() {
  (($# == 0)) || unknown_option demo "$1"
  STEP_SHOWN='tools/setup --group demo' step setup setup_group demo
  build_preset release lode
  [[ -x build/lode ]] || die 'the build made no build/lode yet, so there is nothing to show'
  step data place_flights
  step naive build/lode run examples/flights/naive.yaml
  step demo build/lode run examples/flights
}
