#include "orchestrate/model_check.h"

#include <bit>

#include "orchestrate/catalogue.h"
#include "orchestrate/column_scorer.h"
#include "orchestrate/kept_training.h"

namespace lode {
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
  TRY(Table rows, kept_table(project, files, training, limits, names));
  for (std::size_t i = 0; i < stored.encoders.size(); ++i)
    if (rows.schema[columns[i]].type != stored.encoders[i].column.type)
      return fail(Code::kCorrupt, "column {} is kept as {} and was encoded as {}",
                  names[columns[i]], rows.schema[columns[i]].type.text(),
                  stored.encoders[i].column.type.text());
  TRY(Table kept, kept_table(project, files, scores, limits, {std::string(kSeqColumn), "score"}));
  TRY(std::vector<std::int64_t> wanted,
      rows_of_seqs(whole_numbers_of(kept.columns[0]), whole_numbers_of(rows.columns[0])));
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
