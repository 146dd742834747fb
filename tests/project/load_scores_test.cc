#include <gtest/gtest.h>

#include <string>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kShop = R"(lode: 1
project: shop
sources:
  orders:
    files: [orders.csv, "more-*.csv"]
    columns: {at: timestamp, customer: string, amount: int64, returned: int64, row: int64}
    time: at
  people:
    files: people.csv
    columns: {age: int64, good: int64}
    time: none
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(24)}
  good: {about: people, value: good = 1}
training:
  orders: {rows: orders, label: returned, columns: {amount: amount, doubled: amount * 2}}
  people: {rows: people, label: good, columns: {age: age}}
models:
  returns:
    from: orders
    algorithm: logistic
    columns: [amount]
    split: {train: ..2020-01-20, test: 2020-01-20..}
  credit: {from: people, algorithm: logistic, split: {random: 0.2}}
retraining:
  weekly: {champion: returns, every: 7d, over: 2020-01-20.., challengers: {last: {train: 7d}}}
)";

class LoadScores : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("orders.csv", "at,customer,amount,returned,row\n");
    folder_.write("more-1.csv", "at,customer,amount,returned,row\n");
    folder_.write("people.csv", "age,good\n");
  }
  std::shared_ptr<const Project> load(std::string_view scores) {
    folder_.write("lode.yaml", std::string(kShop) + std::string(scores));
    return folder_.load();
  }
  // Of what is wrong with scores of this one line.
  std::string errors(std::string_view line) {
    folder_.write("lode.yaml", fmt::format("{}scores:\n  nightly: {}\n", kShop, line));
    std::string all;
    for (const std::string& error : folder_.errors()) all += error + "\n";
    return all;
  }
  TemporaryProject folder_;
};

TEST_F(LoadScores, WhatIsSaidAndWhatIsNot) {
  EXPECT_TRUE(load("")->scores.empty());
  auto project = load(R"(scores:
  nightly:
    model: returns@champion
    rows: all
    since: 2020-01-15
    out: [a.parquet, out/b.duckdb]
    table: late
    columns: [customer, doubled, score]
    threshold: 0.4
  plain: {model: weekly}
  bare: {model: returns@2, out: c.csv, threshold: none}
  people: {model: credit, out: out/b.duckdb}
)");
  ASSERT_NE(project, nullptr);
  ASSERT_EQ(project->scores.size(), 4U);
  const ScoringJob& nightly = *project->scoring_job("nightly");
  EXPECT_EQ(nightly.model, "returns@champion");
  EXPECT_TRUE(nightly.all);
  EXPECT_EQ(text(*nightly.since).substr(0, 10), "2020-01-15");
  ASSERT_EQ(nightly.out.size(), 2U);
  EXPECT_EQ(nightly.out[0].path, (folder_.root() / "a.parquet").string());
  EXPECT_EQ(nightly.out[0].format, ScoreFormat::kParquet);
  EXPECT_EQ(nightly.out[1].table, "late");
  EXPECT_EQ(nightly.columns, (std::vector<std::string>{"customer", "doubled", "score"}));
  EXPECT_EQ(nightly.threshold, 0.4);
  const ScoringJob& plain = *project->scoring_job("plain");
  EXPECT_FALSE(plain.all);
  EXPECT_FALSE(plain.since);
  EXPECT_TRUE(plain.out.empty());
  EXPECT_FALSE(plain.own_threshold);
  EXPECT_TRUE(project->scoring_job("bare")->own_threshold);
  EXPECT_FALSE(project->scoring_job("bare")->threshold);
  EXPECT_EQ(project->scoring_job("people")->out[0].table, "people") << "beside another table";
}

TEST_F(LoadScores, WhatIsWrongIsToldAtItsPlace) {
  struct Wrong {
    std::string_view line;
    std::string_view said;
  };
  constexpr Wrong kWrong[] = {
      {"{rows: all}", "28:12: the scoring has no 'model'"},
      {"{model: return}",
       "28:20: unknown model 'return'; did you mean 'returns'? Known: "
       "returns, credit, weekly"},
      {"{model: returns@0}", "'0' is no version or alias of 'returns'; write returns@3"},
      {"{model: returns@}", "'' is no version or alias"},
      {"{model: returns, row: all}", "did you mean 'rows'"},
      {"{model: returns, rows: some}", "'some' is neither unlabelled nor all"},
      {"{model: returns, since: yesterday}", "28:36: 'yesterday' is not a time"},
      {"{model: credit, since: 2020-01-01}", "rows of source 'people' have no time"},
      {"{model: returns, out: a.txt}", "let it end in .parquet, .csv or .duckdb"},
      {"{model: returns, out: orders.csv}", "orders.csv is a file of the source 'orders'"},
      {"{model: returns, out: ./more-9.csv}", "more-9.csv is a file of the source 'orders'"},
      {"{model: returns, out: .lode/shop/x.csv}", "lode keeps its own"},
      {"{model: returns, out: [a.csv, ./a.csv]}", "28:42: a.csv is given twice"},
      {"{model: returns, out: a.csv, table: t}", "no file of these scores has tables"},
      {"{model: returns, columns: [amout]}",
       "28:39: unknown column of scores, the training set or its source 'amout'; did you mean "
       "'amount'? Known: amount, at, customer, decision, doubled"},
      {"{model: returns, columns: [score, score]}", "28:46: 'score' is given twice"},
      {"{model: returns, columns: [id]}", "source 'orders' declares no 'id'"},
      {"{model: credit, columns: [time]}", "have no time"},
      {"{model: returns, columns: [entity]}", "has no 'groups' in its split"},
      {"{model: returns, columns: [row]}", "'row' is what kept scores have themselves"},
      {"{model: returns, threshold: high}", "'high' is neither a number nor none"},
      {"{model: returns, threshold: nan}", "'nan' is neither a number nor none"},
  };
  for (const Wrong& wrong : kWrong) {
    std::string said = errors(wrong.line);
    EXPECT_NE(said.find(wrong.said), std::string::npos) << wrong.line << "\n" << said;
    EXPECT_EQ(std::ranges::count(said, '\n'), 1) << wrong.line << "\n" << said;
  }
}

TEST_F(LoadScores, NamesAndFilesAreTheirsAlone) {
  folder_.write("lode.yaml", std::string(kShop) + R"(scores:
  returns: {model: returns}
  weekly: {model: weekly}
  a: {model: returns, out: x.csv}
  b: {model: returns, out: x.csv}
)");
  std::string all;
  for (const std::string& error : folder_.errors()) all += error + "\n";
  EXPECT_NE(all.find("28:3: there is a model 'returns' too"), std::string::npos) << all;
  EXPECT_NE(all.find("29:3: there is a walk 'weekly' too"), std::string::npos) << all;
  EXPECT_NE(all.find("31:28: x.csv is what the scores 'a' are written into"), std::string::npos)
      << all;
  EXPECT_EQ(std::ranges::count(all, '\n'), 3) << all;
}

}  // namespace
}  // namespace lode
