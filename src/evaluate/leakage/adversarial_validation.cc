#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/math.h"
#include "base/random.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr double kTooGood = 0.6;
constexpr double kNamed = 0.55;  // of a single column
constexpr std::size_t kMostNamed = 5;
constexpr std::int64_t kMostRows = 50'000;
constexpr std::size_t kBins = 32;
constexpr double kPrior = 20;                      // rows by which a bin is drawn towards all
constexpr std::uint64_t kFoldStream = 0x61647665;  // "adve"

struct Sides {
  std::vector<std::int64_t> rows;
  std::vector<std::uint8_t> is_test{};
  std::vector<std::int64_t> fold{};
};

Sides sides_of(const LeakageInput& input, const LeakageOptions& options) {
  LeakageOptions fewer = options;
  fewer.most_rows = std::min(options.most_rows, kMostRows);
  Sides sides{.rows = rows_to_look_at(input, fewer)};
  Random random(options.seed, kFoldStream);
  for (std::int64_t row : sides.rows) {
    sides.is_test.push_back(std::ranges::binary_search(input.test, row) ? 1 : 0);
    sides.fold.push_back(static_cast<std::int64_t>(random.below(2)));
  }
  return sides;
}

// A bin for each row: of numbers by quantiles of all rows, the side unseen; 0 for what is missing.
std::vector<std::size_t> bins_of(const Column& column, const Sides& sides, std::size_t& count) {
  std::vector<std::size_t> bin(sides.rows.size());
  if (auto numbers = numbers_of(column, sides.rows)) {
    std::vector<double> sorted;
    for (double value : *numbers)
      if (!std::isnan(value)) sorted.push_back(value);
    std::ranges::sort(sorted);
    std::vector<double> cuts;
    for (std::size_t b = 1; b < kBins && !sorted.empty(); ++b)
      cuts.push_back(sorted[b * sorted.size() / kBins]);
    for (std::size_t i = 0; i < bin.size(); ++i)
      if (!std::isnan((*numbers)[i]))
        bin[i] = 1 + static_cast<std::size_t>(std::ranges::upper_bound(cuts, (*numbers)[i]) -
                                              cuts.begin());
    count = kBins + 1;
    return bin;
  }
  Codes codes = codes_of(column, sides.rows);
  for (std::size_t i = 0; i < bin.size(); ++i)
    bin[i] = static_cast<std::size_t>(codes.of_row[i] + 1);
  count = static_cast<std::size_t>(codes.count) + 1;
  return bin;
}

// The log-odds of being a test row by the bin alone, from the rows of the other fold.
std::vector<double> log_odds(const Column& column, const Sides& sides) {
  std::vector<double> out(sides.rows.size());
  if (!has_plain_cells(column)) return out;
  std::size_t bins = 0;
  std::vector<std::size_t> bin = bins_of(column, sides, bins);
  struct Count {
    double side[2] = {0, 0};
  };
  std::array<std::vector<Count>, 2> counts = {std::vector<Count>(bins), std::vector<Count>(bins)};
  std::array<Count, 2> all;
  for (std::size_t i = 0; i < bin.size(); ++i) {
    auto fold = static_cast<std::size_t>(sides.fold[i]);
    counts[fold][bin[i]].side[sides.is_test[i]] += 1;
    all[fold].side[sides.is_test[i]] += 1;
  }
  for (std::size_t i = 0; i < bin.size(); ++i) {
    auto other = static_cast<std::size_t>(1 - sides.fold[i]);
    double rows = all[other].side[0] + all[other].side[1];
    const Count& here = counts[other][bin[i]];
    if (all[other].side[0] == 0 || all[other].side[1] == 0) continue;
    double test = (here.side[1] + kPrior * all[other].side[1] / rows) / all[other].side[1];
    double train = (here.side[0] + kPrior * all[other].side[0] / rows) / all[other].side[0];
    out[i] = portable_log(test / train);
  }
  return out;
}

struct Named {
  std::size_t column;
  double auc;
};

LeakSuspect told(const LeakageInput& input, const RankSum& whole, std::vector<Named> named,
                 double alpha) {
  std::ranges::stable_sort(named, std::greater<>(), &Named::auc);
  if (named.size() > kMostNamed) named.resize(kMostNamed);
  LeakSuspect out{.figures = {{.name = "AUC of telling test from training rows",
                               .value = whole.auc,
                               .low = whole.strength_low(alpha),
                               .high = 1,
                               .p = whole.p}}};
  std::string names;
  for (const Named& one : named) {
    const std::string& name = input.features->schema[one.column].name;
    names += fmt::format("{}{} {:.3f}", names.empty() ? "" : ", ", name, one.auc);
    out.figures.push_back({.name = "AUC of " + name, .value = one.auc});
  }
  std::string_view means =
      input.split_by_time
          ? "Behind in time rows may honestly differ (drift, new customers, counters that run on), "
            "so this accuses nobody; but what differs most is what will fail first."
          : "A split that draws rows evenly cannot bring this about: rows were chosen by "
            "something, "
            "or columns know the side (numbers of a file, dates of an export).";
  out.sentence = fmt::format("Test rows can be told from training rows (AUC {:.3f}){}{}. {}",
                             whole.auc, names.empty() ? "" : ", most by ", names, means);
  return out;
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  if (input.train.empty()) return LeakFinding{.why_not = "no split was given"};
  Sides sides = sides_of(input, options);
  const Table& table = *input.features;
  std::vector<std::vector<double>> odds(table.columns.size());
  std::vector<double> auc(table.columns.size());
  TRY_VOID(parallel_for(
      pool, odds.size(),
      [&](std::size_t c) {
        odds[c] = log_odds(table.columns[c], sides);
        auc[c] = stratified_rank_sum(odds[c], sides.is_test, sides.fold).auc;
      },
      cancel));
  std::vector<double> sum(sides.rows.size());
  std::vector<Named> named;
  for (std::size_t c = 0; c < odds.size(); ++c) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += odds[c][i];
    if (auc[c] > kNamed) named.push_back({c, auc[c]});
  }
  RankSum whole = stratified_rank_sum(sum, sides.is_test, sides.fold);
  LeakFinding finding{.looked = true};
  if (whole.auc <= 0.5 || whole.p > options.alpha || whole.strength_low(options.alpha) <= kTooGood)
    return finding;
  auto& said = input.split_by_time ? finding.notes : finding.suspects;
  said.push_back(told(input, whole, std::move(named), options.alpha));
  return finding;
}

constexpr LeakDetector kDetector = {"adversarial_validation", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "features that tell test rows from training rows",
    .description =
        "Has a model tell the sides of the split apart: naive Bayes over 32 bins of equal size a "
        "column of numbers and over the values of other columns, fitted on one half of the rows "
        "and judged on the other. Suspected if the lower limit of its AUC is above 0.6; the five "
        "columns that tell most by themselves are named. In a split by time it is a note and "
        "accuses nobody: honest drift trips it there, and anything that counts on. In a split that "
        "draws rows evenly only a fault can bring it about.\n"
        "Cannot see: differences that only several columns show together; why the sides differ.\n"
        "Cost: a sort of each column over at most 50,000 rows, columns in parallel; 8 bytes a row "
        "and column.",
    .example = "adversarial_validation",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
