#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

// Below it a wrong clock of one sender is likelier than a leak.
constexpr double kLeastShare = 0.001;

struct Lateness {
  std::int64_t timed = 0;  // rows with a value and its time
  std::vector<std::int64_t> late_us;

  double share() const {
    return timed == 0 ? 0 : static_cast<double>(late_us.size()) / static_cast<double>(timed);
  }
};

Lateness lateness_of(const Column& values, const Column& times, std::span<const Timestamp> decided,
                     std::span<const std::int64_t> rows) {
  Lateness found;
  for (std::int64_t row : rows) {
    if (times.is_null(row) || is_missing(values, row)) continue;
    ++found.timed;
    Timestamp came{times.int64(row)};
    Timestamp asked = decided[static_cast<std::size_t>(row)];
    if (came > asked) found.late_us.push_back((came - asked).us);
  }
  return found;
}

LeakSuspect suspect_of(const std::string& column, Lateness& found, double alpha) {
  auto late = std::ssize(found.late_us);
  auto middle = found.late_us.begin() + late / 2;
  std::ranges::nth_element(found.late_us, middle);
  double seconds = static_cast<double>(*middle) / 1e6;
  ShareLimits limits = share_limits(late, found.timed, alpha);
  return {.column = column,
          .sentence = fmt::format(
              "{} of {} values of '{}' ({:.1f} %) came after the decision they are used for, half "
              "of them by {:.0f} s or more: they will not be there when it counts. Read the column "
              "as of the decision, or leave it out.",
              late, found.timed, column, 100 * found.share(), seconds),
          .figures = {{.name = "share of values from after the decision",
                       .value = found.share(),
                       .low = limits.low,
                       .high = limits.high},
                      {.name = "median seconds too late", .value = seconds}},
          .leave_out = true};
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& cancel) {
  if (input.time.empty()) return LeakFinding{.why_not = "no decision times were given"};
  if (input.feature_times.empty())
    return LeakFinding{.why_not = "no times of feature values were given"};
  std::map<std::string_view, const Column*> times;
  for (const FeatureTimes& one : input.feature_times) times[one.column] = one.times;
  std::vector<std::int64_t> rows =
      rows_to_look_at(input, {.alpha = options.alpha, .most_rows = input.features->rows + 1});
  double alpha = options.alpha / static_cast<double>(times.size());
  LeakFinding finding{.looked = true};
  for (std::size_t c = 0; c < input.features->columns.size(); ++c) {
    TRY_VOID(cancel.check());
    const std::string& name = input.features->schema[c].name;
    auto found = times.find(name);
    if (found == times.end()) continue;
    Lateness late = lateness_of(input.features->columns[c], *found->second, input.time, rows);
    if (!late.late_us.empty() && late.share() >= kLeastShare)
      finding.suspects.push_back(suspect_of(name, late, alpha));
  }
  return finding;
}

constexpr LeakDetector kDetector = {"future_values", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "values that came after the decision they are used for",
    .description =
        "Holds the time of each value, where it is given (event time, or the time from which it "
        "could be used), against the decision time of its row, strictly: a value of the same "
        "microsecond was there. Suspects a column if at least 0.1 % of its values with a time came "
        "later. No test is needed: a value from the future is no chance. Limits by Wilson (1927), "
        "corrected by Bonferroni over the columns.\n"
        "Cannot see: columns without times; times that are wrong, such as a field that was "
        "overwritten later under its old time.\n"
        "Cost: one look at each column with times.",
    .example = "future_values",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
