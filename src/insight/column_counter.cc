#include "insight/column_counter.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/time.h"
#include "ingest/text_value.h"

namespace lode {
namespace {

constexpr std::size_t kMostMoments = 20'000;

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

// Keeps every stride-th of those that come, so that few of many are kept: `at` counts from 0, and
// the stride doubles when the list is full.
template <typename T>
void take_evenly(std::vector<T>& into, std::int64_t at, std::size_t most, T value) {
  auto lists = static_cast<std::uint64_t>(at) / most + (static_cast<std::uint64_t>(at) % most != 0);
  auto stride = static_cast<std::int64_t>(std::bit_ceil(lists));
  if (at % stride != 0) return;
  if (into.size() == most) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < into.size(); i += 2) into[kept++] = into[i];
    into.resize(kept);
  }
  into.push_back(value);
}

}  // namespace

void sort_values(std::vector<ValueCount>& values) {
  std::ranges::sort(values, [](const ValueCount& a, const ValueCount& b) {
    return a.rows != b.rows ? a.rows > b.rows : a.value < b.value;
  });
}

ColumnCounter::ColumnCounter(std::string name, std::size_t most_distinct, std::size_t most_sampled)
    : most_distinct_(most_distinct),
      most_sampled_(most_sampled),
      phone_named_(named_like_phone(name)) {
  out_.name = std::move(name);
  out_.least = std::numeric_limits<double>::infinity();
  out_.greatest = -out_.least;
}

void ColumnCounter::add(std::string_view text, bool quoted) {
  if (is_nothing(text, quoted)) {
    ++out_.rows;
    return;
  }
  add_value(text);
}

void ColumnCounter::add_value(std::string_view text) {
  ++out_.rows;
  ++out_.filled;
  count(text);
  read(text);
}

void ColumnCounter::add_null() {
  ++out_.rows;
  ++out_.nothing[0];
}

ColumnProfile ColumnCounter::take(DateForm form) {
  out_.times = std::move(forms_[all_of(form) ? static_cast<std::size_t>(form) : 0]);
  std::ranges::sort(out_.times.moments);
  if (listing_)
    for (const auto& [value, rows] : values_) out_.values.push_back({value, rows});
  sort_values(out_.values);
  if (!out_.all_numbers()) out_.sample = {};
  return std::move(out_);
}

bool ColumnCounter::is_nothing(std::string_view text, bool quoted) {
  constexpr std::size_t kLongest = 9;
  if (text.size() > kLongest) return false;
  for (std::size_t w = 0; w < kNothingWords.size(); ++w)
    if (text == kNothingWords[w]) {
      ++out_.nothing[w];
      out_.quoted_nothing[w] += quoted ? 1 : 0;
      return true;
    }
  return false;
}

void ColumnCounter::count(std::string_view text) {
  if (listing_) {
    auto found = values_.find(text);
    if (found != values_.end()) {
      ++found->second;
      return;
    }
    if (values_.size() < kMostValues) {
      values_.emplace(text, 1);
      out_.personal.look_at(text, phone_named_);
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
void ColumnCounter::read(std::string_view text) {
  out_.words += count_words(text);
  std::int64_t before = out_.filled - 1;
  std::int64_t whole = 0;
  double number = 0;
  if (out_.number == before && parse_double(text, number) == nullptr) {
    ++out_.number;
    out_.least = std::min(out_.least, number);
    out_.greatest = std::max(out_.greatest, number);
    take_evenly(out_.sample, before, most_sampled_, number);
    if (out_.whole == before && parse_int64(text, whole) == nullptr) {
      ++out_.whole;
      out_.padded += text.size() > 1 && text[0] == '0' && text[1] != '.' ? 1 : 0;
    }
  }
  if (out_.whole == before + 1) {
    out_.counts_up = out_.counts_up && (before == 0 || (whole > last_ && whole - 1 == last_));
    last_ = whole;
  } else {
    out_.counts_up = false;
  }
  bool truth = false;
  if (out_.truth == before && parse_bool(text, truth) == nullptr) ++out_.truth;
  if (out_.number > 0) return;
  for (std::size_t form = 0; form < forms_.size(); ++form)
    read_time(static_cast<DateForm>(form), text, before);
}

void ColumnCounter::read_time(DateForm form, std::string_view text, std::int64_t before) {
  TimesRead& into = forms_[static_cast<std::size_t>(form)];
  if (into.time < before) return;
  std::int64_t us = 0;
  bool naive = true;
  if ((form == DateForm::kIso ? parse_time(text, us, naive, reason_)
                              : parse_formed_time(form, text, us)) != nullptr) {
    into.moments = {};
    return;
  }
  ++into.time;
  into.naive += naive ? 1 : 0;
  if (us % days(1).us != 0) ++into.clock;
  take_moment(into, us);
}

void ColumnCounter::take_moment(TimesRead& into, std::int64_t us) {
  take_evenly(into.moments, into.time - 1, kMostMoments, us);
}

}  // namespace lode
