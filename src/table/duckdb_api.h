// DuckDB's C functions, reached by name at run time. Only src/table/duckdb*.cc include this header,
// and it alone includes DuckDB's.
#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "table/column.h"

// Every function in use, without its prefix duckdb_.
// clang-format off
#define LODE_DUCKDB_FUNCTIONS(X)                                                                  \
  X(library_version) X(vector_size) X(free)                                                       \
  X(create_config) X(set_config) X(destroy_config) X(open_ext) X(close) X(connect) X(disconnect)  \
  X(query) X(destroy_result) X(result_error) X(prepare) X(prepare_error) X(destroy_prepare)       \
  X(pending_prepared_streaming) X(pending_error) X(execute_pending) X(destroy_pending)            \
  X(column_count) X(column_name) X(column_logical_type)                                           \
  X(fetch_chunk) X(create_data_chunk) X(destroy_data_chunk) X(data_chunk_get_size)                \
  X(data_chunk_set_size) X(data_chunk_reset) X(data_chunk_get_vector)                             \
  X(vector_get_data) X(vector_get_validity) X(vector_ensure_validity_writable)                    \
  X(list_vector_get_child) X(list_vector_get_size) X(list_vector_reserve) X(list_vector_set_size) \
  X(struct_vector_get_child) X(array_vector_get_child)                                            \
  X(create_logical_type) X(create_list_type) X(create_struct_type) X(create_decimal_type)         \
  X(destroy_logical_type) X(get_type_id) X(decimal_width) X(decimal_scale)                        \
  X(decimal_internal_type) X(enum_internal_type) X(enum_dictionary_size)                          \
  X(enum_dictionary_value) X(list_type_child_type) X(array_type_child_type)                       \
  X(array_type_array_size) X(map_type_key_type) X(map_type_value_type)                            \
  X(struct_type_child_count) X(struct_type_child_name) X(struct_type_child_type)                  \
  X(appender_create) X(appender_error) X(append_data_chunk) X(appender_close) X(appender_destroy)
// clang-format on

namespace lode::duckdb {

struct Api {
#define LODE_DUCKDB_MEMBER(name) decltype(&::duckdb_##name) name = nullptr;
  LODE_DUCKDB_FUNCTIONS(LODE_DUCKDB_MEMBER)
#undef LODE_DUCKDB_MEMBER
};

// Opens the library on the first call. kUnavailable says what was tried and how to get it.
Result<const Api*> load_api();
// For code that holds something made by the library, so that it is open.
const Api& api();

// An Error from DuckDB's text: the code by its class ("Binder Error"), the message cut short.
Error error_from(const char* message);

// How a result column becomes one of ours. Built once per query.
struct Plan {
  std::string name;  // for errors; nested as "trip.stops"
  Type type;
  duckdb_type source = DUCKDB_TYPE_INVALID;
  duckdb_type internal = DUCKDB_TYPE_INVALID;  // of ENUM and DECIMAL
  std::int64_t array_size = 0;                 // of ARRAY
  bool infinities_as_extremes = false;
  std::vector<Plan> children;
  std::shared_ptr<const Column> dictionary;  // of ENUM
};

// kUnsupported names the column and the cast to write.
Result<Plan> plan_column(std::string name, duckdb_logical_type type, bool infinities_as_extremes);

// `count` rows of a vector from `begin` on.
struct Run {
  duckdb_vector vector;
  std::int64_t begin;
  std::int64_t count;
};

// The runs one behind the other as one column.
Result<Column> convert_runs(const Plan& plan, const std::vector<Run>& runs);

// Owned handles.
struct ChunkDeleter {
  void operator()(_duckdb_data_chunk* chunk) const { api().destroy_data_chunk(&chunk); }
};
using Chunk = std::unique_ptr<_duckdb_data_chunk, ChunkDeleter>;

struct LogicalTypeDeleter {
  void operator()(_duckdb_logical_type* type) const { api().destroy_logical_type(&type); }
};
using LogicalType = std::unique_ptr<_duckdb_logical_type, LogicalTypeDeleter>;

LogicalType logical_type(const Type& type);
// Rows [begin, begin + count) of a column into a fresh vector of its logical type, from row `at`.
// Strings are pointed at, not copied: the column must outlive the vector.
void fill_vector(const Column& column, std::int64_t begin, std::int64_t count, duckdb_vector vector,
                 std::int64_t at);
// Appends all rows of a table to the database's table `name`.
Status append_rows(duckdb_connection connection, const std::string& name, const Table& table);

}  // namespace lode::duckdb
