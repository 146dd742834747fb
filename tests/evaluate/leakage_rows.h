// Rows for tests of leak detectors: clean ones of every seed, with what makes clean data look
// suspicious (drift, seasons, entities with habits, missing values that depend a little on the
// target, strong but honest features), and verbs that spoil them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/math.h"
#include "base/random.h"
#include "evaluate/leakage.h"

namespace lode {

struct LeakRows {
  Table features;
  std::vector<std::uint8_t> target;
  std::vector<Timestamp> time;
  Column entity;
  std::vector<Column> value_times;  // of the first features
  std::vector<std::int64_t> train;
  std::vector<std::int64_t> test;
  std::optional<SplitScores> scores;
  bool split_in_time = true;
  std::vector<std::int64_t> early_us;  // of what "habit" reads

  std::int64_t rows() const { return features.rows; }

  LeakageInput input() const {
    LeakageInput input{.features = &features,
                       .target = target,
                       .time = time,
                       .entity = &entity,
                       .entity_name = "customer",
                       .split_by_time = split_in_time,
                       .train = train,
                       .test = test,
                       .scores = scores};
    for (std::size_t c = 0; c < value_times.size(); ++c)
      input.feature_times.push_back({features.schema[c].name, &value_times[c]});
    input.outcome_reads.emplace();
    if (features.find("habit") != nullptr) {
      input.from_the_past = {"habit"};
      input.outcome_reads->push_back({"habit", "the outcomes of the same customer", early_us});
    }
    // An honest pipeline of one column: which way it points is learnt from the training rows.
    input.refit = [this](std::span<const std::uint8_t> targets) -> Result<std::vector<double>> {
      return one_column_scores(targets, train);
    };
    return input;
  }

  // Scores of the test rows by the first column, turned as the rows `learnt_from` have it.
  std::vector<double> one_column_scores(std::span<const std::uint8_t> targets,
                                        const std::vector<std::int64_t>& learnt_from) const {
    if (features.columns.empty()) return std::vector<double>(test.size());
    const Column& column = features.columns.front();
    double sum[2] = {0, 0};
    double count[2] = {0, 0};
    for (std::int64_t row : learnt_from) {
      std::uint8_t side = targets[static_cast<std::size_t>(row)];
      sum[side] += value_at(column, row);
      count[side] += 1;
    }
    double turn = sum[1] * count[0] < sum[0] * count[1] ? -1 : 1;
    std::vector<double> out;
    for (std::int64_t row : test) out.push_back(turn * value_at(column, row));
    return out;
  }

  static double value_at(const Column& column, std::int64_t row) {
    if (column.type.id != TypeId::kDouble || column.is_null(row)) return 0;
    return std::isfinite(column.float64(row)) ? column.float64(row) : 0;
  }

  void add(const std::string& name, Column column) {
    std::vector<Field> fields = features.schema.fields();
    fields.push_back({name, column.type});
    features.schema = Schema(std::move(fields));
    features.rows = column.length;
    features.columns.push_back(std::move(column));
  }

  // value(row) appends one cell to the builder.
  template <typename Value>
  void add(const std::string& name, Type type, Value value) {
    ColumnBuilder cells(std::move(type));
    for (std::int64_t row = 0; row < std::ssize(target); ++row) value(cells, row);
    add(name, cells.finish());
  }

  template <typename Value>
  void add_numbers(const std::string& name, Value value) {
    add(name, Type::float64(),
        [&](ColumnBuilder& cells, std::int64_t row) { cells.append_double(value(row)); });
  }

  bool positive(std::int64_t row) const { return target[static_cast<std::size_t>(row)] != 0; }

  // Rows in another order, or some of them again; the split is made anew by time.
  void take(const std::vector<std::int64_t>& rows) {
    auto taken = [&](auto& values) {
      auto old = values;
      values.clear();
      for (std::int64_t row : rows) values.push_back(old[static_cast<std::size_t>(row)]);
    };
    for (Column& column : features.columns) column = column.take(rows);
    for (Column& column : value_times) column = column.take(rows);
    entity = entity.take(rows);
    taken(target);
    taken(time);
    features.rows = std::ssize(rows);
    split_by_time();
  }

  // The last quarter by time is the test.
  void split_by_time() {
    std::vector<std::int64_t> order(target.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {},
                             [&](std::int64_t row) { return time[static_cast<std::size_t>(row)]; });
    auto cut = order.begin() + std::ssize(order) * 3 / 4;
    train.assign(order.begin(), cut);
    test.assign(cut, order.end());
    std::ranges::sort(train);
    std::ranges::sort(test);
    split_in_time = true;
  }

  void split_at_random(std::uint64_t seed) {
    Random random(seed, 99);
    train.clear();
    test.clear();
    for (std::int64_t row = 0; row < rows(); ++row)
      (random.below(4) == 0 ? test : train).push_back(row);
    split_in_time = false;
  }

  // Puts copies of training rows, with their targets but under their own ids, in place of `count`
  // test rows; returns these, ascending.
  std::vector<std::int64_t> copy_into_test(std::size_t count, std::uint64_t seed) {
    Random random(seed, 98);
    std::vector<std::int64_t> spoilt = test;
    random.shuffle(std::span(spoilt));
    spoilt.resize(count);
    std::ranges::sort(spoilt);
    std::vector<std::int64_t> from(target.size());
    std::iota(from.begin(), from.end(), 0);
    for (std::int64_t row : spoilt) {
      std::int64_t source = train[random.below(train.size())];
      from[static_cast<std::size_t>(row)] = source;
      target[static_cast<std::size_t>(row)] = target[static_cast<std::size_t>(source)];
    }
    for (std::size_t c = 0; c < features.columns.size(); ++c)
      if (features.schema[c].name != "id") features.columns[c] = features.columns[c].take(from);
    entity = entity.take(from);
    return spoilt;
  }
};

inline double leak_bell(Random& random) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += random.unit();
  return sum - 6;
}

// What one detector says, on two threads.
inline LeakFinding leak_finding(std::string_view detector, const LeakageInput& input,
                                const LeakageOptions& options = {}) {
  ThreadPool pool(2);
  Result<const LeakDetector*> known = find_leak_detector(detector);
  if (!known) ADD_FAILURE() << known.error().text();
  Result<LeakFinding> finding =
      known ? detect_leak(**known, input, options, pool) : fail(known.error());
  if (!finding) ADD_FAILURE() << finding.error().text();
  return finding.value_or(LeakFinding{});
}

inline std::vector<std::string> leak_columns(const LeakFinding& finding) {
  std::vector<std::string> names;
  for (const LeakSuspect& suspect : finding.suspects) names.push_back(suspect.column);
  return names;
}

// Of the first suspect; NaN if it is not there.
inline double leak_figure(const LeakFinding& finding, std::string_view name) {
  if (!finding.suspects.empty())
    for (const LeakFigure& figure : finding.suspects.front().figures)
      if (figure.name == name) return figure.value;
  return std::numeric_limits<double>::quiet_NaN();
}

// The share of pairs of a positive and a negative row in which the positive scores higher, ties
// half: pair by pair.
inline double auc_of_pairs(const std::vector<double>& score,
                           const std::vector<std::uint8_t>& label) {
  double won = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < score.size(); ++i)
    for (std::size_t j = 0; j < score.size(); ++j)
      if (label[i] == 1 && label[j] == 0) {
        pairs += 1;
        won += score[i] > score[j] ? 1 : score[i] == score[j] ? 0.5 : 0;
      }
  return won / pairs;
}

// "habit": the share of positives among a customer's last eight rows before each, drawn towards
// 0.3; `lag` 0 takes the row itself in, which is a leak. Rows are in order of time.
inline void add_habit(LeakRows& rows, const std::vector<std::int64_t>& who, std::size_t lag,
                      const std::string& name = "habit", std::size_t width = 8) {
  std::vector<std::vector<std::int64_t>> history(1000);
  rows.add_numbers(name, [&](std::int64_t row) {
    auto& own = history[static_cast<std::size_t>(who[static_cast<std::size_t>(row)])];
    own.push_back(rows.positive(row) ? 1 : 0);
    double sum = 0.6;
    double count = 2;
    for (std::size_t i = lag; i < std::min(own.size(), lag + width); ++i) {
      sum += static_cast<double>(own[own.size() - 1 - i]);
      count += 1;
    }
    return sum / count;
  });
  if (rows.early_us.empty())
    rows.early_us.assign(rows.target.size(), lag == 0 ? 60'000'000 : -60'000'000);
}

// Rows as they might be in life, without a leak. Odd seeds come in order of time, even ones in no
// order; every third seed has few positives.
inline LeakRows clean_rows(std::uint64_t seed, std::int64_t count = 4000) {
  Random random(seed, 1);
  LeakRows rows;
  std::vector<double> habit;
  for (int i = 0; i < 300; ++i) habit.push_back(leak_bell(random));
  std::vector<double> strong;
  std::vector<double> weak;
  std::vector<std::int64_t> city;
  std::vector<std::int64_t> who;
  double few = seed % 3 == 0 ? -4 : -1;
  for (std::int64_t row = 0; row < count; ++row) {
    double place = static_cast<double>(row) / static_cast<double>(count);
    rows.time.push_back(Timestamp{1'700'000'000'000'000} + minutes(row * 17) +
                        seconds(static_cast<std::int64_t>(random.below(60))));
    strong.push_back(leak_bell(random));
    weak.push_back(leak_bell(random));
    city.push_back(static_cast<std::int64_t>(random.below(12)));
    who.push_back(static_cast<std::int64_t>(random.below(300)));
    double hour = static_cast<double>(row * 17 / 60 % 24);
    double eta = few + 2 * strong.back() + 0.5 * weak.back() +
                 0.2 * static_cast<double>(city.back() % 4) + 0.8 * place +
                 (hour > 16 ? 0.7 : 0.0) + 0.8 * habit[static_cast<std::size_t>(who.back())];
    rows.target.push_back(random.chance(sigmoid(eta)) ? 1 : 0);
  }
  auto at = [](const auto& values, std::int64_t row) {
    return values[static_cast<std::size_t>(row)];
  };
  rows.add_numbers("strong", [&](std::int64_t row) { return at(strong, row); });
  rows.add("income", Type::float64(), [&](ColumnBuilder& cells, std::int64_t row) {
    // Asked less often of those who will be positive, as in life.
    if (random.chance(rows.positive(row) ? 0.35 : 0.25)) return cells.append_null();
    cells.append_double(at(weak, row) * 1000 + 30'000);
  });
  rows.add("city", Type::string(), [&](ColumnBuilder& cells, std::int64_t row) {
    cells.append_string("city " + std::to_string(at(city, row)));
  });
  rows.add("customer", Type::string(), [&](ColumnBuilder& cells, std::int64_t row) {
    cells.append_string("c" + std::to_string(at(who, row)));
  });
  rows.entity = rows.features.columns.back();
  rows.add("id", Type::int64(),
           [](ColumnBuilder& cells, std::int64_t row) { cells.append_int64(1000 + row); });
  for (int i = 0; i < 20; ++i)
    rows.add("noise " + std::to_string(i), Type::float64(),
             [&](ColumnBuilder& cells, std::int64_t) {
               if (i < 10 && random.chance(0.1)) return cells.append_null();
               cells.append_double(leak_bell(random));
             });
  add_habit(rows, who, 1);
  for (int i = 0; i < 2; ++i) {
    ColumnBuilder times(Type::timestamp());
    for (std::int64_t row = 0; row < count; ++row)
      times.append_int64(
          (at(rows.time, row) - seconds(static_cast<std::int64_t>(random.below(1000)))).us);
    rows.value_times.push_back(times.finish());
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (seed % 2 == 0) random.shuffle(std::span(order));
  rows.take(order);
  // Two splits of one truth differ by their errors only.
  Result<const Metric*> auc = find_metric("auc");
  rows.scores = SplitScores{.metric = auc.value_or(nullptr),
                            .random = 0.74 + 0.006 * leak_bell(random),
                            .honest = 0.74,
                            .standard_error = 0.006,
                            .blocks = 60};
  return rows;
}

// Few columns of few values, most of them nearly always 0: rows coincide without being copies.
inline LeakRows coinciding_rows(std::uint64_t seed, std::int64_t count = 4000) {
  Random random(seed, 2);
  LeakRows rows;
  std::vector<std::vector<std::int64_t>> flags;
  for (std::int64_t row = 0; row < count; ++row) {
    std::vector<std::int64_t> row_flags;
    bool ill = random.chance(0.1);  // makes the flags depend on each other
    for (int i = 0; i < 15; ++i) row_flags.push_back(random.chance(ill ? 0.3 : 0.03) ? 1 : 0);
    rows.target.push_back(random.chance(0.1 + 0.3 * static_cast<double>(row_flags[0])) ? 1 : 0);
    rows.time.push_back(Timestamp{0} + minutes(row));
    flags.push_back(std::move(row_flags));
  }
  for (int i = 0; i < 15; ++i)
    rows.add(
        "flag " + std::to_string(i), Type::int64(), [&](ColumnBuilder& cells, std::int64_t row) {
          cells.append_int64(flags[static_cast<std::size_t>(row)][static_cast<std::size_t>(i)]);
        });
  rows.entity = rows.features.columns.front();
  rows.split_by_time();
  return rows;
}

}  // namespace lode
