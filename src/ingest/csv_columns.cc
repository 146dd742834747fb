#include "ingest/csv_columns.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "ingest/text_value.h"

namespace lode {
namespace {

constexpr std::size_t kStep = 16;

Buffer shortened(const Buffer& buffer, std::int64_t size) {
  if (buffer.size() == size) return buffer;
  return Buffer::wrap(buffer.data(), size, std::make_shared<const Buffer>(buffer));
}

// No other form has a dash behind four digits.
bool is_iso(std::string_view text) {
  return text.size() > 4 && text[4] == '-' &&
         std::ranges::all_of(text.substr(0, 4), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_text(TypeId id) { return id == TypeId::kString || id == TypeId::kBytes; }

void set_bit(std::uint8_t* bits, std::int64_t i, bool value) {
  auto mask = static_cast<std::uint8_t>(1U << (i & 7));
  bits[i >> 3] = static_cast<std::uint8_t>(value ? bits[i >> 3] | mask : bits[i >> 3] & ~mask);
}

}  // namespace

void TextBuffer::reserve(std::size_t more) {
  std::int64_t wanted = size_ + static_cast<std::int64_t>(more + kStep);
  if (wanted <= bytes_.size()) return;
  Buffer larger = Buffer::allocate(std::max({wanted, bytes_.size() * 2, std::int64_t{65536}}));
  if (size_ > 0) std::memcpy(larger.mutable_data(), bytes_.data(), static_cast<std::size_t>(size_));
  bytes_ = larger;
}

void TextBuffer::append_padded(const char* text, std::size_t size) {
  reserve(size);
  auto* to = bytes_.mutable_as<char>() + size_;
  for (std::size_t i = 0; i < size; i += kStep) std::memcpy(to + i, text + i, kStep);
  size_ += static_cast<std::int64_t>(size);
}

void TextBuffer::append(std::string_view text) {
  reserve(text.size());
  if (!text.empty()) std::memcpy(bytes_.mutable_as<char>() + size_, text.data(), text.size());
  size_ += static_cast<std::int64_t>(text.size());
}

Buffer TextBuffer::finish() {
  // A copy of the exact size: the rest of bytes_ holds what padded copies left there.
  Buffer exact = Buffer::allocate(size_);
  if (size_ > 0) std::memcpy(exact.mutable_data(), bytes_.data(), static_cast<std::size_t>(size_));
  size_ = 0;
  return exact;
}

Result<CsvColumn> CsvColumn::make(const Field& field, DateForm dates) {
  if (field.type.id == TypeId::kList || field.type.id == TypeId::kStruct)
    return fail(Code::kUnsupported, "column '{}': a CSV field cannot be a {}; declare string",
                field.name, field.type.text());
  CsvColumn column;
  column.name_ = field.name;
  column.type_ = field.type;
  column.dates_ = dates;
  if (field.type.id == TypeId::kTimestamp) column.clock_ = Clock::kUnknown;
  return column;
}

std::int64_t CsvColumn::width() const {
  switch (type_.id) {
    case TypeId::kInt64:
    case TypeId::kDouble:
    case TypeId::kTimestamp:
      return 8;
    case TypeId::kDecimal:
      return 16;
    case TypeId::kDate:
      return 4;
    default:
      return 0;
  }
}

void CsvColumn::start(std::int64_t capacity) {
  nulls_.clear();
  texts_.cut(0);
  clock_row_ = -1;
  if (is_text(type_.id)) {
    offsets_ = Buffer::allocate((capacity + 1) * 4);
  } else {
    values_ = Buffer::allocate(type_.id == TypeId::kBool ? (capacity + 7) / 8 : capacity * width());
  }
}

void CsvColumn::set_null(std::int64_t row) {
  nulls_.push_back(row);
  if (is_text(type_.id)) {
    offsets_.mutable_as<std::int32_t>()[row + 1] = static_cast<std::int32_t>(texts_.size());
  } else if (type_.id == TypeId::kBool) {
    set_bit(values_.mutable_data(), row, false);
  } else {
    std::memset(values_.mutable_data() + row * width(), 0, static_cast<std::size_t>(width()));
  }
}

const char* CsvColumn::set_parsed(std::int64_t row, std::string_view text) {
  auto store = [&]<typename T>(T value, const char* why) {
    if (why == nullptr) set(row, value);
    return why;
  };
  std::int64_t whole = 0;
  double real = 0;
  Int128 decimal = 0;
  bool flag = false;
  const char* why = nullptr;
  switch (type_.id) {
    case TypeId::kInt64:
      why = parse_int64(text, whole);
      return store(whole, why);
    case TypeId::kDouble:
      why = parse_double(text, real);
      return store(real, why);
    case TypeId::kDate:
      return set_date(row, text);
    case TypeId::kDecimal:
      why = parse_decimal(text, type_.precision, type_.scale, decimal);
      return store(decimal, why);
    case TypeId::kBool:
      why = parse_bool(text, flag);
      if (why == nullptr) set_bit(values_.mutable_data(), row, flag);
      return why;
    case TypeId::kTimestamp:
      return set_time(row, text);
    default:
      return set_string(row, text);
  }
}

const char* CsvColumn::set_date(std::int64_t row, std::string_view text) {
  std::int32_t days = 0;
  bool formed = dates_ != DateForm::kIso && !is_iso(text);
  const char* why = formed ? parse_formed_date(dates_, text, days) : parse_date(text, days);
  if (why == nullptr) set(row, days);
  return why;
}

const char* CsvColumn::set_time(std::int64_t row, std::string_view text) {
  std::int64_t us = 0;
  bool naive = true;
  bool formed = dates_ != DateForm::kIso && !is_iso(text);
  if (const char* why =
          formed ? parse_formed_time(dates_, text, us) : parse_time(text, us, naive, reason_))
    return why;
  Clock clock = naive ? Clock::kNaive : Clock::kInstant;
  if (clock_ == Clock::kUnknown) {
    clock_ = clock;
    clock_row_ = row;
  }
  if (clock_ != clock)
    return naive ? "has no zone, unlike the times before" : "has a zone, unlike the times before";
  set(row, us);
  return nullptr;
}

const char* CsvColumn::set_string(std::int64_t row, std::string_view text) {
  if (type_.id == TypeId::kString)
    if (const char* why = check_string(text)) return why;
  texts_.append(text);
  offsets_.mutable_as<std::int32_t>()[row + 1] = static_cast<std::int32_t>(texts_.size());
  return nullptr;
}

void CsvColumn::give_up(std::int64_t row) {
  if (!nulls_.empty() && nulls_.back() == row) nulls_.pop_back();
  if (is_text(type_.id)) texts_.cut(offsets_.as<std::int32_t>()[row]);
  if (clock_row_ == row) {
    clock_ = Clock::kUnknown;
    clock_row_ = -1;
  }
}

Column CsvColumn::finish(std::int64_t rows) {
  Column column;
  column.type = type_;
  column.length = rows;
  column.null_count = static_cast<std::int64_t>(nulls_.size());
  if (column.null_count > 0) {
    column.validity = Buffer::allocate((rows + 7) / 8);
    std::uint8_t* bits = column.validity.mutable_data();
    std::memset(bits, 0xff, static_cast<std::size_t>(rows / 8));
    for (std::int64_t row = rows / 8 * 8; row < rows; ++row) set_bit(bits, row, true);
    for (std::int64_t row : nulls_) set_bit(bits, row, false);
  }
  if (is_text(type_.id)) {
    column.offsets = shortened(offsets_, (rows + 1) * 4);
    column.values = texts_.finish();
  } else if (type_.id == TypeId::kBool) {
    if (rows % 8 != 0)  // a row given up may have left bits behind the last
      values_.mutable_data()[rows / 8] &= static_cast<std::uint8_t>((1U << (rows % 8)) - 1);
    column.values = shortened(values_, (rows + 7) / 8);
  } else {
    column.values = shortened(values_, rows * width());
  }
  return column;
}

}  // namespace lode
