// SQLite's C interface with errors as values: a connection, and prepared statements that bind and
// read by position. For src/lake/runs_sqlite.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lode {

enum class SqliteKind : std::uint8_t { kNull, kInteger, kReal, kText };

// One execution of a prepared statement; gives it back, reset, when destroyed. Errors of bind and
// step are kept until step() or run() returns them.
class SqliteQuery {
 public:
  SqliteQuery(sqlite3* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  ~SqliteQuery();
  SqliteQuery(const SqliteQuery&) = delete;
  SqliteQuery& operator=(const SqliteQuery&) = delete;

  // Binds the next parameter.
  SqliteQuery& bind(std::int64_t value);
  SqliteQuery& bind(double value);
  SqliteQuery& bind(std::string_view text);
  SqliteQuery& bind_null();

  Result<bool> step();  // true: there is a row
  Status run();         // to its end, for statements without rows

  // Of the row at hand, from 0.
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;
  int columns() const;
  SqliteKind kind(int column) const;  // blobs count as texts

 private:
  void bound(int code);
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int next_ = 1;
  int error_ = 0;
};

// A connection; not thread-safe by itself.
class Sqlite {
 public:
  static Result<Sqlite> open(const std::string& path, int busy_ms);
  Sqlite(Sqlite&&) noexcept;
  Sqlite& operator=(Sqlite&&) = delete;
  ~Sqlite();

  // Statements without parameters or rows.
  Status execute(const char* sql);
  // Prepared once for each text, which must be a literal.
  Result<std::unique_ptr<SqliteQuery>> query(const char* sql);
  std::int64_t changes() const;  // rows changed by the last statement

  // Runs `work` in a transaction that takes the write lock at once; undone if it fails.
  template <typename Work>
  auto transaction(Work work) -> decltype(work()) {
    TRY_VOID(execute("BEGIN IMMEDIATE"));
    auto result = work();
    Status ended = execute(result ? "COMMIT" : "ROLLBACK");
    if (result && !ended) {
      (void)execute("ROLLBACK");
      return std::unexpected(ended.error());
    }
    return result;
  }

 private:
  explicit Sqlite(sqlite3* database) : database_(database) {}
  sqlite3* database_;
  std::map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace lode
