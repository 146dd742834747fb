#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "base/file.h"
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

TEST(Mean, PredictsTheWeightedMeanOfTheTargets) {
  DesignMatrix rows = {
      .schema = std::make_shared<DesignSchema>(), .rows = 3, .values = {}, .codes = {}};
  std::vector<double> target = {-10, 2, 6};
  std::vector<double> weight = {0, 1, 3};
  ThreadPool pool(1);
  auto model =
      fit_model("mean", {.features = rows, .label = target, .weight = weight}, {}, pool).value();
  std::vector<double> out(3);
  ASSERT_TRUE(model->predict(rows, out).has_value());
  EXPECT_EQ(out, (std::vector<double>{5, 5, 5}));
  EXPECT_EQ(load_model(model->serialize()).value()->describe(),
            R"({"algorithm":"mean","notes":[],"mean":5})");
  target = {1e308, 1e308, 1e308};
  EXPECT_EQ(fit_model("mean", {.features = rows, .label = target}, {}, pool).error().code(),
            Code::kInvalid);
}

TEST(NoChange, AnswersWithItsFirstNumberAndTheMeanWhereThatIsMissing) {
  auto schema = std::make_shared<DesignSchema>();
  schema->numeric = {"last", "other"};
  std::vector<double> values = {3, 100, 7, 200, std::nan(""), 300};
  DesignMatrix rows = {.schema = schema, .rows = 3, .values = values, .codes = {}};
  std::vector<double> target = {4, 8, 6};
  ThreadPool pool(1);
  auto model = fit_model("no_change", {.features = rows, .label = target}, {}, pool).value();
  std::vector<double> out(3);
  ASSERT_TRUE(model->predict(rows, out).has_value());
  EXPECT_EQ(out, (std::vector<double>{3, 7, 6}));
  EXPECT_EQ(
      model->notes(),
      (std::vector<std::string>{"answers with the mean of training where 'last' is missing"}));
  DesignMatrix none = {
      .schema = std::make_shared<DesignSchema>(), .rows = 3, .values = {}, .codes = {}};
  EXPECT_EQ(fit_model("no_change", {.features = none, .label = target}, {}, pool).error().message(),
            "no_change needs a column of numbers to answer with");
}

// docs/formats/model.md.
TEST(Baselines, TheGoldenFilesLoadAndAreWrittenAgain) {
  auto schema = std::make_shared<DesignSchema>();
  schema->numeric = {"last"};
  std::vector<double> values = {3, std::nan("")};
  DesignMatrix rows = {.schema = schema, .rows = 2, .values = values, .codes = {}};
  std::vector<double> target = {-4, 9};
  ThreadPool pool(1);
  for (std::string name : {"mean", "no_change"}) {
    auto model = fit_model(name, {.features = rows, .label = target}, {}, pool).value();
    std::string path = LODE_SOURCE_DIR "/tests/mine/golden/" + name + "-1.model";
    if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr)
      std::ofstream(path, std::ios::binary) << model->serialize();
    std::string golden = posix_files().read(path).value_or("");
    EXPECT_EQ(model->serialize(), golden) << name;
    std::vector<double> out(2);
    ASSERT_TRUE(load_model(golden).value()->predict(rows, out).has_value());
    EXPECT_EQ(out,
              name == "mean" ? (std::vector<double>{2.5, 2.5}) : (std::vector<double>{3, 2.5}));
  }
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
