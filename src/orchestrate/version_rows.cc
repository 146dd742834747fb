#include "orchestrate/version_rows.h"

#include <algorithm>
#include <optional>

#include "base/stored_json.h"
#include "lake/manifest.h"
#include "mine/algorithm.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/column_scorer.h"
#include "orchestrate/kept_training.h"
#include "orchestrate/lineage_run.h"
#include "orchestrate/row_splitter.h"
#include "project/definition_text.h"

namespace lode {
namespace {

std::string name_of(const ModelRecord& record) {
  return fmt::format("version {} of model {}", record.version, record.name);
}

const LineageDefinition* definition_of(const ModelLineage& lineage, std::string_view kind) {
  auto found = std::ranges::find(lineage.definitions, kind, &LineageDefinition::kind);
  return found == lineage.definitions.end() ? nullptr : &*found;
}

bool same_definitions(const ModelLineage& a, const ModelLineage& b, std::string_view kind) {
  auto hashes = [&](const ModelLineage& lineage) {
    std::vector<ContentHash> out;
    for (const LineageDefinition& one : lineage.definitions)
      if (one.kind == kind) out.push_back(one.hash);
    std::ranges::sort(out);
    return out;
  };
  return hashes(a) == hashes(b);
}

// One version and the training set its rows come from.
struct Version {
  const ModelRecord* record;
  const TrainingSet* set;
  StoredModel stored;
  Split split;
};

class Pair {
 public:
  Pair(const Project& project, FileSystem& files, const Limits& limits, const CancelToken& cancel)
      : project_(project), files_(files), limits_(limits), cancel_(cancel), pool_(limits.threads) {}

  Result<VersionRows> look(const VersionPair& versions, const std::vector<std::string>& columns) {
    TRY(Version first, open(versions.first));
    TRY(Version second, open(versions.second));
    TRY_VOID(check_targets(first, second));
    VersionRows out;
    bool one_set = first.set == second.set;
    TRY(out.training, table_of(first, one_set ? columns_of(second, columns) : columns));
    std::optional<TrainingTable> other;
    if (!one_set) {
      TRY(other, table_of(second, {}));
    }
    const TrainingTable& of_second = other ? *other : out.training;
    TRY(std::vector<std::int64_t> tested, tested_seqs(first, out.training));
    TRY(std::vector<std::int64_t> also, tested_seqs(second, of_second));
    std::vector<std::int64_t> both;
    std::ranges::set_intersection(tested, also, std::back_inserter(both));
    if (both.empty())
      return fail(
          Code::kConflict,
          "no row was a test row of both {} and {}: they cannot be held against each other; "
          "give their models one `split` and `lode run`",
          name_of(versions.first), name_of(versions.second));
    TRY(out.rows, rows_of_seqs(both, out.training.seq));
    TRY(out.first, score(first, out.training, out.rows));
    TRY(std::vector<std::int64_t> rows, rows_of_seqs(both, of_second.seq));
    TRY(out.second, score(second, of_second, rows));
    judge_by(first, out);
    out.named = rows_hash(both);
    out.source = first.set->rows;
    out.same_contract = same_definitions(versions.first.lineage, versions.second.lineage, "source");
    return out;
  }

 private:
  Result<Version> open(const ModelRecord& record) {
    if (!record.lineage.recorded)
      return fail(Code::kConflict,
                  "{} was made by a lode that kept no lineage, so its test rows are not known; "
                  "`lode run` makes it anew",
                  name_of(record));
    Version out;
    out.record = &record;
    out.set = project_.training_set(record.lineage.training);
    if (out.set == nullptr)
      return fail(Code::kConflict, "the training set {} of {} is not declared any more",
                  record.lineage.training, name_of(record));
    TRY_VOID(check_declared(record, *out.set));
    TRY(out.stored, load_stored_model(project_, files_, record.content));
    TRY(JsonValue header, parse_json(out.stored.header));
    const JsonValue* definition = header.find("definition");
    if (definition == nullptr)
      return fail(Code::kCorrupt, "the stored model of {} has no definition", name_of(record));
    TRY(out.split, split_of_definition(definition->text));
    return out;
  }

  // Its columns must mean today what they meant when it learnt from them.
  Status check_declared(const ModelRecord& record, const TrainingSet& set) {
    TRY(std::vector<DefinitionRecord> now, project_definitions(files_, project_));
    const LineageDefinition* then = definition_of(record.lineage, "training");
    for (const DefinitionRecord& one : now)
      if (one.kind == "training" && one.name == set.name && then != nullptr &&
          one.hash == then->hash)
        return {};
    return fail(Code::kConflict,
                "training set {} or what it reads is declared otherwise now than when {} was made "
                "(`lode lineage {}@{}` says what): its columns are not the same any more",
                set.name, name_of(record), record.name, record.version);
  }

  static Status check_targets(const Version& first, const Version& second) {
    const ModelLineage& a = first.record->lineage;
    const ModelLineage& b = second.record->lineage;
    if (!same_definitions(a, b, "label") || first.set->rows != second.set->rows)
      return fail(Code::kConflict,
                  "{} and {} do not answer the same question: their labels or rows "
                  "are declared apart",
                  name_of(*first.record), name_of(*second.record));
    if (first.stored.model->algorithm().task() != second.stored.model->algorithm().task())
      return fail(Code::kConflict,
                  "{} and {} do not answer the same question: one learnt labels, "
                  "one numbers",
                  name_of(*first.record), name_of(*second.record));
    return {};
  }

  static std::vector<std::string> columns_of(const Version& version,
                                             std::vector<std::string> more) {
    for (const ColumnEncoder& one : version.stored.encoders) more.push_back(one.column.name);
    return more;
  }

  Result<TrainingTable> table_of(const Version& version, std::vector<std::string> more) {
    if (!version.split.groups.empty()) more.push_back(version.split.groups);
    return kept_training(project_, files_, *version.set, limits_,
                         columns_of(version, std::move(more)));
  }

  // Seqs of the rows the version was tested on, ascending.
  Result<std::vector<std::int64_t>> tested_seqs(const Version& version,
                                                const TrainingTable& table) {
    const ModelLineage& lineage = version.record->lineage;
    if (lineage.tested) {
      for (const Model& model : project_.models) {
        TRY(std::optional<std::vector<std::int64_t>> seqs, kept_seqs(model.name));
        if (seqs && rows_hash(*seqs) == *lineage.tested) return *std::move(seqs);
      }
    }
    if (version.split.random > 0 || !version.split.groups.empty())
      return fail(Code::kConflict,
                  "which rows {} was tested on is not known any more: it was split at random, and "
                  "no scores on those rows are kept; `lode run` makes it anew",
                  name_of(*version.record));
    const Split& split = version.split;
    if (!split.train.end || !split.test.begin || *split.test.begin < *split.train.end)
      return fail(Code::kConflict, "the test range of {} is not behind its training range",
                  name_of(*version.record));
    std::vector<std::int64_t> seqs;
    for (std::size_t i = 0; i < table.seq.size(); ++i) {
      Timestamp t{table.time[i]};
      if (t >= *split.test.begin && (!split.test.end || t < *split.test.end))
        seqs.push_back(table.seq[i]);
    }
    return seqs;
  }

  Result<std::optional<std::vector<std::int64_t>>> kept_seqs(const std::string& model) {
    std::string path = scores_path(project_, model);
    TRY(ManifestStore store, ManifestStore::open(files_, path));
    if (store.manifest().parts.empty()) return std::nullopt;
    TRY(Table kept, kept_table(project_, files_, path, limits_, {std::string(kSeqColumn)}));
    std::span<const std::int64_t> seqs = whole_numbers_of(kept.columns[0]);
    return std::vector<std::int64_t>(seqs.begin(), seqs.end());
  }

  Result<std::vector<double>> score(const Version& version, const TrainingTable& table,
                                    const std::vector<std::int64_t>& rows) {
    std::vector<std::size_t> columns;
    for (const ColumnEncoder& one : version.stored.encoders) {
      std::optional<std::size_t> at = table.columns.schema.find(one.column.name);
      if (!at || table.columns.schema[*at].type != one.column.type)
        return fail(Code::kCorrupt, "column {} is not kept as {} encoded it", one.column.name,
                    name_of(*version.record));
      columns.push_back(*at);
    }
    std::vector<double> out(rows.size());
    TRY_VOID(score_rows({table.columns, columns, version.stored.encoders, *version.stored.model,
                         &version.stored.calibrator},
                        rows, out, pool_, cancel_));
    return out;
  }

  void judge_by(const Version& version, VersionRows& out) const {
    Model like;
    like.split = version.split;
    like.seed = version.record->seed;
    RowSplitter splitter(like, out.training);
    out.blocks = splitter.blocks(out.rows);
    out.block_unit = splitter.block_unit();
    out.outcomes.task = version.stored.model->algorithm().task();
    for (std::int64_t row : out.rows) {
      double target = out.training.target[static_cast<std::size_t>(row)];
      if (out.outcomes.task == Task::kBinary)
        out.outcomes.label.push_back(target != 0 ? 1 : 0);
      else
        out.outcomes.number.push_back(target);
    }
  }

  const Project& project_;
  FileSystem& files_;
  const Limits& limits_;
  const CancelToken& cancel_;
  ThreadPool pool_;
};

}  // namespace

Result<VersionRows> rows_of_both(const Project& project, FileSystem& files,
                                 const VersionPair& versions,
                                 const std::vector<std::string>& columns, const Limits& limits,
                                 const CancelToken& cancel) {
  return Pair(project, files, limits, cancel).look(versions, columns);
}

}  // namespace lode
