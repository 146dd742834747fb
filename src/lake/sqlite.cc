#include "lake/sqlite.h"

#include <sqlite3.h>

#include <utility>

namespace lode {
namespace {

Error error_of(sqlite3* database, int code) {
  std::string_view message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  const char* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  std::string text = fmt::format("'{}': {}", file == nullptr ? "" : file, message);
  switch (code) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
      // SQLite keeps no errno that could be trusted; a limit of a file's size or a quota ends here.
      return Error(Code::kIo, text +
                                  " in writing; if the disk or a quota is full, make room there, "
                                  "then repeat");
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Error(Code::kCorrupt, text + "; restore it from a backup, or move it away");
    case SQLITE_FULL:
      return Error(Code::kLimit, text + "; make room there, then repeat");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(Code::kConflict,
                   text + "; another process is writing, try again when it is done");
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_IOERR:
      return Error(Code::kIo, text);
    default:
      return Error(Code::kInternal, text);
  }
}

}  // namespace

SqliteQuery::~SqliteQuery() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void SqliteQuery::bound(int code) {
  if (error_ == SQLITE_OK) error_ = code;
  ++next_;
}

SqliteQuery& SqliteQuery::bind(std::int64_t value) {
  bound(sqlite3_bind_int64(statement_, next_, value));
  return *this;
}
SqliteQuery& SqliteQuery::bind(double value) {
  bound(sqlite3_bind_double(statement_, next_, value));
  return *this;
}
SqliteQuery& SqliteQuery::bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  bound(sqlite3_bind_text64(statement_, next_, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}
SqliteQuery& SqliteQuery::bind_null() {
  bound(sqlite3_bind_null(statement_, next_));
  return *this;
}

Result<bool> SqliteQuery::step() {
  int code = error_ != SQLITE_OK ? error_ : sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(error_of(database_, code));
}

Status SqliteQuery::run() {
  while (true) {
    TRY(bool more, step());
    if (!more) return {};
  }
}

std::int64_t SqliteQuery::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double SqliteQuery::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string SqliteQuery::text(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}
bool SqliteQuery::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int SqliteQuery::columns() const { return sqlite3_column_count(statement_); }
SqliteKind SqliteQuery::kind(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return SqliteKind::kNull;
    case SQLITE_INTEGER:
      return SqliteKind::kInteger;
    case SQLITE_FLOAT:
      return SqliteKind::kReal;
    default:
      return SqliteKind::kText;
  }
}

Result<Sqlite> Sqlite::open(const std::string& path, int busy_ms) {
  sqlite3* database = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  int code = sqlite3_open_v2(path.c_str(), &database, kFlags, nullptr);
  Sqlite opened(database);
  if (code != SQLITE_OK) return fail(error_of(database, code));
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, busy_ms);
  return opened;
}

Sqlite::Sqlite(Sqlite&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      statements_(std::move(other.statements_)) {
  other.statements_.clear();
}

Sqlite::~Sqlite() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

Status Sqlite::execute(const char* sql) {
  int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return fail(error_of(database_, code));
}

Result<std::unique_ptr<SqliteQuery>> Sqlite::query(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    int code =
        sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return fail(error_of(database_, code));
  }
  return std::make_unique<SqliteQuery>(database_, statement);
}

std::int64_t Sqlite::changes() const { return sqlite3_changes64(database_); }

}  // namespace lode
