// What is said of columns: figures worked out by hand, each warning beside a near miss.
// covers: insight/column_warnings
#include "insight/column_summary.h"

#include "tests/insight/look_through.h"

namespace lode {
namespace {

class Summarised : public LookThrough {
 protected:
  ColumnSummary of(std::string_view csv, std::size_t column, std::string_view type,
                   SummaryRole role = SummaryRole::kInput) const {
    auto found = profile(csv);
    EXPECT_TRUE(found.has_value()) << said(found);
    return found ? summarise(found->columns[column], type, role) : ColumnSummary();
  }
  static std::string kinds(const ColumnSummary& summary) {
    std::string out;
    for (const ColumnWarning& warning : summary.warnings)
      out += (out.empty() ? "" : ", ") + warning.kind;
    return out;
  }
};

TEST_F(Summarised, NumbersHaveQuartilesAndEqualBins) {
  // 0 to 100, and 20 rows without.
  std::string csv = "x,y\n" + lines(121, [](int i) {
                      return fmt::format("{},{}", i < 101 ? std::to_string(i) : "", i % 2);
                    });
  ColumnSummary x = of(csv, 0, "int64");
  EXPECT_EQ(x.nulls, 20);
  EXPECT_EQ(x.distinct, 101);
  ASSERT_TRUE(x.numbers.has_value());
  EXPECT_EQ(x.numbers->least, 0);
  EXPECT_EQ(x.numbers->lower, 25);
  EXPECT_EQ(x.numbers->median, 50);
  EXPECT_EQ(x.numbers->upper, 75);
  EXPECT_EQ(x.numbers->greatest, 100);
  ASSERT_TRUE(x.histogram.has_value());
  // From the .5 % quantile, .5, and so from 0, in bins of 5 whole numbers.
  EXPECT_EQ(x.histogram->from, -0.5);
  EXPECT_EQ(x.histogram->rows.front(), 5);
  std::int64_t all = 0;
  for (std::int64_t rows : x.histogram->rows) all += rows;
  EXPECT_EQ(all, 101) << "what lies beyond is in the outermost bins";
  EXPECT_TRUE(x.top.empty());
  ColumnSummary y = of(csv, 1, "int64");
  ASSERT_EQ(y.top.size(), 2U) << "few whole numbers are also listed";
  EXPECT_EQ(y.top[0].value, "0");
  EXPECT_EQ(y.top[0].rows, 61);
}

TEST_F(Summarised, TextsHaveTheirMostFrequentValues) {
  std::string csv = "x,y\n" + lines(70, [](int i) { return fmt::format("v{},1", i % 7); });
  ColumnSummary x = of(csv, 0, "string");
  ASSERT_EQ(x.top.size(), 5U);
  EXPECT_EQ(x.top[0].value, "v0");
  EXPECT_EQ(x.top[0].rows, 10);
  EXPECT_EQ(x.other_rows, 20);
  EXPECT_FALSE(x.histogram.has_value());
}

TEST_F(Summarised, TimesHaveTheirEndsAndAHistogram) {
  std::string csv =
      "t,y\n" + lines(40, [](int i) { return fmt::format("2001-02-{:02d},1", 1 + i % 20); });
  ColumnSummary t = of(csv, 0, "timestamp", SummaryRole::kTime);
  EXPECT_EQ(t.first.substr(0, 10), "2001-02-01");
  EXPECT_EQ(t.last.substr(0, 10), "2001-02-20");
  ASSERT_TRUE(t.histogram.has_value());
  EXPECT_EQ(t.histogram->rows.size(), 20U);
}

TEST_F(Summarised, WhatIsOddIsSaid) {
  auto column = [&](auto value, int rows = 200) {
    std::string csv = "x,y\n" + lines(rows, [&](int i) { return value(i) + ",1"; });
    return of(csv, 0, "string");
  };
  EXPECT_EQ(kinds(column([](int) { return std::string("a"); })), "constant");
  EXPECT_EQ(kinds(column([](int i) { return std::string(i == 0 ? "" : "a"); })), "")
      << "that one is missing may say something";
  EXPECT_EQ(kinds(column([](int) { return std::string(); })), "empty");
  EXPECT_EQ(kinds(column([](int i) { return std::string(i % 20 == 0 ? "a" : ""); })),
            "nearly all null");
  EXPECT_EQ(kinds(column([](int i) { return std::string(i % 19 == 0 ? "a" : ""); })), "");
  EXPECT_EQ(kinds(column([](int i) { return fmt::format("k{}", i); })), "nearly unique");
  EXPECT_EQ(kinds(column([](int i) { return fmt::format("k{}", i % 150); })), "");
  EXPECT_EQ(kinds(column([](int i) { return fmt::format("{}", 5 + i); })), "nearly unique");
  EXPECT_EQ(kinds(column([](int i) { return fmt::format("{}", i * 7 % 1999); })), "")
      << "numbers are often all different";
  ColumnSummary spelt = column([](int i) {
    return std::string(i % 3 == 0 ? "Yes" : i % 3 == 1 ? "yes" : "maybe");
  });
  EXPECT_EQ(kinds(spelt), "mixed spellings");
  EXPECT_NE(spelt.warnings[0].says.find("'Yes' (67 rows), 'yes' (67 rows)"), std::string::npos)
      << spelt.warnings[0].says;
}

TEST_F(Summarised, ValuesAboutPersonsAreNotSaid) {
  std::string csv =
      "mail,y\n" + lines(200, [](int i) { return fmt::format("user{}@example.com,1", i % 40); });
  ColumnSummary mail = of(csv, 0, "string", SummaryRole::kLeftOut);
  EXPECT_TRUE(mail.hidden);
  EXPECT_TRUE(mail.top.empty());
  ASSERT_EQ(kinds(mail), "likely PII");
  EXPECT_EQ(mail.warnings[0].says,
            "likely e-mail addresses: 40 of 40 different values looked at have their form");
  EXPECT_NE(mail.warnings[0].done.find("left out of all models"), std::string::npos);
  for (const ColumnWarning& warning : mail.warnings)
    EXPECT_EQ((warning.says + warning.done).find("user1"), std::string::npos);
  ColumnSummary learnt = of(csv, 0, "string");
  EXPECT_NE(learnt.warnings[0].done.find("--role 'mail=out' leaves it out"), std::string::npos);
}

}  // namespace
}  // namespace lode
