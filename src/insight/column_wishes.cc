#include "insight/column_wishes.h"

#include <algorithm>

#include "ingest/text_value.h"
#include "project/problems.h"

namespace lode {
namespace {

bool reads_as(std::string_view text, std::string_view type) {
  std::int64_t whole = 0;
  double number = 0;
  bool truth = false;
  if (type == "int64") return parse_int64(text, whole) == nullptr;
  if (type == "double") return parse_double(text, number) == nullptr;
  if (type == "bool") return parse_bool(text, truth) == nullptr;
  return true;
}

bool all_read_as(const ColumnProfile& c, std::string_view type) {
  if (type == "int64") return c.all_whole();
  if (type == "double") return c.all_numbers();
  if (type == "bool") return c.all_truths();
  if (type == "timestamp") return c.all_times();
  return true;
}

// The most frequent ones that are in the way, where values are listed: "'?', 'none' and 3 more".
std::string in_the_way(const ColumnProfile& c, std::string_view type) {
  constexpr std::size_t kShown = 3;
  std::string out;
  std::size_t count = 0;
  for (const ValueCount& value : c.values) {
    if (reads_as(value.value, type)) continue;
    if (++count <= kShown) out += (out.empty() ? "" : ", ") + shown(value.value);
  }
  if (count > kShown) out += fmt::format(" and {} more", count - kShown);
  return out.empty() ? out : fmt::format(", such as {}", out);
}

}  // namespace

Result<ColumnWish> parse_column_wish(std::string_view flag, std::string_view text,
                                     std::span<const std::string_view> known) {
  std::size_t equals = text.rfind('=');
  if (equals == text.npos || equals == 0)
    return fail(Code::kInvalid, "{} is written COLUMN={}, with one of {}; not '{}'", flag,
                flag == "--type" ? "TYPE" : "ROLE", listed(known), text);
  ColumnWish wish{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
  if (is_among(wish.word, known)) return wish;
  return fail(Code::kInvalid, "{}: {}", flag,
              unknown_word(flag == "--type" ? "type" : "role", wish.word, known));
}

Status check_readable(const ColumnProfile& column, std::string_view type, std::string_view flag) {
  if (!column.type.empty() && column.type != type)
    return fail(Code::kInvalid, "{}: '{}' is of type {} in the file, which says so itself", flag,
                column.name, column.type);
  if (column.filled == 0)
    return fail(Code::kInvalid, "{}: '{}' is empty in every row", flag, column.name);
  if (all_read_as(column, type)) return {};
  if (type == "timestamp")
    return fail(Code::kInvalid,
                "{}: '{}' does not hold times as lode reads them, such as 2001-01-29 or "
                "2001-01-29T14:05:00Z, in every row that has it (--dates FORM for other forms)",
                flag, column.name);
  return fail(Code::kInvalid,
              "{}: '{}' has values that are no {}{}; name those that stand for nothing with "
              "--null 'WORD|WORD', or mend the file",
              flag, column.name, type, in_the_way(column, type));
}

}  // namespace lode
