// The state of one load, shared by the readers of the sections (load_*.cc): what has been declared
// so far, with its types, and what was reported and is therefore no longer complained about.
//
// Threads: belongs to one load.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/component.h"
#include "base/file.h"
#include "project/project.h"
#include "project/shape.h"

namespace lode {

// Columns an expression may use.
struct Scope {
  Schema schema;
  std::set<std::string, std::less<>>
      broken;                // declared, and reported: uses are passed over in silence
  bool time_broken = false;  // so local() is passed over in silence too
  bool timeless = false;     // its rows have no event time
  bool unusable = false;     // the whole declaration was reported
  BindOptions options;

  bool knows(std::string_view name) const { return schema.find(name) || broken.contains(name); }
  void add(std::string name, Type type);
  void add_broken(std::string name) { broken.insert(std::move(name)); }
};

struct ViewFacts {
  std::optional<Type> key;  // nothing if it was reported
  Scope values;
};

template <typename T>
using ByName = std::map<std::string, T, std::less<>>;

struct Loading {
  Loading(Shape& shape_of_file, FileSystem& file_system)
      : shape(shape_of_file), files(file_system) {}

  Shape& shape;
  FileSystem& files;
  Project project;  // what is read so far

  // Everything declared, also what was reported.
  ByName<Scope> sources;               // columns of the records
  ByName<std::optional<Type>> labels;  // type of the value; nothing if it was reported
  ByName<std::string> label_sources;   // the source a label is about
  ByName<ViewFacts> views;
  ByName<Scope> training;
  ByName<Place> names;  // of sources, labels and views: they share one room

  Problems& problems() { return shape.problems(); }
  // Reports a name that stands in the shared room already.
  void claim(std::string_view kind, const YamlEntry& entry);
};

void load_sources(Loading& loading, const YamlNode& sources);
void load_labels(Loading& loading, const YamlNode& labels);
void load_views(Loading& loading, const YamlNode& views);
void load_training(Loading& loading, const YamlNode& training);
void load_models(Loading& loading, const YamlNode& models);
void load_retraining(Loading& loading, const YamlNode& retraining);
void load_monitor(Loading& loading, const YamlNode& monitor);
// All three, of the whole file.
void load_budget(Loading& loading, const CheckedMap& root);
// `sources`: the section of that name, whose files scores must not be written over.
void load_scores(Loading& loading, const YamlNode& scores, const YamlNode* sources);

// ---- expressions
// ---------------------------------------------------------------------------------

// Parses a scalar; an error is reported at its place in the file.
std::optional<DeclaredExpression> read_expression(
    Loading& loading, const YamlNode& node, std::span<const std::string_view> extra_functions = {});
// Types an expression that stands in `node`; an error is reported there. Nothing, in silence, when
// it uses something that was reported.
std::optional<Type> check_type(Loading& loading, const YamlNode& node, const Expression& expression,
                               const Scope& scope);
// Both at once for a key that must be of one of `allowed` types: "a timestamp", "a bool or a
// number".
std::optional<DeclaredExpression> read_typed(Loading& loading, const YamlNode& node,
                                             const Scope& scope, std::span<const TypeId> allowed,
                                             std::string_view wanted);
// Reports an error of the expression layer (line and column inside the text) at its place.
void report_inside(Loading& loading, const YamlNode& node, const Error& error);
// Place in the file of a node of the expression that stands in `node`.
Place place_inside(const YamlNode& node, std::int64_t line, std::int64_t column);

// ---- words
// ---------------------------------------------------------------------------------------

template <typename T>
std::vector<std::string> names_of(const ByName<T>& map) {
  std::vector<std::string> names;
  for (const auto& [name, ignored] : map) names.push_back(name);
  return names;
}
// Without the columns lode adds, which nobody misspells.
std::vector<std::string> names_of(const Schema& schema);
// The columns of every record of a source (project.h: kSeqColumn and so on).
std::vector<Field> record_fields(const Source& source);

// The entry a key names ("about: flights"), or nullptr: reported if unknown.
template <typename T>
const T* resolve(Loading& loading, const CheckedMap& part, std::string_view key,
                 std::string_view kind, const ByName<T>& known) {
  const YamlNode* node = part.find(key);
  if (!node) return nullptr;
  auto found = known.find(node->text);
  if (found != known.end()) return &found->second;
  std::vector<std::string> names = names_of(known);
  loading.problems().add(node->place,
                         unknown_word(kind, node->text, std::span<const std::string>(names)));
  return nullptr;
}
// The column a scalar names, or nothing: reported if unknown, silent if it was reported before.
std::optional<Type> resolve_column(Loading& loading, const YamlNode& node, const Scope& scope);

// A bare number within bounds; the fallback when it is not there or was reported.
double bounded_number(Loading& loading, const YamlNode* node, double fallback, double least,
                      double most);

// ---- components
// ----------------------------------------------------------------------------------

using OptionTexts = std::vector<std::pair<std::string, std::string>>;

// Names of a kind that a project may use, sorted.
std::vector<std::string_view> known_components(std::string_view kind);
// A component with its options: `target`, or `{target: {smoothing: 50}}`.
struct ComponentChoice {
  std::string name;
  Place place;
  std::vector<std::string> given;  // options that have a value, right or wrong
  OptionTexts options;
};
std::optional<ComponentChoice> read_component(Loading& loading, const YamlNode& node,
                                              std::string_view kind);
// Options written under a component's name, checked against its descriptor (if it is registered).
// In a grid each option has a list of values, and gives a pair for each.
OptionTexts read_options(Loading& loading, const YamlNode& node, std::string_view kind,
                         std::string_view name, bool grid = false);
// Reports options without a default that are not among the names `given`.
void require_options(Loading& loading, Place place, std::string_view kind, std::string_view name,
                     std::span<const std::string> given);
// kInvalid, with what is allowed, when `text` is no value of the option.
Status check_option(const Option& option, std::string_view text);

}  // namespace lode
