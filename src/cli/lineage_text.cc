#include "cli/lineage_text.h"

#include "cli/text_table.h"

namespace lode {
namespace {

constexpr std::size_t kHashDigits = 12;

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string pairs_text(const NamedTexts& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, value);
  return out;
}

std::string short_hash(const ContentHash& hash) { return text(hash).substr(0, kHashDigits); }

std::string model_text(const LineageModel& model) {
  return fmt::format("{} version {}", model.name, model.version);
}

void add_data(TextTable& table, const ModelRecord& model) {
  const ModelLineage& lineage = model.lineage;
  table.row({"data set",
             fmt::format("{}, {} rows: {} to train, {} to test", lineage.training, lineage.rows,
                         lineage.train_rows, lineage.test_rows),
             model.dataset.substr(0, kHashDigits)});
  for (const LineageSource& source : lineage.sources) {
    table.row({"source",
               fmt::format("{}, {} rows, {} accepted", source.name, source.rows, source.accepted),
               short_hash(source.zone)});
    for (const LineageFile& file : source.files)
      table.row({"  file", fmt::format("{}, {} rows, {} bytes", file.name, file.rows, file.bytes),
                 short_hash(file.content)});
  }
  for (const LineageDefinition& one : lineage.definitions)
    table.row({"declared " + one.kind, one.name, short_hash(one.hash)});
  std::string encoders;
  for (const auto& [column, encoder] : lineage.encoders)
    encoders += fmt::format("{}{} {}", encoders.empty() ? "" : ", ", column, encoder);
  table.row({"encoders", encoders, {}});
}

void add_code(TextTable& table, const ModelRecord& model) {
  const ModelLineage& lineage = model.lineage;
  table.row({"algorithm",
             model.algorithm + (model.options.empty() ? "" : ", " + pairs_text(model.options)),
             {}});
  table.row({"seed", fmt::format("{}, {} threads of the trainer", model.seed, model.threads), {}});
  table.row({"code",
             fmt::format("lode {}, {}; semantics {}, time zones {}", lineage.lode, lineage.compiler,
                         lineage.semantics, lineage.time_zones),
             lineage.commit.substr(0, kHashDigits) + (lineage.commit.ends_with('+') ? "+" : "")});
  table.row({"libraries", pairs_text(model.libraries), {}});
  table.row(
      {"machine",
       fmt::format("{}{}{}, {} processors", lineage.distribution,
                   lineage.distribution.empty() ? "" : ", ", lineage.system, lineage.processors),
       {}});
  if (lineage.compared_with)
    table.row({"compared with", model_text(*lineage.compared_with),
               short_hash(lineage.compared_with->content)});
  if (lineage.before)
    table.row({"before it", model_text(*lineage.before), short_hash(lineage.before->content)});
  if (lineage.origin)
    table.row({"imported from",
               fmt::format("project {}, {}, made by its run {} on {}", lineage.origin->project,
                           model_text(lineage.origin->model), lineage.origin->run,
                           text(lineage.origin->created).substr(0, 19)),
               short_hash(lineage.origin->archive)});
}

}  // namespace

std::string version_text(const std::string& name, std::int64_t version,
                         const std::vector<std::string>& aliases) {
  return fmt::format("{} version {}{}", name, version,
                     aliases.empty() ? "" : fmt::format(" ({})", joined(aliases)));
}

void print_lineage(Output& out, const ModelRecord& model, const std::vector<std::string>& aliases,
                   const std::vector<LineageChange>& changes) {
  out.print("{}, made by run {} on {}\n",
            out.bold(version_text(model.name, model.version, aliases)), model.run,
            text(model.created).substr(0, 19));
  if (!model.lineage.recorded) {
    out.print("It was made by a lode that kept no lineage; `lode model show` has what there is.\n");
    return;
  }
  TextTable table({"made of", "", "hash"});
  add_data(table, model);
  add_code(table, model);
  table.print(out);
  if (changes.empty()) {
    out.print("Nothing it was made of has changed since.\n");
    return;
  }
  out.print("Changed since it was made; `lode run` makes what is declared now:\n");
  for (const LineageChange& change : changes)
    out.print("  {} {} {}\n", change.kind, change.name, change.what);
}

void print_uses(Output& out, const LineageSubject& subject, const std::vector<LineageUse>& uses) {
  out.print("{} {} went into {} version{} of models\n", subject.kind,
            subject.kind == "dataset" ? subject.name.substr(0, kHashDigits) : subject.name,
            uses.size(), uses.size() == 1 ? "" : "s");
  TextTable table({"model", "version", "aliases", "made", "as it was then", "changed since"});
  for (const LineageUse& use : uses) {
    std::vector<std::string> changed;
    for (const LineageChange& change : use.changes)
      changed.push_back(fmt::format("{} {} {}", change.kind, change.name, change.what));
    table.row({use.model.name, use.model.version, joined(use.aliases),
               text(use.model.created).substr(0, 19), use.as.substr(0, kHashDigits),
               changed.empty() ? "nothing" : joined(changed)});
  }
  table.print(out);
}

}  // namespace lode
