// What a run does that its command line cannot be made to do at a given moment; all else is in
// tests/e2e/run_test.cc and look_test.cc.
#include "orchestrate/run.h"

#include <gtest/gtest.h>

#include "orchestrate/run_log.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

TEST(RunProject, ACancelledRunIsRecordedAndTheNextGoesOn) {
  TemporaryProject folder;
  folder.write("lode.yaml",
               "lode: 1\n"
               "project: shop\n"
               "sources:\n"
               "  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}\n");
  folder.write("a.csv", "at,n\n2020-01-01 10:00:00,1\n2020-01-01 11:00:00,2\n");
  std::shared_ptr<const Project> project = folder.load();
  ASSERT_NE(project, nullptr);
  ManualClock clock(Timestamp{});
  CancelToken cancelled;
  cancelled.cancel();
  auto stopped =
      run_project(*project, {posix_files(), clock, Limits{}, cancelled, silent_progress()});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
  auto done =
      run_project(*project, {posix_files(), clock, Limits{}, CancelToken(), silent_progress()});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->run, 2);
  EXPECT_EQ(done->sources[0].accepted, 2);
  auto runs = open_run_records(posix_files(), *project).value()->runs("shop", 10).value();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(run_state_text(runs[0]), "done");
  EXPECT_EQ(run_state_text(runs[1]), "cancelled");
}

}  // namespace
}  // namespace lode
