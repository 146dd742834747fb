// All a CSV reader says of a text, in full and independent of batches, as one text: two ways of
// reading must agree on it.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "ingest/csv.h"

namespace lode {

inline std::vector<Field> csv_columns() {
  return {{"i", Type::int64()},     {"d", Type::float64()},     {"s", Type::string()},
          {"t", Type::timestamp()}, {"m", Type::decimal(9, 2)}, {"f", Type::boolean()},
          {"n", Type::date()},      {"y", Type::bytes()}};
}

// What a reader said, in full and independent of batches.
struct CsvTranscript {
  std::string text;
  std::int64_t rows = 0;
  std::int64_t broken = 0;
  std::int64_t rows_read = 0;
};

inline void write_csv_value(const Column& column, std::int64_t i, std::string& out) {
  if (column.is_null(i)) {
    out += "~;";
    return;
  }
  switch (column.type.id) {
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      out += std::to_string(column.int64(i));
      break;
    case TypeId::kDouble: {  // to the bit
      std::uint64_t bits = 0;
      double value = column.float64(i);
      std::memcpy(&bits, &value, 8);
      out += std::to_string(bits);
      break;
    }
    case TypeId::kDecimal:
      out += std::to_string(static_cast<std::int64_t>(column.decimal(i)));
      break;
    case TypeId::kBool:
      out += column.boolean(i) ? "T" : "F";
      break;
    case TypeId::kDate:
      out += std::to_string(column.date(i));
      break;
    default:
      out += column.string(i);
  }
  out += ';';
}

inline CsvTranscript csv_transcript(const std::string& text, const CsvDialect& dialect,
                                    const CsvLimits& limits, std::int64_t rows_per_batch) {
  CsvTranscript out;
  ReadOptions options{.wanted = Schema(csv_columns()), .rows_per_batch = rows_per_batch};
  auto reader = open_csv(bytes_of(text), dialect, options, limits);
  if (!reader) {
    out.text = "E " + reader.error().message();
    return out;
  }
  std::string naive;
  while (true) {
    auto batch = (*reader)->next();
    if (!batch.has_value()) {
      out.text += "E " + batch.error().message();
      return out;
    }
    if (!batch->has_value()) break;
    const Batch& b = **batch;
    EXPECT_EQ(b.first_row, out.rows_read);
    EXPECT_GT(b.rows_read, 0);
    EXPECT_LE(b.rows_read, rows_per_batch);
    out.rows += b.table.rows;
    out.broken += static_cast<std::int64_t>(b.broken.size());
    out.rows_read += b.rows_read;
    std::vector<std::int64_t> numbers = b.row_numbers();
    EXPECT_EQ(static_cast<std::int64_t>(numbers.size()), b.table.rows);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      out.text += fmt::format("{}:", numbers[i]);
      for (const Column& column : b.table.columns)
        write_csv_value(column, static_cast<std::int64_t>(i), out.text);
      out.text += '\n';
    }
    for (const BrokenRow& row : b.broken) {
      EXPECT_LE(row.raw.size(), kRawTextMax);
      naive += fmt::format("! {} {} {} {} {} {}\n", row.row, row.line, row.byte, row.field,
                           row.reason, row.raw);
    }
  }
  out.text += naive;
  return out;
}

}  // namespace lode
