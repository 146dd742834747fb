#include "orchestrate/lineage_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/build_info.h"
#include "base/zone.h"
#include "evaluate/leakage/cells.h"
#include "lake/manifest.h"
#include "orchestrate/source_run.h"
#include "project/definition.h"

namespace lode {
namespace {

Result<LineageSource> lineage_source(FileSystem& files, const Project& project,
                                     const Source& source) {
  TRY(Receipt receipt, source_receipt(files, project, source));
  LineageSource out;
  out.name = source.name;
  out.rows = receipt.rows();
  for (const Receipt::File& file : receipt.files)
    out.files.push_back({file.name, file.hash, file.bytes});
  for (const Receipt::Stretch& stretch : receipt.stretches)
    out.files[static_cast<std::size_t>(stretch.file)].rows += stretch.rows;
  TRY(ManifestStore zone, ManifestStore::open(files, raw_zone_path(project, source)));
  if (receipt.zone) out.zone = *receipt.zone;
  out.accepted = zone.manifest().rows();
  return out;
}

DefinitionRecord definition_of(std::string kind, std::string name, std::string text) {
  ContentHash hash = content_hash(text);
  return {std::move(kind), std::move(name), hash, std::move(text)};
}

// Those that went into one model, from the first row to the last option.
Result<std::vector<DefinitionRecord>> definitions_of(FileSystem& files, const Project& project,
                                                     const Model& model) {
  std::vector<DefinitionRecord> out;
  const TrainingSet& set = *project.training_set(model.from);
  for (const std::string& name : sources_read(project, set)) {
    TRY(std::string text, source_definition(*project.source(name), files));
    out.push_back(definition_of("source", name, std::move(text)));
  }
  TRY(std::string label, label_definition(project, *project.label(set.label), files));
  out.push_back(definition_of("label", set.label, std::move(label)));
  for (const std::string& name : views_read(set)) {
    TRY(std::string text, view_definition(project, *project.view(name), files));
    out.push_back(definition_of("view", name, std::move(text)));
  }
  TRY(std::string training, training_definition(project, set, files));
  out.push_back(definition_of("training", set.name, std::move(training)));
  out.push_back(definition_of("model", model.name, model_definition(model)));
  return out;
}

// The source or label that a declaration is over, "" of a source and a model.
std::string over_what(const Project& project, const DefinitionRecord& one) {
  if (one.kind == "label") return project.label(one.name)->about;
  if (one.kind == "view") return project.view(one.name)->over;
  if (one.kind == "training") return project.training_set(one.name)->rows;
  return "";
}

// Welford's way, row after row: the same on any number of threads.
DatasetColumn column_figures(const Field& field, const Column& column) {
  constexpr std::int64_t kPiece = 4096;
  DatasetColumn out{.name = field.name, .type = field.type.text(), .nulls = column.null_count};
  std::int64_t count = 0;
  double mean = 0;
  double squares = 0;
  bool numbers = column.length > 0 && has_plain_cells(column);
  std::vector<std::int64_t> rows;
  for (std::int64_t begin = 0; numbers && begin < column.length; begin += kPiece) {
    rows.clear();
    for (std::int64_t row = begin; row < std::min(begin + kPiece, column.length); ++row)
      rows.push_back(row);
    std::optional<std::vector<double>> values = numbers_of(column, rows);
    if (!values) numbers = false;
    for (std::size_t i = 0; numbers && i < values->size(); ++i) {
      double value = (*values)[i];
      if (std::isnan(value)) continue;
      ++count;
      double away = value - mean;
      mean += away / static_cast<double>(count);
      squares += away * (value - mean);
    }
  }
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  out.mean = numbers && count > 0 ? mean : kNone;
  out.deviation =
      numbers && count > 1 ? std::sqrt(squares / static_cast<double>(count - 1)) : kNone;
  return out;
}

}  // namespace

Result<Receipt> source_receipt(FileSystem& files, const Project& project, const Source& source) {
  std::string path = state_path(project, "receipts/" + source.name);
  TRY(bool there, exists(files, path));
  if (!there)
    return fail(Code::kNotFound, "source {} has not been read yet; `lode run` does it",
                source.name);
  TRY(std::string bytes, files.read(path));
  Result<Receipt> receipt = parse_receipt(bytes);
  if (!receipt) return fail(receipt.error().at({.file = path}));
  return receipt;
}

std::vector<std::string> sources_read(const Project& project, const TrainingSet& set) {
  std::set<std::string> names = {set.rows};
  if (const Label* label = project.label(set.label)) names.insert(label->about);
  for (const std::string& name : views_read(set)) {
    const View* view = project.view(name);
    if (view == nullptr) continue;
    const Label* label = view->over_label ? project.label(view->over) : nullptr;
    names.insert(label != nullptr ? label->about : view->over);
  }
  return {names.begin(), names.end()};
}

Result<std::vector<DefinitionRecord>> project_definitions(FileSystem& files,
                                                          const Project& project) {
  std::vector<DefinitionRecord> out;
  for (const Source& source : project.sources) {
    TRY(std::string text, source_definition(source, files));
    out.push_back(definition_of("source", source.name, std::move(text)));
  }
  for (const Label& label : project.labels) {
    TRY(std::string text, label_definition(project, label, files));
    out.push_back(definition_of("label", label.name, std::move(text)));
  }
  for (const View& view : project.views) {
    TRY(std::string text, view_definition(project, view, files));
    out.push_back(definition_of("view", view.name, std::move(text)));
  }
  for (const TrainingSet& set : project.training) {
    TRY(std::string text, training_definition(project, set, files));
    out.push_back(definition_of("training", set.name, std::move(text)));
  }
  for (const Model& model : project.models)
    out.push_back(definition_of("model", model.name, model_definition(model)));
  return out;
}

ContentHash rows_hash(std::span<const std::int64_t> seqs) {
  ContentHasher hasher;
  hasher.add_field("rows");
  hasher.add(std::string_view(reinterpret_cast<const char*>(seqs.data()), seqs.size_bytes()));
  return hasher.finish();
}

Result<MadeOf> model_lineage(FileSystem& files, const Project& project, const Model& model,
                             const TrainingTable& training, const FittedRun& run) {
  MadeOf made;
  ModelLineage& out = made.lineage;
  out.recorded = true;
  out.training = model.from;
  out.rows = training.columns.rows;
  out.train_rows = run.report.train_rows;
  out.test_rows = run.report.test_rows;
  if (!run.test_rows.empty()) {
    std::vector<std::int64_t> seqs;
    seqs.reserve(run.test_rows.size());
    for (std::int64_t row : run.test_rows)
      seqs.push_back(training.seq[static_cast<std::size_t>(row)]);
    std::ranges::sort(seqs);  // as scores are kept
    out.tested = rows_hash(seqs);
  }
  TRY(std::int64_t next, next_free_seq(files, project));
  out.cut = next - 1;
  out.semantics = kEngineSemanticsVersion;
  out.time_zones = zone_data_version();
  for (const std::string& name : sources_read(project, *project.training_set(model.from))) {
    TRY(LineageSource source, lineage_source(files, project, *project.source(name)));
    out.sources.push_back(std::move(source));
  }
  TRY(made.definitions, definitions_of(files, project, model));
  for (const DefinitionRecord& one : made.definitions)
    out.definitions.push_back({one.kind, one.name, one.hash, over_what(project, one)});
  out.encoders = run.report.encoders;
  BuildInfo build = build_info();
  out.lode = build.version;
  out.commit = build.commit;
  out.compiler = build.compiler;
  MachineInfo machine = machine_info();
  out.system = machine.system;
  out.distribution = machine.distribution;
  out.processors = machine.processors;
  return made;
}

Result<std::vector<DatasetColumn>> dataset_columns(const TrainingTable& training, ThreadPool& pool,
                                                   const CancelToken& cancel) {
  const Table& table = training.columns;
  std::vector<DatasetColumn> out(table.columns.size());
  TRY_VOID(parallel_for(
      pool, out.size(),
      [&](std::size_t i) { out[i] = column_figures(table.schema[i], table.columns[i]); }, cancel));
  return out;
}

}  // namespace lode
