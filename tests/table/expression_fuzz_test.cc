// Seeded replay of what a fuzzer would do to the parser: random bytes, random tokens and valid
// expressions with pieces changed. Nothing may crash, and what parses must print to a text that
// parses to the same.
#include <gtest/gtest.h>

#include "base/component.h"
#include "base/random.h"
#include "table/expression.h"
#include "tests/table/expression_cases.h"

namespace lode {
namespace {

// Parses, binds and evaluates; returns whether it parsed.
bool exercise(std::string_view text, const Table& rows) {
  auto expression = parse_expression(text);
  if (!expression) {
    EXPECT_FALSE(expression.error().message().empty());
    return false;
  }
  std::string canonical = expression->text();
  auto again = parse_expression(canonical);
  EXPECT_TRUE(again) << text << "\n" << canonical << "\n" << again.error().text();
  if (again) {
    EXPECT_EQ(again->text(), canonical) << text;
  }
  auto bound = bind(*expression, rows.schema);
  if (bound) static_cast<void>(bound->evaluate(rows));
  return true;
}

class ExpressionFuzz : public testing::Test {
 protected:
  ExpressionFuzz() : random_(42) { rows_ = random_rows(20, random_); }

  std::string random_expression() {
    constexpr std::string_view kTypes = "bidmsat";
    return random_pair(kTypes[random_.below(kTypes.size())], random_, 3).lode;
  }

  Random random_;
  Table rows_;
};

TEST_F(ExpressionFuzz, RandomBytes) {
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random_.below(40), ' ');
    for (char& c : text) c = static_cast<char>(random_.below(256));
    exercise(text, rows_);
  }
}

TEST_F(ExpressionFuzz, RandomTokens) {
  constexpr std::string_view kTokens[] = {
      "i1",     "d1",      "s1",       "t1",        "(",
      ")",      "[",       "]",        ",",         ".",
      "+",      "-",       "*",        "/",         "//",
      "%",      "||",      "::",       "=",         "<",
      "<=",     "<>",      "and",      "or",        "not",
      "is",     "null",    "distinct", "from",      "between",
      "in",     "like",    "escape",   "case",      "when",
      "then",   "else",    "end",      "cast",      "as",
      "bigint", "decimal", "12",       "1.5",       "1e3",
      "'x'",    "\"q\"",   "date",     "timestamp", "'2001-01-29'",
      "count",  "abs",     "hours",    "local",     "coalesce",
      "if"};
  int parsed = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::uint64_t k = 1 + random_.below(10); k > 0; --k) {
      text += kTokens[random_.below(std::size(kTokens))];
      text += ' ';
    }
    parsed += exercise(text, rows_) ? 1 : 0;
  }
  EXPECT_GT(parsed, 500);
}

TEST_F(ExpressionFuzz, ChangedExpressions) {
  int parsed = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::string text = random_expression();
    for (std::uint64_t k = random_.below(4); k > 0 && !text.empty(); --k) {
      std::size_t at = random_.below(text.size());
      switch (random_.below(4)) {
        case 0:
          text.erase(at, 1 + random_.below(5));
          break;
        case 1:
          text.insert(at, 1, static_cast<char>(32 + random_.below(96)));
          break;
        case 2:
          text[at] = static_cast<char>(random_.below(256));
          break;
        default:
          text.insert(at, text.substr(random_.below(text.size()), random_.below(20)));
      }
    }
    parsed += exercise(text, rows_) ? 1 : 0;
  }
  EXPECT_GT(parsed, 2'000);
}

// Depth is an error, not a stack overflow, however it is reached.
TEST_F(ExpressionFuzz, DeepNestingIsAnError) {
  auto repeat = [](std::string_view piece, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += piece;
    return out;
  };
  for (std::string_view opening :
       {"(", "not ", "- ", "abs(", "case when ", "i1 in (", "cast(", "x[", "1 + ("}) {
    auto expression = parse_expression(repeat(opening, 5'000) + "1");
    ASSERT_FALSE(expression) << opening;
    EXPECT_EQ(expression.error().code(), Code::kLimit) << opening << expression.error().text();
  }
  for (std::string_view chain :
       {" + i1", " and b1", "::bigint", "[i1]", ".x", " is null", " || s1"}) {
    auto expression = parse_expression("i1" + repeat(chain, 5'000));
    ASSERT_FALSE(expression) << chain;
    EXPECT_EQ(expression.error().code(), Code::kLimit) << chain << expression.error().text();
  }
  EXPECT_EQ(parse_expression(repeat("1 ", 40'000)).error().code(), Code::kLimit);
  // Just below the limit everything works, evaluation too.
  EXPECT_TRUE(exercise("n1" + repeat(" + n1", 190), rows_));
  EXPECT_TRUE(exercise(repeat("(", 190) + "n1" + repeat(")", 190), rows_));
}

}  // namespace
}  // namespace lode
