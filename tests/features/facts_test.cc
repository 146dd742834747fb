// What a value expression's column is kept as, and which values cannot be kept (docs/semantics.md
// 7.2); keys as dense numbers. Facts themselves are held by tests/agreement and history_test.cc.
#include "features/facts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lode {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

// Null in the first row, so that rows and values are told apart.
template <typename Append>
Column column_of(const Type& type, Append append) {
  ColumnBuilder builder(type);
  builder.append_null();
  append(builder);
  return builder.finish();
}

Column decimals(const std::vector<Int128>& values) {
  return column_of(Type::decimal(38, 2), [&](ColumnBuilder& out) {
    for (Int128 value : values) out.append_decimal(value);
  });
}
Column doubles(const std::vector<double>& values) {
  return column_of(Type::float64(), [&](ColumnBuilder& out) {
    for (double value : values) out.append_double(value);
  });
}
Column wholes(const std::vector<std::int64_t>& values) {
  return column_of(Type::int64(), [&](ColumnBuilder& out) {
    for (std::int64_t value : values) out.append_int64(value);
  });
}

using Kepts = std::vector<std::int64_t>;

TEST(KeptValues, DecimalsOf63BitsAreKeptAndOthersRefused) {
  Kept kept{Keep::kQuanta, Type::decimal(38, 2), {1, 2}};
  TextPool texts;
  Column fits = decimals({0, -5, kMost, -Int128{kMost}});
  EXPECT_EQ(*kept_values(fits, kept, texts), (Kepts{kNoValue, 0, -5, kMost, -kMost}));
  EXPECT_TRUE(unkeepable_rows(fits, kept).empty());
  Column wide = decimals({1, Int128{kMost} + 1, -Int128{kMost} - 1, Int128{1} << 100});
  EXPECT_EQ(unkeepable_rows(wide, kept), (Kepts{2, 3, 4}));
  auto refused = kept_values(wide, kept, texts);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::kInvalid);
  EXPECT_EQ(refused.error().where().offset, 2) << "the first row that cannot be kept";
}

TEST(KeptValues, TheOneWholeNumberThatStandsForNullIsRefused) {
  Kept kept{Keep::kQuanta, Type::int64(), {}};
  TextPool texts;
  EXPECT_EQ(*kept_values(wholes({kMost, -kMost, 0}), kept, texts),
            (Kepts{kNoValue, kMost, -kMost, 0}));
  EXPECT_EQ(unkeepable_rows(wholes({1, kNoValue}), kept), (Kepts{2}));
}

TEST(KeptValues, DoublesByTheirQuantumOrTheirOrder) {
  Kept cents{Keep::kQuanta, Type::float64(), {1, 2}};
  Kept plain{Keep::kOrdered, Type::float64(), {}};
  TextPool texts;
  EXPECT_EQ(*kept_values(doubles({0.29, -1.5, -0.0}), cents, texts),
            (Kepts{kNoValue, 29, -150, 0}));
  EXPECT_EQ(unkeepable_rows(doubles({0.291, NAN, HUGE_VAL, 1.0}), cents), (Kepts{1, 2, 3}));
  EXPECT_EQ(*kept_values(doubles({0.291, -0.0}), plain, texts),
            (Kepts{kNoValue, ordered_of_double(0.291), 0}));
  EXPECT_EQ(unkeepable_rows(doubles({0.291, NAN, -HUGE_VAL}), plain), (Kepts{2, 3}));
}

TEST(KeptValues, TextsAreNumbersOfThePool) {
  Kept kept{Keep::kText, Type::string(), {}};
  TextPool texts;
  texts.intern("there before");
  Column column = column_of(Type::string(), [](ColumnBuilder& out) {
    for (const char* text : {"x", "y", "x", ""}) out.append_string(text);
  });
  EXPECT_EQ(*kept_values(column, kept, texts), (Kepts{kNoValue, 1, 2, 1, 3}));
}

TEST(KeyIndex, NumbersKeysInTheOrderTheyComeAndNullsNot) {
  KeyIndex index;
  Column first = column_of(Type::string(), [](ColumnBuilder& out) {
    for (const char* text : {"b", "a", "b"}) out.append_string(text);
  });
  EXPECT_EQ(add_keys(index, first), (Kepts{-1, 0, 1, 0}));
  Column later = column_of(Type::string(), [](ColumnBuilder& out) {
    for (const char* text : {"a", "c"}) out.append_string(text);
  });
  EXPECT_EQ(find_keys(index, later), (Kepts{-1, 1, -1})) << "finding remembers nothing";
  EXPECT_EQ(index.size(), 2);
  KeyIndex numbers;
  EXPECT_EQ(add_keys(numbers, doubles({0.0, -0.0, 1.5})), (Kepts{-1, 0, 0, 1}));
  EXPECT_EQ(add_keys(numbers, doubles({1.5})), (Kepts{-1, 1}));
}

}  // namespace
}  // namespace lode
