#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr double kExcellent = 0.85;
constexpr double kNothing = 0.6;

// Places in `rows` of a row and of the row of its entity before it.
struct Step {
  std::size_t now;
  std::size_t before;
};

std::vector<Step> steps_of(const LeakageInput& input, std::span<const std::int64_t> rows) {
  Codes who = codes_of(*input.entity, rows);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (who.of_row[i] >= 0) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::pair(who.of_row[i], input.time[static_cast<std::size_t>(rows[i])]);
  });
  std::vector<Step> steps;
  for (std::size_t i = 1; i < order.size(); ++i)
    if (who.of_row[order[i]] == who.of_row[order[i - 1]]) steps.push_back({order[i], order[i - 1]});
  return steps;
}

std::optional<LeakSuspect> judge_column(const std::string& name, const std::vector<double>& values,
                                        std::span<const std::uint8_t> target,
                                        std::span<const Step> steps, double alpha) {
  std::vector<double> now;
  std::vector<double> before;
  std::vector<std::uint8_t> label;
  for (const Step& step : steps) {
    if (std::isnan(values[step.now]) || std::isnan(values[step.before])) continue;
    now.push_back(values[step.now]);
    before.push_back(values[step.before]);
    label.push_back(target[step.now]);
  }
  RankSum fresh = rank_sum(now, label);
  RankSum lagged = rank_sum(before, label);
  if (fresh.p > alpha || fresh.strength_low(alpha) <= kExcellent) return std::nullopt;
  double still = lagged.strength();
  // How far the lagged one may reach, by the same error as its lower limit.
  double reach = still + (lagged.error > 0 ? 3.3 * lagged.error : 0);
  if (reach >= kNothing) return std::nullopt;
  LeakSuspect suspect{.column = name, .leave_out = true};
  suspect.sentence = fmt::format(
      "'{}' is made from earlier rows, tells the target (AUC {:.3f}), and as it stood one row "
      "earlier tells nothing (AUC {:.3f}): its history does not reach that far, so it has probably "
      "taken in the outcome of the row itself. Leave it out, or end its window before the row.",
      name, fresh.strength(), still);
  suspect.figures = {{.name = "AUC",
                      .value = fresh.strength(),
                      .low = fresh.strength_low(alpha),
                      .high = 1,
                      .p = fresh.p},
                     {.name = "AUC one row earlier", .value = still, .high = reach, .p = lagged.p}};
  return suspect;
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  if (input.from_the_past.empty())
    return LeakFinding{.why_not = "no columns were said to be made from earlier rows"};
  if (input.entity == nullptr) return LeakFinding{.why_not = "no entity column was given"};
  if (input.time.empty()) return LeakFinding{.why_not = "no decision times were given"};
  if (!has_plain_cells(*input.entity))
    return LeakFinding{.why_not = "the entity column holds lists or structs"};
  // Not a sample: a row's predecessor must be there.
  std::vector<std::int64_t> rows =
      rows_to_look_at(input, {.alpha = options.alpha, .most_rows = input.features->rows + 1});
  std::vector<std::uint8_t> target = targets_of(input, rows);
  std::vector<Step> steps = steps_of(input, rows);
  double alpha = options.alpha / static_cast<double>(input.from_the_past.size());
  const Table& table = *input.features;
  std::vector<std::optional<LeakSuspect>> found(table.columns.size());
  TRY_VOID(parallel_for(
      pool, found.size(),
      [&](std::size_t c) {
        const std::string& name = table.schema[c].name;
        if (std::ranges::find(input.from_the_past, name) == input.from_the_past.end()) return;
        if (auto numbers = numbers_of(table.columns[c], rows))
          found[c] = judge_column(name, *numbers, target, steps, alpha);
      },
      cancel));
  LeakFinding finding{.looked = true};
  for (auto& suspect : found)
    if (suspect) finding.suspects.push_back(*std::move(suspect));
  return finding;
}

constexpr LeakDetector kDetector = {"lag_probe", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a column of the past that tells nothing once it is one row older",
    .description =
        "For columns that are said to be made from earlier rows (windows, counts so far): compares "
        "how well the column tells the target with how well it did one row of the same entity "
        "earlier. A history changes little in one row; if the column falls from excellent (lower "
        "limit of its AUC above 0.85) to nothing (an AUC below 0.6 even 3.3 standard errors up), "
        "it took in the row's own outcome. Rank sums, Mann and Whitney (1947), corrected by "
        "Bonferroni over those columns.\n"
        "Cannot see: columns that are measured anew at each row, where such a fall is honest, and "
        "which it does not look at; a leak inside a long window, whose older part still tells "
        "something; entities that come once.\n"
        "Cost: a sort of all rows by entity and time, two sorts a column, columns in parallel.",
    .example = "lag_probe",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
