#include "orchestrate/walk_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "feedback/trigger.h"
#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "orchestrate/monitor_run.h"
#include "orchestrate/recipe.h"
#include "orchestrate/walk_alarms.h"
#include "orchestrate/walk_candidate.h"
#include "orchestrate/walk_gate.h"

namespace lode {
namespace {

constexpr int kReplicates = 500;
constexpr std::int64_t kBytesARow = 48;  // while a challenger is made, and a look of the gate

class Walk {
 public:
  Walk(const Project& project, const Retraining& walk, const TrainingTable& training,
       const ModelMeans& means)
      : project_(project),
        walk_(walk),
        training_(training),
        means_(means),
        by_time_(training),
        gate_(walk, training, by_time_, means.pool, means.cancel) {}

  Result<WalkedRun> run() {
    TRY_VOID(prepare());
    TRY(MemoryBudget::Hold hold,
        means_.budget.hold(
            "retraining " + walk_.name,
            std::ssize(training_.time) * (kBytesARow + 8 * std::ssize(candidates_))));
    {
      ProgressStation shown = means_.stations.show({.name = "retraining " + walk_.name});
      shown_ = &shown;  // NOLINT(clang-analyzer-core.StackAddressEscape): only this run uses it
      for (Timestamp begin = *walk_.over.begin; begin.us < end_; begin = begin + walk_.every)
        TRY_VOID(go_through(begin.us, std::min((begin + walk_.every).us, end_)));
      if (rows_.empty())
        return fail(Code::kInvalid, "there are no rows with a label from {} on",
                    text(*walk_.over.begin));
      TRY_VOID(part("judge", StationKind::kOwn, [&](Station&) { return sum_up(); }));
    }
    TRY_VOID(means_.stations.end_parts());
    report().live = candidates_[live_].name;
    report().trained_every_period = std::ssize(report().periods) * (std::ssize(candidates_) - 1);
    if (live_ != 0) give(candidates_[live_]);
    return std::move(out_);
  }

 private:
  WalkReport& report() { return out_.report; }

  // The challenger that is live in the end, as it was made last.
  void give(WalkCandidate& live) {
    std::int64_t begin = live.made_at;
    Model& declared = out_.declared.emplace(*live.model);
    declared.name = walk_.name;
    declared.split.train = {.begin = std::nullopt, .end = Timestamp{begin}};
    if (live.challenger->train.us > 0)
      declared.split.train.begin = Timestamp{begin - live.challenger->train.us};
    declared.split.test = {.begin = Timestamp{begin}, .end = std::nullopt};
    declared.split.purge = true;
    declared.choose.reset();
    declared.tune.reset();
    ModelReport& model = out_.fitted.report;
    model.name = walk_.name;
    model.training = declared.from;
    model.algorithm = declared.algorithm;
    model.options = live.recipe.options();
    model.seed = declared.seed;
    model.threads = declared.threads;
    model.train_rows = std::ssize(live.training_rows(by_time_, begin));
    model.notes.push_back(
        fmt::format("made like {} as challenger {} of the walk, and live since "
                    "the gate promoted it",
                    live.model->name, live.name));
    out_.fitted.model = std::move(live.fitted);
    out_.fitted.encoders = std::move(live.encoders);
  }

  Status part(std::string_view name, StationKind kind,
              const std::function<Status(Station&)>& work) {
    return means_.stations.run_part(
        {.name = fmt::format("retraining {}: {}", walk_.name, name), .kind = kind}, *shown_, work);
  }

  Status prepare() {
    report().name = walk_.name;
    report().champion = walk_.champion;
    report().metric = walk_.gate.metric;
    TRY_VOID(add_candidate(std::string(kFirstChampion), walk_.champion, nullptr));
    for (const Challenger& challenger : walk_.challengers)
      TRY_VOID(add_candidate(challenger.name, challenger.model, &challenger));
    for (const TriggerChoice& choice : walk_.when) {
      TRY(std::unique_ptr<Trigger> trigger, make_trigger(choice.trigger, choice.options));
      triggers_.push_back(std::move(trigger));
    }
    live_since_ = walk_.over.begin->us;
    // The last period may be shorter: it ends with the last row.
    end_ = by_time_.end();
    if (walk_.over.end) end_ = std::min(end_, walk_.over.end->us);
    if ((Timestamp{end_} - *walk_.over.begin).us / walk_.every.us > kMostPeriods)
      return fail(Code::kInvalid, "its rows have more than {} periods; make 'every' longer",
                  kMostPeriods);
    return {};
  }

  Status add_candidate(std::string name, const std::string& model, const Challenger* challenger) {
    const Model* like = project_.model(model);
    TRY(Recipe recipe, Recipe::make(*like, training_, means_.pool, means_.cancel));
    report().candidates.push_back(name);
    candidates_.push_back({std::move(name), like, challenger, std::move(recipe)});
    return {};
  }

  Status go_through(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> rows = by_time_.between(begin, end);
    if (rows.empty()) return {};
    WalkPeriod& period = report().periods.emplace_back();
    period.begin = begin;
    period.end = end;
    period.rows = std::ssize(rows);
    period.live = candidates_[live_].name;
    std::size_t before = rows_.size();
    first_places_.push_back(before);
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    ask_triggers(period);
    if (std::ranges::any_of(period.triggers, &WalkTrigger::fired)) {
      for (WalkCandidate& candidate : candidates_) TRY_VOID(make_for(period, candidate));
      if (!period.made.empty()) trained_at_ = begin;
    } else if (candidates_[0].fitted == nullptr) {
      TRY_VOID(make(candidates_[0], begin));
    }
    for (std::size_t c = 0; c < candidates_.size(); ++c) TRY_VOID(answer(c, rows));
    const std::vector<double>& answered = candidates_[live_].scores;
    live_scores_.insert(live_scores_.end(), answered.begin() + static_cast<std::ptrdiff_t>(before),
                        answered.end());
    TRY_VOID(measure(period, rows, before));
    TRY_VOID(part("monitor", StationKind::kOwn, [&](Station& station) -> Status {
      station.advance(std::ssize(rows));
      return watch(period, rows, before);
    }));
    return part("gate", StationKind::kOwn, [&](Station& station) -> Status {
      station.advance(std::ssize(rows));
      return look(period);
    });
  }

  // By what is known when the period begins.
  void ask_triggers(WalkPeriod& period) {
    TriggerEvidence evidence{.trained = trained_at_.has_value(), .alarms = alarms_};
    if (trained_at_) evidence.since_trained = {period.begin - *trained_at_};
    std::int64_t since = trained_at_.value_or(walk_.over.begin->us);
    evidence.new_rows = std::ranges::count_if(training_.known, [&](std::int64_t known) {
      return known > since && known <= period.begin;
    });
    for (std::size_t t = 0; t < triggers_.size(); ++t) {
      TriggerAnswer answer = triggers_[t]->ask(evidence);
      period.triggers.push_back(
          {walk_.when[t].trigger, answer.fired, answer.value, answer.limit, std::move(answer.why)});
    }
  }

  // A challenger that cannot be made has a period without it, and the walk goes on; what is live
  // answers as it was made last. Without a first champion there is nothing to walk.
  Status make_for(WalkPeriod& period, WalkCandidate& candidate) {
    if (candidate.challenger == nullptr) {
      candidate.standing = true;
      return candidate.fitted == nullptr ? make(candidate, period.begin) : Status();
    }
    Status made = make(candidate, period.begin);
    candidate.standing = made.has_value();
    if (made) {
      period.made.push_back(candidate.name);
      ++report().trained;
      if (&candidate == &candidates_[live_]) alarms_.clear();
      return {};
    }
    if (made.error().code() != Code::kInvalid) return made;
    period.not_made.push_back({candidate.name, made.error().message()});
    return {};
  }

  Status make(WalkCandidate& candidate, std::int64_t begin) {
    EncodedRows encoded;
    MemoryBudget::Hold hold;
    std::unique_ptr<FittedModel> fitted;
    TRY_VOID(part("encode", StationKind::kOwn, [&](Station& station) -> Status {
      std::vector<std::int64_t> train = candidate.training_rows(by_time_, begin);
      if (train.empty()) return fail(Code::kInvalid, "{}", no_rows_text(candidate, begin));
      TRY(hold, means_.budget.hold("retraining " + walk_.name + ", " + candidate.name,
                                   candidate.recipe.fitting_bytes(std::ssize(train))));
      TRY(encoded, candidate.recipe.encode(train));
      station.advance(std::ssize(train));
      return {};
    }));
    TRY_VOID(part("fit", StationKind::kTraining, [&](Station& station) -> Status {
      TRY(fitted, candidate.recipe.fit(encoded, candidate.recipe.options()));
      station.advance(encoded.design.matrix.rows);
      return {};
    }));
    candidate.fitted = std::move(fitted);
    candidate.encoders = std::move(encoded.encoders);
    candidate.made_at = begin;
    return {};
  }

  static std::string no_rows_text(const WalkCandidate& candidate, std::int64_t begin) {
    if (candidate.challenger == nullptr)
      return fmt::format(
          "there is no row with a label known at {} to make {} from; let 'over' begin later",
          text(Timestamp{begin}), candidate.name);
    Duration back = candidate.challenger->train;
    return fmt::format("no row{} before {} has a label known by then",
                       back.us > 0 ? fmt::format(" of the {}", text(back)) : "",
                       text(Timestamp{begin}));
  }

  // Scores of the period's rows, or NaN of who does not answer in it.
  Status answer(std::size_t c, const std::vector<std::int64_t>& rows) {
    WalkCandidate& candidate = candidates_[c];
    std::size_t before = candidate.scores.size();
    candidate.scores.resize(before + rows.size(), std::numeric_limits<double>::quiet_NaN());
    // The first champion answers all along, to be told beside what was live.
    if (candidate.challenger != nullptr && !candidate.standing && c != live_) return {};
    return part("score", StationKind::kOwn, [&](Station& station) -> Status {
      TRY(auto counts, candidate.recipe.score(candidate.encoders, *candidate.fitted, rows,
                                              std::span(candidate.scores).subspan(before)));
      station.advance(std::ssize(rows));
      return {};
    });
  }

  // Every candidate on the period's rows.
  Status measure(WalkPeriod& period, const std::vector<std::int64_t>& rows, std::size_t before) {
    TRY(const Metric* metric, find_metric(walk_.gate.metric));
    Outcomes outcomes = candidates_[0].recipe.outcomes(rows);
    for (const WalkCandidate& candidate : candidates_) {
      if (!candidate.scored(before)) {
        period.metric.push_back(std::numeric_limits<double>::quiet_NaN());
        continue;
      }
      auto value = evaluate(*metric, outcomes.with(std::span(candidate.scores).subspan(before)));
      period.metric.push_back(value ? *value : std::numeric_limits<double>::quiet_NaN());
    }
    return {};
  }

  // What was live, held against the rows it was made from, and its loss against that of the rows it
  // was found good on, by labels known at the period's end.
  Status watch(WalkPeriod& period, const std::vector<std::int64_t>& rows, std::size_t before) {
    const WalkCandidate& live = candidates_[live_];
    std::vector<std::int64_t> made_from = live.training_rows(by_time_, live.made_at);
    Scored now;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (by_time_.known(rows[i]) <= period.end) now.add(rows[i], live.scores[before + i]);
    Scored found_good = found_good_on(live, period);
    TRY(std::vector<PeriodAlarm> alarms,
        alarms_of_period({*live.model, training_, live.recipe, live.encoders, *live.fitted,
                          made_from, now.rows, now.scores, found_good.rows, found_good.scores},
                         project_.monitor, means_.pool, means_.cancel));
    std::vector<AlarmStanding>& standing = alarms_.emplace_back();
    for (PeriodAlarm& one : alarms) {
      std::string furthest;
      if (one.stood)
        furthest = fmt::format("{} {:+.4f}, above {:.4f}", one.alarm.furthest, one.alarm.value,
                               one.alarm.limit);
      standing.push_back({one.alarm.name, one.stood, one.alarm.p, std::move(furthest)});
      if (one.stood) period.alarms.push_back(std::move(one.alarm));
    }
    return {};
  }

  struct Scored {
    std::vector<std::int64_t> rows;
    std::vector<double> scores;
    void add(std::int64_t row, double score) {
      rows.push_back(row);
      scores.push_back(score);
    }
  };

  // As much as the gate looks at, up to when it became live, or, as long as there is less, from
  // there on; of periods before this one.
  Scored found_good_on(const WalkCandidate& live, const WalkPeriod& period) const {
    std::int64_t from =
        std::max(saturating_subtract(live_since_, walk_.evidence.us), walk_.over.begin->us);
    std::int64_t to = std::min(saturating_add(from, walk_.evidence.us), period.begin);
    std::vector<std::pair<std::int64_t, double>> all;
    for (std::size_t place = 0; place < first_places_.back(); ++place) {
      std::int64_t row = rows_[place];
      std::int64_t time = by_time_.time(row);
      if (time >= from && time < to && by_time_.known(row) <= period.end && live.scored(place))
        all.emplace_back(row, live.scores[place]);
    }
    std::ranges::sort(all);
    Scored out;
    for (auto [row, score] : all) out.add(row, score);
    return out;
  }

  Status look(WalkPeriod& period) {
    WalkedRows walked{report().periods, rows_, first_places_};
    TRY(WalkGate::Said said, gate_.look(candidates_, live_, walked, period.end));
    period.looks = std::move(said.looks);
    if (said.live != live_) {
      out_.decision = std::ranges::find(period.looks, true, &WalkDecision::promoted)->decision;
      live_ = said.live;
      live_since_ = period.end;
      alarms_.clear();
      for (WalkCandidate& candidate : candidates_) candidate.standing = false;
      return {};
    }
    // Who was kept out, or not decided on in all the time that the gate looks back, stands no more
    // until a trigger fires again.
    bool over = trained_at_ && period.end - *trained_at_ >= walk_.evidence.us;
    for (const WalkDecision& look : period.looks)
      if (over || look.decision.verdict == GateVerdict::kKeep)
        std::ranges::find(candidates_, look.challenger, &WalkCandidate::name)->standing = false;
    return {};
  }

  // ---- over all periods

  Status sum_up() {
    TRY(const Metric* metric, find_metric(walk_.gate.metric));
    report().rows = std::ssize(rows_);
    TRY(JudgedRows live, judged(*metric, live_scores_, live_scores_));
    BootstrapOptions options{.replicates = kReplicates, .seed = candidates_[0].model->seed};
    TRY(auto estimates, bootstrap(live, options, means_.pool, means_.cancel));
    report().live_metric = estimates.front().estimate;
    for (const WalkCandidate& candidate : candidates_) {
      constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
      report().candidate_metric.push_back({kNone, kNone, kNone});
      report().more_than_live.push_back({kNone, kNone, kNone});
      report().candidate_rows.push_back(
          std::ranges::count_if(candidate.scores, [](double score) { return !std::isnan(score); }));
      Status compared = compare_with_live(*metric, live, candidate.scores, options);
      // On few rows the metric may have no value.
      if (!compared && compared.error().code() != Code::kInvalid) return compared;
    }
    return {};
  }

  // Over the rows that it scored: most often all that `live` was judged on.
  Status compare_with_live(const Metric& metric, const JudgedRows& live,
                           const std::vector<double>& scores, const BootstrapOptions& options) {
    std::int64_t count = report().candidate_rows.back();
    if (count == 0) return {};
    std::optional<JudgedRows> part;
    if (count < report().rows) {
      TRY(part, judged(metric, live_scores_, scores));
    }
    TRY(JudgedRows other, judged(metric, scores, scores));
    TRY(auto differences, compare(part ? *part : live, other, options, means_.pool, means_.cancel));
    report().candidate_metric.back() = differences.front().second;
    report().more_than_live.back() = differences.front().difference;
    return {};
  }

  // On the rows that have a score in `where`.
  Result<JudgedRows> judged(const Metric& metric, const std::vector<double>& scores,
                            const std::vector<double>& where) {
    std::vector<std::int64_t> rows;
    std::vector<Timestamp> times;
    std::vector<double> scored;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::isnan(where[i])) continue;
      rows.push_back(rows_[i]);
      times.push_back({by_time_.time(rows_[i])});
      scored.push_back(scores[i]);
    }
    return JudgedRows::make(candidates_[0].recipe.outcomes(rows).with(scored), blocks_by_day(times),
                            std::vector{&metric}, means_.pool, means_.cancel);
  }

  const Project& project_;
  const Retraining& walk_;
  const TrainingTable& training_;
  const ModelMeans& means_;
  RowsByTime by_time_;
  WalkGate gate_;
  std::vector<WalkCandidate> candidates_;
  std::int64_t end_ = 0;
  ProgressStation* shown_ = nullptr;
  std::size_t live_ = 0;
  std::int64_t live_since_ = 0;
  std::optional<std::int64_t> trained_at_;          // when challengers were made last
  std::vector<std::unique_ptr<Trigger>> triggers_;  // as lode.yaml names them
  std::vector<std::vector<AlarmStanding>> alarms_;  // by period since what is live was made
  std::vector<std::int64_t> rows_;                  // scored so far, period after period
  std::vector<std::size_t> first_places_;           // of each period, in rows_
  std::vector<double> live_scores_;                 // of what was live
  WalkedRun out_;
};

// What is wrong with a walk before there are rows.
Status check_walk(const Project& project, const Retraining& walk) {
  std::vector<std::string> names = {walk.champion};
  for (const Challenger& challenger : walk.challengers) names.push_back(challenger.model);
  Task task = task_of(project.model(walk.champion)->algorithm);
  for (const std::string& name : names)
    if (task_of(project.model(name)->algorithm) != task)
      return fail(Code::kInvalid,
                  "{} and {} cannot be held against each other: one learns labels, one numbers",
                  walk.champion, name);
  std::vector<std::string> metrics = {walk.gate.metric};
  for (const auto& [name, margin] : walk.gate.guards) metrics.push_back(name);
  for (const std::string& name : metrics) {
    TRY(const Metric* metric, find_metric(name));
    if (Status takes = check_task(*metric, task); !takes)
      return fail(Code::kInvalid, "{}; say so as `metric` and `guards` of its gate",
                  takes.error().message());
    if (metric->better == Direction::kZero)
      return fail(Code::kInvalid, "a gate cannot compare by {}, which has no better end", name);
  }
  return {};
}

}  // namespace

Result<WalkedRun> run_walk(const Project& project, const Retraining& walk,
                           const TrainingTable& training, const ModelMeans& means) {
  auto run = Walk(project, walk, training, means).run();
  if (!run)
    return fail(run.error()
                    .context("retraining " + walk.name)
                    .at({.file = project.file.string(),
                         .line = walk.place.line,
                         .column = walk.place.column}));
  return run;
}

Status check_walks(const Project& project) {
  for (const Retraining& walk : project.retraining) {
    Where place{
        .file = project.file.string(), .line = walk.place.line, .column = walk.place.column};
    Status status = check_walk(project, walk);
    if (!status) return fail(status.error().context("retraining " + walk.name).at(place));
  }
  return {};
}

}  // namespace lode
