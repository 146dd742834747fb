// Dates in the forms of the option `dates`. Days since 1970 were worked out with Python's datetime.
#include "ingest/date_form.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "ingest/csv.h"
#include "tests/ingest/csv_transcript.h"

namespace lode {
namespace {

std::string time_of(DateForm form, std::string_view written) {
  std::int64_t us = 0;
  const char* why = parse_formed_time(form, written, us);
  return why == nullptr ? text(Timestamp{us}) : why;
}

std::int32_t days_of(DateForm form, std::string_view written) {
  std::int32_t days = -1'000'000;
  (void)parse_formed_date(form, written, days);
  return days;
}

TEST(DateForm, EachFormHasItsOwnOrderAndSign) {
  constexpr std::int32_t kDay = 11351;  // 2001-01-29
  EXPECT_EQ(days_of(DateForm::kMonthDayYear, "1/29/2001"), kDay);
  EXPECT_EQ(days_of(DateForm::kDayMonthYear, "29/01/01"), kDay);
  EXPECT_EQ(days_of(DateForm::kYearMonthDay, "2001/1/29"), kDay);
  EXPECT_EQ(days_of(DateForm::kDayMonthDots, "29.1.2001"), kDay);
  EXPECT_EQ(days_of(DateForm::kDayMonthDash, "29-1-2001"), kDay);
  EXPECT_EQ(days_of(DateForm::kMonthDayDash, "01-29-01"), kDay);
  for (std::size_t f = 1; f < kDateForms.size(); ++f) {
    auto form = static_cast<DateForm>(f);
    EXPECT_EQ(find_date_form(name_of(form)), form);
    EXPECT_NE(time_of(form, "29_1_2001").find(kDateForms[f]), std::string::npos);
  }
  EXPECT_EQ(find_date_form("iso"), DateForm::kIso);
  EXPECT_EQ(find_date_form("m/y/d"), std::nullopt);
}

TEST(DateForm, TwoDigitsOfAYearLieIn1969To2068) {
  EXPECT_EQ(time_of(DateForm::kMonthDayYear, "12/31/68"), "2068-12-31T00:00:00Z");
  EXPECT_EQ(time_of(DateForm::kMonthDayYear, "1/1/69"), "1969-01-01T00:00:00Z");
  EXPECT_EQ(time_of(DateForm::kMonthDayYear, "1/1/00"), "2000-01-01T00:00:00Z");
  EXPECT_EQ(time_of(DateForm::kMonthDayYear, "1/1/0069"), "0069-01-01T00:00:00Z");
}

TEST(DateForm, NothingIsBentIntoADate) {
  for (std::string_view wrong :
       {"",           "1",           "1/29",     "1/29/",     "1/29/2001 ", " 1/29/2001",
        "13/1/2001",  "1/32/2001",   "0/1/2001", "1/0/2001",  "2/29/2001",  "1/29/201",
        "1/29/20011", "001/29/2001", "1//2001",  "1/29-2001", "+1/29/2001", "1/29/2001T07:05",
        "1.29.2001",  "2001-01-29"}) {
    std::int32_t days = 0;
    std::int64_t us = 0;
    EXPECT_NE(parse_formed_date(DateForm::kMonthDayYear, wrong, days), nullptr) << wrong;
    EXPECT_NE(parse_formed_time(DateForm::kMonthDayYear, wrong, us), nullptr) << wrong;
  }
  EXPECT_EQ(days_of(DateForm::kMonthDayYear, "2/29/2000"), 11016);  // a leap day
  EXPECT_EQ(days_of(DateForm::kYearMonthDay, "01/1/29"), -1'000'000);
}

TEST(DateForm, ATimeOfDayMayFollow) {
  DateForm form = DateForm::kMonthDayYear;
  EXPECT_EQ(time_of(form, "1/29/01 7:05"), "2001-01-29T07:05:00Z");
  EXPECT_EQ(time_of(form, "1/29/01 23:59:59.25"), "2001-01-29T23:59:59.250000Z");
  EXPECT_EQ(time_of(form, "1/29/01 12:00 AM"), "2001-01-29T00:00:00Z");
  EXPECT_EQ(time_of(form, "1/29/01 12:30:01 pm"), "2001-01-29T12:30:01Z");
  EXPECT_EQ(time_of(form, "1/29/01 7:05 PM"), "2001-01-29T19:05:00Z");
  for (std::string_view wrong : {"24:00", "7", "7:5", "7:60", "7:05:60", "7:05:00.", "7:05 XM",
                                 "0:05 AM", "13:05 PM", "7:05PM", "7:05:00.1234567", "7:05 "})
    EXPECT_NE(time_of(form, "1/29/01 " + std::string(wrong)).find("no time of day"),
              std::string::npos)
        << wrong;
}

TEST(DateForm, WhatIsWrittenIsReadBack) {
  constexpr std::uint64_t kSeed = 5;
  Random random(kSeed, 0);
  for (int i = 0; i < 20'000; ++i) {
    auto days = static_cast<std::int64_t>(random.below(3'000'000)) - 700'000;
    Civil c = civil_from_days(days);
    if (c.year < 0 || c.year > 9999) continue;
    int y = static_cast<int>(c.year);
    EXPECT_EQ(days_of(DateForm::kMonthDayYear, fmt::format("{}/{}/{:04}", c.month, c.day, y)),
              days);
    EXPECT_EQ(days_of(DateForm::kDayMonthDots, fmt::format("{:02}.{}.{:04}", c.day, c.month, y)),
              days);
    EXPECT_EQ(days_of(DateForm::kYearMonthDay, fmt::format("{:04}/{:02}/{}", y, c.month, c.day)),
              days);
  }
}

TEST(DateForm, AFileMayHaveItsOwnBesideIso) {
  std::string csv =
      "i,d,s,t,m,f,n,y\n"
      "1,1,a,1/29/01 7:05,1,t,1-29-2001,\n"
      "2,1,a,1/29/01 7:05,1,t,1/29/01,\n"
      "3,1,a,2001-01-29T07:05:00,1,t,2001-01-29,\n"
      "4,1,a,29/1/01,1,t,1/29/01,\n";
  CsvDialect dialect;
  dialect.dates = DateForm::kMonthDayYear;
  std::string said = csv_transcript(csv, dialect, {}, 10).text;
  EXPECT_NE(said.find("1:2;"), std::string::npos) << said;
  EXPECT_NE(said.find("2:3;"), std::string::npos) << said;
  EXPECT_NE(said.find(";980751900000000;100;T;11351;"), std::string::npos) << said;
  EXPECT_NE(said.find("n '1-29-2001' is no date of the form m/d/y"), std::string::npos) << said;
  EXPECT_NE(said.find("t '29/1/01' is no date of the form m/d/y"), std::string::npos) << said;
  dialect.dates = DateForm::kIso;
  EXPECT_NE(csv_transcript(csv, dialect, {}, 10).text.find("t '1/29/01 7:05' is not a time"),
            std::string::npos);
}

TEST(DateForm, NullsMayBeQuotedWhereThatIsSaid) {
  std::string csv = "i,d,s,t,m,f,n,y\n\"\",1,\"\",,,,,\n";
  EXPECT_NE(csv_transcript(csv, {}, {}, 10).text.find("i '' is no whole number"),
            std::string::npos);
  CsvDialect dialect;
  dialect.quoted_nulls = true;
  std::string said = csv_transcript(csv, dialect, {}, 10).text;
  EXPECT_TRUE(said.starts_with("0:~;")) << said;
  EXPECT_EQ(std::ranges::count(said, '~'), 7) << said;
}

TEST(DateForm, LinesBeforeTheHeaderMayBeEmpty) {
  std::string csv = "i,d,s,t,m,f,n,y\n1,x,a,,,,,\n";
  std::string said = csv_transcript("\n\r\n" + csv, {}, {}, 10).text;
  EXPECT_NE(said.find("! 0 4 19 d 'x' is no number"), std::string::npos) << said;
}

}  // namespace
}  // namespace lode
