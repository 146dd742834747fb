#include "mine/trees/monotone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lode {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Where the column stands among those of numbers.
Result<std::size_t> numeric_column(std::string_view name, const DesignSchema& schema) {
  auto found = std::ranges::find(schema.numeric, name);
  if (found != schema.numeric.end())
    return static_cast<std::size_t>(found - schema.numeric.begin());
  if (std::ranges::find(schema.categories, name, &CategoryColumn::name) != schema.categories.end())
    return fail(Code::kInvalid, "monotone: '{}' is a category, which has no order", name);
  std::vector<std::string_view> names(schema.numeric.begin(), schema.numeric.end());
  std::string_view guess = nearest(name, names);
  return fail(Code::kInvalid, "monotone: the model has no column '{}'{}", name,
              guess.empty() ? "" : fmt::format("; did you mean '{}'?", guess));
}

}  // namespace

Result<std::string> monotone_constraints(std::string_view option, const DesignSchema& schema) {
  if (option == "none") return "";
  std::vector<int> direction(schema.columns(), 0);
  while (true) {
    std::size_t comma = std::min(option.find(','), option.size());
    std::string_view one = trimmed(option.substr(0, comma));
    std::size_t space = one.rfind(' ');
    std::string_view way = space == std::string_view::npos ? "" : one.substr(space + 1);
    if (way != "up" && way != "down")
      return fail(Code::kInvalid, "monotone: '{}' is not a column and `up` or `down`", one);
    TRY(std::size_t column, numeric_column(trimmed(one.substr(0, space)), schema));
    if (direction[column] != 0)
      return fail(Code::kInvalid, "monotone: '{}' is named twice", schema.numeric[column]);
    direction[column] = way == "up" ? 1 : -1;
    if (comma == option.size()) break;
    option.remove_prefix(comma + 1);
  }
  std::string out = "(";
  for (std::size_t i = 0; i < direction.size(); ++i)
    out += fmt::format("{}{}", i > 0 ? "," : "", direction[i]);
  return out + ")";
}

}  // namespace lode
