// A column's rows cut into slices that can be named: each frequent value of a text, a flag or a
// number of few values; quantiles of other numbers and of times; null.
//
// Threads: pure functions. Determinism: slices depend on the values of the rows and not on the
// column's dictionary; quantiles are taken of every n-th row where there are more than 20,000.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "table/column.h"

namespace lode {

struct SlicedColumn {
  std::string column;
  std::vector<std::string> slices{};   // "JFK", "12.5 to 30", "(null)"
  std::vector<std::int32_t> of_row{};  // slice of each row; -1: a value that is not frequent
  std::int64_t other_values = 0;       // distinct values that are not frequent
};

struct SlicingOptions {
  std::size_t most_values = 30;  // slices that are single values: those with most rows
  std::size_t few_values = 10;   // numbers of no more values than this are not cut into quantiles
  std::size_t quantiles = 5;
};

// Whether slices can be made of a column of this type: not of lists, structs and bytes.
bool can_slice(const Type& type);

// `rows` of the column; without rows no slices. Values of equal numbers of rows come in their own
// order. O(rows).
SlicedColumn slice_column(const Field& field, const Column& column,
                          std::span<const std::int64_t> rows, const SlicingOptions& options = {});

}  // namespace lode
