// Our columns to DuckDB's vectors, 2048 rows at a time.
#include <algorithm>
#include <cstring>
#include <limits>

#include "table/duckdb.h"
#include "table/duckdb_api.h"

namespace lode::duckdb {
namespace {

void fill_validity(const Column& column, std::int64_t begin, std::int64_t count,
                   duckdb_vector vector, std::int64_t at) {
  if (!column.validity) return;
  api().vector_ensure_validity_writable(vector);
  std::uint64_t* mask = api().vector_get_validity(vector);
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint64_t bit = std::uint64_t{1} << ((at + i) & 63);
    if (column.is_null(begin + i)) {
      mask[(at + i) >> 6] &= ~bit;
    } else {
      mask[(at + i) >> 6] |= bit;
    }
  }
}

template <typename T, typename Value>
void fill_values(std::int64_t count, duckdb_vector vector, std::int64_t at, Value value) {
  T* to = static_cast<T*>(api().vector_get_data(vector)) + at;
  for (std::int64_t i = 0; i < count; ++i) to[i] = value(i);
}

// An entry that points at the column's own bytes when it is too long to hold them: the appender
// copies them when it takes the chunk.
duckdb_string_t string_entry(std::string_view text) {
  duckdb_string_t entry{};
  entry.value.inlined.length = static_cast<std::uint32_t>(text.size());
  if (text.size() <= sizeof(entry.value.inlined.inlined)) {
    std::memcpy(entry.value.inlined.inlined, text.data(), text.size());
  } else {
    std::memcpy(entry.value.pointer.prefix, text.data(), sizeof(entry.value.pointer.prefix));
    entry.value.pointer.ptr = const_cast<char*>(text.data());
  }
  return entry;
}

void fill_decimals(const Column& column, std::int64_t begin, std::int64_t count,
                   duckdb_vector vector, std::int64_t at) {
  auto narrow = [&]<typename T>(T) {
    fill_values<T>(count, vector, at,
                   [&](std::int64_t i) { return static_cast<T>(column.decimal(begin + i)); });
  };
  // The widths DuckDB stores a precision in.
  if (column.type.precision <= 4) return narrow(std::int16_t{});
  if (column.type.precision <= 9) return narrow(std::int32_t{});
  if (column.type.precision <= 18) return narrow(std::int64_t{});
  narrow(Int128{});
}

void fill_lists(const Column& column, std::int64_t begin, std::int64_t count, duckdb_vector vector,
                std::int64_t at) {
  const std::int32_t* offsets = column.offsets.as<std::int32_t>() + begin;
  std::int64_t elements = offsets[count] - offsets[0];
  auto child_at = static_cast<std::int64_t>(api().list_vector_get_size(vector));
  auto size = static_cast<idx_t>(child_at + elements);
  api().list_vector_reserve(vector, size);
  api().list_vector_set_size(vector, size);
  fill_values<duckdb_list_entry>(count, vector, at, [&](std::int64_t i) {
    return duckdb_list_entry{static_cast<std::uint64_t>(child_at + offsets[i] - offsets[0]),
                             static_cast<std::uint64_t>(offsets[i + 1] - offsets[i])};
  });
  fill_vector(column.children[0], offsets[0], elements, api().list_vector_get_child(vector),
              child_at);
}

}  // namespace

LogicalType logical_type(const Type& type) {
  auto plain = [](duckdb_type id) { return LogicalType(api().create_logical_type(id)); };
  switch (type.id) {
    case TypeId::kBool:
      return plain(DUCKDB_TYPE_BOOLEAN);
    case TypeId::kInt64:
      return plain(DUCKDB_TYPE_BIGINT);
    case TypeId::kDouble:
      return plain(DUCKDB_TYPE_DOUBLE);
    case TypeId::kDecimal:
      return LogicalType(api().create_decimal_type(type.precision, type.scale));
    case TypeId::kString:
      return plain(DUCKDB_TYPE_VARCHAR);
    case TypeId::kBytes:
      return plain(DUCKDB_TYPE_BLOB);
    case TypeId::kDate:
      return plain(DUCKDB_TYPE_DATE);
    case TypeId::kTimestamp:
      return plain(DUCKDB_TYPE_TIMESTAMP);
    case TypeId::kList:
      return LogicalType(api().create_list_type(logical_type(type.children->front().type).get()));
    case TypeId::kStruct:
      break;
  }
  std::vector<LogicalType> owned;
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (const Field& field : *type.children) {
    types.push_back(owned.emplace_back(logical_type(field.type)).get());
    names.push_back(field.name.c_str());
  }
  return LogicalType(api().create_struct_type(types.data(), names.data(), types.size()));
}

void fill_vector(const Column& column, std::int64_t begin, std::int64_t count, duckdb_vector vector,
                 std::int64_t at) {
  fill_validity(column, begin, count, vector, at);
  switch (column.type.id) {
    case TypeId::kBool:
      fill_values<bool>(count, vector, at,
                        [&](std::int64_t i) { return column.boolean(begin + i); });
      break;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      fill_values<std::int64_t>(count, vector, at,
                                [&](std::int64_t i) { return column.int64(begin + i); });
      break;
    case TypeId::kDouble:
      fill_values<double>(count, vector, at,
                          [&](std::int64_t i) { return column.float64(begin + i); });
      break;
    case TypeId::kDate:
      fill_values<std::int32_t>(count, vector, at,
                                [&](std::int64_t i) { return column.date(begin + i); });
      break;
    case TypeId::kString:
    case TypeId::kBytes:
      fill_values<duckdb_string_t>(count, vector, at, [&](std::int64_t i) {
        return column.is_null(begin + i) ? duckdb_string_t{}
                                         : string_entry(column.string(begin + i));
      });
      break;
    case TypeId::kDecimal:
      fill_decimals(column, begin, count, vector, at);
      break;
    case TypeId::kList:
      fill_lists(column, begin, count, vector, at);
      break;
    case TypeId::kStruct:
      for (std::size_t i = 0; i < column.children.size(); ++i)
        fill_vector(column.children[i], begin, count, api().struct_vector_get_child(vector, i), at);
      break;
  }
}

namespace {

struct AppenderDeleter {
  void operator()(_duckdb_appender* appender) const { api().appender_destroy(&appender); }
};
using Appender = std::unique_ptr<_duckdb_appender, AppenderDeleter>;

Error appender_error(duckdb_appender appender, std::string_view name) {
  return error_from(api().appender_error(appender)).context(fmt::format("table '{}'", name));
}

}  // namespace

Status append_rows(duckdb_connection connection, const std::string& name, const Table& table) {
  duckdb_appender raw = nullptr;
  duckdb_state created = api().appender_create(connection, nullptr, name.c_str(), &raw);
  Appender appender(raw);
  if (created != DuckDBSuccess) return fail(appender_error(raw, name));

  std::vector<LogicalType> owned;
  std::vector<duckdb_logical_type> types;
  for (const Field& field : table.schema.fields())
    types.push_back(owned.emplace_back(logical_type(field.type)).get());
  Chunk chunk(api().create_data_chunk(types.data(), types.size()));
  auto chunk_rows = static_cast<std::int64_t>(api().vector_size());
  for (std::int64_t begin = 0; begin < table.rows; begin += chunk_rows) {
    std::int64_t count = std::min(chunk_rows, table.rows - begin);
    api().data_chunk_reset(chunk.get());
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      fill_vector(table.columns[i], begin, count, api().data_chunk_get_vector(chunk.get(), i), 0);
    api().data_chunk_set_size(chunk.get(), static_cast<idx_t>(count));
    if (api().append_data_chunk(appender.get(), chunk.get()) != DuckDBSuccess)
      return fail(appender_error(appender.get(), name));
  }
  if (api().appender_close(appender.get()) != DuckDBSuccess)
    return fail(appender_error(appender.get(), name));
  return {};
}

}  // namespace lode::duckdb
