// What a report says of each column of a file: its type, its role, how much is missing, what its
// values are like, and what is odd about it with what was done. Made of a TableProfile; values that
// are likely about persons are in none of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "insight/personal_data.h"
#include "insight/table_profile.h"

namespace lode {

enum class SummaryRole : std::uint8_t { kTarget, kTime, kEntity, kInput, kLeftOut };
std::string_view summary_role_name(SummaryRole role);  // "target", "left out", ...

// Least and greatest of all rows; quartiles of those sampled evenly over the file.
struct NumberSummary {
  double least = 0;
  double lower = 0;
  double median = 0;
  double upper = 0;
  double greatest = 0;
};

// Of sampled rows, in bins of one width between `from` and `to`; the outermost also hold what lies
// beyond. Times in seconds since 1970.
struct HistogramSummary {
  double from = 0;
  double to = 0;
  std::vector<std::int64_t> rows{};
};

struct ColumnWarning {
  std::string kind;  // "constant", "empty", "nearly all null", "nearly unique", ...
  std::string says;  // what it is, as a sentence without its end
  std::string done;  // what was done about it, or is to be done
};

struct ColumnSummary {
  std::string name;
  std::string type;
  SummaryRole role = SummaryRole::kInput;
  std::int64_t nulls = 0;
  std::int64_t distinct = 0;
  bool more_distinct = false;
  std::optional<NumberSummary> numbers{};
  std::string first{};  // of times
  std::string last{};
  std::optional<HistogramSummary> histogram{};
  std::vector<ValueCount> top{};  // the most frequent, where there are few enough to be counted
  std::int64_t other_rows = 0;    // with another value than these; 0 where none are named
  bool hidden = false;            // values are not shown: likely about persons
  std::vector<ColumnWarning> warnings{};
};

struct TableSummary {
  std::string source;
  std::string file;        // that was looked through
  std::int64_t files = 1;  // of the source
  std::int64_t rows = 0;
  std::int64_t torn = 0;
  std::int64_t unreadable = 0;
  std::vector<ColumnSummary> columns{};
};

// What is likely about persons in a column that is no time.
std::optional<PersonalData> personal_of(const ColumnProfile& column);
// The type of lode.yaml that all values of a column are of: what a file says itself, else the
// narrowest; of codes like 007 string.
std::string guessed_type(const ColumnProfile& column);

// `type` as it was declared or guessed. Cost: sorts the column's sample.
ColumnSummary summarise(const ColumnProfile& column, std::string_view type, SummaryRole role);

}  // namespace lode
