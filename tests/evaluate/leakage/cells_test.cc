#include "evaluate/leakage/cells.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

std::vector<std::int64_t> upto(std::int64_t count) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

TEST(LeakCells, ASampleIsAscendingWithoutRepeatsAndEvenlyDrawn) {
  LeakRows rows = clean_rows(1, 1000);
  std::vector<int> drawn(1000);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    auto sample = rows_to_look_at(rows.input(), {.most_rows = 100, .seed = seed});
    ASSERT_EQ(sample.size(), 100U);
    EXPECT_TRUE(std::ranges::is_sorted(sample));
    EXPECT_EQ(std::ranges::adjacent_find(sample), sample.end());
    for (std::int64_t row : sample) ++drawn[static_cast<std::size_t>(row)];
  }
  // Each is drawn 40 times of 400, with a standard deviation of 6.
  EXPECT_GT(std::ranges::min(drawn), 40 - 30);
  EXPECT_LT(std::ranges::max(drawn), 40 + 30);
  EXPECT_EQ(rows_to_look_at(rows.input(), {.most_rows = 1000}), upto(1000));
}

TEST(LeakCells, RowsOutsideTheSplitAreNotLookedAt) {
  LeakRows rows = clean_rows(1, 100);
  rows.train = {3, 5, 9};
  rows.test = {1, 7};
  EXPECT_EQ(rows_to_look_at(rows.input(), {}), (std::vector<std::int64_t>{1, 3, 5, 7, 9}));
}

TEST(LeakCells, CodesFollowTheTextsInOrderOfAppearance) {
  LeakRows rows = clean_rows(4, 500);
  const Column& city = *rows.features.find("city");
  Codes codes = codes_of(city, upto(500));
  std::map<std::string, std::int32_t> known;
  for (std::int64_t row = 0; row < 500; ++row) {
    auto place = known.try_emplace(std::string(city.string(row)), std::ssize(known)).first;
    EXPECT_EQ(codes.of_row[static_cast<std::size_t>(row)], place->second);
  }
  EXPECT_EQ(codes.count, std::ssize(known));
}

TEST(LeakCells, MissingIsNullOrNotANumber) {
  ColumnBuilder cells(Type::float64());
  cells.append_double(0.0);
  cells.append_double(-0.0);
  cells.append_null();
  cells.append_double(std::nan(""));
  cells.append_double(1.0);
  Column column = cells.finish();
  EXPECT_FALSE(is_missing(column, 1));
  EXPECT_TRUE(is_missing(column, 2));
  EXPECT_TRUE(is_missing(column, 3));
  EXPECT_EQ(codes_of(column, upto(5)).of_row, (std::vector<std::int32_t>{0, 0, -1, -1, 1}));
  EXPECT_EQ(cell_hash(column, 0), cell_hash(column, 1));
  EXPECT_EQ(cell_hash(column, 2), cell_hash(column, 3));
  EXPECT_NE(cell_hash(column, 0), cell_hash(column, 2));
  std::vector<double> numbers = *numbers_of(column, upto(5));
  EXPECT_TRUE(std::isnan(numbers[2]) && std::isnan(numbers[3]));
  EXPECT_EQ(numbers[4], 1);
}

TEST(LeakCells, TextsAndListsHaveNoNumbers) {
  LeakRows rows = clean_rows(1, 10);
  EXPECT_FALSE(numbers_of(*rows.features.find("city"), upto(10)).has_value());
  ColumnBuilder cells(Type::list(Type::int64()));
  cells.append_null();
  Column list = cells.finish();
  EXPECT_FALSE(has_plain_cells(list));
  EXPECT_FALSE(numbers_of(list, upto(1)).has_value());
}

TEST(LeakCells, TargetsFollowTheRows) {
  LeakRows rows = clean_rows(1, 10);
  rows.target = {0, 1, 1, 0, 0, 0, 1, 0, 0, 0};
  std::vector<std::int64_t> some = {0, 2, 6};
  EXPECT_EQ(targets_of(rows.input(), some), (std::vector<std::uint8_t>{0, 1, 1}));
}

}  // namespace
}  // namespace lode
