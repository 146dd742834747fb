#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/random.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/interval_rule.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr double kTooGood = 0.6;
constexpr double kTestsAPlace = 2;
constexpr std::int64_t kMostBins = 64;
constexpr std::int64_t kRowsABin = 40;
constexpr double kSorted = 0.999;      // see follows_time
constexpr std::int64_t kIdSpread = 4;  // an id's range is at most so many times the rows
constexpr std::uint64_t kFoldStream = 0x6f726472;  // "ordr"

struct LookedAt {
  std::vector<std::int64_t> rows;
  std::vector<std::uint8_t> target{};
  std::vector<std::int64_t> fold{};
  std::vector<std::int64_t> stratum{};   // rows that what explains the order cannot tell apart;
                                         // empty where nothing does
  std::vector<std::string> explained{};  // by "time", and by columns in whose order rows stand
};

// Whether the file is in order of time, up or down: Spearman's correlation of place and time, with
// midranks. Counting neighbours in order would not do: rows sorted by class and then by time have
// nearly all of them in order.
bool follows_time(std::span<const std::uint32_t> order, std::span<const std::int64_t> times) {
  double n = static_cast<double>(order.size());
  double middle = (n - 1) / 2;
  double both = 0;
  double of_time = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && times[order[end]] == times[order[begin]]) ++end;
    double rank = static_cast<double>(begin + end - 1) / 2 - middle;
    for (std::size_t i = begin; i < end; ++i) both += rank * (order[i] - middle);
    of_time += rank * rank * static_cast<double>(end - begin);
    begin = end;
  }
  double of_place = n * (n * n - 1) / 12;
  return of_time > 0 && std::abs(both) >= kSorted * std::sqrt(of_time * of_place);
}

// Rows are only compared with rows of their own stratum. If the file follows time, place in the
// file is time, and what is left to explain are rows of equal time; else bins of neighbouring times
// of equal size.
std::vector<std::int64_t> strata_of(std::span<const std::int64_t> rows,
                                    std::span<const Timestamp> time) {
  if (time.empty()) return {};
  std::vector<std::int64_t> at;
  at.reserve(rows.size());
  for (std::int64_t row : rows) at.push_back(time[static_cast<std::size_t>(row)].us);
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return at[i]; });
  bool follows = follows_time(order, at);
  std::int64_t n = std::ssize(rows);
  std::int64_t bins = std::clamp<std::int64_t>(n / kRowsABin, 1, kMostBins);
  std::vector<std::int64_t> stratum(rows.size());
  std::int64_t first = 0;  // rank of the first row of this time
  for (std::int64_t rank = 0; rank < n; ++rank) {
    std::size_t row = order[static_cast<std::size_t>(rank)];
    if (rank > 0 && at[row] != at[order[static_cast<std::size_t>(rank - 1)]]) first = rank;
    stratum[row] = follows ? first : first * bins / n;
  }
  return stratum;
}

// A column whose values come again, so that it is neither an id nor a measurement.
bool comes_again(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  if (std::ranges::any_of(sorted, [](double v) { return std::isnan(v); })) return false;
  std::ranges::sort(sorted);
  auto repeated = std::ranges::unique(sorted);
  return (sorted.end() - std::ssize(repeated) - sorted.begin()) * kRowsABin <= std::ssize(sorted);
}

// Whether the rows of every stratum stand in order of the values, all up or all down, and some
// stratum has two values. A single step back is one too many: rows sorted by class and then by hour
// have one a class.
bool in_order(std::span<const double> values, std::span<const std::int64_t> stratum) {
  std::vector<double> last(values.size(), std::numeric_limits<double>::quiet_NaN());
  bool up = false;
  bool down = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& before = last[static_cast<std::size_t>(stratum[i])];
    up = up || values[i] > before;
    down = down || values[i] < before;
    before = values[i];
  }
  return up != down;
}

// Rows of one stratum and one value, numbered anew.
std::vector<std::int64_t> refined(std::span<const std::int64_t> stratum,
                                  std::span<const double> values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0U);
  auto key = [&](std::uint32_t i) { return std::pair(stratum[i], values[i]); };
  std::ranges::sort(order, {}, key);
  std::vector<std::int64_t> out(values.size());
  std::int64_t number = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (rank > 0 && key(order[rank]) != key(order[rank - 1])) ++number;
    out[order[rank]] = number;
  }
  return out;
}

// Where rows of one stratum stand in order of a column the model sees, their place tells what that
// column tells: they are only compared with rows of its value. Column after column, as a file is
// sorted: by year, by month, by hour.
void explain_by_columns(const Table& table, LookedAt& looked) {
  std::vector<std::pair<std::string, std::vector<double>>> able;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (auto values = numbers_of(table.columns[c], looked.rows); values && comes_again(*values))
      able.emplace_back(table.schema[c].name, *std::move(values));
  std::vector<std::int64_t> stratum = looked.stratum;
  if (stratum.empty()) stratum.resize(looked.rows.size());
  while (true) {
    auto next = std::ranges::find_if(
        able, [&](const auto& column) { return in_order(column.second, stratum); });
    if (next == able.end()) return;
    stratum = refined(stratum, next->second);
    looked.stratum = stratum;
    looked.explained.push_back(std::move(next->first));
    able.erase(next);
  }
}

// Where each row stands within its stratum, from 0 to 1.
std::vector<double> standing(std::span<const double> place, std::span<const std::int64_t> stratum) {
  std::vector<std::uint32_t> order(place.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (!stratum.empty() && stratum[a] != stratum[b]) return stratum[a] < stratum[b];
    return place[a] < place[b];
  });
  std::vector<double> out(place.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && (stratum.empty() || stratum[order[end]] == stratum[order[begin]]))
      ++end;
    for (std::size_t i = begin; i < end; ++i)
      out[order[i]] = (static_cast<double>(i - begin) + 0.5) / static_cast<double>(end - begin);
    begin = end;
  }
  return out;
}

// A whole number that differs in every row, from a range not much wider than the rows: an id.
// Measurements of so narrow a range would meet twice.
bool is_row_id(const Column& column, std::span<const std::int64_t> rows, std::int64_t all_rows) {
  if (column.type.id != TypeId::kInt64 || rows.size() < 2) return false;
  std::vector<std::int64_t> values;
  for (std::int64_t row : rows) {
    if (column.is_null(row)) return false;
    values.push_back(column.int64(row));
  }
  std::ranges::sort(values);
  if (std::ranges::adjacent_find(values) != values.end()) return false;
  std::int64_t range = saturating_subtract(values.back(), values.front());
  return range / kIdSpread < all_rows;
}

// "time explains", "time, year and hour explain".
std::string names_of(const std::vector<std::string>& explained) {
  std::string out;
  for (std::size_t i = 0; i < explained.size(); ++i)
    out += (i == 0 ? "" : i + 1 < explained.size() ? ", " : " and ") + explained[i];
  return out + (explained.size() == 1 ? " explains" : " explain");
}

std::optional<LeakSuspect> judge_place(const std::string& column, std::span<const double> place,
                                       const LookedAt& looked, double alpha) {
  RankSum ranks = stratified_rank_sum(place, looked.target, looked.stratum);
  RankSum tree = held_out_intervals(standing(place, looked.stratum), looked.target, looked.fold);
  LeakSuspect suspect{.column = column, .leave_out = !column.empty()};
  auto add = [&](std::string_view name, const RankSum& r) {
    if (r.p > alpha || r.strength_low(alpha) <= kTooGood) return;
    suspect.figures.push_back({.name = std::string(name),
                               .value = r.strength(),
                               .low = r.strength_low(alpha),
                               .high = 1,
                               .p = r.p});
  };
  add("AUC of the place", ranks);
  if (tree.auc > 0.5) add("balanced accuracy of a depth-2 tree on the place, held out", tree);
  if (suspect.figures.empty()) return std::nullopt;
  std::string what = column.empty() ? "A row's place in the file" : fmt::format("'{}'", column);
  suspect.sentence = fmt::format(
      "{} tells the target{} ({} {:.3f}). {}", what,
      looked.stratum.empty() ? ", and no time was given that could explain it"
                             : " beyond what " + names_of(looked.explained),
      suspect.figures.front().name, suspect.figures.front().value,
      column.empty() ? "Rows were probably put in order by their outcome, or joined from files of "
                       "different outcome: do not let a model see anything that follows the order."
                     : "It numbers rows in an order that knows their outcome; leave it out.");
  return suspect;
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  LookedAt looked{.rows = rows_to_look_at(input, options)};
  looked.target = targets_of(input, looked.rows);
  looked.stratum = strata_of(looked.rows, input.time);
  if (!looked.stratum.empty()) looked.explained.emplace_back("time");
  explain_by_columns(*input.features, looked);
  Random random(options.seed, kFoldStream);
  for (std::size_t i = 0; i < looked.rows.size(); ++i)
    looked.fold.push_back(static_cast<std::int64_t>(random.below(2)));
  const Table& table = *input.features;
  struct Place {
    std::string column;
    std::vector<double> values;
  };
  std::vector<Place> places = {{"", {looked.rows.begin(), looked.rows.end()}}};
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    if (is_row_id(table.columns[c], looked.rows, table.rows))
      places.push_back({table.schema[c].name, *numbers_of(table.columns[c], looked.rows)});
  double alpha = options.alpha / (kTestsAPlace * static_cast<double>(places.size()));
  std::vector<std::optional<LeakSuspect>> found(places.size());
  TRY_VOID(parallel_for(
      pool, found.size(),
      [&](std::size_t i) {
        found[i] = judge_place(places[i].column, places[i].values, looked, alpha);
      },
      cancel));
  LeakFinding finding{.looked = true};
  for (auto& suspect : found)
    if (suspect) finding.suspects.push_back(*std::move(suspect));
  return finding;
}

constexpr LeakDetector kDetector = {"row_order", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a file order or row id that tells the target beyond what time explains",
    .description =
        "Takes a row's place in the file, and every whole-number column that numbers the rows (all "
        "different, in a range of at most four times the rows), and asks whether it tells the "
        "target among rows of about the same time: rows of equal time where the file follows time "
        "(Spearman's correlation of place and time at least 0.999), else up to 64 bins of "
        "neighbouring times with 40 rows or more. Where the rows of every such stratum stand in "
        "order of a column whose values come again (whole days with their hours in order), only "
        "rows of one value are compared, and so on column by column. Rank sum within those "
        "strata (van Elteren, 1960) and the best decision tree of depth 2 on the place within the "
        "stratum (fitted on one half of the rows, judged on the other); suspected if one of them "
        "has a lower limit above 0.6, corrected by Bonferroni over places and both tests.\n"
        "Cannot see: orders that change sides more than three times within a stratum; an order by "
        "outcome in a file whose times, or a column that comes again, follow it too; ids spread "
        "over "
        "more than four times the rows looked at. A finer time than the one given is suspected "
        "like any order where no column has it. Without times, a target that drifts strongly along "
        "the file is "
        "suspected: then declare the time.\n"
        "Cost: four sorts of at most most_rows rows a place, places in parallel; about 60 bytes a "
        "row and thread.",
    .example = "row_order",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
