// Tables for a terminal: columns aligned, numbers to the right with thousands separators, the rest
// to the left. For eyes only: with --json the same values are written by base/json.h.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace lode {

class Cell {
 public:
  Cell() = default;  // nothing there
  Cell(std::string_view text);
  Cell(const std::string& text) : Cell(std::string_view(text)) {}
  Cell(const char* text) : Cell(std::string_view(text)) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Cell(T number) : Cell(whole(static_cast<std::int64_t>(number))) {}
  // With that many digits behind the point.
  static Cell number(double value, int digits);

 private:
  friend class TextTable;
  static Cell whole(std::int64_t number);

  std::string text_;
  bool is_number_ = false;
};

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headers) : headers_(std::move(headers)) {}

  // As many cells as there are headers.
  TextTable& row(std::vector<Cell> cells);
  std::size_t rows() const { return rows_.size(); }

  // Lines with two blanks between columns and none at their ends. A column whose cells are all
  // numbers stands to the right. On a terminal the widest text column is cut, with "...", where the
  // line would not fit. Control characters of cells are shown as escapes.
  std::string text(const OutputTraits& traits) const;
  void print(Output& out) const { out.write(text(out.traits())); }

 private:
  bool is_numeric(std::size_t column) const;
  std::vector<std::size_t> widths(const OutputTraits& traits) const;

  std::vector<std::string> headers_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace lode
