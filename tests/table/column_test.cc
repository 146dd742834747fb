#include "table/column.h"

#include <gtest/gtest.h>

#include <numeric>

namespace lode {
namespace {

// "a", null, "", "ccc", null, "é"
Column words() {
  ColumnBuilder builder(Type::string());
  builder.append_string("a");
  builder.append_null();
  builder.append_string("");
  builder.append_string("ccc");
  builder.append_null();
  builder.append_string("é");
  return builder.finish();
}

std::string text(const Column& column) {
  std::string out;
  for (std::int64_t i = 0; i < column.length; ++i)
    out += column.is_null(i) ? "- " : "'" + std::string(column.string(i)) + "' ";
  return out;
}

TEST(Column, BuilderKeepsValuesAndNulls) {
  Column column = words();
  EXPECT_EQ(column.length, 6);
  EXPECT_EQ(column.null_count, 2);
  EXPECT_EQ(text(column), "'a' - '' 'ccc' - 'é' ");
  EXPECT_EQ(column.offsets.as<std::int32_t>()[6], 6);  // bytes: 1 + 3 + 2
}

TEST(Column, BuilderIsEmptyAgainAfterFinish) {
  ColumnBuilder builder(Type::int64());
  builder.append_int64(1);
  builder.append_null();
  EXPECT_EQ(builder.finish().null_count, 1);
  EXPECT_EQ(builder.length(), 0);
  builder.append_int64(7);
  Column second = builder.finish();
  EXPECT_EQ(second.length, 1);
  EXPECT_EQ(second.null_count, 0);
  EXPECT_FALSE(second.validity);
  EXPECT_EQ(second.int64(0), 7);
}

TEST(Column, EmptyColumnsOfEveryType) {
  for (const Type& type : {Type::boolean(), Type::int64(), Type::float64(), Type::decimal(5, 2),
                           Type::string(), Type::bytes(), Type::date(), Type::timestamp(),
                           Type::list(Type::string()), Type::structure({{"x", Type::int64()}})}) {
    Column column = ColumnBuilder(type).finish();
    EXPECT_EQ(column.length, 0) << type.text();
    EXPECT_EQ(column.slice(0, 0).length, 0);
    const std::int64_t none[] = {-1, -1};
    EXPECT_EQ(column.take(none).null_count, 2) << type.text();
  }
}

TEST(Column, BuffersAreAlignedAndPadded) {
  Column column = words();
  for (const Buffer* buffer : {&column.offsets, &column.values, &column.validity})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->data()) % 64, 0U);
  Buffer buffer = Buffer::allocate(3);
  EXPECT_EQ(buffer.size(), 3);
  std::uint8_t sum = 0;
  for (int i = 0; i < 3 + 64; ++i) sum = static_cast<std::uint8_t>(sum + buffer.data()[i]);
  EXPECT_EQ(sum, 0);  // and readable, as the sanitizer sees
}

TEST(Column, SliceMovesBitsAndOffsets) {
  EXPECT_EQ(text(words().slice(1, 4)), "- '' 'ccc' - ");
  EXPECT_EQ(words().slice(2, 2).null_count, 0);
  ColumnBuilder builder(Type::boolean());
  for (int i = 0; i < 100; ++i) {
    if (i % 5 == 0)
      builder.append_null();
    else
      builder.append_bool(i % 3 == 0);
  }
  Column bits = builder.finish();
  for (std::int64_t begin : {0, 1, 7, 8, 9, 64}) {
    Column part = bits.slice(begin, 30);
    for (std::int64_t i = 0; i < 30; ++i) {
      EXPECT_EQ(part.is_null(i), (begin + i) % 5 == 0);
      if (!part.is_null(i)) {
        EXPECT_EQ(part.boolean(i), (begin + i) % 3 == 0);
      }
    }
  }
}

TEST(Column, TakeRepeatsReordersAndMakesNulls) {
  const std::int64_t rows[] = {5, 0, -1, 3, 3, 1};
  Column taken = words().take(rows);
  EXPECT_EQ(text(taken), "'é' 'a' - 'ccc' 'ccc' - ");
  EXPECT_EQ(taken.null_count, 2);
}

TEST(Column, TakeOfNestedTypes) {
  // [1, 2], null, [], [3]
  ColumnBuilder builder(Type::list(Type::int64()));
  builder.child(0).append_int64(1);
  builder.child(0).append_int64(2);
  builder.append_list();
  builder.append_null();
  builder.append_list();
  builder.child(0).append_int64(3);
  builder.append_list();
  Column lists = builder.finish();
  const std::int64_t rows[] = {3, 1, 0, 0};
  Column taken = lists.take(rows);
  const std::int32_t* offsets = taken.offsets.as<std::int32_t>();
  EXPECT_EQ(std::vector<std::int32_t>(offsets, offsets + 5),
            (std::vector<std::int32_t>{0, 1, 1, 3, 5}));
  EXPECT_EQ(taken.children[0].int64(0), 3);
  EXPECT_EQ(taken.children[0].int64(4), 2);
  EXPECT_TRUE(taken.is_null(1));
  Column sliced = lists.slice(2, 2);
  EXPECT_EQ(sliced.offsets.as<std::int32_t>()[2], 1);
  EXPECT_EQ(sliced.children[0].int64(0), 3);
}

TEST(Column, DictionaryIsReadThrough) {
  ColumnBuilder names(Type::string());
  names.append_string("ATL");
  names.append_string("ORD");
  Column column;
  column.type = Type::string();
  column.length = 3;
  column.values = Buffer::allocate(12);
  column.values.mutable_as<std::int32_t>()[1] = 1;
  column.dictionary = std::make_shared<const Column>(names.finish());
  EXPECT_EQ(text(column), "'ATL' 'ORD' 'ATL' ");
  EXPECT_EQ(text(column.slice(1, 2)), "'ORD' 'ATL' ");
  const std::int64_t rows[] = {1, -1, 1};
  Column taken = column.take(rows);
  EXPECT_EQ(text(taken), "'ORD' - 'ORD' ");
  EXPECT_NE(taken.dictionary, nullptr);
}

TEST(Table, FindsColumnsByName) {
  Table table;
  table.schema = Schema({{"a", Type::string()}});
  table.columns.push_back(words());
  table.rows = 6;
  EXPECT_EQ(table.find("a"), &table.columns[0]);
  EXPECT_EQ(table.find("A"), nullptr);
}

}  // namespace
}  // namespace lode
