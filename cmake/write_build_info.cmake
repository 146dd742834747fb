# cmake -D SOURCE=.. -D OUT=.. -D COMPILER=.. -P this: the commit of SOURCE into OUT, "+" behind it
# where files that git knows differ from it; "unknown" where there is no git, as in an archive.
set(commit unknown)
find_program(git git)
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse HEAD OUTPUT_VARIABLE found
    RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(commit ${found})
    execute_process(COMMAND ${git} -C ${SOURCE} diff --quiet HEAD -- src cmake third_party web/built
      RESULT_VARIABLE changed ERROR_QUIET)
    if(changed)
      string(APPEND commit "+")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUT} @ONLY CONTENT [[
// Made by cmake/write_build_info.cmake.
#include "base/build_info.h"

namespace lode {
BuildInfo build_info() { return {LODE_VERSION, "@commit@", "@COMPILER@"}; }
}  // namespace lode
]])
