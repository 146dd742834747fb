// Lineages, texts of declarations and data sets as rows of run records. For
// src/lake/runs_sqlite.cc, which holds the transaction and moves the seal.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lake/model_lineage.h"
#include "lake/runs.h"
#include "lake/sqlite.h"

namespace lode {

Status insert_lineage(Sqlite& database, const ModelRecord& model, std::int64_t version);
// One that was not recorded where there is no row.
Result<ModelLineage> read_lineage(Sqlite& database, const ModelRecord& model);

Status insert_definitions(Sqlite& database, std::string_view project,
                          std::span<const DefinitionRecord> definitions);
Result<std::vector<DefinitionRecord>> read_definitions(Sqlite& database, std::string_view project);

Status insert_dataset(Sqlite& database, const DatasetRecord& dataset);
Result<std::vector<DatasetRecord>> read_datasets(Sqlite& database, std::string_view project);

}  // namespace lode
