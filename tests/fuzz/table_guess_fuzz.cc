// A file of any bytes looked through: it is refused, or its columns are counted within its rows;
// and a plan that comes of it has a project that loads.
#include <algorithm>
#include <fstream>

#include "base/component.h"
#include "insight/mining_plan.h"
#include "insight/project_text.h"
#include "insight/table_profile.h"
#include "project/project.h"
#include "tests/fuzz/entry.h"
#include "tests/insight/awkward_table.h"

namespace lode::fuzz {
namespace {

void check_column(const TableProfile& table, const ColumnProfile& column) {
  EXPECT_EQ(column.rows, table.whole_rows());
  EXPECT_LE(column.filled, column.rows);
  EXPECT_LE(column.whole, column.number);
  for (std::int64_t count : {column.number, column.truth, column.times.time, column.padded})
    EXPECT_LE(count, column.filled);
  EXPECT_LE(column.distinct, column.filled);
  EXPECT_LE(column.times.naive, column.times.time);
  EXPECT_LE(std::ssize(column.times.moments), column.times.time);
  EXPECT_EQ(column.all_times() && column.times.moments.empty(), false);
  std::int64_t listed = 0;
  for (const ValueCount& value : column.values) listed += value.rows;
  EXPECT_TRUE(column.values.empty() || listed == column.filled) << listed;
}

// Parquet is DuckDB's to read, and has a fuzzer there.
void run(std::string_view bytes) {
  if (bytes.starts_with("PAR1")) return;
  std::string path = join_path(scratch_folder(), "table.csv");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;  // no need of a sync
  auto table = profile_table(posix_files(), path, {}, CancelToken(), [](std::int64_t) {});
  if (!table) {
    EXPECT_NE(table.error().code(), Code::kInternal) << table.error().text();
    return;
  }
  for (const ColumnProfile& column : table->columns) check_column(*table, column);
  bool texts = find_component("encoder", "text") != nullptr;
  for (const ColumnProfile& column : table->columns) {
    std::string positive = column.values.empty() ? "" : column.values[0].value;
    auto plan = plan_mining(*table, {.target = column.name, .positive = positive});
    if (!plan) {
      EXPECT_NE(plan.error().code(), Code::kInternal) << plan.error().text();
      continue;
    }
    bool wordy = std::ranges::any_of(
        plan->columns, [](const PlannedColumn& c) { return c.role == ColumnRole::kText; });
    if (plan->task == MiningTask::kNumber || (wordy && !texts)) continue;
    std::string yaml = join_path(scratch_folder(), "lode.yaml");
    std::ofstream(yaml, std::ios::trunc) << project_text(*table, *plan, "table.csv");
    auto project = load_project(yaml);
    if (!project) ADD_FAILURE() << project.error().errors.front().text();
    return;
  }
}

std::vector<std::string> seeds() {
  std::vector<std::string> out = {"a,b\n1/29/01,x\n", "1;2\n3;4\n",
                                  "x\ty\n\"a\nb\"\tNA\n5\t-inf\n"};
  for (std::uint64_t seed = 0; seed < 12; ++seed) out.push_back(AwkwardTable(seed).text());
  return out;
}

const Registration registration({"table_guess", run, seeds});

}  // namespace
}  // namespace lode::fuzz
