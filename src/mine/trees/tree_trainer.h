// Trees grown by XGBoost's library from a labelled matrix: what the algorithms of trees differ in
// is its parameters, and what is made of the trees.
//
// Threads: a trainer belongs to one call at a time; the library's own threads are its parameter
// `nthread`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/algorithm.h"
#include "mine/trees/forest_model.h"

namespace lode {

using TreeParameters = std::vector<std::pair<std::string, std::string>>;

class TreeTrainer {
 public:
  // The data, rounded once to float32. kInvalid: no columns, a number or label too large for
  // float32; of a binary algorithm one class. kUnavailable without the library.
  static Result<TreeTrainer> make(const LabelledMatrix& data, const Algorithm& algorithm);
  TreeTrainer(TreeTrainer&&) noexcept;
  TreeTrainer& operator=(TreeTrainer&&) noexcept;
  ~TreeTrainer();

  std::size_t rows() const;
  std::size_t columns() const;
  const std::string& library() const;  // its version

  // The forest's margins below are the library's own, to the bit, on up to 512 of the rows; else
  // kInternal, and no model leaves here that would score differently from the one that was trained.

  // So many rounds of boosting. kInvalid: what the library refuses; kCancelled between rounds.
  Result<ForestParts> boost(const TreeParameters& parameters, std::int64_t rounds,
                            const CancelToken& cancel);
  // One round on other weights, one a row. Thresholds are those of the data's own weights and of
  // the first call's parameters.
  Result<Forest> grow(const TreeParameters& parameters, std::span<const float> weight);

 private:
  struct Parts;
  explicit TreeTrainer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace lode
