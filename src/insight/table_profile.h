// What the columns of a file hold, in one pass over all its rows and before anything is declared
// about them: as what their texts can be read, how many are missing, which values there are.
//
// Memory: at most kMostDistinct hashes a column (fewer where there are many columns). Cost: about
// 100 ns a field. Threads: belongs to one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "insight/csv_guess.h"

namespace lode {

// Texts that say in many files that there is nothing. The first ones never mean anything else;
// those from kOnlyAmongNumbers on do, unless all other values of a column are numbers or times.
inline constexpr std::array<std::string_view, 16> kNothingWords = {
    "",     "?",  "N/A",  "n/a",  "#N/A", "NaN", "nan",      "NULL",
    "null", "NA", "None", "none", "-",    ".",   "Infinity", "inf"};
inline constexpr std::size_t kOnlyAmongNumbers = 9;

struct ValueCount {
  std::string value;
  std::int64_t rows = 0;
};

struct ColumnProfile {
  std::string name;
  std::int64_t rows = 0;
  // Rows with a word for nothing, by word; they are in no count below but `distinct` and `values`
  // of a column in which the word is a word.
  std::array<std::int64_t, kNothingWords.size()> nothing{};
  std::int64_t filled = 0;  // all others
  // How many of these read as ...
  std::int64_t whole = 0;               // a whole number
  std::int64_t number = 0;              // a number
  std::int64_t truth = 0;               // true or false, yes or no
  std::int64_t time = 0;                // a date or a time
  std::int64_t clock = 0;               // a time with something but midnight
  std::int64_t padded = 0;              // 007: a code rather than a number
  std::int64_t words = 0;               // words in all of them
  std::int64_t distinct = 0;            // different values
  bool more_distinct = false;           // and more of them: counting was stopped
  std::vector<ValueCount> values{};     // all, the most frequent first, if they are few
  std::vector<std::int64_t> moments{};  // times of rows evenly over the file, ascending
  double least = 0;                     // of the numbers
  double greatest = 0;
  bool counts_up = true;  // whole numbers, each the one before plus one

  bool all_numbers() const { return filled > 0 && number == filled; }
  bool all_whole() const { return filled > 0 && whole == filled; }
  bool all_times() const { return filled > 0 && time == filled; }
  bool all_truths() const { return filled > 0 && truth == filled; }
};

struct TableProfile {
  std::string path;
  CsvDialect dialect{};  // its nulls are those that were found
  std::int64_t rows = 0;
  std::int64_t torn = 0;  // that cannot be cut into fields
  std::int64_t bytes = 0;
  std::vector<ColumnProfile> columns{};
};

inline constexpr std::size_t kMostColumns = 4096;
inline constexpr std::size_t kMostValues = 1000;  // listed one by one
inline constexpr std::size_t kMostDistinct = 200'000;

// Reads the file whole. `advance` is told of rows. Errors: guess_csv's; kLimit for too many
// columns; kUnsupported for a file that is no text (Parquet); kCancelled.
Result<TableProfile> profile_table(FileSystem& files, const std::string& path,
                                   const CancelToken& cancel,
                                   const std::function<void(std::int64_t)>& advance);

}  // namespace lode
