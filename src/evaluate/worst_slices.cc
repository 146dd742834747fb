#include "evaluate/worst_slices.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "evaluate/block_draws.h"
#include "judge/distributions.h"
#include "judge/log_loss.h"

namespace lode {
namespace {

constexpr std::size_t kParts = 3;  // sums of a slice in a block: rows, losses, labels of 1

struct Candidate {
  std::size_t column = 0;
  std::size_t slice = 0;
  std::int64_t rows = 0;
  double positive = 0;
  double loss = 0;  // sums over the slice
  double predicted = 0;
  double p = 1;
  double difference = 0;
  bool thin = false;
};

class SliceSearch {
 public:
  SliceSearch(const Sample& sample, std::span<const SlicedColumn> columns,
              const SliceOptions& options)
      : sample_(sample), columns_(columns), options_(options), loss_(sample.rows()) {
    block_rows_.resize(sample.blocks());
    block_loss_.resize(sample.blocks());
    for (std::size_t i = 0; i < sample.rows(); ++i) {
      loss_[i] = log_loss_of(sample.score(i), sample.label(i));
      block_rows_[sample.block(i)] += 1;
      block_loss_[sample.block(i)] += loss_[i];
      total_loss_ += loss_[i];
      positive_ += sample.label(i);
    }
  }

  Result<WorstSlices> run(ThreadPool& pool, const CancelToken& cancel) {
    std::vector<std::vector<Candidate>> found(columns_.size());
    auto look = [&](std::size_t c) -> Status {
      found[c] = of_column(c);
      return {};
    };
    TRY_VOID(parallel_for(pool, columns_.size(), look, cancel));
    std::vector<Candidate> all;
    std::vector<Candidate> thin;
    for (const std::vector<Candidate>& of : found)
      for (const Candidate& one : of) (one.thin ? thin : all).push_back(one);
    WorstSlices out;
    out.rows = static_cast<std::int64_t>(sample_.rows());
    out.looked = std::ssize(all);
    out.thin = std::ssize(thin);
    correct(all);
    out.worse = std::ranges::count_if(
        all, [this](const Candidate& one) { return one.p <= options_.alpha; });
    std::ranges::stable_sort(all, [this](const Candidate& a, const Candidate& b) {
      bool a_worse = a.p <= options_.alpha;
      bool b_worse = b.p <= options_.alpha;
      if (a_worse != b_worse) return a_worse;
      return a_worse ? a.difference > b.difference
                     : (a.p != b.p ? a.p < b.p : a.difference > b.difference);
    });
    if (all.size() > options_.most) all.resize(options_.most);
    TRY_VOID(describe(all, out));
    std::ranges::stable_sort(thin, std::greater<>(), &Candidate::rows);
    if (thin.size() > options_.most) thin.resize(options_.most);
    for (const Candidate& one : thin)
      out.few.push_back(
          {columns_[one.column].column, columns_[one.column].slices[one.slice], one.rows});
    return out;
  }

 private:
  std::vector<Candidate> of_column(std::size_t c) const {
    const SlicedColumn& column = columns_[c];
    std::size_t slices = column.slices.size();
    std::vector<Candidate> out(slices);
    std::vector<double> sums(sample_.blocks() * slices * 2);
    for (std::size_t i = 0; i < sample_.rows(); ++i) {
      if (column.of_row[i] < 0) continue;
      auto s = static_cast<std::size_t>(column.of_row[i]);
      Candidate& one = out[s];
      ++one.rows;
      one.positive += sample_.label(i);
      one.loss += loss_[i];
      one.predicted += sample_.score(i);
      double* of = sums.data() + (sample_.block(i) * slices + s) * 2;
      of[0] += 1;
      of[1] += loss_[i];
    }
    for (std::size_t s = 0; s < slices; ++s) {
      out[s].column = c;
      out[s].slice = s;
      test(out[s], std::span<const double>(sums).subspan(2 * s), 2 * slices);
    }
    return out;
  }

  // `sums`: rows and losses of the slice in the first block, those of the next `step` further on.
  void test(Candidate& one, std::span<const double> sums, std::size_t step) const {
    auto rows = static_cast<double>(one.rows);
    double others = static_cast<double>(sample_.rows()) - rows;
    std::uint32_t with_rows = 0;
    for (std::uint32_t b = 0; b < sample_.blocks(); ++b) with_rows += sums[b * step] > 0;
    auto least = static_cast<double>(options_.least_of_label);
    one.thin = one.rows < options_.least_rows ||
               others < static_cast<double>(options_.least_rows) || one.positive < least ||
               rows - one.positive < least || with_rows < std::max(2U, options_.least_blocks);
    if (one.thin) return;
    double mean = one.loss / rows;
    double elsewhere = (total_loss_ - one.loss) / others;
    one.difference = mean - elsewhere;
    double squares = 0;
    for (std::uint32_t b = 0; b < sample_.blocks(); ++b) {
      double n = sums[b * step];
      double l = sums[b * step + 1];
      double part = (l - mean * n) / rows -
                    ((block_loss_[b] - l) - elsewhere * (block_rows_[b] - n)) / others;
      squares += part * part;
    }
    double error = std::sqrt(squares * with_rows / (with_rows - 1.0));
    if (error > 0)
      one.p = student_cdf(-one.difference / error, with_rows - 1.0);
    else
      one.p = one.difference > 0 ? 0 : 1;
  }

  // Holm's: the k-th smallest p times the number of slices that are left, never below one before.
  static void correct(std::vector<Candidate>& all) {
    std::vector<Candidate*> order;
    for (Candidate& one : all) order.push_back(&one);
    std::ranges::stable_sort(order, {}, &Candidate::p);
    double least = 0;
    for (std::size_t k = 0; k < order.size(); ++k) {
      least = std::max(least, std::min(1.0, order[k]->p * static_cast<double>(order.size() - k)));
      order[k]->p = least;
    }
  }

  Status describe(const std::vector<Candidate>& shown, WorstSlices& out) const {
    if (shown.empty()) return {};
    TRY(BlockDraws draws, BlockDraws::make(sample_.blocks(), options_.draws));
    for (const Candidate& one : shown) {
      const SlicedColumn& column = columns_[one.column];
      BlockSums sums(sample_.blocks(), 4);
      for (std::size_t i = 0; i < sample_.rows(); ++i) {
        bool inside = column.of_row[i] == static_cast<std::int32_t>(one.slice);
        sums.at(sample_.block(i), inside ? 0 : 2) += 1;
        sums.at(sample_.block(i), inside ? 1 : 3) += loss_[i];
      }
      std::vector<double> totals = draws.totals(sums);
      auto rows = static_cast<double>(one.rows);
      SliceLoss& loss = out.worst.emplace_back();
      loss.column = column.column;
      loss.slice = column.slices[one.slice];
      loss.rows = one.rows;
      loss.loss = one.loss / rows;
      loss.elsewhere = loss.loss - one.difference;
      loss.predicted = one.predicted / rows;
      loss.observed = one.positive / rows;
      loss.p = one.p;
      loss.worse = one.p <= options_.alpha;
      constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
      loss.difference =
          draws
              .estimate(totals, 4,
                        [](std::span<const double> t) { return t[1] / t[0] - t[3] / t[2]; })
              .value_or(Estimate{one.difference, kNan, kNan});
    }
    return {};
  }

  const Sample& sample_;
  std::span<const SlicedColumn> columns_;
  const SliceOptions& options_;
  std::vector<double> loss_;
  std::vector<double> block_rows_;
  std::vector<double> block_loss_;
  double total_loss_ = 0;
  double positive_ = 0;
};

}  // namespace

Result<WorstSlices> find_worst_slices(const ScoredRows& rows, const Blocks& blocks,
                                      std::span<const SlicedColumn> columns,
                                      const SliceOptions& options, ThreadPool& pool,
                                      const CancelToken& cancel) {
  if (!(options.alpha > 0 && options.alpha < 1))
    return fail(Code::kInvalid, "alpha is above 0 and below 1, not {}", options.alpha);
  TRY_VOID(check_bootstrap(options.draws));
  TRY(Sample sample, Sample::make(rows, blocks));
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (!(sample.score(i) >= 0 && sample.score(i) <= 1))
      return fail(Code::kInvalid, "row {}: score {} is no probability", i, sample.score(i));
  if (sample.blocks() < 2)
    return fail(Code::kInvalid, "rows of one block do not show what luck does");
  for (const SlicedColumn& column : columns)
    if (column.of_row.size() != sample.rows())
      return fail(Code::kInvalid, "column {} has slices of {} rows, and there are {}",
                  column.column, column.of_row.size(), sample.rows());
  return SliceSearch(sample, columns, options).run(pool, cancel);
}

}  // namespace lode
