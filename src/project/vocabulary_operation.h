// Keys by which runs of a project are kept within bounds: budgets, their price, retries.
#pragma once

#include <array>

#include "project/vocabulary.h"

namespace lode {

inline constexpr std::array kBudgetKeys = {
    Key{.name = "time", .doc = "that a run may take", .form = Form::kDuration},
    Key{.name = "step", .doc = "that any one of its steps may take", .form = Form::kDuration},
    Key{.name = "read", .doc = "bytes of source files that a run may read", .form = Form::kSize},
    Key{.name = "write", .doc = "bytes that a run may write", .form = Form::kSize},
    Key{.name = "cost", .doc = "that a run may cost, by `price`", .form = Form::kScalar},
};
inline constexpr Section kBudget = {
    "budget", "budget",
    "What a run may take. One that would take more by its estimate (`lode plan`) is refused before "
    "it begins, and a step before it begins, with the number.",
    kBudgetKeys, "budget: {time: 20m, step: 10m, read: 50GB, cost: 0.50}"};

inline constexpr std::array kPriceKeys = {
    Key{.name = "hour",
        .doc = "what an hour of the machine costs",
        .form = Form::kScalar,
        .required = true},
    Key{.name = "currency", .doc = "of what", .form = Form::kText, .fallback = "none said"},
};
inline constexpr Section kPrice = {"price", "price",
                                   "What the machine costs that runs the project: then plans, runs "
                                   "and budgets are told in money too.",
                                   kPriceKeys, "price: {hour: 0.34, currency: EUR}"};

inline constexpr std::array kRetryKeys = {
    Key{.name = "times",
        .doc = "how often a run is begun again after an error of reading or writing (0 .. 10); "
               "what it had made stands",
        .form = Form::kWhole,
        .fallback = "0"},
    Key{.name = "wait",
        .doc = "before the first time; twice as long before each further one, an hour at most",
        .form = Form::kDuration,
        .fallback = "10s"},
};
inline constexpr Section kRetries = {
    "retries", "retries",
    "What a run does when the operating system fails it: a disk that is away for a while.",
    kRetryKeys, "retries: {times: 3, wait: 30s}"};

}  // namespace lode
