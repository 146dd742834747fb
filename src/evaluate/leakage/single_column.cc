#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/component.h"
#include "base/random.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/interval_rule.h"
#include "evaluate/leakage/number_tellings.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr double kTooGood = 0.98;
constexpr double kTooGoodOrder = 0.99;  // rank correlation; about as much as an R2 of 0.98
constexpr std::int64_t kLeastNumbers = 50;
constexpr double kTestsAColumn = 3;
constexpr std::uint64_t kFoldStream = 0x666f6c64;  // "fold"

// One way in which a column may tell the target.
struct Telling {
  std::string_view figure;
  std::string_view how;
  RankSum result;
};

struct LookedAt {
  std::vector<std::int64_t> rows;
  std::vector<std::uint8_t> target{};
  std::vector<double> number{};  // where the target is one
  std::vector<std::int64_t> fold{};
};

// The share of positives among the other fold's rows of the same value, drawn towards the share of
// all by one row: a value that occurs once says nothing.
RankSum held_out_rates(const Codes& codes, const LookedAt& looked) {
  struct Count {
    double rows = 0;
    double positives = 0;
  };
  std::vector<std::array<Count, 2>> counts(static_cast<std::size_t>(codes.count));
  std::vector<double> rate;
  std::vector<std::uint8_t> label;
  std::vector<std::int64_t> fold;
  double positives = 0;
  for (std::size_t i = 0; i < codes.of_row.size(); ++i) {
    if (codes.of_row[i] < 0) continue;
    label.push_back(looked.target[i]);
    fold.push_back(looked.fold[i]);
    positives += looked.target[i];
    Count& count =
        counts[static_cast<std::size_t>(codes.of_row[i])][static_cast<std::size_t>(looked.fold[i])];
    count.rows += 1;
    count.positives += looked.target[i];
  }
  double all = label.empty() ? 0 : positives / static_cast<double>(label.size());
  for (std::size_t i = 0; i < codes.of_row.size(); ++i) {
    if (codes.of_row[i] < 0) continue;
    const Count& other = counts[static_cast<std::size_t>(codes.of_row[i])]
                               [static_cast<std::size_t>(1 - looked.fold[i])];
    rate.push_back((other.positives + all) / (other.rows + 1));
  }
  return stratified_rank_sum(rate, label, fold);
}

std::vector<Telling> tellings(const Column& column, const LookedAt& looked) {
  std::vector<Telling> found;
  if (auto numbers = numbers_of(column, looked.rows)) {
    std::vector<double> value;
    std::vector<std::uint8_t> label;
    std::vector<std::int64_t> fold;
    for (std::size_t i = 0; i < numbers->size(); ++i) {
      if (std::isnan((*numbers)[i])) continue;
      value.push_back((*numbers)[i]);
      label.push_back(looked.target[i]);
      fold.push_back(looked.fold[i]);
    }
    RankSum ranks = rank_sum(value, label);
    found.push_back(
        {"AUC", ranks.auc > 0.5 ? "the larger, the more often 1" : "the smaller, the more often 1",
         ranks});
    found.push_back({"balanced accuracy of a depth-2 tree, held out",
                     "at most four intervals of it have one target each",
                     held_out_intervals(value, label, fold)});
  }
  if (column.type.id == TypeId::kString || column.type.id == TypeId::kBytes ||
      column.type.id == TypeId::kInt64)
    found.push_back({"AUC of its values' rates, held out", "each of its values has one target",
                     held_out_rates(codes_of(column, looked.rows), looked)});
  return found;
}

// What is fitted may only point the way it was fitted; a plain order may point either way.
bool is_too_good(const Telling& telling, double alpha) {
  bool plain = telling.figure == "AUC";
  double strength = plain ? telling.result.strength() : telling.result.auc;
  return strength > kTooGood && telling.result.p <= alpha;
}

std::optional<LeakSuspect> judge_column(const std::string& name, const Column& column,
                                        const LookedAt& looked, double alpha) {
  LeakSuspect suspect{.column = name, .leave_out = true};
  for (const Telling& telling : tellings(column, looked)) {
    const RankSum& r = telling.result;
    if (!is_too_good(telling, alpha)) continue;
    if (suspect.figures.empty())
      suspect.sentence = fmt::format(
          "'{}' alone tells the target almost always ({}): {} {:.4f} over {} rows. It is probably "
          "made from the outcome or filled in after it; leave it out unless it is known before the "
          "decision.",
          name, telling.how, telling.figure, r.strength(), r.positives + r.negatives);
    suspect.figures.push_back({.name = std::string(telling.figure),
                               .value = r.strength(),
                               .low = r.strength_low(alpha),
                               .high = 1,
                               .p = r.p});
  }
  if (suspect.figures.empty()) return std::nullopt;
  return suspect;
}

bool is_too_good(const NumberTelling& telling, double alpha) {
  if (telling.rows < kLeastNumbers) return false;
  if (telling.figure == "rank correlation")
    return telling.strength > kTooGoodOrder && telling.p <= alpha;
  return telling.strength > kTooGood;
}

std::optional<LeakSuspect> judge_column_by_numbers(const std::string& name, const Column& column,
                                                   const LookedAt& looked, double alpha) {
  LeakSuspect suspect{.column = name, .leave_out = true};
  for (const NumberTelling& telling :
       number_tellings(column, {looked.rows, looked.number, looked.fold})) {
    if (!is_too_good(telling, alpha)) continue;
    if (suspect.figures.empty())
      suspect.sentence = fmt::format(
          "'{}' alone is nearly all of the target ({}): {} {:.4f} over {} rows. It is probably "
          "made from the outcome or filled in after it; leave it out unless it is known before the "
          "decision.",
          name, telling.how, telling.figure, telling.strength, telling.rows);
    LeakFigure& figure = suspect.figures.emplace_back();
    figure.name = telling.figure;
    figure.value = telling.strength;
    if (telling.p < 1) figure.p = telling.p;
  }
  if (suspect.figures.empty()) return std::nullopt;
  return suspect;
}

// A number that goes on as it was is told by its own past, read in time: no leak, and what reads it
// too early is found by outcome_reads.
bool may_be_persistent(const LeakageInput& input, const std::string& name) {
  return !input.number.empty() &&
         std::ranges::find(input.from_the_past, name) != input.from_the_past.end();
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  LookedAt looked{.rows = rows_to_look_at(input, options)};
  looked.target = targets_of(input, looked.rows);
  if (!input.number.empty())
    for (std::int64_t row : looked.rows)
      looked.number.push_back(input.number[static_cast<std::size_t>(row)]);
  Random random(options.seed, kFoldStream);
  for (std::size_t i = 0; i < looked.rows.size(); ++i)
    looked.fold.push_back(static_cast<std::int64_t>(random.below(2)));
  const Table& table = *input.features;
  double alpha = options.alpha / (kTestsAColumn * static_cast<double>(table.columns.size()));
  std::vector<std::optional<LeakSuspect>> found(table.columns.size());
  TRY_VOID(parallel_for(
      pool, found.size(),
      [&](std::size_t c) {
        const std::string& name = table.schema[c].name;
        if (may_be_persistent(input, name)) return;
        found[c] = input.number.empty()
                       ? judge_column(name, table.columns[c], looked, alpha)
                       : judge_column_by_numbers(name, table.columns[c], looked, alpha);
      },
      cancel));
  LeakFinding finding{.looked = true};
  for (auto& suspect : found)
    if (suspect) finding.suspects.push_back(*std::move(suspect));
  return finding;
}

constexpr LeakDetector kDetector = {"single_column", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a column that tells the target by itself",
    .description =
        "Suspects a column whose values that are not missing tell the target with an AUC above "
        "0.98: by their order (rank sum, Mann and Whitney, 1947), by the best decision tree of "
        "depth 2 (fitted on one half of the rows, judged on the other), or, for texts and whole "
        "numbers, by the share of positives of each value (again held out). Bonferroni over three "
        "tests of every column. A column that is that good and honest is suspected too; only its "
        "owner knows.\n"
        "Of a target that is a number: a rank correlation above 0.99 (Spearman), or an R2 above "
        "0.98 of the means of its intervals of ten rows (at most 512) or, for texts and whole "
        "numbers, of each "
        "value, held out likewise; at least 50 rows. Columns made of earlier rows are then left "
        "alone: what goes on as it was is told by its past.\n"
        "Cannot see: what only several columns tell together; a leak that covers a part of the "
        "rows and stays below 0.98; texts that differ in every row and hold the target in a part "
        "of them; lists and structs.\n"
        "Cost: a sort of each column over at most most_rows rows, columns in parallel; about 60 "
        "bytes a row and thread.",
    .example = "single_column",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
