#include "project/loading.h"

#include <algorithm>
#include <charconv>

namespace lode {
namespace {

bool uses_reported(const Expression& expression, const Scope& scope) {
  bool reported = scope.unusable;
  expression.visit([&](const Node& node) {
    if (node.kind == Node::Kind::kColumn && scope.broken.contains(node.name)) reported = true;
    if (node.kind == Node::Kind::kCall && node.name == "local" && scope.time_broken)
      reported = true;
  });
  return reported;
}

// Reports each unknown column once. The binder would stop at the first, and offer the columns lode
// adds.
bool report_unknown_columns(Loading& loading, const YamlNode& node, const Expression& expression,
                            const Scope& scope) {
  std::set<std::string> unknown;
  std::vector<std::string> names = names_of(scope.schema);
  expression.visit([&](const Node& part) {
    if (part.kind != Node::Kind::kColumn || scope.schema.find(part.name)) return;
    if (!unknown.insert(part.name).second) return;
    if (auto view = loading.views.find(part.name); view != loading.views.end()) {
      loading.problems().add(place_inside(node, part.line, part.column),
                             fmt::format("'{0}' is a feature view, which a training column reads "
                                         "at a key: {0}[column], or {0}[column].value",
                                         part.name));
      return;
    }
    loading.problems().add(place_inside(node, part.line, part.column),
                           unknown_word("column", part.name, std::span<const std::string>(names)));
  });
  return !unknown.empty();
}

}  // namespace

void Scope::add(std::string name, Type type) {
  std::vector<Field> fields = schema.fields();
  fields.push_back({std::move(name), std::move(type)});
  schema = Schema(std::move(fields));
}

void Loading::claim(std::string_view kind, const YamlEntry& entry) {
  auto [other, fresh] = names.try_emplace(entry.key, entry.place);
  if (fresh) return;
  problems().add(
      entry.place,
      fmt::format("the {} '{}' has the name of what stands in line {}; sources, labels and "
                  "features share one set of names, give it another",
                  kind, entry.key, other->second.line));
}

Place place_inside(const YamlNode& node, std::int64_t line, std::int64_t column) {
  if (line != 1 || column < 1) return node.place;
  return node.place_of(static_cast<std::size_t>(column - 1));
}

void report_inside(Loading& loading, const YamlNode& node, const Error& error) {
  loading.problems().add(place_inside(node, error.where().line, error.where().column),
                         error.message(), error.code());
}

std::optional<DeclaredExpression> read_expression(
    Loading& loading, const YamlNode& node, std::span<const std::string_view> extra_functions) {
  if (!node.scalar() || loading.shape.broken(node)) return std::nullopt;
  Result<Expression> parsed = parse_expression(node.text, extra_functions);
  if (!parsed) {
    report_inside(loading, node, parsed.error());
    return std::nullopt;
  }
  return DeclaredExpression{node.text, *parsed, node.place_of(0)};
}

std::optional<Type> check_type(Loading& loading, const YamlNode& node, const Expression& expression,
                               const Scope& scope) {
  if (uses_reported(expression, scope)) return std::nullopt;
  if (report_unknown_columns(loading, node, expression, scope)) return std::nullopt;
  Result<BoundExpression> bound = bind(expression, scope.schema, scope.options);
  if (bound) return bound->type();
  report_inside(loading, node, bound.error());
  return std::nullopt;
}

std::optional<DeclaredExpression> read_typed(Loading& loading, const YamlNode& node,
                                             const Scope& scope, std::span<const TypeId> allowed,
                                             std::string_view wanted) {
  std::optional<DeclaredExpression> declared = read_expression(loading, node);
  if (!declared) return std::nullopt;
  std::optional<Type> type = check_type(loading, node, declared->expression, scope);
  if (!type) return std::nullopt;
  if (!is_among(type->id, allowed)) {
    loading.problems().add(node.place, fmt::format("'{}' is of type {}; {} is needed here",
                                                   declared->text, type->text(), wanted));
    return std::nullopt;
  }
  return declared;
}

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields())
    if (!field.name.starts_with('_')) names.push_back(field.name);
  return names;
}

std::vector<Field> record_fields(const Source& source) {
  Type id = Type::int64();
  if (auto at = source.columns.find(source.id)) id = source.columns[*at].type;
  return {{std::string(kSeqColumn), Type::int64()},
          {std::string(kKindColumn), Type::int64()},
          {std::string(kIdColumn), id},
          {std::string(kTimeColumn), Type::timestamp()},
          {std::string(kKnownColumn), Type::timestamp()},
          {std::string(kLocalColumn), Type::timestamp()}};
}

double bounded_number(Loading& loading, const YamlNode* node, double fallback, double least,
                      double most) {
  if (!node || loading.shape.broken(*node)) return fallback;
  double value = 0;
  const char* end = node->text.data() + node->text.size();
  auto [stopped, error] = std::from_chars(node->text.data(), end, value);
  if (error == std::errc() && stopped == end && value >= least && value <= most) return value;
  loading.problems().add(node->place,
                         fmt::format("'{}' is no number of {} to {}", node->text, least, most));
  return fallback;
}

std::optional<Type> resolve_column(Loading& loading, const YamlNode& node, const Scope& scope) {
  if (scope.unusable || scope.broken.contains(node.text)) return std::nullopt;
  if (auto at = scope.schema.find(node.text)) return scope.schema[*at].type;
  std::vector<std::string> names = names_of(scope.schema);
  loading.problems().add(node.place,
                         unknown_word("column", node.text, std::span<const std::string>(names)));
  return std::nullopt;
}

}  // namespace lode
