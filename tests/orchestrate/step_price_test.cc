#include "orchestrate/step_price.h"

#include <gtest/gtest.h>

#include "orchestrate/run.h"
#include "orchestrate/run_log.h"
#include "tests/e2e/shop.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

class StepPrices : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("orders.csv", shop_orders());
    text_ = shop_project();
    load();
  }
  void load() {
    folder_.write("lode.yaml", text_);
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }
  void declare(const std::string& was, const std::string& is) {
    std::size_t at = text_.find(was);
    ASSERT_NE(at, std::string::npos) << was;
    text_.replace(at, was.size(), is);
    load();
  }
  void run() {
    auto report = run_project(*project_, {posix_files(), system_clock(), Limits{.threads = 1},
                                          CancelToken(), silent_progress()});
    ASSERT_TRUE(report) << report.error().text();
  }
  struct Priced {
    LookedPlan looked;
    std::vector<SourceSize> sizes;
    std::vector<StepPrice> prices;
    const StepPrice& operator()(StepKind kind, std::string_view name) const {
      for (std::size_t i = 0; i < prices.size(); ++i)
        if (looked.plan.steps[i].kind == kind && looked.plan.steps[i].name == name)
          return prices[i];
      ADD_FAILURE() << "no step " << name;
      return prices[0];
    }
  };
  Priced priced(bool again = false) {
    PlanContext context{posix_files(), again};
    Priced out;
    out.looked = look_ahead(*project_, context, Limits{.threads = 1}, false).value();
    out.sizes = sizes_of(posix_files(), *project_, out.looked.sources).value();
    auto store = open_run_records(posix_files(), *project_);
    std::vector<RunRecord> runs;
    if (store) runs = (*store)->runs("shop", kLooked).value();
    out.prices = price_steps(posix_files(), *project_, out.looked.plan, out.sizes, runs);
    return out;
  }

  static constexpr int kLooked = 100;
  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  std::string text_;
};

TEST_F(StepPrices, WhatWasNeverMadeIsEstimatedRoughly) {
  Priced first = priced();
  ASSERT_EQ(first.sizes.size(), 1U);
  EXPECT_NEAR(first.sizes[0].rows, 900, 20) << "by how long the first rows are";
  EXPECT_EQ(first.sizes[0].rows, first.sizes[0].due_rows);
  for (const StepPrice& price : first.prices) {
    EXPECT_EQ(price.basis, StepPrice::Basis::kRough);
    EXPECT_GT(price.seconds, 0);
    EXPECT_LT(price.seconds, 10) << "of 900 rows";
    EXPECT_EQ(price.says, "rough: never made");
  }
  EXPECT_EQ(first(StepKind::kSource, "orders").bytes_read, shop_orders().size());
  EXPECT_EQ(first(StepKind::kModel, "returns").bytes_read, 0);
  RunPrice all = price_of_run(first.looked.plan, first.prices);
  EXPECT_EQ(all.due, 5);
  EXPECT_EQ(all.rough, 5);
  EXPECT_EQ(all.unknown, 0);
}

TEST_F(StepPrices, WhatWasMadeTakesAsLongAsThenByItsRows) {
  run();
  Priced nothing = priced();
  for (const StepPrice& price : nothing.prices) EXPECT_EQ(price.seconds, 0) << "nothing is due";
  Priced again = priced(true);
  const StepPrice& model = again(StepKind::kModel, "returns");
  EXPECT_EQ(model.basis, StepPrice::Basis::kLastTime);
  EXPECT_EQ(model.says, "as in run 1");
  EXPECT_GT(model.seconds, 0);
  EXPECT_EQ(model.rows, 900);

  std::string orders = shop_orders();
  std::string rows = orders.substr(orders.find('\n') + 1);
  folder_.write("orders.csv", orders + rows + rows);
  Priced grown = priced();
  EXPECT_NEAR(grown.sizes[0].due_rows, 1800, 40);
  EXPECT_NEAR(grown.sizes[0].rows, 2700, 40);
  const StepPrice& larger = grown(StepKind::kModel, "returns");
  EXPECT_NEAR(larger.seconds / model.seconds, 3, 0.1);
  EXPECT_NE(larger.says.find("run 1, 3"), std::string::npos) << larger.says;
  EXPECT_NE(larger.says.find("times the rows"), std::string::npos) << larger.says;
  const StepPrice& source = grown(StepKind::kSource, "orders");
  EXPECT_NEAR(source.bytes_read, 2.0 * static_cast<double>(rows.size()), 1);
}

TEST_F(StepPrices, OptionsOfAModelCountByWhatItsAlgorithmSaysOfThem) {
  declare("algorithm: logistic\n", "algorithm: {xgboost: {rounds: 10}}\n");
  run();
  double ten = priced(true)(StepKind::kModel, "returns").seconds;
  declare("rounds: 10", "rounds: 200");
  StepPrice many = priced()(StepKind::kModel, "returns");
  EXPECT_NEAR(many.seconds / ten, 20, 0.01);
  EXPECT_NE(many.says.find("20 times the work by its options"), std::string::npos) << many.says;
}

TEST_F(StepPrices, AWalkIsEstimatedWhenItIsKnownHowLongItIs) {
  text_ +=
      "retraining:\n"
      "  daily:\n"
      "    champion: returns\n"
      "    every: 1d\n"
      "    over: 2020-01-25..\n"
      "    challengers: {all: {}}\n";
  load();
  Priced first = priced();
  const StepPrice& walk = first(StepKind::kWalk, "daily");
  EXPECT_EQ(walk.basis, StepPrice::Basis::kUnknown);
  EXPECT_EQ(price_of_run(first.looked.plan, first.prices).unknown, 1);
  constexpr std::int64_t kDay = 86'400'000'000;
  constexpr std::int64_t kFirst = 18'262 * kDay;  // 2020-01-01
  first.sizes[0].times = {kFirst, kFirst + 30 * kDay};
  auto known = price_steps(posix_files(), *project_, first.looked.plan, first.sizes, {});
  EXPECT_EQ(known.back().basis, StepPrice::Basis::kRough);
  first.sizes[0].times = {kFirst, kFirst + 60 * kDay};
  auto longer = price_steps(posix_files(), *project_, first.looked.plan, first.sizes, {});
  EXPECT_GT(longer.back().seconds, 4 * known.back().seconds) << "36 periods for 6";
}

TEST_F(StepPrices, AStepMakesOutOfDateWhatFollowsAndWasMade) {
  auto of = [&](StepKind kind, std::string_view name) {
    Priced now = priced(true);
    return invalidated_by(posix_files(), *project_, now.looked.plan,
                          now.looked.plan.step(kind, name));
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(of(StepKind::kSource, "orders"), Names{}) << "nothing was made yet";
  run();
  EXPECT_EQ(of(StepKind::kSource, "orders"),
            (Names{"training set orders", "model base", "model returns", "leaderboards all"}));
  EXPECT_EQ(of(StepKind::kModel, "base"), Names{"leaderboards all"});
  EXPECT_EQ(of(StepKind::kLeaderboards, "all"), Names{});
}

TEST(Money, IsToldWithTheDigitsThatCount) {
  EXPECT_EQ(money_text(0.00312, "EUR"), "0.0031 EUR");
  EXPECT_EQ(money_text(0.42, ""), "0.42");
  EXPECT_EQ(money_text(12.345, "USD"), "12.35 USD");
  EXPECT_EQ(money_text(1234.5, "USD"), "1234 USD");
  Project project;
  EXPECT_EQ(cost_of(project, 1e6), 0);
  project.price.hour = 0.36;
  EXPECT_DOUBLE_EQ(cost_of(project, 1800), 0.18);
}

}  // namespace
}  // namespace lode
