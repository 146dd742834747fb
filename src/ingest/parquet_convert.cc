#include "ingest/parquet_convert.h"

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "base/time.h"
#include "ingest/text_value.h"
#include "table/duckdb.h"

namespace lode {
namespace {

using Way = ParquetColumn::Way;
using Clock = ParquetColumn::Clock;

constexpr std::int64_t kTimeInfinity = std::numeric_limits<std::int64_t>::max();
constexpr std::int32_t kDateInfinity = std::numeric_limits<std::int32_t>::max();

enum class Family : std::uint8_t { kInteger, kBigInteger, kReal, kDecimal, kText, kOther };

Family family_of(std::string_view source) {
  for (std::string_view name :
       {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
    if (source == name) return Family::kInteger;
  if (source == "UBIGINT") return Family::kBigInteger;
  if (source == "FLOAT" || source == "DOUBLE") return Family::kReal;
  if (source.starts_with("DECIMAL(") && !source.ends_with("]")) return Family::kDecimal;
  if (source == "VARCHAR" || source == "JSON" || source == "UUID") return Family::kText;
  return Family::kOther;
}

// The type to suggest for a column of this source.
std::string_view suggested_type(std::string_view source) {
  switch (family_of(source)) {
    case Family::kInteger:
      return "int64";
    case Family::kBigInteger:
      return "decimal(20,0)";
    case Family::kReal:
      return "double";
    case Family::kDecimal:
      return "a decimal of that size";
    case Family::kText:
      return "string";
    case Family::kOther:
      break;
  }
  if (source == "BOOLEAN") return "bool";
  if (source == "DATE") return "date";
  if (source == "BLOB") return "bytes";
  if (source.starts_with("TIMESTAMP")) return "timestamp";
  return "another column";
}

std::optional<Way> way_to_timestamp(std::string_view source, ParquetColumn& plan) {
  if (source == "DATE") {
    plan.clock = Clock::kNaive;
    return Way::kDateToTime;
  }
  if (!source.starts_with("TIMESTAMP") || source.ends_with("]")) return std::nullopt;
  plan.clock = source == "TIMESTAMP WITH TIME ZONE" ? Clock::kInstant : Clock::kNaive;
  if (source != "TIMESTAMP_NS") return Way::kCheckTime;
  plan.sql = fmt::format("epoch_ns({})", plan.sql);
  return Way::kNanoseconds;
}

std::optional<Way> way_of(std::string_view source, ParquetColumn& plan) {
  Family family = family_of(source);
  TypeId wanted = plan.type.id;
  if (family == Family::kText) {
    if (wanted == TypeId::kTimestamp) plan.clock = Clock::kUnknown;
    if (source == "UUID") plan.sql = fmt::format("CAST({} AS VARCHAR)", plan.sql);
    if (wanted == TypeId::kString) return Way::kAsIs;
    bool readable =
        wanted != TypeId::kBytes && wanted != TypeId::kList && wanted != TypeId::kStruct;
    return readable ? std::optional(Way::kText) : std::nullopt;
  }
  switch (wanted) {
    case TypeId::kInt64:
      if (family == Family::kInteger) return Way::kAsIs;
      if (family == Family::kBigInteger) plan.sql = fmt::format("CAST({} AS HUGEINT)", plan.sql);
      if (family != Family::kOther) return Way::kNumber;
      break;
    case TypeId::kDouble:
      if (family == Family::kReal) return Way::kCheckDouble;
      if (family == Family::kInteger) return Way::kNumber;
      break;
    case TypeId::kDecimal:
      if (family == Family::kBigInteger) plan.sql = fmt::format("CAST({} AS HUGEINT)", plan.sql);
      if (family != Family::kReal && family != Family::kOther) return Way::kNumber;
      break;
    case TypeId::kBool:
      if (source == "BOOLEAN") return Way::kAsIs;
      break;
    case TypeId::kBytes:
      if (source == "BLOB") return Way::kAsIs;
      break;
    case TypeId::kDate:
      if (source == "DATE") return Way::kCheckTime;
      break;
    case TypeId::kTimestamp:
      return way_to_timestamp(source, plan);
    case TypeId::kString:
    case TypeId::kList:
    case TypeId::kStruct:
      break;
  }
  return std::nullopt;
}

void set_aside(ColumnBuilder& out, std::int64_t row, std::string reason,
               std::vector<ConvertFault>& faults) {
  out.append_null();
  faults.push_back({row, std::move(reason)});
}

// The column with the faulty rows null.
Column without_values(const Column& raw, const std::vector<ConvertFault>& faults,
                      std::size_t from) {
  if (faults.size() == from) return raw;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(raw.length));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
  for (std::size_t i = from; i < faults.size(); ++i)
    rows[static_cast<std::size_t>(faults[i].row)] = -1;
  return raw.take(rows);
}

Column check_doubles(const Column& raw, std::vector<ConvertFault>& faults) {
  std::size_t from = faults.size();
  const double* values = raw.values.as<double>();
  for (std::int64_t i = 0; i < raw.length; ++i)
    if (!std::isfinite(values[i]) && !raw.is_null(i))
      faults.push_back({i, fmt::format("{} is set aside: NaN and infinities are no values",
                                       value_text(raw, i))});
  return without_values(raw, faults, from);
}

Column check_times(const Column& raw, std::vector<ConvertFault>& faults) {
  std::size_t from = faults.size();
  for (std::int64_t i = 0; i < raw.length; ++i) {
    bool infinite = raw.type.id == TypeId::kDate
                        ? raw.date(i) == kDateInfinity || raw.date(i) == -kDateInfinity
                        : raw.int64(i) == kTimeInfinity || raw.int64(i) == -kTimeInfinity;
    if (infinite && !raw.is_null(i)) faults.push_back({i, "the time is infinite"});
  }
  return without_values(raw, faults, from);
}

Column convert_nanoseconds(const Column& raw, std::vector<ConvertFault>& faults) {
  ColumnBuilder out(Type::timestamp());
  out.reserve(raw.length);
  for (std::int64_t i = 0; i < raw.length; ++i) {
    std::int64_t ns = raw.int64(i);
    if (raw.is_null(i)) {
      out.append_null();
    } else if (ns == kTimeInfinity || ns == -kTimeInfinity) {
      set_aside(out, i, "the time is infinite", faults);
    } else if (ns % 1000 != 0) {
      set_aside(out, i, fmt::format("{} ns is no whole microsecond", ns), faults);
    } else {
      out.append_int64(ns / 1000);
    }
  }
  return out.finish();
}

Column convert_dates(const Column& raw, std::vector<ConvertFault>& faults) {
  constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
  ColumnBuilder out(Type::timestamp());
  out.reserve(raw.length);
  for (std::int64_t i = 0; i < raw.length; ++i) {
    std::int64_t us = 0;
    if (raw.is_null(i)) {
      out.append_null();
    } else if (__builtin_mul_overflow(std::int64_t{raw.date(i)}, kMicrosPerDay, &us)) {
      set_aside(out, i, "the date is infinite or out of range", faults);
    } else {
      out.append_int64(us);
    }
  }
  return out.finish();
}

// A number as unscaled * 10^-scale, if it is one.
struct Exact {
  Int128 unscaled = 0;
  int scale = 0;
};

std::optional<Exact> exact_value(const Column& raw, std::int64_t row) {
  if (raw.type.id == TypeId::kDecimal) return Exact{raw.decimal(row), raw.type.scale};
  if (raw.type.id == TypeId::kInt64) return Exact{raw.int64(row), 0};
  double value = raw.float64(row);
  // 2^63 is a double and no int64; NaN fails every comparison.
  if (!(value >= -0x1p63 && value < 0x1p63) || value != std::trunc(value)) return std::nullopt;
  return Exact{static_cast<std::int64_t>(value), 0};
}

// The same number at another scale.
std::optional<Int128> rescaled(Exact number, int scale) {
  for (; number.scale < scale; ++number.scale)
    if (__builtin_mul_overflow(number.unscaled, Int128{10}, &number.unscaled)) return std::nullopt;
  for (; number.scale > scale; --number.scale) {
    if (number.unscaled % 10 != 0) return std::nullopt;
    number.unscaled /= 10;
  }
  return number.unscaled;
}

bool append_exactly(const Type& type, Int128 value, ColumnBuilder& out) {
  if (type.id == TypeId::kInt64) {
    auto narrow = static_cast<std::int64_t>(value);
    if (narrow != value) return false;
    out.append_int64(narrow);
  } else if (type.id == TypeId::kDouble) {
    auto real = static_cast<double>(static_cast<std::int64_t>(value));
    if (!(real < 0x1p63) || static_cast<std::int64_t>(real) != value) return false;
    out.append_double(real);
  } else {
    Int128 limit = 1;
    for (int i = 0; i < type.precision; ++i) limit *= 10;
    if (value >= limit || value <= -limit) return false;
    out.append_decimal(value);
  }
  return true;
}

Column convert_numbers(const Type& type, const Column& raw, std::vector<ConvertFault>& faults) {
  ColumnBuilder out(type);
  out.reserve(raw.length);
  int scale = type.id == TypeId::kDecimal ? type.scale : 0;
  for (std::int64_t i = 0; i < raw.length; ++i) {
    if (raw.is_null(i)) {
      out.append_null();
      continue;
    }
    std::optional<Exact> number = exact_value(raw, i);
    std::optional<Int128> value = number ? rescaled(*number, scale) : std::nullopt;
    if (!value || !append_exactly(type, *value, out))
      set_aside(out, i, fmt::format("{} is not exactly a {}", value_text(raw, i), type.text()),
                faults);
  }
  return out.finish();
}

// Appends the value of a text, or says why there is none. `reason` keeps a made-up text alive.
const char* append_text(ParquetColumn& plan, std::string_view text, ColumnBuilder& out,
                        std::string& reason) {
  const char* why = nullptr;
  std::int64_t number = 0;
  double real = 0;
  Int128 decimal = 0;
  bool flag = false;
  std::int32_t days = 0;
  switch (plan.type.id) {
    case TypeId::kInt64:
      if ((why = parse_int64(text, number)) == nullptr) out.append_int64(number);
      return why;
    case TypeId::kDouble:
      if ((why = parse_double(text, real)) == nullptr) out.append_double(real);
      return why;
    case TypeId::kDecimal:
      why = parse_decimal(text, plan.type.precision, plan.type.scale, decimal);
      if (why == nullptr) out.append_decimal(decimal);
      return why;
    case TypeId::kBool:
      if ((why = parse_bool(text, flag)) == nullptr) out.append_bool(flag);
      return why;
    case TypeId::kDate:
      if ((why = parse_date(text, days)) == nullptr) out.append_date(days);
      return why;
    default:
      break;
  }
  if ((why = parse_time(text, number, flag, reason)) != nullptr) return why;
  Clock clock = flag ? Clock::kNaive : Clock::kInstant;
  if (plan.clock == Clock::kUnknown) plan.clock = clock;
  if (plan.clock != clock)
    return flag ? "has no zone, unlike the times before" : "has a zone, unlike the times before";
  out.append_int64(number);
  return nullptr;
}

Column convert_texts(ParquetColumn& plan, const Column& raw, std::vector<ConvertFault>& faults) {
  ColumnBuilder out(plan.type);
  out.reserve(raw.length);
  std::string reason;
  for (std::int64_t i = 0; i < raw.length; ++i) {
    if (raw.is_null(i)) {
      out.append_null();
    } else if (const char* why = append_text(plan, raw.string(i), out, reason)) {
      set_aside(out, i, fmt::format("{} {}", shown(raw.string(i)), why), faults);
    }
  }
  return out.finish();
}

std::string decimal_text(Int128 unscaled, int scale) {
  bool negative = unscaled < 0;
  std::string digits;
  for (int i = 0; unscaled != 0 || i <= scale; ++i, unscaled /= 10) {
    if (i == scale && scale > 0) digits += '.';
    auto digit = static_cast<int>(unscaled % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  return {digits.rbegin(), digits.rend()};
}

}  // namespace

Result<ParquetColumn> plan_parquet_column(const Field& declared, std::string_view source) {
  ParquetColumn plan{
      .name = declared.name, .type = declared.type, .sql = sql_identifier(declared.name)};
  std::optional<Way> way = way_of(source, plan);
  bool nested = declared.type.id == TypeId::kList || declared.type.id == TypeId::kStruct;
  if (!way && !nested)
    return fail(Code::kInvalid,
                "column '{}' is {} in the file and cannot be read as {}; declare {}", declared.name,
                source, declared.type.text(), suggested_type(source));
  plan.way = way.value_or(Way::kAsIs);  // the nested are compared when their type is known
  return plan;
}

Column convert_parquet(ParquetColumn& plan, const Column& raw, std::vector<ConvertFault>& faults) {
  switch (plan.way) {
    case Way::kAsIs:
      return raw;
    case Way::kCheckDouble:
      return check_doubles(raw, faults);
    case Way::kCheckTime:
      return check_times(raw, faults);
    case Way::kNanoseconds:
      return convert_nanoseconds(raw, faults);
    case Way::kDateToTime:
      return convert_dates(raw, faults);
    case Way::kNumber:
      return convert_numbers(plan.type, raw, faults);
    case Way::kText:
      break;
  }
  return convert_texts(plan, raw, faults);
}

std::string parquet_path_literal(std::string_view path) {
  std::string pattern;
  for (char c : path) {
    if (c == '*' || c == '?' || c == '[') {
      pattern += {'[', c, ']'};
    } else {
      pattern += c;
    }
  }
  return sql_literal(pattern);
}

std::string value_text(const Column& column, std::int64_t row) {
  if (column.is_null(row)) return "null";
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
      return text(Timestamp{} + days(column.date(row))).substr(0, 10);
    case TypeId::kTimestamp:
      return text(Timestamp{column.int64(row)});
    case TypeId::kList:
      return "[...]";
    case TypeId::kStruct:
      return "{...}";
  }
  return "";
}

}  // namespace lode
