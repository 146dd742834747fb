// What columns hold, counted: each kind beside a near miss, in texts and in Parquet files.
// covers: insight/column_counter, insight/profile_parquet
#include "insight/table_profile.h"

#include <algorithm>

#include "table/duckdb.h"
#include "tests/insight/look_through.h"

namespace lode {
namespace {

class Profiled : public LookThrough {
 protected:
  TableProfile of(std::string_view bytes, const ProfileWishes& wishes = {}) const {
    auto found = profile(bytes, wishes);
    EXPECT_TRUE(found.has_value()) << said(found);
    return found ? std::move(*found) : TableProfile();
  }
  Result<TableProfile> parquet(std::string_view select) const {
    std::string path = folder_ / "t.data";  // known by its bytes, not by its name
    Duck duck = Duck::open().value();
    Status made =
        duck.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet)", select, sql_literal(path)));
    EXPECT_TRUE(made.has_value()) << said(made);
    return profile_table(posix_files(), path, {}, CancelToken(), [](std::int64_t) {});
  }
};

TEST_F(Profiled, KindsOfColumnsAreToldApart) {
  TableProfile p =
      of("n,w,code,flag,word,day,mixed,id\n"
         "1.5,3,007,yes,the red fox,2001-01-29,1,5\n"
         "-2,4.0,010,No,a fox,2001-01-30T07:05,x,6\n"
         "1e3,-5,123,T,fox,2001-01-31,2,7\n");
  ASSERT_EQ(p.columns.size(), 8U);
  EXPECT_TRUE(p.columns[0].all_numbers());
  EXPECT_FALSE(p.columns[0].all_whole());
  EXPECT_EQ(p.columns[0].least, -2);
  EXPECT_EQ(p.columns[0].greatest, 1000);
  EXPECT_TRUE(p.columns[1].all_whole());
  EXPECT_FALSE(p.columns[1].counts_up);
  EXPECT_EQ(p.columns[2].padded, 2);
  EXPECT_TRUE(p.columns[3].all_truths());
  EXPECT_EQ(p.columns[4].words, 6);
  EXPECT_TRUE(p.columns[5].all_times());
  EXPECT_EQ(p.columns[5].times.clock, 1);
  EXPECT_FALSE(p.columns[6].all_numbers());
  EXPECT_TRUE(p.columns[7].counts_up);
  EXPECT_EQ(p.rows, 3);
}

TEST_F(Profiled, WordsForNothingAreOnesWhereTheRestIsNumbers) {
  TableProfile p = of("a,b,c\n1,x,2\nNA,y,3\n-inf,NA,4\n");
  EXPECT_EQ(p.dialect.nulls, (std::vector<std::string>{"", "NA", "-inf"}));
  EXPECT_EQ(p.columns[0].filled, 1);
  EXPECT_EQ(p.columns[1].filled, 2) << "a word is one for the whole file";
  p = of("a,b\nNA,1\nUS,2\n");
  EXPECT_EQ(p.dialect.nulls, std::vector<std::string>{""});
  EXPECT_EQ(p.columns[0].filled, 2) << "NA, Namibia";
  EXPECT_EQ(p.columns[0].distinct, 2);
  EXPECT_EQ(of("a,b\n\"\",1\n,2\nx,3\n").columns[0].nothing[0], 1) << "a quoted one is a text";
}

TEST_F(Profiled, QuotedEmptyFieldsAreNothingAmongNumbers) {
  TableProfile p = of("\"a\",\"b\"\n\"1\",\"x\"\n\"\",\"\"\n\"3\",\"NA\"\n");
  EXPECT_TRUE(p.dialect.quoted_nulls);
  EXPECT_TRUE(p.columns[0].all_numbers());
  EXPECT_EQ(p.columns[0].nothing[0], 1);
  EXPECT_EQ(p.columns[1].filled, 2);
  EXPECT_EQ(p.dialect.nulls, std::vector<std::string>{""});
  p = of("a,b\n1,x\n,\"\"\n3,y\n");
  EXPECT_FALSE(p.dialect.quoted_nulls);
  EXPECT_EQ(p.columns[1].filled, 3) << "an empty text beside a null";
  EXPECT_EQ(p.columns[1].distinct, 3);
}

TEST_F(Profiled, ValuesAreListedTheMostFrequentFirst) {
  TableProfile p = of("a\nx\ny\ny\nz\nz\n");
  ASSERT_EQ(p.columns[0].values.size(), 3U);
  EXPECT_EQ(p.columns[0].values[0].value, "y");
  EXPECT_EQ(p.columns[0].values[2].rows, 1);
  p = of("a\n" + lines(5000, [](int i) { return fmt::format("v{}", i % 2500); }));
  EXPECT_TRUE(p.columns[0].values.empty());
  EXPECT_EQ(p.columns[0].distinct, 2500);
  EXPECT_FALSE(p.columns[0].more_distinct);
}

TEST_F(Profiled, MomentsStayFewAndSpanTheFile) {
  TableProfile p = of("t\n" + lines(70'000, [](int i) {
                        return fmt::format("2001-{:02}-{:02}T{:02}:{:02}", 1 + i / 5880,
                                           1 + i / 210 % 28, i / 9 % 24, i % 60);
                      }));
  const std::vector<std::int64_t>& moments = p.columns[0].times.moments;
  EXPECT_TRUE(p.columns[0].all_times());
  EXPECT_EQ(moments.size(), 17'500U) << "every fourth";
  EXPECT_TRUE(std::ranges::is_sorted(moments));
}

TEST_F(Profiled, DatesOfOtherFormsAreFoundInTheWholeFile) {
  auto dated = [&](const std::vector<std::string>& days, const ProfileWishes& wishes = {}) {
    std::string csv = "d,x\n";
    for (const std::string& day : days) csv += day + ",1\n";
    return of(csv, wishes);
  };
  TableProfile us = dated({"1/2/11", "1/13/11"});
  EXPECT_EQ(us.dialect.dates, DateForm::kMonthDayYear);
  EXPECT_FALSE(us.dates_unsure);
  EXPECT_TRUE(us.columns[0].all_times());
  EXPECT_EQ(us.columns[0].times.moments[1], 1'294'876'800'000'000);  // 2011-01-13
  EXPECT_EQ(dated({"1/2/11 7:05", "13/1/11 23:59"}).dialect.dates, DateForm::kDayMonthYear);
  EXPECT_EQ(dated({"1.2.2011", "2.1.2011"}).dialect.dates, DateForm::kDayMonthDots);
  EXPECT_EQ(dated({"2011/1/2"}).dialect.dates, DateForm::kYearMonthDay);
  TableProfile unsure = dated({"1/2/11", "12/12/11"});
  EXPECT_EQ(unsure.dialect.dates, DateForm::kMonthDayYear);
  EXPECT_TRUE(unsure.dates_unsure);
  TableProfile other = dated({"1/2/11", "12/12/11"}, {.dates = DateForm::kDayMonthYear});
  EXPECT_EQ(other.dialect.dates, DateForm::kDayMonthYear);
  EXPECT_FALSE(other.dates_unsure);
  EXPECT_TRUE(other.columns[0].all_times());
  TableProfile none = dated({"1/13/11", "13/1/11"});
  EXPECT_EQ(none.dialect.dates, DateForm::kIso);
  EXPECT_FALSE(none.columns[0].all_times());
  EXPECT_TRUE(dated({"2011-01-02", "2011-01-03"}).columns[0].all_times());
  EXPECT_FALSE(dated({"2011-01-02", "2011-01-03T00:00:00Z"}).columns[0].all_times())
      << "one has a zone, the other has none";
}

TEST_F(Profiled, RowsThatCannotBeReadAreCounted) {
  TableProfile p = of("a,b\n1,x\n2\n3,y,z\n4,\xff\n5,\"q\"r\n6,\"w,w\"\n7,w\n8,w\n");
  EXPECT_EQ(p.rows, 8);
  EXPECT_EQ(p.torn, 3);
  EXPECT_EQ(p.unreadable, 1);
  EXPECT_EQ(p.whole_rows(), 4);
  EXPECT_EQ(p.columns[0].rows, 4);
  EXPECT_EQ(p.unreadable_why, "'\\xff' is not UTF-8; convert the file, for example with iconv");
  EXPECT_NE(said(profile("a,b\n1,\xff\n2,\xfe\n3,x\n")).find("2 of 3 rows cannot be read"),
            std::string::npos);
}

TEST_F(Profiled, WhatIsNoFileIsRefused) {
  auto folder =
      profile_table(posix_files(), folder_.string(), {}, CancelToken(), [](std::int64_t) {});
  EXPECT_NE(said(folder).find("this is no file"), std::string::npos);
  std::string wide;
  for (std::size_t c = 0; c <= kMostColumns; ++c) wide += fmt::format("{}c{}", c ? "," : "", c);
  auto many = profile(wide + "\n");
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().code(), Code::kLimit);
  CancelToken stopped;
  stopped.cancel();
  auto cancelled = profile_table(posix_files(), write("a\n1\n"), {}, stopped, [](std::int64_t) {});
  ASSERT_FALSE(cancelled.has_value());
  EXPECT_EQ(cancelled.error().code(), Code::kCancelled);
}

TEST_F(Profiled, ParquetHasTypesOfItsOwn) {
  auto p = parquet(
      "SELECT i::INTEGER n, i * 0.5::DOUBLE d, (i * 1.25)::DECIMAL(9,2) m, i % 2 = 0 b, 's' || i "
      "s, "
      "i::VARCHAR digits, DATE '2001-01-29' + i::INTEGER AS \"day\", "
      "TIMESTAMPTZ '2001-01-29 07:05:00Z' z, [i] l, "
      "CASE WHEN i = 1 THEN NULL ELSE i END gap, i::UBIGINT u, [i, i] ll FROM range(3) r(i)");
  ASSERT_TRUE(p.has_value()) << said(p);
  EXPECT_TRUE(p->parquet);
  std::vector<std::string> types;
  for (const ColumnProfile& column : p->columns) types.push_back(column.type);
  EXPECT_EQ(types, (std::vector<std::string>{"int64", "double", "decimal(9,2)", "bool", "", "",
                                             "timestamp", "timestamp", "none", "int64",
                                             "decimal(20,0)", "none"}));
  EXPECT_TRUE(p->columns[5].all_whole()) << "a text is read as what it says";
  EXPECT_TRUE(p->columns[6].all_times());
  EXPECT_EQ(p->columns[6].times.naive, 3);
  EXPECT_EQ(p->columns[7].times.naive, 0);
  EXPECT_EQ(p->columns[9].nothing[0], 1);
  EXPECT_EQ(p->columns[9].filled, 2);
}

TEST_F(Profiled, ParquetRowsThatTheReaderSetsAsideAreCounted) {
  auto p = parquet("SELECT CASE WHEN i = 1 THEN 'nan'::DOUBLE ELSE i END d FROM range(5) r(i)");
  ASSERT_TRUE(p.has_value()) << said(p);
  EXPECT_EQ(p->rows, 5);
  EXPECT_EQ(p->unreadable, 1);
  EXPECT_EQ(p->unreadable_why, "column d: nan is set aside: NaN and infinities are no values");
  std::string broken = write("PAR1 and nothing of the kind PAR1");
  auto refused = profile_table(posix_files(), broken, {}, CancelToken(), [](std::int64_t) {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().code(), Code::kInternal) << said(refused);
}

}  // namespace
}  // namespace lode
