// Calibrators: from a score to the probability of label 1. A model that ranks well may still say
// 0.2 where 0.1 comes true; a calibrator, fitted on rows the model was not trained on, mends that
// and leaves the order of rows as it is. Which one to take: evaluate/calibration.h.
//
//   identity  the score itself.
//   platt     sigmoid(intercept + slope (score - centre)), slope >= 0. Platt, 1999: labels are
//             replaced by (P + 1) / (P + 2) and 1 / (N + 2), P and N being the weight of rows with
//             label 1 and 0, so that there is an optimum whatever the rows; found by Newton's
//             method with backtracking (Lin, Lin and Weng, 2007).
//   beta      sigmoid(intercept + a ln s - b ln(1 - s)), a and b >= 0: Kull, Silva Filho and Flach,
//             2017, the exact optimum under these bounds, with Platt's targets. Scores are clipped
//             to [1e-15, 1 - 1e-15].
//   isotonic  the non-decreasing function that fits best by squared error and by log-loss alike
//             (pool adjacent violators, Ayer et al., 1955), equal scores pooled before. Flat over
//             each pool and straight across the gaps between pools: it agrees with the pooled
//             values at every score it was fitted on, and does not pretend to know where in a gap
//             a step would stand, so a score in a gap is not moved by the whole step either way.
//             A pool of k rows of one label, first or last, takes Laplace's (0 + 1) / (k + 2) or
//             (k + 1) / (k + 2), as far as its neighbour allows: never 0 or 1, which no number of
//             rows can show and one later row would make an infinite loss.
//
// No calibrator turns the order of scores around: where they speak against the label, platt and
// beta give the share of label 1 to all. Isotonic is non-decreasing to the bit, platt and beta but
// for rounding in the last places.
//
// Weights are frequencies, as everywhere in judge/: weight 2 is the row twice.
// Threads: a Calibrator is immutable. Determinism: sums run in row order and exp and log are those
// of base/math.h, so the same rows give the same bytes on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "judge/sample.h"

namespace lode {

// From the simplest to the one that can bend most.
enum class CalibratorKind : std::uint8_t { kIdentity, kPlatt, kBeta, kIsotonic };
inline constexpr CalibratorKind kAllCalibrators[] = {CalibratorKind::kIdentity,
                                                     CalibratorKind::kPlatt, CalibratorKind::kBeta,
                                                     CalibratorKind::kIsotonic};
std::string_view calibrator_name(CalibratorKind kind);  // "identity", ...
// Whether scores must lie in [0, 1]; for the others any finite number will do.
bool needs_probability(CalibratorKind kind);

class Calibrator {
 public:
  struct Identity {};
  struct Platt {
    double centre = 0;     // finite
    double slope = 0;      // log-odds a unit of score, in [0, 1e300]
    double intercept = 0;  // log-odds at the centre, of at most 1e300 either way
  };
  struct Beta {
    double a = 0;          // in [0, 1e300]
    double b = 0;          // in [0, 1e300]
    double intercept = 0;  // of at most 1e300 either way
  };
  struct Isotonic {
    std::vector<double> score;        // ascending, no two equal, at least one
    std::vector<double> probability;  // of each, in [0, 1], not descending
  };
  using Form = std::variant<Identity, Platt, Beta, Isotonic>;  // in the order of CalibratorKind

  Calibrator() = default;  // identity
  // kInvalid for what the comments above rule out.
  static Result<Calibrator> make(Form form);

  CalibratorKind kind() const { return static_cast<CalibratorKind>(form_.index()); }
  const Form& form() const { return form_; }

  // In [0, 1]. NaN for a score that is not finite or, where needs_probability(kind()), not in
  // [0, 1]. 10 to 60 ns; isotonic in the logarithm of its pools.
  double probability(double score) const;
  // The same of each, into `out` of the same length. kInvalid, with the row, where that is NaN.
  Status apply(std::span<const double> scores, std::span<double> out) const;

  // "platt: 1 / (1 + exp(-(-0.41 + 1.7 (score - 0.22))))", for people.
  std::string describe() const;
  // docs/formats/calibrator.md.
  std::string serialize() const;

 private:
  explicit Calibrator(Form form) : form_(std::move(form)) {}
  Form form_;
};

// Rows of weight 0 are as if they were not there; one label alone is enough. kInvalid: what
// Sample::make refuses, and scores outside [0, 1] for identity and beta. kInternal: no optimum,
// which no rows are known to cause. Cost: of 2.5 million rows platt 0.6 s, beta 0.8 s (four times
// that where a bound holds), isotonic 0.25 s. Memory: 24 bytes a row, beta 32, isotonic 48.
Result<Calibrator> fit_calibrator(CalibratorKind kind, const ScoredRows& rows);

// Gives what was stored, to the bit. kCorrupt for damaged bytes, kUnsupported for those of a newer
// lode. Safe on hostile bytes.
Result<Calibrator> load_calibrator(std::string_view bytes);

}  // namespace lode
