#include "evaluate/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/random.h"
#include "judge/log_loss.h"

namespace lode {
namespace {

constexpr std::uint64_t kDealStream = std::uint64_t{0x6465616c} << 32;  // apart from block draws

Status check_blocks(std::size_t rows, const Blocks& blocks) {
  if (blocks.of_row.size() != rows)
    return fail(Code::kInvalid, "{} blocks for {} rows", blocks.of_row.size(), rows);
  if (blocks.count < 2)
    return fail(Code::kInvalid, "intervals need at least 2 blocks of rows, not {}", blocks.count);
  for (std::uint32_t block : blocks.of_row)
    if (block >= blocks.count) return fail(Code::kInvalid, "block {} of {}", block, blocks.count);
  return {};
}

// Sums of one number a row, by block.
struct BlockSums {
  std::vector<double> total;
  std::vector<double> rows;

  explicit BlockSums(const Blocks& blocks) : total(blocks.count), rows(blocks.count) {
    for (std::uint32_t block : blocks.of_row) rows[block] += 1;
  }
  double mean(std::span<const double> draws) const {
    double sum = std::inner_product(draws.begin(), draws.end(), total.begin(), 0.0);
    return sum / std::inner_product(draws.begin(), draws.end(), rows.begin(), 0.0);
  }
};

// The mean over all rows of what each column was summed for, with its interval.
Result<std::vector<Estimate>> intervals(const std::vector<BlockSums>& columns,
                                        const BootstrapOptions& options, ThreadPool& pool,
                                        const CancelToken& cancel) {
  std::vector<Estimate> out;
  if (columns.empty()) return out;
  std::size_t blocks = columns[0].total.size();
  auto replicates = static_cast<std::size_t>(options.replicates);
  std::vector<std::vector<double>> values(columns.size(), std::vector<double>(replicates));
  auto draw = [&](std::size_t r) {
    std::vector<double> draws(blocks);
    draw_blocks(options, r, draws);
    for (std::size_t c = 0; c < columns.size(); ++c) values[c][r] = columns[c].mean(draws);
  };
  TRY_VOID(parallel_for(pool, replicates, draw, cancel));
  std::vector<double> once(blocks, 1.0);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    int undefined = 0;
    std::optional<Estimate> estimate =
        percentile_interval(columns[c].mean(once), std::move(values[c]), options.level, undefined);
    if (!estimate)
      return fail(Code::kInvalid, "{} of {} replicates of {} blocks draw no row", undefined,
                  options.replicates, blocks);
    out.push_back(*estimate);
  }
  return out;
}

double loss_of(bool binary, double score, double label) {
  if (!binary) return (score - label) * (score - label);
  return log_loss_of(score, label != 0 ? 1 : 0);
}

// A column of bags whose rows are dealt out anew, from where the last deal left them.
class DealtBag {
 public:
  explicit DealtBag(const BagRows& bag) : bag_(bag) {
    if (bag.begin.empty()) return;
    order_.resize(bag.begin.size() - 1);
    std::iota(order_.begin(), order_.end(), std::int64_t{0});
  }
  BagRows deal(Random& random) {
    random.shuffle(std::span(order_));
    begin_.assign(1, 0);
    term_.clear();
    weight_.clear();
    for (std::int64_t row : order_) {
      each_entry(bag_, row, [&](std::uint32_t term, double weight) {
        term_.push_back(term);
        weight_.push_back(weight);
      });
      begin_.push_back(std::ssize(term_));
    }
    return {begin_, term_, weight_};
  }

 private:
  BagRows bag_;
  std::vector<std::int64_t> order_;
  std::vector<std::int64_t> begin_;
  std::vector<std::uint32_t> term_;
  std::vector<double> weight_;
};

// The rows of a model again and again, each time with one column dealt out anew.
class Dealer {
 public:
  Dealer(const FittedModel& model, const LabelledRows& data, std::uint64_t seed)
      : model_(model), data_(data), seed_(seed) {}

  // More loss than `as_they_stand` of each row, the mean of the deals of one column.
  Result<std::vector<double>> more_loss(std::size_t column, int repeats,
                                        std::span<const double> as_they_stand) const {
    DesignMatrix rows = data_.rows;
    std::vector<double> values(rows.values.begin(), rows.values.end());
    std::vector<std::int32_t> codes(rows.codes.begin(), rows.codes.end());
    std::vector<BagRows> bags(rows.bags.begin(), rows.bags.end());
    rows.values = values;
    rows.codes = codes;
    rows.bags = bags;
    std::size_t numeric = rows.schema->numeric.size();
    std::size_t categories = rows.schema->categories.size();
    DealtBag bag(column < numeric + categories ? BagRows() : bags[column - numeric - categories]);
    std::vector<double> more(as_they_stand.size());
    Random random(seed_, kDealStream + column);
    for (int r = 0; r < repeats; ++r) {
      if (column < numeric) {
        deal<double>(values, numeric, column, random);
      } else if (column < numeric + categories) {
        deal<std::int32_t>(codes, categories, column - numeric, random);
      } else {
        bags[column - numeric - categories] = bag.deal(random);
      }
      TRY(std::vector<double> loss, losses(rows));
      for (std::size_t i = 0; i < more.size(); ++i) more[i] += loss[i] - as_they_stand[i];
    }
    for (double& m : more) m /= repeats;
    return more;
  }

  Result<std::vector<double>> losses(const DesignMatrix& rows) const {
    std::vector<double> out(static_cast<std::size_t>(rows.rows));
    TRY_VOID(model_.predict(rows, out));
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = loss_of(model_.algorithm().binary, out[i], data_.label[i]);
    return out;
  }

 private:
  template <typename T>
  static void deal(std::span<T> cells, std::size_t width, std::size_t column, Random& random) {
    for (std::size_t i = cells.size() / width; i > 1; --i)
      std::swap(cells[(i - 1) * width + column], cells[random.below(i) * width + column]);
  }

  const FittedModel& model_;
  const LabelledRows& data_;
  std::uint64_t seed_;
};

}  // namespace

Result<std::vector<Estimate>> mean_contributions(const Attributions& attributions,
                                                 const Blocks& blocks,
                                                 const BootstrapOptions& options, ThreadPool& pool,
                                                 const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  TRY_VOID(check_blocks(attributions.rows(), blocks));
  std::vector<BlockSums> columns(attributions.columns, BlockSums(blocks));
  for (std::size_t i = 0; i < attributions.values.size(); ++i)
    columns[i % attributions.columns].total[blocks.of_row[i / attributions.columns]] +=
        std::abs(attributions.values[i]);
  return intervals(columns, options, pool, cancel);
}

Result<std::vector<Estimate>> permutation_importance(const FittedModel& model,
                                                     const LabelledRows& data, const Blocks& blocks,
                                                     std::span<const std::size_t> columns,
                                                     int repeats, const BootstrapOptions& options,
                                                     ThreadPool& pool, const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  auto rows = static_cast<std::size_t>(data.rows.rows);
  TRY_VOID(check_blocks(rows, blocks));
  if (data.label.size() != rows)
    return fail(Code::kInvalid, "{} labels for {} rows", data.label.size(), rows);
  if (repeats < 1) return fail(Code::kInvalid, "columns are dealt out at least once");
  std::size_t width = data.rows.schema->columns();
  for (std::size_t column : columns)
    if (column >= width) return fail(Code::kInvalid, "column {} of {}", column, width);
  Dealer dealer(model, data, options.seed);
  TRY(std::vector<double> as_they_stand, dealer.losses(data.rows));
  std::vector<BlockSums> sums(columns.size(), BlockSums(blocks));
  auto judge = [&](std::size_t c) -> Status {
    TRY(std::vector<double> more, dealer.more_loss(columns[c], repeats, as_they_stand));
    for (std::size_t i = 0; i < rows; ++i) sums[c].total[blocks.of_row[i]] += more[i];
    return {};
  };
  TRY_VOID(parallel_for(pool, columns.size(), judge, cancel));
  return intervals(sums, options, pool, cancel);
}

}  // namespace lode
