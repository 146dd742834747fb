// Who does something, for histories: the option --by.
#pragma once

#include <cstdlib>
#include <string>

#include "cli/command.h"

namespace lode {

// The value of --by; of "me" the user who is logged in, "unknown" where the machine does not say.
inline std::string person(const CommandContext& context) {
  const std::string& given = context.options.text("by");
  if (given != "me") return given;
  for (const char* variable : {"LOGNAME", "USER"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  return "unknown";
}

}  // namespace lode
