#include "insight/table_profile.h"

#include <algorithm>

#include "ingest/csv_bytes.h"
#include "ingest/csv_row.h"
#include "ingest/csv_window.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{1} << 20;
constexpr std::size_t kMostRowBytes = std::size_t{10} << 20;
constexpr std::int64_t kRowsPerAdvance = 16384;
constexpr std::size_t kMostHashes = std::size_t{16} << 20;  // of all columns together

// Whether what means nothing does so in quotes too: some column of numbers or times has it there.
bool has_quoted_nulls(const TableProfile& profile) {
  return std::ranges::any_of(profile.columns, [](const ColumnProfile& column) {
    bool values = column.all_numbers() || column.all_times() || column.all_truths();
    return values && std::ranges::any_of(column.quoted_nothing, [](auto rows) { return rows > 0; });
  });
}

// Words for nothing that stand in some column, and in this kind of column only for nothing. A word
// is one for the whole file.
std::vector<std::string> nulls_of(const TableProfile& profile) {
  std::vector<std::string> nulls = {""};
  for (std::size_t w = 1; w < kNothingWords.size(); ++w) {
    bool taken = false;
    for (const ColumnProfile& column : profile.columns) {
      bool numbers = column.all_numbers() || column.all_times() || column.filled == 0;
      std::int64_t rows =
          column.nothing[w] - (profile.dialect.quoted_nulls ? 0 : column.quoted_nothing[w]);
      taken = taken || (rows > 0 && (w < kOnlyAmongNumbers || numbers));
    }
    if (taken) nulls.emplace_back(kNothingWords[w]);
  }
  return nulls;
}

// Words that are no nulls are values like others.
void give_back_words(const CsvDialect& dialect, ColumnProfile& column) {
  for (std::size_t w = 0; w < kNothingWords.size(); ++w) {
    std::int64_t back = column.nothing[w];
    if (dialect.is_null(kNothingWords[w]))
      back = dialect.quoted_nulls ? 0 : column.quoted_nothing[w];
    if (back == 0) continue;
    column.filled += back;
    column.personal.look_at(kNothingWords[w], false);
    column.words += back;
    column.distinct += 1;
    if (!column.values.empty() || column.filled == back)
      column.values.push_back({std::string(kNothingWords[w]), back});
    column.nothing[w] -= back;
  }
  sort_values(column.values);
}

class Profiler {
 public:
  Profiler(const CsvGuess& guess, const ProfileWishes& wishes, std::unique_ptr<ByteSource> bytes,
           const CancelToken& cancel, const std::function<void(std::int64_t)>& advance)
      : wishes_(wishes),
        window_(std::move(bytes), kWindowBytes),
        cancel_(cancel),
        advance_(advance) {
    out_.dialect = guess.dialect;
    if (wishes.nulls) out_.dialect.nulls = *wishes.nulls;
    for (const std::string& name : guess.names)
      columns_.emplace_back(name, most_distinct(guess.names.size()),
                            most_sampled(guess.names.size()));
  }

  Result<TableProfile> run() {
    TRY_VOID(window_.grow());
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (window_.rest().starts_with(kByteOrderMark)) window_.drop(kByteOrderMark.size());
    bool header = out_.dialect.header;
    while (true) {
      std::string_view rest = window_.rest();
      if (rest.empty() && window_.at_end()) break;
      if (rest.empty() ||
          !split_csv_row(rest, window_.at_end(), kMostRowBytes, out_.dialect, row_)) {
        TRY_VOID(window_.grow());
        continue;
      }
      if (!header && row_.text_size > 0) take_row();
      if (row_.text_size > 0) header = false;
      window_.drop(row_.size);
      if (row_.unfinished) TRY_VOID(skip_to_line_end());
      if (out_.rows % kRowsPerAdvance == 0) TRY_VOID(cancel_.check());
    }
    advance_(out_.rows % kRowsPerAdvance);
    choose_dates();
    for (ColumnCounter& column : columns_) out_.columns.push_back(column.take(out_.dialect.dates));
    if (wishes_.nulls) {
      out_.dialect.quoted_nulls = wishes_.quoted_nulls;
      return std::move(out_);
    }
    out_.dialect.quoted_nulls = has_quoted_nulls(out_);
    out_.dialect.nulls = nulls_of(out_);
    for (ColumnProfile& column : out_.columns) give_back_words(out_.dialect, column);
    return std::move(out_);
  }

 private:
  void take_row() {
    ++out_.rows;
    if (out_.rows % kRowsPerAdvance == 0) advance_(kRowsPerAdvance);
    if (!row_.fault.empty() || row_.fields.size() != columns_.size()) {
      ++out_.torn;
      return;
    }
    for (const CsvField& field : row_.fields) {
      const char* why = check_string(field.text);
      if (why == nullptr) continue;
      if (out_.unreadable++ == 0) out_.unreadable_why = shown(field.text) + " " + why;
      return;
    }
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const CsvField& field = row_.fields[c];
      if (!wishes_.nulls)
        columns_[c].add(field.text, field.quoted);
      else if (out_.dialect.is_null(field.text) && (!field.quoted || wishes_.quoted_nulls))
        columns_[c].add_null();
      else
        columns_[c].add_value(field.text);
    }
  }

  // The rest of a row that is longer than any can be.
  Status skip_to_line_end() {
    while (true) {
      std::size_t feed = window_.rest().find('\n');
      bool found = feed != std::string_view::npos;
      window_.drop(found ? feed + 1 : window_.rest().size());
      if (found || window_.at_end()) return {};
      TRY_VOID(window_.grow());
    }
  }

  // The form in which most columns are times; of two that say the same, the one that comes first.
  void choose_dates() {
    std::array<std::int64_t, kDateForms.size()> columns{};
    for (const ColumnCounter& column : columns_)
      for (std::size_t f = 1; f < columns.size(); ++f)
        if (!column.all_of(DateForm::kIso) && column.all_of(static_cast<DateForm>(f))) ++columns[f];
    std::size_t best = 1;
    for (std::size_t f = 2; f < columns.size(); ++f)
      if (columns[f] > columns[best]) best = f;
    if (wishes_.dates) {
      out_.dialect.dates = *wishes_.dates;
    } else if (columns[best] > 0) {
      out_.dialect.dates = static_cast<DateForm>(best);
      auto other = other_way_round(out_.dialect.dates);
      out_.dates_unsure = other && columns[static_cast<std::size_t>(*other)] == columns[best];
    }
  }

  const ProfileWishes& wishes_;
  CsvWindow window_;
  const CancelToken& cancel_;
  const std::function<void(std::int64_t)>& advance_;
  std::vector<ColumnCounter> columns_;
  CsvRow row_;
  TableProfile out_;
};

Result<bool> is_parquet(FileSystem& files, const std::string& path) {
  TRY(std::unique_ptr<RandomReader> file, files.open(path));
  std::array<char, 4> begin{};
  TRY(std::size_t size, file->read(0, begin));
  return std::string_view(begin.data(), size) == "PAR1";
}

Result<TableProfile> profile_text(FileSystem& files, const std::string& path,
                                  const ProfileWishes& wishes, const CancelToken& cancel,
                                  const std::function<void(std::int64_t)>& advance) {
  TRY(CsvGuess guess, guess_csv(files, path, wishes.csv));
  TRY_VOID(check_column_count(guess.names.size(), path));
  TRY(std::unique_ptr<ByteSource> bytes, open_bytes(files, path));
  return Profiler(guess, wishes, std::move(bytes), cancel, advance).run();
}

}  // namespace

std::string_view ProfileWishes::of_a_text() const {
  if (csv.header) return "--header";
  if (csv.delimiter) return "--delimiter";
  if (csv.quote) return "--quote";
  if (nulls) return "--null";
  return dates ? "--dates" : "";
}

std::size_t most_distinct(std::size_t columns) {
  return std::min(kMostDistinct, kMostHashes / std::max<std::size_t>(columns, 1));
}

std::size_t most_sampled(std::size_t columns) {
  constexpr std::size_t kMost = 10'000;
  constexpr std::size_t kLeast = 500;
  constexpr std::size_t kOfAll = std::size_t{2} << 20;
  return std::clamp(kOfAll / std::max<std::size_t>(columns, 1), kLeast, kMost);
}

Status check_column_count(std::size_t columns, const std::string& path) {
  if (columns <= kMostColumns) return {};
  return fail(Error(Code::kLimit,
                    fmt::format("{} columns are more than the {} that are looked through; name "
                                "those you want in a lode.yaml",
                                columns, kMostColumns),
                    {.file = path}));
}

Result<TableProfile> profile_table(FileSystem& files, const std::string& path,
                                   const ProfileWishes& wishes, const CancelToken& cancel,
                                   const std::function<void(std::int64_t)>& advance) {
  TRY(FileInfo info, files.info(path));
  if (info.kind != FileInfo::kFile)
    return fail(Error(Code::kInvalid, "this is no file", {.file = path}));
  TRY(bool parquet, is_parquet(files, path));
  if (parquet && !wishes.of_a_text().empty())
    return fail(Error(Code::kInvalid,
                      fmt::format("{} is of text files, and this is a Parquet file, which says so "
                                  "itself",
                                  wishes.of_a_text()),
                      {.file = path}));
  auto profile = parquet ? profile_parquet(files, path, cancel, advance)
                         : profile_text(files, path, wishes, cancel, advance);
  if (!profile) return fail(profile.error().at({.file = path}));
  profile->path = path;
  profile->bytes = static_cast<std::int64_t>(info.size);
  if (2 * profile->unreadable > profile->rows)
    return fail(Error(Code::kInvalid,
                      fmt::format("{} of {} rows cannot be read: {}", profile->unreadable,
                                  profile->rows, profile->unreadable_why),
                      {.file = path}));
  return profile;
}

}  // namespace lode
