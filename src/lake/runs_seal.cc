#include "lake/runs_seal.h"

#include <bit>
#include <utility>

#include "base/hash.h"

namespace lode {
namespace {

std::unexpected<Error> damaged(const std::string& path, std::string_view why) {
  return fail(Code::kCorrupt,
              "'{}' is damaged: {}; restore it from a backup, or move it away and run again", path,
              why);
}

void append_number(std::string& out, std::uint64_t number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Table and values, each with its kind, and texts with their length: no two rows have one text.
std::string row_text(std::string_view table, const SqliteQuery& row) {
  std::string out(table);
  for (int c = 0; c < row.columns(); ++c) {
    SqliteKind kind = row.kind(c);
    out += static_cast<char>(kind);
    if (kind == SqliteKind::kInteger)
      append_number(out, std::bit_cast<std::uint64_t>(row.integer(c)));
    if (kind == SqliteKind::kReal) append_number(out, std::bit_cast<std::uint64_t>(row.real(c)));
    if (kind != SqliteKind::kText) continue;
    std::string text = row.text(c);
    append_number(out, text.size());
    out += text;
  }
  return out;
}

// All that makes up the tables and indexes, in one text.
Result<std::string> tables_text(Sqlite& database) {
  TRY(auto query, database.query("SELECT type || ' ' || name || ' ' || tbl_name || ' ' || "
                                 "coalesce(sql, '') FROM sqlite_schema ORDER BY name"));
  std::string out;
  while (true) {
    TRY(bool more, query->step());
    if (!more) return out;
    out += query->text(0) + "\n";
  }
}

}  // namespace

Result<std::uint64_t> sum_of_rows(Sqlite& database, const std::vector<SealedRows>& rows) {
  std::uint64_t sum = 0;
  for (const SealedRows& some : rows) {
    TRY(auto query, database.query(some.sql));
    for (const std::string& key : some.keys) query->bind(key);
    while (true) {
      TRY(bool more, query->step());
      if (!more) break;
      sum += hash64(row_text(some.table, *query));
    }
  }
  return sum;
}

Result<std::uint64_t> sum_of_everything(Sqlite& database, int version) {
  std::vector<SealedRows> tables = {{"runs", "SELECT * FROM runs"},
                                    {"stations", "SELECT * FROM stations"},
                                    {"models", "SELECT * FROM models"},
                                    {"model_texts", "SELECT * FROM model_texts"}};
  if (version >= 3) tables.push_back({"counters", "SELECT * FROM counters"});
  if (version >= 4) tables.push_back({"model_events", "SELECT * FROM model_events"});
  if (version >= 5)
    for (const auto& [name, sql] : {std::pair{"lineages", "SELECT * FROM lineages"},
                                    std::pair{"definitions", "SELECT * FROM definitions"},
                                    std::pair{"datasets", "SELECT * FROM datasets"}})
      tables.push_back({name, sql});
  if (version >= 6) tables.push_back({"scorings", "SELECT * FROM scorings"});
  return sum_of_rows(database, tables);
}

Status write_seal(Sqlite& database, std::uint64_t sum) {
  TRY(auto query, database.query("UPDATE seal SET sum = ?"));
  return query->bind(std::bit_cast<std::int64_t>(sum)).run();
}

Status check_seal(Sqlite& database, int version, const std::string& path) {
  TRY(auto query, database.query("SELECT sum FROM seal"));
  TRY(bool found, query->step());
  TRY(std::uint64_t sum, sum_of_everything(database, version));
  if (found && query->integer(0) == std::bit_cast<std::int64_t>(sum)) return {};
  return damaged(path, "its rows are not those that were written");
}

Status check_pages(Sqlite& database, const std::string& path) {
  TRY(auto query, database.query("PRAGMA integrity_check(1)"));
  TRY(bool found, query->step());
  std::string said = found ? query->text(0) : "no answer";
  if (said == "ok") return {};
  return damaged(path, said);
}

Status check_tables(Sqlite& database, Sqlite& like, const std::string& path) {
  TRY(std::string found, tables_text(database));
  TRY(std::string wanted, tables_text(like));
  if (found == wanted) return {};
  return damaged(path, "its tables are not those of run records");
}

}  // namespace lode
