#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

// Below it, wrong clocks of a few records are likelier than a leak.
constexpr double kLeastShare = 0.001;

std::string length_text(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

LeakSuspect suspect_of(const OutcomeRead& read, std::vector<std::int64_t> early, double alpha) {
  auto seen = std::ssize(early);
  auto middle = early.begin() + seen / 2;
  std::ranges::nth_element(early, middle);
  double seconds = static_cast<double>(*middle) / 1e6;
  double share = static_cast<double>(seen) / static_cast<double>(read.early_us.size());
  ShareLimits limits = share_limits(seen, std::ssize(read.early_us), alpha);
  return {.column = read.column,
          .sentence = fmt::format(
              "'{}' reads outcomes before they are known: {}, {:.1f} % of its records by half "
              "of them {} or more too early. When it counts they will not be there: read them from "
              "the moment they are known, or leave the column out.",
              read.column, read.reads, 100 * share, length_text(seconds)),
          .figures = {{.name = "share of records read before their outcome is known",
                       .value = share,
                       .low = limits.low,
                       .high = limits.high},
                      {.name = "median seconds too early", .value = seconds}},
          .leave_out = true};
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& cancel) {
  if (!input.outcome_reads)
    return LeakFinding{.why_not = "it was not said which columns read outcomes"};
  LeakFinding finding{.looked = true};
  double alpha = options.alpha / static_cast<double>(input.outcome_reads->size() + 1);
  for (const Field& field : input.features->schema.fields())
    for (const OutcomeRead& read : *input.outcome_reads) {
      if (read.column != field.name) continue;
      TRY_VOID(cancel.check());
      std::vector<std::int64_t> early;
      for (std::int64_t us : read.early_us)
        if (us > 0) early.push_back(us);
      if (!early.empty() && static_cast<double>(early.size()) >=
                                kLeastShare * static_cast<double>(read.early_us.size()))
        finding.suspects.push_back(suspect_of(read, std::move(early), alpha));
    }
  return finding;
}

constexpr LeakDetector kDetector = {"outcome_reads", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "features that read outcomes before they are known",
    .description =
        "Takes the features that are declared to be made from what the label is made from (a "
        "window over the records themselves, where one over the label was meant: the delay of the "
        "label is ignored), and holds for each record the time from which it is read against the "
        "time from which its outcome is known. Suspected if at least 0.1 % of the records are read "
        "too early. No test is needed: what is read before it exists is no chance. Limits by "
        "Wilson (1927), corrected by Bonferroni over the columns.\n"
        "Cannot see: an outcome that comes in by another source, or under a name of its own; a "
        "known time that is declared wrong.\n"
        "Cost: one look at the records of each such column.",
    .example = "outcome_reads",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
