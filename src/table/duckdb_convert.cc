// DuckDB's vectors to our columns. Vectors come flat (fetch_chunk flattens them), strings as
// 16-byte entries that hold up to 12 bytes themselves.
#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "table/duckdb_api.h"

namespace lode::duckdb {
namespace {

constexpr std::int64_t kBytesMax = std::numeric_limits<std::int32_t>::max();

std::string take_text(char* text) {
  std::string copy = text == nullptr ? "" : text;
  api().free(text);
  return copy;
}

const char* source_name(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_TIME:
      return "TIME";
    case DUCKDB_TYPE_TIME_TZ:
      return "TIME WITH TIME ZONE";
    case DUCKDB_TYPE_TIME_NS:
      return "TIME_NS";
    case DUCKDB_TYPE_INTERVAL:
      return "INTERVAL";
    case DUCKDB_TYPE_UUID:
      return "UUID";
    case DUCKDB_TYPE_BIT:
      return "BIT";
    case DUCKDB_TYPE_UNION:
      return "UNION";
    case DUCKDB_TYPE_BIGNUM:
      return "BIGNUM";
    case DUCKDB_TYPE_GEOMETRY:
      return "GEOMETRY";
    case DUCKDB_TYPE_VARIANT:
      return "VARIANT";
    default:
      return "of an unknown type";
  }
}

Status plan_child(Plan& plan, std::string name, duckdb_logical_type child, Field& field) {
  LogicalType owned(child);
  std::string path = fmt::format("{}.{}", plan.name, name);
  TRY(plan.children.emplace_back(), plan_column(path, child, plan.infinities_as_extremes));
  field = {std::move(name), plan.children.back().type};
  return {};
}

Status plan_list(Plan& plan, duckdb_logical_type element) {
  Field field;
  TRY_VOID(plan_child(plan, "element", element, field));
  plan.type = Type::list(field.type);
  return {};
}

Status plan_struct(Plan& plan, duckdb_logical_type type) {
  std::vector<Field> fields(api().struct_type_child_count(type));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string name = take_text(api().struct_type_child_name(type, i));
    TRY_VOID(plan_child(plan, name, api().struct_type_child_type(type, i), fields[i]));
  }
  plan.type = Type::structure(std::move(fields));
  return {};
}

// A MAP is stored as a list of structs (key, value); so it is read as one.
Status plan_map(Plan& plan, duckdb_logical_type type) {
  Plan entry;
  entry.name = plan.name + ".entry";
  entry.source = DUCKDB_TYPE_STRUCT;
  entry.infinities_as_extremes = plan.infinities_as_extremes;
  std::vector<Field> fields(2);
  TRY_VOID(plan_child(entry, "key", api().map_type_key_type(type), fields[0]));
  TRY_VOID(plan_child(entry, "value", api().map_type_value_type(type), fields[1]));
  entry.type = Type::structure(std::move(fields));
  plan.type = Type::list(entry.type);
  plan.children.push_back(std::move(entry));
  return {};
}

void plan_enum(Plan& plan, duckdb_logical_type type) {
  plan.type = Type::string();
  plan.internal = api().enum_internal_type(type);
  ColumnBuilder words(Type::string());
  std::uint32_t size = api().enum_dictionary_size(type);
  for (std::uint32_t i = 0; i < size; ++i)
    words.append_string(take_text(api().enum_dictionary_value(type, i)));
  plan.dictionary = std::make_shared<const Column>(words.finish());
}

// The type of columns that one type of DuckDB stands for.
std::optional<Type> plain_type(duckdb_type source) {
  switch (source) {
    case DUCKDB_TYPE_BOOLEAN:
      return Type::boolean();
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_SQLNULL:
      return Type::int64();
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      return Type::decimal(38, 0);
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
      return Type::float64();
    case DUCKDB_TYPE_VARCHAR:
      return Type::string();
    case DUCKDB_TYPE_BLOB:
      return Type::bytes();
    case DUCKDB_TYPE_DATE:
      return Type::date();
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return Type::timestamp();
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<Plan> plan_column(std::string name, duckdb_logical_type type, bool infinities_as_extremes) {
  Plan plan;
  plan.name = std::move(name);
  plan.source = api().get_type_id(type);
  plan.infinities_as_extremes = infinities_as_extremes;
  if (std::optional<Type> plain = plain_type(plan.source)) {
    plan.type = *std::move(plain);
    return plan;
  }
  switch (plan.source) {
    case DUCKDB_TYPE_DECIMAL:
      plan.type = Type::decimal(api().decimal_width(type), api().decimal_scale(type));
      plan.internal = api().decimal_internal_type(type);
      break;
    case DUCKDB_TYPE_ENUM:
      plan_enum(plan, type);
      break;
    case DUCKDB_TYPE_LIST:
      TRY_VOID(plan_list(plan, api().list_type_child_type(type)));
      break;
    case DUCKDB_TYPE_ARRAY:
      plan.array_size = static_cast<std::int64_t>(api().array_type_array_size(type));
      TRY_VOID(plan_list(plan, api().array_type_child_type(type)));
      break;
    case DUCKDB_TYPE_STRUCT:
      TRY_VOID(plan_struct(plan, type));
      break;
    case DUCKDB_TYPE_MAP:
      TRY_VOID(plan_map(plan, type));
      break;
    default:
      return fail(Code::kUnsupported,
                  "column '{0}' is {1}, which lode has no type for; write CAST({0} AS VARCHAR) in "
                  "the query",
                  plan.name, source_name(plan.source));
  }
  return plan;
}

namespace {

bool valid_at(const std::uint64_t* mask, std::int64_t i) {
  return mask == nullptr || ((mask[i >> 6] >> (i & 63)) & 1) != 0;
}

// Bits [begin, begin + count) of a mask to bit `at` of zeroed bytes; returns how many are clear.
std::int64_t copy_bits(const std::uint64_t* mask, std::int64_t begin, std::int64_t count,
                       std::uint8_t* bits, std::int64_t at) {
  std::int64_t set = 0;
  std::int64_t i = 0;
  if (begin % 64 == 0 && at % 64 == 0) {
    for (; i + 64 <= count; i += 64) {
      std::uint64_t word = mask == nullptr ? ~std::uint64_t{0} : mask[(begin + i) >> 6];
      std::memcpy(bits + ((at + i) >> 3), &word, 8);
      set += std::popcount(word);
    }
  }
  for (; i < count; ++i) {
    if (!valid_at(mask, begin + i)) continue;
    bits[(at + i) >> 3] |= static_cast<std::uint8_t>(1U << ((at + i) & 7));
    ++set;
  }
  return count - set;
}

void copy_validity(const std::vector<Run>& runs, Column& column) {
  bool masked = false;
  for (const Run& run : runs) masked |= api().vector_get_validity(run.vector) != nullptr;
  if (!masked) return;
  Buffer bits = Buffer::allocate((column.length + 7) / 8);
  std::int64_t at = 0;
  for (const Run& run : runs) {
    column.null_count += copy_bits(api().vector_get_validity(run.vector), run.begin, run.count,
                                   bits.mutable_data(), at);
    at += run.count;
  }
  if (column.null_count > 0) column.validity = std::move(bits);
}

// Values of fixed width, each put through `change`; nulls stay zero.
template <typename From, typename To, typename Change>
void copy_values(const std::vector<Run>& runs, Column& column, Change change) {
  column.values = Buffer::allocate(column.length * static_cast<std::int64_t>(sizeof(To)));
  To* to = column.values.mutable_as<To>();
  for (const Run& run : runs) {
    const From* from = static_cast<const From*>(api().vector_get_data(run.vector)) + run.begin;
    for (std::int64_t i = 0; i < run.count; ++i) to[i] = change(from[i]);
    to += run.count;
  }
  if (column.null_count == 0) return;
  to = column.values.mutable_as<To>();
  for (std::int64_t i = 0; i < column.length; ++i)
    if (column.is_null(i)) to[i] = To{};
}

template <typename From, typename To>
void widen_values(const std::vector<Run>& runs, Column& column) {
  copy_values<From, To>(runs, column, [](From value) { return static_cast<To>(value); });
}

// Values that may not fit: `change` sets its second argument to false to refuse one.
template <typename From, typename To, typename Change>
Status check_values(const Plan& plan, const std::vector<Run>& runs, Column& column,
                    std::string_view trouble, Change change) {
  column.values = Buffer::allocate(column.length * static_cast<std::int64_t>(sizeof(To)));
  To* to = column.values.mutable_as<To>();
  for (const Run& run : runs) {
    const std::uint64_t* mask = api().vector_get_validity(run.vector);
    const From* from = static_cast<const From*>(api().vector_get_data(run.vector));
    for (std::int64_t i = run.begin; i < run.begin + run.count; ++i, ++to) {
      if (!valid_at(mask, i)) continue;
      bool fits = true;
      *to = change(from[i], fits);
      if (!fits) return fail(Code::kInvalid, "column '{}' holds {}", plan.name, trouble);
    }
  }
  return {};
}

Status convert_timestamps(const Plan& plan, const std::vector<Run>& runs, Column& column,
                          std::int64_t multiply, std::int64_t divide) {
  constexpr std::int64_t kInfinity = std::numeric_limits<std::int64_t>::max();
  bool extremes = plan.infinities_as_extremes;
  return check_values<std::int64_t, std::int64_t>(
      plan, runs, column,
      divide > 1 ? "a time that is infinite or no whole microsecond; round it in the query"
                 : "a time that is infinite or out of range; leave such rows out in the query",
      [=](std::int64_t value, bool& fits) {
        if (value == kInfinity || value == -kInfinity) {
          fits = extremes;
          return value;
        }
        if (value % divide != 0) fits = false;
        std::int64_t micros = 0;
        if (__builtin_mul_overflow(value / divide, multiply, &micros)) fits = false;
        return micros;
      });
}

Status convert_dates(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  constexpr std::int32_t kInfinity = std::numeric_limits<std::int32_t>::max();
  bool extremes = plan.infinities_as_extremes;
  return check_values<std::int32_t, std::int32_t>(
      plan, runs, column, "an infinite date; leave such rows out in the query",
      [=](std::int32_t days, bool& fits) {
        if (days == kInfinity || days == -kInfinity) fits = extremes;
        return days;
      });
}

// 10^38, one more than what decimal(38,0) holds.
constexpr Int128 power_of_ten(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Status convert_hugeints(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  constexpr Int128 kLimit = power_of_ten(38);
  std::string_view trouble = "an integer of more than 38 digits; cast it to DOUBLE in the query";
  if (plan.source == DUCKDB_TYPE_HUGEINT)
    return check_values<Int128, Int128>(plan, runs, column, trouble, [](Int128 value, bool& fits) {
      fits = value < kLimit && value > -kLimit;
      return value;
    });
  using Unsigned = unsigned __int128;
  return check_values<Unsigned, Int128>(plan, runs, column, trouble,
                                        [](Unsigned value, bool& fits) {
                                          fits = value < static_cast<Unsigned>(kLimit);
                                          return static_cast<Int128>(value);
                                        });
}

void convert_decimals(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  switch (plan.internal) {
    case DUCKDB_TYPE_SMALLINT:
      return widen_values<std::int16_t, Int128>(runs, column);
    case DUCKDB_TYPE_INTEGER:
      return widen_values<std::int32_t, Int128>(runs, column);
    case DUCKDB_TYPE_BIGINT:
      return widen_values<std::int64_t, Int128>(runs, column);
    default:
      return widen_values<Int128, Int128>(runs, column);
  }
}

void convert_codes(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  column.dictionary = plan.dictionary;
  switch (plan.internal) {
    case DUCKDB_TYPE_UTINYINT:
      return widen_values<std::uint8_t, std::int32_t>(runs, column);
    case DUCKDB_TYPE_USMALLINT:
      return widen_values<std::uint16_t, std::int32_t>(runs, column);
    default:
      return widen_values<std::uint32_t, std::int32_t>(runs, column);
  }
}

void convert_booleans(const std::vector<Run>& runs, Column& column) {
  column.values = Buffer::allocate((column.length + 7) / 8);
  std::uint8_t* bits = column.values.mutable_data();
  std::int64_t at = 0;
  for (const Run& run : runs) {
    const std::uint64_t* mask = api().vector_get_validity(run.vector);
    const auto* from = static_cast<const std::uint8_t*>(api().vector_get_data(run.vector));
    for (std::int64_t i = run.begin; i < run.begin + run.count; ++i, ++at)
      if (valid_at(mask, i) && from[i] != 0)
        bits[at >> 3] |= static_cast<std::uint8_t>(1U << (at & 7));
  }
}

constexpr std::uint32_t kInlineMax = sizeof(duckdb_string_t{}.value.inlined.inlined);

Status convert_strings(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  column.offsets = Buffer::allocate((column.length + 1) * 4);
  std::int32_t* offset = column.offsets.mutable_as<std::int32_t>();
  std::int64_t total = 0;
  for (const Run& run : runs) {
    const std::uint64_t* mask = api().vector_get_validity(run.vector);
    const auto* from = static_cast<const duckdb_string_t*>(api().vector_get_data(run.vector));
    for (std::int64_t i = run.begin; i < run.begin + run.count; ++i) {
      total += valid_at(mask, i) ? from[i].value.inlined.length : 0;
      *++offset = static_cast<std::int32_t>(total);
    }
    if (total > kBytesMax)
      return fail(Code::kLimit,
                  "column '{}' has over 2 GiB of text in one table; read it in smaller pieces",
                  plan.name);
  }
  column.values = Buffer::allocate(total);
  auto* to = column.values.mutable_as<char>();
  for (const Run& run : runs) {
    const std::uint64_t* mask = api().vector_get_validity(run.vector);
    const auto* from = static_cast<const duckdb_string_t*>(api().vector_get_data(run.vector));
    for (std::int64_t i = run.begin; i < run.begin + run.count; ++i) {
      if (!valid_at(mask, i)) continue;
      std::uint32_t length = from[i].value.inlined.length;
      if (length <= kInlineMax) {
        // Always 12 bytes: the next string, or the buffer's padding, lies behind.
        std::memcpy(to, from[i].value.inlined.inlined, kInlineMax);
      } else {
        std::memcpy(to, from[i].value.pointer.ptr, length);
      }
      to += length;
    }
  }
  // The last inline copies may have left bytes in the padding; keep it zero for equal bytes.
  std::memset(to, 0, kInlineMax);
  return {};
}

// The elements of the lists as runs of the child vector, neighbours joined.
void list_runs(const Plan& plan, const Run& run, std::int32_t*& offset, std::int64_t& total,
               std::vector<Run>& elements) {
  const std::uint64_t* mask = api().vector_get_validity(run.vector);
  bool array = plan.source == DUCKDB_TYPE_ARRAY;
  duckdb_vector child =
      array ? api().array_vector_get_child(run.vector) : api().list_vector_get_child(run.vector);
  const auto* entries = static_cast<const duckdb_list_entry*>(api().vector_get_data(run.vector));
  for (std::int64_t i = run.begin; i < run.begin + run.count; ++i) {
    if (valid_at(mask, i)) {
      std::int64_t begin =
          array ? i * plan.array_size : static_cast<std::int64_t>(entries[i].offset);
      std::int64_t count = array ? plan.array_size : static_cast<std::int64_t>(entries[i].length);
      total += count;
      if (!elements.empty() && elements.back().vector == child &&
          elements.back().begin + elements.back().count == begin) {
        elements.back().count += count;
      } else if (count > 0) {
        elements.push_back({child, begin, count});
      }
    }
    *++offset = static_cast<std::int32_t>(total);
  }
}

Status convert_lists(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  column.offsets = Buffer::allocate((column.length + 1) * 4);
  std::int32_t* offset = column.offsets.mutable_as<std::int32_t>();
  std::int64_t total = 0;
  std::vector<Run> elements;
  for (const Run& run : runs) {
    list_runs(plan, run, offset, total, elements);
    if (total > kBytesMax)
      return fail(Code::kLimit,
                  "column '{}' has over 2^31 list elements in one table; read it in smaller pieces",
                  plan.name);
  }
  TRY(column.children.emplace_back(), convert_runs(plan.children[0], elements));
  return {};
}

Status convert_structs(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  std::vector<Run> child_runs;
  for (std::size_t i = 0; i < plan.children.size(); ++i) {
    child_runs.clear();
    for (const Run& run : runs)
      child_runs.push_back({api().struct_vector_get_child(run.vector, i), run.begin, run.count});
    TRY(column.children.emplace_back(), convert_runs(plan.children[i], child_runs));
  }
  return {};
}

Status convert_integers(const Plan& plan, const std::vector<Run>& runs, Column& column) {
  switch (plan.source) {
    case DUCKDB_TYPE_TINYINT:
      widen_values<std::int8_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_SMALLINT:
      widen_values<std::int16_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_INTEGER:
      widen_values<std::int32_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_BIGINT:
      widen_values<std::int64_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_UTINYINT:
      widen_values<std::uint8_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_USMALLINT:
      widen_values<std::uint16_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_UINTEGER:
      widen_values<std::uint32_t, std::int64_t>(runs, column);
      break;
    case DUCKDB_TYPE_UBIGINT:
      return check_values<std::uint64_t, std::int64_t>(
          plan, runs, column, "an integer past 2^63-1; cast it to HUGEINT in the query",
          [](std::uint64_t value, bool& fits) {
            fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            return static_cast<std::int64_t>(value);
          });
    default:  // SQLNULL: there is nothing to copy
      column.values = Buffer::allocate(column.length * 8);
  }
  return {};
}

}  // namespace

Result<Column> convert_runs(const Plan& plan, const std::vector<Run>& runs) {
  Column column;
  column.type = plan.type;
  for (const Run& run : runs) column.length += run.count;
  copy_validity(runs, column);
  switch (plan.source) {
    case DUCKDB_TYPE_BOOLEAN:
      convert_booleans(runs, column);
      break;
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UHUGEINT:
      TRY_VOID(convert_hugeints(plan, runs, column));
      break;
    case DUCKDB_TYPE_FLOAT:
      widen_values<float, double>(runs, column);
      break;
    case DUCKDB_TYPE_DOUBLE:
      widen_values<double, double>(runs, column);
      break;
    case DUCKDB_TYPE_DECIMAL:
      convert_decimals(plan, runs, column);
      break;
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB:
      TRY_VOID(convert_strings(plan, runs, column));
      break;
    case DUCKDB_TYPE_DATE:
      TRY_VOID(convert_dates(plan, runs, column));
      break;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      TRY_VOID(convert_timestamps(plan, runs, column, 1, 1));
      break;
    case DUCKDB_TYPE_TIMESTAMP_S:
      TRY_VOID(convert_timestamps(plan, runs, column, 1'000'000, 1));
      break;
    case DUCKDB_TYPE_TIMESTAMP_MS:
      TRY_VOID(convert_timestamps(plan, runs, column, 1'000, 1));
      break;
    case DUCKDB_TYPE_TIMESTAMP_NS:
      TRY_VOID(convert_timestamps(plan, runs, column, 1, 1'000));
      break;
    case DUCKDB_TYPE_ENUM:
      convert_codes(plan, runs, column);
      break;
    case DUCKDB_TYPE_LIST:
    case DUCKDB_TYPE_ARRAY:
    case DUCKDB_TYPE_MAP:
      TRY_VOID(convert_lists(plan, runs, column));
      break;
    case DUCKDB_TYPE_STRUCT:
      TRY_VOID(convert_structs(plan, runs, column));
      break;
    default:
      TRY_VOID(convert_integers(plan, runs, column));
      break;
  }
  return column;
}

}  // namespace lode::duckdb
