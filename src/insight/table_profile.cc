#include "insight/table_profile.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/hash.h"
#include "ingest/csv_bytes.h"
#include "ingest/csv_row.h"
#include "ingest/csv_window.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{1} << 20;
constexpr std::size_t kMostRowBytes = std::size_t{10} << 20;
constexpr std::int64_t kRowsPerAdvance = 16384;
constexpr std::size_t kMostMoments = 20'000;
constexpr std::size_t kMostHashes = std::size_t{16} << 20;  // of all columns together

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return hash64(text); }
};

std::int64_t count_words(std::string_view text) {
  std::int64_t words = 0;
  bool inside = false;
  for (char c : text) {
    bool blank = c == ' ' || c == '\t' || c == '\n';
    if (!blank && !inside) ++words;
    inside = !blank;
  }
  return words;
}

class ColumnCounter {
 public:
  ColumnCounter(std::string name, std::size_t most_distinct) : most_distinct_(most_distinct) {
    out_.name = std::move(name);
    out_.least = std::numeric_limits<double>::infinity();
    out_.greatest = -out_.least;
  }

  void add(std::string_view text, bool quoted) {
    ++out_.rows;
    if (!quoted && is_nothing(text)) return;
    ++out_.filled;
    count(text);
    read(text);
  }

  ColumnProfile take() {
    if (listing_)
      for (const auto& [value, rows] : values_) out_.values.push_back({value, rows});
    std::ranges::sort(out_.moments);
    std::ranges::sort(out_.values, [](const ValueCount& a, const ValueCount& b) {
      return a.rows != b.rows ? a.rows > b.rows : a.value < b.value;
    });
    return std::move(out_);
  }

 private:
  bool is_nothing(std::string_view text) {
    constexpr std::size_t kLongest = 8;
    if (text.size() > kLongest) return false;
    for (std::size_t w = 0; w < kNothingWords.size(); ++w)
      if (text == kNothingWords[w]) {
        ++out_.nothing[w];
        return true;
      }
    return false;
  }

  void count(std::string_view text) {
    if (listing_) {
      auto found = values_.find(text);
      if (found != values_.end()) {
        ++found->second;
        return;
      }
      if (values_.size() < kMostValues) {
        values_.emplace(text, 1);
      } else {
        listing_ = false;
        for (const auto& [value, rows] : values_) seen_.insert(hash64(value));
        values_.clear();
      }
      ++out_.distinct;
    }
    if (listing_ || out_.more_distinct) return;
    if (seen_.insert(hash64(text)).second) out_.distinct = std::ssize(seen_);
    if (seen_.size() < most_distinct_) return;
    out_.more_distinct = true;
    seen_ = {};
  }

  // What no value before could be, no value has to be tried for.
  void read(std::string_view text) {
    out_.words += count_words(text);
    std::int64_t before = out_.filled - 1;
    std::int64_t whole = 0;
    double number = 0;
    if (out_.number == before && parse_double(text, number) == nullptr) {
      ++out_.number;
      out_.least = std::min(out_.least, number);
      out_.greatest = std::max(out_.greatest, number);
      if (out_.whole == before && parse_int64(text, whole) == nullptr) {
        ++out_.whole;
        out_.padded += text.size() > 1 && text[0] == '0' && text[1] != '.' ? 1 : 0;
      }
    }
    if (out_.whole == before + 1) {
      out_.counts_up = out_.counts_up && (before == 0 || whole == last_ + 1);
      last_ = whole;
    } else {
      out_.counts_up = false;
    }
    bool truth = false;
    if (out_.truth == before && parse_bool(text, truth) == nullptr) ++out_.truth;
    read_time(text, before);
  }

  void read_time(std::string_view text, std::int64_t before) {
    std::int64_t us = 0;
    bool naive = false;
    if (out_.time < before || out_.number > 0) return;
    if (parse_time(text, us, naive, reason_) != nullptr) return;
    ++out_.time;
    take_moment(us);
    constexpr std::int64_t kDay = 86'400'000'000;
    if (us % kDay != 0) ++out_.clock;
  }

  // Every stride-th time, so that few stay of many.
  void take_moment(std::int64_t us) {
    if ((out_.time - 1) % stride_ != 0) return;
    out_.moments.push_back(us);
    if (out_.moments.size() < kMostMoments) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out_.moments.size(); i += 2) out_.moments[kept++] = out_.moments[i];
    out_.moments.resize(kept);
    stride_ *= 2;
  }

  std::size_t most_distinct_;
  std::int64_t stride_ = 1;
  ColumnProfile out_;
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> values_;
  std::unordered_set<std::uint64_t> seen_;
  bool listing_ = true;
  std::int64_t last_ = 0;
  std::string reason_;
};

class Profiler {
 public:
  Profiler(const CsvGuess& guess, std::unique_ptr<ByteSource> bytes, const CancelToken& cancel,
           const std::function<void(std::int64_t)>& advance)
      : dialect_(guess.dialect),
        window_(std::move(bytes), kWindowBytes),
        cancel_(cancel),
        advance_(advance) {
    std::size_t most = std::min(kMostDistinct, kMostHashes / guess.names.size());
    for (const std::string& name : guess.names) columns_.emplace_back(name, most);
  }

  Result<TableProfile> run() {
    TRY_VOID(window_.grow());
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (window_.rest().starts_with(kByteOrderMark)) window_.drop(kByteOrderMark.size());
    bool header = dialect_.header;
    while (true) {
      std::string_view rest = window_.rest();
      if (rest.empty() && window_.at_end()) break;
      if (rest.empty() || !split_csv_row(rest, window_.at_end(), kMostRowBytes, dialect_, row_)) {
        TRY_VOID(window_.grow());
        continue;
      }
      if (!header && row_.text_size > 0) take_row();
      if (row_.text_size > 0) header = false;
      window_.drop(row_.size);
      if (out_.rows % kRowsPerAdvance == 0 && cancel_.cancelled())
        return fail(Code::kCancelled, "stopped");
    }
    advance_(out_.rows % kRowsPerAdvance);
    for (ColumnCounter& column : columns_) out_.columns.push_back(column.take());
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
    for (std::size_t c = 0; c < columns_.size(); ++c)
      columns_[c].add(row_.fields[c].text, row_.fields[c].quoted);
  }

  const CsvDialect& dialect_;
  CsvWindow window_;
  const CancelToken& cancel_;
  const std::function<void(std::int64_t)>& advance_;
  std::vector<ColumnCounter> columns_;
  CsvRow row_;
  TableProfile out_;
};

// Words for nothing that stand in some column, and in this kind of column only for nothing. A word
// is one for the whole file.
std::vector<std::string> nulls_of(const TableProfile& profile) {
  std::vector<std::string> nulls = {""};
  for (std::size_t w = 1; w < kNothingWords.size(); ++w) {
    bool taken = false;
    for (const ColumnProfile& column : profile.columns) {
      bool numbers = column.all_numbers() || column.all_times() || column.filled == 0;
      taken = taken || (column.nothing[w] > 0 && (w < kOnlyAmongNumbers || numbers));
    }
    if (taken) nulls.emplace_back(kNothingWords[w]);
  }
  return nulls;
}

// Words that are no nulls are values like others.
void give_back_words(const std::vector<std::string>& nulls, ColumnProfile& column) {
  for (std::size_t w = 0; w < kNothingWords.size(); ++w) {
    std::string word(kNothingWords[w]);
    if (column.nothing[w] == 0 || std::ranges::find(nulls, word) != nulls.end()) continue;
    column.filled += column.nothing[w];
    column.words += column.nothing[w];
    column.distinct += 1;
    if (!column.values.empty()) column.values.push_back({word, column.nothing[w]});
    column.nothing[w] = 0;
  }
  std::ranges::stable_sort(column.values, std::ranges::greater(), &ValueCount::rows);
}

}  // namespace

Result<TableProfile> profile_table(FileSystem& files, const std::string& path,
                                   const CancelToken& cancel,
                                   const std::function<void(std::int64_t)>& advance) {
  TRY(FileInfo info, files.info(path));
  if (info.kind != FileInfo::kFile)
    return fail(Error(Code::kInvalid, "this is no file", {.file = path}));
  for (std::string_view ending : {".parquet", ".pq"})
    if (path.ends_with(ending))
      return fail(Error(Code::kUnsupported,
                        "columns are guessed of text files alone yet; declare those of a Parquet "
                        "file in a lode.yaml",
                        {.file = path}));
  TRY(CsvGuess guess, guess_csv(files, path));
  if (guess.names.size() > kMostColumns)
    return fail(Error(Code::kLimit,
                      fmt::format("{} columns are more than the {} that are looked through; name "
                                  "those you want in a lode.yaml",
                                  guess.names.size(), kMostColumns),
                      {.file = path}));
  TRY(std::unique_ptr<ByteSource> bytes, open_bytes(files, path));
  TRY(TableProfile profile, Profiler(guess, std::move(bytes), cancel, advance).run());
  profile.path = path;
  profile.bytes = static_cast<std::int64_t>(info.size);
  profile.dialect = guess.dialect;
  profile.dialect.nulls = nulls_of(profile);
  for (ColumnProfile& column : profile.columns) give_back_words(profile.dialect.nulls, column);
  return profile;
}

}  // namespace lode
