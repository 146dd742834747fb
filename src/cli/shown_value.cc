#include "cli/shown_value.h"

#include <cstdlib>

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

std::string bytes_text(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f && c != '\\' ? std::string(1, c)
                                                    : fmt::format("\\x{:02X}", byte);
  }
  return out;
}

std::string element_text(const Column& column, std::int64_t row) {
  return column.is_null(row) ? "null" : shown_value(column, row);
}

std::string list_text(const Column& column, std::int64_t row) {
  const auto* offsets = column.offsets.as<std::int32_t>();
  std::string out;
  for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i)
    out += (out.empty() ? "" : ", ") + element_text(column.children[0], i);
  return "[" + out + "]";
}

std::string struct_text(const Column& column, std::int64_t row) {
  std::string out;
  for (std::size_t f = 0; f < column.children.size(); ++f)
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", (*column.type.children)[f].name,
                       element_text(column.children[f], row));
  return "{" + out + "}";
}

// Digits behind the point of a number's shortest text; -1 for one with an exponent, and for NaN and
// the infinities.
int digits_behind_point(const std::string& text) {
  if (text.find_first_not_of("-0123456789.") != std::string::npos) return -1;
  std::size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

std::string csv_field(std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
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
      return std::string(column.string(row));
    case TypeId::kBytes:
      return bytes_text(column.string(row));
    case TypeId::kDate:
      return text(Timestamp{column.date(row) * days(1).us}).substr(0, 10);
    case TypeId::kTimestamp:
      return text(Timestamp{column.int64(row)});
    case TypeId::kList:
      return list_text(column, row);
    case TypeId::kStruct:
      return struct_text(column, row);
  }
  return "";
}

Cell value_cell(const Column& column, std::int64_t row) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;  // a Cell takes doubles
  std::string text = shown_value(column, row);
  if (column.is_null(row)) return {text};
  if (column.type.id == TypeId::kInt64 && std::abs(column.int64(row)) <= kExact)
    return Cell::number(static_cast<double>(column.int64(row)), 0);
  if (column.type.id != TypeId::kDouble) return {text};
  int digits = digits_behind_point(text);
  return digits < 0 ? Cell(text) : Cell::number(column.float64(row), digits);
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
    case TypeId::kDecimal:
      json.raw(shown_value(column, row));
      return;
    case TypeId::kList: {
      const auto* offsets = column.offsets.as<std::int32_t>();
      json.begin_array();
      for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i)
        write_value(json, column.children[0], i);
      json.end_array();
      return;
    }
    case TypeId::kStruct:
      json.begin_object();
      for (std::size_t f = 0; f < column.children.size(); ++f) {
        json.key((*column.type.children)[f].name);
        write_value(json, column.children[f], row);
      }
      json.end_object();
      return;
    default:
      json.value(shown_value(column, row));
  }
}

std::string table_csv(const Table& table) {
  std::string out;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    out += (c == 0 ? "" : ",") + csv_field(table.schema[c].name);
  out += "\r\n";
  for (std::int64_t row = 0; row < table.rows; ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      if (c > 0) out += ',';
      if (!column.is_null(row)) out += csv_field(shown_value(column, row));
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace lode
