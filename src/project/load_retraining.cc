// Retraining: which models are made anew as time goes on, and what the gate asks of them.
#include <algorithm>
#include <limits>

#include "project/loading.h"

namespace lode {
namespace {

// What a gate looks back on if it is not said: four weeks, and four periods at least.
Duration usual_evidence(Duration every) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4;
  return std::max(days(28), Duration{4 * std::min(every.us, kMost)});
}

class RetrainingReader {
 public:
  RetrainingReader(Loading& loading, const YamlEntry& entry)
      : loading_(loading), part_(loading.shape, entry.value) {
    out_.name = entry.key;
    out_.place = entry.place;
  }

  Retraining read() {
    if (loading_.project.model(out_.name))
      problems().add(out_.place,
                     fmt::format("there is a model '{}' too, and what a walk makes live "
                                 "is kept under its name; give the walk another",
                                 out_.name));
    out_.champion = model_of("champion", part_);
    read_times();
    if (const YamlNode* node = part_.find("challengers"))
      for (const YamlEntry& entry : node->entries)
        if (entry.value.map()) read_challenger(entry);
    read_triggers();
    if (std::optional<CheckedMap> gate = part_.part("gate")) read_gate(*gate);
    return std::move(out_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  // The name of a model, reported if there is none.
  std::string model_of(std::string_view key, const CheckedMap& part) {
    const YamlNode* node = part.find(key);
    if (!node) return "";
    if (const Model* model = loading_.project.model(node->text)) {
      if (model->choose || model->tune)
        problems().add(node->place,
                       fmt::format("'{}' chooses its options, and a walk does not choose; name a "
                                   "model that has them under 'options'",
                                   node->text));
      if (model->split.random > 0)
        problems().add(node->place,
                       fmt::format("'{}' is split at random, and a walk goes by time; name a model "
                                   "whose split has 'train' and 'test'",
                                   node->text));
      return node->text;
    }
    std::vector<std::string> names;
    for (const Model& model : loading_.project.models) names.push_back(model.name);
    problems().add(node->place,
                   unknown_word("model", node->text, std::span<const std::string>(names)));
    return "";
  }

  void read_times() {
    out_.every = part_.duration("every").value_or(Duration{});
    out_.over = part_.range("over").value_or(TimeRange{});
    out_.evidence = part_.duration("evidence").value_or(usual_evidence(out_.every));
    if (part_.find("every") && out_.every.us <= 0)
      problems().add(part_.find("every")->place, "a period must be longer than nothing");
    if (part_.find("over") && !out_.over.begin)
      problems().add(part_.find("over")->place,
                     "say when the first period begins, such as 2001-01-29..");
    if (part_.find("evidence") && out_.evidence < std::max(out_.every, kLeastEvidence))
      problems().add(part_.find("evidence")->place,
                     "the gate must look back a period at least, and five days");
    if (out_.every.us > 0 && out_.over.begin && out_.over.end &&
        (*out_.over.end - *out_.over.begin).us / out_.every.us > kMostPeriods)
      problems().add(
          part_.find("over")->place,
          fmt::format("there are more than {} periods in it; make 'every' longer", kMostPeriods));
  }

  void read_challenger(const YamlEntry& entry) {
    CheckedMap part(loading_.shape, entry.value);
    Challenger challenger{.name = entry.key, .place = entry.place, .model = out_.champion};
    if (part.find("model")) challenger.model = model_of("model", part);
    challenger.train = part.duration("train").value_or(Duration{});
    if (part.find("train") && challenger.train.us <= 0)
      problems().add(part.find("train")->place, "rows must go back longer than nothing");
    if (entry.key == kFirstChampion)
      problems().add(entry.place, fmt::format("'{}' is what the first champion is called here; "
                                              "give the challenger another name",
                                              kFirstChampion));
    check_rows(part, challenger);
    out_.challengers.push_back(std::move(challenger));
  }

  void read_triggers() {
    const YamlNode* node = part_.find("when");
    if (!node) {
      out_.when.push_back({"schedule", out_.place, {}});
      return;
    }
    if (node->list())
      for (const YamlNode& item : node->items) read_trigger(item);
    else
      read_trigger(*node);
  }

  void read_trigger(const YamlNode& node) {
    if (loading_.shape.broken(node)) return;
    std::optional<ComponentChoice> choice = read_component(loading_, node, "trigger");
    if (!choice) return;
    require_options(loading_, choice->place, "trigger", choice->name, choice->given);
    out_.when.push_back({choice->name, choice->place, choice->options});
  }

  // Champion and challengers are judged on the same rows.
  void check_rows(const CheckedMap& part, const Challenger& challenger) {
    const Model* first = loading_.project.model(out_.champion);
    const Model* other = loading_.project.model(challenger.model);
    if (first && other && first->from != other->from)
      problems().add(part.key_place("model"),
                     fmt::format("'{}' is made from training set '{}' and the champion from '{}'; "
                                 "they must be of one set",
                                 challenger.model, other->from, first->from));
  }

  bool check_metric(const std::string& name, Place place) {
    if (find_component("metric", name)) return true;
    std::vector<std::string_view> names;
    for (const Component* metric : components("metric")) names.push_back(metric->name);
    problems().add(place, unknown_word("metric", name, std::span<const std::string_view>(names)));
    return false;
  }

  void read_gate(const CheckedMap& gate) {
    GateRules& rules = out_.gate;
    if (const YamlNode* node = gate.find("metric"); node && check_metric(node->text, node->place))
      rules.metric = node->text;
    rules.alpha = bounded_number(loading_, gate.find("alpha"), rules.alpha, 1e-6, 0.49);
    rules.least_effect =
        bounded_number(loading_, gate.find("least_effect"), rules.least_effect, 0, 1e9);
    rules.slice_margin =
        bounded_number(loading_, gate.find("slice_margin"), rules.slice_margin, 0, 1e9);
    rules.least_mature =
        bounded_number(loading_, gate.find("least_mature"), rules.least_mature, 0, 1);
    if (const YamlNode* node = gate.find("guards")) {
      rules.guards.clear();
      for (const YamlEntry& entry : node->entries)
        if (check_metric(entry.key, entry.place))
          rules.guards.emplace_back(entry.key, bounded_number(loading_, &entry.value, 0, 0, 1e9));
    }
    if (const YamlNode* node = gate.find("slices"))
      for (const YamlNode& item : node->items) read_slice(item);
  }

  void read_slice(const YamlNode& item) {
    const Model* champion = loading_.project.model(out_.champion);
    auto set = champion ? loading_.training.find(champion->from) : loading_.training.end();
    if (set == loading_.training.end() || set->second.unusable ||
        set->second.broken.contains(item.text))
      return;
    if (set->second.schema.find(item.text)) {
      out_.gate.slices.push_back(item.text);
      return;
    }
    std::vector<std::string> names = names_of(set->second.schema);
    problems().add(item.place, unknown_word("column of the training set", item.text,
                                            std::span<const std::string>(names)));
  }

  Loading& loading_;
  CheckedMap part_;
  Retraining out_;
};

}  // namespace

void load_retraining(Loading& loading, const YamlNode& retraining) {
  for (const YamlEntry& entry : retraining.entries)
    if (entry.value.map())
      loading.project.retraining.push_back(RetrainingReader(loading, entry).read());
}

}  // namespace lode
