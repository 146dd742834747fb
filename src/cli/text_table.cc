#include "cli/text_table.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "telemetry/quantity.h"

namespace lode {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastText = 8;  // a cut column keeps this much
constexpr std::string_view kCut = "...";

// Columns a text takes: its code points. (Wide and combining characters are counted as one.)
std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

// Data must not move the cursor or colour the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string cut_to(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  std::size_t keep = width - kCut.size();
  std::size_t bytes = 0;
  for (std::size_t seen = 0; bytes < text.size(); ++bytes) {
    if ((text[bytes] & 0xC0) != 0x80 && seen++ == keep) break;
  }
  return std::string(text.substr(0, bytes)) + std::string(kCut);
}

void append_aligned(std::string& line, std::string_view text, std::size_t width, bool right) {
  std::size_t shown = display_width(text);
  std::string blanks(width > shown ? width - shown : 0, ' ');
  if (right) {
    line += blanks;
    line += text;
  } else {
    line += text;
    line += blanks;
  }
}

void end_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line;
  out += '\n';
}

}  // namespace

Cell::Cell(std::string_view text) : text_(printable(text)) {}

Cell Cell::whole(std::int64_t number) {
  Cell cell{std::string_view(with_thousands(number))};
  cell.is_number_ = true;
  return cell;
}

Cell Cell::number(double value, int digits) {
  Cell cell{std::string_view(fmt::format("{:.{}f}", value, digits))};
  cell.is_number_ = true;
  return cell;
}

TextTable& TextTable::row(std::vector<Cell> cells) {
  assert(cells.size() == headers_.size());
  rows_.push_back(std::move(cells));
  return *this;
}

bool TextTable::is_numeric(std::size_t column) const {
  bool any = false;
  for (const auto& cells : rows_) {
    const Cell& cell = cells[column];
    if (!cell.is_number_ && !cell.text_.empty()) return false;
    any |= cell.is_number_;
  }
  return any;
}

std::vector<std::size_t> TextTable::widths(const OutputTraits& traits) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < headers_.size(); ++c) {
    std::size_t width = display_width(headers_[c]);
    for (const auto& cells : rows_) width = std::max(width, display_width(cells[c].text_));
    widths.push_back(width);
  }
  if (!traits.terminal) return widths;
  auto room = static_cast<std::size_t>(std::max(traits.columns, 1));
  while (true) {
    std::size_t total = std::accumulate(widths.begin(), widths.end(), (widths.size() - 1) * kGap);
    std::size_t widest = widths.size();
    for (std::size_t c = 0; c < widths.size(); ++c)
      if (!is_numeric(c) && widths[c] > kLeastText &&
          (widest == widths.size() || widths[c] > widths[widest]))
        widest = c;
    if (total <= room || widest == widths.size()) return widths;
    --widths[widest];
  }
}

std::string TextTable::text(const OutputTraits& traits) const {
  std::string out;
  std::vector<std::size_t> width = widths(traits);
  std::string head;
  for (std::size_t c = 0; c < headers_.size(); ++c) {
    if (c > 0) head.append(kGap, ' ');
    append_aligned(head, cut_to(headers_[c], width[c]), width[c], is_numeric(c));
  }
  head.erase(head.find_last_not_of(' ') + 1);
  out += traits.colours ? fmt::format("\x1b[1m{}\x1b[0m\n", head) : head + "\n";
  for (const auto& cells : rows_) {
    std::string line;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c > 0) line.append(kGap, ' ');
      append_aligned(line, cut_to(cells[c].text_, width[c]), width[c], is_numeric(c));
    }
    end_line(out, std::move(line));
  }
  return out;
}

}  // namespace lode
