// Models: what is fitted on which columns and rows, and how it is judged.
#include <algorithm>

#include "project/loading.h"

namespace lode {
namespace {

constexpr std::int64_t kMostFolds = 20;

bool overlap(const TimeRange& a, const TimeRange& b) {
  Timestamp a_begin = a.begin.value_or(Timestamp::earliest());
  Timestamp b_begin = b.begin.value_or(Timestamp::earliest());
  Timestamp a_end = a.end.value_or(Timestamp::latest());
  Timestamp b_end = b.end.value_or(Timestamp::latest());
  return a_begin < b_end && b_begin < a_end;
}

bool inside(const TimeRange& part, const TimeRange& whole) {
  bool begins = !whole.begin || (part.begin && *part.begin >= *whole.begin);
  bool ends = !whole.end || (part.end && *part.end <= *whole.end);
  return begins && ends;
}

// Numbers, bools and times are taken as they are.
bool needs_encoder(const Type& type) {
  return type.id == TypeId::kString || type.id == TypeId::kBytes;
}

class ModelReader {
 public:
  ModelReader(Loading& loading, const YamlEntry& entry)
      : loading_(loading), part_(loading.shape, entry.value) {
    model_.name = entry.key;
    model_.place = entry.place;
  }

  Model read() {
    read_from();
    read_algorithm();
    read_split();
    read_columns();
    read_encode();
    check_encoded();
    read_choose();
    read_tune();
    if (algorithm_known_)
      require_options(loading_, part_.key_place("algorithm"), "algorithm", model_.algorithm,
                      given_);
    model_.seed = static_cast<std::uint64_t>(part_.whole("seed").value_or(1));
    read_threads();
    read_calibrate();
    read_threshold();
    model_.label_issues = part_.flag("label_issues");
    model_.out_of_fold = part_.flag("out_of_fold");
    model_.learning_curve = part_.flag("learning_curve");
    read_fairness();
    model_.compare_with = part_.text("compare_with");
    model_.note = part_.text("note");
    while (model_.note.ends_with('\n')) model_.note.pop_back();
    return std::move(model_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  void read_from() {
    const YamlNode* node = part_.find("from");
    if (!node) return;
    constexpr std::string_view kPrefix = "training.";
    model_.from = node->text.starts_with(kPrefix) ? node->text.substr(kPrefix.size()) : node->text;
    auto found = loading_.training.find(model_.from);
    if (found != loading_.training.end()) {
      scope_ = &found->second;
      return;
    }
    std::vector<std::string> names = names_of(loading_.training);
    problems().add(node->place,
                   unknown_word("training set", model_.from, std::span<const std::string>(names)));
  }

  void read_algorithm() {
    const YamlNode* node = part_.find("algorithm");
    std::optional<ComponentChoice> choice;
    if (node) choice = read_component(loading_, *node, "algorithm");
    algorithm_known_ = choice.has_value();
    if (!choice) return;
    model_.algorithm = std::move(choice->name);
    model_.options = std::move(choice->options);
    given_ = std::move(choice->given);
    const YamlNode* options = part_.find("options");
    if (!options) return;
    if (!node->scalar()) {
      problems().add(
          part_.key_place("options"),
          fmt::format("options stand under 'algorithm: {{{}: ...}}' already; keep one place",
                      model_.algorithm));
      return;
    }
    model_.options = read_options(loading_, *options, "algorithm", model_.algorithm);
    for (const YamlEntry& entry : options->entries) given_.push_back(entry.key);
  }

  // Columns of the training set that a name stands for: itself, or all values of a bare read.
  std::vector<Field> fields_of(std::string_view name) const {
    std::vector<Field> fields;
    for (const Field& field : scope_->schema.fields())
      if (field.name == name || field.name.starts_with(std::string(name) + "."))
        fields.push_back(field);
    return fields;
  }
  std::vector<Field> resolve_fields(std::string_view name, Place place) {
    if (!scope_ || scope_->unusable || scope_->broken.contains(name)) return {};
    std::vector<Field> fields = fields_of(name);
    if (fields.empty()) {
      std::vector<std::string> names = names_of(scope_->schema);
      problems().add(place, unknown_word("column of the training set", name,
                                         std::span<const std::string>(names)));
    }
    return fields;
  }

  void read_columns() {
    const YamlNode* node = part_.find("columns");
    if (!node) {
      if (scope_ && !scope_->unusable) used_ = scope_->schema.fields();
      std::erase_if(used_, [&](const Field& f) { return f.name == model_.split.groups; });
      return;
    }
    for (const YamlNode& item : node->items) {
      for (Field& field : resolve_fields(item.text, item.place)) {
        if (is_among(field.name, model_.columns)) {
          problems().add(item.place, fmt::format("the column '{}' is named twice", field.name));
          continue;
        }
        model_.columns.push_back(field.name);
        used_.push_back(std::move(field));
      }
    }
  }

  void read_encode() {
    const YamlNode* node = part_.find("encode");
    if (!node) return;
    for (const YamlEntry& entry : node->entries) {
      std::vector<Field> fields = resolve_fields(entry.key, entry.place);
      encode_broken_ = encode_broken_ || fields.empty();
      std::optional<ComponentChoice> choice;
      if (!loading_.shape.broken(entry.value))
        choice = read_component(loading_, entry.value, "encoder");
      if (choice) require_options(loading_, choice->place, "encoder", choice->name, choice->given);
      for (const Field& field : fields) {
        if (!model_.columns.empty() && !is_among(field.name, model_.columns)) {
          problems().add(entry.place,
                         fmt::format("'{}' has an encoder and is not among the model's columns; "
                                     "add it there or remove it here",
                                     field.name));
        }
        // A choice that was reported still counts: the column is not called unencoded on top.
        if (choice) {
          model_.encode.push_back({field.name, entry.place, choice->name, choice->options});
        } else {
          encode_broken_ = true;
        }
      }
    }
  }

  void check_encoded() {
    if (encode_broken_ || part_.broken("encode")) return;
    std::string missing;
    std::string first;
    for (const Field& field : used_) {
      bool encoded = std::ranges::any_of(
          model_.encode, [&](const EncoderChoice& choice) { return choice.column == field.name; });
      if (encoded || !needs_encoder(field.type)) continue;
      if (first.empty()) first = field.name;
      missing +=
          fmt::format("{}'{}' ({})", missing.empty() ? "" : ", ", field.name, field.type.text());
    }
    if (missing.empty()) return;
    problems().add(
        part_.has("encode") ? part_.key_place("encode") : model_.place,
        fmt::format("no number, and without an encoder: {}; give one under 'encode', such as "
                    "`{}: target`, or leave the column out of 'columns'",
                    missing, first));
  }

  void read_split() {
    std::optional<CheckedMap> split = part_.part("split");
    if (!split) return;
    read_groups(*split);
    if (split->find("random")) {
      read_random(*split);
      return;
    }
    for (std::string_view key : {"stratified", "exchangeable"})
      if (split->find(key))
        problems().add(split->key_place(key),
                       fmt::format("'{}' goes with 'random', and this split has none", key));
    for (std::string_view key : {"train", "test"})
      if (!part_.find("split")->find(key))
        problems().add(
            part_.find("split")->place,
            fmt::format("the split has no '{}': give the times of its rows, or a share of "
                        "all rows under 'random'",
                        key));
    if (scope_ && scope_->timeless)
      problems().add(part_.find("split")->place,
                     "its rows have no time (`time: none`) to be split by; give a share of them "
                     "under 'random', such as {random: 0.25}");
    auto train = split->range("train");
    auto test = split->range("test");
    split_read_ = train && test;
    model_.split.train = train.value_or(TimeRange{});
    model_.split.test = test.value_or(TimeRange{});
    model_.split.embargo = split->duration("embargo").value_or(Duration{});
    model_.split.purge = split->flag("purge");
    if (split_read_ && overlap(*train, *test))
      problems().add(split->find("test")->place,
                     "'test' overlaps 'train': a model would be judged on rows it "
                     "was fitted on; make them meet, such as ..A and A..");
  }

  void read_random(const CheckedMap& split) {
    constexpr double kLeast = 0.01;
    model_.split.random = bounded_number(loading_, split.find("random"), 0.25, kLeast, 1 - kLeast);
    model_.split.stratified = split.flag("stratified");
    model_.split.exchangeable = split.flag("exchangeable");
    for (std::string_view key : {"train", "test", "embargo", "purge"})
      if (split.find(key))
        problems().add(
            split.key_place(key),
            fmt::format("rows are split by time or at random, not both: keep 'random', or "
                        "'{}' and what goes with it",
                        key));
    if (model_.split.stratified && !model_.split.groups.empty())
      problems().add(
          split.key_place("stratified"),
          "whole groups cannot be dealt out by label too; keep 'groups' or 'stratified'");
  }

  // Anything whose values can be told apart exactly.
  void read_groups(const CheckedMap& split) {
    const YamlNode* node = split.find("groups");
    if (!node || !scope_ || scope_->unusable) return;
    std::optional<Type> type = resolve_column(loading_, *node, *scope_);
    if (!type) return;
    model_.split.groups = node->text;
    if (type->id == TypeId::kString || type->id == TypeId::kInt64 || type->id == TypeId::kBytes)
      return;
    problems().add(
        node->place,
        fmt::format("'{}' is of type {}; groups are told apart by a text or a whole number",
                    node->text, type->text()));
  }

  void read_choose() {
    std::optional<CheckedMap> part = part_.part("choose");
    if (!part) return;
    if (model_.split.random > 0)
      problems().add(
          part_.key_place("choose"),
          "options are chosen on stretches of time inside 'train', and a split at random "
          "has none; give them under 'options'");
    auto fit = part->range("fit");
    auto on = part->range("on");
    Choice choice{fit.value_or(TimeRange{}), on.value_or(TimeRange{}), {}};
    if (fit && on && overlap(*fit, *on))
      problems().add(
          part->find("on")->place,
          "'on' overlaps 'fit'; candidates are compared on rows they were not fitted on");
    for (std::string_view key : {"fit", "on"})
      if (part->find(key) && split_read_ && !inside(*part->range(key), model_.split.train))
        problems().add(part->find(key)->place,
                       fmt::format("'{}' reaches out of the split's 'train'; options are chosen "
                                   "on training rows alone",
                                   key));
    if (const YamlNode* grid = part->find("options")) read_grid(*grid, choice);
    model_.choose = std::move(choice);
  }

  void read_grid(const YamlNode& grid, Choice& choice) {
    for (const YamlEntry& entry : grid.entries) {
      if (is_among(entry.key, given_))
        problems().add(
            entry.place,
            fmt::format("the option '{}' is fixed under 'options' and to be chosen here; keep one",
                        entry.key));
      given_.push_back(entry.key);
    }
    if (!algorithm_known_) return;
    for (auto& [name, value] : read_options(loading_, grid, "algorithm", model_.algorithm, true)) {
      if (choice.grid.empty() || choice.grid.back().first != name)
        choice.grid.push_back({name, {}});
      choice.grid.back().second.push_back(std::move(value));
    }
  }

  void read_tune() {
    std::optional<CheckedMap> part = part_.part("tune");
    if (!part) return;
    if (model_.choose)
      problems().add(part_.key_place("tune"),
                     "options are chosen from a list ('choose') or searched ('tune'); keep one");
    Tuning tune;
    tune.time = part->duration("time").value_or(Duration{});
    if (part->find("time") != nullptr && tune.time.us <= 0)
      problems().add(part->find("time")->place, "a search takes time; give such as 60s");
    bool timed = tune.time.us > 0;
    tune.trials = bounded_whole(*part, "trials", timed ? kMostTrials : kTrialsUnsaid, kMostTrials);
    tune.folds = bounded_whole(*part, "folds", tune.folds, kMostFolds);
    if (const YamlNode* node = part->find("options")) read_searched(*node, tune);
    model_.tune = std::move(tune);
  }

  // At least 2: one trial is no search, one fold no other rows.
  std::int64_t bounded_whole(const CheckedMap& part, std::string_view key, std::int64_t fallback,
                             std::int64_t most) {
    std::int64_t value = part.whole(key).value_or(fallback);
    if (value < 2 || value > most) {
      problems().add(part.find(key)->place, fmt::format("{} is 2 to {}", key, most));
      return fallback;
    }
    return value;
  }

  void read_searched(const YamlNode& node, Tuning& tune) {
    std::vector<std::string_view> known;
    if (const Component* algorithm = find_component("algorithm", model_.algorithm))
      for (const Option& option : algorithm->options)
        if (option.search.searched()) known.push_back(option.name);
    for (const YamlNode& item : node.items) {
      if (is_among(item.text, tune.options))
        problems().add(item.place, fmt::format("the option '{}' is named twice", item.text));
      else if (algorithm_known_ && std::ranges::find(known, item.text) == known.end())
        problems().add(item.place, unknown_word("option that is searched", item.text,
                                                std::span<const std::string_view>(known)));
      tune.options.push_back(item.text);
    }
  }

  void read_calibrate() {
    const YamlNode* node = part_.find("calibrate");
    if (node == nullptr) return;
    constexpr std::string_view kKnown[] = {"none", "auto", "platt", "beta", "isotonic"};
    if (std::ranges::find(kKnown, node->text) == std::end(kKnown))
      problems().add(node->place, unknown_word("calibration", node->text,
                                               std::span<const std::string_view>(kKnown)));
    else
      model_.calibrate = node->text;
  }

  void read_threshold() {
    std::optional<CheckedMap> part = part_.part("threshold");
    if (!part) return;
    constexpr double kMost = 1e12;
    ThresholdRule rule;
    std::vector<std::string_view> ways;
    if (part->has("false_positive") || part->has("false_negative")) ways.push_back("cost");
    for (std::string_view key : {"share", "rows_a_day", "precision"})
      if (part->has(key)) ways.push_back(key);
    if (ways.size() != 1) {
      problems().add(part_.key_place("threshold"),
                     "a threshold is found one way: by false_positive and false_negative (what "
                     "they cost), by share, by rows_a_day, or by precision");
      return;
    }
    auto number = [&](std::string_view key, double fallback, double least, double most) {
      return bounded_number(loading_, part->find(key), fallback, least, most);
    };
    rule.false_positive = number("false_positive", 1, 0, kMost);
    rule.false_negative = number("false_negative", 1, 0, kMost);
    if (ways[0] == "cost" && rule.false_positive == 0 && rule.false_negative == 0)
      problems().add(part_.key_place("threshold"), "one of the two mistakes must cost something");
    using Kind = ThresholdRule::Kind;
    if (ways[0] == "share") rule.kind = Kind::kShare, rule.amount = number("share", 0, 1e-6, 1);
    if (ways[0] == "precision")
      rule.kind = Kind::kPrecision, rule.amount = number("precision", 0.5, 1e-6, 1 - 1e-6);
    if (ways[0] == "rows_a_day") {
      rule.kind = Kind::kRowsADay;
      rule.amount = number("rows_a_day", 1, 1, kMost);
      if (model_.split.random > 0)
        problems().add(part->key_place("rows_a_day"),
                       "rows that are split at random have no days; give 'share'");
    }
    model_.threshold = rule;
  }

  void read_fairness() {
    const YamlNode* node = part_.find("fairness");
    if (node == nullptr) return;
    for (const YamlNode& item : node->items)
      for (const Field& field : resolve_fields(item.text, item.place)) {
        if (is_among(field.name, model_.fairness))
          problems().add(item.place, fmt::format("the column '{}' is named twice", field.name));
        else
          model_.fairness.push_back(field.name);
      }
  }

  void read_threads() {
    std::int64_t threads = part_.whole("threads").value_or(2);
    if (threads < 1 || threads > 256) {
      problems().add(part_.find("threads")->place, "threads is 1 to 256");
      return;
    }
    model_.threads = static_cast<int>(threads);
  }

  Loading& loading_;
  CheckedMap part_;
  Model model_;
  const Scope* scope_ = nullptr;
  std::vector<Field> used_;
  std::vector<std::string> given_;  // options that have a value or will
  bool algorithm_known_ = false;
  bool encode_broken_ = false;
  bool split_read_ = false;
};

// A paired comparison needs the same test rows.
void check_comparison(Loading& loading, const Model& model, const YamlNode& node,
                      const YamlNode& models) {
  if (!models.find(node.text)) {
    std::vector<std::string> names;
    for (const YamlEntry& entry : models.entries)
      if (entry.key != model.name) names.push_back(entry.key);
    loading.problems().add(node.place,
                           unknown_word("model", node.text, std::span<const std::string>(names)));
    return;
  }
  if (node.text == model.name) {
    loading.problems().add(node.place, "a model cannot be compared with itself");
    return;
  }
  const Project& project = loading.project;
  const Model* other = project.model(node.text);
  const TrainingSet* a = project.training_set(model.from);
  const TrainingSet* b = other ? project.training_set(other->from) : nullptr;
  if (!a || !b) return;
  auto where = [](const TrainingSet& set) {
    return set.where ? set.where->expression.text() : std::string();
  };
  bool same_rows = a->rows == b->rows && a->label == b->label && where(*a) == where(*b);
  bool same_test = model.split.test.begin == other->split.test.begin &&
                   model.split.test.end == other->split.test.end &&
                   model.split.random == other->split.random &&
                   (model.split.random == 0 ||
                    (model.seed == other->seed && model.split.groups == other->split.groups));
  if (same_rows && same_test) return;
  loading.problems().add(
      node.place,
      fmt::format("'{}' is tested on other rows; a comparison needs the same rows, label, "
                  "'where' and test range",
                  node.text));
}

}  // namespace

void load_models(Loading& loading, const YamlNode& models) {
  for (const YamlEntry& entry : models.entries)
    if (entry.value.map()) loading.project.models.push_back(ModelReader(loading, entry).read());
  for (const Model& model : loading.project.models) {
    CheckedMap part(loading.shape, models.find(model.name)->value);
    if (const YamlNode* node = part.find("compare_with"))
      check_comparison(loading, model, *node, models);
  }
}

}  // namespace lode
