#include "orchestrate/leaderboard.h"

#include <algorithm>

#include "mine/algorithm.h"
#include "orchestrate/winner_choice.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

struct Candidate {
  const ModelReport* report;
  const FittedRun* run;
};

struct Question {
  std::string key;
  std::string label;
  std::vector<Candidate> candidates;
};

// Models are of one question when they were judged on the same rows of the same label, and by the
// same metrics: one that learns a label of 0 and 1 as a number answers another question.
std::vector<Question> questions(const Project& project, const std::vector<ModelReport>& reports,
                                const std::map<std::string, FittedRun>& runs) {
  std::vector<Question> out;
  for (const ModelReport& report : reports) {
    const FittedRun& run = runs.at(report.name);
    const TrainingSet& set = *project.training_set(report.training);
    std::string where = set.where ? set.where->expression.text() : std::string();
    std::string key = fmt::format("{}\n{}\n{}\n{}\n{}", set.rows, set.label, where,
                                  report.block_unit, task_name(report.task));
    auto same = std::ranges::find_if(out, [&](const Question& q) {
      return q.key == key && q.candidates[0].run->test_rows == run.test_rows;
    });
    if (same == out.end()) same = out.insert(out.end(), {key, set.label, {}});
    same->candidates.push_back({&report, &run});
  }
  std::erase_if(out, [](const Question& q) { return q.candidates.size() < 2; });
  return out;
}

const MetricReport* deciding(const ModelReport& report) {
  auto test = report.metrics.find("test");
  if (test == report.metrics.end()) return nullptr;
  auto found = std::ranges::find(test->second, deciding_metric(report.task), &MetricReport::name);
  return found == test->second.end() ? nullptr : &*found;
}

bool is_baseline(const ModelReport& report) {
  auto found = find_algorithm(report.algorithm);
  return found && static_cast<const Algorithm*>((*found)->factory)->baseline;
}

std::string interval(const Estimate& e) {
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", e.value, e.low, e.high);
}

class Board {
 public:
  Board(const Question& question, ThreadPool& pool, const CancelToken& cancel)
      : question_(question), pool_(pool), cancel_(cancel) {}

  Result<Leaderboard> make() {
    out_.label = question_.label;
    out_.metric = deciding(*question_.candidates[0].report)->name;
    out_.test_rows = question_.candidates[0].report->test_rows;
    std::vector<Candidate> by_value = question_.candidates;
    std::ranges::stable_sort(by_value, [](const Candidate& a, const Candidate& b) {
      bool first = a.report->leakage.suspected();
      bool second = b.report->leakage.suspected();
      if (first != second) return second;
      return deciding(*a.report)->estimate.value < deciding(*b.report)->estimate.value;
    });
    for (const Candidate& candidate : by_value) TRY_VOID(add(by_value[0], candidate));
    TRY_VOID(choose());
    judge();
    out_.says = sentence();
    return std::move(out_);
  }

 private:
  // `second` less `first`.
  Result<Estimate> difference(const Candidate& first, const Candidate& second) {
    TRY(const Metric* metric, find_metric(out_.metric));
    TRY(MetricDifference found,
        compare_by(*metric, first.run->judged, second.run->judged, draws(), pool_, cancel_));
    return found.difference;
  }

  BootstrapOptions draws() const {
    return {.replicates = kJudgingReplicates, .seed = question_.candidates[0].report->seed};
  }

  Status add(const Candidate& best, const Candidate& candidate) {
    LeaderboardRow row;
    row.model = candidate.report->name;
    row.algorithm = candidate.report->algorithm;
    row.value = deciding(*candidate.report)->estimate;
    row.suspected = candidate.report->leakage.suspected();
    if (candidate.run != best.run) {
      TRY(row.behind_best, difference(best, candidate));
    }
    out_.rows.push_back(std::move(row));
    return {};
  }

  // Why the rows of the folds cannot choose; empty if they can.
  std::string why_not_folds(const std::vector<const Candidate*>& able) const {
    std::string without;
    for (const Candidate* candidate : able) {
      const FoldedJudgement& folded = candidate->run->folded;
      if (!folded.why_not.empty())
        return fmt::format("{} is not scored out of fold: {}", candidate->report->name,
                           folded.why_not);
      if (folded.judged && folded.which != able[0]->run->folded.which &&
          able[0]->run->folded.judged)
        return fmt::format("{} and {} are not scored out of fold on the same rows",
                           able[0]->report->name, candidate->report->name);
      if (!folded.judged) without += (without.empty() ? "" : ", ") + candidate->report->name;
    }
    if (without.empty()) return without;
    return fmt::format("{} not scored out of fold (models, out_of_fold: true)",
                       without + (without.find(',') == without.npos ? " is" : " are"));
  }

  Status choose() {
    std::vector<const Candidate*> able;
    for (const Candidate& candidate : question_.candidates) {
      if (is_baseline(*candidate.report) && out_.baseline.empty())
        out_.baseline = candidate.report->name;
      if (!candidate.report->leakage.suspected()) able.push_back(&candidate);
    }
    if (nothing_to_trust()) return {};
    std::string why_not = why_not_folds(able);
    out_.chosen_out_of_fold = why_not.empty();
    const FoldedJudgement& folded = able[0]->run->folded;
    out_.chosen_rows = out_.chosen_out_of_fold ? folded.rows : out_.test_rows;
    out_.chosen_how = out_.chosen_out_of_fold ? folded.how : why_not;
    std::vector<Contender> contenders;
    for (const Candidate* candidate : able) {
      const FittedRun& run = *candidate->run;
      contenders.push_back({candidate->report->name,
                            out_.chosen_out_of_fold ? &*run.folded.judged : &run.judged,
                            candidate->report->name == out_.baseline});
    }
    TRY(const Metric* metric, find_metric(out_.metric));
    TRY(WinnerChoice choice, choose_winner(*metric, contenders, draws(), pool_, cancel_));
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      LeaderboardRow& row =
          *std::ranges::find(out_.rows, contenders[i].model, &LeaderboardRow::model);
      row.chosen_value = choice.standings[i].value;
      row.chosen_behind = choice.standings[i].behind_best;
      row.tied = choice.standings[i].tied;
    }
    out_.chosen = choice.winner;
    return confirm();
  }

  // What was chosen is held against the baseline on the rows that had no part in it.
  Status confirm() {
    out_.winner = out_.chosen;
    if (out_.baseline.empty() || out_.chosen == out_.baseline) return {};
    TRY(Estimate more, difference(named(out_.baseline), named(out_.chosen)));
    out_.gain = {-more.value, -more.high, -more.low};
    if (out_.gain.low <= 0) out_.winner = out_.baseline;
    return {};
  }

  const Candidate& named(const std::string& name) const {
    return *std::ranges::find_if(question_.candidates,
                                 [&](const Candidate& c) { return c.report->name == name; });
  }

  void judge() {
    using enum Leaderboard::Verdict;
    if (nothing_to_trust())
      out_.verdict = kSuspected;
    else if (out_.baseline.empty())
      out_.verdict = kNoBaseline;
    else
      out_.verdict = out_.winner == out_.baseline ? kNo : kYes;
  }

  // Whether all that learn are suspected.
  bool nothing_to_trust() const {
    bool suspects = false;
    for (const LeaderboardRow& r : out_.rows) {
      if (!r.suspected && r.model != out_.baseline) return false;
      suspects = suspects || r.suspected;
    }
    return suspects;
  }

  // The best of what was made again without the suspects.
  struct Again {
    const Candidate* candidate = nullptr;
    const LeakageRerun* rerun = nullptr;
    Estimate value{};
  };
  Again best_again() const {
    Again best;
    for (const Candidate& candidate : question_.candidates)
      for (const LeakageRerun& rerun : candidate.report->leakage.reruns)
        for (const auto& [name, value] : rerun.metrics)
          if (name == out_.metric && (best.rerun == nullptr || value.value < best.value.value))
            best = {&candidate, &rerun, value};
    return best;
  }

  std::string suspected_sentence() const {
    std::string out =
        fmt::format("NOT AS IT STANDS: every model of {} is suspected of a leak", out_.label);
    Again again = best_again();
    if (again.rerun == nullptr) return out;
    std::string columns;
    for (const std::string& column : again.rerun->columns)
      columns += (columns.empty() ? "" : ", ") + column;
    out += fmt::format("; made again, {} ({}), {} has {} {}", again.rerun->how, columns,
                       again.candidate->report->name, metric_words(), interval(again.value));
    if (!out_.baseline.empty())
      out += fmt::format(" against {:.4g} of {}, which learns nothing",
                         row(out_.baseline).value.value, out_.baseline);
    return out;
  }

  std::string metric_words() const {
    if (out_.metric == "log_loss") return "log-loss";
    return "root mean squared error";
  }

  const LeaderboardRow& row(const std::string& model) const {
    return *std::ranges::find(out_.rows, model, &LeaderboardRow::model);
  }

  std::string sentence() const {
    using enum Leaderboard::Verdict;
    std::string rows = fmt::format("{} rows it has not seen", with_thousands(out_.test_rows));
    switch (out_.verdict) {
      case kSuspected:
        return suspected_sentence();
      case kNoBaseline:
        return fmt::format(
            "{} is best at {}: {} {} on {}; no model here learns nothing, so what "
            "it is worth is not known{}",
            out_.winner, out_.label, metric_words(), interval(row(out_.winner).value), rows,
            others());
      case kNo:
        if (out_.chosen != out_.baseline)
          return fmt::format(
              "NO: {} is not clearly better at {} than {}, which learns nothing: {} {} "
              "against {:.4g} on {}, better by {}{}",
              out_.chosen, out_.label, out_.baseline, metric_words(),
              interval(row(out_.chosen).value), row(out_.baseline).value.value, rows,
              interval(out_.gain), others());
        return fmt::format(
            "NO: no model is clearly better at {} than {}, which learns nothing "
            "({} {} on {}); the best other, {}, has {}{}",
            out_.label, out_.baseline, metric_words(), interval(row(out_.baseline).value), rows,
            best_other().model, interval(best_other().value), others());
      case kYes:
        return fmt::format(
            "YES: {} tells {} better than {}, which learns nothing: {} {} against "
            "{:.4g} on {}, better by {}{}",
            out_.winner, out_.label, out_.baseline, metric_words(),
            interval(row(out_.winner).value), row(out_.baseline).value.value, rows,
            interval(out_.gain), others());
    }
    return {};
  }

  const LeaderboardRow& best_other() const {
    return *std::ranges::find_if(out_.rows,
                                 [&](const LeaderboardRow& r) { return r.model != out_.baseline; });
  }

  // How the winner was chosen, what could not be told apart from it, and what does not count.
  std::string others() const {
    std::string tied;
    std::string suspected;
    for (const LeaderboardRow& r : out_.rows) {
      std::string& list = r.suspected ? suspected : tied;
      if (!r.suspected && (!r.tied || r.model == out_.chosen || r.model == out_.baseline)) continue;
      list += (list.empty() ? "" : ", ") + r.model;
    }
    std::string out = "; chosen by these rows themselves";
    if (out_.chosen_out_of_fold)
      out = fmt::format("; chosen by {} training rows scored out of fold",
                        with_thousands(out_.chosen_rows));
    if (!tied.empty() && out_.chosen != out_.baseline)
      out += fmt::format(
          ", where {}, {} cannot be told apart from the best and the first of them in lode.yaml{} "
          "wins",
          out_.chosen, tied, out_.baseline.empty() ? "" : " that is better than " + out_.baseline);
    if (!suspected.empty())
      out += fmt::format("; not counted, for suspicion of a leak: {}", suspected);
    return out;
  }

  const Question& question_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  Leaderboard out_;
};

}  // namespace

Result<std::vector<Leaderboard>> make_leaderboards(const Project& project,
                                                   const std::vector<ModelReport>& reports,
                                                   const std::map<std::string, FittedRun>& runs,
                                                   ThreadPool& pool, const CancelToken& cancel) {
  std::vector<Leaderboard> boards;
  for (const Question& question : questions(project, reports, runs)) {
    if (!std::ranges::all_of(question.candidates,
                             [](const Candidate& c) { return deciding(*c.report) != nullptr; }))
      continue;
    TRY(boards.emplace_back(), Board(question, pool, cancel).make());
  }
  return boards;
}

}  // namespace lode
