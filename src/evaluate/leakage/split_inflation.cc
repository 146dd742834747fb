#include <fmt/format.h>

#include <string>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "judge/distributions.h"

namespace lode {
namespace {

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& /*cancel*/) {
  if (!input.scores)
    return LeakFinding{.why_not = "no scores of a random and of an honest split were given"};
  const SplitScores& scores = *input.scores;
  LeakFinding finding{.looked = true};
  double difference = scores.random - scores.honest;
  double inflation = scores.metric->better == Direction::kHigher ? difference : -difference;
  double freedom = scores.blocks - 1.0;
  double reach = -student_quantile(options.alpha / 2, freedom) * scores.standard_error;
  double p = student_cdf(-(inflation - scores.least) / scores.standard_error, freedom);
  if (p > options.alpha / 2) return finding;
  auto& said = input.split_by_time ? finding.notes : finding.suspects;
  said.push_back(
      {.column = "",
       .sentence = fmt::format(
           "A random split would show {} {:.4f}; the honest split shows {:.4f}. The inflation of "
           "{:.4f} [{:.4f}, {:.4f}] is what rows of the same time or entity, or labels of the "
           "future, give away: believe the honest figure, and no figure of a random split.",
           scores.metric->name, scores.random, scores.honest, inflation, inflation - reach,
           inflation + reach),
       .figures = {{.name = fmt::format("inflation of {}", scores.metric->name),
                    .value = inflation,
                    .low = inflation - reach,
                    .high = inflation + reach,
                    .p = p},
                   {.name = "random split", .value = scores.random},
                   {.name = "honest split", .value = scores.honest}}});
  return finding;
}

constexpr LeakDetector kDetector = {"split_inflation", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a random split that shows more than the honest one",
    .description =
        "Judges the score under a random split minus the score under the honest split, in the "
        "direction in which the metric is better: suspected if it is shown to be above the least "
        "inflation worth a word, by Student's t with one degree of freedom less than blocks, "
        "two-sided at alpha; p is that of an inflation of at most the least. Whoever makes the "
        "scores says their standard error (judge/bootstrap.h). Where the model is judged by a "
        "split "
        "by time it is a note, the inflation being what that split has avoided.\n"
        "Cannot see: what both splits share, such as a column made from the target. An inflation "
        "may also be honest drift: the future is harder than the past.\n"
        "Cost: none; the two scores are made elsewhere.",
    .example = "split_inflation",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
