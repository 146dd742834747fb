#include "orchestrate/step_inputs.h"

#include <algorithm>

#include "base/stored_values.h"
#include "base/zone.h"
#include "orchestrate/monitor_run.h"
#include "orchestrate/score_question.h"
#include "project/definition.h"

namespace lode {
namespace {

constexpr std::string_view kData = "its data";
constexpr std::string_view kDeclaration = "its declaration";
constexpr std::string_view kBuild = "the build of lode";

StepInput input(std::string_view what, std::string_view bytes) {
  return {std::string(what), content_hash(bytes)};
}

StepInput build_input() { return {std::string(kBuild), build_of_lode()}; }

// Where it stands in lode.yaml does not matter, everything else does: notes are told with it.
std::string declared(Model model) {
  model.place = {};
  model.learning_curve = false;  // of the leaderboards
  for (EncoderChoice& choice : model.encode) choice.place = {};
  return stored_value(model);
}

std::string declared(Retraining walk) {
  walk.place = {};
  for (Challenger& challenger : walk.challengers) challenger.place = {};
  for (TriggerChoice& trigger : walk.when) trigger.place = {};
  return stored_value(walk);
}

}  // namespace

Result<std::string> dataset_name(const Project& project, const TrainingSet& set,
                                 const ReadSources& read, FileSystem& files) {
  ContentHasher hasher;
  hasher.add_field(project.name);
  hasher.add_field(std::uint64_t{0});                               // origin
  hasher.add_field(static_cast<std::uint64_t>(read.next_seq - 1));  // cut
  const Source* source = project.source(set.rows);
  hasher.add_field(text(read.zones.at(source->name)));
  hasher.add_field(static_cast<std::uint64_t>(source->known.mode));
  for (const std::string& name : views_read(set)) {
    const View* view = project.view(name);
    const std::string& over = view->over_label ? project.label(view->over)->about : view->over;
    hasher.add_field(text(read.zones.at(over)));
    hasher.add_field(static_cast<std::uint64_t>(project.source(over)->known.mode));
  }
  TRY(std::string definition, training_definition(project, set, files));
  hasher.add_field(definition);
  hasher.add_field(kEngineSemanticsVersion);
  hasher.add_field(zone_data_version());
  return text(hasher.finish());
}

StepInputs source_inputs(const ContentHash& zone) {
  return {{std::string(kData), zone}, build_input()};
}

StepInputs training_inputs(const std::string& dataset) {
  return {input(kData, dataset), build_input()};
}

StepInputs model_inputs(const Project& project, const Model& model,
                        const std::map<std::string, std::string, std::less<>>& datasets) {
  StepInputs inputs = {input(kData, datasets.at(model.from)), input(kDeclaration, declared(model))};
  std::string watched = stored_value(project.monitor);
  if (const Model* before = watched_before(project, model)) watched += before->name;
  inputs.push_back(input("what watches it", watched));
  inputs.push_back(build_input());
  return inputs;
}

StepInputs walk_inputs(const Project& project, const Retraining& walk, const std::string& dataset) {
  std::string models = declared(*project.model(walk.champion));
  for (const Challenger& challenger : walk.challengers)
    models += declared(*project.model(challenger.model));
  return {input(kData, dataset), input(kDeclaration, declared(walk)),
          input("the models it is made of", models),
          input("what watches it", stored_value(project.monitor)), build_input()};
}

StepInputs leaderboard_inputs(const Project& project,
                              const std::map<std::string, std::string, std::less<>>& datasets) {
  StepInputs models;
  for (const Model& model : project.models) {
    models.push_back({model.name, hash_of(model_inputs(project, model, datasets))});
    if (model.learning_curve) models.push_back(input("its learning curve", model.name));
  }
  return {{"its models", hash_of(models)}, build_input()};
}

StepInputs scores_inputs(const ScoringJob& job, const std::string& dataset, const ScoredBy& by) {
  ScoringJob declared = job;
  declared.place = {};
  ContentHasher model;
  model.add_field(static_cast<std::uint64_t>(by.record.version));
  model.add_field(text(by.record.content));
  if (!job.own_threshold) model.add_field(by.threshold_text());
  return {input(kData, dataset),
          input(kDeclaration, stored_value(declared)),
          {"its model", model.finish()},
          build_input()};
}

StepInput memory_input(std::int64_t limit_bytes) {
  return input("the memory it may use", std::to_string(limit_bytes));
}

StepInput time_input(Duration limit) {
  return input("the time it may take", std::to_string(limit.us));
}

}  // namespace lode
