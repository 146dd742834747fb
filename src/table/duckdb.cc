#include "table/duckdb.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "base/library.h"
#include "table/duckdb_api.h"

namespace lode {
namespace duckdb {
namespace {

Result<Api> fill_api() {
  static SharedLibrary library("reading and writing Parquet, and SQL", {"libduckdb.so"});
  TRY_VOID(library.open());
  Api found;
#define LODE_DUCKDB_FIND(name)                                                                    \
  {                                                                                               \
    TRY(found.name, library.symbol<std::remove_pointer_t<decltype(Api::name)>>("duckdb_" #name)); \
  }
  LODE_DUCKDB_FUNCTIONS(LODE_DUCKDB_FIND)
#undef LODE_DUCKDB_FIND
  return found;
}

std::atomic<const Api*> loaded = nullptr;

// The part of a message that is meant for a reader: without the query and the stack, on one line.
std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 400;
  for (std::string_view tail : {"\n\nLINE ", "\nLINE ", "\n\nStack Trace", "\nStack Trace"})
    text = text.substr(0, text.find(tail));
  std::string out;
  for (char c : text) {
    if (c == '\n' && (out.empty() || out.back() == ' ')) continue;
    out += c == '\n' ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.size() > kLongest) {
    std::size_t end = kLongest;
    while ((static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // not within a character
    out.resize(end);
    out += "...";
  }
  return out;
}

struct ErrorClass {
  std::string_view prefix;
  Code code;
};

// DuckDB's classes that are not the input's fault. All others are kInvalid.
constexpr std::array kClasses = {
    ErrorClass{"IO Error", Code::kIo},
    ErrorClass{"HTTP Error", Code::kIo},
    ErrorClass{"Out of Memory Error", Code::kLimit},
    ErrorClass{"INTERRUPT Error", Code::kCancelled},
    ErrorClass{"Not implemented Error", Code::kUnsupported},
    ErrorClass{"Missing Extension Error", Code::kUnavailable},
    ErrorClass{"Extension Autoloading Error", Code::kUnavailable},
    ErrorClass{"Serialization Error", Code::kCorrupt},
    ErrorClass{"INTERNAL Error", Code::kInternal},
    ErrorClass{"FATAL Error", Code::kInternal},
};

}  // namespace

Result<const Api*> load_api() {
  if (const Api* ready = loaded.load(std::memory_order_acquire)) return ready;
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  if (const Api* ready = loaded.load(std::memory_order_acquire)) return ready;
  static Api functions;
  TRY(functions, fill_api());
  loaded.store(&functions, std::memory_order_release);
  return &functions;
}

const Api& api() { return *loaded.load(std::memory_order_acquire); }

Error error_from(const char* message) {
  std::string_view text = message == nullptr ? "DuckDB gave no reason" : message;
  Code code = Code::kInvalid;
  for (const ErrorClass& c : kClasses)
    if (text.starts_with(c.prefix)) code = c.code;
  if (code == Code::kIo && (text.contains("No files found") || text.contains("No such file")))
    code = Code::kNotFound;
  if (code == Code::kIo && (text.contains("No space left") || text.contains("File too large") ||
                            text.contains("quota exceeded")))
    return Error(Code::kLimit,
                 fmt::format("DuckDB: {}; make room there, then repeat", shortened(text)));
  if (code == Code::kLimit)
    return Error(code, fmt::format("DuckDB: {}; raise --memory or give a directory to spill to",
                                   shortened(text)));
  return Error(code, fmt::format("DuckDB: {}", shortened(text)));
}

}  // namespace duckdb

using duckdb::api;

struct Duck::Database {
  duckdb_database handle = nullptr;
  ~Database() {
    if (handle != nullptr) api().close(&handle);
  }
};

namespace {

// A connection that keeps its database alive.
class Connection {
 public:
  static Result<Connection> open(std::shared_ptr<const Duck::Database> database) {
    Connection connection;
    connection.database_ = std::move(database);
    if (api().connect(connection.database_->handle, &connection.handle_) != DuckDBSuccess)
      return fail(Code::kInternal, "DuckDB gave no connection");
    return connection;
  }
  Connection(Connection&& other) noexcept
      : database_(std::move(other.database_)), handle_(std::exchange(other.handle_, nullptr)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection() {
    if (handle_ != nullptr) api().disconnect(&handle_);
  }
  duckdb_connection handle() const { return handle_; }

 private:
  Connection() = default;
  std::shared_ptr<const Duck::Database> database_;
  duckdb_connection handle_ = nullptr;
};

Status run(const Connection& connection, std::string_view sql) {
  duckdb_result result{};
  duckdb_state state = api().query(connection.handle(), std::string(sql).c_str(), &result);
  Status status;
  if (state != DuckDBSuccess) status = fail(duckdb::error_from(api().result_error(&result)));
  api().destroy_result(&result);
  return status;
}

Status configure(duckdb_config config, const DuckOptions& options) {
  std::string home = options.temp_directory.empty() ? "/" : options.temp_directory;
  std::vector<std::pair<const char*, std::string>> settings = {
      {"threads", std::to_string(std::max(1, options.threads))},
      {"temp_directory", options.temp_directory},
      {"home_directory", home},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"allow_persistent_secrets", "false"},
      {"preserve_insertion_order", "true"},
  };
  if (options.memory_limit_bytes > 0)
    settings.emplace_back(
        "memory_limit",
        fmt::format("{}KiB", std::max<std::int64_t>(1, options.memory_limit_bytes / 1024)));
  for (const auto& [name, value] : settings)
    if (api().set_config(config, name, value.c_str()) != DuckDBSuccess)
      return fail(Code::kInternal, "DuckDB does not know its setting {} = '{}'", name, value);
  return {};
}

}  // namespace

struct TableStream::State {
  State(Connection c, const QueryOptions& o) : connection(std::move(c)), options(o) {}
  ~State() {
    api().destroy_result(&result);
    if (pending != nullptr) api().destroy_pending(&pending);
    if (statement != nullptr) api().destroy_prepare(&statement);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Connection connection;  // destroyed last
  QueryOptions options;
  duckdb_prepared_statement statement = nullptr;
  duckdb_pending_result pending = nullptr;
  duckdb_result result{};
  std::vector<duckdb::Plan> plans;
  Schema schema;
  bool ended = false;
  std::optional<Error> error;

  Status start(const std::string& sql);
  Status plan();
  Result<std::optional<Table>> next(std::int64_t wanted_rows);
  Result<std::int64_t> fetch(std::int64_t wanted_rows, std::vector<duckdb::Chunk>& chunks);
};

Status TableStream::State::start(const std::string& sql) {
  if (api().prepare(connection.handle(), sql.c_str(), &statement) != DuckDBSuccess)
    return fail(duckdb::error_from(api().prepare_error(statement)));
  if (api().pending_prepared_streaming(statement, &pending) != DuckDBSuccess)
    return fail(duckdb::error_from(api().pending_error(pending)));
  if (api().execute_pending(pending, &result) != DuckDBSuccess)
    return fail(duckdb::error_from(api().result_error(&result)));
  return plan();
}

Status TableStream::State::plan() {
  std::vector<Field> fields;
  for (idx_t i = 0; i < api().column_count(&result); ++i) {
    duckdb::LogicalType type(api().column_logical_type(&result, i));
    TRY(duckdb::Plan column, duckdb::plan_column(api().column_name(&result, i), type.get(),
                                                 options.infinities_as_extremes));
    fields.push_back({column.name, column.type});
    plans.push_back(std::move(column));
  }
  schema = Schema(std::move(fields));
  return {};
}

Result<std::int64_t> TableStream::State::fetch(std::int64_t wanted_rows,
                                               std::vector<duckdb::Chunk>& chunks) {
  std::int64_t rows = 0;
  while (!ended && rows < wanted_rows) {
    duckdb::Chunk chunk(api().fetch_chunk(result));
    if (chunk == nullptr) {
      ended = true;
      const char* message = api().result_error(&result);
      if (message != nullptr && *message != '\0') return fail(duckdb::error_from(message));
      break;
    }
    auto size = static_cast<std::int64_t>(api().data_chunk_get_size(chunk.get()));
    if (size == 0) continue;
    rows += size;
    chunks.push_back(std::move(chunk));
  }
  return rows;
}

Result<std::optional<Table>> TableStream::State::next(std::int64_t wanted_rows) {
  std::vector<duckdb::Chunk> chunks;
  TRY(std::int64_t rows, fetch(wanted_rows, chunks));
  if (rows == 0) return std::nullopt;
  Table table;
  table.schema = schema;
  table.rows = rows;
  table.columns.reserve(plans.size());
  std::vector<duckdb::Run> runs(chunks.size());
  for (std::size_t i = 0; i < plans.size(); ++i) {
    for (std::size_t c = 0; c < chunks.size(); ++c)
      runs[c] = {api().data_chunk_get_vector(chunks[c].get(), i), 0,
                 static_cast<std::int64_t>(api().data_chunk_get_size(chunks[c].get()))};
    TRY(table.columns.emplace_back(), duckdb::convert_runs(plans[i], runs));
  }
  return table;
}

TableStream::TableStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
TableStream::~TableStream() = default;
TableStream::TableStream(TableStream&&) noexcept = default;
TableStream& TableStream::operator=(TableStream&&) noexcept = default;

const Schema& TableStream::schema() const { return state_->schema; }

Result<std::optional<Table>> TableStream::next() {
  if (state_->error) return std::unexpected(*state_->error);
  auto table = state_->next(std::max<std::int64_t>(1, state_->options.rows_per_table));
  if (!table) state_->error = table.error();
  return table;
}

Result<Duck> Duck::open(const DuckOptions& options) {
  TRY_VOID(duckdb::load_api());
  auto database = std::make_shared<Database>();
  duckdb_config config = nullptr;
  if (api().create_config(&config) != DuckDBSuccess)
    return fail(Code::kInternal, "DuckDB gave no configuration");
  char* message = nullptr;
  Status status = configure(config, options);
  if (status && api().open_ext(nullptr, &database->handle, config, &message) != DuckDBSuccess)
    status = fail(duckdb::error_from(message).context("opening a database in memory"));
  if (message != nullptr) api().free(message);
  api().destroy_config(&config);
  TRY_VOID(status);
  TRY(Connection connection, Connection::open(database));
  TRY_VOID(run(connection, "SET GLOBAL TimeZone = 'UTC'; SET lock_configuration = true"));
  return Duck(std::move(database));
}

Result<std::string> Duck::version() {
  TRY(const duckdb::Api* functions, duckdb::load_api());
  return std::string(functions->library_version());
}

Result<TableStream> Duck::query(std::string_view sql, const QueryOptions& options) const {
  TRY(Connection connection, Connection::open(database_));
  auto state = std::make_unique<TableStream::State>(std::move(connection), options);
  TRY_VOID(state->start(std::string(sql)));
  return TableStream(std::move(state));
}

Result<Table> Duck::query_all(std::string_view sql) const {
  TRY(TableStream stream, query(sql, {.rows_per_table = std::numeric_limits<std::int64_t>::max()}));
  TRY(std::optional<Table> table, stream.next());
  if (table) return *std::move(table);
  Table empty;
  empty.schema = stream.schema();
  for (const Field& field : empty.schema.fields())
    empty.columns.push_back(ColumnBuilder(field.type).finish());
  return empty;
}

Status Duck::execute(std::string_view sql) const {
  TRY(Connection connection, Connection::open(database_));
  return run(connection, sql);
}

Status Duck::create_table(std::string_view name, const Schema& schema) const {
  std::string columns;
  for (const Field& field : schema.fields())
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", sql_identifier(field.name),
                           sql_type(field.type));
  return execute(fmt::format("CREATE TABLE {} ({})", sql_identifier(name), columns));
}

Status Duck::append(std::string_view name, const Table& table) const {
  TRY(Connection connection, Connection::open(database_));
  return duckdb::append_rows(connection.handle(), std::string(name), table);
}

std::string sql_literal(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::string sql_identifier(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string sql_type(const Type& type) {
  switch (type.id) {
    case TypeId::kBool:
      return "BOOLEAN";
    case TypeId::kInt64:
      return "BIGINT";
    case TypeId::kDouble:
      return "DOUBLE";
    case TypeId::kDecimal:
      return fmt::format("DECIMAL({},{})", type.precision, type.scale);
    case TypeId::kString:
      return "VARCHAR";
    case TypeId::kBytes:
      return "BLOB";
    case TypeId::kDate:
      return "DATE";
    case TypeId::kTimestamp:
      return "TIMESTAMP";
    case TypeId::kList:
      return sql_type(type.children->front().type) + "[]";
    case TypeId::kStruct:
      break;
  }
  std::string fields;
  for (const Field& field : *type.children)
    fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", sql_identifier(field.name),
                          sql_type(field.type));
  return fmt::format("STRUCT({})", fields);
}

}  // namespace lode
