// Help made from descriptors: the page of a command, the list of all, and
// docs/reference/commands.md. A flag that is declared is explained; there is no text to forget.
#pragma once

#include <string>

#include "base/component.h"

namespace lode {

std::string program_help();                            // `lode help`
std::string command_help(const Component& component);  // `lode help COMMAND`
std::string commands_reference();                      // docs/reference/commands.md

// "check [PROJECT] [FLAGS]": how it is called.
std::string usage_of(const Component& component);
// Lines of at most `width` characters, each behind `indent` blanks; a blank line of the text stays.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace lode
