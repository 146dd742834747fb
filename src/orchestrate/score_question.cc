#include "orchestrate/score_question.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <set>

#include "base/component.h"
#include "base/stored_json.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/run_log.h"
#include "project/definition.h"
#include "registry/registry.h"

namespace lode {
namespace {

// kNotFound names the nearest.
Error with_nearest(const Error& error, MetadataStore& store, const Project& project,
                   std::string_view reference) {
  auto models = store.models(project.name, "");
  if (error.code() != Code::kNotFound || !models) return error;
  std::vector<std::string_view> names;
  for (const ModelRecord& model : *models)
    if (names.empty() || names.back() != model.name) names.push_back(model.name);
  std::string_view name = reference.substr(0, reference.find('@'));
  std::string_view near = nearest(name, names);
  if (near.empty() || near == name) return error;
  return Error(error.code(), fmt::format("{}; did you mean '{}'?", error.message(), near));
}

Result<ModelRecord> find_model(const Project& project, MetadataStore& store, const Clock& clock,
                               std::string_view reference) {
  Registry registry(store, project.name, clock);
  std::string wanted(reference);
  if (reference.find('@') == std::string_view::npos) {
    TRY(Standing standing, registry.standing(reference));
    if (standing.aliases.contains(std::string(kChampion)))
      wanted = fmt::format("{}@{}", reference, kChampion);
  }
  auto found = registry.find(wanted);
  if (!found) return fail(with_nearest(found.error(), store, project, reference));
  return found;
}

Result<std::optional<double>> threshold_in(const JsonValue& judgement, const ModelRecord& record) {
  const JsonValue* decision = judgement.find("decision");
  const JsonValue* threshold = decision == nullptr ? nullptr : decision->find("threshold");
  if (threshold == nullptr) return std::nullopt;
  // JSON has no infinity: what flags none stands as null.
  if (threshold->raw == "null") return std::numeric_limits<double>::infinity();
  double value = 0;
  std::string_view raw = threshold->raw;
  auto [end, status] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (status != std::errc() || end != raw.data() + raw.size())
    return fail(Code::kCorrupt, "the threshold of {} version {} is no number", record.name,
                record.version);
  return value;
}

// What the last run that made this very model found: a threshold that was declared since the model
// was first made has no version of its own. Else what stands in the model's record.
Result<std::optional<double>> threshold_of(const Project& project, FileSystem& files,
                                           MetadataStore& store, const ModelRecord& record) {
  constexpr int kReportsLookedAt = 20;
  TRY(std::vector<RunRecord> runs, store.runs(project.name, std::numeric_limits<int>::max()));
  std::erase_if(runs, [](const RunRecord& run) { return run.command != kRunCommand; });
  if (runs.size() > kReportsLookedAt) runs.resize(kReportsLookedAt);
  std::string content = text(record.content);
  for (const RunRecord& run : runs) {
    std::int64_t number = 0;
    std::from_chars(run.id.data(), run.id.data() + run.id.size(), number);
    auto report = read_report(files, project, number);
    if (!report) continue;
    TRY(JsonValue json, parse_json(*report));
    const JsonValue* models = json.find("models");
    if (models == nullptr) continue;
    for (const JsonValue& model : models->items)
      if (const JsonValue* made = model.find("content"); made != nullptr && made->text == content)
        return threshold_in(model, record);
  }
  TRY(JsonValue judgement, parse_json(record.metrics_json));
  return threshold_in(judgement, record);
}

// Whether a column of the set becomes the one of that name: a bare read of a view has several.
bool becomes(const NamedExpression& column, std::string_view name) {
  return name == column.name || (name.size() > column.name.size() &&
                                 name.starts_with(column.name) && name[column.name.size()] == '.');
}

// A column of the source, which the set need not have.
NamedExpression of_the_row(const std::string& name) {
  Node node;
  node.kind = Node::Kind::kColumn;
  node.name = name;
  Expression expression(std::make_shared<const Node>(std::move(node)));
  return {name, {expression.text(), expression, {}}};
}

// The set and the project with what the model reads alone.
Status narrow(const Project& project, const TrainingSet& set, ScoreQuestion& out) {
  out.set = set;
  std::erase_if(out.set.columns, [&](const NamedExpression& column) {
    bool read = std::ranges::any_of(out.stored.encoders, [&](const ColumnEncoder& encoder) {
      return becomes(column, encoder.column.name);
    });
    bool kept = std::ranges::any_of(out.kept,
                                    [&](const std::string& name) { return becomes(column, name); });
    return !read && !kept && !(!out.entity.empty() && becomes(column, out.entity));
  });
  out.project = project;
  out.project.models.clear();
  out.project.retraining.clear();
  out.project.training = {out.set};
  std::vector<std::string> views = views_read(out.set);
  std::erase_if(out.project.views, [&](const View& view) {
    return std::ranges::find(views, view.name) == views.end();
  });
  TRY(Schema has, out.project.training_schema(out.set));
  for (const std::string& name : out.kept)
    if (!has.find(name)) out.set.columns.push_back(of_the_row(name));
  out.project.training = {out.set};
  for (const ColumnEncoder& encoder : out.stored.encoders) {
    std::optional<std::size_t> at = has.find(encoder.column.name);
    if (!at)
      return fail(Code::kInvalid,
                  "model {} reads the column '{}', which training set {} of lode.yaml has no more; "
                  "`lode run` makes the model anew",
                  out.model_text(), encoder.column.name, set.name);
    if (has[*at].type != encoder.column.type)
      return fail(
          Code::kInvalid,
          "model {} reads the column '{}' as {}, and training set {} of lode.yaml has it as "
          "{}; `lode run` makes the model anew",
          out.model_text(), encoder.column.name, encoder.column.type.text(), set.name,
          has[*at].type.text());
  }
  return {};
}

}  // namespace

std::vector<std::string> ScoreQuestion::sources() const {
  std::vector<std::string> names = {set.rows};
  for (const View& view : project.views) {
    const std::string& read = view.over_label ? project.label(view.over)->about : view.over;
    if (std::ranges::find(names, read) == names.end()) names.push_back(read);
  }
  return names;
}

std::string ScoreQuestion::threshold_text() const {
  return ScoredBy{{}, threshold}.threshold_text();
}

std::string ScoreQuestion::model_text() const {
  return fmt::format("{}@{}", record.name, record.version);
}

const Model* declared_model(const Project& project, std::string_view name) {
  if (const Model* model = project.model(name)) return model;
  auto walk = std::ranges::find(project.retraining, name, &Retraining::name);
  return walk == project.retraining.end() ? nullptr : project.model(walk->champion);
}

std::string ScoredBy::threshold_text() const {
  return threshold ? fmt::format("{}", *threshold) : "none";
}

Result<ScoredBy> scored_by(const Project& project, FileSystem& files, const Clock& clock,
                           const ScoreRequest& request, const ThresholdsMade* made) {
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(files, project));
  ScoredBy out;
  TRY(out.record, find_model(project, *store, clock, request.model));
  if (request.own_threshold) {
    out.threshold = request.threshold;
    return out;
  }
  if (made != nullptr)
    if (auto found = made->find(text(out.record.content)); found != made->end()) {
      out.threshold = found->second;
      return out;
    }
  TRY(out.threshold, threshold_of(project, files, *store, out.record));
  return out;
}

Result<ScoreQuestion> ask(const Project& project, FileSystem& files, const Clock& clock,
                          const ScoreRequest& request, const ThresholdsMade* made) {
  TRY(ScoredBy by, scored_by(project, files, clock, request, made));
  ScoreQuestion out;
  out.record = std::move(by.record);
  out.threshold = by.threshold;
  out.since = request.since;
  out.why = request.why;
  const Model* model = declared_model(project, out.record.name);
  if (model == nullptr)
    return fail(
        Code::kInvalid,
        "lode.yaml does not declare the model '{}' any more, so what its columns are is not "
        "known",
        out.record.name);
  TRY(out.stored, load_stored_model(project, files, out.record.content));
  out.entity = model->split.groups;
  for (const std::string& name : request.columns)
    if (std::ranges::find(kGivenColumns, name) == kGivenColumns.end()) out.kept.push_back(name);
  TRY_VOID(narrow(project, *project.training_set(model->from), out));
  TRY(std::string definition, training_definition(out.project, out.set, files));
  ContentHasher hasher;
  hasher.add_field(definition);
  hasher.add_field(out.entity);
  hasher.add_field(kEngineSemanticsVersion);
  if (out.since) hasher.add_field(static_cast<std::uint64_t>(out.since->us));
  for (const std::string& name : out.kept) hasher.add_field(name);
  if (out.why > 0) hasher.add_field(fmt::format("why {}", out.why));
  out.definition = hasher.finish();
  return out;
}

std::vector<ViewRead> view_reads(const TrainingSet& set, const FeaturePlan& plan) {
  std::vector<ViewRead> out;
  std::set<std::pair<std::size_t, std::string>> seen;
  std::function<void(const Node&)> look = [&](const Node& node) {
    for (const NodePtr& argument : node.arguments) look(*argument);
    if (node.kind != Node::Kind::kSubscript || node.arguments[0]->kind != Node::Kind::kColumn)
      return;
    const PlannedView* view = plan.view(node.arguments[0]->name);
    if (view == nullptr) return;
    Expression key(node.arguments[1]);
    if (seen.emplace(view->group, key.text()).second) out.push_back({view->group, key});
  };
  for (const NamedExpression& column : set.columns) look(*column.value.expression.root());
  return out;
}

}  // namespace lode
