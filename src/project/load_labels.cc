// Labels: outcomes of rows, typed over the columns of the source they are about.
#include <array>

#include "project/loading.h"

namespace lode {
namespace {

constexpr std::array kTimestampOnly = {TypeId::kTimestamp};

std::optional<Type> check_value(Loading& loading, const YamlNode& node, const Scope& scope,
                                Label& label) {
  std::optional<DeclaredExpression> value = read_expression(loading, node);
  if (!value) return std::nullopt;
  std::optional<Type> type = check_type(loading, node, value->expression, scope);
  if (!type) return std::nullopt;
  if (type->id != TypeId::kBool && !type->numeric()) {
    loading.problems().add(
        node.place,
        fmt::format("'{}' is of type {}; a label is a bool or a number", node.text, type->text()));
    return std::nullopt;
  }
  label.value = std::move(*value);
  return type;
}

void read_known(Loading& loading, const CheckedMap& part, const Scope& scope, Label& label) {
  const YamlNode* known = part.find("known");
  if (known && scope.timeless) {
    loading.problems().add(
        part.key_place("known"),
        fmt::format("'known' goes by the time of a row, and '{}' has none; remove it",
                    label.about));
  } else if (known) {
    auto declared = read_typed(loading, *known, scope, kTimestampOnly, "a timestamp");
    if (declared) label.known = std::move(*declared);
  } else if (scope.timeless) {
    Expression row(column_node(std::string(kKnownColumn)));
    label.known = {row.text(), row, label.place};
  } else if (!part.broken("known")) {
    loading.problems().add(part.place(),
                           "the label has no 'known': timestamp over the row's columns: when the "
                           "outcome could first be known");
  }
}

std::optional<Type> load_label(Loading& loading, const YamlEntry& entry) {
  CheckedMap part(loading.shape, entry.value);
  Label label;
  label.name = entry.key;
  label.place = entry.place;
  label.about = part.text("about");
  loading.label_sources[entry.key] = label.about;
  Scope unknown;
  unknown.unusable = true;
  const Scope* scope = resolve(loading, part, "about", "source", loading.sources);
  if (!scope) scope = &unknown;

  std::optional<Type> type;
  if (const YamlNode* value = part.find("value"))
    type = check_value(loading, *value, *scope, label);
  read_known(loading, part, *scope, label);
  loading.project.labels.push_back(std::move(label));
  return type;
}

}  // namespace

void load_labels(Loading& loading, const YamlNode& labels) {
  for (const YamlEntry& entry : labels.entries) {
    loading.claim("label", entry);
    std::optional<Type>& type = loading.labels[entry.key];
    if (entry.value.map()) type = load_label(loading, entry);
  }
}

}  // namespace lode
