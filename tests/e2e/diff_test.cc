// What is not the same in two models, data sets, declarations and runs, through the built program.
// covers: orchestrate/diff, orchestrate/dataset_diff, orchestrate/run_diff
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

class Diffs : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("orders.csv", shop_orders());
    make(shop_project());
  }
  static std::string replaced(std::string text, std::string_view what, std::string_view with) {
    std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), with);
  }
  void make(const std::string& yaml) const {
    folder_.write("lode.yaml", yaml);
    ProcessResult ran = run_binary({"run", "--quiet"}, folder_.path());
    ASSERT_EQ(ran.exit, 0) << ran.err;
  }
  Json diff(const std::string& a, const std::string& b, int exit = 1) const {
    ProcessResult ran = run_binary({"diff", a, b, "--json"}, folder_.path());
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    ProcessResult told = run_binary({"diff", a, b}, folder_.path());
    EXPECT_EQ(told.exit, exit) << told.err;
    return Json::parse(ran.out, nullptr, false);
  }
  // "section: what: a -> b" of every line.
  static std::vector<std::string> lines(const Json& diff) {
    std::vector<std::string> out;
    for (const Json& section : diff["sections"])
      for (const Json& line : section["lines"])
        out.push_back(fmt::format("{}: {}: {} -> {}", section["name"].get<std::string>(),
                                  line["what"].get<std::string>(), line["a"].get<std::string>(),
                                  line["b"].get<std::string>()));
    return out;
  }
  static bool has(const Json& diff, const std::string& line) {
    std::vector<std::string> all = lines(diff);
    return std::ranges::find(all, line) != all.end();
  }

  ScratchFolder folder_;
};

const char* const kOptions = "columns: [amount, past.n_all";

TEST_F(Diffs, OfModelsSaysOptionsAndPairedMetrics) {
  make(replaced(shop_project(), kOptions, std::string("options: {l2: 50}\n    ") + kOptions));
  Json said = diff("returns@1", "returns@2");
  EXPECT_EQ(said["kind"], "models");
  EXPECT_EQ(said["same"], false);
  EXPECT_TRUE(has(said, "options: l2:  -> 50")) << said.dump(1);
  EXPECT_TRUE(has(said, "declared: model / option.l2:  -> 50")) << said.dump(1);
  EXPECT_TRUE(said["columns"].empty()) << "one data set";
  ASSERT_EQ(said["metrics"].size(), 4U);
  for (const Json& metric : said["metrics"]) {
    double a = metric["a"];
    double b = metric["b"];
    EXPECT_NEAR(metric["difference"]["value"], b - a, 1e-12);
    EXPECT_LE(metric["difference"]["low"], metric["difference"]["value"]);
  }
  EXPECT_NE(said["notes"][0].get<std::string>().find("paired on 330 rows"), std::string::npos);
  // The other way round everything is the other way round.
  Json back = diff("returns@2", "returns@1");
  EXPECT_NEAR(back["metrics"][1]["difference"]["value"],
              -said["metrics"][1]["difference"]["value"].get<double>(), 1e-12);
}

TEST_F(Diffs, WhatIsTheSameEndsWithZero) {
  Json said = diff("returns", "returns@1", 0);
  EXPECT_EQ(said["same"], true);
  EXPECT_TRUE(said["sections"].empty());
  EXPECT_EQ(diff("view:history", "view:history", 0)["same"], true);
  EXPECT_EQ(diff("dataset:orders", "dataset:orders", 0)["same"], true);
  make(shop_project());
  Json runs = diff("run:1", "run:2", 0);
  ASSERT_EQ(runs["sections"].size(), 1U) << "times are told and are no difference";
  EXPECT_EQ(runs["sections"][0]["counts"], false);
}

TEST_F(Diffs, OfFeaturesSaysWhatIsDeclaredAndWhomItTouches) {
  std::string old = shop_project();
  make(replaced(replaced(old, "windows: [3d, all]", "windows: [2d, all]"), "largest: max(amount)",
                "largest: min(amount)"));
  ProcessResult ran = run_binary({"lineage", "returns@1", "--json"}, folder_.path());
  std::string hash;
  Json lineage = Json::parse(ran.out)["lineage"];
  for (const Json& one : lineage["definitions"])
    if (one["name"] == "spending") hash = one["hash"];
  Json said = diff("view:spending@" + hash.substr(0, 8), "view:spending");
  EXPECT_EQ(lines(said),
            std::vector<std::string>{"declared: value.largest / aggregate: max -> min"});
  EXPECT_EQ(said["affected"], Json::array({"base@1", "base@2", "returns@1", "returns@2"}));
  Json models = diff("returns@1", "returns@2");
  EXPECT_TRUE(has(models, "declared: view spending / value.largest / aggregate: max -> min"));
  EXPECT_TRUE(has(models, "declared: view history / window_2d:  -> sliding 2d paned"))
      << models.dump(1);
  std::vector<std::string> all = lines(models);
  EXPECT_EQ(std::ranges::count_if(all, [](const std::string& l) { return l.contains("largest"); }),
            1)
      << "once, not again with the set that reads it";
  EXPECT_NE(models["notes"].dump().find("declared otherwise now"), std::string::npos)
      << "metrics are not paired, and it says why";
  EXPECT_EQ(models["metrics"].size(), 5U) << "as the runs told them";
}

TEST_F(Diffs, OfDataSetsSaysColumnsRowsAndFigures) {
  make(replaced(replaced(shop_project(), "spent: \"spending[customer].total\"",
                         "spent: \"spending[customer].total\", big: amount > 100"),
                "    label: returned\n", "    label: returned\n    where: amount < 150\n"));
  ProcessResult ran = run_binary({"lineage", "returns@1", "--json"}, folder_.path());
  std::string old = Json::parse(ran.out)["dataset"];
  Json said = diff("dataset:" + old.substr(0, 10), "dataset:orders");
  EXPECT_EQ(said["kind"], "datasets");
  const Json& columns = said["columns"];
  auto column = [&](std::string_view name) {
    for (const Json& one : columns)
      if (one["name"] == name) return one;
    return Json();
  };
  EXPECT_EQ(column("big")["type_a"], "");
  EXPECT_EQ(column("big")["type_b"], "bool");
  EXPECT_GT(column("amount")["mean_a"], column("amount")["mean_b"]);
  EXPECT_TRUE(column("amount")["drift"].empty()) << "the first rows are not kept any more";
  EXPECT_NE(said["notes"].dump().find("are not kept any more"), std::string::npos);
}

// Two sets of one project are both kept: rows and distributions can be told.
TEST_F(Diffs, OfDataSetsThatAreKeptSaysRowsAndDrift) {
  std::string two = replaced(shop_project(), "training:\n",
                             "training:\n  small:\n    rows: orders\n    label: returned\n"
                             "    where: amount < 150\n    columns: {amount: amount, "
                             "spent: \"spending[customer].total\"}\n");
  make(two);
  Json said = diff("dataset:orders", "dataset:small");
  std::int64_t rows_a = 0;
  std::int64_t rows_b = 0;
  std::int64_t only_a = 0;
  for (const Json& section : said["sections"])
    for (const Json& line : section["lines"]) {
      if (line["what"] == "rows") {
        rows_a = std::stoll(line["a"].get<std::string>());
        rows_b = std::stoll(line["b"].get<std::string>());
      }
      if (line["what"] == "only in the first") only_a = std::stoll(line["a"].get<std::string>());
      EXPECT_NE(line["what"], "only in the second");
    }
  EXPECT_GT(only_a, 0);
  EXPECT_EQ(only_a, rows_a - rows_b);
  for (const Json& column : said["columns"]) {
    if (column["name"] != "amount") continue;
    EXPECT_GT(column["drift"]["psi"], 0.25);
    // A quarter of the amounts is cut off.
    EXPECT_NEAR(column["drift"]["ks"], static_cast<double>(only_a) / static_cast<double>(rows_a),
                0.05);
  }
}

TEST_F(Diffs, WhatCannotBeHeldAgainstEachOtherIsRefused) {
  auto refused = [&](const std::string& a, const std::string& b, int exit, const char* why) {
    ProcessResult ran = run_binary({"diff", a, b}, folder_.path());
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
  };
  refused("returns", "run:1", 2, "two of one kind");
  refused("run:1", "run:7", 3, "no run '7'");
  refused("returns", "nobody", 3, "no model 'nobody'");
  refused("dataset:orders", "dataset:zzzz", 3, "there are");
  refused("view:history", "view:history@0000", 3, "its versions are");
  refused("view:nothing", "view:history", 3, "no view nothing");
}

}  // namespace
}  // namespace lode
