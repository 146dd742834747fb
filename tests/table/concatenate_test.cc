#include "table/concatenate.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

Table table_of(const std::vector<int>& numbers) {
  ColumnBuilder whole(Type::int64());
  ColumnBuilder flag(Type::boolean());
  ColumnBuilder text(Type::string());
  ColumnBuilder list(Type::list(Type::int64()));
  for (int n : numbers) {
    n < 0 ? whole.append_null() : whole.append_int64(n);
    flag.append_bool(n % 2 == 0);
    n < 0 ? text.append_null() : text.append_string(std::string(static_cast<std::size_t>(n), 'x'));
    for (int i = 0; i < n; ++i) list.child(0).append_int64(i);
    list.append_list();
  }
  Table table;
  table.rows = static_cast<std::int64_t>(numbers.size());
  table.columns = {whole.finish(), flag.finish(), text.finish(), list.finish()};
  table.schema = Schema({{"n", Type::int64()},
                         {"even", Type::boolean()},
                         {"text", Type::string()},
                         {"list", Type::list(Type::int64())}});
  return table;
}

TEST(Concatenate, RowsStandInOrderWhateverTheParts) {
  std::vector<Table> parts = {table_of({1, 2, -1}), table_of({}), table_of({4, 0, 3, 5, -1, 7, 2})};
  auto joined = concatenate(parts);
  ASSERT_TRUE(joined) << joined.error().text();
  Table whole = table_of({1, 2, -1, 4, 0, 3, 5, -1, 7, 2});
  ASSERT_EQ(joined->rows, whole.rows);
  EXPECT_EQ(joined->columns[0].null_count, 2);
  for (std::int64_t i = 0; i < whole.rows; ++i) {
    ASSERT_EQ(joined->columns[0].is_null(i), whole.columns[0].is_null(i));
    ASSERT_EQ(joined->columns[1].boolean(i), whole.columns[1].boolean(i));
    if (!whole.columns[0].is_null(i)) {
      ASSERT_EQ(joined->columns[0].int64(i), whole.columns[0].int64(i));
      ASSERT_EQ(joined->columns[2].string(i), whole.columns[2].string(i));
    }
    const auto* a = joined->columns[3].offsets.as<std::int32_t>();
    const auto* b = whole.columns[3].offsets.as<std::int32_t>();
    ASSERT_EQ(a[i + 1] - a[i], b[i + 1] - b[i]);
  }
  EXPECT_EQ(joined->columns[3].children[0].length, whole.columns[3].children[0].length);
}

TEST(Concatenate, NothingGivesNothing) {
  auto none = concatenate({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->rows, 0);
}

}  // namespace
}  // namespace lode
