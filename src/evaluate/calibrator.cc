#include "evaluate/calibrator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/math.h"

namespace lode {
namespace {

constexpr double kClip = 1e-15;     // as log_loss does
constexpr double kLargest = 1e300;  // of a coefficient: times ln 1e-15 it is still finite

double probability_of(const Calibrator::Identity&, double score) { return score; }

double probability_of(const Calibrator::Platt& platt, double score) {
  double half = score / 2 - platt.centre / 2;  // the difference itself may overflow
  return sigmoid(platt.intercept + 2 * platt.slope * half);
}

double probability_of(const Calibrator::Beta& beta, double score) {
  double s = std::clamp(score, kClip, 1 - kClip);
  return sigmoid(beta.intercept + (beta.a * portable_log(s) - beta.b * portable_log1p(-s)));
}

// How far `x` lies from `low` to `high`, in [0, 1]; low < x < high.
double part_of_way(double low, double x, double high) {
  double width = high - low;
  if (std::isfinite(width)) return (x - low) / width;
  return (x / 2 - low / 2) / (high / 2 - low / 2);
}

double probability_of(const Calibrator::Isotonic& isotonic, double score) {
  auto above = std::ranges::lower_bound(isotonic.score, score);
  if (above == isotonic.score.end()) return isotonic.probability.back();
  auto i = static_cast<std::size_t>(above - isotonic.score.begin());
  if (i == 0 || *above == score) return isotonic.probability[i];
  double low = isotonic.probability[i - 1];
  double high = isotonic.probability[i];
  return std::min(high, low + part_of_way(isotonic.score[i - 1], score, *above) * (high - low));
}

Status check(const Calibrator::Identity&) { return {}; }

Status check(const Calibrator::Platt& platt) {
  bool in_range = std::isfinite(platt.centre) && platt.slope >= 0 && platt.slope <= kLargest &&
                  std::abs(platt.intercept) <= kLargest;
  if (in_range) return {};
  return fail(Code::kInvalid, "a platt calibrator of centre {}, slope {} and intercept {}",
              platt.centre, platt.slope, platt.intercept);
}

Status check(const Calibrator::Beta& beta) {
  bool in_range = beta.a >= 0 && beta.a <= kLargest && beta.b >= 0 && beta.b <= kLargest &&
                  std::abs(beta.intercept) <= kLargest;
  if (in_range) return {};
  return fail(Code::kInvalid, "a beta calibrator of a {}, b {} and intercept {}", beta.a, beta.b,
              beta.intercept);
}

Status check(const Calibrator::Isotonic& isotonic) {
  std::size_t n = isotonic.score.size();
  if (n == 0 || isotonic.probability.size() != n)
    return fail(Code::kInvalid, "an isotonic calibrator of {} scores and {} probabilities", n,
                isotonic.probability.size());
  for (std::size_t i = 0; i < n; ++i) {
    double score = isotonic.score[i];
    double p = isotonic.probability[i];
    bool ascends = i == 0 || (score > isotonic.score[i - 1] && p >= isotonic.probability[i - 1]);
    if (!std::isfinite(score) || !(p >= 0 && p <= 1) || !ascends)
      return fail(Code::kInvalid, "an isotonic calibrator with {} for score {} at place {}", p,
                  score, i);
  }
  return {};
}

struct Describe {
  std::string operator()(const Calibrator::Identity&) const {
    return "identity: the score is the probability";
  }
  std::string operator()(const Calibrator::Platt& platt) const {
    return fmt::format("platt: 1 / (1 + exp(-({:.6g} + {:.6g} (score - {:.6g}))))", platt.intercept,
                       platt.slope, platt.centre);
  }
  std::string operator()(const Calibrator::Beta& beta) const {
    return fmt::format("beta: 1 / (1 + exp(-({:.6g} + {:.6g} ln(score) - {:.6g} ln(1 - score))))",
                       beta.intercept, beta.a, beta.b);
  }
  std::string operator()(const Calibrator::Isotonic& isotonic) const {
    return fmt::format("isotonic: {} points from {:.6g} at score {:.6g} to {:.6g} at score {:.6g}",
                       isotonic.score.size(), isotonic.probability.front(), isotonic.score.front(),
                       isotonic.probability.back(), isotonic.score.back());
  }
};

}  // namespace

std::string_view calibrator_name(CalibratorKind kind) {
  switch (kind) {
    case CalibratorKind::kIdentity:
      return "identity";
    case CalibratorKind::kPlatt:
      return "platt";
    case CalibratorKind::kBeta:
      return "beta";
    case CalibratorKind::kIsotonic:
      return "isotonic";
  }
  return "";
}

bool needs_probability(CalibratorKind kind) {
  return kind == CalibratorKind::kIdentity || kind == CalibratorKind::kBeta;
}

Result<Calibrator> Calibrator::make(Form form) {
  TRY_VOID(std::visit([](const auto& own) { return check(own); }, form));
  return Calibrator(std::move(form));
}

double Calibrator::probability(double score) const {
  bool allowed = std::isfinite(score) && (!needs_probability(kind()) || (score >= 0 && score <= 1));
  if (!allowed) return std::numeric_limits<double>::quiet_NaN();
  return std::visit([&](const auto& own) { return probability_of(own, score); }, form_);
}

Status Calibrator::apply(std::span<const double> scores, std::span<double> out) const {
  if (scores.size() != out.size())
    return fail(Code::kInvalid, "{} scores and room for {} probabilities", scores.size(),
                out.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    out[i] = probability(scores[i]);
    if (std::isnan(out[i]))
      return fail(Code::kInvalid, "row {}: score {} is not {}, as calibration by {} needs", i,
                  scores[i], needs_probability(kind()) ? "in [0, 1]" : "a finite number",
                  calibrator_name(kind()));
  }
  return {};
}

std::string Calibrator::describe() const { return std::visit(Describe{}, form_); }

}  // namespace lode
