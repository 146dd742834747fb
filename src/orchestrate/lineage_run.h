// What the models of a run are made of: declarations by hash, sources by zone and file, the data
// set's columns in figures, this binary and this machine. Put on record when a version is made
// (lake/model_lineage.h).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "features/training_set.h"
#include "lake/model_lineage.h"
#include "orchestrate/model_run.h"
#include "orchestrate/receipt.h"
#include "project/project.h"

namespace lode {

// The receipt of a source; kNotFound where it has not been read. kCorrupt, kUnsupported.
Result<Receipt> source_receipt(FileSystem& files, const Project& project, const Source& source);

// Names of the sources a training set is made of: of its rows, its label and what its views read.
// Sorted, each once.
std::vector<std::string> sources_read(const Project& project, const TrainingSet& set);

// Every declaration the project has now, as texts: of sources, labels, views, training sets and
// models. Errors: those of project/definition.h.
Result<std::vector<DefinitionRecord>> project_definitions(FileSystem& files,
                                                          const Project& project);

// The hash of the rows' seqs, in order: equal for the same test rows.
ContentHash rows_hash(std::span<const std::int64_t> seqs);

struct MadeOf {
  ModelLineage lineage;
  std::vector<DefinitionRecord> definitions;  // the texts of all it names
};
// Of a model just made from `training`, whose sources stand in the raw zones as they were read;
// what it was held against is left to who knows versions (RunLog::model). Cost: reads the receipts
// and hashes 8 bytes a test row.
Result<MadeOf> model_lineage(FileSystem& files, const Project& project, const Model& model,
                             const TrainingTable& training, const FittedRun& run);

// Missing values, mean and deviation of every column. A pass over each; several at a time.
Result<std::vector<DatasetColumn>> dataset_columns(const TrainingTable& training, ThreadPool& pool,
                                                   const CancelToken& cancel);

}  // namespace lode
