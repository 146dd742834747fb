// Columns of bags: algorithms that take them keep the contract with them, the others refuse.
#include <algorithm>

#include "base/hash.h"
#include "evaluate/explainer.h"
#include "evaluate/importance.h"
#include "tests/contract/algorithm_contract.h"

namespace lode {
namespace {

// Texts of up to six of forty words; the first three words go with label 1.
struct Texts {
  std::shared_ptr<DesignSchema> schema = std::make_shared<DesignSchema>();
  std::vector<std::int64_t> begin = {0};
  std::vector<std::uint32_t> term;
  std::vector<double> weight;
  std::vector<double> values;
  std::vector<double> label;
  std::vector<BagRows> bags{};

  explicit Texts(std::size_t count) {
    schema->numeric = {"x"};
    schema->bags = {{"text", {}}};
    for (int t = 0; t < 40; ++t) schema->bags[0].terms.push_back(fmt::format("word{}", t));
    Random random(31);
    for (std::size_t i = 0; i < count; ++i) {
      double signal = -1;
      for (std::uint32_t t = 0; t < 40; ++t) {
        if (!random.chance(0.08)) continue;
        term.push_back(t);
        weight.push_back(0.2 + random.unit());
        signal += t < 3 ? 3 * weight.back() : 0;
      }
      begin.push_back(std::ssize(term));
      values.push_back(random.unit());
      label.push_back(random.chance(sigmoid(signal)) ? 1 : 0);
    }
    bags = {{begin, term, weight}};
  }
  DesignMatrix matrix(std::size_t first, std::size_t count) {
    bags[0].begin = std::span(begin).subspan(first, count + 1);
    return {.schema = schema,
            .rows = static_cast<std::int64_t>(count),
            .values = std::span(values).subspan(first, count),
            .codes = {},
            .bags = bags};
  }
  LabelledMatrix data() { return {.features = matrix(0, label.size()), .label = label}; }
};

class AlgorithmBags : public AlgorithmContract {
 protected:
  static Result<std::unique_ptr<FittedModel>> fit(Texts& texts, int threads = 1) {
    ThreadPool pool(threads);
    FitOptions options;
    for (const Option& option : GetParam()->options)
      if (option.name == "l2") options.options = {{"l2", "1"}};
    return fit_model(algorithm().name, texts.data(), options, pool);
  }
  static std::vector<double> scores_of(const FittedModel& model, const DesignMatrix& rows) {
    std::vector<double> out(static_cast<std::size_t>(rows.rows));
    EXPECT_TRUE(model.predict(rows, out));
    return out;
  }
};

TEST_P(AlgorithmBags, AreTakenWithTheSameContractOrRefused) {
  Texts texts(600);
  auto model = fit(texts);
  if (!algorithm().takes_bags) {
    ASSERT_FALSE(model);
    EXPECT_TRUE(model.error().message().starts_with("column 'text' is a text of 40 terms"));
    return;
  }
  ASSERT_TRUE(model) << model.error().text();
  std::string bytes = (*model)->serialize();
  EXPECT_EQ(bytes, fit(texts, 3).value()->serialize());
  auto loaded = load_model(bytes).value();
  EXPECT_EQ(loaded->serialize(), bytes);
  EXPECT_EQ(loaded->describe(), (*model)->describe());
  std::vector<double> batch(600);
  std::vector<double> again(600);
  ASSERT_TRUE((*model)->predict(texts.matrix(0, 600), batch));
  ASSERT_TRUE(loaded->predict(texts.matrix(0, 600), again));
  EXPECT_EQ(batch, again);
  for (std::size_t i = 0; i < 600; ++i) {
    double one = 0;
    ASSERT_TRUE((*model)->predict(texts.matrix(i, 1), {&one, 1}));
    ASSERT_EQ(one, batch[i]) << "row " << i;
  }
}

TEST_P(AlgorithmBags, AreExplainedAsOneColumnThatMatters) {
  Texts texts(600);
  auto model = fit(texts);
  if (!model || !ModelExplainer::can_explain(**model)) GTEST_SKIP() << "takes none";
  ThreadPool pool(2);
  DesignMatrix rows = texts.matrix(0, 600);
  Attributions values =
      ModelExplainer::make(**model, rows, pool).value().explain(rows, pool).value();
  EXPECT_EQ(column_names(*texts.schema), (std::vector<std::string>{"x", "text"}));
  std::vector<double> score = scores_of(**model, rows);
  for (std::size_t i = 0; i < 600; ++i) {
    double margin = values.base + values.of_row(i)[0] + values.of_row(i)[1];
    EXPECT_NEAR(algorithm().binary ? sigmoid(margin) : margin, score[i], 1e-9);
  }
  Blocks blocks;
  blocks.count = 60;
  for (std::uint32_t i = 0; i < 600; ++i) blocks.of_row.push_back(i / 10);
  std::vector<std::size_t> columns = {0, 1};
  std::vector<Estimate> importance = permutation_importance(**model, {rows, texts.label}, blocks,
                                                            columns, 2, {.seed = 3}, pool, {})
                                         .value();
  EXPECT_GT(importance[1].low, 0.01);
  EXPECT_LT(importance[0].value, importance[1].value / 5);
}

TEST_P(AlgorithmBags, HostileBytesGiveErrors) {
  if (!algorithm().takes_bags) GTEST_SKIP() << "takes none";
  Texts texts(200);
  std::string bytes = fit(texts).value()->serialize();
  Random random(29);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = bytes.substr(0, bytes.size() - 8);
    std::size_t at = random.below(damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + random.below(255)));
    ByteWriter writer;
    writer.raw(damaged);
    writer.u64(hash64(std::string_view(damaged)));
    auto loaded = load_model(writer.bytes());
    if (!loaded) continue;
    std::vector<double> out(200);
    (void)(*loaded)->predict(texts.matrix(0, 200), out);
    (void)(*loaded)->describe();
  }
}

INSTANTIATE_TEST_SUITE_P(Registered, AlgorithmBags, testing::ValuesIn(components("algorithm")),
                         algorithm_test_name);

}  // namespace
}  // namespace lode
