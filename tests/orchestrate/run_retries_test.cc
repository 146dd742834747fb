// A run on a disk that is away from one write after another on is begun again as often as the
// project says, and ends where an undisturbed one does.
//
// covers: orchestrate/kept_tables
#include "orchestrate/run_retries.h"

#include <gtest/gtest.h>

#include "base/full_disk.h"
#include "orchestrate/run_log.h"
#include "tests/e2e/shop.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class RunRetries : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("orders.csv", shop_orders());
    declare("retries: {times: 2, wait: 30s}\n");
  }
  void declare(const std::string& retries) {
    folder_.write("lode.yaml", shop_project() + retries);
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }
  RunContext context() {
    RunContext context{disk_, clock_, Limits{.threads = 1}, CancelToken(), silent_progress()};
    context.wait = [this](Duration wait) -> Status {
      waited_.push_back(wait);
      clock_.advance(wait);
      if (comes_back_ && std::ssize(waited_) >= away_for_) disk_.make_room();
      return {};
    };
    return context;
  }
  static std::vector<std::string> contents(const RunReport& report) {
    std::vector<std::string> out;
    for (const TrainingReport& set : report.training) out.push_back(set.dataset);
    for (const ModelReport& model : report.models) out.push_back(model.content);
    return out;
  }
  std::vector<RunRecord> records() const {
    return open_run_records(posix_files(), *project_).value()->runs("shop", 100).value();
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  FullDisk disk_{posix_files()};
  ManualClock clock_{Timestamp{}};
  std::vector<Duration> waited_;
  bool comes_back_ = true;
  std::int64_t away_for_ = 1;  // waits
};

TEST_F(RunRetries, GoesOnWhereTheDiskWentAway) {
  auto whole = run_project(*project_, context());
  ASSERT_TRUE(whole) << whole.error().text();
  EXPECT_TRUE(whole->retried.empty());
  std::int64_t writes = disk_.writes();
  ASSERT_GT(writes, 80);
  for (std::int64_t at = 3; at < writes; at += writes / 6) {
    std::filesystem::remove_all(folder_.root() / ".lode");
    waited_.clear();
    disk_.full_after(at, Code::kIo);
    auto report = run_project(*project_, context());
    ASSERT_TRUE(report) << at << ": " << report.error().text();
    EXPECT_EQ(contents(*report), contents(*whole)) << at;
    ASSERT_EQ(report->retried.size(), 1U) << at;
    EXPECT_NE(report->retried[0].find("Input/output error"), std::string::npos);
    EXPECT_NE(report->retried[0].find("begun again after 30 s"), std::string::npos);
    EXPECT_EQ(waited_, std::vector{seconds(30)});
  }
}

TEST_F(RunRetries, WaitsLongerEachTimeAndGivesUpInTheEnd) {
  comes_back_ = false;
  disk_.full_after(60, Code::kIo);
  auto report = run_project(*project_, context());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kIo);
  EXPECT_EQ(waited_, (std::vector{seconds(30), seconds(60)}));
  std::vector<RunRecord> runs = records();
  ASSERT_EQ(runs.size(), 1U) << "the others could not even begin";
  EXPECT_EQ(run_state_text(runs[0]), "failed");
}

TEST_F(RunRetries, WithAgainWhatAnAttemptMadeIsNotMadeOnceMore) {
  auto whole = run_project(*project_, context());
  ASSERT_TRUE(whole) << whole.error().text();
  RunContext again = context();
  again.again = true;
  std::int64_t before = disk_.writes();
  ASSERT_TRUE(run_project(*project_, again));
  std::int64_t writes = disk_.writes() - before;
  disk_.full_after(writes - writes / 3, Code::kIo);
  auto report = run_project(*project_, again);
  ASSERT_TRUE(report) << report.error().text();
  ASSERT_EQ(report->retried.size(), 1U);
  EXPECT_EQ(contents(*report), contents(*whole));
  EXPECT_EQ(std::ranges::count(report->steps, "as run 3 made it", &StepReport::why) +
                std::ranges::count(report->steps, "asked for", &StepReport::why),
            std::ssize(report->steps));
  EXPECT_GT(std::ranges::count(report->steps, StepState::kUpToDate, &StepReport::state), 0);
}

TEST_F(RunRetries, WhatWouldFailAgainIsNotTriedAgain) {
  disk_.full_after(60);  // full, not away
  auto report = run_project(*project_, context());
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code(), Code::kLimit);
  EXPECT_TRUE(waited_.empty());
  disk_.make_room();
  declare("");
  disk_.full_after(20, Code::kIo);
  EXPECT_FALSE(run_project(*project_, context())) << "nobody asked for retries";
  EXPECT_TRUE(waited_.empty());
}

}  // namespace
}  // namespace lode
