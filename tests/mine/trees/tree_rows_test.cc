#include "mine/trees/tree_rows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lode {
namespace {

struct TwoRows {
  std::vector<double> values = {0.1, 2, std::numeric_limits<double>::quiet_NaN(), -3};
  std::vector<std::int32_t> codes = {1, -1};
  DesignMatrix matrix() const {
    auto schema = std::make_shared<DesignSchema>();
    schema->numeric = {"a", "b"};
    schema->categories = {{"c", {"x", "y"}}};
    return {.schema = schema, .rows = 2, .values = values, .codes = codes};
  }
};

TEST(TreeRows, NumbersThenCodesAndWhatIsNotKnownIsNaN) {
  std::vector<float> rows = tree_rows(TwoRows{}.matrix()).value();
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0], 0.1F);
  EXPECT_EQ(rows[1], 2.0F);
  EXPECT_EQ(rows[2], 1.0F);
  EXPECT_TRUE(std::isnan(rows[3]));
  EXPECT_EQ(rows[4], -3.0F);
  EXPECT_TRUE(std::isnan(rows[5]));
}

TEST(TreeRows, ANumberBeyondFloat32IsRefusedWithItsPlace) {
  TwoRows rows;
  rows.values[3] = 1e39;
  auto refused = tree_rows(rows.matrix());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(
      refused.error().message(),
      "row 1, column 'b': 1e+39 is too large for float32, in which boosted trees compare; cap "
      "it or set the row aside");
}

}  // namespace
}  // namespace lode
