#include "evaluate/ale.h"

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

Status check(const DesignMatrix& rows, std::size_t column, const Blocks& blocks,
             const AleOptions& options) {
  if (column >= rows.schema->numeric.size())
    return fail(Code::kInvalid, "column {} is not one of {} numeric columns", column,
                rows.schema->numeric.size());
  if (blocks.of_row.size() != static_cast<std::size_t>(rows.rows))
    return fail(Code::kInvalid, "{} blocks for {} rows", blocks.of_row.size(), rows.rows);
  if (blocks.count < 2)
    return fail(Code::kInvalid, "intervals need at least 2 blocks of rows, not {}", blocks.count);
  if (options.pieces < 1) return fail(Code::kInvalid, "a curve has at least one piece");
  return check_bootstrap(options.draws);
}

// Least value, then the value below which a further 1 / pieces of the rows lie, each once.
std::vector<double> edges_of(std::vector<double> values, std::size_t pieces) {
  std::ranges::sort(values);
  std::vector<double> edges = {values.front()};
  for (std::size_t p = 1; p <= pieces; ++p) {
    double edge = values[(values.size() - 1) * p / pieces];
    if (edge > edges.back()) edges.push_back(edge);
  }
  return edges;
}

// Rows and the sum of their differences, by block and piece.
struct Differences {
  std::size_t pieces = 0;
  std::vector<double> total;  // blocks x pieces
  std::vector<double> rows;

  void add(std::size_t block, std::size_t piece, double difference) {
    total[block * pieces + piece] += difference;
    rows[block * pieces + piece] += 1;
  }
  std::vector<double> sum(const std::vector<double>& of, std::span<const double> draws) const {
    std::vector<double> out(pieces);
    for (std::size_t b = 0; b < draws.size(); ++b)
      for (std::size_t p = 0; p < pieces; ++p) out[p] += draws[b] * of[b * pieces + p];
    return out;
  }
};

// The curve at each edge under a weighting of the blocks; `fallback`: mean differences for pieces
// that the weighting leaves without rows.
std::vector<double> curve(const Differences& seen, std::span<const double> draws,
                          std::span<const double> fallback) {
  std::vector<double> total = seen.sum(seen.total, draws);
  std::vector<double> rows = seen.sum(seen.rows, draws);
  std::vector<double> effect = {0};
  double weighted = 0;
  double all = 0;
  for (std::size_t p = 0; p < seen.pieces; ++p) {
    effect.push_back(effect.back() + (rows[p] > 0 ? total[p] / rows[p] : fallback[p]));
    weighted += rows[p] * (effect[p] + effect[p + 1]) / 2;
    all += rows[p];
  }
  double centre = all > 0 ? weighted / all : 0;
  for (double& e : effect) e -= centre;
  return effect;
}

class AleMaker {
 public:
  AleMaker(const FittedModel& model, const DesignMatrix& rows, std::size_t column)
      : model_(model), rows_(rows), column_(column) {}

  Result<AleCurve> run(const Blocks& blocks, const AleOptions& options, ThreadPool& pool,
                       const CancelToken& cancel) {
    AleCurve out;
    std::vector<double> values;
    for (std::int64_t i = 0; i < rows_.rows; ++i) {
      double value = rows_.values_of(i)[column_];
      if (!std::isnan(value)) values.push_back(value);
    }
    out.missing = rows_.rows - std::ssize(values);
    if (values.empty()) return out;
    edges_ = edges_of(std::move(values), options.pieces);
    if (edges_.size() < 2) return out;
    TRY(std::vector<double> low, scores_at_edge(0));
    TRY(std::vector<double> high, scores_at_edge(1));
    TRY_VOID(cancel.check());
    Differences seen;
    seen.pieces = edges_.size() - 1;
    seen.total.resize(blocks.count * seen.pieces);
    seen.rows.resize(blocks.count * seen.pieces);
    for (std::size_t i = 0; i < low.size(); ++i) {
      double value = rows_.values_of(static_cast<std::int64_t>(i))[column_];
      if (!std::isnan(value)) seen.add(blocks.of_row[i], piece_of(value), high[i] - low[i]);
    }
    TRY_VOID(draw(seen, blocks.count, options.draws, pool, cancel, out));
    return out;
  }

 private:
  // The piece (edge p, edge p + 1] a value lies in; the least value is in the first.
  std::size_t piece_of(double value) const {
    auto above = std::ranges::lower_bound(edges_, value) - edges_.begin();
    return above == 0 ? 0 : static_cast<std::size_t>(above) - 1;
  }

  // Every row with the column at the lower (0) or upper (1) edge of its piece.
  Result<std::vector<double>> scores_at_edge(std::size_t side) const {
    std::vector<double> values(rows_.values.begin(), rows_.values.end());
    std::size_t width = rows_.schema->numeric.size();
    for (std::size_t i = column_; i < values.size(); i += width)
      if (!std::isnan(values[i])) values[i] = edges_[piece_of(values[i]) + side];
    DesignMatrix moved = rows_;
    moved.values = values;
    std::vector<double> scores(static_cast<std::size_t>(rows_.rows));
    TRY_VOID(model_.predict(moved, scores));
    return scores;
  }

  Status draw(const Differences& seen, std::size_t blocks, const BootstrapOptions& options,
              ThreadPool& pool, const CancelToken& cancel, AleCurve& out) const {
    std::vector<double> once(blocks, 1.0);
    std::vector<double> mean = seen.sum(seen.total, once);
    std::vector<double> rows = seen.sum(seen.rows, once);
    for (std::size_t p = 0; p < mean.size(); ++p) mean[p] /= rows[p];
    std::vector<double> value = curve(seen, once, mean);
    auto replicates = static_cast<std::size_t>(options.replicates);
    std::vector<std::vector<double>> drawn(edges_.size(), std::vector<double>(replicates));
    auto replicate = [&](std::size_t r) {
      std::vector<double> draws(blocks);
      draw_blocks(options, r, draws);
      std::vector<double> one = curve(seen, draws, mean);
      for (std::size_t e = 0; e < one.size(); ++e) drawn[e][r] = one[e];
    };
    TRY_VOID(parallel_for(pool, replicates, replicate, cancel));
    for (std::size_t e = 0; e < edges_.size(); ++e) {
      int undefined = 0;
      std::optional<Estimate> estimate =
          percentile_interval(value[e], std::move(drawn[e]), options.level, undefined);
      if (!estimate)
        return fail(Code::kInternal, "{} replicates of a curve are undefined", undefined);
      out.points.push_back({edges_[e], *estimate});
    }
    return {};
  }

  const FittedModel& model_;
  const DesignMatrix& rows_;
  std::size_t column_;
  std::vector<double> edges_;
};

}  // namespace

Result<AleCurve> ale_curve(const FittedModel& model, const DesignMatrix& rows, std::size_t column,
                           const Blocks& blocks, const AleOptions& options, ThreadPool& pool,
                           const CancelToken& cancel) {
  TRY_VOID(check(rows, column, blocks, options));
  return AleMaker(model, rows, column).run(blocks, options, pool, cancel);
}

}  // namespace lode
