// Values from after the decision, and values that came just in time.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// The times of a column, `late` of them after the decision by 1, 2, 3, ... minutes.
Column times_with_late(const LeakRows& rows, std::int64_t late) {
  ColumnBuilder times(Type::timestamp());
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    Timestamp decided = rows.time[static_cast<std::size_t>(row)];
    times.append_int64(row < late ? (decided + minutes(row + 1)).us : decided.us);
  }
  return times.finish();
}

TEST(FutureValues, AColumnReadFromAfterTheDecisionIsNamed) {
  LeakRows rows = clean_rows(1);
  rows.value_times[0] = times_with_late(rows, 41);
  LeakFinding finding = leak_finding("future_values", rows.input());
  EXPECT_EQ(leak_columns(finding), std::vector<std::string>{"strong"});
  EXPECT_DOUBLE_EQ(leak_figure(finding, "share of values from after the decision"), 41.0 / 4000);
  EXPECT_DOUBLE_EQ(leak_figure(finding, "median seconds too late"), 21 * 60);
  EXPECT_TRUE(finding.suspects[0].leave_out);
  EXPECT_EQ(columns_to_leave_out(std::vector<LeakFinding>{finding}),
            std::vector<std::string>{"strong"});
}

TEST(FutureValues, MissingValuesHaveNoTime) {
  LeakRows rows = clean_rows(1);
  rows.value_times[1] = times_with_late(rows, 400);
  const Column& income = *rows.features.find("income");
  double late = 0;
  double timed = 0;
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    if (!income.is_null(row)) {
      timed += 1;
      late += row < 400 ? 1 : 0;
    }
  LeakFinding finding = leak_finding("future_values", rows.input());
  EXPECT_EQ(leak_columns(finding), std::vector<std::string>{"income"});
  EXPECT_DOUBLE_EQ(leak_figure(finding, "share of values from after the decision"), late / timed);
}

TEST(FutureValues, NearMissTheVeryMicrosecondAndThreeWrongClocks) {
  LeakRows rows = clean_rows(1);
  rows.value_times[0] = times_with_late(rows, 0);
  rows.value_times[1] = times_with_late(rows, 2);
  EXPECT_TRUE(leak_finding("future_values", rows.input()).suspects.empty());
}

}  // namespace
}  // namespace lode
