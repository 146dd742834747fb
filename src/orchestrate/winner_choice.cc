#include "orchestrate/winner_choice.h"

#include <algorithm>

namespace lode {
namespace {

class Choice {
 public:
  Choice(const Metric& metric, std::span<const Contender> contenders, const BootstrapOptions& draws,
         ThreadPool& pool, const CancelToken& cancel)
      : metric_(metric), contenders_(contenders), draws_(draws), pool_(pool), cancel_(cancel) {}

  Result<WinnerChoice> make() {
    out_.standings.resize(contenders_.size());
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      TRY(MetricDifference found, compare(contenders_[0], contenders_[i]));
      out_.standings[i].value = found.second;
    }
    auto best = std::ranges::min_element(out_.standings, {}, value_of) - out_.standings.begin();
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      ContenderStanding& standing = out_.standings[i];
      standing.tied = true;
      if (i == static_cast<std::size_t>(best)) continue;
      TRY(MetricDifference found,
          compare(contenders_[static_cast<std::size_t>(best)], contenders_[i]));
      standing.behind_best = found.difference;
      standing.tied = found.difference.low <= 0;
    }
    TRY_VOID(find_winner(contenders_[static_cast<std::size_t>(best)]));
    return std::move(out_);
  }

 private:
  static double value_of(const ContenderStanding& standing) { return standing.value.value; }

  Result<MetricDifference> compare(const Contender& first, const Contender& second) {
    return compare_by(metric_, *first.judged, *second.judged, draws_, pool_, cancel_);
  }

  Status find_winner(const Contender& best) {
    auto baseline = std::ranges::find_if(contenders_, &Contender::baseline);
    bool there = baseline != contenders_.end();
    if (there && out_.standings[static_cast<std::size_t>(baseline - contenders_.begin())].tied) {
      out_.winner = baseline->model;
      return {};
    }
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      const Contender& contender = contenders_[i];
      if (!out_.standings[i].tied) continue;
      // The best is better than the baseline: that is not tied with it.
      if (there && contender.model != best.model) {
        TRY(MetricDifference more, compare(*baseline, contender));
        if (more.difference.high >= 0) continue;
      }
      out_.winner = contender.model;
      return {};
    }
    return {};
  }

  const Metric& metric_;
  std::span<const Contender> contenders_;
  const BootstrapOptions& draws_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  WinnerChoice out_;
};

}  // namespace

Result<WinnerChoice> choose_winner(const Metric& metric, std::span<const Contender> contenders,
                                   const BootstrapOptions& draws, ThreadPool& pool,
                                   const CancelToken& cancel) {
  return Choice(metric, contenders, draws, pool, cancel).make();
}

}  // namespace lode
