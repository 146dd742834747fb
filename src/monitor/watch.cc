#include "monitor/watch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "monitor/bins.h"
#include "monitor/block_null.h"
#include "monitor/drift.h"
#include "monitor/periods.h"

namespace lode {
namespace {

constexpr std::size_t kLeastRuns = 4;  // of the reference
constexpr std::size_t kAtOnce = 32;    // columns whose nulls are held
constexpr std::size_t kLookBack = 3;   // periods of which two make a trigger

constexpr double kBelowAll = -1e300;

// By days in a run and shape of the period. Empty: there is no null.
using Draws = std::map<std::pair<std::size_t, DrawnShape>, NullDraws>;

std::size_t run_of(std::size_t reference_days, double alike, const WatchOptions& options) {
  if (options.block.us == 0) return run_length(reference_days, alike);
  return static_cast<std::size_t>(options.block.us / days(1).us);
}

// What is watched: its sums by day of the reference, of the reference, and by period.
struct Subject {
  std::string name;
  DayCells cells{};
  std::vector<double> reference{};
  std::vector<double> periods{};  // period x stride
};

// Where each replicate of a shape of period stands in one statistic's null. What grows with the
// square of a shift is looked at by its root, so that all statistics have tails alike.
struct Null {
  int degree = 1;
  double mean = 0;
  double deviation = 0;
  std::vector<double> sorted{};

  // In deviations; what never moves in the null is far out as soon as it moves at all.
  double place(double size) const {
    constexpr double kFarOut = 1e9;
    double rooted = root(size);
    if (deviation > 0) return (rooted - mean) / deviation;
    return rooted > mean ? kFarOut : 0;
  }
  // The size that stands there.
  double size_at(double place) const {
    double rooted = mean + place * deviation;
    return degree == 2 ? rooted * rooted : rooted;
  }
  double root(double size) const { return degree == 2 ? std::sqrt(size) : size; }
};

Null null_of(const std::vector<double>& sizes, int degree) {
  Null out{.degree = degree};
  for (double size : sizes) out.mean += out.root(size);
  auto count = static_cast<double>(sizes.size());
  out.mean /= count;
  double square = 0;
  for (double size : sizes) {
    double from_mean = out.root(size) - out.mean;
    square += from_mean * from_mean;
  }
  out.deviation = std::sqrt(square / (count - 1));
  out.sorted = sizes;
  std::ranges::sort(out.sorted);
  return out;
}

// (1 + replicates at least as large) / (1 + replicates): never 0, valid as it stands.
double chance_of(const std::vector<double>& sorted, double size) {
  auto above = static_cast<double>(sorted.end() - std::ranges::lower_bound(sorted, size));
  return (1 + above) / (1 + static_cast<double>(sorted.size()));
}

// One alarm over the statistics of some subjects, that are added as they are made.
class Family {
 public:
  // `run` of the draws is taken.
  Family(std::string name, DriftOf of, std::size_t run, const WatchCalendar& calendar,
         const WatchOptions& options, const Draws& draws)
      : of_(of), run_(run), calendar_(calendar), options_(options), draws_(draws) {
    alarm_.name = std::move(name);
    for (const DriftDetector* detector : all_drift_detectors())
      if (detector->of == of) detectors_.push_back(detector);
    for (const auto& [key, drawn] : draws)
      largest_[key.second].assign(drawn.replicates(), kBelowAll);
  }

  // What of a subject can be worked out by itself; called from any thread.
  struct Told {
    std::vector<WatchSeries> series;
    std::vector<std::vector<double>> place;         // series x period, in deviations of the null
    std::vector<std::map<DrawnShape, Null>> nulls;  // of each series, without what was drawn
    std::map<DrawnShape, std::vector<double>> largest;
  };
  Told tell(const Subject& subject) const {
    Told out;
    std::vector<const DriftDetector*> asked;
    for (const DriftDetector* detector : detectors_)
      if (subject.cells.ordered || !detector->ordered_only) asked.push_back(detector);
    double alike = days_alike(subject.cells, of_);
    std::map<DrawnShape, std::vector<Null>> nulls;
    for (const auto& [key, drawn] : draws_) {
      const auto& [run_of_draws, shape] = key;
      if (run_of_draws != run_) continue;
      std::vector<Null>& of_shape = nulls[shape];
      std::vector<double>& largest = out.largest[shape];
      largest.assign(drawn.replicates(), kBelowAll);
      std::vector<std::vector<double>> sizes = drawn.sizes(subject.cells, asked);
      for (std::size_t d = 0; d < asked.size(); ++d) {
        const Null& null = of_shape.emplace_back(null_of(sizes[d], asked[d]->degree));
        if (null.deviation == 0) continue;
        for (std::size_t r = 0; r < sizes[d].size(); ++r)
          largest[r] = std::max(largest[r], null.place(sizes[d][r]));
      }
    }
    for (std::size_t d = 0; d < asked.size(); ++d) {
      tell_series(subject, *asked[d], d, nulls, out);
      out.series.back().days_alike = alike;
      if (!draws_.empty()) out.series.back().run_days = static_cast<std::int64_t>(run_);
    }
    return out;
  }

  void add(Told told) {
    for (auto& [shape, largest] : told.largest)
      for (std::size_t r = 0; r < largest.size(); ++r)
        largest_[shape][r] = std::max(largest_[shape][r], largest[r]);
    std::ranges::move(told.series, std::back_inserter(series_));
    std::ranges::move(told.place, std::back_inserter(place_));
    std::ranges::move(told.nulls, std::back_inserter(nulls_));
  }

  // When all subjects were added: limits, and in which periods the alarm stood.
  void end(Watch& watch) {
    auto first = static_cast<std::int32_t>(watch.series.size());
    if (!draws_.empty()) {
      for (auto& [shape, largest] : largest_) std::ranges::sort(largest);
      for (std::size_t p = 0; p < calendar_.periods().size(); ++p) judge(p, first);
      std::vector<std::uint8_t>& stood = alarm_.stood;
      for (std::size_t p = 0; p < stood.size(); ++p) {
        auto from = static_cast<std::ptrdiff_t>(p + 1 - std::min(p + 1, kLookBack));
        auto to = static_cast<std::ptrdiff_t>(p + 1);
        bool persists = std::count(stood.begin() + from, stood.begin() + to, 1) >= 2;
        alarm_.trigger.push_back(stood[p] == 1 && persists ? 1 : 0);
      }
    }
    std::ranges::move(series_, std::back_inserter(watch.series));
    watch.alarms.push_back(std::move(alarm_));
  }

 private:
  void tell_series(const Subject& subject, const DriftDetector& detector, std::size_t d,
                   const std::map<DrawnShape, std::vector<Null>>& nulls, Told& out) const {
    WatchSeries& series = out.series.emplace_back();
    series.of = subject.name;
    series.statistic = detector.name;
    std::vector<double>& place = out.place.emplace_back();
    std::size_t stride = subject.cells.stride();
    for (std::size_t p = 0; p < calendar_.periods().size(); ++p) {
      std::span<const double> now = std::span(subject.periods).subspan(p * stride, stride);
      double value =
          detector.statistic(binned(subject.reference, subject.cells), binned(now, subject.cells));
      series.value.push_back(value);
      if (nulls.empty()) continue;
      const Null& null = nulls.at(calendar_.shape(calendar_.periods()[p]))[d];
      double size = size_of(detector, value);
      series.p.push_back(chance_of(null.sorted, size));
      series.typical.push_back(null.sorted[null.sorted.size() / 2]);
      place.push_back(null.place(size));
    }
    std::map<DrawnShape, Null>& kept = out.nulls.emplace_back();
    for (const auto& [shape, of_shape] : nulls) {
      kept[shape] = of_shape[d];
      kept[shape].sorted = {};
    }
  }

  void judge(std::size_t p, std::int32_t first_series) {
    DrawnShape shape = calendar_.shape(calendar_.periods()[p]);
    const std::vector<double>& largest = largest_.at(shape);
    auto replicates = static_cast<double>(largest.size());
    // Of replicates and the period itself alpha lie at the line or above it.
    auto line_at = static_cast<std::size_t>(std::ceil((replicates + 1) * (1 - options_.alpha))) - 1;
    double line = largest[std::min(line_at, largest.size() - 1)];
    double furthest = kBelowAll;
    double over = 0;
    std::int32_t most = -1;
    for (std::size_t s = 0; s < series_.size(); ++s) {
      const DriftDetector& detector = **find_drift_detector(series_[s].statistic);
      double limit = std::max(detector.least, nulls_[s].at(shape).size_at(std::max(line, 0.0)));
      series_[s].limit.push_back(limit);
      furthest = std::max(furthest, place_[s][p]);
      double size = size_of(detector, series_[s].value[p]);
      if (size <= limit || place_[s][p] <= over) continue;
      over = place_[s][p];
      most = static_cast<std::int32_t>(s) + first_series;
    }
    alarm_.p.push_back(chance_of(largest, furthest));
    alarm_.stood.push_back(most >= 0 ? 1 : 0);
    alarm_.series.push_back(most);
  }

  DriftOf of_;
  std::size_t run_;
  std::vector<const DriftDetector*> detectors_;
  const WatchCalendar& calendar_;
  const WatchOptions& options_;
  const Draws& draws_;
  std::map<DrawnShape, std::vector<double>> largest_;  // by replicate, over all statistics
  std::vector<WatchSeries> series_;
  std::vector<std::vector<double>> place_;
  std::vector<std::map<DrawnShape, Null>> nulls_;
  WatchAlarm alarm_;
};

// When all rows are in: sums of days and of the whole reference.
void end(Subject& subject) {
  DayCells& cells = subject.cells;
  cells.sum_days();
  subject.reference.assign(cells.stride(), 0);
  for (std::size_t i = 0; i < cells.whole.size(); ++i)
    subject.reference[i % cells.stride()] += cells.whole[i];
}

// The same with a reference that is right on average in every bin: what predictions that are right
// look like on its days.
Subject made_right(Subject subject) {
  DayCells& cells = subject.cells;
  std::size_t bins = cells.bins;
  std::vector<double> gap;
  for (std::size_t b = 0; b < bins; ++b) {
    double rows = subject.reference[b];
    double over = subject.reference[bins + b] - subject.reference[2 * bins + b];
    gap.push_back(rows > 0 ? over / rows : 0);
  }
  for (std::size_t unit = 0; unit < cells.days * cells.per_day; ++unit) {
    double* sums = &cells.slices[unit * cells.stride()];
    for (std::size_t b = 0; b < bins; ++b) sums[bins + b] -= sums[b] * gap[b];
  }
  end(subject);
  return subject;
}

Status check_rows(const WatchedRows& rows) {
  for (std::span<const std::int64_t> side : {rows.reference, rows.watched}) {
    if (side.empty())
      return fail(Code::kInvalid, "a watch needs rows of a reference and rows to be watched");
    for (std::int64_t row : side)
      if (row < 0 || row >= std::ssize(rows.time))
        return fail(Code::kInvalid, "row {} is none of {} rows", row, rows.time.size());
  }
  return {};
}

Status check_watch(const WatchedRows& rows, const WatchOptions& options) {
  if (!(options.alpha > 0 && options.alpha <= 0.2))
    return fail(Code::kInvalid, "alpha {} of an alarm is not above 0 and at most 0.2",
                options.alpha);
  if (options.replicates < 2 / options.alpha || options.replicates > 100'000)
    return fail(Code::kInvalid, "{} replicates; alpha {} takes {} to 100000", options.replicates,
                options.alpha, std::ceil(2 / options.alpha));
  if (options.period < days(1) || options.period.us % days(1).us != 0 || options.block.us < 0 ||
      options.block.us % days(1).us != 0)
    return fail(Code::kInvalid, "periods and blocks of a watch are of whole days");
  return check_rows(rows);
}

Status check_scores(std::size_t reference, std::size_t watched, const WatchedScores& scores) {
  auto check = [](std::size_t count, std::span<const double> score,
                  std::span<const std::uint8_t> label) -> Status {
    if (score.size() != count || label.size() != count)
      return fail(Code::kInvalid, "{} scores and {} labels of {} rows", score.size(), label.size(),
                  count);
    for (std::size_t i = 0; i < count; ++i) {
      if (!(score[i] >= 0 && score[i] <= 1))
        return fail(Code::kInvalid, "row {}: score {} is not a probability", i, score[i]);
      if (label[i] > 1) return fail(Code::kInvalid, "row {}: label {} is not 0 or 1", i, label[i]);
    }
    return {};
  };
  TRY_VOID(check(reference, scores.reference, scores.reference_labels));
  return check(watched, scores.watched, scores.watched_labels);
}

}  // namespace

// Days and periods, and the draws of every shape that a period has.
class RowsWatch::Days {
 public:
  Days(const WatchedRows& rows, const WatchOptions& options)
      : options_(options), calendar_(rows, options.period) {
    watch_.reference_rows = std::ssize(rows.reference);
    watch_.reference_days = static_cast<std::int64_t>(calendar_.reference_days());
    watch_.periods = calendar_.periods();
    std::size_t all = calendar_.reference_days();
    std::size_t shortest = run_of(all, 0, options);
    if (all < kLeastReferenceDays || all < kLeastRuns * shortest) {
      watch_.why_no_null =
          fmt::format("the reference has rows of {} days; {} and {} blocks of them are needed", all,
                      kLeastReferenceDays, kLeastRuns);
      return;
    }
    for (const WatchedPeriod& period : watch_.periods)
      for (std::size_t run : {shortest, run_of(all, 1, options)}) {
        DrawnShape shape = calendar_.shape(period);
        if (shape.slices < kSlices) per_day_ = kSlices;
        if (!draws_.contains({run, shape}))
          draws_.try_emplace({run, shape}, all, run, shape,
                             static_cast<std::size_t>(options.replicates), options.seed);
      }
  }

  // What is the same for all that is watched.
  Watch watch() const { return watch_; }
  const WatchCalendar& calendar() const { return calendar_; }
  Family family(std::string name, DriftOf of, std::size_t run) const {
    return {std::move(name), of, run, calendar_, options_, draws_};
  }
  // One for all that is watched together: of the one whose days are most alike.
  std::size_t run(double most_alike) const {
    return run_of(calendar_.reference_days(), most_alike, options_);
  }

  Subject subject(std::string name, std::size_t bins, bool judged, bool ordered) const {
    Subject out{.name = std::move(name)};
    out.cells.days = calendar_.reference_days();
    out.cells.per_day = per_day_;
    out.cells.bins = bins;
    out.cells.judged = judged;
    out.cells.ordered = ordered;
    out.cells.slices.assign(out.cells.days * per_day_ * out.cells.stride(), 0);
    out.periods.assign(watch_.periods.size() * out.cells.stride(), 0);
    return out;
  }
  // Where the sums of a row stand. Rows of a day go into its slices in turn of a hash.
  std::size_t reference_unit(std::size_t i) const {
    std::uint64_t hash = (i + 1) * 0x9e3779b97f4a7c15U;
    return calendar_.day_of()[i] * per_day_ + (per_day_ > 1 ? hash >> 61 : 0);
  }
  std::size_t period(std::size_t i) const { return calendar_.period_of()[i]; }
  // Nothing for a list.
  std::optional<Subject> subject_of(const WatchedRows& rows, const WatchedColumn& watched) const;
  Result<Subject> subject_of(const WatchedScores& scores, ThreadPool& pool,
                             const CancelToken& cancel) const;

 private:
  WatchOptions options_;
  WatchCalendar calendar_;
  Watch watch_;
  std::size_t per_day_ = 1;
  Draws draws_;
};

std::optional<Subject> RowsWatch::Days::subject_of(const WatchedRows& rows,
                                                   const WatchedColumn& watched) const {
  std::optional<ColumnBins> bins = ColumnBins::fit(*watched.column, rows.reference);
  if (!bins) return std::nullopt;
  Subject out = subject(watched.name, bins->bins(), false, bins->ordered());
  std::vector<std::uint8_t> bin(rows.reference.size());
  bins->place(*watched.column, rows.reference, bin);
  std::size_t stride = out.cells.stride();
  for (std::size_t i = 0; i < bin.size(); ++i)
    out.cells.slices[reference_unit(i) * stride + bin[i]] += 1;
  bin.resize(rows.watched.size());
  bins->place(*watched.column, rows.watched, bin);
  for (std::size_t i = 0; i < bin.size(); ++i) out.periods[period(i) * stride + bin[i]] += 1;
  end(out);
  return out;
}

Result<Subject> RowsWatch::Days::subject_of(const WatchedScores& scores, ThreadPool& pool,
                                            const CancelToken& cancel) const {
  std::vector<double> sample;
  std::size_t step = (scores.reference.size() + 65'535) / 65'536;
  for (std::size_t i = 0; i < scores.reference.size(); i += step)
    sample.push_back(scores.reference[i]);
  NumberBins bins = NumberBins::fit(std::move(sample));
  Subject out = subject(std::string(kWatchedScore), bins.bins(), true, true);
  std::size_t stride = out.cells.stride();
  auto add = [&](double* unit, double score, std::uint8_t label) {
    std::size_t bin = bins.bin(score);
    unit[bin] += 1;
    unit[bins.bins() + bin] += score;
    unit[2 * bins.bins() + bin] += label;
  };
  // The watched rows, in pieces that are added up in their order; the reference is the last task.
  constexpr std::size_t kPiece = std::size_t{1} << 19;
  std::size_t pieces = (scores.watched.size() + kPiece - 1) / kPiece;
  std::vector<std::vector<double>> sums(pieces);
  TRY_VOID(parallel_for(
      pool, pieces + 1,
      [&](std::size_t piece) {
        if (piece == pieces) {
          for (std::size_t i = 0; i < scores.reference.size(); ++i)
            add(&out.cells.slices[reference_unit(i) * stride], scores.reference[i],
                scores.reference_labels[i]);
          return;
        }
        sums[piece].assign(out.periods.size(), 0);
        std::size_t to = std::min(scores.watched.size(), (piece + 1) * kPiece);
        for (std::size_t i = piece * kPiece; i < to; ++i)
          add(&sums[piece][period(i) * stride], scores.watched[i], scores.watched_labels[i]);
      },
      cancel));
  for (const std::vector<double>& piece : sums)
    for (std::size_t i = 0; i < piece.size(); ++i) out.periods[i] += piece[i];
  end(out);
  return out;
}

Result<RowsWatch> RowsWatch::make(const WatchedRows& rows, const WatchOptions& options) {
  TRY_VOID(check_watch(rows, options));
  return RowsWatch(std::make_shared<const Days>(rows, options));
}

Result<Watch> RowsWatch::columns(const WatchedRows& rows, std::span<const WatchedColumn> columns,
                                 ThreadPool& pool, const CancelToken& cancel) const {
  Watch watch = days_->watch();
  std::vector<std::optional<Subject>> subjects(std::min(columns.size(), kMostWatchedColumns));
  TRY_VOID(parallel_for(
      pool, subjects.size(),
      [&](std::size_t i) { subjects[i] = days_->subject_of(rows, columns[i]); }, cancel));
  double most_alike = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i < subjects.size() && subjects[i])
      most_alike = std::max(most_alike, days_alike(subjects[i]->cells, DriftOf::kValues));
    else
      watch.not_watched.push_back(columns[i].name);
  }
  std::erase_if(subjects, [](const auto& subject) { return !subject; });
  Family family = days_->family("columns", DriftOf::kValues, days_->run(most_alike));
  for (std::size_t at = 0; at < subjects.size(); at += kAtOnce) {
    std::vector<Family::Told> told(std::min(kAtOnce, subjects.size() - at));
    TRY_VOID(parallel_for(
        pool, told.size(), [&](std::size_t i) { told[i] = family.tell(*subjects[at + i]); },
        cancel));
    for (Family::Told& one : told) family.add(std::move(one));
  }
  family.end(watch);
  return watch;
}

Result<Watch> RowsWatch::scores(const WatchedScores& scores, ThreadPool& pool,
                                const CancelToken& cancel) const {
  const WatchCalendar& calendar = days_->calendar();
  TRY_VOID(check_scores(calendar.day_of().size(), calendar.period_of().size(), scores));
  TRY(Subject subject, days_->subject_of(scores, pool, cancel));
  double most_alike = 0;
  for (DriftOf of : {DriftOf::kValues, DriftOf::kLabels, DriftOf::kPredictions})
    most_alike = std::max(most_alike, days_alike(subject.cells, of));
  std::size_t run = days_->run(most_alike);
  std::vector<Family> families = {days_->family("score", DriftOf::kValues, run),
                                  days_->family("base_rate", DriftOf::kLabels, run),
                                  days_->family("calibration", DriftOf::kPredictions, run)};
  TRY_VOID(parallel_for(
      pool, families.size(),
      [&](std::size_t i) {
        families[i].add(families[i].tell(i == 2 ? made_right(subject) : subject));
      },
      cancel));
  Watch watch = days_->watch();
  for (Family& family : families) family.end(watch);
  return watch;
}

Result<Watch> RowsWatch::losses(std::span<const double> reference,
                                std::span<const double> watched) const {
  const WatchCalendar& calendar = days_->calendar();
  if (reference.size() != calendar.day_of().size() || watched.size() != calendar.period_of().size())
    return fail(Code::kInvalid, "{} and {} losses of {} and {} rows", reference.size(),
                watched.size(), calendar.day_of().size(), calendar.period_of().size());
  for (std::span<const double> side : {reference, watched})
    for (std::size_t i = 0; i < side.size(); ++i)
      if (!(side[i] >= 0) || std::isinf(side[i]))
        return fail(Code::kInvalid, "row {}: {} is no loss", i, side[i]);
  // One bin: a count, a sum of losses, and nothing that was observed.
  Subject subject = days_->subject(std::string(kWatchedScore), 1, true, true);
  std::size_t stride = subject.cells.stride();
  auto add = [](double* unit, double loss) {
    unit[0] += 1;
    unit[1] += loss;
  };
  for (std::size_t i = 0; i < reference.size(); ++i)
    add(&subject.cells.slices[days_->reference_unit(i) * stride], reference[i]);
  for (std::size_t i = 0; i < watched.size(); ++i)
    add(&subject.periods[days_->period(i) * stride], watched[i]);
  end(subject);
  double alike = days_alike(subject.cells, DriftOf::kLosses);
  Family family = days_->family("loss", DriftOf::kLosses, days_->run(alike));
  family.add(family.tell(subject));
  Watch watch = days_->watch();
  family.end(watch);
  return watch;
}

void append_watch(Watch& to, Watch more) {
  auto first = static_cast<std::int32_t>(to.series.size());
  std::ranges::move(more.series, std::back_inserter(to.series));
  for (WatchAlarm& alarm : more.alarms) {
    for (std::int32_t& series : alarm.series)
      if (series >= 0) series += first;
    to.alarms.push_back(std::move(alarm));
  }
  std::ranges::move(more.not_watched, std::back_inserter(to.not_watched));
}

}  // namespace lode
