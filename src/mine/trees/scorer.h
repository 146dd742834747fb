// Margins of a Forest as fast as the machine allows: one row for serving, many for batches. Every
// variant gives the bytes of plain_margin (forest.h), and so XGBoost's own.
//
// How: one row is cut into one-byte bins by the model's own thresholds, and one vector compare then
// answers all splits of a tree of depth 6 at once (AVX-512; elsewhere 8 trees are walked side by
// side). A batch is taken 512 rows at a time: each distinct condition of the model is evaluated
// once into a mask of 512 bits, and a tree is a few dozen selections between such masks (after the
// idea of QuickScorer, Lucchese et al., SIGIR 2015: conditions first, trees second). Trees deeper
// than 8 are walked. Leaves are added in the order of the trees in float32 everywhere.
//
// Threads: a Scorer is read-only after compile and may be used from any thread; a Workspace belongs
// to one call at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/cpu.h"
#include "mine/trees/forest.h"

namespace lode {

class Scorer {
 public:
  // Scratch memory of a batch: allocated once, reused by every call with the same Scorer.
  class Workspace {
   public:
    Workspace(Workspace&&) noexcept;
    Workspace& operator=(Workspace&&) noexcept;
    ~Workspace();

   private:
    friend class Scorer;
    struct Memory;
    explicit Workspace(std::unique_ptr<Memory> memory);
    std::unique_ptr<Memory> memory_;
  };

  // `forest` must have passed check(); it is copied into the scorer's own layout and not referred
  // to again. O(nodes log nodes), about 20 to 60 bytes a node.
  static Scorer compile(const Forest& forest, Kernel kernel = best_kernel());
  Scorer(Scorer&&) noexcept;
  Scorer& operator=(Scorer&&) noexcept;
  ~Scorer();

  std::uint32_t features() const;
  Kernel kernel() const;
  // Which ways this model allows: bins for a row, masks for a batch; otherwise trees are walked.
  bool binned_rows() const;
  bool masked_batches() const;

  Workspace workspace() const;

  // One row of features() values, missing = NaN. Allocates nothing. Infinities compare as IEEE 754
  // says; XGBoost refuses them, so a caller that wants its behaviour refuses them first.
  float margin(const float* row) const;

  // `count` rows, row i at rows + i * stride (stride in floats, at least features()). Allocates
  // nothing; equals margin() of every row.
  void margins(const float* rows, std::size_t stride, std::size_t count, std::span<float> out,
               Workspace& workspace) const;

  // The same for a column per feature, each of out.size() values.
  void margins(std::span<const float* const> columns, std::span<float> out,
               Workspace& workspace) const;

 private:
  struct Plan;
  explicit Scorer(std::unique_ptr<const Plan> plan);
  // The block whose columns are in the workspace, at most 512 rows.
  void score_block(Workspace& workspace, std::span<float> out) const;
  bool worth_a_block(std::size_t rows) const;

  std::unique_ptr<const Plan> plan_;
};

}  // namespace lode
