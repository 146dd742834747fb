// The term of one row in the log-loss: what the metric adds up, and what is told of a stretch of
// rows without preparing a metric for it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/math.h"

namespace lode {

// Minus the logarithm of the probability given to the label that came, in nats, clipped to [1e-15,
// 1 - 1e-15].
inline double log_loss_of(double score, std::uint8_t label) {
  constexpr double kClip = 1e-15;
  double p = label == 1 ? score : 1 - score;
  return -portable_log(std::clamp(p, kClip, 1 - kClip));
}

}  // namespace lode
