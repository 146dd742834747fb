// What a run did, as values: the terminal's summary, --json and the run record are all made of
// this.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/ale.h"
#include "ingest/arrivals.h"
#include "insight/column_summary.h"
#include "judge/bootstrap.h"
#include "lake/runs.h"
#include "orchestrate/evaluation_report.h"
#include "orchestrate/leaderboard_report.h"
#include "orchestrate/leakage_report.h"
#include "orchestrate/model_card.h"
#include "orchestrate/model_picture.h"
#include "orchestrate/monitor_report.h"
#include "orchestrate/score_report.h"
#include "orchestrate/tuning_report.h"
#include "orchestrate/walk_report.h"

namespace lode {

class JsonWriter;
struct View;  // project/project.h

// Rows set aside for one cause in one field.
struct SetAsideReport {
  std::string cause;
  std::string field;
  std::int64_t rows = 0;
  SetAside example{};  // the first
};

struct SourceReport {
  std::string name;
  std::vector<std::string> files;
  bool reused = false;  // taken from the raw zone, the files being unchanged
  std::int64_t rows = 0;
  std::int64_t rows_read = 0;  // of them by this run; the others were there
  std::int64_t bytes = 0;      // of its files, which every run hashes
  std::int64_t accepted = 0;
  std::vector<SetAsideReport> set_aside{};
  bool timed = true;            // its rows have a time
  std::int64_t first_time = 0;  // least and greatest event time of the accepted
  std::int64_t last_time = 0;
  std::string zone;   // "UTC", "America/New_York", "by origin"
  std::string known;  // "assumed", or the expression
};

struct ViewReport {
  std::string name;
  std::string over;
  std::string by;
  std::string windows;
  std::vector<std::string> values{};
};

ViewReport view_report(const View& view);

struct TrainingReport {
  std::string name;
  std::string dataset;  // its name: a hash (docs/semantics.md 8.5)
  std::int64_t rows = 0;
  std::vector<std::string> columns{};
  double positives = 0;  // mean of the target
  std::int64_t retracted = 0;
  std::int64_t left_out = 0;
  std::int64_t without_label = 0;
  std::int64_t over_limit = 0;
};

struct MetricReport {
  std::string name;
  Estimate estimate{};
};

struct ComparisonReport {
  std::string metric;
  Estimate difference{};  // this model minus the other
  bool clear = false;     // the interval leaves out 0
  bool better = false;
};

// What an encoder met in the rows of a split.
struct EncodedReport {
  std::string column;
  std::int64_t missing = 0;  // nulls
  std::int64_t unseen = 0;   // levels not seen in training, or rare there
};

// What a column does for a model, over a sample of its test rows.
struct DriverReport {
  std::string column;       // as the model reads it: after its encoder
  Estimate contribution{};  // mean size of its Shapley value, in the unit of all of the model's
  // More log-loss (of numbers squared error) when its values are dealt out anew among the rows.
  Estimate importance{};
  // Of its value with its Shapley value: 1 where more of it always raises the answer. NaN of a
  // category.
  double correlation = 0;
  AleCurve curve{};  // of the first few numeric ones
};

// A model judged by a random split of the same rows, beside its honest figures.
struct InflatedMetric {
  std::string metric;
  Estimate random{};
  double inflation = 0;       // of the random split's value over the honest one
  double standard_error = 0;  // of that, the two taken as independent
};
struct InflationReport {
  std::int64_t rows = 0;  // judged
  std::vector<InflatedMetric> metrics{};
};

// Columns from the largest contribution down.
struct DriversReport {
  std::string unit{};           // of Shapley values: "log-odds", "probability", "the target's unit"
  std::int64_t rows = 0;        // explained
  std::int64_t background = 0;  // training rows they were held against
  std::int64_t columns = 0;     // of the model; `drivers` may be fewer
  std::vector<DriverReport> drivers{};
};

struct ModelReport {
  std::string name;
  std::int64_t version =
      0;                // 1, 2, ... of its name: a new one when its content or data set changed
  std::string content;  // content hash of the stored model
  std::string dataset;
  std::string training;
  std::string algorithm;
  Task task = Task::kBinary;
  std::vector<std::pair<std::string, std::string>> options{};
  std::vector<std::pair<std::string, std::string>> encoders{};
  std::string chosen;  // how the options were found: TuningReport::says
  TuningReport tuning{};
  NamedTexts libraries{};  // that made it, with their versions
  std::uint64_t seed = 0;
  int threads = 0;
  std::int64_t train_rows = 0;
  std::int64_t test_rows = 0;
  double test_mean = 0;  // of the targets of the test rows: their base rate
  std::int64_t embargoed = 0;
  std::int64_t purged = 0;
  std::int64_t shared_group = 0;  // training rows left out: their group is in the test
  std::int64_t unseen = 0;        // test values with a level not seen in training
  std::map<std::string, std::vector<EncodedReport>> encoded{};  // by split
  std::int64_t blocks = 0;                                      // of the bootstrap on the test rows
  std::string block_unit = "day";                               // or "row", or a column of groups
  std::map<std::string, std::vector<MetricReport>> metrics{};   // by split: "train", "test"
  ModelPicture picture{};
  std::string compared_with;
  std::vector<ComparisonReport> comparison{};
  std::string not_compared{};  // why not; told with the notes
  InflationReport inflation{};
  DriversReport drivers{};
  LeakageReport leakage{};
  EvaluationReport evaluation{};
  std::vector<CardSection> card{};
  MonitorReport monitor{};
  ModelLineage lineage{};
  std::vector<std::string> notes{};
};

// A step of the run behind its sources: made by it, or up to date and told as it was.
enum class StepState : std::uint8_t { kMade, kUpToDate, kGivenUp };
std::string_view step_state_name(StepState state);  // "made", "up to date", "given up"

struct StepReport {
  std::string kind;  // "training set", "model", "leaderboards", "retraining", "scores"
  std::string name;
  StepState state = StepState::kMade;
  std::string why;  // "its data changed", "as run 3 made it"
};

struct RunReport {
  std::string project;
  std::vector<std::string> notes{};  // of lode.yaml
  std::int64_t run = 0;              // 1, 2, ... of the project
  Timestamp started{};
  std::vector<SourceReport> sources{};
  std::vector<TableSummary> profiles{};  // of sources that ask for one
  std::vector<ViewReport> views{};
  std::vector<TrainingReport> training{};
  std::vector<ModelReport> models{};
  std::vector<Leaderboard> leaderboards{};
  std::vector<WalkReport> walks{};
  std::vector<ScoreReport> scores{};
  std::vector<StepReport> steps{};  // in the order they are made
  std::vector<StationRecord> stations{};
  std::vector<CounterRecord> counters{};
  Duration time_limit{};                // of --time-limit; 0: none
  std::vector<std::string> given_up{};  // for want of time
  std::vector<std::string> retried{};   // what became of the attempts before: run, error, wait
  double cost = 0;                      // by the project's price; 0: it says none
  std::string currency{};
  std::int64_t memory_limit = 0;   // bytes of --memory
  std::int64_t memory_held = 0;    // of them accounted for at the most, by what the run holds
  std::int64_t resident_peak = 0;  // bytes the process had at the most, as the machine counts
  double seconds = 0;
};

// All that is to be known before a model's figures are trusted.
std::vector<std::string> notes_of(const ModelReport& model);

// {"value": .., "low": .., "high": ..}
void write_estimate(JsonWriter& json, const Estimate& e);

// How a model was judged, as fields of the open object: rows and what was left out of them, metrics
// by split with their intervals, the comparison, notes. Stored with the model's record, and printed
// by --json, so both read the same.
void write_judgement(JsonWriter& json, const ModelReport& model);

}  // namespace lode
