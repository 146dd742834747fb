#include <gtest/gtest.h>

#include <string>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kSources = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, amount: int64}
    time: at
)";

TEST(LoadBudget, WhatIsSaidAndWhatIsNot) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  folder.write("lode.yaml", kSources);
  auto quiet = folder.load();
  ASSERT_TRUE(quiet);
  EXPECT_FALSE(quiet->budget.declared());
  EXPECT_EQ(quiet->price.hour, 0);
  EXPECT_EQ(quiet->retries.times, 0);
  EXPECT_EQ(quiet->retries.wait, seconds(10));
  folder.write("lode.yaml", std::string(kSources) + R"(
budget: {time: 20m, step: 90s, read: 2GiB, write: 500MB, cost: 0.5}
price: {hour: 0.34, currency: EUR}
retries: {times: 3, wait: 1m}
)");
  auto said = folder.load();
  ASSERT_TRUE(said);
  EXPECT_TRUE(said->budget.declared());
  EXPECT_EQ(said->budget.time, minutes(20));
  EXPECT_EQ(said->budget.step, seconds(90));
  EXPECT_EQ(said->budget.read, std::int64_t{2} << 30);
  EXPECT_EQ(said->budget.write, 500'000'000);
  EXPECT_EQ(said->budget.cost, 0.5);
  EXPECT_EQ(said->budget.place.line, 9);
  EXPECT_EQ(said->price.hour, 0.34);
  EXPECT_EQ(said->price.currency, "EUR");
  EXPECT_EQ(said->retries.times, 3);
  EXPECT_EQ(said->retries.wait, minutes(1));
}

TEST(LoadBudget, WhatIsNoneIsToldAtItsPlace) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  folder.write("lode.yaml", std::string(kSources) + R"(
budget: {time: 0s, read: 2 gigs, cost: -1, memory: 1GiB}
price: {currency: EUR}
retries: {times: 11}
)");
  std::vector<std::string> errors = folder.errors();
  std::string all;
  for (const std::string& error : errors) all += error + "\n";
  EXPECT_EQ(errors.size(), 6U) << all;
  EXPECT_NE(all.find("'time' of 0 would let nothing run"), std::string::npos) << all;
  EXPECT_NE(all.find("'2 gigs' is no size; write it as 512MiB or 4GiB"), std::string::npos) << all;
  EXPECT_NE(all.find("'-1' is no number of 1e-06"), std::string::npos) << all;
  EXPECT_NE(all.find("'memory'"), std::string::npos) << all;
  EXPECT_NE(all.find("'hour'"), std::string::npos) << all;
  EXPECT_NE(all.find("'11' is no number of 0 to 10"), std::string::npos) << all;
}

TEST(LoadBudget, ACostNeedsAPrice) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  folder.write("lode.yaml", std::string(kSources) + "budget: {cost: 2}\n");
  std::vector<std::string> errors = folder.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find("price: {hour: 0.34, currency: EUR}"), std::string::npos) << errors[0];
}

}  // namespace
}  // namespace lode
