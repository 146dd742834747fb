#include "orchestrate/model_check.h"

#include <algorithm>
#include <bit>

#include "lake/parquet_zone.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/column_scorer.h"
#include "orchestrate/source_run.h"
#include "table/concatenate.h"

namespace lode {
namespace {

Result<Table> all_of(const Project& project, const std::string& path, const Limits& limits,
                     const std::vector<std::string>& columns) {
  ZoneOptions options;
  options.scratch = state_path(project, "tmp");
  options.threads = limits.threads;
  TRY(ParquetZone zone, ParquetZone::open(path, options));
  ZoneRead what;
  what.columns = columns;
  TRY(ZoneStream stream, zone.read(what));
  std::vector<Table> tables;
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) return concatenate_and_drop(tables);
    tables.push_back(*std::move(table));
  }
}

// Where the seqs of the scores are among those of the training set; both ascend.
Result<std::vector<std::int64_t>> rows_of(const Column& wanted, const Column& seqs) {
  std::vector<std::int64_t> rows;
  std::int64_t row = 0;
  for (std::int64_t i = 0; i < wanted.length; ++i) {
    while (row < seqs.length && seqs.int64(row) < wanted.int64(i)) ++row;
    if (row == seqs.length || seqs.int64(row) != wanted.int64(i))
      return fail(Code::kCorrupt, "the row of seq {} has a score and is not in the training set",
                  wanted.int64(i));
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

Result<ModelCheck> check_model(const Project& project, FileSystem& files, const ModelRecord& record,
                               const Limits& limits, const CancelToken& cancel) {
  const Model* model = project.model(record.name);
  if (model == nullptr)
    return fail(Code::kNotFound, "lode.yaml does not declare the model '{}' any more", record.name);
  std::string training = training_path(project, model->from);
  std::string scores = scores_path(project, record.name);
  if (!is_kept(files, training, record.dataset) || !is_kept(files, scores, text(record.content)))
    return fail(Code::kConflict,
                "the rows and scores that are kept are not those of version {} of model {}; "
                "`lode run` keeps those of the newest",
                record.version, record.name);
  TRY(StoredModel stored, load_stored_model(project, files, record.content));
  std::vector<std::string> names = {std::string(kSeqColumn)};
  std::vector<std::size_t> columns;
  for (const ColumnEncoder& one : stored.encoders) {
    columns.push_back(names.size());
    names.push_back(one.column.name);
  }
  TRY(Table rows, all_of(project, training, limits, names));
  for (std::size_t i = 0; i < stored.encoders.size(); ++i)
    if (rows.schema[columns[i]].type != stored.encoders[i].column.type)
      return fail(Code::kCorrupt, "column {} is kept as {} and was encoded as {}",
                  names[columns[i]], rows.schema[columns[i]].type.text(),
                  stored.encoders[i].column.type.text());
  TRY(Table kept, all_of(project, scores, limits, {std::string(kSeqColumn), "score"}));
  TRY(std::vector<std::int64_t> wanted, rows_of(kept.columns[0], rows.columns[0]));
  std::vector<double> again(wanted.size());
  ThreadPool pool(limits.threads);
  TRY_VOID(score_rows({rows, columns, stored.encoders, *stored.model, &stored.calibrator}, wanted,
                      again, pool, cancel));
  for (std::int64_t i = 0; i < kept.rows; ++i) {
    double before = kept.columns[1].float64(i);
    double now = again[static_cast<std::size_t>(i)];
    if (std::bit_cast<std::uint64_t>(before) != std::bit_cast<std::uint64_t>(now))
      return fail(Code::kCorrupt, "the row of seq {} had the score {} and has {} now",
                  kept.columns[0].int64(i), before, now);
  }
  return ModelCheck{kept.rows};
}

}  // namespace lode
