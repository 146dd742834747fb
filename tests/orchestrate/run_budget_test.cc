#include "orchestrate/run_budget.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

class Budgets : public ::testing::Test {
 protected:
  void SetUp() override {
    project_.file = "lode.yaml";
    project_.budget.place = {7, 3};
    project_.price = {3600, "EUR"};  // a second costs 1
    add(StepKind::kSource, "orders", 10, 5e6, 2e6);
    add(StepKind::kModel, "small", 20, 0, 1e6);
    add(StepKind::kModel, "large", 100, 0, 1e6);
    plan_.steps.push_back({.kind = StepKind::kModel, .name = "stands", .due = false});
    prices_.emplace_back();
  }
  void add(StepKind kind, const std::string& name, double seconds, double read, double written) {
    plan_.steps.push_back({.kind = kind, .name = name});
    StepPrice price;
    price.basis = StepPrice::Basis::kLastTime;
    price.seconds = seconds;
    price.bytes_read = read;
    price.bytes_written = written;
    price.says = "as in run 3";
    prices_.push_back(price);
  }
  std::string refused() {
    RunBudget budget(project_);
    Status checked = budget.check_run(plan_, prices_);
    return checked ? "" : checked.error().text();
  }

  Project project_;
  RunPlan plan_;
  std::vector<StepPrice> prices_;
};

TEST_F(Budgets, ARunIsRefusedByEachOfThemWithTheNumbers) {
  EXPECT_EQ(refused(), "") << "none is declared";
  project_.budget.time = minutes(2);
  std::string time = refused();
  EXPECT_NE(time.find("lode.yaml:7:3"), std::string::npos) << time;
  EXPECT_NE(time.find("time is 2m, and the run would take about 2 min 10 s (most of it model "
                      "large: 1 min 40 s, as in run 3)"),
            std::string::npos)
      << time;
  EXPECT_NE(time.find("nothing was begun"), std::string::npos) << time;
  project_.budget = {.place = {7, 3}, .time = seconds(130)};
  EXPECT_EQ(refused(), "") << "that is exactly it";
  project_.budget = {.place = {7, 3}, .read = 4'000'000};
  EXPECT_NE(refused().find("read is 3.8 MiB, and the run would take about 4.8 MiB"),
            std::string::npos)
      << refused();
  project_.budget = {.place = {7, 3}, .write = 3'000'000};
  EXPECT_NE(refused().find("write is 2.9 MiB"), std::string::npos) << refused();
  project_.budget = {.place = {7, 3}, .cost = 120};
  EXPECT_NE(refused().find("cost is 120 EUR, and the run would take about 130 EUR"),
            std::string::npos)
      << refused();
  project_.budget = {.place = {7, 3}, .step = seconds(50)};
  std::string step = refused();
  EXPECT_NE(step.find("step is 50s, and model large would take"), std::string::npos) << step;
  EXPECT_EQ(step.find("small"), std::string::npos) << step;
}

TEST_F(Budgets, AStepIsRefusedByWhatWentAndWhatItWouldTake) {
  project_.budget.time = minutes(3);
  RunBudget budget(project_);
  ASSERT_TRUE(budget.check_run(plan_, prices_));
  EXPECT_TRUE(budget.check_step(StepKind::kModel, "large", {.seconds = 79}));
  Status late = budget.check_step(StepKind::kModel, "large", {.seconds = 95});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code(), Code::kLimit);
  std::string text = late.error().text();
  EXPECT_NE(text.find("time is 3m; 1 min 35 s went, and model large would take about 1 min 40 s"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("what was made before it is kept"), std::string::npos) << text;
  EXPECT_TRUE(budget.check_step(StepKind::kModel, "small", {.seconds = 95}));
  EXPECT_TRUE(budget.check_step(StepKind::kModel, "stands", {.seconds = 1e6})) << "it is not made";
}

TEST_F(Budgets, AStepIsRefusedByWhatTurnsOutOfItOnTheWay) {
  project_.budget.step = minutes(2);
  RunBudget budget(project_);
  ASSERT_TRUE(budget.check_run(plan_, prices_));
  prices_[2].seconds = 500;  // the rows are read, and there are more than the files looked like
  budget.set(plan_, prices_);
  Status refused = budget.check_step(StepKind::kModel, "large", {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text().find("step is 2m, and model large would take about 8 min 20 s"),
            std::string::npos)
      << refused.error().text();
  project_.budget = {.place = {7, 3}, .write = 10'000'000};
  EXPECT_TRUE(budget.check_step(StepKind::kModel, "small", {.seconds = 0, .written = 8'000'000}));
  EXPECT_FALSE(budget.check_step(StepKind::kModel, "small", {.seconds = 0, .written = 9'500'000}));
}

}  // namespace
}  // namespace lode
