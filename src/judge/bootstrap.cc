#include "judge/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/random.h"

namespace lode {
namespace {

constexpr int kMaxReplicates = 1'000'000;

template <typename T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

ContentHash hash_of(const ScoredRows& rows, const Blocks& blocks) {
  ContentHasher hasher;
  hasher.add_field(bytes_of(rows.label));
  hasher.add_field(bytes_of(rows.number));
  hasher.add_field(bytes_of(rows.weight));
  hasher.add_field(bytes_of(std::span<const std::uint32_t>(blocks.of_row)));
  return hasher.finish();
}

Result<Estimate> estimate(const Metric& metric, double value, std::vector<double> replicates,
                          double level, int& undefined) {
  std::size_t all = replicates.size();
  std::optional<Estimate> found =
      percentile_interval(value, std::move(replicates), level, undefined);
  if (found) return *found;
  return fail(Code::kInvalid,
              "{} is undefined in {} of {} replicates, so it has no interval ({}): take more rows "
              "or smaller blocks",
              metric.name, undefined, all, metric.undefined);
}

// Of those that are defined.
double standard_deviation(std::span<const double> replicates) {
  double count = 0;
  double mean = 0;
  double squares = 0;
  for (double x : replicates) {
    if (std::isnan(x)) continue;
    double from = x - mean;  // Welford, 1962
    mean += from / ++count;
    squares += from * (x - mean);
  }
  return count < 2 ? 0 : std::sqrt(squares / (count - 1));
}

}  // namespace

bool MetricDifference::second_is_better() const {
  switch (metric->better) {
    case Direction::kHigher:
      return difference.value > 0;
    case Direction::kLower:
      return difference.value < 0;
    case Direction::kZero:
      return std::abs(second.value) < std::abs(first.value);
  }
  return false;
}

Status check_bootstrap(const BootstrapOptions& options) {
  if (!(options.level > 0 && options.level < 1))
    return fail(Code::kInvalid, "level {} of the interval is not between 0 and 1", options.level);
  double least = std::ceil(2 / (1 - options.level) - 1e-9);
  if (options.replicates < least || options.replicates > kMaxReplicates)
    return fail(Code::kInvalid, "{} bootstrap replicates; an interval of level {} takes {} to {}",
                options.replicates, options.level, least, kMaxReplicates);
  return {};
}

void draw_blocks(const BootstrapOptions& options, std::size_t replicate, std::span<double> draws) {
  Random random(options.seed, replicate);
  for (double& times : draws) times = random.poisson1();
}

std::optional<Estimate> percentile_interval(double value, std::vector<double> replicates,
                                            double level, int& undefined) {
  std::size_t all = replicates.size();
  std::erase_if(replicates, [](double x) { return std::isnan(x); });
  undefined = static_cast<int>(all - replicates.size());
  if (static_cast<std::size_t>(undefined) * 20 > all) return std::nullopt;
  std::ranges::sort(replicates);
  double tail = (1 - level) / 2;
  return Estimate{value, quantile_of_sorted(replicates, tail),
                  quantile_of_sorted(replicates, 1 - tail)};
}

double quantile_of_sorted(std::span<const double> sorted, double q) {
  double place = q * static_cast<double>(sorted.size() - 1);
  auto below = static_cast<std::size_t>(place);
  std::size_t above = std::min(below + 1, sorted.size() - 1);
  double part = place - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

Result<JudgedRows> JudgedRows::make(const ScoredRows& rows, const Blocks& blocks,
                                    std::span<const Metric* const> metrics, ThreadPool& pool,
                                    const CancelToken& cancel) {
  if (blocks.count < 2)
    return fail(Code::kInvalid, "an interval needs at least 2 blocks of rows, there is {}",
                blocks.count);
  bool ranked = std::ranges::any_of(metrics, [](const Metric* m) { return m->needs_ranking; });
  TRY(Sample sample, ranked ? Sample::make_ranked(rows, blocks) : Sample::make(rows, blocks));
  JudgedRows out;
  out.blocks_ = blocks.count;
  out.judged_.resize(metrics.size());
  const std::vector<double> once(blocks.count, 1.0);
  // The hash is one more task: it takes as long as a metric.
  TRY_VOID(parallel_for(
      pool, metrics.size() + 1,
      [&](std::size_t i) -> Status {
        if (i == metrics.size()) {
          out.rows_ = hash_of(rows, blocks);
          return {};
        }
        Judged& one = out.judged_[i];
        one.metric = metrics[i];
        TRY(one.prepared, prepare_metric(*metrics[i], sample));
        one.value = one.prepared->value(once);
        return {};
      },
      cancel));
  return out;
}

// Draws of blocks, the same for every model that is asked about.
class Bootstrap {
 public:
  Bootstrap(const BootstrapOptions& options, ThreadPool& pool, const CancelToken& cancel)
      : options_(options), pool_(pool), cancel_(cancel) {}

  // replicates[model][metric][replicate]
  using Replicates = std::vector<std::vector<std::vector<double>>>;
  // `only`: of one metric, the others stay empty; nullptr: of all.
  Result<Replicates> draw(std::span<const JudgedRows* const> models,
                          const Metric* only = nullptr) const {
    auto count = static_cast<std::size_t>(options_.replicates);
    Replicates out(models.size());
    for (std::size_t m = 0; m < models.size(); ++m)
      out[m].assign(models[m]->judged_.size(), std::vector<double>(count));
    TRY_VOID(parallel_for(
        pool_, count,
        [&](std::size_t r) {
          std::vector<double> draws(models.front()->blocks_);
          draw_blocks(options_, r, draws);
          for (std::size_t m = 0; m < models.size(); ++m)
            for (std::size_t i = 0; i < out[m].size(); ++i)
              if (only == nullptr || models[m]->judged_[i].metric == only)
                out[m][i][r] = models[m]->judged_[i].prepared->replicate(draws);
        },
        cancel_));
    return out;
  }

  Result<std::vector<MetricEstimate>> estimates(const JudgedRows& rows) const {
    const JudgedRows* models[] = {&rows};
    TRY(Replicates drawn, draw(models));
    std::vector<MetricEstimate> out;
    for (std::size_t i = 0; i < rows.judged_.size(); ++i) {
      const JudgedRows::Judged& judged = rows.judged_[i];
      MetricEstimate one;
      one.metric = judged.metric;
      TRY(one.estimate, estimate(*judged.metric, judged.value, std::move(drawn[0][i]),
                                 options_.level, one.undefined));
      out.push_back(one);
    }
    return out;
  }

  Result<std::vector<MetricDifference>> differences(const JudgedRows& first,
                                                    const JudgedRows& second,
                                                    const Metric* only = nullptr) const {
    if (first.rows_ != second.rows_ ||
        !std::ranges::equal(first.judged_, second.judged_, {}, &JudgedRows::Judged::metric,
                            &JudgedRows::Judged::metric))
      return fail(Code::kInvalid,
                  "two models can be compared only on the same rows and by the same metrics, and "
                  "their labels, weights or blocks, or their metrics differ");
    const JudgedRows* models[] = {&first, &second};
    TRY(Replicates drawn, draw(models, only));
    std::vector<MetricDifference> out;
    for (std::size_t i = 0; i < first.judged_.size(); ++i) {
      if (only != nullptr && first.judged_[i].metric != only) continue;
      TRY(MetricDifference one,
          difference(first.judged_[i], second.judged_[i], drawn[0][i], drawn[1][i]));
      out.push_back(one);
    }
    return out;
  }

 private:
  Result<MetricDifference> difference(const JudgedRows::Judged& a, const JudgedRows::Judged& b,
                                      const std::vector<double>& a_drawn,
                                      const std::vector<double>& b_drawn) const {
    std::vector<double> drawn(a_drawn.size());
    for (std::size_t r = 0; r < drawn.size(); ++r) drawn[r] = b_drawn[r] - a_drawn[r];
    MetricDifference one;
    one.metric = a.metric;
    double level = options_.level;
    TRY(one.first, estimate(*a.metric, a.value, a_drawn, level, one.undefined));
    TRY(one.second, estimate(*a.metric, b.value, b_drawn, level, one.undefined));
    one.standard_error = standard_deviation(drawn);
    TRY(one.difference, estimate(*a.metric, b.value - a.value, std::move(drawn), level,
                                 one.undefined));  // undefined where either was
    return one;
  }

  const BootstrapOptions& options_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
};

Result<std::vector<MetricEstimate>> bootstrap(const JudgedRows& rows,
                                              const BootstrapOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  return Bootstrap(options, pool, cancel).estimates(rows);
}

Result<std::vector<MetricDifference>> compare(const JudgedRows& first, const JudgedRows& second,
                                              const BootstrapOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  return Bootstrap(options, pool, cancel).differences(first, second);
}

Result<MetricDifference> compare_by(const Metric& metric, const JudgedRows& first,
                                    const JudgedRows& second, const BootstrapOptions& options,
                                    ThreadPool& pool, const CancelToken& cancel) {
  TRY_VOID(check_bootstrap(options));
  TRY(std::vector<MetricDifference> found,
      Bootstrap(options, pool, cancel).differences(first, second, &metric));
  if (found.empty()) return fail(Code::kInvalid, "the models were not judged by {}", metric.name);
  return found.front();
}

}  // namespace lode
