#include "orchestrate/diff.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/stored_json.h"
#include "orchestrate/dataset_diff.h"
#include "orchestrate/lineage_look.h"
#include "orchestrate/lineage_run.h"
#include "orchestrate/model_run.h"
#include "orchestrate/run_diff.h"
#include "orchestrate/version_rows.h"
#include "project/definition_text.h"
#include "registry/registry.h"

namespace lode {
namespace {

constexpr std::string_view kDeclared[] = {"source", "label", "view", "training"};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What a reference names: a kind, and the rest of it.
struct Named {
  std::string kind;  // "model", "run", "dataset", or one of kDeclared
  std::string rest;
};

Named named(std::string_view reference) {
  std::size_t colon = reference.find(':');
  std::string_view kind = reference.substr(0, colon == std::string_view::npos ? 0 : colon);
  bool known = kind == "model" || kind == "run" || kind == "dataset" ||
               std::ranges::find(kDeclared, kind) != std::end(kDeclared);
  if (known) return {std::string(kind), std::string(reference.substr(colon + 1))};
  return {"model", std::string(reference)};
}

void put(DiffSection& section, std::string what, std::string a, std::string b) {
  if (a != b) section.lines.push_back({std::move(what), std::move(a), std::move(b)});
}

std::string whole(std::int64_t number) { return fmt::format("{}", number); }

void add_texts(const std::string& name, const NamedTexts& a, const NamedTexts& b, Diff& out) {
  DiffSection section{.name = name};
  std::map<std::string, std::pair<std::string, std::string>> all;
  for (const auto& [key, value] : a) all[key].first = value;
  for (const auto& [key, value] : b) all[key].second = value;
  for (const auto& [key, values] : all) put(section, key, values.first, values.second);
  out.sections.push_back(std::move(section));
}

// Of a declaration that stands in others: told with itself alone.
bool is_of_another(std::string_view kind, std::string_view path) {
  for (std::string_view other : kDeclared)
    if (other != kind && path.starts_with(fmt::format("{} ", other)) && path.contains(" / "))
      return true;
  return false;
}

// ---- two versions of models

class Models {
 public:
  Models(const Project& project, const DiffMeans& means, const ModelRecord& a, const ModelRecord& b,
         Diff& out)
      : project_(project), means_(means), a_(a), b_(b), out_(out) {}

  Status diff() {
    record();
    add_texts("options", a_.options, b_.options, out_);
    add_texts("encoders", a_.lineage.encoders, b_.lineage.encoders, out_);
    TRY_VOID(declarations());
    sources();
    TRY_VOID(datasets());
    code();
    add_texts("libraries", a_.libraries, b_.libraries, out_);
    for (const ModelRecord* one : {&a_, &b_})
      if (!one->lineage.recorded)
        out_.notes.push_back(
            fmt::format("{}@{} was made by a lode that kept no lineage", one->name, one->version));
    return metrics();
  }

 private:
  void record() {
    DiffSection& section = out_.sections.emplace_back("model");
    put(section, "content", text(a_.content), text(b_.content));
    put(section, "algorithm", a_.algorithm, b_.algorithm);
    put(section, "seed", fmt::format("{}", a_.seed), fmt::format("{}", b_.seed));
    put(section, "threads", whole(a_.threads), whole(b_.threads));
    put(section, "rows to train", whole(a_.lineage.train_rows), whole(b_.lineage.train_rows));
    put(section, "rows to test", whole(a_.lineage.test_rows), whole(b_.lineage.test_rows));
  }

  Status declarations() {
    TRY(std::vector<DefinitionRecord> texts, means_.store.definitions(project_.name));
    std::map<std::pair<std::string, std::string>, std::pair<const ContentHash*, const ContentHash*>>
        all;
    for (const LineageDefinition& one : a_.lineage.definitions)
      all[{one.kind, one.kind == "model" ? "" : one.name}].first = &one.hash;
    for (const LineageDefinition& one : b_.lineage.definitions)
      all[{one.kind, one.kind == "model" ? "" : one.name}].second = &one.hash;
    DiffSection section{.name = "declared"};
    for (const auto& [key, hashes] : all) {
      const auto& [kind, name] = key;
      std::string title = name.empty() ? kind : fmt::format("{} {}", kind, name);
      const auto& [first, second] = hashes;
      if (first == nullptr || second == nullptr) {
        put(section, title, first == nullptr ? "" : "read", second == nullptr ? "" : "read");
        continue;
      }
      if (*first == *second) continue;
      auto before = std::ranges::find(texts, *first, &DefinitionRecord::hash);
      auto after = std::ranges::find(texts, *second, &DefinitionRecord::hash);
      if (before == texts.end() || after == texts.end()) {
        put(section, title, text(*first), text(*second));
        continue;
      }
      TRY(std::vector<DefinitionChange> changes, definition_changes(before->text, after->text));
      for (const DefinitionChange& change : changes)
        if (!is_of_another(kind, change.path))
          put(section, fmt::format("{} / {}", title, change.path), change.before, change.after);
    }
    out_.sections.push_back(std::move(section));
    return {};
  }

  void sources() {
    DiffSection section{.name = "sources"};
    std::map<std::string, std::pair<std::string, std::string>> all;
    auto add = [&](const ModelLineage& lineage, auto side) {
      for (const LineageSource& source : lineage.sources) {
        all[source.name + ": rows"].*side = whole(source.rows);
        all[source.name + ": accepted"].*side = whole(source.accepted);
        all[source.name + ": zone"].*side = text(source.zone);
        for (const LineageFile& file : source.files)
          all[fmt::format("{}: {}", source.name, file.name)].*side =
              fmt::format("{} rows, {}", file.rows, text(file.content).substr(0, 12));
      }
    };
    add(a_.lineage, &std::pair<std::string, std::string>::first);
    add(b_.lineage, &std::pair<std::string, std::string>::second);
    for (const auto& [what, values] : all) put(section, what, values.first, values.second);
    out_.sections.push_back(std::move(section));
  }

  Status datasets() {
    if (a_.dataset == b_.dataset) return {};
    TRY(std::vector<DatasetRecord> known, means_.store.datasets(project_.name));
    auto first = std::ranges::find(known, a_.dataset, &DatasetRecord::name);
    auto second = std::ranges::find(known, b_.dataset, &DatasetRecord::name);
    if (first != known.end() && second != known.end())
      return diff_datasets(project_, *first, *second, means_, out_);
    DiffSection& section = out_.sections.emplace_back("data set");
    put(section, "name", a_.dataset, b_.dataset);
    out_.notes.emplace_back("nothing is kept of one of the data sets but its name");
    return {};
  }

  void code() {
    DiffSection section{.name = "code and machine"};
    const ModelLineage& a = a_.lineage;
    const ModelLineage& b = b_.lineage;
    put(section, "lode", a.lode, b.lode);
    put(section, "commit", a.commit, b.commit);
    put(section, "compiler", a.compiler, b.compiler);
    put(section, "semantics", a.semantics, b.semantics);
    put(section, "time zones", a.time_zones, b.time_zones);
    put(section, "system", a.system, b.system);
    put(section, "distribution", a.distribution, b.distribution);
    put(section, "processors", whole(a.processors), whole(b.processors));
    // Two machines that make the same model have made the same model.
    section.counts = a_.content != b_.content;
    out_.sections.push_back(std::move(section));
  }

  // Paired on the rows both were tested on; else as their runs told them.
  Status metrics() {
    if (a_.content == b_.content) return {};
    Status paired = paired_metrics();
    if (paired) return {};
    if (paired.error().code() == Code::kCancelled || paired.error().code() == Code::kCorrupt)
      return paired;
    out_.notes.push_back("metrics are not paired: " + paired.error().message());
    TRY(JsonValue first, parse_json(a_.metrics_json));
    TRY(JsonValue second, parse_json(b_.metrics_json));
    std::map<std::string, std::pair<double, double>> all;
    auto add = [&](const JsonValue& judgement, bool is_first) {
      const JsonValue* metrics = judgement.find("metrics");
      const JsonValue* test = metrics == nullptr ? nullptr : metrics->find("test");
      if (test == nullptr) return;
      for (const auto& [name, estimate] : test->members) {
        auto& values = all.try_emplace(name, kNone, kNone).first->second;
        (is_first ? values.first : values.second) = estimate.at("value");
      }
    };
    add(first, true);
    add(second, false);
    for (const auto& [name, values] : all)
      out_.metrics.push_back({name, values.first, values.second, {kNone, kNone, kNone}});
    return {};
  }

  Status paired_metrics() {
    TRY(VersionRows rows,
        rows_of_both(project_, means_.files, {a_, b_}, {}, means_.limits, means_.cancel));
    ThreadPool pool(means_.limits.threads);
    TRY(std::vector<const Metric*> wanted, judged_metrics(rows.outcomes.task));
    TRY(JudgedRows first,
        JudgedRows::make(rows.outcomes.with(rows.first), rows.blocks, wanted, pool, means_.cancel));
    TRY(JudgedRows second, JudgedRows::make(rows.outcomes.with(rows.second), rows.blocks, wanted,
                                            pool, means_.cancel));
    BootstrapOptions draws{.replicates = kJudgingReplicates, .seed = a_.seed};
    TRY(std::vector<MetricDifference> differences,
        compare(first, second, draws, pool, means_.cancel));
    for (const MetricDifference& one : differences)
      out_.metrics.push_back({std::string(one.metric->name), one.first.value, one.second.value,
                              one.difference, one.clear(), one.second_is_better()});
    out_.notes.push_back(
        fmt::format("metrics are paired on {} rows that both were tested on", rows.rows.size()));
    return {};
  }

  const Project& project_;
  const DiffMeans& means_;
  const ModelRecord& a_;
  const ModelRecord& b_;
  Diff& out_;
};

// ---- two versions of a declaration

// "NAME" as it is now, "NAME@HASH" as it is kept.
Result<DefinitionRecord> find_definition(const Project& project, const Named& what,
                                         const DiffMeans& means) {
  std::size_t at = what.rest.rfind('@');
  std::string name = what.rest.substr(0, at);
  std::vector<DefinitionRecord> known;
  if (at == std::string::npos) {
    TRY(known, project_definitions(means.files, project));
  } else {
    TRY(known, means.store.definitions(project.name));
  }
  std::string prefix = at == std::string::npos ? "" : what.rest.substr(at + 1);
  std::vector<const DefinitionRecord*> found;
  std::string others;
  for (const DefinitionRecord& one : known) {
    if (one.kind != what.kind || one.name != name) continue;
    others += (others.empty() ? "" : ", ") + text(one.hash).substr(0, 12);
    if (text(one.hash).starts_with(prefix)) found.push_back(&one);
  }
  if (found.size() == 1) return *found[0];
  if (found.size() > 1)
    return fail(Code::kInvalid, "more than one version of {} {} begins with '{}': {}", what.kind,
                name, prefix, others);
  return fail(Code::kNotFound, "there is no {} {}{}; {}", what.kind, name,
              prefix.empty() ? "" : " of hash " + prefix,
              others.empty() ? fmt::format("`lode check` lists what is declared")
                             : "its versions are " + others);
}

Status diff_declarations(const Project& project, const Named& a, const Named& b,
                         const DiffMeans& means, Diff& out) {
  TRY(DefinitionRecord first, find_definition(project, a, means));
  TRY(DefinitionRecord second, find_definition(project, b, means));
  out.a = fmt::format("{} {} {}", first.kind, first.name, text(first.hash).substr(0, 12));
  out.b = fmt::format("{} {} {}", second.kind, second.name, text(second.hash).substr(0, 12));
  DiffSection section{.name = "declared"};
  TRY(std::vector<DefinitionChange> changes, definition_changes(first.text, second.text));
  for (const DefinitionChange& change : changes)
    put(section, change.path, change.before, change.after);
  out.sections.push_back(std::move(section));
  std::set<std::pair<std::string, std::int64_t>> affected;
  for (const DefinitionRecord* one : {&first, &second}) {
    TRY(std::vector<LineageUse> uses,
        uses_of({one->kind, one->name}, means.store, project, nullptr));
    for (const LineageUse& use : uses)
      if (use.as == text(one->hash)) affected.insert({use.model.name, use.model.version});
  }
  for (const auto& [name, version] : affected)
    out.affected.push_back(fmt::format("{}@{}", name, version));
  return {};
}

}  // namespace

bool Diff::same() const {
  return columns.empty() && std::ranges::all_of(sections, [](const DiffSection& section) {
           return !section.counts || section.lines.empty();
         });
}

Result<Diff> diff_of(const Project& project, std::string_view a, std::string_view b,
                     const DiffMeans& means) {
  Named first = named(a);
  Named second = named(b);
  if (first.kind != second.kind)
    return fail(Code::kInvalid,
                "'{}' is a {} and '{}' a {}: two of one kind can be held against each other", a,
                first.kind, b, second.kind);
  Diff out;
  if (first.kind == "model") {
    out.kind = "models";
    Registry registry(means.store, project.name, means.clock);
    TRY(ModelRecord one, registry.find(first.rest));
    TRY(ModelRecord other, registry.find(second.rest));
    out.a = fmt::format("{}@{}", one.name, one.version);
    out.b = fmt::format("{}@{}", other.name, other.version);
    TRY_VOID(Models(project, means, one, other, out).diff());
  } else if (first.kind == "run") {
    out.kind = "runs";
    TRY(RunRecord one, means.store.run(first.rest));
    TRY(RunRecord other, means.store.run(second.rest));
    out.a = "run " + one.id;
    out.b = "run " + other.id;
    TRY_VOID(diff_runs(project, one, other, means, out));
  } else if (first.kind == "dataset") {
    out.kind = "datasets";
    TRY(std::vector<DatasetRecord> known, means.store.datasets(project.name));
    TRY(DatasetRecord one, find_dataset(known, first.rest));
    TRY(DatasetRecord other, find_dataset(known, second.rest));
    out.a = fmt::format("data set {} ({})", one.name.substr(0, 12), one.training);
    out.b = fmt::format("data set {} ({})", other.name.substr(0, 12), other.training);
    TRY_VOID(diff_datasets(project, one, other, means, out));
  } else {
    out.kind = "declarations";
    TRY_VOID(diff_declarations(project, first, second, means, out));
  }
  std::erase_if(out.sections, [](const DiffSection& section) { return section.lines.empty(); });
  return out;
}

}  // namespace lode
