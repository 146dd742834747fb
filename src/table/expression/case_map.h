// Upper and lower case of single characters, as Unicode's simple mappings have it: one character
// for one, without regard to language or place in the word.
#pragma once

#include <span>

namespace lode {

char32_t upper_character(char32_t point);
char32_t lower_character(char32_t point);

}  // namespace lode
