// Who could be live in a walk forward (orchestrate/walk_run.h), and the walk's rows by time.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "features/training_set.h"
#include "orchestrate/recipe.h"
#include "project/project.h"

namespace lode {

// Rows of a training table in order of time. The table must outlive it. Memory: 8 bytes a row.
class RowsByTime {
 public:
  explicit RowsByTime(const TrainingTable& training);

  std::int64_t time(std::int64_t row) const {
    return training_->time[static_cast<std::size_t>(row)];
  }
  std::int64_t known(std::int64_t row) const {
    return training_->known[static_cast<std::size_t>(row)];
  }
  // Just behind the last; 0 without rows.
  std::int64_t end() const;
  // Rows of [begin, end) whose label was known at `known`, in order of the table. O(rows of it).
  std::vector<std::int64_t> between(
      std::int64_t begin, std::int64_t end,
      std::int64_t known = std::numeric_limits<std::int64_t>::max()) const;

 private:
  const TrainingTable* training_;
  std::vector<std::int64_t> order_;
};

// The first champion, made once, or a challenger, made anew as the walk goes on.
struct WalkCandidate {
  std::string name;
  const Model* model = nullptr;
  const Challenger* challenger = nullptr;  // nullptr: the first champion
  Recipe recipe;
  std::unique_ptr<FittedModel> fitted{};
  std::vector<ColumnEncoder> encoders{};
  std::int64_t made_at = 0;      // what `fitted` was made from was known by then
  bool standing = false;         // answers in the period, whether or not it is live
  std::vector<double> scores{};  // of the walk's rows so far; NaN where it did not answer

  // The first champion is made from its own training range, as far as labels were known when the
  // walk began; a challenger from what goes back from `begin`.
  std::vector<std::int64_t> training_rows(const RowsByTime& rows, std::int64_t begin) const;
  bool scored(std::size_t place) const { return !std::isnan(scores[place]); }
};

}  // namespace lode
