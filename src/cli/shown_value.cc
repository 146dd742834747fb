#include "cli/shown_value.h"

#include "base/time.h"

namespace lode {
namespace {

std::string decimal_text(Int128 value, int scale) {
  bool negative = value < 0;
  unsigned __int128 magnitude =
      negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  std::string digits;
  for (int i = 0; magnitude > 0 || i <= scale; ++i) {
    if (i == scale && scale > 0) digits.insert(0, 1, '.');
    digits.insert(0, 1, static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  }
  return (negative ? "-" : "") + digits;
}

}  // namespace

std::string shown_value(const Column& column, std::int64_t row) {
  if (column.is_null(row)) return "";
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(row) ? "true" : "false";
    case TypeId::kInt64:
      return fmt::format("{}", column.int64(row));
    case TypeId::kDouble:
      return fmt::format("{}", column.float64(row));
    case TypeId::kDecimal:
      return decimal_text(column.decimal(row), column.type.scale);
    case TypeId::kString:
    case TypeId::kBytes:
      return std::string(column.string(row));
    case TypeId::kDate:
      return text(Timestamp{column.date(row) * days(1).us}).substr(0, 10);
    case TypeId::kTimestamp:
      return text(Timestamp{column.int64(row)});
    default:
      return "<" + column.type.text() + ">";
  }
}

void write_value(JsonWriter& json, const Column& column, std::int64_t row) {
  if (column.is_null(row)) {
    json.null();
    return;
  }
  switch (column.type.id) {
    case TypeId::kBool:
      json.value(column.boolean(row));
      return;
    case TypeId::kInt64:
      json.value(column.int64(row));
      return;
    case TypeId::kDouble:
      json.value(column.float64(row));
      return;
    default:
      json.value(shown_value(column, row));
  }
}

}  // namespace lode
