// How the rows of a training set are split for a model, as its project declares it, and which of
// them belong together when intervals are drawn.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/training_set.h"
#include "judge/exchangeable.h"
#include "judge/sample.h"
#include "judge/split.h"
#include "project/project.h"

namespace lode {

// Threads: belongs to one. The model and the table must outlive it.
class RowSplitter {
 public:
  RowSplitter(const Model& model, const TrainingTable& training);

  // As declared; adds to the notes. kInvalid: rows that are not exchangeable split at random;
  // `stratified` of numbers; what judge/split.h refuses.
  Result<SplitRows> split();
  // By other times inside the declared ones, groups apart as declared: for a choice of options.
  Result<SplitRows> split(const TimeRange& train, const TimeRange& test) const;

  // Rows that are drawn together: of a day; of a group, where groups are split at random; each row
  // alone, where rows are. The last two in at most 1,000 blocks.
  Blocks blocks(std::span<const std::int64_t> rows) const;
  std::string block_unit() const;  // "day", "row", or the column of groups

  // What is to be known of the split before its figures are trusted.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Result<Exchangeability> exchangeability() const;
  Status check_exchangeable();
  std::vector<std::uint8_t> labels() const;

  const Model& model_;
  const TrainingTable& training_;
  std::vector<std::int64_t> group_of_;  // of each row of the table; empty without groups
  std::vector<std::string> notes_;
};

}  // namespace lode
