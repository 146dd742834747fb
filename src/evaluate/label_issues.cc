#include "evaluate/label_issues.h"

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

double of_label(double score, std::size_t label) { return label == 1 ? score : 1 - score; }

struct Joint {
  double given[2] = {0, 0};   // rows of each given label
  double counted[2][2] = {};  // given, taken
};

Joint count(const Sample& sample) {
  Joint joint;
  double sum[2] = {0, 0};
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    joint.given[sample.label(i)] += 1;
    sum[sample.label(i)] += of_label(sample.score(i), sample.label(i));
  }
  double confident[2] = {sum[0] / joint.given[0], sum[1] / joint.given[1]};
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    bool passes[2];
    for (std::size_t j : {0U, 1U}) passes[j] = of_label(sample.score(i), j) >= confident[j];
    if (!passes[0] && !passes[1]) continue;
    std::size_t taken = passes[1] && (!passes[0] || sample.score(i) > 0.5) ? 1 : 0;
    joint.counted[sample.label(i)][taken] += 1;
  }
  return joint;
}

}  // namespace

Result<LabelIssues> find_label_issues(const ScoredRows& rows) {
  TRY(Sample sample, Sample::make({rows.score, rows.label}, one_block(rows.score.size())));
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (!(sample.score(i) >= 0 && sample.score(i) <= 1))
      return fail(Code::kInvalid, "row {}: score {} is no probability", i, sample.score(i));
  Joint joint = count(sample);
  if (joint.given[0] == 0 || joint.given[1] == 0)
    return fail(Code::kInvalid, "all labels are {}: nothing shows which could be the other",
                joint.given[0] == 0 ? 1 : 0);
  LabelIssues out;
  out.rows = sample.rows();
  for (std::size_t label : {0U, 1U}) {
    double counted = joint.counted[label][0] + joint.counted[label][1];
    if (counted > 0)
      out.wrong[label] = joint.given[label] * joint.counted[label][1 - label] / counted;
    std::vector<LabelIssue> found;
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      if (sample.label(i) != label) continue;
      double probability = of_label(sample.score(i), label);
      if (probability < 0.5) found.push_back({i, static_cast<std::uint8_t>(label), probability});
    }
    std::ranges::stable_sort(found, {}, &LabelIssue::probability);
    auto most = static_cast<std::size_t>(std::llround(out.wrong[label]));
    if (found.size() > most) found.resize(most);
    out.issues.insert(out.issues.end(), found.begin(), found.end());
  }
  std::ranges::stable_sort(out.issues, [](const LabelIssue& a, const LabelIssue& b) {
    return a.probability != b.probability ? a.probability < b.probability : a.row < b.row;
  });
  return out;
}

}  // namespace lode
