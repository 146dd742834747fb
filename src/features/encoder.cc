#include "features/encoder.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "base/hash.h"
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

// Numbers texts by hash, in the order they are added; does not own them. A column of millions asks
// for a few hundred levels again and again: one probe, where a search in order takes eight and
// guesses each comparison wrong half of the time.
class TextNumbers {
 public:
  // -1 if it was never added.
  std::int64_t find(std::string_view text) const { return numbers_[place_of(text)]; }
  // The text's number, a new one if need be.
  std::int64_t add(std::string_view text) {
    std::size_t place = place_of(text);
    if (numbers_[place] >= 0) return numbers_[place];
    auto number = static_cast<std::int64_t>(texts_.size());
    numbers_[place] = number;
    texts_.push_back(text);
    if (2 * texts_.size() > numbers_.size()) grow();
    return number;
  }
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  // Where the text is, or the free place where it would be. At least half of the places are free.
  std::size_t place_of(std::string_view text) const {
    std::size_t mask = numbers_.size() - 1;
    std::size_t place = hash64(text) & mask;
    while (numbers_[place] >= 0 && texts_[static_cast<std::size_t>(numbers_[place])] != text)
      place = (place + 1) & mask;
    return place;
  }
  void grow() {
    numbers_.assign(4 * numbers_.size(), -1);
    for (std::size_t i = 0; i < texts_.size(); ++i)
      numbers_[place_of(texts_[i])] = static_cast<std::int64_t>(i);
  }

  std::vector<std::int64_t> numbers_ = std::vector<std::int64_t>(64, -1);  // a power of two
  std::vector<std::string_view> texts_;
};

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
  TextNumbers texts;
  std::vector<std::int64_t> text_counts;
  for (std::int64_t row : fitted.rows) {
    if (column.is_null(row)) {
      ++nulls;
    } else if (numeric_) {
      auto [place, is_new] = numbers.try_emplace(number_of(column, row));
      if (is_new) place->second.first = number_text(column, row);
      ++place->second.second;
    } else {
      auto number = static_cast<std::size_t>(texts.add(column.string(row)));
      if (number == text_counts.size()) text_counts.push_back(0);
      ++text_counts[number];
    }
  }
  for (const auto& [number, level] : numbers) {
    numbers_.push_back(number);
    texts_.push_back(level.first);
    counts_.push_back(level.second);
  }
  std::vector<std::size_t> order(text_counts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t number) { return texts.texts()[number]; });
  for (std::size_t number : order) {
    texts_.emplace_back(texts.texts()[number]);
    counts_.push_back(text_counts[number]);
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
  TextNumbers texts;
  for (std::size_t level = 0; !numeric_ && level < texts_.size(); ++level)
    if (std::cmp_not_equal(level, null_level_)) texts.add(texts_[level]);
  for (std::int64_t row : rows) {
    std::int64_t level = -1;
    if (column.is_null(row)) {
      level = null_level_;
    } else if (numeric_) {
      std::int64_t number = number_of(column, row);
      auto found = std::ranges::lower_bound(numbers_, number);
      if (found != numbers_.end() && *found == number) level = found - numbers_.begin();
    } else {
      level = texts.find(column.string(row));
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
