#include "serve/score_output.h"

#include "table/duckdb.h"

namespace lode {
namespace {

// A database of its own that has the rows as the table `scores`.
Result<Duck> duck_of(const Table& scores, const std::string& scratch) {
  TRY(Duck duck, Duck::open({.threads = 1, .temp_directory = scratch}));
  TRY_VOID(duck.create_table("scores", scores.schema));
  if (scores.rows > 0) TRY_VOID(duck.append("scores", scores));
  return duck;
}

// Into its place under its own name, whole or not at all.
Status put(FileSystem& files, const std::string& made, const std::string& path) {
  TRY(std::unique_ptr<RandomReader> reader, posix_files().open(made));
  TRY(FileWriter writer, FileWriter::open(files, path));
  std::string piece(std::size_t{1} << 20, '\0');
  for (std::uint64_t at = 0; at < reader->size();) {
    TRY(std::size_t got, reader->read(at, piece));
    if (got == 0) return fail(Code::kIo, "{} was cut while it was read", made);
    TRY_VOID(writer.append(std::string_view(piece).substr(0, got)));
    at += got;
  }
  return writer.commit();
}

std::string into_table(const ScoreTarget& target) {
  return fmt::format(
      "BEGIN; CREATE {}TABLE target.{} AS SELECT * FROM scores; COMMIT; "
      "DETACH target",
      target.overwrite ? "OR REPLACE " : "", sql_identifier(target.table));
}

// What a writer of DuckDB's said; a full disk is one wherever it shows.
std::unexpected<Error> could_not(const Error& error, const ScoreTarget& target) {
  bool full = error.message().find("No space left") != std::string::npos;
  return fail(Error(full ? Code::kLimit : error.code(),
                    fmt::format("scores could not be written to {}: {}", target.path,
                                full ? "no space left on the disk" : error.message())));
}

// Into a DuckDB file that is there, in one transaction of its own.
Status into_existing(const Table& scores, const ScoreTarget& target, const std::string& scratch) {
  TRY(Duck duck, duck_of(scores, scratch));
  Status written = duck.execute(
      fmt::format("ATTACH {} AS target; {}", sql_literal(target.path), into_table(target)));
  return written ? written : could_not(written.error(), target);
}

Result<bool> has_table(const ScoreTarget& target) {
  TRY(Duck duck, Duck::open({.threads = 1}));
  Status attached =
      duck.execute(fmt::format("ATTACH {} AS target (READ_ONLY)", sql_literal(target.path)));
  if (!attached)
    return fail(Code::kInvalid, "{} is no DuckDB file, or another program has it open: {}",
                target.path, attached.error().message());
  TRY(Table found, duck.query_all(fmt::format(
                       "SELECT 1 AS one FROM duckdb_tables() WHERE database_name = 'target' AND "
                       "table_name = {}",
                       sql_literal(target.table))));
  return found.rows > 0;
}

}  // namespace

Status check_target(FileSystem& files, const ScoreTarget& target) {
  TRY(bool folder, exists(files, parent_directory(target.path)));
  if (!folder)
    return fail(Code::kInvalid, "there is no folder {} for {}", parent_directory(target.path),
                base_name(target.path));
  TRY(bool there, exists(files, target.path));
  if (!there) return {};
  TRY(FileInfo info, files.info(target.path));
  if (info.kind != FileInfo::kFile) return fail(Code::kInvalid, "{} is no file", target.path);
  if (target.format == ScoreFormat::kDuckDb) {
    TRY(bool table, has_table(target));
    if (!table || target.overwrite) return {};
    return fail(Code::kConflict,
                "{} has a table {} already; --overwrite replaces it, --table names "
                "another",
                target.path, target.table);
  }
  if (target.overwrite) return {};
  return fail(Code::kConflict, "{} is there already; --overwrite replaces it", target.path);
}

bool has_target(FileSystem& files, const ScoreTarget& target) {
  bool there = exists(files, target.path).value_or(false);
  if (!there || target.format != ScoreFormat::kDuckDb) return there;
  return has_table(target).value_or(false);
}

Status write_scores(FileSystem& files, const Table& scores, const ScoreTarget& target,
                    const std::string& scratch) {
  TRY(bool there, exists(files, target.path));
  if (there && target.format == ScoreFormat::kDuckDb) return into_existing(scores, target, scratch);
  std::string made = join_path(scratch, "scores.unfinished");
  TRY_VOID(remove_tree(posix_files(), made));
  TRY(Duck duck, duck_of(scores, scratch));
  std::string sql;
  switch (target.format) {
    case ScoreFormat::kParquet:
      sql = fmt::format("COPY scores TO {} (FORMAT parquet, COMPRESSION zstd)", sql_literal(made));
      break;
    case ScoreFormat::kCsv:
      sql = fmt::format("COPY scores TO {} (FORMAT csv, HEADER)", sql_literal(made));
      break;
    case ScoreFormat::kDuckDb:
      sql = fmt::format("ATTACH {} AS target; {}", sql_literal(made), into_table(target));
      break;
  }
  Status written = duck.execute(sql);
  Status placed = written ? put(files, made, target.path) : written;
  (void)remove_tree(posix_files(), made);
  return placed ? placed : could_not(placed.error(), target);
}

}  // namespace lode
