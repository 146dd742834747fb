// A project as lode.yaml declares it: immutable, checked as a whole before anything runs. Every
// other station reads this and none reads YAML. docs/semantics.md says what the declarations mean.
//
// Threads: a Project is never written after load_project returns it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "project/place.h"
#include "project/score_format.h"
#include "project/window.h"
#include "table/expression.h"
#include "table/type.h"

namespace lode {

// An expression with its place, so that an error inside it can point at file:line:column.
struct DeclaredExpression {
  std::string text;
  Expression expression = Expression(nullptr);
  Place place;  // of the text's first character
};

// ---- sources ------------------------------------------------------------------------------------

struct ZoneRule {
  enum class Kind : std::uint8_t { kUtc, kConstant, kLookup };
  Kind kind = Kind::kUtc;
  std::string constant;               // IANA name
  std::filesystem::path lookup_file;  // CSV whose first column is the key and second the zone
  std::string lookup_key;             // a column of the source
};

struct KnownRule {
  enum class Mode : std::uint8_t { kRecorded, kExpression, kAssumed };
  Mode mode = Mode::kAssumed;
  std::optional<DeclaredExpression> expression;  // a timestamp over the row's columns
};

// One rule of a contract. `expression` is a bool over the row's columns; the row breaks the rule
// when it is false (null passes: say `required` too).
struct Rule {
  std::string name;    // "delay: between -120 and 2000"
  std::string column;  // "" for a rule over the whole row
  DeclaredExpression expression;
};

struct NamedExpression {
  std::string name;
  DeclaredExpression value;
};

struct Source {
  std::string name;
  Place place;
  std::vector<std::filesystem::path> files;  // absolute, in the order they are read
  std::string format;                        // decoder name, or "" = by extension
  std::vector<std::pair<std::string, std::string>> format_options;  // as written
  Schema columns;                                                   // as declared, in order
  std::string time;  // a timestamp column; "" = none (docs/semantics.md 1.4)
  ZoneRule zone;
  KnownRule known;
  std::string id;         // a column; "" = the row's position
  std::string partition;  // a column; "" = one partition
  struct Change {         // corrections and retractions in the rows
    std::string column;
    std::string correction;  // column value that marks a correction
    std::string retraction;  // column value that marks a retraction
  };
  std::optional<Change> change;
  Duration allowed_lateness{};
  Duration max_ahead{};
  Duration dedup_span{};
  std::vector<NamedExpression> derive;  // added columns, in order; each may use those before
  std::vector<Rule> contract;
  bool profile = false;  // a report tells what the columns of its first file are like

  bool timeless() const { return time.empty(); }
};

struct Label {
  std::string name;
  Place place;
  std::string about;         // a source
  DeclaredExpression value;  // bool or number over the row's columns
  // Timestamp over the row's columns; without an expression, of a source without a time, the row's
  // own known time.
  DeclaredExpression known;
};

// ---- features -----------------------------------------------------------------------------------

struct AggregateValue {
  std::string name;
  Place place;
  std::string aggregate;                       // "count", "sum", ... a component of kind aggregate
  std::optional<DeclaredExpression> argument;  // over the record's columns and `value`
  double quantum = 0;                          // declared; 0 = by type (docs/semantics.md 7.2)
};

struct View {
  std::string name;
  Place place;
  std::string over;  // a source or a label
  bool over_label = false;
  std::string by;  // a column of the source the records come from
  std::vector<Window> windows;
  bool include_current = false;
  std::int64_t distinct_limit = 10'000;
  std::vector<AggregateValue> values;
  std::vector<NamedExpression> derived;  // over the names of `values`, with their suffixes
};

// ---- training sets and models
// --------------------------------------------------------------------

struct TrainingSet {
  std::string name;
  Place place;
  std::string rows;  // a source
  std::string label;
  std::optional<DeclaredExpression> where;
  // View reads are Field(Subscript(view, key), value) nodes; a bare read `out: departures[origin]`
  // has become one column for each value of the view, `out.n`, `out.late`.
  std::vector<NamedExpression> columns;
};

struct EncoderChoice {
  std::string column;  // of the training set, after expansion of bare view reads
  Place place;
  std::string encoder;  // a component of kind "encoder": target, ordinal, one_hot, standardise
  std::vector<std::pair<std::string, std::string>> options;
};

struct TimeRange {
  std::optional<Timestamp> begin;  // inclusive
  std::optional<Timestamp> end;    // exclusive
};

// By time (train, test, embargo, purge), or at random.
struct Split {
  TimeRange train;
  TimeRange test;
  Duration embargo{};
  bool purge = false;       // leave out training rows whose label was not known at the test's start
  double random = 0;        // share of the rows that are the test; 0: by time
  bool stratified = false;  // at random: the same share of either label
  bool exchangeable = false;  // at random although labels change with time
  std::string groups;         // a column of the training set: no group of it is on both sides
};

// Options chosen on rows of the training range alone: fitted on `fit`, compared on `on`.
struct Choice {
  TimeRange fit;
  TimeRange on;
  std::vector<std::pair<std::string, std::vector<std::string>>> grid;
};

// Options searched by trial on folds of the training rows, where the algorithm says they may be
// worth it (Search in base/component.h).
struct Tuning {
  Duration time{};                   // that the search may take; 0: no limit of its own
  std::int64_t trials = 0;           // at most, the declared options among them
  std::int64_t folds = 3;            // that each trial is scored on
  std::vector<std::string> options;  // searched; empty = all that `options` does not give
};
inline constexpr std::int64_t kMostTrials = 1000;
inline constexpr std::int64_t kTrialsUnsaid = 30;  // where no time is said either

// How a model's threshold is found on rows it was not trained on (evaluate/thresholds.h).
struct ThresholdRule {
  enum class Kind : std::uint8_t { kCost, kShare, kRowsADay, kPrecision };
  Kind kind = Kind::kCost;
  double false_positive = 1;  // what a wrong decision costs, either way
  double false_negative = 1;
  double amount = 0;  // the share of the rows, the rows a day, the least precision
};

struct Model {
  std::string name;
  Place place;
  std::string from;                  // a training set
  std::string algorithm;             // a component of kind "algorithm"
  std::vector<std::string> columns;  // of the training set; empty = all
  std::vector<EncoderChoice> encode;
  std::vector<std::pair<std::string, std::string>> options;  // checked against the descriptor
  Split split;
  std::optional<Choice> choose;
  std::optional<Tuning> tune;
  std::uint64_t seed = 1;
  int threads = 2;                 // fixed for third-party trainers: part of the result
  std::string compare_with;        // another model of the same rows; "" = none
  std::string calibrate = "none";  // "auto", or the calibrator
  std::optional<ThresholdRule> threshold;
  bool label_issues = false;          // looked for even where nothing else asks for the fits
  bool out_of_fold = false;           // training rows are scored so even where nothing else asks
  bool learning_curve = false;        // of fewer training rows, where it wins its leaderboard
  std::vector<std::string> fairness;  // columns of the training set
  std::string note;  // printed beside the figure: why it is there, what to distrust
};

// A model made anew when a trigger fires at the begin of a period, from the rows of the last
// `train`, as one of `model` is made; 0: from all rows before.
struct Challenger {
  std::string name;
  Place place;
  std::string model;
  Duration train{};
};

// What makes challengers be trained (feedback/trigger.h).
struct TriggerChoice {
  std::string trigger;  // a component of kind "trigger"
  Place place;
  std::vector<std::pair<std::string, std::string>> options;
};

// What a challenger must show (evaluate/gate.h).
struct GateRules {
  std::string metric = "log_loss";
  double alpha = 0.05;
  double least_effect = 0;
  std::vector<std::pair<std::string, double>> guards{{"calibration_error", 0.01}};
  std::vector<std::string> slices;  // columns of the training set
  double slice_margin = 0.02;
  double least_mature = 0.95;
};

// What the first champion is called among the challengers of a walk.
inline constexpr std::string_view kFirstChampion = "frozen";

inline constexpr std::int64_t kMostPeriods = 10'000;
// Whole days are what a gate draws, and it asks for five of them (evaluate/gate.h).
inline constexpr Duration kLeastEvidence = days(5);

// A walk forward: period after period the live model answers, challengers are made from what was
// known by then and judged on rows behind them, and the gate says which is live in the next.
struct Retraining {
  std::string name;
  Place place;
  std::string champion;  // the model that is live at first, as its own split makes it
  Duration every{};
  TimeRange over;
  Duration evidence{};  // of event time that a look of the gate goes back
  std::vector<Challenger> challengers;
  std::vector<TriggerChoice> when;  // not empty
  GateRules gate;
};

// A file that scores are given out in, made anew whenever they are.
struct ScoreOutput {
  std::string path;  // absolute
  ScoreFormat format = ScoreFormat::kParquet;
  std::string table;  // of a DuckDB file
};

// Rows that every run scores, in which a row is left alone while its score cannot have changed
// (docs/guides/scoring.md).
struct ScoringJob {
  std::string name;
  Place place;
  std::string model;                 // NAME, NAME@VERSION or NAME@ALIAS
  bool all = false;                  // rows that have a label too
  std::optional<Timestamp> since{};  // rows of an event time from then on
  std::vector<ScoreOutput> out{};
  std::vector<std::string> columns{};  // given out, in order; empty = kGivenColumns
  bool own_threshold = false;          // `threshold` and not the model's
  std::optional<double> threshold{};   // from which on a row is flagged; nothing: none is
  std::int64_t why = 0;                // so many drivers of each score; 0: none
};
inline constexpr std::int64_t kMostWhy = 50;

// What is given out of a scored row, where there is such (docs/guides/scoring.md).
inline constexpr std::array<std::string_view, 7> kGivenColumns = {
    "seq", "id", "time", "entity", "score", "decision", "model"};

// What a source says for its time when its rows have none.
inline constexpr std::string_view kNoTime = "none";

// How models are watched on rows behind their training rows (monitor/watch.h).
struct MonitorRules {
  Duration period = days(7);           // whole days
  Duration block{};                    // whole days drawn in a run; 0: as alike as days are
  double alpha = 0.05;                 // of an alarm in a period without drift
  std::vector<std::string> columns{};  // watched, of those a model reads; empty: all of them
  TimeRange reference{};  // of the training rows, what the others are held against; open: all
};

// What a run may take by its estimate (orchestrate/run_budget.h); 0: as much as it takes.
struct Budget {
  Place place;  // of the section
  Duration time{};
  Duration step{};
  std::int64_t read = 0;   // bytes
  std::int64_t write = 0;  // bytes
  double cost = 0;

  bool declared() const { return time.us > 0 || step.us > 0 || read > 0 || write > 0 || cost > 0; }
};

// Of the machine; 0 an hour: not said.
struct Price {
  double hour = 0;
  std::string currency;
};

// How often a run is begun again that the operating system failed.
struct Retries {
  int times = 0;
  Duration wait{seconds(10)};  // before the first; then twice as long each time
};

// Columns every record has beside its declared and derived ones (docs/semantics.md 2.1).
inline constexpr std::string_view kSeqColumn = "_seq";      // int64
inline constexpr std::string_view kKindColumn = "_kind";    // int64: a RecordKind
inline constexpr std::string_view kIdColumn = "_id";        // int64 or string
inline constexpr std::string_view kTimeColumn = "_t";       // timestamp
inline constexpr std::string_view kKnownColumn = "_known";  // timestamp
inline constexpr std::string_view kLocalColumn = "_local";  // timestamp: the wall clock's reading

inline constexpr std::array kRecordColumns = {kSeqColumn,  kKindColumn,  kIdColumn,
                                              kTimeColumn, kKnownColumn, kLocalColumn};

enum class RecordKind : std::uint8_t { kOriginal = 0, kCorrection = 1, kRetraction = 2 };

struct Project {
  std::string name;
  std::vector<std::string> notes;
  std::filesystem::path file;  // lode.yaml
  std::filesystem::path root;  // its folder; state lives in root/.lode
  std::vector<Source> sources;
  std::vector<Label> labels;
  std::vector<View> views;
  std::vector<TrainingSet> training;
  std::vector<Model> models;
  std::vector<Retraining> retraining;
  std::vector<ScoringJob> scores;
  MonitorRules monitor;
  Budget budget;
  Price price;
  Retries retries;

  const Source* source(std::string_view name) const;
  const Label* label(std::string_view name) const;
  const View* view(std::string_view name) const;
  const TrainingSet* training_set(std::string_view name) const;
  const Model* model(std::string_view name) const;
  const ScoringJob* scoring_job(std::string_view name) const;
  // The schema of a source's records: the columns above, then declared, then derived ones.
  // (`derive`, `known` and `contract` see the declared ones, kLocalColumn and the derived ones so
  // far.)
  Result<Schema> record_schema(const Source& source) const;
  // What a view folds, and what its arguments are bound to: the records of its source; over a label
  // also `value`.
  Result<Schema> folded_schema(const View& view) const;
  // What a read of a view gives: each value for each window (with its suffix), then the derived
  // ones.
  Result<Schema> value_schema(const View& view) const;
  // The columns of a training set; a view's value takes its type from value_schema.
  Result<Schema> training_schema(const TrainingSet& set) const;
};

// How expressions over a source's records are bound: local() reads the wall clock's column.
BindOptions bind_options(const Source& source);

// Everything wrong with a project, in file order. Never empty when load_project fails.
struct ProjectErrors {
  std::vector<Error> errors;
};

// Loads and checks `path` (a lode.yaml or a folder that holds one). Reads no data files beyond
// their existence; types every expression.
std::expected<std::shared_ptr<const Project>, ProjectErrors> load_project(
    const std::filesystem::path& path);

// The JSON schema of lode.yaml, for editors (JSON Schema 2020-12), and its reference page,
// docs/reference/lode-yaml.md: both made from project/vocabulary.cc.
std::string project_json_schema();
std::string project_reference();

}  // namespace lode
