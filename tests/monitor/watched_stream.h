// Streams to be watched: days that differ from each other, with drift where a test plants it.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "monitor/watch.h"

namespace lode {

// Normal enough for a test: twelve uniforms less six.
inline double about_normal(Random& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum;
}

struct StreamShape {
  std::int64_t reference_days = 28;
  std::int64_t watched_days = 28;
  std::int64_t rows_a_day = 60;
  std::int64_t watched_rows_a_day = 60;
  double day_effect = 0.5;  // deviation of what the rows of a day share; a row's own is 1
  double day_to_day = 0;    // autocorrelation of it
  std::size_t numbers = 3;  // columns x0, x1, ...
  // Of watched days: added to x0, and to the log-odds of labels behind the score's back.
  std::function<double(std::int64_t)> shift_x0 = [](std::int64_t) { return 0.0; };
  std::function<double(std::int64_t)> shift_label = [](std::int64_t) { return 0.0; };
};

// Labels are drawn from the score's own log-odds and a day's luck, so the model is right on average
// over days, as one is that was fitted on them.
struct WatchedStream {
  explicit WatchedStream(std::uint64_t seed, const StreamShape& shape = {}) {
    Random random(seed, 77);
    std::vector<ColumnBuilder> builders;
    for (std::size_t c = 0; c < shape.numbers; ++c) builders.emplace_back(Type::float64());
    ColumnBuilder level(Type::string());
    std::vector<double> luck(shape.numbers + 2);
    for (double& one : luck) one = about_normal(random);
    for (std::int64_t day = 0; day < shape.reference_days + shape.watched_days; ++day) {
      for (double& one : luck)
        one = shape.day_to_day * one +
              std::sqrt(1 - shape.day_to_day * shape.day_to_day) * about_normal(random);
      std::int64_t behind = day - shape.reference_days;
      bool watched = behind >= 0;
      std::int64_t count = watched ? shape.watched_rows_a_day : shape.rows_a_day;
      for (std::int64_t i = 0; i < count; ++i) {
        auto row = static_cast<std::int64_t>(time.size());
        (watched ? later : reference).push_back(row);
        time.push_back(day * days(1).us + i * 1'000'000);
        for (std::size_t c = 0; c < shape.numbers; ++c) {
          double x = shape.day_effect * luck[c] + about_normal(random);
          if (watched && c == 0) x += shape.shift_x0(behind);
          builders[c].append_double(x);
        }
        double liking = shape.day_effect * luck[shape.numbers] + about_normal(random);
        level.append_string(liking < -0.5 ? "a" : liking < 0.5 ? "b" : "c");
        double odds = -1 + about_normal(random);
        double truth = odds + shape.day_effect * luck.back();
        if (watched) truth += shape.shift_label(behind);
        // What the score says on average over lucky and unlucky days.
        double shrunk = odds / std::sqrt(1 + 0.35 * shape.day_effect * shape.day_effect);
        (watched ? later_scores : scores).push_back(sigmoid(shrunk));
        (watched ? later_labels : labels).push_back(random.chance(sigmoid(truth)) ? 1 : 0);
      }
    }
    for (ColumnBuilder& builder : builders) columns.push_back(builder.finish());
    columns.push_back(level.finish());
  }

  WatchedRows rows() const { return {time, reference, later}; }
  WatchedScores judged() const { return {scores, later_scores, labels, later_labels}; }
  std::vector<WatchedColumn> named() const {
    std::vector<WatchedColumn> out;
    for (std::size_t c = 0; c + 1 < columns.size(); ++c)
      out.push_back({"x" + std::to_string(c), &columns[c]});
    out.push_back({"level", &columns.back()});
    return out;
  }

  std::vector<std::int64_t> time;
  std::vector<std::int64_t> reference;
  std::vector<std::int64_t> later;
  std::vector<Column> columns;
  std::vector<double> scores;
  std::vector<double> later_scores;
  std::vector<std::uint8_t> labels;
  std::vector<std::uint8_t> later_labels;
};

inline Result<Watch> columns_watch(const WatchedRows& rows, std::span<const WatchedColumn> columns,
                                   const WatchOptions& options, ThreadPool& pool,
                                   const CancelToken& cancel = {}) {
  TRY(RowsWatch watch, RowsWatch::make(rows, options));
  return watch.columns(rows, columns, pool, cancel);
}
inline Result<Watch> scores_watch(const WatchedRows& rows, const WatchedScores& scores,
                                  const WatchOptions& options, ThreadPool& pool) {
  TRY(RowsWatch watch, RowsWatch::make(rows, options));
  return watch.scores(scores, pool);
}

}  // namespace lode
