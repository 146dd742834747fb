// The declared columns of a CSV file while a batch of them is built: values go by row number
// straight into Arrow buffers. A row is written column by column and may be given up half-way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "ingest/date_form.h"
#include "table/column.h"

namespace lode {

// Texts of a string column one behind the other; grows by doubling.
class TextBuffer {
 public:
  std::int64_t size() const { return size_; }
  void cut(std::int64_t size) { size_ = size; }
  // Copies in steps of 16 bytes: reads up to 15 bytes behind the text.
  void append_padded(const char* text, std::size_t size);
  void append(std::string_view text);
  Buffer finish();

 private:
  void reserve(std::size_t more);
  Buffer bytes_;
  std::int64_t size_ = 0;
};

class CsvColumn {
 public:
  enum class Clock : std::uint8_t { kNone, kUnknown, kNaive, kInstant };

  // kUnsupported for lists and structs.
  static Result<CsvColumn> make(const Field& field, DateForm dates = DateForm::kIso);

  const std::string& name() const { return name_; }
  const Type& type() const { return type_; }
  Clock clock() const { return clock_; }
  void set_clock(Clock clock) { clock_ = clock; }  // as rows read earlier have decided it
  std::int64_t text_bytes() const { return texts_.size(); }

  void start(std::int64_t capacity);
  // One value of row `row`, each row once and in order. For texts the offsets are kept as well.
  template <typename T>
  void set(std::int64_t row, T value) {
    values_.mutable_as<T>()[row] = value;
  }
  void set_text_padded(std::int64_t row, const char* text, std::size_t size) {
    texts_.append_padded(text, size);
    offsets_.mutable_as<std::int32_t>()[row + 1] = static_cast<std::int32_t>(texts_.size());
  }
  void set_null(std::int64_t row);
  // Parses `text` as the column's type. nullptr, or why it is no value of it; the returned text is
  // valid until the next call.
  const char* set_parsed(std::int64_t row, std::string_view text);
  // Takes back what was set for this row, the last one.
  void give_up(std::int64_t row);
  Column finish(std::int64_t rows);

 private:
  CsvColumn() = default;
  const char* set_date(std::int64_t row, std::string_view text);
  const char* set_time(std::int64_t row, std::string_view text);
  const char* set_string(std::int64_t row, std::string_view text);
  std::int64_t width() const;  // bytes a value; 0 for texts and bools

  std::string name_;
  Type type_;
  DateForm dates_ = DateForm::kIso;
  Buffer values_;
  Buffer offsets_;
  TextBuffer texts_;
  std::vector<std::int64_t> nulls_;  // rows, ascending
  std::string reason_;
  Clock clock_ = Clock::kNone;
  std::int64_t clock_row_ = -1;  // the row of this batch that decided the clock
};

}  // namespace lode
