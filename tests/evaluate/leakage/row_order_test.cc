// Rows in an order that knows the outcome, and rows in an order that follows from something else.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

std::vector<std::int64_t> places(const LeakRows& rows) {
  std::vector<std::int64_t> order(rows.target.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

TEST(RowOrder, AFileSortedByClassIsSuspected) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    std::vector<std::int64_t> order = places(rows);
    std::ranges::stable_sort(order, {}, [&](std::int64_t row) { return rows.positive(row); });
    rows.take(order);
    LeakFinding finding = leak_finding("row_order", rows.input());
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{""}) << seed;
    EXPECT_EQ(leak_figure(finding, "AUC of the place"), 1);
    EXPECT_FALSE(finding.suspects[0].leave_out);
  }
}

// Without times all pairs count, so the AUC can be had pair by pair.
TEST(RowOrder, AFilePartlySortedByClassHasTheAucOfItsPlaces) {
  LeakRows rows = clean_rows(2, 1500);
  Random random(3, 0);
  std::vector<double> key;
  for (std::int64_t row = 0; row < 1500; ++row)
    key.push_back(random.unit() + (rows.positive(row) ? 0.7 : 0));
  std::vector<std::int64_t> order = places(rows);
  std::ranges::stable_sort(order, {},
                           [&](std::int64_t row) { return key[static_cast<std::size_t>(row)]; });
  rows.take(order);
  LeakageInput input = rows.input();
  input.time = {};
  LeakFinding finding = leak_finding("row_order", input);
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{""});
  std::vector<double> place;
  for (std::int64_t row = 0; row < 1500; ++row) place.push_back(static_cast<double>(row));
  EXPECT_NEAR(leak_figure(finding, "AUC of the place"), auc_of_pairs(place, rows.target), 1e-12);
}

// The rows lie in no order, but they were numbered class by class.
TEST(RowOrder, AnIdGivenClassByClassIsNamed) {
  LeakRows rows = clean_rows(2);
  std::int64_t next[2] = {500, 500 + 4000};
  rows.add("number", Type::int64(), [&](ColumnBuilder& cells, std::int64_t row) {
    cells.append_int64(next[rows.positive(row) ? 1 : 0]++);
  });
  LeakFinding finding = leak_finding("row_order", rows.input());
  EXPECT_EQ(leak_columns(finding), std::vector<std::string>{"number"});
  EXPECT_TRUE(finding.suspects[0].leave_out);
}

// Customers have habits, so rows in order of customers are in an order that knows a little.
TEST(RowOrder, NearMissRowsInOrderOfCustomers) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = clean_rows(seed);
    const Column& customer = *rows.features.find("customer");
    std::vector<std::int64_t> order = places(rows);
    std::ranges::stable_sort(order, {}, [&](std::int64_t row) { return customer.string(row); });
    rows.take(order);
    EXPECT_TRUE(leak_finding("row_order", rows.input()).suspects.empty()) << seed;
  }
}

// Whole days, each with its hours in order, and a target that goes by the hour: the order is one
// the model sees, as in a table of hours whose time is a date.
LeakRows hours_of_days(std::uint64_t seed, bool without_the_hour = false) {
  LeakRows rows = clean_rows(seed);
  Random random(seed, 5);
  std::vector<std::int64_t> hour;
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    auto i = static_cast<std::size_t>(row);
    rows.time[i] = {row / 24 * days(1).us};
    hour.push_back(row % 24);
    rows.target[i] = random.chance(row % 24 > 11 ? 0.9 : 0.1) ? 1 : 0;
  }
  if (!without_the_hour)
    rows.add("hour", Type::int64(), [&](ColumnBuilder& cells, std::int64_t row) {
      cells.append_int64(hour[static_cast<std::size_t>(row)]);
    });
  return rows;
}

TEST(RowOrder, NearMissHoursInOrderWithinWholeDays) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    LeakRows rows = hours_of_days(seed);
    EXPECT_TRUE(leak_finding("row_order", rows.input()).suspects.empty()) << seed;
    LeakFinding hidden = leak_finding("row_order", hours_of_days(seed, true).input());
    ASSERT_FALSE(hidden.suspects.empty()) << "nothing explains the order";
    EXPECT_EQ(hidden.suspects[0].column, "");
  }
}

// Within an hour of a day those come first that came true: no column explains that.
TEST(RowOrder, AnOrderWithinWhatAColumnExplainsIsSuspected) {
  LeakRows rows = hours_of_days(1);
  std::vector<std::int64_t> order = places(rows);
  std::ranges::stable_sort(order, {}, [&](std::int64_t row) {
    return std::pair(row / 24 / 10 * 24 + row % 24, !rows.positive(row));
  });
  rows.take(order);
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    rows.time[static_cast<std::size_t>(row)] = {row / 240 * days(10).us};
  LeakFinding finding = leak_finding("row_order", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{""});
  EXPECT_NE(finding.suspects[0].sentence.find("beyond what time and hour explain"),
            std::string::npos)
      << finding.suspects[0].sentence;
}

TEST(RowOrder, AColumnThatDoesNotHoldThroughoutExplainsNothing) {
  LeakRows rows = hours_of_days(2);
  std::vector<std::int64_t> order = places(rows);
  // Day by day those that came true, then the others, either by hour: one step back a day.
  std::ranges::stable_sort(order, {}, [&](std::int64_t row) {
    return std::tuple(row / 24, rows.positive(row), row % 24);
  });
  rows.take(order);
  EXPECT_EQ(leak_columns(leak_finding("row_order", rows.input())), std::vector<std::string>{""});
}

// A target that drifts from rare to common along a file in order of time.
TEST(RowOrder, NearMissADriftThatTimeExplains) {
  LeakRows rows = clean_rows(1);
  Random random(9, 0);
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    rows.target[static_cast<std::size_t>(row)] =
        random.chance(static_cast<double>(row) / 4000) ? 1 : 0;
  LeakageInput input = rows.input();
  EXPECT_TRUE(leak_finding("row_order", input).suspects.empty());
  input.time = {};  // what the times were good for
  EXPECT_FALSE(leak_finding("row_order", input).suspects.empty());
}

}  // namespace
}  // namespace lode
