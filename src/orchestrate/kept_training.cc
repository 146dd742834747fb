#include "orchestrate/kept_training.h"

#include <algorithm>
#include <utility>

#include "lake/manifest.h"
#include "lake/parquet_zone.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_rows.h"
#include "orchestrate/source_run.h"
#include "table/concatenate.h"

namespace lode {
namespace {

std::vector<std::int64_t> copied(const Column& column) {
  std::span<const std::int64_t> values = whole_numbers_of(column);
  return {values.begin(), values.end()};
}

}  // namespace

std::span<const std::int64_t> whole_numbers_of(const Column& column) {
  return {column.values.as<std::int64_t>(), static_cast<std::size_t>(column.length)};
}

Result<Table> kept_table(const Project& project, FileSystem& files, const std::string& path,
                         const Limits& limits, const std::vector<std::string>& columns) {
  ZoneOptions options;
  options.files = &files;
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

Result<TrainingTable> kept_training(const Project& project, FileSystem& files,
                                    const TrainingSet& set, const Limits& limits,
                                    const std::vector<std::string>& columns) {
  std::string path = training_path(project, set.name);
  TRY(ManifestStore store, ManifestStore::open(files, path));
  if (store.manifest().parts.empty())
    return fail(Code::kNotFound, "no rows of training set {} are kept; `lode run` keeps them",
                set.name);
  TRY(Schema schema, project.training_schema(set));
  std::vector<std::string> wanted = {std::string(kSeqColumn), std::string(kTimeColumn),
                                     kept_name(schema, "target"), kept_name(schema, "known")};
  const std::size_t ours = wanted.size();
  for (const std::string& column : columns) {
    if (!schema.find(column))
      return fail(Code::kInvalid, "training set {} has no column '{}'", set.name, column);
    if (std::ranges::find(wanted, column) == wanted.end()) wanted.push_back(column);
  }
  TRY(Table kept, kept_table(project, files, path, limits, wanted));
  TrainingTable out;
  const Source* source = project.source(set.rows);
  out.timed = source == nullptr || !source->timeless();
  out.seq = copied(kept.columns[0]);
  out.time = copied(kept.columns[1]);
  const auto* target = kept.columns[2].values.as<double>();
  out.target.assign(target, target + kept.rows);
  out.known = copied(kept.columns[3]);
  std::vector<Field> fields;
  for (std::size_t c = ours; c < kept.columns.size(); ++c) {
    fields.push_back(kept.schema[c]);
    out.columns.columns.push_back(std::move(kept.columns[c]));
  }
  out.columns.schema = Schema(std::move(fields));
  out.columns.rows = kept.rows;
  return out;
}

Result<std::vector<std::int64_t>> rows_of_seqs(std::span<const std::int64_t> wanted,
                                               std::span<const std::int64_t> seqs) {
  std::vector<std::int64_t> rows;
  rows.reserve(wanted.size());
  std::size_t row = 0;
  for (std::int64_t seq : wanted) {
    while (row < seqs.size() && seqs[row] < seq) ++row;
    if (row == seqs.size() || seqs[row] != seq)
      return fail(Code::kCorrupt, "the row of seq {} has a score and is not in the training set",
                  seq);
    rows.push_back(static_cast<std::int64_t>(row));
  }
  return rows;
}

}  // namespace lode
