// What is to be scored by what: a stored model with the part of the project its columns are made
// of. A model that reads two columns does not pay for the views of the others.
#pragma once

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
#include "project/project.h"

namespace lode {

struct ScoreQuestion {
  ModelRecord record;
  StoredModel stored;
  std::optional<double> threshold;  // of decisions
  std::string entity;               // a column of the set that names whom a row is about; "" = none
  Project project;                  // with the views that are read, and no model
  TrainingSet set;                  // with the columns that are read
  ContentHash definition;           // of all this but the model and the threshold

  const Source& source() const { return *project.source(set.rows); }
  // Sources whose records it takes, each once: that of the rows first.
  std::vector<std::string> sources() const;
  std::string threshold_text() const;  // to the bit; "none"
  std::string model_text() const;      // "returns@3"
};

// A reference is NAME (its champion if it has one, else its newest version), NAME@VERSION or
// NAME@ALIAS. kNotFound names the nearest model; kInvalid when lode.yaml has no such model any
// more, or when the model reads a column that its training set has not, or has of another type.
Result<ScoreQuestion> ask(const Project& project, FileSystem& files, const Clock& clock,
                          std::string_view reference);

// Views that columns read, with what keys they are read at.
struct ViewRead {
  std::size_t group = 0;  // of the plan
  Expression key = Expression(nullptr);
};
std::vector<ViewRead> view_reads(const TrainingSet& set, const FeaturePlan& plan);

}  // namespace lode
