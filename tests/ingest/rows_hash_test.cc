#include "ingest/rows_hash.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lode {
namespace {

Batch batch_of(const Table& rows, std::int64_t begin, std::int64_t count) {
  Batch batch;
  batch.first_row = begin;
  batch.rows_read = batch.table.rows = count;
  batch.table.schema = rows.schema;
  for (const Column& column : rows.columns)
    batch.table.columns.push_back(column.slice(begin, count));
  return batch;
}

ContentHash hash_of(const Table& rows, std::int64_t step) {
  RowsHasher hasher(rows.schema);
  for (std::int64_t at = 0; at < rows.rows; at += step)
    hasher.add(batch_of(rows, at, std::min(step, rows.rows - at)));
  return hasher.hash();
}

void append(ColumnBuilder& builder, const Type& type, std::int64_t i) {
  switch (type.id) {
    case TypeId::kBool:
      return builder.append_bool(i % 3 == 0);
    case TypeId::kDouble:
      return builder.append_double(static_cast<double>(i) / 8);
    case TypeId::kDecimal:
      return builder.append_decimal(i * 25);
    case TypeId::kDate:
      return builder.append_date(static_cast<std::int32_t>(i));
    case TypeId::kString:
    case TypeId::kBytes:
      return builder.append_string(std::string(static_cast<std::size_t>(i % 9), 'x'));
    case TypeId::kList:
      for (std::int64_t k = 0; k < i % 4; ++k) builder.child(0).append_int64(i * k);
      return builder.append_list();
    case TypeId::kStruct:
      builder.child(0).append_int64(i);
      builder.child(1).append_string(i % 2 == 0 ? "even" : "odd");
      return builder.append_struct();
    default:
      return builder.append_int64(i);
  }
}

// 200 rows of every type, with nulls.
Table sample() {
  Table rows;
  rows.rows = 200;
  std::vector<Field> fields = {
      {"bool", Type::boolean()},
      {"int64", Type::int64()},
      {"double", Type::float64()},
      {"decimal", Type::decimal(10, 2)},
      {"date", Type::date()},
      {"timestamp", Type::timestamp()},
      {"string", Type::string()},
      {"bytes", Type::bytes()},
      {"list", Type::list(Type::int64())},
      {"struct", Type::structure({{"a", Type::int64()}, {"b", Type::string()}})}};
  for (const Field& field : fields) {
    ColumnBuilder builder(field.type);
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      if (i % 7 == 3)
        builder.append_null();
      else
        append(builder, field.type, i);
    }
    rows.columns.push_back(builder.finish());
  }
  rows.schema = Schema(fields);
  return rows;
}

TEST(RowsHash, DoesNotShowBatches) {
  Table rows = sample();
  ContentHash whole = hash_of(rows, rows.rows);
  for (std::int64_t step : {1, 7, 64, 199}) EXPECT_EQ(hash_of(rows, step), whole) << step;
  RowsHasher hasher(rows.schema);
  hasher.add(batch_of(rows, 0, 100));
  ContentHash half = hasher.hash();
  EXPECT_NE(half, whole);
  hasher.add(batch_of(rows, 100, 100));
  EXPECT_EQ(hasher.hash(), whole) << "asking in between changes nothing";
}

// Two rows that change places are other rows, in each column where they differ.
TEST(RowsHash, ShowsEveryColumn) {
  Table rows = sample();
  ContentHash whole = hash_of(rows, 50);
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows.rows));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  std::ranges::reverse(order);
  for (std::size_t c = 0; c < rows.columns.size(); ++c) {
    Table other = rows;
    other.columns[c] = rows.columns[c].take(order);
    EXPECT_NE(hash_of(other, 50), whole) << rows.schema[c].name;
  }
  Table renamed = rows;
  std::vector<Field> fields = rows.schema.fields();
  fields[0].name = "boolean";
  renamed.schema = Schema(fields);
  EXPECT_NE(hash_of(renamed, 50), whole);
}

TEST(RowsHash, ShowsRowsSetAside) {
  Table rows = sample();
  auto hash_with = [&](std::int64_t row, const std::string& reason) {
    RowsHasher hasher(rows.schema);
    Batch batch = batch_of(rows, 0, 10);
    BrokenRow broken;
    broken.row = row;
    broken.reason = reason;
    batch.broken.push_back(broken);
    ++batch.rows_read;
    hasher.add(batch);
    return hasher.hash();
  };
  EXPECT_EQ(hash_with(3, "x"), hash_with(3, "x"));
  EXPECT_NE(hash_with(3, "x"), hash_with(4, "x"));
  EXPECT_NE(hash_with(3, "x"), hash_with(3, "y"));
}

}  // namespace
}  // namespace lode
