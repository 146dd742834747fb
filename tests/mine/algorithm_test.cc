// covers: mine/design, base/option_values
#include "mine/algorithm.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

constexpr Option kOptions[] = {
    {.name = "rate",
     .type = OptionType::kNumber,
     .fallback = "0.5",
     .doc = "",
     .least = 0,
     .most = 1},
    {.name = "rounds",
     .type = OptionType::kInt,
     .fallback = "10",
     .doc = "",
     .least = 1,
     .most = 99},
    {.name = "quiet", .type = OptionType::kBool, .fallback = "false", .doc = ""},
    {.name = "shape",
     .type = OptionType::kChoice,
     .fallback = "tall",
     .doc = "",
     .choices = "tall|wide|round"},
    {.name = "every", .type = OptionType::kDuration, .fallback = "1h", .doc = ""},
    {.name = "target", .type = OptionType::kText, .fallback = "", .doc = "what to aim at"},
};
constexpr Component kComponent = {.kind = "algorithm",
                                  .name = "toy",
                                  .summary = {},
                                  .description = {},
                                  .example = {},
                                  .options = kOptions};

using Given = std::vector<std::pair<std::string, std::string>>;

std::string refusal(const Given& given) {
  auto values = OptionValues::parse(kComponent, given);
  return values ? std::string("accepted") : values.error().message();
}

TEST(OptionValues, FillsDefaultsAndReadsTypes) {
  auto values = OptionValues::parse(kComponent, Given{{"target", "x y"}, {"rounds", "7"}}).value();
  EXPECT_EQ(values.number("rate"), 0.5);
  EXPECT_EQ(values.integer("rounds"), 7);
  EXPECT_FALSE(values.flag("quiet"));
  EXPECT_EQ(values.text("shape"), "tall");
  EXPECT_EQ(values.text("target"), "x y");
  EXPECT_EQ(values.duration("every"), hours(1));
}

TEST(OptionValues, RefusalsSayWhatToWrite) {
  EXPECT_EQ(refusal({}), "algorithm toy needs the option 'target': what to aim at");
  EXPECT_EQ(refusal({{"ronds", "1"}}),
            "algorithm toy has no option 'ronds'; did you mean 'rounds'?");
  EXPECT_EQ(
      refusal({{"zzzzzz", "1"}}),
      "algorithm toy has no option 'zzzzzz'; it has rate, rounds, quiet, shape, every, target");
  EXPECT_EQ(refusal({{"rounds", "1"}, {"rounds", "2"}}), "option rounds is given twice");
  EXPECT_EQ(refusal({{"target", ""}, {"rounds", "1.5"}}),
            "option rounds: '1.5' is not a whole number");
  EXPECT_EQ(refusal({{"target", ""}, {"rounds", "100"}}), "option rounds: 100 is outside 1 .. 99");
  EXPECT_EQ(refusal({{"target", ""}, {"rate", "nan"}}), "option rate: 'nan' is not a number");
  EXPECT_EQ(refusal({{"target", ""}, {"rate", "-0.1"}}), "option rate: -0.1 is outside 0 .. 1");
  EXPECT_EQ(refusal({{"target", ""}, {"quiet", "yes"}}),
            "option quiet: 'yes' is not true or false");
  EXPECT_EQ(refusal({{"target", ""}, {"shape", "tal"}}),
            "option shape: 'tal' is not a choice; did you mean 'tall'?");
  EXPECT_EQ(refusal({{"target", ""}, {"shape", "oblong"}}),
            "option shape: 'oblong' is not among tall|wide|round");
  EXPECT_TRUE(refusal({{"target", ""}, {"every", "soon"}}).starts_with("option every: "));
}

TEST(Algorithm, UnknownNamesGetTheNearest) {
  EXPECT_EQ(find_algorithm("logistc").error().message(),
            "unknown algorithm 'logistc'; did you mean 'logistic'?");
  EXPECT_EQ(find_algorithm("svm").error().code(), Code::kNotFound);
}

TEST(Algorithm, ScoresOnlyTheColumnsItWasTrainedOn) {
  auto schema = std::make_shared<DesignSchema>();
  schema->numeric = {"a"};
  schema->categories = {{"c", {"x", "y"}}};
  std::vector<double> values = {1, 2};
  std::vector<std::int32_t> codes = {0, 1};
  std::vector<double> label = {0, 1};
  DesignMatrix rows = {.schema = schema, .rows = 2, .values = values, .codes = codes};
  ThreadPool pool(1);
  auto model = fit_model("constant", {.features = rows, .label = label}, {}, pool).value();
  std::vector<double> out(2);

  rows.schema = std::make_shared<DesignSchema>(*schema);  // equal, another pointer
  EXPECT_TRUE(model->predict(rows, out).has_value());
  auto renamed = std::make_shared<DesignSchema>(*schema);
  renamed->numeric = {"b"};
  rows.schema = renamed;
  EXPECT_EQ(model->predict(rows, out).error().message(),
            "the model was trained on the numeric columns a, and is given b");
  auto reordered = std::make_shared<DesignSchema>(*schema);
  reordered->categories[0].levels = {"y", "x"};
  rows.schema = reordered;
  EXPECT_EQ(
      model->predict(rows, out).error().message(),
      "the model was trained on other category columns or other levels of them; encode the rows "
      "with the model's own schema");
  rows.schema = schema;
  codes[0] = 2;
  EXPECT_EQ(model->predict(rows, out).error().message(), "row 0, column 'c': code 2 of 2 levels");
  codes[0] = 0;
  EXPECT_EQ(model->predict(rows, std::span(out).first(1)).error().message(),
            "2 rows and room for 1 scores");
  rows.rows = 3;
  EXPECT_EQ(model->predict(rows, out).error().code(), Code::kInvalid);
}

TEST(Algorithm, TwoColumnsOfOneNameAreRefused) {
  auto schema = std::make_shared<DesignSchema>();
  schema->numeric = {"a"};
  schema->categories = {{"a", {"x"}}};
  std::vector<double> values = {1};
  std::vector<std::int32_t> codes = {0};
  std::vector<double> label = {0};
  ThreadPool pool(1);
  auto model = fit_model(
      "constant",
      {.features = {.schema = schema, .rows = 1, .values = values, .codes = codes}, .label = label},
      {}, pool);
  EXPECT_EQ(model.error().message(), "two columns are named 'a'");
}

}  // namespace
}  // namespace lode
