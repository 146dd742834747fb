// A command line held against the descriptors: which command, its flags and arguments, and the
// flags every command has. Nothing is guessed: what is unknown is an error that names the nearest
// known.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/option_values.h"

namespace lode {

struct Arguments {
  const Component* command = nullptr;  // none for `lode`, `lode --help`, `lode --version`
  OptionValues globals;                // of kGlobalFlags
  bool log_given = false;              // --log stands on the line: LODE_LOG is not asked
  std::int64_t memory_bytes = 0;
  // Empty if help is asked for: `lode train --help` needs no arguments.
  OptionValues options;
  std::vector<std::pair<std::string_view, std::vector<std::string>>> positionals;
  std::vector<std::string_view> defaulted;  // positionals that took their fallback
};

// `words` without the program's name. Flags are --name VALUE, --name=VALUE or, for a bool, --name;
// they may stand anywhere behind the command, the global ones also before it; `--` ends them; -
// alone is an argument; a dash in a flag stands for an underscore of the option. kInvalid with a
// sentence for everything else.
Result<Arguments> parse_arguments(std::span<const std::string> words);

// kInvalid with the nearest name.
Result<const Component*> find_command(std::string_view name);

// True if --json stands among them: how to print an error of parse_arguments.
bool wants_json(std::span<const std::string> words);

}  // namespace lode
