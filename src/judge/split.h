// Splits rows into training and test, so that a model is judged on what it could not have seen: by
// time, on a future of which it knows neither rows nor labels that were still unknown when the test
// began; at random, where rows are exchangeable (judge/exchangeable.h); and whole groups at a time,
// where rows of one customer or machine would tell of each other.
//
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "base/time.h"

namespace lode {

// Half open: begin is in, end is not.
struct Period {
  Timestamp begin = Timestamp::earliest();
  Timestamp end = Timestamp::latest();
  bool contains(Timestamp t) const { return begin <= t && t < end; }
};

// With c = test.begin, a row at time t whose label becomes known at k is
//   test      if t lies in `test`;
//   training  if t lies in `train`, and t < c - embargo, and (with the purge) k <= c.
// The embargo keeps a distance in event time, for what outlives the labels: an outage, a campaign.
// The purge keeps labels of the future out (Lopez de Prado, 2018, chapter 7): at c such a model
// could not have been trained. The two are independent, and both are needed.
struct TimeSplit {
  Period train;
  Period test;
  Duration embargo;
  bool purge_unknown_labels = true;
};

struct SplitRows {
  std::vector<std::int64_t> train;  // row numbers, ascending
  std::vector<std::int64_t> test;
  // Where every other row went; a row under embargo is not counted again as unknown.
  std::int64_t outside = 0;        // in neither range
  std::int64_t embargoed = 0;      // in `train`, and too near to the test
  std::int64_t unknown_label = 0;  // in `train`, and its label came after the test began
  std::int64_t shared_group = 0;   // in `train`, and its group is in the test too
};

// `known` holds, row by row, when the label could first be used; it may be empty only without the
// purge. Latest is the time of a label that never came. kInvalid: lengths differ, an empty or
// reversed range, a training range that ends after the test begins, a negative embargo, no row left
// on one of the sides. O(rows).
Result<SplitRows> split_by_time(std::span<const Timestamp> times, std::span<const Timestamp> known,
                                const TimeSplit& split);

// A share of the rows, drawn without replacement, is the test; all others are training.
struct RandomSplit {
  double test = 0.25;  // above 0, below 1
  std::uint64_t seed = 0;
};

// The nearest whole number of rows to the share, and at least one on either side. With `labels`
// (0 or 1, one a row) stratified: of each label the nearest whole number, so that a rare one is in
// both. kInvalid: the share out of range, fewer than 2 rows, another number of labels than rows.
// The same rows for the same seed. O(rows).
Result<SplitRows> split_at_random(std::int64_t rows, std::span<const std::uint8_t> labels,
                                  const RandomSplit& split);

// Whole groups in random order go to the test until it has the share of the rows; so it may have
// more, by less than a group. `group_of`: of each row, 0 or above. kInvalid: the share out of
// range, a negative group, fewer than 2 groups, or one so large that nothing is left for training.
// O(rows).
Result<SplitRows> split_groups_at_random(std::span<const std::int64_t> group_of,
                                         const RandomSplit& split);

// At most `most` of the rows, each as likely as any other, in their order. O(rows).
std::vector<std::int64_t> draw_rows(std::span<const std::int64_t> rows, std::size_t most,
                                    Random random);

// Takes training rows away whose group is in the test, and counts them. A negative group is none:
// such rows stay. kInvalid: another number of groups than rows, nothing left for training. O(rows).
Status keep_groups_apart(std::span<const std::int64_t> group_of, SplitRows& rows);

}  // namespace lode
