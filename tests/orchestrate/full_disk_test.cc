// A whole run, in process, with the disk full from one write after another on: it says so and names
// the file, nothing that was there is lost, and the next run with room ends where an undisturbed
// one does. DuckDB's and SQLite's own writes do not come by here: tests/e2e/faults_test.cc.
#include "base/full_disk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "orchestrate/kept_report.h"
#include "orchestrate/run.h"
#include "tests/e2e/shop.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class FullDiskRun : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }

  Result<RunReport> run(bool again = false) {
    return run_project(*project_, {disk_, clock_, Limits{.threads = 1}, CancelToken(),
                                   silent_progress(), false, again});
  }
  // What two runs of the same file have in common.
  static std::vector<std::string> names(const RunReport& report) {
    std::vector<std::string> out;
    for (const SourceReport& source : report.sources)
      out.push_back(fmt::format("{} {} {}", source.name, source.rows, source.accepted));
    for (const TrainingReport& set : report.training) out.push_back(set.dataset);
    for (const ModelReport& model : report.models) out.push_back(model.content);
    return out;
  }
  // Files below .lode that are named by their content, or name such a file: without run records and
  // what each run that was done has said.
  std::vector<std::string> stored() const {
    std::vector<std::string> out;
    std::filesystem::path root = folder_.root() / ".lode" / "shop";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
      if (entry.is_regular_file() && entry.path().filename() != "runs.sqlite" &&
          entry.path().parent_path().filename() != "reports")
        out.push_back(std::filesystem::relative(entry.path(), root).string());
    std::ranges::sort(out);
    return out;
  }
  void expect_clear(const Result<RunReport>& failed, std::int64_t at) {
    ASSERT_FALSE(failed) << "full from write " << at << " on, and nobody noticed";
    EXPECT_EQ(failed.error().code(), Code::kLimit) << at << ": " << failed.error().text();
    EXPECT_NE(failed.error().text().find(".lode"), std::string::npos) << failed.error().text();
    EXPECT_NE(failed.error().text().find("No space left"), std::string::npos)
        << failed.error().text();
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  FullDisk disk_{posix_files()};
  ManualClock clock_{Timestamp{}};
};

TEST_F(FullDiskRun, FromNothingAtEveryFewWrites) {
  auto whole = run();
  ASSERT_TRUE(whole) << whole.error().text();
  std::int64_t writes = disk_.writes();
  std::vector<std::string> kept = stored();
  ASSERT_GT(writes, 80);
  // 4 writes make a file durable, so steps of 7 meet each kind of write.
  for (std::int64_t at = 0; at < writes; at += 7) {
    std::filesystem::remove_all(folder_.root() / ".lode");
    disk_.full_after(at);
    expect_clear(run(), at);
    disk_.make_room();
    auto again = run();
    ASSERT_TRUE(again) << at << ": " << again.error().text();
    ASSERT_EQ(names(*again), names(*whole)) << "after a disk full at write " << at;
    EXPECT_TRUE(read_report(posix_files(), *project_, again->run)) << at;
    ASSERT_EQ(stored(), kept) << "after a disk full at write " << at;
  }
}

TEST_F(FullDiskRun, WhatIsKeptStaysWhileTheDiskIsFull) {
  auto whole = run();
  ASSERT_TRUE(whole) << whole.error().text();
  std::vector<std::string> kept = stored();
  // Models are made again and stored under their own names.
  for (std::int64_t at : {0, 1, 3, 5, 7, 9}) {
    disk_.full_after(at);
    expect_clear(run(true), at);
    EXPECT_EQ(stored(), kept) << at;
    disk_.make_room();
    auto again = run(true);
    ASSERT_TRUE(again) << at << ": " << again.error().text();
    EXPECT_EQ(names(*again), names(*whole));
  }
}

}  // namespace
}  // namespace lode
