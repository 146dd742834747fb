// From what a Parquet column holds to the declared type, exactly: a value that would change on the
// way (a fraction read as an integer, NaN, an infinite time) sets its row aside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "table/column.h"

namespace lode {

// How one declared column is read: the SQL to select, and what happens to the values that come.
struct ParquetColumn {
  enum class Way : std::uint8_t {
    kAsIs,         // the selected type is the declared one
    kCheckDouble,  // as is, NaN and infinities set aside
    kCheckTime,    // as is, infinite dates and timestamps set aside
    kNanoseconds,  // int64 nanoseconds to a timestamp
    kDateToTime,   // a date to its midnight
    kNumber,       // between int64, double and decimal
    kText,         // a string, read like a CSV field
  };
  std::string name;
  Type type;  // declared
  Way way = Way::kAsIs;
  std::string sql;  // an expression over the file's columns
  enum class Clock : std::uint8_t { kNone, kUnknown, kNaive, kInstant };
  Clock clock = Clock::kNone;  // of a timestamp column; kUnknown until the first text is read
};

// `source` is DuckDB's name of the file's type. kInvalid when no value of it is exactly one of the
// declared type; it says what to declare.
Result<ParquetColumn> plan_parquet_column(const Field& declared, std::string_view source);

struct ConvertFault {
  std::int64_t row;  // in the raw column
  std::string reason;
};

// Faulty rows are null in the result and listed, ascending.
Column convert_parquet(ParquetColumn& plan, const Column& raw, std::vector<ConvertFault>& faults);

// A path as SQL for read_parquet: DuckDB takes it for a pattern, and in one-letter classes the
// signs of patterns stand for themselves.
std::string parquet_path_literal(std::string_view path);

// A value for the raw text of a broken row: "2001-01-01T00:01:00Z", "LAS", "null".
std::string value_text(const Column& column, std::int64_t row);

}  // namespace lode
