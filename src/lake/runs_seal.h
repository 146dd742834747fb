// The seal over the run records: one number that depends on every value of every row, kept beside
// them and moved by each transaction that changes rows. SQLite checks how its pages hang together
// and not what stands in them; a flipped bit of a value, or a row that got lost, shows here.
//
// The sum, modulo 2^64, of the hashes of all rows: so it can be moved without reading the others,
// and does not depend on their order. Protects from accidents, not from an adversary.
// docs/formats/run-records.md says how a row is hashed. For src/lake/runs_sqlite.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lake/sqlite.h"

namespace lode {

// Rows that a change touches: all columns of those with these keys.
struct SealedRows {
  std::string_view table;
  const char* sql;  // a literal: "SELECT * FROM runs WHERE id = ?"
  std::vector<std::string> keys{};
};

Result<std::uint64_t> sum_of_rows(Sqlite& database, const std::vector<SealedRows>& rows);
// Of all tables that are sealed in that version of the format. Cost: reads them all.
Result<std::uint64_t> sum_of_everything(Sqlite& database, int version);
Status write_seal(Sqlite& database, std::uint64_t sum);
// kCorrupt when the rows are not those that were sealed.
Status check_seal(Sqlite& database, int version, const std::string& path);
// kCorrupt when SQLite finds its pages damaged, or the tables are not those of `like`, a database
// that was made anew.
Status check_pages(Sqlite& database, const std::string& path);
Status check_tables(Sqlite& database, Sqlite& like, const std::string& path);

// Runs `work`, which changes `rows` and no others, and moves the seal along. Inside a transaction.
template <typename Work>
auto sealed(Sqlite& database, const std::vector<SealedRows>& rows, Work work) -> decltype(work()) {
  TRY(std::uint64_t before, sum_of_rows(database, rows));
  auto result = work();
  if (!result) return result;
  TRY(std::uint64_t after, sum_of_rows(database, rows));
  TRY(auto query, database.query("SELECT sum FROM seal"));
  TRY_VOID(query->step());
  auto sum = static_cast<std::uint64_t>(query->integer(0));
  query.reset();
  TRY_VOID(write_seal(database, sum - before + after));
  return result;
}

}  // namespace lode
