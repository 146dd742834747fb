#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

// The missingness as a score: below it, being asked or not is a property of people like any other.
constexpr double kTooGood = 0.75;
// One state of the column, filled or missing, has nearly one target although the rows have both.
constexpr double kPure = 0.95;
constexpr double kMixed = 0.8;

// Rows by whether the column is filled, and their positives.
struct States {
  std::int64_t rows[2] = {0, 0};
  std::int64_t positives[2] = {0, 0};

  std::int64_t all() const { return rows[0] + rows[1]; }
  double base_rate() const {
    return static_cast<double>(positives[0] + positives[1]) / static_cast<double>(all());
  }
};

struct PureState {
  bool filled;
  double rate;
  ShareLimits limits;
};

// A state whose target is all but certain, while that target is not the usual one anyway.
std::optional<PureState> pure_state(const States& states, double alpha) {
  double base = states.base_rate();
  for (int filled : {1, 0}) {
    if (states.rows[filled] == 0) continue;
    ShareLimits limits = share_limits(states.positives[filled], states.rows[filled], alpha);
    double rate =
        static_cast<double>(states.positives[filled]) / static_cast<double>(states.rows[filled]);
    if ((limits.low > kPure && base < kMixed) || (limits.high < 1 - kPure && base > 1 - kMixed))
      return PureState{filled != 0, rate, limits};
  }
  return std::nullopt;
}

std::optional<LeakSuspect> judge_column(const std::string& name, const Column& column,
                                        std::span<const std::int64_t> rows,
                                        std::span<const std::uint8_t> target,
                                        std::string_view positive, double alpha) {
  States states;
  std::vector<double> filled;
  filled.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int state = is_missing(column, rows[i]) ? 0 : 1;
    filled.push_back(state);
    ++states.rows[state];
    states.positives[state] += target[i];
  }
  RankSum ranks = rank_sum(filled, target);
  if (ranks.p > alpha) return std::nullopt;
  bool strong = ranks.strength_low(alpha) > kTooGood;
  std::optional<PureState> pure = pure_state(states, alpha);
  if (!strong && !pure) return std::nullopt;
  LeakSuspect suspect{.column = name, .leave_out = true};
  auto rate = [&](int state) {
    return 100 * static_cast<double>(states.positives[state]) /
           static_cast<double>(states.rows[state]);
  };
  suspect.sentence = fmt::format(
      "Whether '{}' is filled tells the target: of {} rows where it is filled {:.1f} % are "
      "{}, of {} where it is missing {:.1f} %. It is probably filled in after the outcome; "
      "leave it out, or take its value as of the decision.",
      name, states.rows[1], rate(1), positive, states.rows[0], rate(0));
  suspect.figures.push_back({.name = "AUC of being filled or missing",
                             .value = ranks.strength(),
                             .low = ranks.strength_low(alpha),
                             .high = 1,
                             .p = ranks.p});
  if (pure)
    suspect.figures.push_back({.name = pure->filled ? "share of positives where filled"
                                                    : "share of positives where missing",
                               .value = pure->rate,
                               .low = pure->limits.low,
                               .high = pure->limits.high});
  return suspect;
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  std::vector<std::int64_t> rows = rows_to_look_at(input, options);
  std::vector<std::uint8_t> target = targets_of(input, rows);
  const Table& table = *input.features;
  std::vector<std::size_t> some_missing;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    for (std::int64_t row : rows)
      if (is_missing(table.columns[c], row)) {
        some_missing.push_back(c);
        break;
      }
  double alpha = options.alpha / static_cast<double>(std::max<std::size_t>(1, some_missing.size()));
  std::vector<std::optional<LeakSuspect>> found(some_missing.size());
  TRY_VOID(parallel_for(
      pool, found.size(),
      [&](std::size_t i) {
        std::size_t c = some_missing[i];
        found[i] =
            judge_column(table.schema[c].name, table.columns[c], rows, target,
                         input.number.empty() ? "positive" : "above the median target", alpha);
      },
      cancel));
  LeakFinding finding{.looked = true};
  for (auto& suspect : found)
    if (suspect) finding.suspects.push_back(*std::move(suspect));
  return finding;
}

constexpr LeakDetector kDetector = {"missing_values", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a column whose being filled or missing tells the target",
    .description =
        "Suspects a column if the indicator of its missing values, as a score, has an AUC whose "
        "lower limit is above 0.75; or if the rows where it is filled (or those where it is "
        "missing) have one target to 95 % by the limit of Wilson (1927), although that target is "
        "at most 80 % of all rows. Rank-sum test and limits are corrected by Bonferroni over the "
        "columns with missing values; not-a-number counts as missing.\n"
        "Cannot see: a default (0, '', 1900-01-01) written instead of nothing; a field that began "
        "to be recorded on some day is confused with the drift of that time; weaker dependence, "
        "which is as often a property of the people asked.\n"
        "Cost: a look at each column over at most most_rows rows and a sort of those with missing "
        "values, columns in parallel.",
    .example = "missing_values",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
