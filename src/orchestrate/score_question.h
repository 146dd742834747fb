// What is to be scored by what: a stored model with the part of the project its columns are made
// of. A model that reads two columns does not pay for the views of the others.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/time.h"
#include "features/plan.h"
#include "features/text_pool.h"
#include "lake/runs.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/score_report.h"
#include "project/project.h"

namespace lode {

struct ScoreQuestion {
  ModelRecord record;
  StoredModel stored;
  std::optional<double> threshold;  // of decisions
  std::string entity;               // a column of the set that names whom a row is about; "" = none
  std::vector<std::string> kept;    // columns of the set or the source, kept beside each score
  std::optional<Timestamp> since;   // of rows' event times
  std::int64_t why = 0;             // drivers told of each score
  Project project;                  // with the views that are read, and no model
  TrainingSet set;                  // with the columns that are read
  ContentHash definition;           // of all this but the model and the threshold

  const Source& source() const { return *project.source(set.rows); }
  // Sources whose records it takes, each once: that of the rows first.
  std::vector<std::string> sources() const;
  std::string threshold_text() const;  // to the bit; "none"
  std::string model_text() const;      // "returns@3"
};

// Thresholds of models a run has made whose report is not kept yet, by content; nothing for one
// that has none.
using ThresholdsMade = std::map<std::string, std::optional<double>, std::less<>>;

// Who a model was made for: its own declaration, or that of the champion of the walk that made it;
// nullptr when lode.yaml has neither any more.
const Model* declared_model(const Project& project, std::string_view name);

// What a request means now: which version scores, and from what on it flags.
struct ScoredBy {
  ModelRecord record;
  std::optional<double> threshold;
  std::string threshold_text() const;  // to the bit; "none"
};
// A reference is NAME (its champion if it has one, else its newest version), NAME@VERSION or
// NAME@ALIAS. kNotFound names the nearest model. `made` may be nullptr.
Result<ScoredBy> scored_by(const Project& project, FileSystem& files, const Clock& clock,
                           const ScoreRequest& request, const ThresholdsMade* made);

// With all that scoring takes. Errors: scored_by's; kInvalid when lode.yaml has no such model any
// more, or when the model reads a column that its training set has not, or has of another type.
Result<ScoreQuestion> ask(const Project& project, FileSystem& files, const Clock& clock,
                          const ScoreRequest& request, const ThresholdsMade* made = nullptr);

// Views that columns read, with what keys they are read at.
struct ViewRead {
  std::size_t group = 0;  // of the plan
  Expression key = Expression(nullptr);
};
std::vector<ViewRead> view_reads(const TrainingSet& set, const FeaturePlan& plan);

}  // namespace lode
