// DuckDB behind one adapter: in-memory databases whose answers are our Tables and whose inputs can
// be our Tables. The library is opened on first use, so a missing one costs this feature alone.
//
// Types: BOOLEAN, VARCHAR (ENUM becomes a dictionary column), BLOB, DATE, DECIMAL, LIST, ARRAY (a
// list), STRUCT, MAP (a list of structs key, value) are what they are. All integers up to 64 bits
// are int64 and FLOAT is double, exactly; HUGEINT and UHUGEINT are decimal(38,0); every TIMESTAMP
// is microseconds. A value that does not fit (a UBIGINT past 2^63-1, nanoseconds that are no whole
// microsecond, an infinite date) ends the query with an error that names the column. Any other type
// is refused with the cast to write. Values under a null are zero.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "table/column.h"

namespace lode {

struct DuckOptions {
  int threads = 1;
  std::int64_t memory_limit_bytes = 0;  // 0 = DuckDB's own default, 80 % of the machine
  std::string temp_directory{};         // where it may spill; "" = it may not
};

struct QueryOptions {
  // Rows of a streamed Table, rounded up to DuckDB's 2048; the last may be shorter.
  std::int64_t rows_per_table = 16384;
  // Infinite dates and timestamps arrive as the extremes (max and -max of their width) instead of
  // ending the query.
  bool infinities_as_extremes = false;
};

// The rows of one query as a sequence of Tables, in the order of the query. It holds a connection
// of its own, so any number may be open. Belongs to one thread at a time; may outlive its Duck.
class TableStream {
 public:
  struct State;
  explicit TableStream(std::unique_ptr<State> state);
  ~TableStream();
  TableStream(TableStream&&) noexcept;
  TableStream& operator=(TableStream&&) noexcept;

  const Schema& schema() const;
  // The next rows, never an empty Table; nothing at the end. After an error: the same error.
  Result<std::optional<Table>> next();

 private:
  std::unique_ptr<State> state_;
};

// One in-memory database. Extensions are neither installed nor loaded by themselves, the time zone
// is UTC, nothing is read from the home directory, and the configuration is locked.
//
// Threads: all calls from any thread. Cost: open() takes about 15 ms; a query owns a connection.
class Duck {
 public:
  struct Database;

  static Result<Duck> open(const DuckOptions& options = {});
  // "v1.5.5"; kUnavailable when the library cannot be opened.
  static Result<std::string> version();

  // One statement whose rows are wanted. With `threads` > 1 the order is still the query's.
  Result<TableStream> query(std::string_view sql, const QueryOptions& options = {}) const;
  // The same, as one Table; kLimit when a string column would pass 2 GiB.
  Result<Table> query_all(std::string_view sql) const;
  // Any number of statements; rows are dropped.
  Status execute(std::string_view sql) const;

  // CREATE TABLE `name` with these columns (kTimestamp is TIMESTAMP without zone, in UTC).
  Status create_table(std::string_view name, const Schema& schema) const;
  // Appends to a table made by create_table with the same types. Copies; about 15 M rows/s.
  Status append(std::string_view name, const Table& table) const;

 private:
  explicit Duck(std::shared_ptr<const Database> database) : database_(std::move(database)) {}
  std::shared_ptr<const Database> database_;
};

// Quoting for SQL text: 'it''s' and "a ""b""". A text with a NUL byte is cut there by DuckDB, so
// names and literals with one are refused where they come in.
std::string sql_literal(std::string_view text);
std::string sql_identifier(std::string_view name);
// The SQL name of a type: "BIGINT", "DECIMAL(10,2)", "STRUCT(\"a\" BIGINT)".
std::string sql_type(const Type& type);

}  // namespace lode
