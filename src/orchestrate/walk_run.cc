#include "orchestrate/walk_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "evaluate/alpha_ledger.h"
#include "judge/bootstrap.h"
#include "judge/metric.h"
#include "orchestrate/gate_slices.h"
#include "orchestrate/monitor_run.h"
#include "orchestrate/recipe.h"
#include "orchestrate/walk_alarms.h"

namespace lode {
namespace {

constexpr int kReplicates = 500;
constexpr std::int64_t kBytesARow = 48;  // while a challenger is made, and a look of the gate

// One who could be live: the first champion, made once, or a challenger, made anew every period.
struct Candidate {
  std::string name;
  const Model* model = nullptr;
  const Challenger* challenger = nullptr;  // nullptr: the first champion
  Recipe recipe;
  std::unique_ptr<FittedModel> fitted{};
  std::vector<ColumnEncoder> encoders{};
  std::vector<double> scores{};  // of the walk's rows so far
};

class Walk {
 public:
  Walk(const Project& project, const Retraining& walk, const TrainingTable& training,
       const ModelMeans& means)
      : project_(project),
        walk_(walk),
        training_(training),
        means_(means),
        ledger_(walk.gate.alpha) {}

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
    if (live_ != 0) give(candidates_[live_]);
    return std::move(out_);
  }

 private:
  WalkReport& report() { return out_.report; }

  // The challenger that is live in the end, as it was made for the last period.
  void give(Candidate& live) {
    std::int64_t begin = report().periods.back().begin;
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
    model.train_rows = std::ssize(training_rows_of(live, begin));
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
    order_.resize(training_.time.size());
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::int64_t>(i);
    std::ranges::stable_sort(order_, {}, [&](std::int64_t row) { return time_of(row); });
    // The last period may be shorter: it ends with the last row.
    end_ = order_.empty() ? 0 : time_of(order_.back()) + 1;
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

  std::int64_t time_of(std::int64_t row) const {
    return training_.time[static_cast<std::size_t>(row)];
  }
  std::int64_t known_of(std::int64_t row) const {
    return training_.known[static_cast<std::size_t>(row)];
  }

  // Rows of [begin, end) whose label was known at `known`, in order of the table.
  std::vector<std::int64_t> rows_between(std::int64_t begin, std::int64_t end,
                                         std::int64_t known) const {
    auto from = std::ranges::lower_bound(order_, begin, {}, [&](auto row) { return time_of(row); });
    auto to = std::ranges::lower_bound(order_, end, {}, [&](auto row) { return time_of(row); });
    std::vector<std::int64_t> rows;
    for (auto at = from; at < to; ++at)
      if (known_of(*at) <= known) rows.push_back(*at);
    std::ranges::sort(rows);
    return rows;
  }

  Status go_through(std::int64_t begin, std::int64_t end) {
    std::vector<std::int64_t> rows =
        rows_between(begin, end, std::numeric_limits<std::int64_t>::max());
    if (rows.empty()) return {};
    WalkPeriod& period = report().periods.emplace_back();
    period.begin = begin;
    period.end = end;
    period.rows = std::ssize(rows);
    period.live = candidates_[live_].name;
    std::size_t before = rows_.size();
    first_places_.push_back(before);
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    for (Candidate& candidate : candidates_) TRY_VOID(make_and_score(candidate, begin, rows));
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

  Status make_and_score(Candidate& candidate, std::int64_t begin,
                        const std::vector<std::int64_t>& rows) {
    if (candidate.challenger != nullptr || candidate.fitted == nullptr) {
      EncodedRows encoded;
      MemoryBudget::Hold hold;
      TRY_VOID(part("encode", StationKind::kOwn, [&](Station& station) -> Status {
        std::vector<std::int64_t> train = training_rows_of(candidate, begin);
        if (train.empty())
          return fail(Code::kInvalid,
                      "there is no row with a label known at {} to make {} from; let 'over' begin "
                      "later, or make its 'train' longer",
                      text(Timestamp{begin}), candidate.name);
        TRY(hold, means_.budget.hold("retraining " + walk_.name + ", " + candidate.name,
                                     candidate.recipe.fitting_bytes(std::ssize(train))));
        TRY(encoded, candidate.recipe.encode(train));
        station.advance(std::ssize(train));
        return {};
      }));
      TRY_VOID(part("fit", StationKind::kTraining, [&](Station& station) -> Status {
        TRY(candidate.fitted, candidate.recipe.fit(encoded, candidate.recipe.options()));
        station.advance(encoded.design.matrix.rows);
        return {};
      }));
      candidate.encoders = std::move(encoded.encoders);
    }
    return part("score", StationKind::kOwn, [&](Station& station) -> Status {
      std::size_t before = candidate.scores.size();
      candidate.scores.resize(before + rows.size());
      TRY(auto counts, candidate.recipe.score(candidate.encoders, *candidate.fitted, rows,
                                              std::span(candidate.scores).subspan(before)));
      station.advance(std::ssize(rows));
      return {};
    });
  }

  // The first champion is made from its own training range, as far as labels were known when the
  // walk began; a challenger from what goes back from the period's begin.
  std::vector<std::int64_t> training_rows_of(const Candidate& candidate, std::int64_t begin) const {
    constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
    if (candidate.challenger == nullptr) {
      const TimeRange& range = candidate.model->split.train;
      std::int64_t from = range.begin ? range.begin->us : kEver;
      std::int64_t to = range.end ? std::min(range.end->us, begin) : begin;
      return rows_between(from, to, begin);
    }
    std::int64_t back = candidate.challenger->train.us;
    return rows_between(back > 0 ? saturating_subtract(begin, back) : kEver, begin, begin);
  }

  // Every candidate on the period's rows.
  Status measure(WalkPeriod& period, const std::vector<std::int64_t>& rows, std::size_t before) {
    TRY(const Metric* metric, find_metric(walk_.gate.metric));
    Outcomes outcomes = candidates_[0].recipe.outcomes(rows);
    for (const Candidate& candidate : candidates_) {
      auto value = evaluate(*metric, outcomes.with(std::span(candidate.scores).subspan(before)));
      period.metric.push_back(value ? *value : std::numeric_limits<double>::quiet_NaN());
    }
    return {};
  }

  // What was live, held against the rows it was made from, by labels known at the period's end.
  Status watch(WalkPeriod& period, const std::vector<std::int64_t>& rows, std::size_t before) {
    const Candidate& live = candidates_[live_];
    std::vector<std::int64_t> known;
    std::vector<double> scores;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (known_of(rows[i]) > period.end) continue;
      known.push_back(rows[i]);
      scores.push_back(live.scores[before + i]);
    }
    // The first champion was made when the walk began.
    std::int64_t made = live.challenger == nullptr ? walk_.over.begin->us : period.begin;
    std::vector<std::int64_t> made_from = training_rows_of(live, made);
    TRY(period.alarms, alarms_of_period({*live.model, training_, live.recipe, live.encoders,
                                         *live.fitted, made_from, known, scores},
                                        watch_options(project_.monitor, live.model->seed),
                                        means_.pool, means_.cancel));
    return {};
  }

  // ---- the gate at the end of a period

  struct Evidence {
    std::vector<std::int64_t> rows;   // of the table
    std::vector<std::size_t> places;  // of the walk's rows
    Outcomes outcomes;
    Blocks blocks;
    std::vector<GateSlice> slices;
    double mature = 1;
  };

  // What has been scored since `from`, as far as its label is known at `now`.
  Evidence evidence_of(std::int64_t from, std::int64_t now) const {
    Evidence out;
    std::size_t all = 0;
    std::vector<Timestamp> times;
    for (std::size_t place = first_place_since(from); place < rows_.size(); ++place) {
      std::int64_t row = rows_[place];
      if (time_of(row) < from) continue;  // in a period rows stand as in the table
      ++all;
      if (known_of(row) > now) continue;
      out.places.push_back(place);
      out.rows.push_back(row);
      times.push_back({time_of(row)});
    }
    out.outcomes = candidates_[0].recipe.outcomes(out.rows);
    out.blocks = blocks_by_day(times);
    out.slices = gate_slices(training_.columns, out.rows, walk_.gate.slices);
    out.mature = all == 0 ? 0 : static_cast<double>(out.rows.size()) / static_cast<double>(all);
    return out;
  }

  // Of the first period that has rows at `from` or later.
  std::size_t first_place_since(std::int64_t from) const {
    const std::vector<WalkPeriod>& periods = out_.report.periods;
    auto period = std::ranges::find_if(periods, [&](const WalkPeriod& p) { return p.end > from; });
    return first_places_[static_cast<std::size_t>(period - periods.begin())];
  }

  std::vector<double> scores_at(const Candidate& candidate, const Evidence& evidence) const {
    std::vector<double> out;
    out.reserve(evidence.places.size());
    for (std::size_t place : evidence.places) out.push_back(candidate.scores[place]);
    return out;
  }

  GatePolicy policy() const {
    GatePolicy out;
    out.metric = walk_.gate.metric;
    out.least_effect = walk_.gate.least_effect;
    out.guards.clear();
    for (const auto& [metric, margin] : walk_.gate.guards) out.guards.push_back({metric, margin});
    out.slice_margin = walk_.gate.slice_margin;
    out.least_mature = walk_.gate.least_mature;
    return out;
  }

  // Every candidate that is not live is looked at, with an equal share of what the rows may spend;
  // of those that may be promoted the one that gained most is.
  Status look(WalkPeriod& period) {
    std::int64_t from =
        std::max(saturating_subtract(period.end, walk_.evidence.us), walk_.over.begin->us);
    Period stretch{Timestamp{from}, Timestamp{period.end}};
    double alpha = ledger_.allowed(stretch);
    ledger_.spend(stretch, alpha);
    Evidence evidence = evidence_of(from, period.end);
    std::vector<double> champion = scores_at(candidates_[live_], evidence);
    std::size_t next = live_;
    double most = 0;
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      if (c == live_) continue;
      std::vector<double> challenger = scores_at(candidates_[c], evidence);
      GateEvidence shown{.champion = champion,
                         .challenger = challenger,
                         .label = evidence.outcomes.label,
                         .number = evidence.outcomes.number,
                         .blocks = &evidence.blocks,
                         .slices = evidence.slices,
                         .mature = evidence.mature,
                         .alpha = alpha / static_cast<double>(candidates_.size() - 1),
                         .seed = candidates_[c].model->seed};
      TRY(GateDecision decision, decide(policy(), shown, means_.pool, means_.cancel));
      double gain = decision.checks.front().gain;
      if (decision.verdict == GateVerdict::kPromote && (next == live_ || gain > most)) {
        next = c;
        most = gain;
      }
      period.looks.push_back({candidates_[c].name, std::move(decision)});
    }
    for (WalkDecision& look : period.looks)
      look.promoted = look.challenger == candidates_[next].name;
    if (next != live_)
      out_.decision = std::ranges::find(period.looks, true, &WalkDecision::promoted)->decision;
    live_ = next;
    return {};
  }

  // ---- over all periods

  Status sum_up() {
    TRY(const Metric* metric, find_metric(walk_.gate.metric));
    std::vector<Timestamp> times;
    times.reserve(rows_.size());
    for (std::int64_t row : rows_) times.push_back({time_of(row)});
    Blocks blocks = blocks_by_day(times);
    Outcomes outcomes = candidates_[0].recipe.outcomes(rows_);
    const std::vector<const Metric*> metrics = {metric};
    BootstrapOptions options{.replicates = kReplicates, .seed = candidates_[0].model->seed};
    auto judged = [&](const std::vector<double>& scores) {
      return JudgedRows::make(outcomes.with(scores), blocks, metrics, means_.pool, means_.cancel);
    };
    TRY(JudgedRows live, judged(live_scores_));
    TRY(auto estimates, bootstrap(live, options, means_.pool, means_.cancel));
    report().live_metric = estimates.front().estimate;
    report().rows = std::ssize(rows_);
    for (const Candidate& candidate : candidates_) {
      TRY(JudgedRows other, judged(candidate.scores));
      TRY(auto differences, compare(live, other, options, means_.pool, means_.cancel));
      report().candidate_metric.push_back(differences.front().second);
      report().more_than_live.push_back(differences.front().difference);
    }
    return {};
  }

  const Project& project_;
  const Retraining& walk_;
  const TrainingTable& training_;
  const ModelMeans& means_;
  AlphaLedger ledger_;
  std::vector<Candidate> candidates_;
  std::vector<std::int64_t> order_;  // rows of the table by time
  std::int64_t end_ = 0;
  ProgressStation* shown_ = nullptr;
  std::size_t live_ = 0;
  std::vector<std::int64_t> rows_;         // scored so far, period after period
  std::vector<std::size_t> first_places_;  // of each period, in rows_
  std::vector<double> live_scores_;        // of what was live
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
