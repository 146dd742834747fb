// lode lineage: what a model was made of, or which models something went into.
#include "base/json.h"
#include "base/stored_json.h"
#include "cli/lineage_text.h"
#include "cli/project_argument.h"
#include "cli/scoring_text.h"
#include "orchestrate/lineage_look.h"
#include "orchestrate/run_log.h"
#include "registry/registry.h"

namespace lode {
namespace {

void write_changes(JsonWriter& json, const std::vector<LineageChange>& changes) {
  json.key("changed").begin_array();
  for (const LineageChange& change : changes)
    json.begin_object()
        .field("kind", change.kind)
        .field("name", change.name)
        .field("what", change.what)
        .end_object();
  json.end_array();
}

void write_texts(JsonWriter& json, std::string_view key, const NamedTexts& texts) {
  json.key(key).begin_object();
  for (const auto& [name, value] : texts) json.field(name, value);
  json.end_object();
}

void write_scorings(JsonWriter& json, const std::vector<ScoringRecord>& scorings) {
  json.key("scorings").begin_array();
  for (const ScoringRecord& scoring : scorings) write_scoring_record(json, scoring);
  json.end_array();
}

void write_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& list) {
  json.key(key).begin_array();
  for (const std::string& one : list) json.value(one);
  json.end_array();
}

Result<int> back(CommandContext& context, const Project& project, MetadataStore& store,
                 const ModelRecord& model) {
  TRY(Standing standing, Registry(store, project.name, context.clock).standing(model.name));
  std::vector<LineageChange> changes;
  if (model.lineage.recorded) {
    TRY(ProjectNow now, ProjectNow::look(context.files, project));
    TRY(changes, now.changes(model.lineage));
  }
  std::vector<std::string> aliases = aliases_of(standing, model.version);
  TRY(std::vector<ScoringRecord> scorings, store.scorings(project.name));
  scorings = scorings_by(model, std::move(scorings));
  if (!context.json) {
    print_lineage(context.out, model, aliases, changes);
    print_scorings(context.out, scorings);
    return kExitDone;
  }
  JsonWriter json;
  json.begin_object()
      .field("model", model.name)
      .field("version", model.version)
      .field("content", text(model.content))
      .field("dataset", model.dataset)
      .key("run")
      .raw(model.run)
      .field("created", text(model.created))
      .field("seed", model.seed)
      .field("threads", model.threads);
  write_texts(json, "options", model.options);
  write_texts(json, "libraries", model.libraries);
  write_list(json, "aliases", aliases);
  json.key("lineage").raw(lineage_json(model.lineage));
  write_changes(json, changes);
  write_scorings(json, scorings);
  context.out.write(json.end_object().take() + "\n");
  return kExitDone;
}

Result<int> forth(CommandContext& context, const Project& project, MetadataStore& store,
                  const LineageSubject& subject) {
  TRY(ProjectNow now, ProjectNow::look(context.files, project));
  TRY(std::vector<LineageUse> uses, uses_of(subject, store, project, &now));
  TRY(std::vector<ScoringRecord> scorings, store.scorings(project.name));
  scorings = scorings_of(subject, std::move(scorings));
  if (!context.json) {
    if (!uses.empty() || scorings.empty()) print_uses(context.out, subject, uses);
    print_scorings(context.out, scorings);
    return kExitDone;
  }
  JsonWriter json;
  json.begin_object()
      .field("kind", subject.kind)
      .field("name", subject.name)
      .key("models")
      .begin_array();
  for (const LineageUse& use : uses) {
    json.begin_object()
        .field("name", use.model.name)
        .field("version", use.model.version)
        .field("content", text(use.model.content))
        .field("dataset", use.model.dataset)
        .field("as", use.as)
        .field("newest", use.newest);
    write_list(json, "aliases", use.aliases);
    write_changes(json, use.changes);
    json.end_object();
  }
  json.end_array();
  write_scorings(json, scorings);
  context.out.write(json.end_object().take() + "\n");
  return kExitDone;
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  const std::string& what = context.argument("WHAT");
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  constexpr std::string_view kModel = "model:";
  bool of_model = what.starts_with(kModel);
  auto model = Registry(*store, (*project)->name, context.clock)
                   .find(of_model ? what.substr(kModel.size()) : what);
  if (model) return back(context, **project, *store, *model);
  if (of_model || model.error().code() != Code::kNotFound || what.find('@') != std::string::npos)
    return fail(model.error());
  TRY(std::vector<ModelRecord> models, store->models((*project)->name, ""));
  auto subject = find_subject(what, models);
  if (!subject && subject.error().code() == Code::kNotFound) {
    TRY(std::vector<ScoringRecord> scorings, store->scorings((*project)->name));
    if (auto scored = find_scored(what, scorings)) subject = *std::move(scored);
  }
  if (!subject) return fail(subject.error());
  return forth(context, **project, *store, *subject);
}

constexpr Positional kPositionals[] = {
    {"WHAT",
     "a model (NAME, NAME@VERSION, NAME@ALIAS), or what models are made of: source:NAME, "
     "file:NAME, dataset:HASH, label:NAME, view:NAME, training:NAME"},
    kProjectArgument};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "lineage",
    .summary = "what a model was made of, or which models a source, file or feature went into",
    .description =
        "Of a model: its data set, sources and files with their rows and hashes, the declarations "
        "it was made by, the commit of lode, the compiler, libraries and machine, what it was held "
        "against, and what of all that has changed since. Of anything else: the model versions it "
        "went into, and which of them are out of date. And what was scored: of a model which rows "
        "and "
        "files it scored and where the scores went, of a file that was scored or written by which "
        "version. The kind may be left out where a name is "
        "one thing alone; a model comes first. Recorded when a version is made; versions made by "
        "an older lode have none.",
    .example = "lode lineage windows@champion examples/flights",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
