// Budgets refuse a run before it begins and a step before it is begun, with the number; what was
// made before it stands; runs say what they cost.
// covers: cli/runs, orchestrate/run_budget, orchestrate/step_price
#include <nlohmann/json.hpp>

#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr int kOverLimit = 5;

class OverBudget : public ::testing::Test {
 protected:
  void SetUp() override { folder_.write("orders.csv", shop_orders()); }
  ProcessResult lode(const std::vector<std::string>& words, const std::string& more = "") {
    folder_.write("lode.yaml", shop_project() + more);
    return run_binary(words, folder_.path());
  }
  Json json(std::vector<std::string> words, const std::string& more = "") {
    words.push_back("--json");
    ProcessResult result = lode(words, more);
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    return Json::parse(result.out, nullptr, false);
  }

  ScratchFolder folder_;
};

TEST_F(OverBudget, ARunIsRefusedBeforeItBegins) {
  const std::string budget = "budget: {time: 1ms, read: 1KiB}\n";
  ProcessResult refused = lode({"run"}, budget);
  EXPECT_EQ(refused.exit, kOverLimit) << refused.out;
  EXPECT_NE(refused.err.find("lode.yaml:"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("time is 1ms, and the run would take about "), std::string::npos)
      << refused.err;
  EXPECT_NE(refused.err.find("read is 1.0 KiB"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("nothing was begun"), std::string::npos) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/.lode/shop/sources"))
      << "nothing was read";

  Json planned = json({"plan"}, budget);
  EXPECT_EQ(planned["over_budget"].size(), 2U) << planned["over_budget"];
  ProcessResult told = lode({"plan"}, budget);
  EXPECT_EQ(told.exit, 0);
  EXPECT_NE(told.out.find("over budget: time is 1ms"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("--over-budget"), std::string::npos) << told.out;

  EXPECT_EQ(lode({"run", "--over-budget"}, budget).exit, 0);
  EXPECT_EQ(lode({"run"}, budget).exit, 0) << "nothing is due: that takes nothing";
  ProcessResult again = lode({"run", "--again"}, budget);
  EXPECT_EQ(again.exit, kOverLimit);
  EXPECT_NE(again.err.find("as in run 2"), std::string::npos) << again.err;
}

TEST_F(OverBudget, AGenerousOneChangesNothing) {
  const std::string budget =
      "budget: {time: 1h, step: 30m, read: 1GiB, write: 1GiB, cost: 5}\n"
      "price: {hour: 0.5, currency: EUR}\n";
  Json with = json({"run"}, budget);
  std::filesystem::remove_all(folder_.path() + "/.lode");
  Json without = json({"run"});
  EXPECT_EQ(with["training"], without["training"]);
  ASSERT_EQ(with["models"].size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(with["models"][i]["content"], without["models"][i]["content"]);
    EXPECT_EQ(with["models"][i]["metrics"], without["models"][i]["metrics"]);
  }
  EXPECT_EQ(with["currency"], "EUR");
  EXPECT_NEAR(with["cost"].get<double>(), with["seconds"].get<double>() * 0.5 / 3600, 1e-4);
  EXPECT_FALSE(without.contains("cost"));
}

TEST_F(OverBudget, RunsSayWhatTheyReadAndCost) {
  lode({"run"}, "price: {hour: 3600, currency: EUR}\n");  // a second costs 1
  lode({"run", "--again"});
  Json runs = json({"runs"})["runs"];
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_FALSE(runs[0].contains("cost")) << "no price was said then";
  EXPECT_EQ(runs[0]["rows_read"], 0);
  EXPECT_EQ(runs[1]["rows_read"], 900);
  EXPECT_EQ(runs[1]["currency"], "EUR");
  EXPECT_GT(runs[1]["cost"].get<double>(), 0);
  EXPECT_NEAR(runs[1]["cost"].get<double>(), runs[1]["seconds"].get<double>(), 0.2);
  ProcessResult told = lode({"runs"});
  EXPECT_NE(told.out.find(" EUR"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("rows read"), std::string::npos) << told.out;
}

TEST_F(OverBudget, APlanSaysWhatItWouldTakeAndWhatItInvalidates) {
  const std::string price = "price: {hour: 3600, currency: EUR}\n";
  Json first = json({"plan"}, price);
  EXPECT_EQ(first["due"], 5);
  EXPECT_EQ(first["rough"], 5);
  EXPECT_NEAR(first["cost"].get<double>(), first["seconds"].get<double>(), 1e-9);
  EXPECT_EQ(first["steps"][0]["estimate"]["basis"], "rough");
  EXPECT_EQ(first["steps"][0]["invalidates"].size(), 0U);
  lode({"run"}, price);
  folder_.write("orders.csv", shop_orders() + "2020-01-31 10:00:00,c3,50,0\n");
  Json grown = json({"plan"}, price);
  EXPECT_EQ(grown["rough"], 0);
  EXPECT_EQ(grown["steps"][0]["invalidates"].size(), 4U) << grown["steps"][0];
  EXPECT_EQ(grown["steps"][0]["estimate"]["rows"], 1);
  EXPECT_EQ(grown["steps"][2]["estimate"]["says"], "as in run 1");
  EXPECT_EQ(grown["steps"][2]["estimate"]["rows"], 901);
}

}  // namespace
}  // namespace lode
