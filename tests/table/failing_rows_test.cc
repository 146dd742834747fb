#include "table/failing_rows.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

Table numbers(std::int64_t rows) {
  ColumnBuilder x(Type::int64());
  for (std::int64_t i = 0; i < rows; ++i) i % 7 == 3 ? x.append_null() : x.append_int64(i % 5);
  Table table;
  table.schema = Schema({{"x", Type::int64()}});
  table.columns = {x.finish()};
  table.rows = rows;
  return table;
}

TEST(FailingRows, AreAllNamedAtOnce) {
  Table table = numbers(3000);  // more than a batch of evaluate()
  BoundExpression bound =
      bind(parse_expression("9223372036854775807 + x").value(), table.schema).value();
  auto first = bound.evaluate(table);
  ASSERT_FALSE(first);
  auto failing = failing_rows(bound, table);
  ASSERT_TRUE(failing) << failing.error().text();
  std::vector<std::int64_t> wanted;
  for (std::int64_t i = 0; i < table.rows; ++i)
    if (i % 7 != 3 && i % 5 != 0) wanted.push_back(i);
  ASSERT_EQ(failing->size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ((*failing)[i].row, wanted[i]);
  EXPECT_EQ(failing->front().reason, first.error().message()) << "as evaluate() says it";
}

TEST(FailingRows, AreNoneWhereNothingFails) {
  Table table = numbers(10);
  BoundExpression bound = bind(parse_expression("x + 1").value(), table.schema).value();
  EXPECT_TRUE(failing_rows(bound, table).value().empty());
}

}  // namespace
}  // namespace lode
