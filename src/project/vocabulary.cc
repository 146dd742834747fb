#include "project/vocabulary.h"

#include <array>

#include "project/vocabulary_monitor.h"
#include "project/vocabulary_operation.h"
#include "project/vocabulary_options.h"
#include "project/vocabulary_scores.h"

namespace lode {
namespace {

// Each section is written after those it holds.

constexpr std::array kZoneKeys = {
    Key{.name = "lookup",
        .doc = "CSV file with a header: the key first, the zone's IANA name second",
        .form = Form::kText,
        .required = true},
    Key{.name = "key",
        .doc = "column of the source to look up",
        .form = Form::kText,
        .required = true},
};
constexpr Section kZone = {
    "zone", "sources.NAME.zone",
    "A zone for each row, by one of its columns. A row without one is set aside.", kZoneKeys,
    "zone: {lookup: airport-zones.csv, key: origin}"};

constexpr std::array kChangeKeys = {
    Key{.name = "column",
        .doc = "column that says what a row is",
        .form = Form::kText,
        .required = true},
    Key{.name = "correction",
        .doc = "its value in a row that replaces an earlier one",
        .form = Form::kScalar},
    Key{.name = "retraction",
        .doc = "its value in a row that takes an earlier one back",
        .form = Form::kScalar},
};
constexpr Section kChange = {
    "change", "sources.NAME.change",
    "How rows say that they correct or retract an earlier row of the same id. "
    "Give `correction`, `retraction` or both.",
    kChangeKeys, "change: {column: op, correction: U, retraction: D}"};

constexpr std::array kColumnContractKeys = {
    Key{.name = "required",
        .doc = "null breaks the contract",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "between",
        .doc = "least and greatest value, both allowed",
        .form = Form::kScalar,
        .many = Many::kList},
    Key{.name = "in", .doc = "the allowed values", .form = Form::kScalar, .many = Many::kList},
    Key{.name = "matches",
        .doc = "regular expression (RE2) for the whole string",
        .form = Form::kText},
};
constexpr Section kColumnContract = {
    "contract of a column", "sources.NAME.contract.COLUMN",
    "Rules for one column. A row that breaks one is set aside with the reason; null passes all but "
    "`required`.",
    kColumnContractKeys, "delay: {required: true, between: [-120, 2000]}"};

constexpr std::array kRuleKeys = {
    Key{.name = "rules",
        .doc = "expressions over the whole row; false breaks the contract, null passes",
        .form = Form::kExpression,
        .many = Many::kList},
};
constexpr Section kRules = {"rules of a contract", "sources.NAME.contract", "", kRuleKeys, ""};

constexpr std::array kSourceKeys = {
    Key{.name = "files",
        .doc =
            "path or pattern (`*`, `?`), or a list of them; relative to this file's folder; a "
            "pattern's files in order of their names; a file that comes later is read behind them",
        .form = Form::kText,
        .many = Many::kOneOrList,
        .required = true},
    Key{.name = "format",
        .doc = "decoder of the files, or the decoder with its options",
        .form = Form::kText,
        .component = true,
        .fallback = "by the files' extension"},
    Key{.name = "columns",
        .doc = "the columns that are read, each with its type",
        .form = Form::kType,
        .many = Many::kMap,
        .required = true},
    Key{.name = "time",
        .doc = "the timestamp column that is the event time; `none` if rows have no time, and then "
               "no window can be over them and a split of them is at random",
        .form = Form::kText,
        .required = true},
    Key{.name = "zone",
        .doc = "IANA zone of local times, or a look-up that gives each row's zone",
        .form = Form::kText,
        .section = &kZone,
        .fallback = "UTC"},
    Key{.name = "known",
        .doc = "when a row could be used: `recorded` (stamped on arrival, so not in files), "
               "`assumed` (at its event "
               "time), or a timestamp expression",
        .form = Form::kExpression,
        .fallback = "assumed"},
    Key{.name = "derive",
        .doc = "added columns, in order; each may use those before it",
        .form = Form::kExpression,
        .many = Many::kMap,
        .names_checked = true},
    Key{.name = "contract",
        .doc = "what every row must keep",
        .many = Many::kMap,
        .section = &kColumnContract,
        .beside = &kRules},
    Key{.name = "id",
        .doc = "integer or string column that identifies a row",
        .form = Form::kText,
        .fallback = "the row's position"},
    Key{.name = "partition",
        .doc = "column that splits the source into parts, each in its own order",
        .form = Form::kText,
        .fallback = "one part"},
    Key{.name = "change",
        .doc = "rows that correct or retract earlier ones; needs `id`",
        .section = &kChange},
    Key{.name = "profile",
        .doc =
            "tell in the report what the columns of its file are like, declared or not: types, "
            "values, what is odd and what is likely about persons. Reads the first file once more",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "allowed_lateness",
        .doc = "how far a row may lie behind the largest event time before it",
        .form = Form::kDuration,
        .fallback = "0s"},
    Key{.name = "max_ahead",
        .doc = "how far a row may lie ahead of the time it became known",
        .form = Form::kDuration,
        .fallback = "5m"},
    Key{.name = "dedup_span",
        .doc = "how far back a repeated id is a repetition; at least allowed_lateness",
        .form = Form::kDuration,
        .fallback = "the larger of 1d and allowed_lateness"},
};
constexpr Section kSource = {
    "source", "sources.NAME",
    "Rows that arrive: where from, when they happened, what they must keep.", kSourceKeys,
    "sources:\n"
    "  flights:\n"
    "    files: data/flights-*.parquet\n"
    "    time: date\n"
    "    columns: {date: timestamp, delay: int64, origin: string}\n"};

constexpr std::array kLabelKeys = {
    Key{.name = "about",
        .doc = "the source whose rows it judges",
        .form = Form::kText,
        .required = true},
    Key{.name = "value",
        .doc = "bool or number over the row's columns; null says nothing",
        .form = Form::kExpression,
        .required = true},
    Key{.name = "known",
        .doc = "timestamp over the row's columns: when the outcome could first be known; required "
               "unless the source has `time: none`",
        .form = Form::kExpression},
};
constexpr Section kLabel = {
    "label", "labels.NAME", "An outcome of a row, and the time from which it is known.", kLabelKeys,
    "labels:\n"
    "  late: {about: flights, value: delay > 15, known: date + minutes(90)}\n"};

constexpr std::array kWindowKeys = {
    Key{.name = "sliding",
        .doc = "length of a window that ends at the read",
        .form = Form::kDuration},
    Key{.name = "exact",
        .doc = "sliding over more than a day without panes (more memory)",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "tumbling",
        .doc = "length of aligned windows (UTC); the one under way is read",
        .form = Form::kDuration},
    Key{.name = "last", .doc = "the last n records", .form = Form::kWhole},
};
constexpr Section kWindow = {"window", "features.NAME.window",
                             "A bare length is a sliding window, `all` is all time. Else exactly "
                             "one of `sliding`, `tumbling`, `last`.",
                             kWindowKeys,
                             "windows: [1h, {sliding: 7d, exact: true}, {last: 5}, all]"};

constexpr std::array kViewKeys = {
    Key{.name = "over",
        .doc = "the source or label whose records are folded",
        .form = Form::kText,
        .required = true},
    Key{.name = "by",
        .doc = "the column whose value is the key",
        .form = Form::kText,
        .required = true},
    Key{.name = "window",
        .doc = "the window; this or `windows`",
        .form = Form::kText,
        .section = &kWindow},
    Key{.name = "windows",
        .doc = "several windows; each value's name gets the window's suffix, such as `late_2h`",
        .form = Form::kText,
        .many = Many::kList,
        .section = &kWindow},
    Key{.name = "include_current",
        .doc = "count records at exactly the time of the read",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "distinct_limit",
        .doc = "how many different values distinct() over all time keeps",
        .form = Form::kWhole,
        .fallback = "10000"},
    Key{.name = "values",
        .doc = "aggregates, `late: sum(value)` or `{sum: fare, quantum: 0.01}`, and expressions "
               "over their names",
        .form = Form::kExpression,
        .many = Many::kMap,
        .component = true,
        .required = true,
        .names_checked = true},
};
constexpr Section kView = {"feature view", "features.NAME",
                           "Values of a key as of a moment: a fold over its records in a window.",
                           kViewKeys,
                           "features:\n"
                           "  departures:\n"
                           "    over: late\n"
                           "    by: origin\n"
                           "    window: 120m\n"
                           "    values: {n: count(), late: sum(value), rate: late / n}\n"};

constexpr std::array kTrainingKeys = {
    Key{.name = "rows",
        .doc = "the source whose rows are the examples",
        .form = Form::kText,
        .required = true},
    Key{.name = "label",
        .doc = "the label that is the target; about the same source",
        .form = Form::kText,
        .required = true},
    Key{.name = "where",
        .doc = "rows for which this is not true are left out",
        .form = Form::kExpression},
    Key{.name = "columns",
        .doc = "expressions over the row and over views: `view[key].value`, or `view[key]` for all "
               "its values",
        .form = Form::kExpression,
        .many = Many::kMap,
        .required = true,
        .names_checked = true},
};
constexpr Section kTraining = {"training set", "training.NAME",
                               "Rows with their columns as of the row's own time, and their label.",
                               kTrainingKeys,
                               "training:\n"
                               "  flights:\n"
                               "    rows: flights\n"
                               "    label: late\n"
                               "    columns:\n"
                               "      distance: distance / 1000\n"
                               "      out: departures[origin]\n"};

constexpr std::array kSplitKeys = {
    Key{.name = "train", .doc = "times of the training rows", .form = Form::kRange},
    Key{.name = "test",
        .doc = "times of the test rows; must not overlap `train`",
        .form = Form::kRange},
    Key{.name = "random",
        .doc =
            "instead of `train` and `test`: the share of the rows, drawn by the model's seed, that "
            "it is tested on. Refused where labels change with time",
        .form = Form::kScalar},
    Key{.name = "stratified",
        .doc = "with `random`: the same share of the rows of either label",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "exchangeable",
        .doc = "with `random`: take the rows for exchangeable though their labels change with time",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "groups",
        .doc = "column of the training set: rows of one value (a customer, a machine) are never on "
               "both sides. No input of the model unless `columns` names it",
        .form = Form::kText},
    Key{.name = "embargo",
        .doc = "training rows closer than this to the test's start are left out",
        .form = Form::kDuration,
        .fallback = "0s"},
    Key{.name = "purge",
        .doc = "training rows whose label was not known at the test's start are left out",
        .form = Form::kFlag,
        .fallback = "false"},
};
constexpr Section kSplit = {"split", "models.NAME.split",
                            "By time (`train` and `test`: UTC, the first is inside, the last is "
                            "not), or at `random`, where rows are exchangeable.",
                            kSplitKeys,
                            "split: {train: ..2001-01-29, test: 2001-01-29.., embargo: 0d}"};

constexpr std::array kThresholdKeys = {
    Key{.name = "false_positive",
        .doc = "by cost: what a row costs that is flagged and should not be",
        .form = Form::kScalar,
        .fallback = "1"},
    Key{.name = "false_negative",
        .doc = "by cost: what a row costs that is not flagged and should be",
        .form = Form::kScalar,
        .fallback = "1"},
    Key{.name = "share",
        .doc = "by capacity: the share of the rows that may be flagged",
        .form = Form::kScalar},
    Key{.name = "rows_a_day",
        .doc = "by capacity: the rows that may be flagged on any UTC day; needs a split by time",
        .form = Form::kScalar},
    Key{.name = "precision",
        .doc = "the most rows of which at least this share has label 1, shown with confidence",
        .form = Form::kScalar},
};
constexpr Section kThreshold = {
    "threshold", "models.NAME.threshold",
    "From which score on a row is flagged, found on training rows that are scored out of fold and "
    "judged on the test rows. By one of cost, capacity or precision.",
    kThresholdKeys, "threshold: {false_positive: 1, false_negative: 5}"};

constexpr std::array kModelKeys = {
    Key{.name = "from",
        .doc = "the training set (`flights` or `training.flights`)",
        .form = Form::kText,
        .required = true},
    Key{.name = "algorithm",
        .doc = "what is fitted; its options here or under `options`",
        .form = Form::kText,
        .component = true,
        .required = true},
    Key{.name = "columns",
        .doc = "columns of the training set that are used; a view read's own name means all its "
               "columns",
        .form = Form::kText,
        .many = Many::kList,
        .fallback = "all"},
    Key{.name = "encode",
        .doc = "encoder of a column: its name, or the name with its options",
        .form = Form::kText,
        .many = Many::kMap,
        .component = true},
    Key{.name = "options",
        .doc = "options of the algorithm, if they do not stand there",
        .form = Form::kScalar,
        .many = Many::kMap},
    Key{.name = "split",
        .doc = "what it is trained and tested on",
        .section = &kSplit,
        .required = true},
    Key{.name = "choose",
        .doc = "options chosen by trial inside the training range",
        .section = &kChoose},
    Key{.name = "tune",
        .doc = "options searched by trial on folds of the training rows, under a limit of time or "
               "trials",
        .section = &kTune},
    Key{.name = "seed",
        .doc = "seed of everything random in it",
        .form = Form::kWhole,
        .fallback = "1"},
    Key{.name = "threads",
        .doc = "threads of a third-party trainer: part of the result",
        .form = Form::kWhole,
        .fallback = "2"},
    Key{.name = "calibrate",
        .doc =
            "how scores become probabilities: `none`, `platt`, `beta`, `isotonic`, or `auto` for "
            "the one with the lowest log-loss out of fold. Costs a fit a fold",
        .form = Form::kText,
        .fallback = "none"},
    Key{.name = "threshold",
        .doc =
            "from which score on a row is flagged. Costs a fit a fold, the same as `calibrate`'s",
        .section = &kThreshold},
    Key{.name = "label_issues",
        .doc =
            "look for rows whose label is likely wrong. Done without asking where `calibrate` or "
            "`threshold` ask for the fits it needs",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "out_of_fold",
        .doc = "score training rows out of fold, so that the winner of a leaderboard is chosen by "
               "them and not by the test rows: where all its models are. Done without asking "
               "where `calibrate`, `threshold` or `label_issues` ask for the same fits",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "learning_curve",
        .doc = "fit it on an eighth, a quarter and half of its training rows too, where its "
               "leaderboard's verdict is about it: would more rows help? Costs a fit",
        .form = Form::kFlag,
        .fallback = "false"},
    Key{.name = "fairness",
        .doc = "columns of the training set whose values (quantiles of numbers) are compared as "
               "groups: rates of decisions and of errors",
        .form = Form::kText,
        .many = Many::kList},
    Key{.name = "compare_with",
        .doc = "another model of the same test rows, for the paired comparison",
        .form = Form::kText},
    Key{.name = "note",
        .doc = "printed beside the figures: why it is there, what to distrust",
        .form = Form::kText},
};
constexpr Section kModel = {"model", "models.NAME",
                            "What is fitted on a training set, and how it is judged.", kModelKeys,
                            "models:\n"
                            "  static:\n"
                            "    from: flights\n"
                            "    algorithm: logistic\n"
                            "    encode: {origin: {target: {smoothing: 50}}}\n"
                            "    split: {train: ..2001-01-29, test: 2001-01-29..}\n"};

constexpr std::array kChallengerKeys = {
    Key{.name = "model",
        .doc = "the model it is made like",
        .form = Form::kText,
        .fallback = "the champion"},
    Key{.name = "train",
        .doc = "how far back the rows go that it is made from",
        .form = Form::kDuration,
        .fallback = "all"},
};
constexpr Section kChallenger = {"challenger", "retraining.NAME.challengers.NAME",
                                 "A model made anew when a trigger fires at the begin of a period, "
                                 "from rows before it whose label was known.",
                                 kChallengerKeys, "last_week: {train: 7d}"};

constexpr std::array kGateKeys = {
    Key{.name = "metric",
        .doc = "what a challenger must be better on",
        .form = Form::kText,
        .fallback = "log_loss"},
    Key{.name = "alpha",
        .doc = "chance that a challenger that is no better is let through, over all looks that "
               "share rows",
        .form = Form::kScalar,
        .fallback = "0.05"},
    Key{.name = "least_effect",
        .doc = "how much better it must be, in the metric's unit",
        .form = Form::kScalar,
        .fallback = "0"},
    Key{.name = "guards",
        .doc = "other metrics, and how much worse it may be on each",
        .form = Form::kScalar,
        .many = Many::kMap,
        .fallback = "calibration_error: 0.01"},
    Key{.name = "slices",
        .doc = "columns of the training set whose values are looked at one by one: a challenger "
               "must not be shown to be worse on any",
        .form = Form::kText,
        .many = Many::kList},
    Key{.name = "slice_margin",
        .doc = "how much worse on the metric it may be in a slice",
        .form = Form::kScalar,
        .fallback = "0.02"},
    Key{.name = "least_mature",
        .doc = "share of the rows that must have their label",
        .form = Form::kScalar,
        .fallback = "0.95"},
};
constexpr Section kGate = {"gate", "retraining.NAME.gate",
                           "When a challenger takes the champion's place.", kGateKeys,
                           "gate: {metric: log_loss, least_effect: 0.001, slices: [origin]}"};

constexpr std::array kRetrainingKeys = {
    Key{.name = "champion",
        .doc = "the model that is live at first",
        .form = Form::kText,
        .required = true},
    Key{.name = "every",
        .doc = "length of a period: how often triggers are asked, and challengers judged",
        .form = Form::kDuration,
        .required = true},
    Key{.name = "over",
        .doc = "when: begins at the first period, and the last one ends with the rows",
        .form = Form::kRange,
        .required = true},
    Key{.name = "evidence",
        .doc = "how far back the gate looks; at least a period, and five days",
        .form = Form::kDuration,
        .fallback = "28d, and four periods at least"},
    Key{.name = "challengers",
        .doc = "what is made anew when a trigger fires, each period if not said",
        .many = Many::kMap,
        .section = &kChallenger,
        .required = true,
        .names_checked = true},
    Key{.name = "when",
        .doc = "triggers: what makes challengers be trained at the begin of a period, each with "
               "its options; any of them is enough (`lode components trigger`)",
        .form = Form::kText,
        .many = Many::kOneOrList,
        .component = true,
        .fallback = "schedule"},
    Key{.name = "gate", .doc = "what a challenger must show", .section = &kGate},
};
constexpr Section kRetraining = {
    "retraining", "retraining.NAME",
    "A walk forward over a training set: which model would have been live when.", kRetrainingKeys,
    "retraining:\n"
    "  weekly:\n"
    "    champion: static\n"
    "    every: 7d\n"
    "    over: 2001-01-29..\n"
    "    challengers: {last_week: {train: 7d}, four_weeks: {train: 28d}}\n"};

constexpr std::array kProjectKeys = {
    Key{.name = "lode",
        .doc = "version of this language: 1",
        .form = Form::kWhole,
        .required = true},
    Key{.name = "project", .doc = "name of the project", .form = Form::kText, .required = true},
    Key{.name = "notes",
        .doc = "sentences for who reads a report of the project: what was decided, what to "
               "distrust; printed with every run",
        .form = Form::kText,
        .many = Many::kList},
    Key{.name = "sources",
        .doc = "rows that arrive",
        .many = Many::kMap,
        .section = &kSource,
        .required = true,
        .names_checked = true},
    Key{.name = "labels",
        .doc = "outcomes of rows",
        .many = Many::kMap,
        .section = &kLabel,
        .names_checked = true},
    Key{.name = "features",
        .doc = "feature views",
        .many = Many::kMap,
        .section = &kView,
        .names_checked = true},
    Key{.name = "training",
        .doc = "training sets",
        .many = Many::kMap,
        .section = &kTraining,
        .names_checked = true},
    Key{.name = "models",
        .doc = "models",
        .many = Many::kMap,
        .section = &kModel,
        .names_checked = true},
    Key{.name = "retraining",
        .doc = "models made anew as time goes on, under a gate",
        .many = Many::kMap,
        .section = &kRetraining,
        .names_checked = true},
    Key{.name = "scores",
        .doc = "rows that every run scores, and the files they are given out in",
        .many = Many::kMap,
        .section = &kScores,
        .names_checked = true},
    Key{.name = "monitor", .doc = "how models are watched", .section = &kMonitor},
    Key{.name = "budget", .doc = "what a run may take", .section = &kBudget},
    Key{.name = "price", .doc = "what the machine costs", .section = &kPrice},
    Key{.name = "retries", .doc = "whether a run that failed goes on", .section = &kRetries},
};
constexpr Section kProject = {"project", "", "One file is one project.", kProjectKeys,
                              "lode: 1\nproject: flights\n"};

}  // namespace

const Section& project_section() { return kProject; }

}  // namespace lode
