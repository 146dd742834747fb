# shellcheck shell=bash
help_build() {
  cat <<'TEXT'
usage: ./dev build [--preset release|debug|asan|tsan|fuzz] [TARGET...]
Sets up what is missing, then builds. The release binary is build/lode; other presets build into
build-PRESET/. LODE_JOBS sets how many compilers run at once (default: one a core).
example: ./dev build --preset asan
TEXT
}

build_folder() { # build_folder PRESET
  if [[ $1 == release ]]; then echo build; else echo "build-$1"; fi
}

needs_clang() { # needs_clang PRESET
  [[ $1 == asan || $1 == fuzz ]]
}

# The thread sanitizer of GCC 12 cannot place its shadow when addresses are spread widely.
calm() { # calm PRESET COMMAND...
  local preset=$1
  shift
  if [[ $preset == tsan ]]; then
    TSAN_OPTIONS="suppressions=$PWD/tools/dev/tsan_suppressions.txt" setarch "$(uname -m)" -R "$@"
  else
    "$@"
  fi
}

run_cmake() { # warnings and errors only
  calm "$1" cmake --preset "$1" --log-level=WARNING >/dev/null
}

run_ninja() { # run_ninja PRESET FOLDER TARGET...; the terminal gets Ninja's own progress line
  local preset=$1 folder=$2
  shift 2
  local command=(ninja -C "$folder" -j "${LODE_JOBS:-$(nproc)}" "$@")
  export NINJA_STATUS='[%f/%t %e s] '
  if [[ -t 1 ]]; then
    calm "$preset" "${command[@]}"
  else
    calm "$preset" "${command[@]}" 2>&1 | python3 tools/dev/progress.py
  fi
}

build_preset() { # build_preset PRESET TARGET...
  local preset=$1 folder
  shift
  folder=$(build_folder "$preset")
  mkdir -p "$folder"
  local guard
  exec {guard}>"$folder/.dev.lock"
  if ! flock --nonblock "$guard"; then
    printf 'another ./dev builds in %s/: waiting for it\n' "$folder"
    flock "$guard"
  fi
  # Ninja runs CMake again by itself when a CMake file changes; only the first time needs a preset.
  if [[ ! -f $folder/build.ninja || CMakePresets.json -nt $folder/build.ninja ]]; then
    STEP_SHOWN="cmake --preset $preset" step configure run_cmake "$preset" || return
  fi
  STEP_SHOWN="ninja -C $folder${*:+ $*}" step build run_ninja "$preset" "$folder" "$@" || return
  exec {guard}>&-
}

command_build() {
  local preset=release targets=()
  while (($#)); do
    case $1 in
      --preset) preset=${2:?--preset needs a name}; shift ;;
      --preset=*) preset=${1#*=} ;;
      -*) unknown_option build "$1" ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  if needs_clang "$preset"; then setup_group full; else setup_group build; fi
  build_preset "$preset" "${targets[@]}"
}
