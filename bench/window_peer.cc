#include "bench/window_peer.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cmath>
#include <string>

#include "table/duckdb.h"

namespace lode {
namespace {

constexpr std::array<std::int64_t, 3> kWidths = {3'600'000, 86'400'000, 604'800'000};

Table table_of(std::span<const WindowEvent> events) {
  std::array<ColumnBuilder, 3> builders = {
      ColumnBuilder(Type::int64()), ColumnBuilder(Type::int64()), ColumnBuilder(Type::int64())};
  for (const WindowEvent& event : events) {
    builders[0].append_int64(event.key);
    builders[1].append_int64(event.time_ms);
    builders[2].append_int64(event.cents);
  }
  Type number = Type::int64();
  Table table;
  table.rows = std::ssize(events);
  table.schema = Schema({{"k", number}, {"t", number}, {"c", number}});
  for (ColumnBuilder& builder : builders) table.columns.push_back(builder.finish());
  return table;
}

std::string windows_sql() {
  std::string columns;
  std::string windows;
  for (std::size_t w = 0; w < kWidths.size(); ++w) {
    columns +=
        fmt::format("{}count(c) OVER w{} AS n{}, sum(c) OVER w{}, avg(c) OVER w{}, max(c) OVER w{}",
                    w == 0 ? "" : ", ", w, w, w, w, w);
    windows += fmt::format(
        "{}w{} AS (PARTITION BY k ORDER BY t RANGE BETWEEN {} PRECEDING AND CURRENT ROW)",
        w == 0 ? "" : ", ", w, kWidths[w] - 1);
  }
  return fmt::format("SELECT {} FROM e WINDOW {}", columns, windows);
}

double whole(const Column& column, std::int64_t row) {
  return static_cast<double>(column.type.id == TypeId::kDecimal
                                 ? static_cast<std::int64_t>(column.decimal(row))
                                 : column.int64(row));
}

// Adds the rows as the floors do; its means must be ours but for rounding.
Status add_rows(const Table& rows, WindowDigest& digest) {
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    int place = 0;
    for (std::size_t w = 0; w < kWidths.size(); ++w) {
      const Column* column = &rows.columns[w * 4];
      double count = whole(column[0], i);
      double sum = whole(column[1], i);
      double mean = sum / (100 * count);
      if (std::abs(column[2].float64(i) / 100 - mean) > 1e-9 * std::abs(mean))
        return fail(Code::kInternal, "DuckDB's mean of window {} is {}, the sum says {}", w,
                    column[2].float64(i) / 100, mean);
      digest.add(place++, count);
      digest.add(place++, sum / 100);
      digest.add(place++, mean);
      digest.add(place++, whole(column[3], i) / 100);
    }
  }
  return {};
}

}  // namespace

Result<FloorResult> duckdb_windows(std::span<const WindowEvent> events) {
  TRY(Duck duck, Duck::open({.threads = 1}));
  Table table = table_of(events);
  TRY_VOID(duck.create_table("e", table.schema));
  TRY_VOID(duck.append("e", table));
  FloorResult result;
  auto start = std::chrono::steady_clock::now();
  TRY(TableStream stream, duck.query(windows_sql()));
  while (true) {
    TRY(std::optional<Table> rows, stream.next());
    if (!rows) break;
    TRY_VOID(add_rows(*rows, result.digest));
  }
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  result.seconds = taken.count();
  return result;
}

}  // namespace lode
