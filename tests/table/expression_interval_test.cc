// Interval literals: what they are read as, and what is said to those that are none. Their values
// are held against DuckDB's in expression_duckdb_test.cc.
// covers: table/expression/interval
#include <gtest/gtest.h>

#include "table/expression.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

std::string canonical(std::string_view text) {
  auto expression = parse_expression(text);
  return expression ? expression->text() : expression.error().text();
}

TEST(ExpressionInterval, IsTheCallOfADuration) {
  EXPECT_EQ(canonical("date + interval '3 hours'"), "date + hours(3)");
  EXPECT_EQ(canonical("INTERVAL 3 DAY"), "days(3)");
  EXPECT_EQ(canonical("interval '90' minutes"), "minutes(90)");
  EXPECT_EQ(canonical("interval '90 minutes'"), "minutes(90)");
  EXPECT_EQ(canonical("interval '1.5 hours'"), "minutes(90)");
  EXPECT_EQ(canonical("interval '1 day 02:30:00.25'"), "milliseconds(95400250)");
  EXPECT_EQ(canonical("interval '1 week ago'"), "days(-7)");
  EXPECT_EQ(canonical("interval '-02:00'"), "hours(-2)");
  EXPECT_EQ(canonical("interval '0 s'"), "days(0)");
  EXPECT_EQ(canonical("-interval '1h30m'"), "-minutes(90)");
  EXPECT_EQ(canonical("interval (n + 1) hour"), "hours(n + 1)");
  EXPECT_EQ(canonical("interval (n) weeks"), "days(n * 7)");
  EXPECT_EQ(canonical("interval '3 h' * 2 + interval 1 second"), "hours(3) * 2 + seconds(1)");
  for (const char* text : {"hours(3)", "days(-7)", "days(n * 7)"}) EXPECT_EQ(canonical(text), text);
}

TEST(ExpressionInterval, MayBeTheNameOfAColumn) {
  EXPECT_EQ(canonical("interval + 1"), "interval + 1");
  EXPECT_EQ(canonical("interval is null or interval in (3)"),
            "interval is null or interval in (3)");
}

TEST(ExpressionInterval, SaysWhatIsWrong) {
  auto refused = [](std::string_view text, std::string_view said) {
    auto expression = parse_expression(text);
    ASSERT_FALSE(expression) << text;
    EXPECT_NE(expression.error().text().find(said), std::string::npos) << expression.error().text();
  };
  refused("t + interval '3'", ":1:14: interval '3' is not a length of time: a unit is missing");
  refused("interval '1 month'", "'month' is no fixed length of time; write days, such as 30");
  refused("interval 2 years", "'years' is no fixed length");
  refused("interval '3 huors'", "unknown unit 'huors'; did you mean 'hours'?");
  refused("interval '3 fortnights'", "unknown unit 'fortnights'; known are microseconds, millis");
  refused("interval ''", "it is empty");
  refused("interval 'soon'", "a number is missing");
  refused("interval '1 hour,'", "a number is missing");
  refused("interval '0.5 us'", "what is below a microsecond would be lost");
  refused("interval '02:60'", "a time is written hh:mm or hh:mm:ss");
  refused("interval '3 hours ago 2 s'", "something follows 'ago'");
  refused("interval '999999999999 days'", "longer than 292 000 years");
  refused("interval '99999999999999999999 s'", "a number in it is too long");
  refused("interval 1.5 hours", "a fraction stands in quotes: interval '1.5 hours'");
  refused("interval 9223372036854775807 days", "is not a whole number of that unit");
  refused("interval 3", "expected the unit of the interval, such as hours, before end of");
  refused("interval (n) + 2", "expected the unit of the interval, such as hours, before '+'");
  refused("interval '3 days' day", "is not a whole number of that unit");
}

}  // namespace
}  // namespace lode
