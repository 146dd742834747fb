# Compiler flags of our own code. Same bytes on any x86-64: no -march=native, no fast-math, no
# contraction of a*b+c into one rounding.
option(LODE_TESTS "build the tests" ON)
option(LODE_BENCH "build the benchmarks" ON)
option(LODE_FUZZ "build the fuzzers (clang only)" OFF)
set(LODE_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize=: address,undefined or thread")

add_library(lode_flags INTERFACE)
target_include_directories(lode_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(lode_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow
  $<$<CXX_COMPILER_ID:GNU>:-Werror> -ffp-contract=off -fno-math-errno
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  # What g++ does not mean by -Wconversion, and what clang finds in g++'s own headers.
  "$<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion;-Wno-deprecated-declarations>")
target_compile_definitions(lode_flags INTERFACE LODE_VERSION="${PROJECT_VERSION}")

if(LODE_SANITIZE)
  target_compile_options(lode_flags INTERFACE -fsanitize=${LODE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(lode_flags INTERFACE -fsanitize=${LODE_SANITIZE})
endif()

find_program(LODE_MOLD mold)
if(LODE_MOLD AND NOT LODE_SANITIZE)
  target_link_options(lode_flags INTERFACE -fuse-ld=mold)
endif()
find_program(LODE_CCACHE ccache)
if(LODE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LODE_CCACHE})
endif()
