// Expressions: what parses prints to a text that parses to the same, binds or says why not, and
// evaluates, batch and row by row, to the same or fails in both.
#include "base/random.h"
#include "table/expression.h"
#include "tests/fuzz/entry.h"
#include "tests/table/expression_cases.h"

namespace lode::fuzz {
namespace {

const Table& rows() {
  static const Table table = [] {
    Random random(42);
    return random_rows(8, random);
  }();
  return table;
}

void run(std::string_view text) {
  if (text.size() > 4096) return;
  auto expression = parse_expression(text);
  if (!expression) {
    EXPECT_FALSE(expression.error().message().empty());
    EXPECT_NE(expression.error().code(), Code::kInternal) << expression.error().text();
    return;
  }
  std::string canonical = expression->text();
  auto again = parse_expression(canonical);
  ASSERT_TRUE(again) << text << "\n" << canonical << "\n" << again.error().text();
  EXPECT_EQ(again->text(), canonical) << text;
  auto bound = bind(*expression, rows().schema);
  if (!bound) {
    EXPECT_NE(bound.error().code(), Code::kInternal) << bound.error().text();
    return;
  }
  (void)bound->evaluate(rows());
}

std::vector<std::string> seeds() {
  std::vector<std::string> out = {"i1 + 2 * d1 > 0.5 and not b1",
                                  "case when s1 like 'a%' then 1 else null end",
                                  "cast(i1 as decimal(9, 2)) / 3",
                                  "coalesce(s1, 'x') || \"s2\"",
                                  "timestamp '2001-01-29 10:00:00' - hours(2)",
                                  "i1 between 1 and 3 or i1 in (4, 5)",
                                  "distinct(s1)",
                                  "count()",
                                  "extract_year(t1)",
                                  "-i1::double % 7 // 2"};
  Random random(7);
  for (int i = 0; i < 30; ++i) {
    constexpr std::string_view kTypes = "bidmsat";
    out.push_back(random_pair(kTypes[random.below(kTypes.size())], random, 3).lode);
  }
  return out;
}

const Registration registration({"expression", run, seeds});

}  // namespace
}  // namespace lode::fuzz
