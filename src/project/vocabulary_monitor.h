// Keys by which the watch over models is set.
#pragma once

#include <array>

#include "project/vocabulary.h"

namespace lode {

inline constexpr std::array kMonitorKeys = {
    Key{.name = "period",
        .doc = "length of the periods that test rows are watched in, in whole days",
        .form = Form::kDuration,
        .fallback = "7d"},
    Key{.name = "block",
        .doc = "how many days of the training rows are drawn together for what chance does, where "
               "neighbouring days are alike",
        .form = Form::kDuration,
        .fallback = "by how alike they are"},
    Key{.name = "alpha",
        .doc = "chance that an alarm stands in a period in which nothing drifts (0.002 .. 0.2)",
        .form = Form::kScalar,
        .fallback = "0.05"},
    Key{.name = "columns",
        .doc = "columns of training sets that are watched, of those a model reads",
        .form = Form::kText,
        .many = Many::kList,
        .fallback = "all"},
    Key{.name = "reference",
        .doc = "which of the training rows the others are held against, by their time",
        .form = Form::kRange,
        .fallback = "all"},
};
inline constexpr Section kMonitor = {
    "monitor", "monitor", "How models are watched on the rows behind their training rows.",
    kMonitorKeys, "monitor: {period: 14d, block: 3d, alpha: 0.01}"};

}  // namespace lode
