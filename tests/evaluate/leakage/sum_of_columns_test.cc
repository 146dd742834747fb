// Targets put together of columns, and honest columns that nearly are.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

// Rentals of days: casual and registered ones, and what is known before.
struct Rentals {
  explicit Rentals(std::uint64_t seed, std::int64_t count = 600) : rows(clean_rows(seed, count)) {
    Random random(seed, 77);
    for (std::int64_t i = 0; i < count; ++i) {
      casual.push_back(std::floor(400 * random.unit()));
      registered.push_back(std::floor(3000 + 2000 * random.unit()));
      warm.push_back(0.001 * registered.back() + random.unit());
    }
    add("warm", warm);
  }
  void add(const std::string& name, const std::vector<double>& values) {
    rows.add_numbers(name, [&](std::int64_t row) { return values[static_cast<std::size_t>(row)]; });
  }
  LeakageInput input() {
    LeakageInput input = rows.input();
    halves = above_median(number);
    input.target = halves;
    input.number = number;
    return input;
  }

  LeakRows rows;
  std::vector<double> casual, registered, warm, number;
  std::vector<std::uint8_t> halves;
};

TEST(SumOfColumns, PartsOfTheTargetAreNamed) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    Rentals days(seed);
    days.add("casual", days.casual);
    days.add("registered", days.registered);
    for (std::size_t i = 0; i < days.casual.size(); ++i)
      days.number.push_back(days.casual[i] + days.registered[i]);
    LeakFinding finding = leak_finding("sum_of_columns", days.input());
    ASSERT_EQ(leak_columns(finding), (std::vector<std::string>{"casual", "registered"})) << seed;
    EXPECT_NE(finding.suspects[0].sentence.find("which is casual + registered over"),
              std::string::npos)
        << finding.suspects[0].sentence;
    EXPECT_NEAR(leak_figure(finding, "R2 of casual + registered, held out"), 1, 1e-9);
    EXPECT_NEAR(leak_figure(finding, "coefficient"), 1, 1e-9);
    EXPECT_TRUE(finding.suspects[1].leave_out);
  }
}

TEST(SumOfColumns, ThreeColumnsWithFactorsAndAConstantAreNamed) {
  Rentals days(3);
  days.add("casual", days.casual);
  days.add("registered", days.registered);
  for (std::size_t i = 0; i < days.casual.size(); ++i)
    days.number.push_back(50 - 2 * days.casual[i] + 0.5 * days.registered[i] + 100 * days.warm[i]);
  LeakFinding finding = leak_finding("sum_of_columns", days.input());
  ASSERT_EQ(leak_columns(finding), (std::vector<std::string>{"warm", "casual", "registered"}));
  EXPECT_NE(finding.suspects[0].sentence.find(
                "which is 100 * warm - 2 * casual + 0.5 * registered + 50 over"),
            std::string::npos)
      << finding.suspects[0].sentence;
}

TEST(SumOfColumns, ALabelThatIsADifferenceOfColumnsIsNamed) {
  Rentals days(4);
  std::vector<double> closed;
  std::vector<double> opened;
  for (std::size_t i = 0; i < days.casual.size(); ++i) {
    closed.push_back(std::floor(10 * days.rows.time[i].us % 7));
    opened.push_back(closed.back() + days.rows.target[i]);
  }
  days.add("opened", opened);
  days.add("closed", closed);
  LeakFinding finding = leak_finding("sum_of_columns", days.rows.input());
  EXPECT_EQ(leak_columns(finding), (std::vector<std::string>{"opened", "closed"}));
}

// The price is known before; the refund was put together of it and the outcome.
TEST(SumOfColumns, AnHonestColumnThatALeakWasMixedWithIsNotAccused) {
  Rentals days(7);
  std::vector<double> refund;
  for (std::size_t i = 0; i < days.casual.size(); ++i)
    refund.push_back(3 * days.rows.target[i] + days.casual[i] / 10'000);
  days.add("price", days.casual);
  days.add("refund", refund);
  LeakFinding finding = leak_finding("sum_of_columns", days.rows.input());
  EXPECT_EQ(leak_columns(finding), std::vector<std::string>{"refund"});
}

// A tenth of a standard deviation of noise leaves a hundredth of the variance.
TEST(SumOfColumns, StrongButHonestColumnsAreNotAccused) {
  Rentals days(5);
  days.add("casual", days.casual);
  days.add("registered", days.registered);
  Random random(9, 9);
  for (std::size_t i = 0; i < days.casual.size(); ++i)
    days.number.push_back(days.casual[i] + days.registered[i] + 60 * leak_bell(random));
  EXPECT_TRUE(leak_finding("sum_of_columns", days.input()).suspects.empty());
}

TEST(SumOfColumns, ManyColumnsAndFewRowsFitNothing) {
  Rentals days(6, 80);
  Random random(1, 1);
  for (std::size_t i = 0; i < 80; ++i) days.number.push_back(random.unit());
  for (int c = 0; c < 200; ++c)
    days.rows.add_numbers("noise " + std::to_string(c),
                          [&](std::int64_t) { return random.unit(); });
  EXPECT_TRUE(leak_finding("sum_of_columns", days.input()).suspects.empty());
}

TEST(AboveMedian, IsHalfOfTheRowsOrWhatIsLeftOfTies) {
  EXPECT_EQ(above_median(std::vector<double>{5, 1, 3, 2, 4}),
            (std::vector<std::uint8_t>{1, 0, 0, 0, 1}));
  EXPECT_EQ(above_median(std::vector<double>{0, 0, 0, 7}), (std::vector<std::uint8_t>{0, 0, 0, 1}));
  EXPECT_EQ(above_median(std::vector<double>{7, 7, 7, 0}), (std::vector<std::uint8_t>{1, 1, 1, 0}));
  EXPECT_TRUE(above_median({}).empty());
}

}  // namespace
}  // namespace lode
