// What the columns of a file hold, in one pass over all its rows and before anything is declared
// about them: as what their texts can be read, how many are missing, which values there are. Of a
// Parquet file the types are known; the counts are made of its values' texts.
//
// Memory: at most kMostDistinct hashes a column (fewer where there are many columns). Cost: about
// 100 ns a field. Threads: belongs to one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "insight/column_counter.h"
#include "insight/csv_guess.h"

namespace lode {

struct TableProfile {
  std::string path;
  bool parquet = false;
  CsvDialect dialect{};          // of a text; its nulls and its form of dates are those found
  bool dates_unsure = false;     // no date of the file tells its form from the one with day and
                                 // month the other way round
  std::int64_t rows = 0;         // all of them
  std::int64_t torn = 0;         // of these, not to be cut into fields
  std::int64_t unreadable = 0;   // of these, with bytes or values that are none
  std::string unreadable_why{};  // of the first: "byte 0xe9 ..."
  std::int64_t bytes = 0;
  std::vector<ColumnProfile> columns{};

  std::int64_t whole_rows() const { return rows - torn - unreadable; }
};

inline constexpr std::size_t kMostColumns = 4096;
inline constexpr std::size_t kMostDistinct = 200'000;

// Without one it is guessed.
struct ProfileWishes {
  std::optional<DateForm> dates{};
  CsvWishes csv{};
  // What stands for nothing, the empty field among it.
  std::optional<std::vector<std::string>> nulls{};
  bool quoted_nulls = true;  // in quotes too

  // The wishes that are of texts alone, as flags: "--header"; "" where there are none.
  std::string_view of_a_text() const;
};

// Reads the file whole. `advance` is told of rows. Errors: guess_csv's; kInvalid for what is no
// file, a Parquet file that cannot be opened or of which a wish says what only a text has, more
// rows that are no UTF-8 than rows that are; kLimit for too many columns; kCancelled.
Result<TableProfile> profile_table(FileSystem& files, const std::string& path,
                                   const ProfileWishes& wishes, const CancelToken& cancel,
                                   const std::function<void(std::int64_t)>& advance);

// The part for Parquet files (profile_parquet.cc); the columns' types stand in their profiles.
Result<TableProfile> profile_parquet(FileSystem& files, const std::string& path,
                                     const CancelToken& cancel,
                                     const std::function<void(std::int64_t)>& advance);

// The most values of a column that are told apart, where there are so many columns.
std::size_t most_distinct(std::size_t columns);
// The most numbers of a column that are kept as a sample.
std::size_t most_sampled(std::size_t columns);
// kLimit, with the number, for more than kMostColumns.
Status check_column_count(std::size_t columns, const std::string& path);

}  // namespace lode
