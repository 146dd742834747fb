// Keys by which a model's options are found by trial: from a list, or by a search.
#pragma once

#include <array>

#include "project/vocabulary.h"

namespace lode {

inline constexpr std::array kChooseKeys = {
    Key{.name = "fit",
        .doc = "times of the rows each candidate is fitted on, inside `train`",
        .form = Form::kRange,
        .required = true},
    Key{.name = "on",
        .doc = "times of the rows the candidates are compared on, inside `train`",
        .form = Form::kRange,
        .required = true},
    Key{.name = "options",
        .doc = "values to try for each option",
        .form = Form::kScalar,
        .many = Many::kMapOfLists,
        .required = true},
};
inline constexpr Section kChoose = {
    "choice of options", "models.NAME.choose",
    "Every combination is fitted on `fit` and compared on `on`; the best is then fitted on all "
    "training rows.",
    kChooseKeys,
    "choose: {fit: ..2001-01-22, on: 2001-01-22..2001-01-29, options: {max_depth: [4, 6]}}"};

inline constexpr std::array kTuneKeys = {
    Key{.name = "time",
        .doc = "most that the search may take; a trial that is not over by then counts as never "
               "begun",
        .form = Form::kDuration,
        .fallback = "no limit"},
    Key{.name = "trials",
        .doc = "most trials, the declared options being the first; with `time` as many as it "
               "allows",
        .form = Form::kWhole,
        .fallback = "30 without `time`"},
    Key{.name = "folds",
        .doc = "folds of the training rows that each trial is scored on",
        .form = Form::kWhole,
        .fallback = "3"},
    Key{.name = "options",
        .doc = "options to search, of those `lode components algorithm NAME` shows a search range "
               "for; one that has a value under the model's `options` is searched from there",
        .form = Form::kText,
        .many = Many::kList,
        .fallback = "all that have no value under the model's `options`"},
};
inline constexpr Section kTune = {
    "tuning", "models.NAME.tune",
    "Options are tried on folds of the training rows that are cut as the split cuts; the declared "
    "ones are kept unless others are better beyond chance, and ties go to the simplest "
    "(docs/guides/tuning.md).",
    kTuneKeys, "tune: {time: 60s, trials: 40, folds: 3}"};

}  // namespace lode
