#include "ingest/csv_row.h"

#include <fmt/core.h>

#include <algorithm>

namespace lode {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Reads one row; every member moves `at_` over what it has understood.
class Splitter {
 public:
  Splitter(std::string_view text, bool last, const CsvDialect& dialect, CsvRow& row)
      : text_(text), last_(last), dialect_(dialect), row_(row) {}

  enum class Outcome { kRow, kMore, kUnclosed };
  bool within_quotes() const { return within_quotes_; }

  Outcome split() {
    while (true) {
      skip_blanks();
      bool quoted = dialect_.quote != '\0' && peek() == dialect_.quote && at_ < text_.size();
      Outcome outcome = quoted ? quoted_field() : plain_field();
      if (outcome != Outcome::kRow) return outcome;
      if (!row_.fault.empty()) return rest_of_line();
      if (at_ < text_.size() && text_[at_] == dialect_.delimiter) {
        ++at_;
        continue;
      }
      return finish();
    }
  }

 private:
  struct Piece {  // of row_.unescaped, until the row is complete and its address is fixed
    std::size_t field, begin, size;
  };

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    if (!dialect_.trim) return;
    while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != dialect_.delimiter) ++at_;
  }
  // At LF, CR LF, or the end of the last row.
  bool at_row_end() const {
    if (at_ >= text_.size()) return last_;
    if (text_[at_] == '\n') return true;
    return text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
  }

  Outcome plain_field() {
    std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != dialect_.delimiter && text_[at_] != '\n') {
      if (dialect_.quote != '\0' && text_[at_] == dialect_.quote) {
        row_.fault =
            fmt::format("a quote stands within an unquoted field, at byte {} of the row", at_ + 1);
        return Outcome::kRow;
      }
      ++at_;
    }
    if (at_ >= text_.size() && !last_) return Outcome::kMore;
    std::size_t end = at_;
    bool at_line_feed = at_ < text_.size() && text_[at_] == '\n';
    if (at_line_feed && end > begin && text_[end - 1] == '\r') at_ = --end;
    if (dialect_.trim)
      while (end > begin && is_blank(text_[end - 1])) --end;
    row_.fields.push_back({text_.substr(begin, end - begin), false});
    return Outcome::kRow;
  }

  Outcome quoted_field() {
    std::size_t begin = ++at_;
    bool doubled = false;
    within_quotes_ = true;
    while (true) {
      at_ = std::min(text_.find(dialect_.quote, at_), text_.size());
      if (at_ == text_.size()) return last_ ? Outcome::kUnclosed : Outcome::kMore;
      if (at_ + 1 == text_.size() && !last_) return Outcome::kMore;
      if (at_ + 1 == text_.size() || text_[at_ + 1] != dialect_.quote) break;
      doubled = true;
      at_ += 2;
    }
    within_quotes_ = false;
    keep_quoted(text_.substr(begin, at_ - begin), doubled);
    ++at_;
    skip_blanks();
    bool undecided = at_ >= text_.size() || (text_[at_] == '\r' && at_ + 1 == text_.size());
    if (undecided && !last_) return Outcome::kMore;
    if (!at_row_end() && peek() != dialect_.delimiter)
      row_.fault = fmt::format("something follows a closing quote, at byte {} of the row", at_ + 1);
    return Outcome::kRow;
  }

  void keep_quoted(std::string_view inside, bool doubled) {
    if (doubled) {
      std::size_t begin = row_.unescaped.size();
      for (std::size_t i = 0; i < inside.size(); ++i) {
        row_.unescaped += inside[i];
        if (inside[i] == dialect_.quote) ++i;
      }
      pieces_.push_back({row_.fields.size(), begin, row_.unescaped.size() - begin});
    }
    row_.fields.push_back({inside, true});
  }

  // A faulty row: what is left of it ends at the next line feed, quotes or not.
  Outcome rest_of_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    if (at_ == text_.size() && !last_) return Outcome::kMore;
    if (at_ > 0 && at_ < text_.size() && text_[at_ - 1] == '\r') --at_;
    return finish();
  }

  Outcome finish() {
    row_.text_size = at_;
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size()) ++at_;  // LF
    row_.size = at_;
    std::string_view whole = text_.substr(0, row_.size);
    row_.newlines = static_cast<std::size_t>(std::ranges::count(whole, '\n'));
    for (const Piece& piece : pieces_)
      row_.fields[piece.field].text =
          std::string_view(row_.unescaped).substr(piece.begin, piece.size);
    return Outcome::kRow;
  }

  std::string_view text_;
  bool last_;
  const CsvDialect& dialect_;
  CsvRow& row_;
  std::size_t at_ = 0;
  bool within_quotes_ = false;
  std::vector<Piece> pieces_;
};

// Ends a row at its first line feed, or takes all of `text` when it has none.
void end_at_first_line(std::string_view text, bool last, CsvRow& row) {
  std::size_t feed = text.find('\n');
  bool found = feed != std::string_view::npos;
  row.unfinished = !found && !last;
  row.size = found ? feed + 1 : text.size();
  row.text_size = found ? feed : text.size();
  row.newlines = found ? 1 : 0;
  if (found && feed > 0 && text[feed - 1] == '\r') --row.text_size;
}

}  // namespace

bool split_csv_row(std::string_view text, bool last, std::size_t limit, const CsvDialect& dialect,
                   CsvRow& row) {
  row.fields.clear();
  row.fault.clear();
  row.unescaped.clear();
  row.unfinished = false;
  row.forced = false;
  // What is decided may not depend on how much was read ahead: nothing past the limit and its line
  // end is looked at.
  std::size_t most = limit + 2;
  last = last && text.size() <= most;
  text = text.substr(0, most);
  Splitter splitter(text, last, dialect, row);
  auto outcome = splitter.split();
  if (outcome == Splitter::Outcome::kMore && text.size() < most) return false;
  if (outcome == Splitter::Outcome::kRow && row.text_size <= limit) return true;
  row.forced = true;
  row.fault = splitter.within_quotes()
                  ? fmt::format(
                        "a quote is not closed before the end of the file, or within the "
                        "limit of {} bytes a row",
                        limit)
                  : fmt::format("the row is longer than the limit of {} bytes", limit);
  end_at_first_line(text, last, row);
  return true;
}

}  // namespace lode
