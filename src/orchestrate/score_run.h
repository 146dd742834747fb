// `lode score`: a model's scores of a project's rows, kept and brought up to date. Rows that are
// new, have another version or read a view that has changed are scored; all others have the scores
// they had. Scored rows are durable block by block: a job that was killed goes on where it was and
// ends in the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lake/runs.h"
#include "orchestrate/run.h"
#include "project/project.h"
#include "serve/score_output.h"

namespace lode {

struct ScoreRequest {
  std::string model{};   // NAME, NAME@VERSION, NAME@ALIAS
  std::string file{};    // its rows and not the project's; "" = the project's
  bool all = false;      // rows that have a label too
  bool changed = false;  // give out only what this call scored or found gone; of the project's rows
  bool full = false;     // anew, whatever is kept
  std::int64_t block = std::int64_t{1} << 16;  // rows that become durable together
  std::optional<ScoreTarget> target{};
};

// A column of the model where rows had nulls, or levels it did not see in training.
struct ScoredColumn {
  std::string name;
  std::int64_t missing = 0;
  std::int64_t unseen = 0;
};

// The cause of rows that the model cannot score.
inline constexpr std::string_view kNotScored = "not_scored";

struct RefusedRows {
  std::string source;
  std::string cause;  // as of rows set aside
  std::string field;
  std::int64_t rows = 0;
  std::string example;  // "orders.csv:7: 'x' is no whole number"
};

struct ScoreReport {
  std::string project;
  std::string model;
  std::int64_t version = 0;
  std::string content;
  std::string from;       // the training set
  std::string selection;  // "rows without a label", "all rows", "rows of new.csv"
  std::string algorithm;
  std::optional<double> threshold{};

  std::string why_all{};       // all rows were scored, because; "" = only what changed
  std::int64_t resumed = 0;    // entries a killed job had made durable before
  std::int64_t standing = 0;   // rows that have a score now
  std::int64_t scored = 0;     // by this call
  std::int64_t fresh = 0;      // of them rows that are new
  std::int64_t corrected = 0;  // rows that have another version
  std::int64_t reread = 0;     // rows whose views read otherwise
  std::int64_t gone = 0;       // rows that had a score and are not asked about any more
  std::int64_t flagged = 0;    // of the rows given out, by the threshold
  std::int64_t labelled = 0;   // of rows looked at: not asked about, for they have a label
  std::int64_t left_out = 0;   // of rows looked at: by `where`
  std::int64_t over_limit = 0;

  std::int64_t records = 0;        // read from raw zones
  std::int64_t records_held = 0;   // that there are in them
  std::int64_t bytes_read = 0;     // of files, sources and zones
  std::int64_t bytes_written = 0;  // into files
  std::vector<ScoredColumn> columns{};
  std::vector<RefusedRows> refused{};
  std::string output{};  // the file written; "" = none
  std::vector<StationRecord> stations{};
  double seconds = 0;
  double cpu_seconds = 0;
};

// Brings the sources up to date as run_project does, then the scores; makes no model. Errors:
// ask()'s, ingest's; kConflict when another run is writing or the target is there; kLimit for a
// full disk or too little memory: what was durable stays, and the next call goes on.
Result<ScoreReport> score_project(const Project& project, const ScoreRequest& request,
                                  const RunContext& context);

}  // namespace lode
