// How calibrators are fitted: Newton's method for platt and beta, pools for isotonic.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "base/math.h"
#include "evaluate/calibrator.h"
#include "mine/linear/cholesky.h"

namespace lode {
namespace {

constexpr double kClip = 1e-15;
constexpr std::size_t kMostColumns = 2;
constexpr int kLeastExponent = -900;  // scores below 2^-900 are one to platt: no double is steeper
constexpr int kMostIterations = 200;
constexpr int kMostHalvings = 34;    // to a step of 1e-10
constexpr double kGradient = 1e-12;  // divided by the total weight
constexpr double kWorst = 1e-7;      // a gradient no better at the end is no optimum
// A column that the one before leaves less than 1e-5 of its deviation is a combination of it.
constexpr double kDependent = 1e-10;
constexpr double kRidge = 1e-12;     // of the diagonal: Lin, Lin and Weng's sigma
constexpr double kRounding = 1e-12;  // of a loss summed over many rows

// ---- logistic regression on one or two columns, with targets between 0 and 1 -------------------

// Columns of mean 0 and deviation 1 over the rows that have weight.
struct Columns {
  std::vector<double> value;  // `count` a row, one row after another
  std::size_t count = 0;
  std::vector<double> target;  // one a row, strictly between 0 and 1
  std::vector<double> weight;  // above 0
  double total = 0;
  std::array<double, kMostColumns> mean{};
  std::array<double, kMostColumns> deviation{};

  std::size_t rows() const { return target.size(); }
};

// The labels as Platt (1999) reads them: as if each had been seen once more than it was.
struct Targets {
  double negative = 0;
  double positive = 0;

  static Targets of(const Sample& sample) {
    double positives = 0;
    double negatives = 0;
    for (std::size_t i = 0; i < sample.rows(); ++i)
      (sample.label(i) == 1 ? positives : negatives) += sample.weight(i);
    return {1 / (negatives + 2), (positives + 1) / (positives + 2)};
  }
};

// Moves column c to mean 0 and deviation 1. One that is constant becomes 0, its deviation too.
void standardise(Columns& columns, std::size_t c) {
  double* values = columns.value.data() + c;
  std::size_t step = columns.count;
  double mean = 0;
  for (std::size_t i = 0; i < columns.rows(); ++i)
    mean += columns.weight[i] / columns.total * values[i * step];
  double squares = 0;
  double largest = 0;
  for (std::size_t i = 0; i < columns.rows(); ++i) {
    double from = values[i * step] - mean;
    squares += columns.weight[i] / columns.total * from * from;
    largest = std::max(largest, std::abs(values[i * step]));
  }
  double deviation = std::sqrt(squares);
  if (!(deviation > 1e-13 * largest)) deviation = 0;  // it may be the mean's own rounding
  columns.mean[c] = mean;
  columns.deviation[c] = deviation;
  for (std::size_t i = 0; i < columns.rows(); ++i)
    values[i * step] = deviation == 0 ? 0 : (values[i * step] - mean) / deviation;
}

// The intercept, then a coefficient a column; in the columns' standardised units.
using Coefficients = std::array<double, 1 + kMostColumns>;

struct LogisticPoint {
  double loss = 0;
  Coefficients gradient{};
  PackedMatrix hessian{1 + kMostColumns};
};

LogisticPoint at(const Columns& columns, const Coefficients& beta) {
  LogisticPoint out;
  Coefficients x{1};
  for (std::size_t i = 0; i < columns.rows(); ++i) {
    double eta = beta[0];
    for (std::size_t c = 0; c < columns.count; ++c) {
      x[1 + c] = columns.value[i * columns.count + c];
      eta += beta[1 + c] * x[1 + c];
    }
    double weight = columns.weight[i];
    double target = columns.target[i];
    double e = portable_exp(-std::abs(eta));
    double rare = e / (1 + e);  // probability of the less likely label
    double p = eta >= 0 ? 1 / (1 + e) : rare;
    out.loss += weight * (portable_log1p(e) + std::max(eta, 0.0) - target * eta);
    double residual = weight * (p - target);
    double curvature = weight * (rare / (1 + e));
    for (std::size_t j = 0; j <= columns.count; ++j) {
      out.gradient[j] += residual * x[j];
      double scaled = curvature * x[j];
      for (std::size_t k = 0; k <= j; ++k) out.hessian.row(j)[k] += scaled * x[k];
    }
  }
  return out;
}

struct LogisticLine {
  Coefficients beta{};
  double loss = 0;
};

// One search for the optimum over the intercept and the columns in `free`; the other coefficients
// are 0. Newton's method with steps halved until the loss falls (Lin, Lin and Weng, 2007). Targets
// strictly between 0 and 1 make the loss grow in every direction, so there is an optimum.
class LogisticNewton {
 public:
  LogisticNewton(const Columns& columns, std::vector<bool> free)
      : columns_(columns), free_(std::move(free)) {
    free_.insert(free_.begin(), true);
    free_.resize(1 + kMostColumns, false);
    double mean = 0;
    for (std::size_t i = 0; i < columns.rows(); ++i)
      mean += columns.weight[i] / columns.total * columns.target[i];
    beta_[0] = portable_log(mean / (1 - mean));
    point_ = at(columns_, beta_);
  }

  Result<LogisticLine> run() {
    double steepest = 0;
    for (int iteration = 0; iteration < kMostIterations; ++iteration) {
      Coefficients step = newton_step(iteration == 0);
      double last = std::exchange(steepest, largest_gradient());
      if (steepest <= kGradient) break;
      double slope = 0;  // by which a step of this length lowers the loss, twice over
      for (std::size_t j = 0; j < free_.size(); ++j) slope += step[j] * point_.gradient[j];
      bool invisible = slope <= kRounding * point_.loss;
      if (invisible && iteration > 0 && steepest > last / 2) break;  // rounding, and no more
      if (!advance(step, slope)) break;
    }
    if (!(steepest <= kWorst))
      return fail(Code::kInternal, "calibration stopped at a gradient of {:.2g}", steepest);
    return LogisticLine{beta_, point_.loss};
  }

 private:
  // At the first point all rows weigh alike, so what depends there are the columns themselves.
  Coefficients newton_step(bool first) {
    for (std::size_t j = 0; j < free_.size(); ++j) point_.hessian.row(j)[j] *= 1 + kRidge;
    factor_in_place(point_.hessian, free_, first ? kDependent : 0);
    Coefficients step = point_.gradient;
    solve_in_place(point_.hessian, free_, step);
    return step;
  }

  double largest_gradient() const {
    double most = 0;
    for (std::size_t j = 0; j < free_.size(); ++j)
      if (free_[j]) most = std::max(most, std::abs(point_.gradient[j]) / columns_.total);
    return most;
  }

  // False where no step lowers the loss.
  bool advance(const Coefficients& step, double slope) {
    Coefficients moved{};
    double length = 1;
    for (int halving = 0; halving < kMostHalvings; ++halving, length /= 2) {
      for (std::size_t j = 0; j < free_.size(); ++j) moved[j] = beta_[j] - length * step[j];
      LogisticPoint there = at(columns_, moved);
      if (!(there.loss <= point_.loss * (1 + kRounding) - 1e-4 * length * slope)) continue;
      beta_ = moved;
      point_ = std::move(there);
      return true;
    }
    return false;
  }

  const Columns& columns_;
  std::vector<bool> free_;
  Coefficients beta_{};
  LogisticPoint point_;
};

// The best with no coefficient below 0: the loss is convex, so where the free optimum breaks a
// bound, the best lies on a face of what is allowed.
Result<LogisticLine> newton_not_falling(const Columns& columns) {
  std::optional<LogisticLine> best;
  std::size_t faces = std::size_t{1} << columns.count;
  for (std::size_t face = faces; face-- > 0;) {  // bit c: column c is free
    std::vector<bool> free(columns.count);
    for (std::size_t c = 0; c < columns.count; ++c) free[c] = ((face >> c) & 1) != 0;
    TRY(LogisticLine line, LogisticNewton(columns, free).run());
    bool allowed = std::ranges::all_of(line.beta.begin() + 1, line.beta.end(),
                                       [](double coefficient) { return coefficient >= 0; });
    if (!allowed) continue;
    if (!best || line.loss < best->loss) best = line;
    if (face == faces - 1) break;  // nothing can be better than the free optimum
  }
  return *best;  // the face where all are 0 is always allowed
}

// ---- the calibrators ---------------------------------------------------------------------------

void add_row(const Sample& sample, const Targets& targets, std::size_t row, Columns& columns) {
  columns.target.push_back(sample.label(row) == 1 ? targets.positive : targets.negative);
  columns.weight.push_back(sample.weight(row));
  columns.total += sample.weight(row);
}

Result<Calibrator> fit_platt(const Sample& sample) {
  double largest = 0;
  for (std::size_t i = 0; i < sample.rows(); ++i)
    if (sample.weight(i) > 0) largest = std::max(largest, std::abs(sample.score(i)));
  int exponent = 0;  // scores are brought near 1 by a power of two, so that no sum can overflow
  (void)std::frexp(largest, &exponent);
  bool too_small = exponent < kLeastExponent;
  Targets targets = Targets::of(sample);
  Columns columns;
  columns.count = 1;
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    if (sample.weight(i) == 0) continue;
    columns.value.push_back(too_small ? 0 : std::ldexp(sample.score(i), -exponent));
    add_row(sample, targets, i, columns);
  }
  standardise(columns, 0);
  TRY(LogisticLine line, newton_not_falling(columns));
  Calibrator::Platt platt{.intercept = line.beta[0]};
  if (line.beta[1] > 0) {
    platt.centre = std::ldexp(columns.mean[0], exponent);
    platt.slope = std::ldexp(line.beta[1] / columns.deviation[0], -exponent);
  }
  return Calibrator::make(platt);
}

Result<Calibrator> fit_beta(const Sample& sample) {
  Targets targets = Targets::of(sample);
  Columns columns;
  columns.count = 2;
  for (std::size_t i = 0; i < sample.rows(); ++i) {
    if (sample.weight(i) == 0) continue;
    double s = std::clamp(sample.score(i), kClip, 1 - kClip);
    columns.value.push_back(portable_log(s));
    columns.value.push_back(-portable_log1p(-s));
    add_row(sample, targets, i, columns);
  }
  standardise(columns, 0);
  standardise(columns, 1);
  TRY(LogisticLine line, newton_not_falling(columns));
  Calibrator::Beta beta{.intercept = line.beta[0]};
  std::array<double, 2> coefficient{};
  for (std::size_t c = 0; c < columns.count; ++c) {
    if (line.beta[1 + c] == 0) continue;
    coefficient[c] = line.beta[1 + c] / columns.deviation[c];
    beta.intercept -= coefficient[c] * columns.mean[c];
  }
  beta.a = coefficient[0];
  beta.b = coefficient[1];
  return Calibrator::make(beta);
}

// Rows of neighbouring scores that get one probability.
struct Pool {
  double low = 0;  // scores
  double high = 0;
  double weight = 0;
  double positives = 0;

  double share() const { return std::min(1.0, positives / weight); }
};

std::vector<Pool> pools_of(const Sample& sample) {
  std::vector<Pool> pools;
  const Sample::Ranking& ranking = sample.ranking();
  auto settle = [&] {  // a pool ascends from the one before, or the two are one
    while (pools.size() > 1 && pools[pools.size() - 2].share() >= pools.back().share()) {
      Pool last = pools.back();
      pools.pop_back();
      pools.back().high = last.high;
      pools.back().weight += last.weight;
      pools.back().positives += last.positives;
    }
  };
  for (std::uint32_t row : ranking.row) {
    double weight = sample.weight(row);
    if (weight == 0) continue;
    double score = sample.score(row) + 0.0;  // -0 is 0
    if (pools.empty() || pools.back().high != score) {
      settle();
      pools.push_back({.low = score, .high = score});
    }
    pools.back().weight += weight;
    pools.back().positives += sample.label(row) == 1 ? weight : 0;
  }
  settle();
  return pools;
}

Result<Calibrator> fit_isotonic(const Sample& sample) {
  std::vector<Pool> pools = pools_of(sample);
  std::vector<double> share;
  for (const Pool& pool : pools) share.push_back(pool.share());
  std::size_t last = pools.size() - 1;
  if (share[last] == 1) {
    double k = pools[last].weight;
    share[last] = std::max((k + 1) / (k + 2), last > 0 ? share[last - 1] : 0);
  }
  if (share[0] == 0) {
    double laplace = 1 / (pools[0].weight + 2);
    share[0] = last > 0 ? std::min(laplace, share[1]) : laplace;
  }
  Calibrator::Isotonic isotonic;
  for (std::size_t p = 0; p < pools.size(); ++p)
    for (double score : {pools[p].low, pools[p].high}) {
      if (!isotonic.score.empty() && isotonic.score.back() == score) continue;
      isotonic.score.push_back(score);
      isotonic.probability.push_back(share[p]);
    }
  return Calibrator::make(std::move(isotonic));
}

}  // namespace

Result<Calibrator> fit_calibrator(CalibratorKind kind, const ScoredRows& rows) {
  Blocks all = one_block(rows.score.size());
  bool ranked = kind == CalibratorKind::kIsotonic;
  TRY(Sample sample, ranked ? Sample::make_ranked(rows, all) : Sample::make(rows, all));
  if (needs_probability(kind))
    for (std::size_t i = 0; i < sample.rows(); ++i)
      if (sample.score(i) < 0 || sample.score(i) > 1)
        return fail(Code::kInvalid, "row {}: score {} is not in [0, 1], as calibration by {} needs",
                    i, sample.score(i), calibrator_name(kind));
  switch (kind) {
    case CalibratorKind::kIdentity:
      return Calibrator();
    case CalibratorKind::kPlatt:
      return fit_platt(sample);
    case CalibratorKind::kBeta:
      return fit_beta(sample);
    case CalibratorKind::kIsotonic:
      return fit_isotonic(sample);
  }
  return fail(Code::kInternal, "a calibrator of no kind");
}

}  // namespace lode
