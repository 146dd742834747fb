#include "orchestrate/lineage_look.h"

#include <algorithm>
#include <set>

#include "base/component.h"
#include "lake/manifest.h"
#include "orchestrate/lineage_run.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::string_view kKinds[] = {"source", "file", "dataset", "label", "view", "training"};

// The kinds and names that models were made of; of data sets also the names of training sets.
std::set<std::pair<std::string, std::string>> things_in(const std::vector<ModelRecord>& models) {
  std::set<std::pair<std::string, std::string>> things;
  for (const ModelRecord& model : models) {
    if (!model.lineage.recorded) continue;
    things.emplace("dataset", model.dataset);
    for (const LineageSource& source : model.lineage.sources) {
      things.emplace("source", source.name);
      for (const LineageFile& file : source.files) things.emplace("file", file.name);
    }
    for (const LineageDefinition& one : model.lineage.definitions)
      if (one.kind != "model") things.emplace(one.kind, one.name);
  }
  return things;
}

bool is_hash_prefix(std::string_view text) {
  auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() >= 4 && text.size() <= 64 && std::ranges::all_of(text, hex);
}

// Of a data set, by its hash's first digits or by its training set.
std::optional<std::string> dataset_named(std::string_view name,
                                         const std::vector<ModelRecord>& models) {
  std::optional<std::string> found;
  for (const ModelRecord& model : models) {
    if (!model.lineage.recorded) continue;
    if (model.lineage.training == name || (is_hash_prefix(name) && model.dataset.starts_with(name)))
      found = model.dataset;  // the newest last
  }
  return found;
}

// How the subject stands in a lineage; "" where it does not.
std::string version_in(const LineageSubject& subject, const ModelRecord& model) {
  const ModelLineage& lineage = model.lineage;
  if (subject.kind == "dataset") return model.dataset == subject.name ? model.dataset : "";
  for (const LineageSource& source : lineage.sources) {
    if (subject.kind == "source" && source.name == subject.name) return text(source.zone);
    if (subject.kind != "file") continue;
    for (const LineageFile& file : source.files)
      if (file.name == subject.name) return text(file.content);
  }
  if (subject.kind == "source" || subject.kind == "file") return "";
  for (const LineageDefinition& one : lineage.definitions)
    if (one.kind == subject.kind && one.name == subject.name) return text(one.hash);
  return "";
}

}  // namespace

Result<ProjectNow> ProjectNow::look(FileSystem& files, const Project& project) {
  ProjectNow now(files, project);
  TRY(std::vector<DefinitionRecord> definitions, project_definitions(files, project));
  for (const DefinitionRecord& one : definitions) now.definitions_[{one.kind, one.name}] = one.hash;
  for (const Source& source : project.sources) {
    auto receipt = source_receipt(files, project, source);
    if (!receipt && receipt.error().code() != Code::kNotFound) return fail(receipt.error());
    if (receipt && receipt->zone) now.zones_[source.name] = *receipt->zone;
  }
  return now;
}

Result<std::string> ProjectNow::change_of(const LineageFile& file) {
  auto [at, is_new] = seen_.try_emplace({file.name, file.content}, "");
  if (!is_new) return at->second;
  std::string path = (project_->root / file.name).string();
  TRY(bool there, exists(*files_, path));
  if (!there) return at->second = "is gone";
  TRY(MappedFile mapped, files_->map(path));
  std::string_view bytes = mapped.bytes();
  auto read = file.bytes < 0 ? bytes.size() : static_cast<std::size_t>(file.bytes);
  if (bytes.size() < read || content_hash(bytes.substr(0, read)) != file.content)
    return at->second = "has other content now";
  if (bytes.size() > read)
    return at->second = fmt::format("has grown by {} bytes", bytes.size() - read);
  return at->second;
}

Result<std::vector<LineageChange>> ProjectNow::changes(const ModelLineage& lineage) {
  std::vector<LineageChange> out;
  for (const LineageSource& source : lineage.sources) {
    for (const LineageFile& file : source.files) {
      TRY(std::string changed, change_of(file));
      if (!changed.empty()) out.push_back({"file", file.name, changed});
    }
    auto zone = zones_.find(source.name);
    if (zone == zones_.end())
      out.push_back({"source", source.name, "is not kept any more"});
    else if (zone->second != source.zone)
      out.push_back({"source", source.name, "has other rows now"});
  }
  for (const LineageDefinition& one : lineage.definitions) {
    auto found = definitions_.find({one.kind, one.name});
    if (found == definitions_.end()) {
      // What a walk makes is declared by the walk, with times of its own.
      if (one.kind != "model") out.push_back({one.kind, one.name, "is not declared any more"});
    } else if (found->second != one.hash) {
      out.push_back({one.kind, one.name, "is declared otherwise now"});
    }
  }
  return out;
}

Result<LineageSubject> find_subject(std::string_view reference,
                                    const std::vector<ModelRecord>& models) {
  std::set<std::pair<std::string, std::string>> things = things_in(models);
  std::size_t colon = reference.find(':');
  std::string_view kind = colon == std::string_view::npos ? "" : reference.substr(0, colon);
  bool has_kind = std::ranges::find(kKinds, kind) != std::end(kKinds);
  std::string name(has_kind ? reference.substr(colon + 1) : reference);
  std::vector<LineageSubject> found;
  for (std::string_view one : kKinds) {
    if (has_kind && one != kind) continue;
    if (one == "dataset") {
      // A training set's name means the set itself, unless a data set is asked for.
      if (!has_kind && !is_hash_prefix(name)) continue;
      if (auto dataset = dataset_named(name, models)) found.push_back({"dataset", *dataset});
    } else if (things.contains({std::string(one), name})) {
      found.push_back({std::string(one), name});
    }
  }
  if (found.size() == 1) return found[0];
  std::string kinds;
  for (const LineageSubject& one : found)
    kinds += fmt::format("{}{}:{}", kinds.empty() ? "" : " or ", one.kind, name);
  if (!found.empty())
    return fail(Code::kInvalid, "'{}' is more than one thing; write {}", name, kinds);
  std::vector<std::string_view> names;
  for (const auto& [one, other] : things)
    if (!has_kind || one == kind) names.push_back(other);
  std::string_view near = nearest(name, names);
  return fail(Code::kNotFound, "no model was made of '{}'{}", reference,
              near.empty() ? std::string("; `lode model list` lists models, and "
                                         "`lode lineage MODEL` what one was made of")
                           : fmt::format("; did you mean '{}'?", near));
}

namespace {

// "out.csv" means any file of that name, a path that file alone; a table goes with its file.
bool means(std::string_view name, const ScoredThing& thing) {
  if (thing.kind == "source") return false;
  std::string path =
      thing.kind == "table" ? thing.name.substr(0, thing.name.rfind('#')) : thing.name;
  return path == name || thing.name == name || base_name(path) == name;
}

}  // namespace

std::vector<ScoringRecord> scorings_by(const ModelRecord& model,
                                       std::vector<ScoringRecord> scorings) {
  std::erase_if(scorings, [&](const ScoringRecord& one) {
    return one.model != model.name || one.version != model.version;
  });
  return scorings;
}

std::vector<ScoringRecord> scorings_of(const LineageSubject& subject,
                                       std::vector<ScoringRecord> scorings) {
  auto is_it = [&](const ScoredThing& thing) {
    return subject.kind == "source" ? thing.kind == "source" && thing.name == subject.name
                                    : subject.kind == "file" && means(subject.name, thing);
  };
  std::erase_if(scorings, [&](const ScoringRecord& one) {
    return std::ranges::none_of(one.inputs, is_it) && std::ranges::none_of(one.outputs, is_it);
  });
  return scorings;
}

std::optional<LineageSubject> find_scored(std::string_view reference,
                                          const std::vector<ScoringRecord>& scorings) {
  constexpr std::string_view kFile = "file:";
  if (reference.starts_with(kFile)) reference.remove_prefix(kFile.size());
  LineageSubject subject{"file", std::string(reference)};
  if (scorings_of(subject, scorings).empty()) return std::nullopt;
  return subject;
}

std::vector<std::string> aliases_of(const Standing& standing, std::int64_t version) {
  std::vector<std::string> out;
  for (const auto& [alias, of] : standing.aliases)
    if (of == version) out.push_back(alias);
  return out;
}

Result<std::vector<LineageUse>> uses_of(const LineageSubject& subject, MetadataStore& store,
                                        const Project& project, ProjectNow* now) {
  TRY(std::vector<ModelRecord> models, store.models(project.name, ""));
  TRY(std::vector<ModelEvent> events, store.model_events(project.name, ""));
  std::vector<LineageUse> out;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const ModelRecord& model = models[i];
    std::string as = model.lineage.recorded ? version_in(subject, model) : "";
    if (as.empty()) continue;
    LineageUse& use = out.emplace_back();
    use.model = model;
    use.as = std::move(as);
    use.newest = i + 1 == models.size() || models[i + 1].name != model.name;
    std::vector<ModelEvent> own;
    std::ranges::copy_if(events, std::back_inserter(own),
                         [&](const ModelEvent& event) { return event.model == model.name; });
    use.aliases = aliases_of(standing_of(own), model.version);
    if (now == nullptr) continue;
    TRY(use.changes, now->changes(model.lineage));
  }
  return out;
}

}  // namespace lode
