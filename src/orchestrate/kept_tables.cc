#include "orchestrate/kept_tables.h"

#include <algorithm>

#include "orchestrate/catalogue.h"

namespace lode {
namespace {

// While a table is kept: its columns of numbers, a part of it in DuckDB, and that part on its way
// into a file.
std::int64_t keeping_bytes(std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kPartRows = std::int64_t{1} << 20;
  return (std::int64_t{48} << 20) + 32 * rows + std::min(rows, kPartRows) * 24 * columns;
}

}  // namespace

Status keep_tables(const std::string& name, std::vector<KeptTable> tables,
                   const KeepingMeans& means) {
  std::erase_if(tables,
                [&](const KeptTable& t) { return is_kept(means.files, t.path, t.content); });
  if (tables.empty()) return {};
  std::int64_t rows = 0;
  std::int64_t most = 0;
  for (const KeptTable& table : tables) {
    rows += table.rows;
    most = std::max(most, keeping_bytes(table.rows, table.columns));
  }
  TRY(MemoryBudget::Hold hold, means.budget.hold(name, most));
  auto together = static_cast<std::int64_t>(
      std::min<std::size_t>(tables.size(), static_cast<std::size_t>(means.pool.threads())));
  std::int64_t fit = std::clamp<std::int64_t>(1 + means.budget.free() / most, 1, together);
  TRY_VOID(hold.resize(fit * most));
  ThreadPool writers(static_cast<int>(fit));
  return means.stations.run({.name = name, .total = rows}, [&](Station& station) {
    auto write = [&](std::size_t i) -> Status {
      const KeptTable& table = tables[i];
      TRY_VOID(keep(means.project, means.files, table.path, table.content, table.make()));
      station.advance(table.rows);
      return {};
    };
    return parallel_for(writers, tables.size(), write, means.cancel);
  });
}

}  // namespace lode
