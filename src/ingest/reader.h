// Files to records: a RecordReader turns a file into Tables of declared columns, in file order. A
// row that cannot be read as declared is set aside with its place and reason; nothing is ever
// defaulted.
//
// A reader is a component of kind "decoder" (csv.cc, parquet.cc), found by the file's name or by
// the option `format`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/option_values.h"
#include "table/column.h"

namespace lode {

inline constexpr std::size_t kRawTextMax = 1024;

// A row set aside.
struct BrokenRow {
  std::int64_t row = 0;    // its number in the file, from 0; broken rows have a number like others
  std::int64_t line = 0;   // text files: the line it begins on, from 1; else 0
  std::int64_t byte = -1;  // text files: where it begins, in the unpacked text; else -1
  std::string field{};     // the column at fault; "" = the row as a whole
  std::string reason{};    // "'abc' is no whole number"
  std::string raw{};       // its text, cut to kRawTextMax bytes; may be malformed UTF-8
};

// Consecutive rows of a file: those that could be read, and those set aside.
struct Batch {
  Table table;                      // the declared columns, in their declared order
  std::int64_t first_row = 0;       // number in the file of the first row, broken or not
  std::int64_t rows_read = 0;       // table.rows + broken.size()
  std::vector<BrokenRow> broken{};  // by ascending row
  // For each timestamp column: true if its values are readings of a local clock without a zone, as
  // if that clock were UTC. Whoever declares the zone turns them into instants. False elsewhere.
  std::vector<bool> naive{};

  // The number in the file of each row of the table, ascending.
  std::vector<std::int64_t> row_numbers() const;
};

// A place between two rows of a file, from where a file that has grown is read on.
struct ReadPosition {
  // Whether what stands behind this place could change how the rows before were read.
  enum class Ending : std::uint8_t {
    kOpen,     // it could
    kLineEnd,  // only if it does not begin with a line end: the last record has none
    kSettled,  // it cannot
  };
  std::int64_t byte = 0;  // of the text, unpacked; 0 in a file that is no text
  std::int64_t row = 0;   // number of the row that begins here
  std::int64_t line = 1;  // and its line
  std::string state{};    // what the rows before have decided; the reader's own, printable ASCII
  Ending ending = Ending::kOpen;
  // Of what was read up to here, where a beginning of the file does not show it: of the text of a
  // packed file, and only at its end; of the values of the declared columns of a Parquet file.
  std::optional<ContentHash> before{};
  bool operator==(const ReadPosition&) const = default;
};

struct ReadOptions {
  Schema wanted{};       // columns to read, by name; the file's others are skipped
  std::string format{};  // a decoder's name; "" = by the ending of the file's name
  std::vector<std::pair<std::string, std::string>> format_options{};  // of lode.yaml
  std::int64_t rows_per_batch = 16384;  // at least 1; broken rows count
  int threads = 1;                      // never changes what is read
  // One that a reader of such options gave; else the beginning. kConflict when the file before it
  // is another one, as far as the reader sees that, or when its last record has been continued.
  std::optional<ReadPosition> from{};
  std::uint64_t end_byte = 0;         // a text file is taken to end here; 0: where it does
  std::optional<ReadPosition> end{};  // one that a reader gave: nothing behind it is read
  std::int64_t rows = -1;             // no more than so many, if not negative
};

// Belongs to one thread at a time. Memory: one batch, and for text a row of up to 10 MiB.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  // The next rows (at least one, read or broken), or nothing at the end. An error is about the
  // file, not a row; it is given again on every later call.
  virtual Result<std::optional<Batch>> next() = 0;
  // Where the rows read so far end. Nothing: a file of this kind cannot be read on.
  virtual std::optional<ReadPosition> position() const { return std::nullopt; }
};

// What a component of kind "decoder" has as its factory.
struct Decoder {
  std::span<const std::string_view> endings;  // ".csv", ".csv.gz"; the longest match wins
  Result<std::unique_ptr<RecordReader>> (*open)(FileSystem& files, const std::string& path,
                                                const ReadOptions& options,
                                                const OptionValues& values);
  // What is wrong with options that are of their types, before there is a file; nullptr: nothing.
  Status (*check)(const OptionValues& values) = nullptr;
  // How many rows a file has, where it says so itself; nullptr: it must be read for that.
  Result<std::int64_t> (*count)(const std::string& path) = nullptr;
};

// Opens a file and checks that it has the declared columns. kNotFound: no such file; kInvalid: an
// unknown format or option, a missing column (with the nearest name there is), a type that the
// column cannot be read as.
Result<std::unique_ptr<RecordReader>> open_reader(FileSystem& files, const std::string& path,
                                                  const ReadOptions& options);

// The errors of open_reader that can be had without the file: its format and the options of it.
Status check_format(const std::string& path, const ReadOptions& options);

// About how many rows a file has for each of its bytes: by what it says itself, or by its first
// rows. For estimates; a packed text is taken to have four times the bytes of its file. 0: it has
// none. Errors: those of open_reader and of reading. Reads 16,384 rows at most.
Result<double> rows_a_byte(FileSystem& files, const std::string& path, ReadOptions options);

// Whether a file that grew begins with what was read of it up to `end`, which has a `before`. Reads
// it up to there.
Result<bool> begins_as_read(FileSystem& files, const std::string& path, ReadOptions options,
                            const ReadPosition& end);

// For readers: a declared column that is not among those of a file.
Error missing_column(std::string_view wanted, std::span<const std::string_view> known);
// For readers: `text` cut to kRawTextMax bytes.
std::string raw_text(std::string_view text);
// For readers: the table without the rows (0-based positions, ascending) that are set aside.
Table without_rows(const Table& table, std::span<const std::int64_t> set_aside);

}  // namespace lode
