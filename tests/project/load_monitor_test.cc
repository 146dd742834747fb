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

TEST(LoadMonitor, WhatIsSaidAndWhatIsNot) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  folder.write("lode.yaml", kSources);
  auto quiet = folder.load();
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->monitor.period, days(7));
  EXPECT_EQ(quiet->monitor.block, days(0));
  EXPECT_EQ(quiet->monitor.alpha, 0.05);
  folder.write("lode.yaml",
               std::string(kSources) + "monitor: {period: 14d, block: 3d, alpha: 0.01}\n");
  auto said = folder.load();
  ASSERT_TRUE(said);
  EXPECT_EQ(said->monitor.period, days(14));
  EXPECT_EQ(said->monitor.block, days(3));
  EXPECT_EQ(said->monitor.alpha, 0.01);
}

TEST(LoadMonitor, ColumnsAreThoseOfATrainingSetAndAReferenceIsARange) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  std::string sets =
      std::string(kSources) +
      "labels:\n"
      "  big: {about: orders, value: amount > 5, known: at}\n"
      "training:\n"
      "  orders: {rows: orders, label: big, columns: {amount: amount, twice: amount * 2}}\n";
  folder.write("lode.yaml", sets + "monitor: {columns: [twice], reference: ..2020-02-01}\n");
  auto said = folder.load();
  ASSERT_TRUE(said) << folder.errors()[0];
  EXPECT_EQ(said->monitor.columns, std::vector<std::string>{"twice"});
  EXPECT_FALSE(said->monitor.reference.begin);
  EXPECT_EQ(text(*said->monitor.reference.end), "2020-02-01T00:00:00Z");
  folder.write("lode.yaml", sets + "monitor: {columns: [amonut]}\n");
  std::vector<std::string> errors = folder.errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].find("'amount'"), std::string::npos) << errors[0];
}

TEST(LoadMonitor, WhatIsNoneIsToldAtItsPlace) {
  TemporaryProject folder;
  folder.write("orders.csv", "at,amount\n");
  folder.write("lode.yaml", std::string(kSources) +
                                "monitor: {period: 36h, block: 12h, alpha: 0.5, perod: 7d}\n");
  std::vector<std::string> errors = folder.errors();
  ASSERT_EQ(errors.size(), 4U);
  std::string all;
  for (const std::string& error : errors) all += error + "\n";
  EXPECT_NE(all.find("'period' is of whole days, such as 7d"), std::string::npos) << all;
  EXPECT_NE(all.find("'block' is of whole days"), std::string::npos) << all;
  EXPECT_NE(all.find("0.2"), std::string::npos) << all;
  EXPECT_NE(all.find("did you mean 'period'"), std::string::npos) << all;
}

}  // namespace
}  // namespace lode
