// Scoring with the disk full from one write after another on: it says so, nothing that was kept is
// lost, and with room again it ends where an undisturbed job does.
// covers: orchestrate/score_job
#include <gtest/gtest.h>

#include "base/full_disk.h"
#include "orchestrate/run.h"
#include "orchestrate/score_run.h"
#include "tests/e2e/shop.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class FullDiskScore : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
    auto run = run_project(*project_, context());
    ASSERT_TRUE(run) << run.error().text();
  }
  RunContext context() {
    return {disk_, clock_, Limits{.threads = 1}, CancelToken(), silent_progress()};
  }
  Result<ScoreReport> score() {
    return score_project(*project_,
                         {.model = "returns",
                          .all = true,
                          .block = 300,
                          .targets = {ScoreTarget{.path = (folder_.root() / "out.csv").string(),
                                                  .format = ScoreFormat::kCsv,
                                                  .table = "t",
                                                  .overwrite = true}}},
                         context());
  }
  std::string written() const {
    return posix_files().read((folder_.root() / "out.csv").string()).value_or("none");
  }

  TemporaryProject folder_;
  FullDisk disk_{posix_files()};
  ManualClock clock_{Timestamp{}};
  std::shared_ptr<const Project> project_;
};

TEST_F(FullDiskScore, AtEveryFewWrites) {
  std::int64_t before = disk_.writes();
  auto whole = score();
  ASSERT_TRUE(whole) << whole.error().text();
  std::int64_t writes = disk_.writes() - before;
  ASSERT_GT(writes, 40);
  std::string scores = written();
  for (std::int64_t at = 0; at < writes; at += 5) {
    std::filesystem::remove_all(folder_.root() / ".lode/shop/kept_scores");
    disk_.full_after(at);
    auto full = score();
    ASSERT_FALSE(full) << "full from write " << at << " on, and nobody noticed";
    EXPECT_EQ(full.error().code(), Code::kLimit) << at << ": " << full.error().text();
    EXPECT_NE(full.error().text().find("o space left"), std::string::npos) << full.error().text();
    EXPECT_EQ(written(), scores) << "the file that was there stands";
    disk_.make_room();
    auto again = score();
    ASSERT_TRUE(again) << at << ": " << again.error().text();
    EXPECT_EQ(again->standing, whole->standing) << at;
    EXPECT_EQ(again->scored + again->resumed, whole->scored) << at;
    ASSERT_EQ(written(), scores) << at;
  }
}

}  // namespace
}  // namespace lode
