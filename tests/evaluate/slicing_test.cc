#include "evaluate/slicing.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lode {
namespace {

std::vector<std::int64_t> all(std::int64_t rows) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(rows));
  std::iota(out.begin(), out.end(), 0);
  return out;
}

TEST(Slicing, OfTextsTheFrequentOnesAndNull) {
  ColumnBuilder builder(Type::string());
  for (const char* value : {"b", "a", "b", "c", "a", "b"}) builder.append_string(value);
  builder.append_null();
  Column column = builder.finish();
  SlicedColumn sliced = slice_column({"x", Type::string()}, column, all(7), {.most_values = 2});
  EXPECT_EQ(sliced.slices, (std::vector<std::string>{"b", "a", "(null)"}));
  EXPECT_EQ(sliced.of_row, (std::vector<std::int32_t>{0, 1, 0, -1, 1, 0, 2}));
  EXPECT_EQ(sliced.other_values, 1);
}

TEST(Slicing, OfManyNumbersQuantilesWithTheLowerEdgeInside) {
  ColumnBuilder builder(Type::float64());
  for (int i = 0; i < 100; ++i) builder.append_double(i);
  builder.append_null();
  Column column = builder.finish();
  SlicedColumn sliced = slice_column({"x", Type::float64()}, column, all(101));
  EXPECT_EQ(sliced.slices, (std::vector<std::string>{"below 20", "20 to 40", "40 to 60", "60 to 80",
                                                     "80 and above", "(null)"}));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sliced.of_row[static_cast<std::size_t>(i)], i / 20) << i;
  EXPECT_EQ(sliced.of_row[100], 5);
}

// Most rows have one value: quantiles that fall on it are one edge.
TEST(Slicing, EqualQuantilesAreOneEdge) {
  ColumnBuilder builder(Type::int64());
  for (int i = 0; i < 100; ++i) builder.append_int64(i < 70 ? 0 : i);
  Column column = builder.finish();
  SlicedColumn sliced = slice_column({"x", Type::int64()}, column, all(100));
  EXPECT_EQ(sliced.slices, (std::vector<std::string>{"below 80", "80 and above"}));
}

TEST(Slicing, OfFewNumbersAndFlagsEachValue) {
  ColumnBuilder builder(Type::int64());
  for (int i = 0; i < 30; ++i) builder.append_int64(i % 3 == 0 ? 7 : -1);
  SlicedColumn sliced = slice_column({"x", Type::int64()}, builder.finish(), all(30));
  EXPECT_EQ(sliced.slices, (std::vector<std::string>{"-1", "7"}));
  ColumnBuilder flags(Type::boolean());
  for (int i = 0; i < 3; ++i) flags.append_bool(i == 0);
  EXPECT_EQ(slice_column({"x", Type::boolean()}, flags.finish(), all(3)).slices,
            (std::vector<std::string>{"false", "true"}));
}

TEST(Slicing, TheNumberOfADecimalHasItsPoint) {
  ColumnBuilder builder(Type::decimal(10, 2));
  builder.append_decimal(1250);
  EXPECT_EQ(slice_column({"x", Type::decimal(10, 2)}, builder.finish(), all(1)).slices,
            (std::vector<std::string>{"12.5"}));
}

TEST(Slicing, DaysAndTimesHaveTheirNames) {
  ColumnBuilder days(Type::date());
  days.append_date(1);
  EXPECT_EQ(slice_column({"x", Type::date()}, days.finish(), all(1)).slices,
            (std::vector<std::string>{"1970-01-02"}));
  ColumnBuilder times(Type::timestamp());
  times.append_int64(60'000'000);
  EXPECT_EQ(slice_column({"x", Type::timestamp()}, times.finish(), all(1)).slices,
            (std::vector<std::string>{"1970-01-01T00:01"}));
}

TEST(Slicing, NothingOfNoRowsAndOfWhatHasNoOrder) {
  ColumnBuilder builder(Type::int64());
  EXPECT_TRUE(slice_column({"x", Type::int64()}, builder.finish(), {}).slices.empty());
  EXPECT_FALSE(can_slice(Type::bytes()));
  EXPECT_FALSE(can_slice(Type::list(Type::int64())));
}

}  // namespace
}  // namespace lode
