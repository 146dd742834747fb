# shellcheck shell=bash
help_web() {
  cat <<'TEXT'
usage: ./dev web
Checks the types of web/ and builds the page of `lode report` into web/built/report.html, which is
committed with the change of web/ that made it. Needs Node 20.19 or newer.
example: ./dev web && git add web
TEXT
}

command_web() {
  (($# == 0)) || unknown_option web "$1"
  STEP_SHOWN='tools/setup --group test' step setup setup_group test
  step web python3 tools/web/run_web.py build
}
