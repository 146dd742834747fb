// lode model: the models a project has, and one of them in full.
#include "base/json.h"
#include "base/stored_json.h"
#include "cli/metric_text.h"
#include "cli/model_card_text.h"
#include "cli/model_text.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/model_check.h"
#include "orchestrate/run_log.h"
#include "registry/registry.h"

namespace lode {
namespace {

void write_texts(JsonWriter& json, std::string_view key, const NamedTexts& texts) {
  json.key(key).begin_object();
  for (const auto& [name, value] : texts) json.field(name, value);
  json.end_object();
}

// The stored judgement's fields stand beside the record's: metrics by split, comparison, notes.
void write_model(JsonWriter& json, const ModelRecord& model, const JsonValue& judgement) {
  json.begin_object()
      .field("name", model.name)
      .field("version", model.version)
      .field("dataset", model.dataset)
      .field("algorithm", model.algorithm)
      .field("content", text(model.content))
      .key("run")
      .raw(model.run)  // a number
      .field("created", text(model.created))
      .field("seed", model.seed)
      .field("threads", model.threads);
  write_texts(json, "options", model.options);
  write_texts(json, "libraries", model.libraries);
  for (const auto& [name, value] : judgement.members) json.key(name).raw(value.raw);
}

// Models of one task, which the metrics of a record tell: of those kept before there were two, too.
void print_list(Output& out, const std::vector<ModelRecord>& models,
                const std::vector<JsonValue>& judgements, Task task) {
  const ShownMetrics shown = shown_metrics(task);
  TextTable table({"model", "version", "algorithm", std::string(metric_title(shown.rank)),
                   std::string(metric_title(shown.loss)), "data set", "made"});
  for (std::size_t i = 0; i < models.size(); ++i) {
    const ModelRecord& model = models[i];
    bool numbers = find_estimate(judgements[i], "test", "rmse") != nullptr;
    if (numbers != (task == Task::kNumber)) continue;
    std::vector<Cell> row = {model.name, model.version, model.algorithm};
    for (std::string_view name : {shown.rank, shown.loss})
      row.emplace_back(estimate_text(name, find_estimate(judgements[i], "test", name)));
    row.emplace_back(model.dataset.substr(0, 12));
    row.emplace_back(text(model.created).substr(0, 19));
    table.row(std::move(row));
  }
  if (table.rows() > 0) table.print(out);
}

Result<int> list(CommandContext& context, const Project& project) {
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  TRY(std::vector<ModelRecord> models, store->models(project.name, ""));
  JsonWriter json;
  json.begin_object().field("project", project.name).key("models").begin_array();
  std::vector<JsonValue> judgements;
  for (const ModelRecord& model : models) {
    TRY(judgements.emplace_back(), parse_json(model.metrics_json));
    write_model(json, model, judgements.back());
    json.end_object();
  }
  if (context.json)
    context.out.write(json.end_array().end_object().take() + "\n");
  else if (models.empty())
    context.out.print("no models yet: declare them in lode.yaml, and `lode run` makes them\n");
  else
    for (Task task : {Task::kBinary, Task::kNumber})
      print_list(context.out, models, judgements, task);
  return kExitDone;
}

// kNotFound names the nearest.
Error with_nearest(const Error& error, MetadataStore& store, const Project& project,
                   const std::string& name) {
  auto models = store.models(project.name, "");
  if (error.code() != Code::kNotFound || !models) return error;
  std::vector<std::string_view> names;
  for (const ModelRecord& model : *models)
    if (names.empty() || names.back() != model.name) names.push_back(model.name);
  std::string_view near = nearest(name, names);
  if (near.empty() || near == name) return error;
  return Error(error.code(), fmt::format("{}; did you mean '{}'?", error.message(), near));
}

Result<int> show(CommandContext& context, const Project& project, const std::string& name) {
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  auto found = Registry(*store, project.name, context.clock).find(name);
  if (!found) return fail(with_nearest(found.error(), *store, project, name));
  const ModelRecord& model = *found;
  TRY(JsonValue judgement, parse_json(model.metrics_json));
  TRY(std::string header, stored_model_header(project, context.files, model.content));
  TRY(JsonValue stored, parse_json(header));
  if (context.json) {
    JsonWriter json;
    write_model(json, model, judgement);
    json.key("stored").raw(header).end_object();
    context.out.write(json.take() + "\n");
    return kExitDone;
  }
  print_model(context.out, model, judgement, stored);
  return kExitDone;
}

Result<int> check(CommandContext& context, const Project& project, const std::string& name) {
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  auto found = Registry(*store, project.name, context.clock).find(name);
  if (!found) return fail(with_nearest(found.error(), *store, project, name));
  TRY(ModelCheck checked,
      check_model(project, context.files, *found, context.limits, context.cancel));
  if (context.json)
    context.out.write(JsonWriter()
                          .begin_object()
                          .field("name", found->name)
                          .field("version", found->version)
                          .field("content", text(found->content))
                          .field("rows", checked.rows)
                          .field("equal", true)
                          .end_object()
                          .take() +
                      "\n");
  else
    context.out.print(
        "{} version {}: read back, it scores its {} test rows as it did, to the bit\n", found->name,
        found->version, checked.rows);
  return kExitDone;
}

Result<int> card(CommandContext& context, const Project& project, const std::string& name) {
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, project));
  auto found = Registry(*store, project.name, context.clock).find(name);
  if (!found) return fail(with_nearest(found.error(), *store, project, name));
  TRY(JsonValue judgement, parse_json(found->metrics_json));
  const JsonValue* sections = judgement.find("card");
  if (sections == nullptr)
    return fail(Code::kNotFound,
                "version {} of model {} has no card: it was made by `retraining`, or by an older "
                "lode; `lode run` writes one for each model it makes",
                found->version, found->name);
  if (!context.json) {
    context.out.write(model_card_text(*found, *sections));
    return kExitDone;
  }
  context.out.write(JsonWriter()
                        .begin_object()
                        .field("name", found->name)
                        .field("version", found->version)
                        .field("content", text(found->content))
                        .key("card")
                        .raw(sections->raw)
                        .end_object()
                        .take() +
                    "\n");
  return kExitDone;
}

Result<int> run(CommandContext& context) {
  const std::string& action = context.argument("ACTION");
  std::span<const std::string> rest = context.arguments("REST");
  std::size_t names = action == "list" ? 0 : 1;
  if (action != "list" && action != "show" && action != "check" && action != "card")
    return fail(Code::kInvalid, "'{}' is nothing to do with models; say list, show, check or card",
                action);
  if (rest.size() < names)
    return fail(Code::kInvalid, "lode model {} needs the name of a model; `lode model list`",
                action);
  if (rest.size() > names + 1)
    return fail(Code::kInvalid, "'{}' is one argument too many", rest.back());
  auto project = project_at(context, rest.size() > names ? rest[names] : ".");
  if (!project) return project.error();
  if (action == "list") return list(context, **project);
  if (action == "card") return card(context, **project, rest[0]);
  return action == "show" ? show(context, **project, rest[0]) : check(context, **project, rest[0]);
}

constexpr Positional kPositionals[] = {{"ACTION", "list, show, check or card"},
                                       {"REST",
                                        "show, check, card: the model, as NAME, NAME@VERSION or "
                                        "NAME@ALIAS; then a lode.yaml or its folder",
                                        Positional::Count::kAny}};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "model",
    .summary =
        "list a project's models, show one in full, check what is stored of it, or write its card",
    .description =
        "`lode model list [PROJECT]`, `lode model show NAME[@VERSION] [PROJECT]`. With --json a "
        "model is one "
        "object with name, version, dataset, algorithm, and metrics by split, each with value, low "
        "and high. `lode model check NAME` reads the model and its encoders back from disk, scores "
        "the test rows that are kept again, and fails unless every score is the kept one to the "
        "bit. `lode model card NAME` writes its card (Mitchell et al., 2019) as Markdown; what "
        "only "
        "its owner can say is marked `TO FILL IN`.",
    .example = "lode model show windows examples/flights",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
