// Entities on both sides of a split that must not be, and entities that honestly come back.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

std::string customer(const LeakRows& rows, std::int64_t row) {
  return std::string(rows.entity.string(row));
}

// Each row's target by its customer's own chance of being positive.
void give_habits(LeakRows& rows, double some, double others) {
  Random random(21, 0);
  for (std::int64_t row = 0; row < rows.rows(); ++row) {
    bool high = std::stoi(customer(rows, row).substr(1)) % 2 == 0;
    rows.target[static_cast<std::size_t>(row)] = random.chance(high ? some : others) ? 1 : 0;
  }
}

TEST(SharedEntities, OneOfAnApartSplitIsEnough) {
  LeakRows rows = clean_rows(1);
  rows.train.clear();
  rows.test.clear();
  for (std::int64_t row = 0; row < rows.rows(); ++row)
    (std::stoi(customer(rows, row).substr(1)) < 200 ? rows.train : rows.test).push_back(row);
  LeakageInput input = rows.input();
  input.entities_apart = true;
  EXPECT_TRUE(leak_finding("shared_entities", input).suspects.empty());

  std::int64_t moved = rows.test[7];
  rows.test.erase(rows.test.begin() + 7);
  rows.train.insert(std::ranges::lower_bound(rows.train, moved), moved);
  std::vector<std::int64_t> same;
  for (std::int64_t row : rows.test)
    if (customer(rows, row) == customer(rows, moved)) same.push_back(row);
  input = rows.input();
  input.entities_apart = true;
  LeakFinding finding = leak_finding("shared_entities", input);
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"customer"});
  EXPECT_EQ(finding.suspects[0].test_rows, same);
  EXPECT_DOUBLE_EQ(leak_figure(finding, "share of test rows whose entity is in training"),
                   static_cast<double>(same.size()) / static_cast<double>(rows.test.size()));
}

TEST(SharedEntities, CustomersThatCarryTheTargetOverAreNamed) {
  LeakRows rows = clean_rows(1);
  give_habits(rows, 0.99, 0.02);
  std::map<std::string, std::pair<double, double>> known;  // positives, rows
  double positives = 0;
  for (std::int64_t row : rows.train) {
    auto& [hits, all] = known[customer(rows, row)];
    hits += rows.positive(row) ? 1 : 0;
    all += 1;
    positives += rows.positive(row) ? 1 : 0;
  }
  double base = positives / static_cast<double>(rows.train.size());
  std::vector<double> rate;
  std::vector<std::uint8_t> label;
  for (std::int64_t row : rows.test)
    if (auto found = known.find(customer(rows, row)); found != known.end()) {
      rate.push_back((found->second.first + base) / (found->second.second + 1));
      label.push_back(rows.positive(row) ? 1 : 0);
    }
  LeakFinding finding = leak_finding("shared_entities", rows.input());
  ASSERT_EQ(leak_columns(finding), std::vector<std::string>{"customer"});
  EXPECT_NEAR(leak_figure(finding, "AUC of the entity's share of positives in training"),
              auc_of_pairs(rate, label), 1e-12);
  EXPECT_TRUE(finding.suspects[0].test_rows.empty());  // nearly all of the test: split anew instead
}

TEST(SharedEntities, NearMissCustomersWithHabitsThatComeBack) {
  LeakRows rows = clean_rows(1);
  give_habits(rows, 0.8, 0.2);
  EXPECT_TRUE(leak_finding("shared_entities", rows.input()).suspects.empty());
}

}  // namespace
}  // namespace lode
