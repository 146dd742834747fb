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
