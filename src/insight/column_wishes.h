// What is said of single columns instead of guessed: the type a column is read as, and what it is
// for a model.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "insight/column_counter.h"

namespace lode {

// "age=int64" of --type, "zip=category" of --role.
struct ColumnWish {
  std::string column;
  std::string word;
};

inline constexpr std::array<std::string_view, 5> kWishedTypes = {"int64", "double", "bool",
                                                                 "timestamp", "string"};
inline constexpr std::array<std::string_view, 4> kWishedRoles = {"number", "category", "text",
                                                                 "out"};

// COLUMN=WORD, cut at its last =. kInvalid, by `flag`, for another form and for a word that is not
// among `known`, with the nearest.
Result<ColumnWish> parse_column_wish(std::string_view flag, std::string_view text,
                                     std::span<const std::string_view> known);

// Whether every value of the column can be read as this type, one of kWishedTypes. kInvalid, by
// `flag`, with the first values that cannot be and what to do about them.
Status check_readable(const ColumnProfile& column, std::string_view type, std::string_view flag);

}  // namespace lode
