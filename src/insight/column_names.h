// What a column's name says of it: "OrderID" and "order_id" are the words order and id.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace lode {

// Parts between signs, in small letters; a capital after a small letter begins one.
std::vector<std::string> words_of(std::string_view name);

template <std::size_t n>
bool has_word(std::string_view name, const std::array<std::string_view, n>& wanted) {
  for (const std::string& word : words_of(name))
    if (std::ranges::find(wanted, word) != wanted.end()) return true;
  return false;
}

bool named_like_id(std::string_view name);
bool named_like_entity(std::string_view name);
// When a row happened; and dates of a life, or of what is to come.
bool named_like_time(std::string_view name);
bool named_like_other_time(std::string_view name);
// Groups of people that a decision should not be worse for.
bool named_like_protected(std::string_view name);

}  // namespace lode
