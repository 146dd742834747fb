#include "insight/column_summary.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/time.h"
#include "insight/column_warnings.h"
#include "judge/bootstrap.h"

namespace lode {
namespace {

constexpr std::size_t kTopValues = 5;
constexpr std::size_t kBins = 20;
constexpr std::int64_t kFewWhole = 20;     // different whole numbers that are listed as values
constexpr double kTail = 0.005;            // of either side, beyond the histogram
constexpr std::size_t kLongestShown = 60;  // bytes of a value
constexpr double kMicro = 1e-6;

// Cut between characters.
std::string shortened(const std::string& value) {
  if (value.size() <= kLongestShown) return value;
  std::size_t end = kLongestShown;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  return value.substr(0, end) + "...";
}

HistogramSummary histogram_of(std::span<const double> sorted, bool whole) {
  HistogramSummary out;
  out.from = quantile_of_sorted(sorted, kTail);
  out.to = quantile_of_sorted(sorted, 1 - kTail);
  std::size_t bins = kBins;
  if (whole) {
    // Bins of whole numbers hold equally many of them.
    out.from = std::floor(out.from) - 0.5;
    double span = std::floor(out.to) + 0.5 - out.from;
    double width = std::max(1.0, std::ceil(span / static_cast<double>(kBins)));
    bins = static_cast<std::size_t>(std::ceil(span / width));
    out.to = out.from + width * static_cast<double>(bins);
  }
  if (!(out.to > out.from)) bins = 1;
  out.rows.assign(bins, 0);
  for (double value : sorted) {
    double at =
        bins == 1 ? 0 : (value - out.from) / (out.to - out.from) * static_cast<double>(bins);
    auto bin = static_cast<std::int64_t>(std::floor(at));
    bin = std::clamp<std::int64_t>(bin, 0, std::ssize(out.rows) - 1);
    ++out.rows[static_cast<std::size_t>(bin)];
  }
  return out;
}

void add_numbers(const ColumnProfile& c, ColumnSummary& out) {
  std::vector<double> sorted = c.sample;
  std::ranges::sort(sorted);
  if (sorted.empty()) return;
  out.numbers = {c.least, quantile_of_sorted(sorted, 0.25), quantile_of_sorted(sorted, 0.5),
                 quantile_of_sorted(sorted, 0.75), c.greatest};
  out.histogram = histogram_of(sorted, c.all_whole());
}

void add_times(const ColumnProfile& c, ColumnSummary& out) {
  const std::vector<std::int64_t>& moments = c.times.moments;
  if (moments.empty()) return;
  out.first = text(Timestamp{moments.front()});
  out.last = text(Timestamp{moments.back()});
  std::vector<double> seconds;
  for (std::int64_t us : moments) seconds.push_back(static_cast<double>(us) * kMicro);
  out.histogram = histogram_of(seconds, false);
}

void add_values(const ColumnProfile& c, ColumnSummary& out) {
  if (c.values.empty()) return;
  std::int64_t named = 0;
  for (std::size_t i = 0; i < std::min(kTopValues, c.values.size()); ++i) {
    out.top.push_back({shortened(c.values[i].value), c.values[i].rows});
    named += c.values[i].rows;
  }
  out.other_rows = c.filled - named;
}

}  // namespace

std::string_view summary_role_name(SummaryRole role) {
  constexpr std::array<std::string_view, 5> kNames = {"target", "time", "entity", "input",
                                                      "left out"};
  return kNames[static_cast<std::size_t>(role)];
}

std::optional<PersonalData> personal_of(const ColumnProfile& column) {
  if (column.all_times()) return std::nullopt;
  return find_personal(column.personal, column.name, column.all_numbers());
}

std::string guessed_type(const ColumnProfile& c) {
  if (!c.type.empty()) return c.type == kNoSingleValue ? "string" : c.type;
  if (c.filled == 0) return "string";
  if (c.all_times()) return "timestamp";
  if (c.padded > 0) return "string";
  if (c.all_whole()) return "int64";
  if (c.all_numbers()) return "double";
  return c.all_truths() ? "bool" : "string";
}

ColumnSummary summarise(const ColumnProfile& c, std::string_view type, SummaryRole role) {
  ColumnSummary out;
  out.name = c.name;
  out.type = type;
  out.role = role;
  out.nulls = c.rows - c.filled;
  out.distinct = c.distinct;
  out.more_distinct = c.more_distinct;
  std::optional<PersonalData> personal = personal_of(c);
  out.hidden = personal.has_value();
  out.warnings = warnings_of(c, out, personal);
  if (out.hidden) return out;
  bool number = c.all_numbers() && type != "string" && type != "bool";
  if (c.all_times() && type == "timestamp") {
    add_times(c, out);
  } else if (number) {
    add_numbers(c, out);
    if (c.all_whole() && c.distinct <= kFewWhole) add_values(c, out);
  } else {
    add_values(c, out);
  }
  return out;
}

}  // namespace lode
