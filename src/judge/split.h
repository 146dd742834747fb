// Splits rows into training and test by time, so that a model is judged on a future it could not
// have seen: not its rows, and not labels that were still unknown when the test began.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
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
};

// `known` holds, row by row, when the label could first be used; it may be empty only without the
// purge. Latest is the time of a label that never came. kInvalid: lengths differ, an empty or
// reversed range, a training range that ends after the test begins, a negative embargo, no row left
// on one of the sides. O(rows).
Result<SplitRows> split_by_time(std::span<const Timestamp> times, std::span<const Timestamp> known,
                                const TimeSplit& split);

}  // namespace lode
