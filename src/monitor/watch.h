// Rows of later periods held against a reference, period by period: each drift detector's statistic
// of each column, of the scores, of labels and of predictions, how unlikely it is where nothing
// drifts (monitor/block_null.h), and which of them are alarms.
//
// Alarms have a budget. There are five: "columns", "score", "base_rate", "calibration" and, where
// losses are watched, "loss"; where
// nothing drifts each stands in a period with a chance of at most `alpha`, whatever the number of
// columns and detectors behind it: the same days are drawn for all of them, and a statistic is an
// alarm if it lies above what the largest of all reaches in alpha of the replicates, each in
// standard deviations of its own null (the max-T procedure of Westfall and Young, 1993: it knows
// how columns go together, which Bonferroni and Benjamini-Hochberg do not). Over time nothing is
// corrected: an alarm must not depend on periods that are still to come. So of n periods in which
// nothing drifts alpha n raise an alarm; a trigger asks for two of three in a row.
//
// Determinism: the same bytes on any number of threads. Cost: a look at each row for each column,
// then O(replicates * (days + bins)) a column and shape of period (monitor/block_null.h). Memory: a
// byte a row for each column that is looked at at once, 100 kB a column for nulls.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "table/column.h"

namespace lode {

struct WatchOptions {
  Duration period = days(7);  // of whole days; longer where there would be more than kMostWatched
  Duration block = days(0);   // of whole days that are drawn in a run; 0: as alike as days are
  double alpha = 0.05;        // above 0, at most 0.2: of an alarm in a period without drift
  int replicates = 1999;      // at least 2 / alpha, at most 100,000
  std::uint64_t seed = 0;
};

inline constexpr std::string_view kWatchedScore = "score";  // what scores and labels are `of`
inline constexpr std::int64_t kMostWatched = 120;           // periods
inline constexpr std::size_t kLeastReferenceDays = 8;       // fewer have no null
inline constexpr std::size_t kMostWatchedColumns = 200;

// Which rows, all of one table; everything is the caller's.
struct WatchedRows {
  std::span<const std::int64_t> time;       // of the table's rows
  std::span<const std::int64_t> reference;  // rows of the table, ascending
  std::span<const std::int64_t> watched;
};

struct WatchedColumn {
  std::string name;
  const Column* column = nullptr;
};

// Scores are probabilities; labels 0 or 1; of the rows in their order.
struct WatchedScores {
  std::span<const double> reference;
  std::span<const double> watched;
  std::span<const std::uint8_t> reference_labels;
  std::span<const std::uint8_t> watched_labels;
};

struct WatchedPeriod {
  Timestamp begin{};
  Timestamp end{};
  std::int64_t rows = 0;
  std::int64_t days = 0;  // on which there are rows
};

// One statistic of one column, or of scores and labels (then `of` is "score"), period by period.
struct WatchSeries {
  std::string of;
  std::string statistic;          // name of the detector
  double days_alike = 0;          // autocorrelation of neighbouring days of the reference
  std::int64_t run_days = 0;      // drawn together in its null; 0 without one
  std::vector<double> value{};    // signed where the direction means something
  std::vector<double> limit{};    // of its size: above it it is an alarm; empty without a null
  std::vector<double> p{};        // that a size like this comes of no drift, by itself
  std::vector<double> typical{};  // the size in the middle of its null
};

// One alarm, period by period. Empty vectors without a null.
struct WatchAlarm {
  std::string name;
  std::vector<double> p{};              // of the period, over all its statistics
  std::vector<std::uint8_t> stood{};    // 1: some statistic was above its limit
  std::vector<std::int32_t> series{};   // the furthest above its limit, -1 if none is
  std::vector<std::uint8_t> trigger{};  // 1: stood here and in another of the last three periods
};

struct Watch {
  std::int64_t reference_rows = 0;
  std::int64_t reference_days = 0;
  std::vector<WatchedPeriod> periods{};  // those with rows, in order of time
  std::vector<WatchSeries> series{};
  std::vector<WatchAlarm> alarms{};
  std::vector<std::string> not_watched{};  // columns: lists, and those beyond kMostWatchedColumns
  std::string why_no_null{};
};

// Days, periods and draws of some rows, made once for all that is watched of them. Copies share
// them. Memory: 4 bytes a row.
class RowsWatch {
 public:
  // Errors: kInvalid for options out of range, no rows on either side, rows out of range. O(rows).
  static Result<RowsWatch> make(const WatchedRows& rows, const WatchOptions& options);

  // The alarm "columns". `rows` are those of make(). Errors: kCancelled.
  Result<Watch> columns(const WatchedRows& rows, std::span<const WatchedColumn> columns,
                        ThreadPool& pool, const CancelToken& cancel = {}) const;
  // The alarms "score", "base_rate" and "calibration". Errors: kInvalid for scores that are no
  // probabilities, labels that are not 0 or 1, other numbers of them than rows; kCancelled.
  Result<Watch> scores(const WatchedScores& scores, ThreadPool& pool,
                       const CancelToken& cancel = {}) const;
  // The alarm "loss": the mean loss of a row (0 or more, of rows that the model was not fitted on)
  // is greater than in the reference. Errors: kInvalid for losses that are none, other numbers of
  // them than rows. O(rows).
  Result<Watch> losses(std::span<const double> reference, std::span<const double> watched) const;

 private:
  class Days;
  explicit RowsWatch(std::shared_ptr<const Days> made) : days_(std::move(made)) {}
  std::shared_ptr<const Days> days_;
};

// Two watches of the same rows and options as one.
void append_watch(Watch& to, Watch more);

}  // namespace lode
