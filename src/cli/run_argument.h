// The arguments PROJECT and NUMBER of commands about one run: `lode runs examples/flights 3`, or
// `lode runs 3` for run 3 of the project in this folder.
#pragma once

#include <string>

#include "cli/command.h"

namespace lode {

inline constexpr std::string_view kRunArgument = "NUMBER";

struct AskedRun {
  std::string project;
  std::string number;  // "" = none was named
};

// kInvalid: NUMBER is none.
Result<AskedRun> asked_run(const CommandContext& context);

}  // namespace lode
