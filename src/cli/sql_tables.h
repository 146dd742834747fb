// What `lode sql` can be asked about, as tables of an in-memory DuckDB: views over the zones'
// parts, which are read only where a question needs them, and copies of the run records.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/stored_scores.h"
#include "project/project.h"
#include "table/duckdb.h"

namespace lode {

// raw.SOURCE, aside.SOURCE (also when no row was set aside), training.SET, scores.MODEL.
Status create_zone_views(const Duck& duck, const std::vector<StoredZone>& zones);
// scores.NAME of scores that lode.yaml declares, kept.MODEL of what `lode score` keeps of a model:
// rows that have a score, one each.
Status create_score_views(const Duck& duck, const std::vector<StoredScores>& scores);
// meta.runs, meta.stations, meta.counters, meta.models, meta.metrics, meta.scorings; without rows
// before the first run.
Status create_record_tables(const Duck& duck, const Project& project, FileSystem& files);

// Whether the statement can read the zone: its name stands in it somewhere, in letters of any case,
// or a function that makes names of texts.
bool may_read(std::string_view sql, const StoredZone& zone);

// kInvalid for a statement that is not of a kind that only reads: DuckDB itself would let COPY
// write files, and EXPLAIN ANALYZE run it.
Status check_only_reads(std::string_view sql);

}  // namespace lode
