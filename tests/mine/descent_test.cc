// covers: mine/linear/descent
#include "mine/linear/descent.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "base/file.h"
#include "base/random.h"
#include "tests/mine/linear_rows.h"

namespace lode {
namespace {

// Rows with a bag beside the columns of linear_rows.h.
struct BagRowsData {
  std::shared_ptr<DesignSchema> schema = std::make_shared<DesignSchema>();
  std::vector<double> values;
  std::vector<std::int64_t> begin = {0};
  std::vector<std::uint32_t> term;
  std::vector<double> weight;
  std::vector<double> label;
  std::vector<BagRows> bags{};

  LabelledMatrix data() {
    bags = {{begin, term, weight}};
    return {.features = {.schema = schema,
                         .rows = static_cast<std::int64_t>(label.size()),
                         .values = values,
                         .codes = {},
                         .bags = bags},
            .label = label};
  }
  Result<std::unique_ptr<FittedModel>> fit(const char* algorithm, Options options) {
    ThreadPool pool(1);
    return fit_model(algorithm, data(), {.options = std::move(options), .cancel = {}}, pool);
  }
};

// The category of reference_rows as a bag: each row has the term of its level, with weight 1.
BagRowsData as_bags(const Rows& rows) {
  BagRowsData out;
  out.schema->numeric = rows.schema->numeric;
  out.schema->bags = {{"c", rows.schema->categories[0].levels}};
  out.values = rows.values;
  out.label = rows.label;
  for (std::int32_t code : rows.codes) {
    out.term.push_back(static_cast<std::uint32_t>(code));
    out.weight.push_back(1);
    out.begin.push_back(std::ssize(out.term));
  }
  return out;
}

TEST(Descent, FindsTheOptimumThatNewtonFinds) {
  // Terms of weight 1 are the indicators of a category, and a penalty makes either way's optimum
  // the same.
  for (bool numbers : {false, true}) {
    Rows rows = reference_rows(numbers);
    rows.weight.clear();
    BagRowsData bags = as_bags(rows);
    for (const Options& options :
         {Options{{"l2", "1"}}, Options{{"l2", "0.01"}}, Options{{"l1", "6"}, {"l2", "2"}}}) {
      const char* algorithm = numbers ? "linear" : "logistic";
      std::vector<double> exact = scores(*rows.fit(options, 1, algorithm).value(), rows);
      auto model = bags.fit(algorithm, options);
      ASSERT_TRUE(model) << model.error().text();
      std::vector<double> found(exact.size());
      ASSERT_TRUE((*model)->predict(bags.data().features, found));
      for (std::size_t i = 0; i < exact.size(); ++i)
        ASSERT_NEAR(found[i], exact[i], numbers ? 1e-5 : 1e-7) << "row " << i;
    }
  }
}

TEST(Descent, TakesMoreLevelsThanTheExactFit) {
  // Each level is in two rows of one label, which is that of its parity.
  Rows rows = columns({}, {{"id", {}}});
  for (int i = 0; i < 5000; ++i) {
    rows.schema->categories[0].levels.push_back(std::to_string(i));
    rows.add({}, {i}, i % 2);
    rows.add({}, {i}, i % 2);
  }
  auto model = rows.fit({{"l2", "1"}, {"tolerance", "1e-13"}}).value();
  std::vector<double> found = scores(*model, rows);
  // By symmetry every level's effect is b or -b with 2 sigmoid(-b) = b.
  double b = 0;
  for (int k = 0; k < 200; ++k) b += 0.3 * (2 * sigmoid(-b) - b);
  EXPECT_NEAR(found[0], sigmoid(-b), 1e-8);
  EXPECT_NEAR(found[2], sigmoid(b), 1e-8);
  // Without a penalty squares would have to be solved exactly.
  for (std::size_t i = 0; i < rows.label.size(); ++i) rows.label[i] = static_cast<double>(i);
  EXPECT_EQ(rows.fit({}, 1, "linear").error().message(),
            "5000 coefficients; the limit without a penalty is 4096: set the option l2 or l1, "
            "merge rare levels, or encode them as rates");
}

TEST(Descent, BagsNeedAPenaltyAndAnAlgorithmThatTakesThem) {
  Rows rows = reference_rows();
  BagRowsData bags = as_bags(rows);
  EXPECT_EQ(bags.fit("logistic", {}).error().message(),
            "column 'c' has 4 terms: without a penalty they have no one optimum; set the option l2 "
            "or l1");
  EXPECT_EQ(bags.fit("xgboost", {}).error().message(),
            "column 'c' is a text of 4 terms, which xgboost does not take: choose logistic or "
            "linear, give the column another encoder, or leave it out");
  EXPECT_TRUE(bags.fit("constant", {}));
}

TEST(Descent, MalformedBagsAreRefused) {
  Rows rows = reference_rows();
  auto refusal = [&](auto change) {
    BagRowsData bags = as_bags(rows);
    change(bags);
    auto model = bags.fit("logistic", {{"l2", "1"}});
    return model ? std::string("accepted") : model.error().message();
  };
  std::string malformed = "column 'c': its entries are no 400 rows of 4 terms";
  EXPECT_EQ(refusal([](BagRowsData&) {}), "accepted");
  EXPECT_EQ(refusal([](BagRowsData& b) { b.term[7] = 4; }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.begin[3] = 400; }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.begin.back() = 401; }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.begin.pop_back(); }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.begin.front() = -1; }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.weight.pop_back(); }), malformed);
  EXPECT_EQ(refusal([](BagRowsData& b) { b.weight[9] = std::nan(""); }),
            "row 9, column 'c': not finite");
  EXPECT_EQ(refusal([](BagRowsData& b) { b.schema->numeric[0] = "c"; }),
            "two columns are named 'c'");
  // A term twice in a row.
  EXPECT_EQ(refusal([](BagRowsData& b) {
              for (std::size_t i = 1; i < b.begin.size(); ++i) ++b.begin[i];
              b.term.insert(b.term.begin(), b.term[0]);
              b.weight.insert(b.weight.begin(), 1);
            }),
            malformed);
}

// docs/formats/model.md: format 2.
TEST(Descent, TheGoldenFileLoadsAndIsWrittenAgain) {
  BagRowsData bags = as_bags(reference_rows());
  std::string path = LODE_SOURCE_DIR "/tests/mine/golden/logistic-2-bags.model";
  auto model = bags.fit("logistic", {{"l1", "0.5"}, {"l2", "2.5"}}).value();
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !exists(posix_files(), path).value()) {
    ASSERT_TRUE(write_atomically(posix_files(), path, model->serialize()));
  }
  std::string golden = posix_files().read(path).value();
  EXPECT_EQ(model->serialize(), golden);
  auto loaded = load_model(golden).value();
  EXPECT_EQ(loaded->serialize(), golden);
  std::vector<double> before(400);
  std::vector<double> after(400);
  ASSERT_TRUE(model->predict(bags.data().features, before));
  ASSERT_TRUE(loaded->predict(bags.data().features, after));
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace lode
