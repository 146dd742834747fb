#include <gtest/gtest.h>

#include "mine/algorithm.h"

namespace lode {
namespace {

TEST(Constant, PredictsTheWeightedShareOfLabelOne) {
  DesignMatrix rows = {
      .schema = std::make_shared<DesignSchema>(), .rows = 4, .values = {}, .codes = {}};
  std::vector<double> label = {1, 0, 0, 1};
  std::vector<double> weight = {3, 1, 0, 0};
  ThreadPool pool(1);
  std::vector<double> out(4);

  auto plain = fit_model("constant", {.features = rows, .label = label}, {}, pool).value();
  ASSERT_TRUE(plain->predict(rows, out).has_value());
  EXPECT_EQ(out, (std::vector<double>{0.5, 0.5, 0.5, 0.5}));

  auto weighted =
      fit_model("constant", {.features = rows, .label = label, .weight = weight}, {}, pool).value();
  ASSERT_TRUE(weighted->predict(rows, out).has_value());
  EXPECT_EQ(out, (std::vector<double>{0.75, 0.75, 0.75, 0.75}));
  EXPECT_EQ(weighted->describe(), R"({"algorithm":"constant","notes":[],"mean":0.75})");
}

TEST(Constant, HasNoOptions) {
  std::vector<double> label = {1};
  ThreadPool pool(1);
  auto model = fit_model("constant",
                         {.features = {.schema = std::make_shared<DesignSchema>(),
                                       .rows = 1,
                                       .values = {},
                                       .codes = {}},
                          .label = label},
                         {.options = {{"l2", "1"}}, .cancel = {}}, pool);
  EXPECT_EQ(model.error().message(), "algorithm constant has no option 'l2': it has none");
}

}  // namespace
}  // namespace lode
