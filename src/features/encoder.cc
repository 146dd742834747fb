#include "features/encoder.h"

#include <algorithm>
#include <map>

#include "features/aggregate.h"

namespace lode {
namespace {

bool is_text(const Type& type) { return type.id == TypeId::kString || type.id == TypeId::kBytes; }

std::int64_t number_of(const Column& column, std::int64_t row) {
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(row) ? 1 : 0;
    case TypeId::kDate:
      return column.date(row);
    case TypeId::kDouble:
      return ordered_of_double(column.float64(row));
    default:
      return column.int64(row);
  }
}

std::string number_text(const Column& column, std::int64_t row) {
  if (column.type.id == TypeId::kDouble) return fmt::format("{}", column.float64(row));
  return fmt::format("{}", number_of(column, row));
}

}  // namespace

Result<std::unique_ptr<FittedEncoder>> fit_encoder(
    std::string_view encoder, std::span<const std::pair<std::string, std::string>> options,
    const std::string& column_name, const FitRows& fitted) {
  const Component* component = find_component("encoder", encoder);
  if (component == nullptr) return fail(Code::kNotFound, "there is no encoder {}", encoder);
  auto values = OptionValues::parse(*component, options);
  if (!values) return fail(values.error().context("encoder of " + column_name));
  if (fitted.column.type.id == TypeId::kList || fitted.column.type.id == TypeId::kStruct ||
      fitted.column.type.id == TypeId::kDecimal)
    return fail(Code::kUnsupported, "column {} of type {} cannot be encoded; cast it first",
                column_name, fitted.column.type.text());
  return static_cast<const Encoder*>(component->factory)->fit(column_name, fitted, *values);
}

std::string_view default_encoder(const Type& type) { return is_text(type) ? "ordinal" : "number"; }

std::int64_t nulls_among(const Column& column, std::span<const std::int64_t> rows) {
  if (!column.validity) return 0;
  return std::ranges::count_if(rows, [&](std::int64_t row) { return column.is_null(row); });
}

Levels::Levels(const FitRows& fitted) : numeric_(!is_text(fitted.column.type)) {
  const Column& column = fitted.column;
  std::int64_t nulls = 0;
  std::map<std::int64_t, std::pair<std::string, std::int64_t>> numbers;
  std::map<std::string, std::int64_t, std::less<>> texts;
  for (std::int64_t row : fitted.rows) {
    if (column.is_null(row)) {
      ++nulls;
    } else if (numeric_) {
      auto [place, is_new] = numbers.try_emplace(number_of(column, row));
      if (is_new) place->second.first = number_text(column, row);
      ++place->second.second;
    } else {
      auto place = texts.find(column.string(row));
      if (place == texts.end()) place = texts.emplace(std::string(column.string(row)), 0).first;
      ++place->second;
    }
  }
  for (const auto& [number, level] : numbers) {
    numbers_.push_back(number);
    texts_.push_back(level.first);
    counts_.push_back(level.second);
  }
  for (const auto& [text, count] : texts) {
    texts_.push_back(text);
    counts_.push_back(count);
  }
  if (nulls > 0) {
    null_level_ = static_cast<std::int64_t>(texts_.size());
    texts_.emplace_back(std::string_view("\0null", 5));
    counts_.push_back(nulls);
  }
}

std::vector<std::int64_t> Levels::of(const Column& column,
                                     std::span<const std::int64_t> rows) const {
  std::vector<std::int64_t> out;
  out.reserve(rows.size());
  auto text_end = texts_.end() - (null_level_ >= 0 ? 1 : 0);
  for (std::int64_t row : rows) {
    std::int64_t level = -1;
    if (column.is_null(row)) {
      level = null_level_;
    } else if (numeric_) {
      std::int64_t number = number_of(column, row);
      auto found = std::ranges::lower_bound(numbers_, number);
      if (found != numbers_.end() && *found == number) level = found - numbers_.begin();
    } else {
      std::string_view text = column.string(row);
      auto found = std::lower_bound(texts_.begin(), text_end, text);
      if (found != text_end && *found == text) level = found - texts_.begin();
    }
    out.push_back(level);
  }
  return out;
}

void Levels::store(ByteWriter& writer) const {
  writer.u8(numeric_ ? 1 : 0);
  writer.u8(null_level_ >= 0 ? 1 : 0);
  writer.texts(texts_);
  if (numeric_)
    for (std::int64_t number : numbers_) writer.i64(number);
}

Result<Levels> Levels::load(ByteReader& reader) {
  Levels levels;
  TRY(std::uint8_t numeric, reader.u8());
  TRY(std::uint8_t with_null, reader.u8());
  TRY(levels.texts_, reader.texts());
  if (numeric > 1 || with_null > 1 || levels.texts_.size() < with_null)
    return fail(Code::kCorrupt, "levels of an encoder that lode did not write");
  levels.numeric_ = numeric == 1;
  std::size_t known = levels.texts_.size() - with_null;
  if (with_null == 1) levels.null_level_ = static_cast<std::int64_t>(known);
  for (std::size_t i = 0; levels.numeric_ && i < known; ++i) {
    TRY(std::int64_t number, reader.i64());
    levels.numbers_.push_back(number);
  }
  bool ordered = levels.numeric_
                     ? std::ranges::is_sorted(levels.numbers_)
                     : std::is_sorted(levels.texts_.begin(),
                                      levels.texts_.begin() + static_cast<std::ptrdiff_t>(known));
  if (!ordered) return fail(Code::kCorrupt, "levels of an encoder that are not in order");
  return levels;
}

}  // namespace lode
