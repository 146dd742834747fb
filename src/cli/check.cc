// lode check: everything that is wrong with a lode.yaml, or what it declares.
#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "ingest/arrivals.h"
#include "orchestrate/model_picture.h"
#include "orchestrate/model_run.h"
#include "orchestrate/walk_run.h"

namespace lode {
namespace {

std::string window_text(const Window& window) {
  switch (window.kind) {
    case Window::Kind::kSliding:
      return text(window.width);
    case Window::Kind::kTumbling:
      return fmt::format("tumbling {}", text(window.width));
    case Window::Kind::kLast:
      return fmt::format("last {}", window.count);
    case Window::Kind::kAll:
      return "all";
  }
  return "";
}

std::string_view known_text(const KnownRule& known) {
  switch (known.mode) {
    case KnownRule::Mode::kRecorded:
      return "recorded";
    case KnownRule::Mode::kExpression:
      return known.expression->text;
    case KnownRule::Mode::kAssumed:
      return "assumed on time";
  }
  return "";
}

template <typename Items, typename NameOf>
std::string joined(const Items& items, NameOf name_of) {
  std::string out;
  for (const auto& item : items) out += fmt::format("{}{}", out.empty() ? "" : ", ", name_of(item));
  return out;
}

template <typename Items>
std::string names_of(const Items& items) {
  return joined(items, [](const auto& item) -> const std::string& { return item.name; });
}

void print_table(Output& out, const TextTable& table) {
  if (table.rows() == 0) return;
  out.write("\n");
  table.print(out);
}

void print_sources(Output& out, const Project& project) {
  TextTable sources({"source", "files", "columns", "derived", "rules", "time", "known"});
  for (const Source& source : project.sources)
    sources.row({source.name, source.files.size(), source.columns.size(), source.derive.size(),
                 source.contract.size(), source.time, known_text(source.known)});
  print_table(out, sources);
  TextTable labels({"label", "about", "value", "known"});
  for (const Label& label : project.labels)
    labels.row({label.name, label.about, label.value.text, label.known.text});
  print_table(out, labels);
}

void print_features(Output& out, const Project& project) {
  TextTable views({"feature view", "over", "by", "window", "values"});
  for (const View& view : project.views) {
    std::string values = names_of(view.values);
    if (!view.derived.empty()) values += ", " + names_of(view.derived);
    views.row({view.name, view.over, view.by, joined(view.windows, window_text), values});
  }
  print_table(out, views);
}

void print_models(Output& out, const Project& project) {
  TextTable sets({"training set", "rows", "label", "columns"});
  for (const TrainingSet& set : project.training)
    sets.row({set.name, set.rows, set.label, names_of(set.columns)});
  print_table(out, sets);
  TextTable models({"model", "from", "algorithm", "train", "test", "against"});
  for (const Model& model : project.models)
    models.row({model.name, model.from, model.algorithm, train_text(model.split),
                test_text(model.split), model.compare_with});
  print_table(out, models);
}

void print_scores(Output& out, const Project& project) {
  TextTable table({"scores", "by", "rows", "given out in"});
  for (const ScoringJob& job : project.scores)
    table.row({job.name, job.model,
               fmt::format("{}{}", job.all ? "all" : "unlabelled",
                           job.since ? " since " + text(*job.since).substr(0, 16) : ""),
               joined(job.out, [](const ScoreOutput& one) { return base_name(one.path); })});
  print_table(out, table);
}

template <typename Items, typename Name>
void write_names(JsonWriter& json, std::string_view key, const Items& items, Name name_of) {
  json.key(key).begin_array();
  for (const auto& item : items) json.value(name_of(item));
  json.end_array();
}
template <typename Items>
void write_names(JsonWriter& json, std::string_view key, const Items& items) {
  write_names(json, key, items, [](const auto& item) { return item.name; });
}

void write_sources(JsonWriter& json, const Project& project) {
  json.key("sources").begin_array();
  for (const Source& source : project.sources) {
    json.begin_object().field("name", source.name);
    write_names(json, "files", source.files, [](const auto& file) { return file.string(); });
    write_names(json, "columns", source.columns.fields());
    write_names(json, "derived", source.derive);
    write_names(json, "rules", source.contract);
    json.field("time", source.time).field("known", known_text(source.known)).end_object();
  }
  json.end_array().key("labels").begin_array();
  for (const Label& label : project.labels) {
    json.begin_object()
        .field("name", label.name)
        .field("about", label.about)
        .field("value", label.value.text)
        .field("known", label.known.text)
        .end_object();
  }
  json.end_array();
}

void write_views(JsonWriter& json, const Project& project) {
  json.key("features").begin_array();
  for (const View& view : project.views) {
    json.begin_object().field("name", view.name).field("over", view.over).field("by", view.by);
    write_names(json, "windows", view.windows, window_text);
    write_names(json, "values", view.values);
    write_names(json, "derived", view.derived);
    json.end_object();
  }
  json.end_array();
}

void write_models(JsonWriter& json, const Project& project) {
  json.key("training").begin_array();
  for (const TrainingSet& set : project.training) {
    json.begin_object().field("name", set.name).field("rows", set.rows).field("label", set.label);
    write_names(json, "columns", set.columns);
    json.end_object();
  }
  json.end_array().key("models").begin_array();
  for (const Model& model : project.models) {
    json.begin_object()
        .field("name", model.name)
        .field("from", model.from)
        .field("algorithm", model.algorithm)
        .field("train", train_text(model.split))
        .field("test", test_text(model.split));
    if (!model.split.groups.empty()) json.field("groups", model.split.groups);
    if (!model.compare_with.empty()) json.field("compare_with", model.compare_with);
    json.end_object();
  }
  json.end_array();
}

void write_scores(JsonWriter& json, const Project& project) {
  json.key("scores").begin_array();
  for (const ScoringJob& job : project.scores) {
    json.begin_object()
        .field("name", job.name)
        .field("model", job.model)
        .field("rows", job.all ? "all" : "unlabelled");
    if (job.since) json.field("since", text(*job.since));
    write_names(json, "out", job.out, [](const ScoreOutput& out) { return out.path; });
    write_names(json, "columns", job.columns, [](const std::string& name) { return name; });
    json.end_object();
  }
  json.end_array();
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  TRY_VOID(check_sources(**project));
  TRY_VOID(check_algorithms(**project));
  TRY_VOID(check_walks(**project));
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", (*project)->name).field("file", (*project)->file.string());
    write_sources(json, **project);
    write_views(json, **project);
    write_models(json, **project);
    write_scores(json, **project);
    json.end_object();
    context.out.write(json.take() + "\n");
    return kExitDone;
  }
  context.out.print("{}: no mistakes in {}\n", context.out.bold((*project)->name),
                    (*project)->file.string());
  print_sources(context.out, **project);
  print_features(context.out, **project);
  print_models(context.out, **project);
  print_scores(context.out, **project);
  return kExitDone;
}

constexpr Positional kPositionals[] = {kProjectArgument};
constexpr Command kCommand = {
    .group = CommandGroup::kWork, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "check",
    .summary = "check a project, or say everything that is wrong with it",
    .description =
        "Reads lode.yaml and types every expression; of data files it checks only that they exist. "
        "All mistakes are printed, each with file, line, column and what to write instead. A "
        "project "
        "without mistakes is summed up.",
    .example = "lode check examples/flights",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
