// What is asked of a scoring, and what it did, as values: `lode score`, the summary of a run,
// --json and the page are made of this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "lake/runs.h"
#include "serve/score_output.h"

namespace lode {

class JsonWriter;

struct ScoreRequest {
  std::string model{};   // NAME, NAME@VERSION, NAME@ALIAS
  std::string file{};    // its rows and not the project's; "" = the project's
  bool all = false;      // rows that have a label too
  bool changed = false;  // give out only what this call scored or found gone; of the project's rows
  bool full = false;     // anew, whatever is kept
  std::int64_t block = std::int64_t{1} << 16;  // rows that become durable together
  std::int64_t why = 0;                        // so many drivers of each score beside it
  std::vector<ScoreTarget> targets{};

  // Of scores that lode.yaml declares:
  std::string name{};                  // theirs; "": it declares none of it
  std::optional<Timestamp> since{};    // rows of an event time from then on
  std::vector<std::string> columns{};  // given out, in order; empty: kGivenColumns
  bool own_threshold = false;          // `threshold` and not the model's
  std::optional<double> threshold{};
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
  std::string name;   // of scores that lode.yaml declares; "" = of none
  std::string waits;  // why nothing was scored: there is no such version of the model yet
  std::string model;
  std::int64_t version = 0;
  std::string content;
  std::string from;       // the training set
  std::string selection;  // "rows without a label", "all rows", "rows of new.csv"
  std::string algorithm;
  std::optional<double> threshold{};  // infinite: none is flagged

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
  std::int64_t before = 0;     // of rows looked at: their time lies before `since`
  std::int64_t over_limit = 0;
  std::int64_t compacted = 0;  // entries of the log that went, being of the past

  std::int64_t records = 0;        // read from raw zones
  std::int64_t records_held = 0;   // that there are in them
  std::int64_t bytes_read = 0;     // of files, sources and zones
  std::int64_t bytes_written = 0;  // into files
  std::vector<ScoredColumn> columns{};
  std::vector<RefusedRows> refused{};
  std::vector<std::string> outputs{};  // the files written
  // The same with what they are, and what was read for it: on record, and in no JSON.
  std::vector<ScoredThing> read{};
  std::vector<ScoredThing> written{};
  std::vector<StationRecord> stations{};
  double seconds = 0;
  double cpu_seconds = 0;
};

// As the run's record has it.
ScoringRecord scoring_record(const ScoreReport& report, std::int64_t run);

// As it is told by a run that had nothing to do for it.
ScoreReport as_it_stands(ScoreReport report);

// All of it but the stations, as fields of the open object.
void write_scoring(JsonWriter& json, const ScoreReport& report);

}  // namespace lode
