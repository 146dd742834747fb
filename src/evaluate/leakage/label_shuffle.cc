#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/random.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr std::int64_t kRounds = 2;
constexpr double kTooGood = 0.52;
constexpr std::uint64_t kShuffleStream = std::uint64_t{0x73687566} << 32;  // "shuf"

// The targets of the rows of the split, dealt out anew among them.
std::vector<std::uint8_t> dealt_out(const LeakageInput& input, Random random) {
  std::vector<std::int64_t> rows(input.train.begin(), input.train.end());
  rows.insert(rows.end(), input.test.begin(), input.test.end());
  std::vector<std::uint8_t> dealt;
  for (std::int64_t row : rows) dealt.push_back(input.target[static_cast<std::size_t>(row)]);
  random.shuffle(std::span(dealt));
  std::vector<std::uint8_t> target(input.target.begin(), input.target.end());
  for (std::size_t i = 0; i < rows.size(); ++i)
    target[static_cast<std::size_t>(rows[i])] = dealt[i];
  return target;
}

struct Rounds {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<std::int64_t> round;
};

Status add_round(const LeakageInput& input, std::span<const std::uint8_t> target,
                 std::int64_t round, Rounds& all) {
  TRY(std::vector<double> scores, input.refit(target));
  if (scores.size() != input.test.size())
    return fail(Code::kInternal, "{} scores of {} test rows", scores.size(), input.test.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    all.score.push_back(scores[i]);
    all.label.push_back(target[static_cast<std::size_t>(input.test[i])]);
    all.round.push_back(round);
  }
  return {};
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& cancel) {
  if (input.train.empty()) return LeakFinding{.why_not = "no split was given"};
  if (!input.refit) return LeakFinding{.why_not = "no way to make the model again was given"};
  Rounds all;
  for (std::int64_t round = 0; round < kRounds; ++round) {
    TRY_VOID(cancel.check());
    Random random(options.seed, kShuffleStream + static_cast<std::uint64_t>(round));
    Status made = add_round(input, dealt_out(input, random), round, all);
    if (!made && made.error().code() == Code::kInvalid)
      return LeakFinding{.why_not = "the model cannot be made of other targets: " +
                                    made.error().message()};
    TRY_VOID(made);
  }
  RankSum ranks = stratified_rank_sum(all.score, all.label, all.round);
  LeakFinding finding{.looked = true};
  if (ranks.auc <= 0.5 || ranks.p > options.alpha || ranks.strength_low(options.alpha) <= kTooGood)
    return finding;
  finding.suspects.push_back(
      {.sentence = fmt::format(
           "Made of targets dealt out at random, the model still tells those of the test rows (AUC "
           "{:.4f}): what it is made of knows the test. Look for an encoder, a filter or a choice "
           "that was fitted on all rows.",
           ranks.auc),
       .figures = {{.name = "AUC on targets dealt out at random",
                    .value = ranks.auc,
                    .low = ranks.strength_low(options.alpha),
                    .high = 1,
                    .p = ranks.p}}});
  return finding;
}

constexpr LeakDetector kDetector = {"label_shuffle", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a pipeline that tells targets which were dealt out at random",
    .description =
        "Deals the targets of all rows of the split out anew, has the whole pipeline made from the "
        "training rows, and asks whether it tells the test rows' targets: there is nothing to "
        "learn, so any AUC but one half came by another way. Two rounds, rank sum within them (van "
        "Elteren, 1960); suspected if the lower limit is above 0.52.\n"
        "Cannot see: leaks that stand in the columns themselves, which the dealing breaks too. "
        "Copies of training rows in the test do not show either, having targets of their own "
        "then.\n"
        "Cost: two fits of the model.",
    .example = "label_shuffle",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
