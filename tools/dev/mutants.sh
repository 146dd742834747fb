# shellcheck shell=bash
help_mutants() {
  need_python
  python3 tools/mutants/mutants.py --help
  echo "example: ./dev mutants --only 'pane-*'     ./dev mutants --machine 50 --seed 2"
}

command_mutants() {
  need git 'install git'
  setup_group test
  STEP_SHOWN="tools/mutants/mutants.py $*" step mutants python3 tools/mutants/mutants.py "$@"
}
