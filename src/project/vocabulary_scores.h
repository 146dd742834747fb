// Keys of scores that every run keeps up to date.
#pragma once

#include <array>

#include "project/vocabulary.h"

namespace lode {

inline constexpr std::array kScoresKeys = {
    Key{.name = "model",
        .doc = "what scores: NAME, a model or a walk of this file (its champion, else its newest "
               "version), NAME@VERSION or NAME@ALIAS",
        .form = Form::kText,
        .required = true},
    Key{.name = "rows",
        .doc = "of the model's training set: those without a label yet, or all",
        .form = Form::kText,
        .fallback = "unlabelled",
        .choices = "unlabelled|all"},
    Key{.name = "since",
        .doc = "a time: only rows whose event time is not before it",
        .form = Form::kScalar,
        .fallback = "the first row"},
    Key{.name = "out",
        .doc = "file the scores are written into, or a list of them, made anew whenever a score "
               "changed; what it is goes by its ending: .parquet, .csv or .duckdb; relative to "
               "this file's folder",
        .form = Form::kText,
        .many = Many::kOneOrList,
        .fallback = "none: they are kept in the project alone"},
    Key{.name = "table",
        .doc = "the table in a DuckDB file",
        .form = Form::kText,
        .fallback = "the name of these scores"},
    Key{.name = "columns",
        .doc = "what is given out of each row, in order: `seq`, `id`, `time`, `entity`, `score`, "
               "`decision`, `model`, and columns of the training set or of its source",
        .form = Form::kText,
        .many = Many::kList,
        .fallback = "those of the first seven that there are"},
    Key{.name = "threshold",
        .doc = "from which score on a row is flagged; `none` flags none",
        .form = Form::kScalar,
        .fallback = "the model's"},
    Key{.name = "why",
        .doc =
            "how many drivers of each score are given beside it, at most 50: columns `why_1` and "
            "`why_1_by`, what it adds to the model's margin. Costs an explanation a row",
        .form = Form::kWhole,
        .fallback = "0: none"},
};
inline constexpr Section kScores = {
    "scoring", "scores.NAME",
    "Rows that every run scores. A row is left alone while its score cannot have changed "
    "(docs/guides/scoring.md). `lode score NAME` does it without the rest of a run.",
    kScoresKeys,
    "scores:\n"
    "  nightly:\n"
    "    model: static@champion\n"
    "    since: 2001-03-01\n"
    "    out: [scores.parquet, scores.duckdb]\n"
    "    columns: [id, time, origin, score, decision]\n"
    "    threshold: 0.4\n"};

}  // namespace lode
