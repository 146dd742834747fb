#include "lake/parquet_zone.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "table/duckdb.h"

namespace lode {
namespace {

// Rows of a row group: DuckDB's own default, written down because files depend on it.
constexpr int kRowGroupRows = 122'880;

std::string scratch_path(const std::string& directory) {
  static std::atomic<int> count = 0;
  return join_path(directory, fmt::format(".part.{}-{}.tmp", ::getpid(), count++));
}

}  // namespace

struct ParquetZone::State {
  State(ManifestStore s, ZoneOptions o) : store(std::move(s)), options(std::move(o)) {}
  ManifestStore store;
  ZoneOptions options;
  std::optional<Duck> reader;  // with options.threads
  std::set<ContentHash> verified;

  Result<const Duck*> duck() {
    if (!reader) {
      TRY(Duck fresh, Duck::open({.threads = options.threads,
                                  .memory_limit_bytes = options.memory_limit_bytes,
                                  .temp_directory = options.scratch}));
      reader = std::move(fresh);
    }
    return &*reader;
  }

  Status verify(const ZonePart& part) {
    if (verified.contains(part.hash)) return {};
    TRY_VOID(store.check_part(part));
    verified.insert(part.hash);
    return {};
  }
};

// ---- reading
// -------------------------------------------------------------------------------------

struct ZoneStream::State {
  std::shared_ptr<ParquetZone::State> zone;
  ZoneRead what;
  Schema schema;  // of what is read
  // What is read one after another: a part, and of which seqs.
  struct Piece {
    ZonePart part;
    SeqRange seqs;
  };
  std::vector<Piece> pieces;
  std::vector<Schema> schemas;
  std::size_t next_piece = 0;
  std::optional<TableStream> stream;
  std::optional<Error> error;

  Result<std::optional<Table>> next();
  void plan(const std::vector<ZonePart>& parts);
  Result<TableStream> open(const Piece& piece);
  Result<std::string> select(const Piece& piece) const;
  std::string condition(const Piece& piece) const;
};

// The pieces that can hold records of what is wanted.
void ZoneStream::State::plan(const std::vector<ZonePart>& parts) {
  const std::vector<SeqRange> all = {{what.first_seq, what.last_seq}};
  for (const ZonePart& part : parts) {
    if (part.last_seq < what.first_seq || part.first_seq > what.last_seq) continue;
    if (!what.or_where.empty()) {
      pieces.push_back({part, all[0]});
      continue;
    }
    for (const SeqRange& range : what.ranges ? *what.ranges : all) {
      SeqRange seqs{std::max(range.first, what.first_seq), std::min(range.last, what.last_seq)};
      if (seqs.first <= seqs.last && part.last_seq >= seqs.first && part.first_seq <= seqs.last)
        pieces.push_back({part, seqs});
    }
  }
}

std::string ZoneStream::State::condition(const Piece& piece) const {
  std::string seq = sql_identifier(zone->options.seq_column);
  std::string within;
  if (piece.part.first_seq < piece.seqs.first || piece.part.last_seq > piece.seqs.last)
    within = fmt::format("{} BETWEEN {} AND {}", seq, piece.seqs.first, piece.seqs.last);
  if (what.or_where.empty()) return within;
  std::string wanted = fmt::format("({})", what.or_where);
  if (!what.ranges)
    wanted = "true";
  else
    for (const SeqRange& range : *what.ranges)
      if (range.last >= piece.part.first_seq && range.first <= piece.part.last_seq)
        wanted += fmt::format(" OR {} BETWEEN {} AND {}", seq, range.first, range.last);
  return within.empty() ? wanted : fmt::format("{} AND ({})", within, wanted);
}

// A column that a part does not have yet is null in it.
Result<std::string> ZoneStream::State::select(const Piece& piece) const {
  const ZonePart& part = piece.part;
  const Schema& has = schemas[part.schema];
  std::string columns;
  for (const Field& field : schema.fields()) {
    columns += columns.empty() ? "" : ", ";
    std::optional<std::size_t> at = has.find(field.name);
    if (at && has[*at].type != field.type)
      return fail(Code::kUnsupported,
                  "column '{}' is {} in older parts and {} in newer ones; read their seqs apart",
                  field.name, has[*at].type.text(), field.type.text());
    columns +=
        at ? sql_identifier(field.name) : fmt::format("CAST(NULL AS {})", sql_type(field.type));
  }
  std::string sql = fmt::format("SELECT {} FROM read_parquet({})", columns,
                                sql_literal(zone->store.part_path(part.hash)));
  if (std::string where = condition(piece); !where.empty()) sql += " WHERE " + where;
  return sql;
}

Result<TableStream> ZoneStream::State::open(const Piece& piece) {
  TRY_VOID(zone->verify(piece.part));
  TRY(const Duck* duck, zone->duck());
  TRY(std::string sql, select(piece));
  return duck->query(sql, {.infinities_as_extremes = true});
}

Result<std::optional<Table>> ZoneStream::State::next() {
  while (true) {
    if (!stream) {
      if (next_piece == pieces.size()) return std::nullopt;
      TRY(TableStream opened, open(pieces[next_piece]));
      stream = std::move(opened);
      ++next_piece;
    }
    TRY(std::optional<Table> table, stream->next());
    if (table) {
      table->schema = schema;
      return table;
    }
    stream.reset();
  }
}

ZoneStream::ZoneStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZoneStream::~ZoneStream() = default;
ZoneStream::ZoneStream(ZoneStream&&) noexcept = default;
ZoneStream& ZoneStream::operator=(ZoneStream&&) noexcept = default;

const Schema& ZoneStream::schema() const { return state_->schema; }

Result<std::optional<Table>> ZoneStream::next() {
  if (state_->error) return std::unexpected(*state_->error);
  auto table = state_->next();
  if (!table) state_->error = table.error();
  return table;
}

namespace {

Result<Schema> schema_to_read(const Manifest& manifest, const std::vector<std::string>& columns) {
  if (manifest.parts.empty()) {
    if (columns.empty()) return Schema();
    return fail(Code::kNotFound, "the zone is empty, so it has no column '{}'", columns.front());
  }
  const Schema& newest = manifest.schemas[manifest.parts.back().schema];
  if (columns.empty()) return newest;
  std::vector<Field> fields;
  for (const std::string& column : columns) {
    std::optional<std::size_t> at = newest.find(column);
    if (!at) return fail(Code::kNotFound, "the zone has no column '{}'", column);
    fields.push_back(newest[*at]);
  }
  return Schema(std::move(fields));
}

}  // namespace

// ---- writing
// -------------------------------------------------------------------------------------

struct ZoneWriter::State {
  State(std::shared_ptr<ParquetZone::State> z, Duck d)
      : zone(std::move(z)), duck(std::move(d)), next(zone->store.manifest()) {
    next.parent = zone->store.name();
  }

  std::shared_ptr<ParquetZone::State> zone;
  Duck duck;  // one thread: the order of rows, and so the bytes, must not depend on luck
  Manifest next;
  std::optional<Schema> schema;
  ZonePart open_part;  // rows and seqs of what waits in the scratch table
  bool done = false;

  Status check(const Table& table, const Column*& seqs) const;
  Status append(const Table& table, const Column& seqs);
  Status cut_part();
  std::int64_t next_seq() const {
    return open_part.rows > 0 ? open_part.last_seq + 1 : next.next_seq();
  }
};

Status ZoneWriter::State::check(const Table& table, const Column*& seqs) const {
  const std::string& name = zone->options.seq_column;
  if (done) return fail(Code::kConflict, "this writer has committed; open another one");
  if (schema && *schema != table.schema)
    return fail(Code::kInvalid, "one commit takes tables of one schema");
  seqs = table.find(name);
  if (seqs == nullptr || seqs->type.id != TypeId::kInt64)
    return fail(Code::kInvalid, "a record needs an int64 column '{}'", name);
  if (seqs->null_count > 0) return fail(Code::kInvalid, "a seq in '{}' is null", name);
  std::int64_t least = next_seq();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    std::int64_t seq = seqs->int64(row);
    if (seq < least || seq == std::numeric_limits<std::int64_t>::max())
      return fail(Code::kInvalid, "seq {} comes where {} or more is due", seq, least);
    least = seq + 1;
  }
  return {};
}

Status ZoneWriter::State::append(const Table& table, const Column& seqs) {
  if (!schema) {
    schema = table.schema;
    TRY_VOID(duck.create_table("part", *schema));
  }
  std::int64_t most = zone->options.rows_per_part;
  for (std::int64_t row = 0; row < table.rows;) {
    std::int64_t count = std::min(table.rows - row, most - open_part.rows);
    bool whole = count == table.rows;
    Table piece;
    piece.schema = table.schema;
    piece.rows = count;
    for (const Column& column : table.columns)
      piece.columns.push_back(whole ? column : column.slice(row, count));
    TRY_VOID(duck.append("part", piece));
    if (open_part.rows == 0) open_part.first_seq = seqs.int64(row);
    open_part.last_seq = seqs.int64(row + count - 1);
    open_part.rows += count;
    row += count;
    if (open_part.rows == most) TRY_VOID(cut_part());
  }
  return {};
}

Status ZoneWriter::State::cut_part() {
  std::string path = scratch_path(zone->options.scratch);
  Status written = duck.execute(
      fmt::format("COPY part TO {} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {}); "
                  "TRUNCATE part",
                  sql_literal(path), kRowGroupRows));
  auto part = written ? zone->store.add_part(*zone->options.files, path)
                      : Result<ZonePart>(std::unexpected(written.error()));
  (void)zone->options.files->remove(path);  // else it is a leftover by its name
  if (!part) return fail(part.error());
  part->rows = open_part.rows;
  part->first_seq = open_part.first_seq;
  part->last_seq = open_part.last_seq;
  next.add(*part, *schema);
  open_part = {};
  return {};
}

ZoneWriter::ZoneWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZoneWriter::~ZoneWriter() = default;
ZoneWriter::ZoneWriter(ZoneWriter&&) noexcept = default;
ZoneWriter& ZoneWriter::operator=(ZoneWriter&&) noexcept = default;

Status ZoneWriter::append(const Table& table) {
  const Column* seqs = nullptr;
  TRY_VOID(state_->check(table, seqs));
  if (table.rows == 0) return {};
  Status status = state_->append(table, *seqs);
  if (!status) state_->done = true;  // half a table may be in; it must not be committed
  return status;
}

Result<ContentHash> ZoneWriter::commit() {
  if (state_->done) return fail(Code::kConflict, "this writer has ended; open another one");
  state_->done = true;
  if (state_->open_part.rows > 0) TRY_VOID(state_->cut_part());
  ManifestStore& store = state_->zone->store;
  if (state_->next.parts.size() == store.manifest().parts.size()) {
    if (store.name()) return *store.name();
    return fail(Code::kInvalid, "there are no records to commit to an empty zone");
  }
  return store.commit(state_->next);
}

// ---- the zone
// ------------------------------------------------------------------------------------

ParquetZone::ParquetZone(std::shared_ptr<State> state) : state_(std::move(state)) {}
ParquetZone::ParquetZone(ParquetZone&&) noexcept = default;
ParquetZone& ParquetZone::operator=(ParquetZone&&) noexcept = default;
ParquetZone::~ParquetZone() = default;

Result<ParquetZone> ParquetZone::open(std::string directory, ZoneOptions options) {
  if (options.rows_per_part < 1)
    return fail(Code::kInvalid, "a part needs at least one row, not {}", options.rows_per_part);
  TRY(ManifestStore store, ManifestStore::open(*options.files, std::move(directory)));
  return ParquetZone(std::make_shared<State>(std::move(store), std::move(options)));
}

const Manifest& ParquetZone::manifest() const { return state_->store.manifest(); }
const std::optional<ContentHash>& ParquetZone::name() const { return state_->store.name(); }

std::string ParquetZone::part_path(const ZonePart& part) const {
  return state_->store.part_path(part.hash);
}

Result<bool> ParquetZone::grew_from(const ContentHash& name) const {
  std::optional<ContentHash> at = state_->store.name();
  std::optional<ContentHash> parent = state_->store.manifest().parent;
  while (at && *at != name) {
    at = parent;
    if (!at) break;
    TRY(Manifest older, state_->store.load(*at));
    parent = older.parent;
  }
  return at.has_value();
}

Result<ZoneStream> ParquetZone::read(const ZoneRead& what) {
  const Manifest& manifest = state_->store.manifest();
  auto stream = std::make_unique<ZoneStream::State>();
  TRY(stream->schema, schema_to_read(manifest, what.columns));
  stream->zone = state_;
  stream->what = what;
  stream->schemas = manifest.schemas;
  stream->plan(manifest.parts);
  return ZoneStream(std::move(stream));
}

Status ParquetZone::go_back(const ContentHash& name) { return state_->store.go_back(name); }

Result<ZoneWriter> ParquetZone::write() {
  if (state_->options.scratch.empty())
    return fail(Code::kInvalid, "writing to a zone needs a scratch directory");
  TRY_VOID(state_->store.remove_garbage());
  TRY(Duck duck, Duck::open({.threads = 1,
                             .memory_limit_bytes = state_->options.memory_limit_bytes,
                             .temp_directory = state_->options.scratch}));
  return ZoneWriter(std::make_unique<ZoneWriter::State>(state_, std::move(duck)));
}

}  // namespace lode
