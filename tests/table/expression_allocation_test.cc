// A row costs no allocation: counted by replacing operator new for this program.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "base/random.h"
#include "table/expression.h"
#include "tests/table/expression_cases.h"

namespace {
thread_local std::int64_t allocations = 0;
}  // namespace

#ifdef LODE_SANITIZED
constexpr bool kCounts = false;  // a sanitizer has an operator new of its own, and checks its pairs
#else
constexpr bool kCounts = true;
// Not inlined: g++ takes malloc behind new and free behind delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace lode {
namespace {

TEST(ExpressionAllocation, NoneForARow) {
  if (!kCounts) GTEST_SKIP() << "allocations are not counted under a sanitizer";
  Random random(3);
  Table rows = random_rows(200, random);
  for (std::string_view text :
       {"n1 > 15", "t1 + minutes(30 + floor(n1 / 7.5))", "hour(t1)", "ln((p1 + 1) / (p2 + 4))",
        "n1 / 1000", "case when n1 > 3 then s1 else upper(s2) end",
        "coalesce(s1, 'none') in ('a', s2)", "n1 between 1 and 5 and s1 like 'a%' or b1 is null",
        "m1 * 2 + n1", "substring(s1, 2, 3) || s2"}) {
    auto bound = bind(parse_expression(text).value(), rows.schema);
    ASSERT_TRUE(bound) << text << bound.error().text();
    Evaluator evaluator(*bound);
    for (int pass = 0; pass < 2; ++pass) {
      std::int64_t before = allocations;
      for (std::int64_t i = 0; i < rows.rows; ++i)
        ASSERT_TRUE(evaluator.evaluate(rows, i, 1)) << text;
      // The first pass may find room for characters; then there is enough.
      if (pass == 1) {
        EXPECT_EQ(allocations - before, 0) << text;
      }
    }
  }
}

}  // namespace
}  // namespace lode
