#include "orchestrate/leaderboard.h"

#include <algorithm>

#include "mine/algorithm.h"
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
    TRY_VOID(choose_winner());
    judge();
    out_.says = sentence();
    return std::move(out_);
  }

 private:
  // `second` less `first`.
  Result<Estimate> difference(const Candidate& first, const Candidate& second) {
    BootstrapOptions draws{.replicates = kJudgingReplicates,
                           .seed = question_.candidates[0].report->seed};
    TRY(const Metric* metric, find_metric(out_.metric));
    TRY(MetricDifference found,
        compare_by(*metric, first.run->judged, second.run->judged, draws, pool_, cancel_));
    return found.difference;
  }

  Status add(const Candidate& best, const Candidate& candidate) {
    LeaderboardRow row;
    row.model = candidate.report->name;
    row.algorithm = candidate.report->algorithm;
    row.value = deciding(*candidate.report)->estimate;
    row.suspected = candidate.report->leakage.suspected();
    row.tied = true;
    if (candidate.run != best.run) {
      TRY(row.behind_best, difference(best, candidate));
      row.tied = row.behind_best.low <= 0;
    }
    out_.rows.push_back(std::move(row));
    return {};
  }

  // A baseline that cannot be told apart from the best is the simplest of all; else only what is
  // better than it can win.
  Status choose_winner() {
    for (const Candidate& candidate : question_.candidates)
      if (is_baseline(*candidate.report) && out_.baseline.empty())
        out_.baseline = candidate.report->name;
    if (!out_.baseline.empty() && can_win(row(out_.baseline))) {
      out_.winner = out_.baseline;
      return {};
    }
    for (const Candidate& candidate : question_.candidates) {
      if (!can_win(row(candidate.report->name))) continue;
      if (!out_.baseline.empty()) {
        TRY(Estimate more, difference(named(out_.baseline), candidate));
        // The best is: the baseline can be told apart from it.
        if (more.high >= 0 && candidate.report->name != out_.rows[0].model) continue;
        out_.gain = {-more.value, -more.high, -more.low};
      }
      out_.winner = candidate.report->name;
      return {};
    }
    return {};
  }

  static bool can_win(const LeaderboardRow& row) { return row.tied && !row.suspected; }

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
        return fmt::format(
            "NO: no model is clearly better at {} than {}, which learns nothing "
            "({} {}); the best other, {}, has {}{}",
            out_.label, out_.baseline, metric_words(), interval(row(out_.baseline).value),
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

  // Those that cannot be told apart from the winner, and those that do not count.
  std::string others() const {
    std::string tied;
    std::string suspected;
    for (const LeaderboardRow& r : out_.rows) {
      std::string& list = r.suspected ? suspected : tied;
      if (!r.suspected && (!r.tied || r.model == out_.winner || r.model == out_.baseline)) continue;
      list += (list.empty() ? "" : ", ") + r.model;
    }
    std::string out;
    if (!tied.empty() && out_.verdict != Leaderboard::Verdict::kNo)
      out += fmt::format(
          "; {}, {} cannot be told apart from the best, and the first of them in "
          "lode.yaml{} wins",
          out_.winner, tied, out_.baseline.empty() ? "" : " that is better than " + out_.baseline);
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
