#include "ingest/csv.h"

#include <algorithm>
#include <array>

#include "ingest/csv_columns.h"
#include "ingest/csv_fast.h"
#include "ingest/csv_header.h"
#include "ingest/csv_row.h"
#include "ingest/csv_window.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

// A batch's buffers are made before its rows are known.
constexpr std::int64_t kBatchRowsMax = 1 << 20;
// A CsvColumn::Clock as a sign, in the state of a ReadPosition.
constexpr std::string_view kClocks = "-?nz";

class CsvReader final : public RecordReader {
 public:
  CsvReader(std::unique_ptr<ByteSource> bytes, const CsvDialect& dialect,
            const ReadOptions& options, const CsvLimits& limits, std::unique_ptr<ByteSource> rest)
      : dialect_(dialect),
        options_(options),
        limits_(limits),
        packed_(bytes->packed()),
        rest_(std::move(rest)),
        window_(std::move(bytes), limits.window_bytes) {
    options_.rows_per_batch = std::min(options_.rows_per_batch, kBatchRowsMax);
  }

  Status start() {
    for (const Field& field : options_.wanted.fields()) {
      TRY(CsvColumn column, CsvColumn::make(field, dialect_.dates));
      columns_.push_back(std::move(column));
    }
    TRY_VOID(skip_mark());
    if (dialect_.header) {
      TRY_VOID(read_header());
    } else {
      TRY_VOID(look_at_first_row());
    }
    if (options_.from) TRY_VOID(go_on(*options_.from));
    if (limits_.short_cut) fast_.emplace(dialect_, targets_, columns_);
    return {};
  }

  Result<std::optional<Batch>> next() override {
    if (error_) return std::unexpected(*error_);
    auto batch = read_batch();
    if (!batch) error_ = batch.error();
    return batch;
  }
  std::optional<ReadPosition> position() const override;

 private:
  Status skip_mark();
  Status read_header();
  Status look_at_first_row();
  Status go_on(const ReadPosition& from);
  Status take_line_end();
  Result<bool> split_first();
  Result<std::optional<Batch>> read_batch();
  Result<bool> fill_window();
  void read_fast(Batch& batch);
  Status read_slowly(Batch& batch);
  Status skip_to_line_end();
  void set_aside(std::string_view field, std::string reason, Batch& batch);
  std::string store_row(std::string_view& field);
  bool is_full(const Batch& batch) const;

  CsvDialect dialect_;
  ReadOptions options_;
  CsvLimits limits_;
  bool packed_;
  std::unique_ptr<ByteSource> rest_;
  CsvWindow window_;
  std::vector<CsvColumn> columns_;
  std::vector<int> targets_;  // by column of the file
  std::optional<CsvFastRow> fast_;
  CsvRow row_;
  std::int64_t line_ = 1;  // of the row at the window's front
  std::int64_t next_row_ = 0;
  std::int64_t rows_given_ = 0;
  std::int64_t batch_rows_ = 0;  // the most of the batch under way
  // Open, or in want of a line end, once the end of the file has ended a row.
  ReadPosition::Ending ending_ = ReadPosition::Ending::kSettled;
  std::int64_t stored_ = 0;  // rows of the batch under way that are in the columns
  std::optional<Error> error_;
};

Status CsvReader::skip_mark() {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  do {
    TRY_VOID(window_.grow());
  } while (!window_.at_end() && window_.rest().size() < kByteOrderMark.size());
  std::string_view text = window_.rest();
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return fail(Code::kInvalid, "the file is UTF-16; convert it to UTF-8, for example with iconv");
  if (text.starts_with(kByteOrderMark)) window_.drop(kByteOrderMark.size());
  return {};
}

// Splits the row at the front of the window; false if there is none.
Result<bool> CsvReader::split_first() {
  while (true) {
    TRY(bool more, fill_window());
    if (!more) return false;
    if (split_csv_row(window_.rest(), false, limits_.row_bytes, dialect_, row_)) return true;
    if (window_.at_end()) {
      bool found = split_csv_row(window_.rest(), true, limits_.row_bytes, dialect_, row_);
      // A CR that ended the text would be part of a line end before LF.
      bool is_whole = !row_.forced && !window_.rest().ends_with('\r');
      if (ending_ != ReadPosition::Ending::kOpen)
        ending_ = is_whole ? ReadPosition::Ending::kLineEnd : ReadPosition::Ending::kOpen;
      return found;
    }
    TRY_VOID(window_.grow());
  }
}

Status CsvReader::read_header() {
  TRY(bool found, split_first());
  while (found && row_.text_size == 0) {  // lines before the header
    window_.drop(row_.size);
    ++line_;
    TRY(found, split_first());
  }
  if (!found)
    return fail(Code::kInvalid,
                "the file is empty; its first line should name the columns, or set "
                "header: false");
  std::string_view line = window_.rest().substr(0, row_.text_size);
  TRY(targets_, match_csv_header(line, row_, dialect_, options_.wanted));
  window_.drop(row_.size);
  line_ += static_cast<std::int64_t>(row_.newlines);
  return {};
}

Status CsvReader::look_at_first_row() {
  for (std::size_t i = 0; i < columns_.size(); ++i) targets_.push_back(static_cast<int>(i));
  TRY(bool found, split_first());
  if (!found) return {};
  std::string_view line = window_.rest().substr(0, row_.text_size);
  return check_csv_first_row(line, row_, dialect_, options_.wanted);
}

Status CsvReader::go_on(const ReadPosition& from) {
  window_ = CsvWindow(std::move(rest_), limits_.window_bytes, from.byte);
  line_ = from.line;
  next_row_ = from.row;
  for (std::size_t i = 0; i < std::min(columns_.size(), from.state.size()); ++i) {
    std::size_t clock = kClocks.find(from.state[i]);
    if (clock != std::string_view::npos)
      columns_[i].set_clock(static_cast<CsvColumn::Clock>(clock));
  }
  ending_ = from.ending;
  return ending_ == ReadPosition::Ending::kLineEnd ? take_line_end() : Status();
}

// The end of the record before, which had none when it was read.
Status CsvReader::take_line_end() {
  do {
    TRY_VOID(window_.grow());
  } while (!window_.at_end() && window_.rest().size() < 2);
  std::string_view text = window_.rest();
  if (text.empty()) return {};
  std::size_t size = text.starts_with("\r\n") ? 2 : text.starts_with('\n') ? 1 : 0;
  if (size == 0)
    return fail(
        Error(Code::kConflict,
              "the last record had no line end when it was read, and what was added goes on "
              "in the same line: the record changed",
              {.line = line_}));
  window_.drop(size);
  ++line_;
  ending_ = ReadPosition::Ending::kSettled;
  return {};
}

std::optional<ReadPosition> CsvReader::position() const {
  ReadPosition at{window_.offset(), next_row_, line_, {}, ending_, {}};
  if (packed_ && window_.at_end() && window_.rest().empty()) at.before = window_.bytes().hash();
  for (const CsvColumn& column : columns_)
    at.state += kClocks[static_cast<std::size_t>(column.clock())];
  return at;
}

// Whether there is another byte; reads on if the window is used up.
Result<bool> CsvReader::fill_window() {
  if (window_.rest().empty() && !window_.at_end()) TRY_VOID(window_.grow());
  return !window_.rest().empty();
}

bool CsvReader::is_full(const Batch& batch) const {
  if (batch.rows_read == batch_rows_) return true;
  return std::ranges::any_of(columns_, [&](const CsvColumn& column) {
    return column.text_bytes() > limits_.batch_text_bytes;
  });
}

Result<std::optional<Batch>> CsvReader::read_batch() {
  Batch batch;
  batch.first_row = next_row_;
  stored_ = 0;
  batch_rows_ = options_.rows_per_batch;
  if (options_.rows >= 0) batch_rows_ = std::min(batch_rows_, options_.rows - rows_given_);
  for (CsvColumn& column : columns_) column.start(batch_rows_);
  while (!is_full(batch)) {
    TRY(bool more, fill_window());
    if (!more) break;
    if (fast_) read_fast(batch);
    if (!is_full(batch)) TRY_VOID(read_slowly(batch));
  }
  if (batch.rows_read == 0) return std::nullopt;
  next_row_ += batch.rows_read;
  rows_given_ += batch.rows_read;
  batch.table.schema = options_.wanted;
  batch.table.rows = stored_;
  for (CsvColumn& column : columns_) {
    batch.table.columns.push_back(column.finish(stored_));
    batch.naive.push_back(column.clock() == CsvColumn::Clock::kNaive ||
                          column.clock() == CsvColumn::Clock::kUnknown);
  }
  return batch;
}

// Rows of the window for as long as the short cut likes them.
void CsvReader::read_fast(Batch& batch) {
  const char* const begin = window_.begin();
  const char* at = begin;
  std::int64_t rows = 0;
  const std::int64_t most = batch_rows_ - batch.rows_read;
  while (rows < most && at != window_.end()) {
    const char* next = fast_->read(at, window_.end(), stored_ + rows);
    if (next == nullptr) break;
    at = next;
    ++rows;
  }
  window_.drop(static_cast<std::size_t>(at - begin));
  line_ += rows;
  stored_ += rows;
  batch.rows_read += rows;
}

// One row without the short cut, which may have left traces in the columns.
Status CsvReader::read_slowly(Batch& batch) {
  for (CsvColumn& column : columns_) column.give_up(stored_);
  TRY(bool found, split_first());
  if (!found) return {};
  // Where a row has several fields, an empty line is none.
  bool blank = row_.text_size == 0 && targets_.size() > 1;
  if (!blank) {
    std::string_view field;
    std::string reason = store_row(field);
    if (reason.empty()) {
      ++stored_;
    } else {
      for (CsvColumn& column : columns_) column.give_up(stored_);
      set_aside(field, std::move(reason), batch);
    }
    ++batch.rows_read;
  }
  line_ += static_cast<std::int64_t>(row_.newlines);
  window_.drop(row_.size);
  return row_.unfinished ? skip_to_line_end() : Status();
}

// Puts the split row into the columns. Returns what is wrong with it, and where, or "".
std::string CsvReader::store_row(std::string_view& field) {
  if (!row_.fault.empty()) return row_.fault;
  if (row_.fields.size() != targets_.size())
    return fmt::format("{} field{} instead of {}", row_.fields.size(),
                       row_.fields.size() == 1 ? "" : "s", targets_.size());
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i] < 0) continue;
    CsvColumn& column = columns_[static_cast<std::size_t>(targets_[i])];
    const CsvField& content = row_.fields[i];
    if ((!content.quoted || dialect_.quoted_nulls) && dialect_.is_null(content.text)) {
      column.set_null(stored_);
    } else if (const char* why = column.set_parsed(stored_, content.text)) {
      field = column.name();
      return fmt::format("{} {}", shown(content.text), why);
    }
  }
  return "";
}

void CsvReader::set_aside(std::string_view field, std::string reason, Batch& batch) {
  BrokenRow broken;
  broken.row = next_row_ + batch.rows_read;
  broken.line = line_;
  broken.byte = window_.offset();
  broken.field = field;
  broken.reason = std::move(reason);
  broken.raw = raw_text(window_.rest().substr(0, row_.text_size));
  batch.broken.push_back(std::move(broken));
}

Status CsvReader::skip_to_line_end() {
  while (true) {
    TRY(bool more, fill_window());
    if (!more) {
      ending_ = ReadPosition::Ending::kOpen;
      return {};
    }
    std::size_t feed = window_.rest().find('\n');
    if (feed != std::string_view::npos) {
      window_.drop(feed + 1);
      ++line_;
      return {};
    }
    window_.drop(window_.rest().size());
  }
}

Result<std::unique_ptr<RecordReader>> open_csv_file(FileSystem& files, const std::string& path,
                                                    const ReadOptions& options,
                                                    const OptionValues& values) {
  TRY(CsvDialect dialect, parse_csv_dialect(values));
  TRY(std::unique_ptr<ByteSource> bytes, open_bytes(files, path, {0, options.end_byte}));
  std::unique_ptr<ByteSource> rest;
  if (options.from) {
    std::int64_t begin = options.from->byte;
    bool packed = bytes->packed();
    std::uint64_t begin_byte = packed ? 0 : static_cast<std::uint64_t>(begin);
    TRY(rest, open_bytes(files, path, {begin_byte, options.end_byte}));
    if (packed) TRY_VOID(skip_bytes(*rest, begin, options.from->before));
    if (options.end) rest = first_bytes(std::move(rest), options.end->byte - begin);
  }
  if (options.end) bytes = first_bytes(std::move(bytes), options.end->byte);
  return open_csv(std::move(bytes), dialect, options, {}, std::move(rest));
}

constexpr std::array<Option, 7> kOptions = {{
    {.name = "delimiter",
     .type = OptionType::kText,
     .fallback = ",",
     .doc = "what stands between fields: one ASCII sign, or the word tab"},
    {.name = "header",
     .type = OptionType::kBool,
     .fallback = "true",
     .doc = "the first line names the columns; without it the declared columns are the file's"},
    {.name = "quote",
     .type = OptionType::kText,
     .fallback = "\"",
     .doc = "what encloses a field that holds a delimiter, a quote (written twice) or a line end; "
            "one ASCII sign, or the word none"},
    {.name = "null",
     .type = OptionType::kText,
     .fallback = "|",
     .doc = "unquoted texts that mean null, separated by '|': \"|NA\" is the empty text and NA"},
    {.name = "quoted_nulls",
     .type = OptionType::kBool,
     .fallback = "false",
     .doc = "these texts mean null in quotes too, as in files that quote every field"},
    {.name = "trim",
     .type = OptionType::kBool,
     .fallback = "false",
     .doc = "blanks around a field are no part of it"},
    {.name = "dates",
     .type = OptionType::kText,
     .fallback = "iso",
     .doc = "the form of dates and times that are not 2001-01-29: m/d/y d/m/y y/m/d d.m.y d-m-y or "
            "m-d-y; 1/29/01 7:05 PM is of m/d/y"},
}};
constexpr std::array<std::string_view, 4> kEndings = {".csv", ".csv.gz", ".tsv", ".tsv.gz"};
Status check_csv_options(const OptionValues& values) {
  TRY_VOID(parse_csv_dialect(values));
  return {};
}
constexpr Decoder kDecoder = {kEndings, open_csv_file, check_csv_options};
constinit const Component kComponent = {
    .kind = "decoder",
    .name = "csv",
    .summary = "text files with a row a line (RFC 4180), also packed with gzip",
    .description =
        "UTF-8, with or without a byte order mark; lines end in LF or CR LF; a quoted field may "
        "hold "
        "line ends. Columns are found by the names in the header, case counts, and those that are "
        "not "
        "declared are skipped. A row is set aside, with its row, line and byte, when it has too "
        "few or "
        "too many fields, a field that is not of its declared type, a malformed quote, a NUL byte "
        "or "
        "malformed UTF-8 in a string, or more than 10 MiB. The first time of a column decides "
        "whether "
        "its times carry a zone. With `dates` a date may also be of that form: a year of two "
        "digits "
        "lies in 1969 to 2068 (y/m/d has four), and a time of day may follow a blank, h:mm[:ss], "
        "with AM or PM. Empty lines are no rows, also before the header, except where a row has "
        "one field only.",
    .example = "files: airports.csv",
    .options = kOptions,
    .factory = &kDecoder,
};
const Registration kRegistration(kComponent);

}  // namespace

Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteSource> bytes,
                                               const CsvDialect& dialect,
                                               const ReadOptions& options, const CsvLimits& limits,
                                               std::unique_ptr<ByteSource> rest) {
  auto reader =
      std::make_unique<CsvReader>(std::move(bytes), dialect, options, limits, std::move(rest));
  TRY_VOID(reader->start());
  return reader;
}

}  // namespace lode
