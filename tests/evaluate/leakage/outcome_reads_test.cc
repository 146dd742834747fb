// Features that read outcomes too early, and features that wait until they are known.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

TEST(OutcomeReads, AFeatureThatDoesNotWaitForTheOutcomeIsNamed) {
  LeakRows rows = clean_rows(1, 500);
  rows.early_us.clear();
  for (std::int64_t i = 0; i < 500; ++i)
    rows.early_us.push_back((i < 301 ? i + 1 : -i) * 60'000'000);
  LeakFinding finding = leak_finding("outcome_reads", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"habit"});
  EXPECT_TRUE(finding.suspects[0].leave_out);
  EXPECT_DOUBLE_EQ(leak_figure(finding, "share of records read before their outcome is known"),
                   301.0 / 500);
  EXPECT_DOUBLE_EQ(leak_figure(finding, "median seconds too early"), 151 * 60);
}

TEST(OutcomeReads, NearMissKnownInTheSameMicrosecondAndOneWrongClock) {
  LeakRows rows = clean_rows(1, 2000);
  rows.early_us.assign(2000, 0);
  rows.early_us[17] = 1;
  EXPECT_TRUE(leak_finding("outcome_reads", rows.input()).suspects.empty());
}

TEST(OutcomeReads, NobodyLookedIsNotTheSameAsNoneFound) {
  LeakRows rows = clean_rows(1, 100);
  LeakageInput input = rows.input();
  input.outcome_reads = std::vector<OutcomeRead>();
  EXPECT_TRUE(leak_finding("outcome_reads", input).looked);
  input.outcome_reads = std::nullopt;
  EXPECT_FALSE(leak_finding("outcome_reads", input).looked);
}

}  // namespace
}  // namespace lode
