// Reads back the canonical text of a declaration (project/definition.h), so that two versions of it
// can be held against each other, line by line.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "project/project.h"

namespace lode {

// One thing that is declared. Of a declaration inside another the path says which:
// "view history / source orders / time".
struct DefinitionLine {
  std::string path;
  std::string value;
  bool operator==(const DefinitionLine&) const = default;
};

// All of them, in order; a path may come more than once (the columns of a model). kCorrupt for text
// that project/definition.h does not write.
Result<std::vector<DefinitionLine>> definition_lines(std::string_view text);

// What is not the same in two texts. A side that does not say it is "".
struct DefinitionChange {
  std::string path;
  std::string before;  // several values of one path with commas
  std::string after;
};
// In the order of the first text, what only the second has behind. kCorrupt as above.
Result<std::vector<DefinitionChange>> definition_changes(std::string_view before,
                                                         std::string_view after);

// The split that a model's definition declares: ranges, embargo, random, groups. kCorrupt.
Result<Split> split_of_definition(std::string_view model_text);

}  // namespace lode
