#include "evaluate/block_draws.h"

#include <cmath>

namespace lode {

std::vector<double> BlockSums::totals() const {
  std::vector<double> out(columns_);
  for (std::uint32_t b = 0; b < blocks_; ++b) {
    std::span<const double> sums = of_block(b);
    for (std::size_t c = 0; c < columns_; ++c) out[c] += sums[c];
  }
  return out;
}

Result<BlockDraws> BlockDraws::make(std::uint32_t blocks, const BootstrapOptions& options) {
  TRY_VOID(check_bootstrap(options));
  if (blocks < 2)
    return fail(Code::kInvalid, "an interval draws blocks of rows, and there {} {}",
                blocks == 1 ? "is only" : "are", blocks);
  BlockDraws out;
  out.blocks_ = blocks;
  out.replicates_ = static_cast<std::size_t>(options.replicates);
  out.level_ = options.level;
  out.draws_.resize(out.replicates_ * blocks);
  std::vector<double> drawn(blocks);
  for (std::size_t r = 0; r < out.replicates_; ++r) {
    draw_blocks(options, r, drawn);
    for (std::uint32_t b = 0; b < blocks; ++b)
      out.draws_[r * blocks + b] = static_cast<float>(drawn[b]);
  }
  return out;
}

std::vector<double> BlockDraws::totals(const BlockSums& sums) const {
  std::size_t columns = sums.columns();
  std::vector<double> out = sums.totals();
  out.resize((replicates_ + 1) * columns);
  for (std::size_t r = 0; r < replicates_; ++r) {
    double* to = out.data() + (r + 1) * columns;
    for (std::uint32_t b = 0; b < blocks_; ++b) {
      double draws = draws_[r * blocks_ + b];
      if (draws == 0) continue;
      std::span<const double> of = sums.of_block(b);
      for (std::size_t c = 0; c < columns; ++c) to[c] += draws * of[c];
    }
  }
  return out;
}

std::optional<Estimate> BlockDraws::estimate(
    std::span<const double> totals, std::size_t columns,
    const std::function<double(std::span<const double>)>& figure) const {
  double value = figure(totals.first(columns));
  if (std::isnan(value)) return std::nullopt;
  std::vector<double> replicates(replicates_);
  for (std::size_t r = 0; r < replicates_; ++r)
    replicates[r] = figure(totals.subspan((r + 1) * columns, columns));
  int undefined = 0;
  return percentile_interval(value, std::move(replicates), level_, undefined);
}

}  // namespace lode
