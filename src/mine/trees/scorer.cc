#include "mine/trees/scorer.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "mine/trees/scorer_plan.h"

namespace lode {
namespace {

ScorerKernels kernels_of(Kernel kernel) {
  switch (kernel) {
    case Kernel::kAvx512:
      return avx512_scorer();
    case Kernel::kAvx2:
      return avx2_scorer();
    case Kernel::kBaseline:
      break;
  }
  return baseline_scorer();
}

// A block costs the same however many rows it holds; below these numbers of rows one at a time is
// faster (bench/scorer_bench.cc).
constexpr std::size_t kLeastBlockBinned = 160;
constexpr std::size_t kLeastBlockWalked = 32;

}  // namespace

struct Scorer::Plan {
  std::uint32_t features = 0;
  float base_margin = 0;
  Kernel kernel = Kernel::kBaseline;
  ScorerKernels kernels;
  bool binned = false;
  bool masked = false;
  WalkPlan walk;
  BinPlan bins;
  BinView bin_view{};
  MaskPlan masks;
  MaskView mask_view{};
};

struct Scorer::Workspace::Memory {
  std::vector<FloatLine> columns;
  std::vector<MaskLine> masks;
  std::vector<FloatLine> margins;
  std::vector<float> row;
};

Scorer::Workspace::Workspace(std::unique_ptr<Memory> memory) : memory_(std::move(memory)) {}
Scorer::Workspace::Workspace(Workspace&&) noexcept = default;
Scorer::Workspace& Scorer::Workspace::operator=(Workspace&&) noexcept = default;
Scorer::Workspace::~Workspace() = default;

Scorer::Scorer(std::unique_ptr<const Plan> plan) : plan_(std::move(plan)) {}
Scorer::Scorer(Scorer&&) noexcept = default;
Scorer& Scorer::operator=(Scorer&&) noexcept = default;
Scorer::~Scorer() = default;

Scorer Scorer::compile(const Forest& forest, Kernel kernel) {
  auto plan = std::make_unique<Plan>();
  plan->features = forest.features;
  plan->base_margin = forest.base_margin;
  plan->kernel = kernel;
  plan->kernels = kernels_of(kernel);
  plan->binned = plan->kernels.row != nullptr && make_bin_plan(forest, plan->bins);
  plan->masked = make_mask_plan(forest, plan->masks);
  if (plan->binned) plan->bin_view = plan->bins.view();
  if (plan->masked) plan->mask_view = plan->masks.view();
  if (!plan->binned) plan->walk = make_walk_plan(forest);
  return Scorer(std::move(plan));
}

std::uint32_t Scorer::features() const { return plan_->features; }
Kernel Scorer::kernel() const { return plan_->kernel; }
bool Scorer::binned_rows() const { return plan_->binned; }
bool Scorer::masked_batches() const { return plan_->masked; }

Scorer::Workspace Scorer::workspace() const {
  auto memory = std::make_unique<Workspace::Memory>();
  if (plan_->masked) {
    memory->columns.resize(plan_->masks.columns.size() * kBlockRows / 16);
    memory->masks.resize(plan_->masks.conditions);
    memory->margins.resize(kBlockRows / 16);
  }
  memory->row.resize(plan_->features);
  return Workspace(std::move(memory));
}

float Scorer::margin(const float* row) const {
  if (plan_->binned) return plan_->kernels.row(plan_->bin_view, row, plan_->base_margin);
  return walk_row(plan_->walk, row, plan_->base_margin);
}

namespace {

// Tiles of 16 rows keep both the rows read and the columns written in the first cache.
void transpose(const MaskPlan& plan, const float* rows, std::size_t stride, std::size_t count,
               FloatLine* columns) {
  for (std::size_t tile = 0; tile < kBlockRows / 16; ++tile) {
    std::size_t begin = 16 * tile;
    std::size_t here = count <= begin ? 0 : std::min<std::size_t>(16, count - begin);
    for (std::size_t c = 0; c < plan.columns.size(); ++c) {
      float* line = columns[c * (kBlockRows / 16) + tile].values;
      const float* from = rows + begin * stride + plan.columns[c];
      for (std::size_t r = 0; r < here; ++r) line[r] = from[r * stride];
      for (std::size_t r = here; r < 16; ++r) line[r] = 0;
    }
  }
}

void copy_columns(const MaskPlan& plan, std::span<const float* const> from, std::size_t begin,
                  std::size_t count, FloatLine* columns) {
  for (std::size_t c = 0; c < plan.columns.size(); ++c) {
    float* to = columns[c * (kBlockRows / 16)].values;
    std::copy_n(from[plan.columns[c]] + begin, count, to);
    std::fill(to + count, to + kBlockRows, 0.0F);
  }
}

}  // namespace

void Scorer::score_block(Workspace& workspace, std::span<float> out) const {
  Workspace::Memory& memory = *workspace.memory_;
  float* margins = memory.margins.front().values;
  std::fill_n(margins, kBlockRows, plan_->base_margin);
  const float* columns = memory.columns.empty() ? nullptr : memory.columns.front().values;
  plan_->kernels.block(plan_->mask_view, columns, memory.masks.data(), margins);
  std::copy_n(margins, out.size(), out.data());
}

bool Scorer::worth_a_block(std::size_t rows) const {
  return plan_->masked && rows >= (plan_->binned ? kLeastBlockBinned : kLeastBlockWalked);
}

void Scorer::margins(const float* rows, std::size_t stride, std::size_t count, std::span<float> out,
                     Workspace& workspace) const {
  assert(out.size() == count && (stride >= plan_->features || count <= 1));
  for (std::size_t i = 0; i < count; i += kBlockRows) {
    std::size_t here = std::min(kBlockRows, count - i);
    if (worth_a_block(here)) {
      transpose(plan_->masks, rows + i * stride, stride, here, workspace.memory_->columns.data());
      score_block(workspace, out.subspan(i, here));
    } else {
      for (std::size_t r = i; r < i + here; ++r) out[r] = margin(rows + r * stride);
    }
  }
}

void Scorer::margins(std::span<const float* const> columns, std::span<float> out,
                     Workspace& workspace) const {
  assert(columns.size() == plan_->features);
  for (std::size_t i = 0; i < out.size(); i += kBlockRows) {
    std::size_t here = std::min(kBlockRows, out.size() - i);
    if (worth_a_block(here)) {
      copy_columns(plan_->masks, columns, i, here, workspace.memory_->columns.data());
      score_block(workspace, out.subspan(i, here));
      continue;
    }
    std::vector<float>& row = workspace.memory_->row;
    for (std::size_t r = i; r < i + here; ++r) {
      for (std::size_t f = 0; f < row.size(); ++f) row[f] = columns[f][r];
      out[r] = margin(row.data());
    }
  }
}

}  // namespace lode
