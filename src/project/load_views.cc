// Feature views: windows, aggregates and the expressions over them.
#include <array>
#include <charconv>
#include <cmath>

#include "project/aggregate_signature.h"
#include "project/loading.h"

namespace lode {
namespace {

// "_2h", "_tumbling_1d", "_last5", "_all".
std::string suffix_of(const Window& window) {
  switch (window.kind) {
    case Window::Kind::kSliding:
      return "_" + text(window.width);
    case Window::Kind::kTumbling:
      return "_tumbling_" + text(window.width);
    case Window::Kind::kLast:
      return fmt::format("_last{}", window.count);
    case Window::Kind::kAll:
      return "_all";
  }
  return {};
}

class ViewReader {
 public:
  ViewReader(Loading& loading, const YamlEntry& entry, ViewFacts& facts)
      : loading_(loading), part_(loading.shape, entry.value), facts_(facts) {
    view_.name = entry.key;
    view_.place = entry.place;
  }

  View read() {
    read_over();
    if (const YamlNode* by = part_.find("by")) read_key(*by);
    read_windows();
    view_.include_current = part_.flag("include_current");
    view_.distinct_limit = part_.whole("distinct_limit").value_or(view_.distinct_limit);
    if (view_.distinct_limit < 1 || view_.distinct_limit > 100'000'000)
      problems().add(part_.find("distinct_limit")->place, "distinct_limit is 1 to 100000000");
    if (const YamlNode* values = part_.find("values")) {
      read_values(*values);
    } else {
      facts_.values.unusable = true;
    }
    return std::move(view_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  void read_over() {
    const YamlNode* node = part_.find("over");
    folded_.unusable = true;
    if (!node) return;
    view_.over = node->text;
    std::string source = node->text;
    if (auto label = loading_.label_sources.find(node->text);
        label != loading_.label_sources.end()) {
      view_.over_label = true;
      source = label->second;
    } else if (!loading_.sources.contains(source) && !loading_.labels.contains(source)) {
      std::vector<std::string> names = names_of(loading_.sources);
      for (std::string& name : names_of(loading_.labels))
        if (!is_among(name, names)) names.push_back(std::move(name));
      problems().add(node->place, unknown_word("source or label", node->text,
                                               std::span<const std::string>(names)));
      return;
    }
    auto scope = loading_.sources.find(source);
    if (scope == loading_.sources.end()) return;
    rows_ = &scope->second;
    if (scope->second.timeless)
      problems().add(
          node->place,
          fmt::format("'{}' has no time (`time: none`), so no window can be over it; name "
                      "its time column, or fold its rows before they come to lode",
                      source));
    folded_ = scope->second;
    if (view_.over_label) add_value(*node, loading_.labels.find(view_.over)->second);
  }
  void add_value(const YamlNode& node, const std::optional<Type>& type) {
    if (folded_.knows("value")) {
      problems().add(
          node.place,
          "over a label `value` is the label's value, and its source has a column of that name; "
          "a feature view over a label needs a source without one");
      folded_.unusable = true;
    } else if (type) {
      folded_.add("value", *type);
    } else {
      folded_.add_broken("value");
    }
  }

  void read_key(const YamlNode& node) {
    view_.by = node.text;
    if (!rows_) return;
    std::optional<Type> type = resolve_column(loading_, node, *rows_);
    if (!type) return;
    if (type->id == TypeId::kDouble || type->id == TypeId::kList || type->id == TypeId::kStruct) {
      problems().add(node.place,
                     fmt::format("'{}' is of type {}, which is no key; take a string, an "
                                 "integer, a bool or a date",
                                 node.text, type->text()));
      return;
    }
    facts_.key = type;
  }

  void read_windows() {
    if (part_.has("window") == part_.has("windows")) {
      problems().add(
          part_.has("window") ? part_.key_place("windows") : part_.place(),
          part_.has("window")
              ? "give 'window' or 'windows', not both"
              : fmt::format("the feature view has no 'window': a length such as 120m, `all`, "
                            "or {{last: 5}}"));
      return;
    }
    if (const YamlNode* one = part_.find("window")) {
      read_window(*one);
    } else if (const YamlNode* many = part_.find("windows")) {
      for (const YamlNode& item : many->items) read_window(item);
    }
    if (view_.windows.size() < 2) return;
    for (Window& window : view_.windows) window.suffix = suffix_of(window);
    for (std::size_t i = 0; i < view_.windows.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (view_.windows[i].suffix == view_.windows[j].suffix) {
          problems().add(
              part_.key_place("windows"),
              fmt::format("two windows give the suffix '{}'; remove one", view_.windows[i].suffix));
          return;
        }
  }

  void read_window(const YamlNode& node) {
    if (loading_.shape.broken(node)) {
      windows_broken_ = true;
      return;
    }
    std::optional<Window> window = node.scalar() ? bare_window(node) : mapped_window(node);
    if (window) {
      view_.windows.push_back(*window);
    } else {
      windows_broken_ = true;
    }
  }
  std::optional<Window> bare_window(const YamlNode& node) {
    Window window;
    if (node.text == "all") return window;
    Result<Duration> width = parse_duration(node.text);
    if (!width) {
      problems().add(node.place, fmt::format("'{}' is no window; write a length such as 120m or "
                                             "7d, `all`, {{tumbling: 1d}} or {{last: 5}}",
                                             node.text));
      return std::nullopt;
    }
    window.kind = Window::Kind::kSliding;
    window.width = *width;
    return positive(window, node.place);
  }
  std::optional<Window> mapped_window(const YamlNode& node) {
    CheckedMap part(loading_.shape, node);
    int kinds = int{part.has("sliding")} + int{part.has("tumbling")} + int{part.has("last")};
    if (part.broken("sliding") || part.broken("tumbling") || part.broken("last"))
      return std::nullopt;
    if (kinds != 1) {
      if (part.has("sliding") || part.has("tumbling") || part.has("last") || part.has("exact"))
        problems().add(node.place, "a window is exactly one of 'sliding', 'tumbling' and 'last'");
      return std::nullopt;
    }
    if (part.has("exact") && !part.has("sliding")) {
      problems().add(part.key_place("exact"),
                     "'exact' is for sliding windows; the others are exact");
      return std::nullopt;
    }
    Window window;
    window.exact = part.flag("exact");
    if (auto last = part.whole("last")) {
      window.kind = Window::Kind::kLast;
      window.count = *last;
      if (*last >= 1 && *last <= 100'000) return window;
      problems().add(part.find("last")->place, "'last' is 1 to 100000 records");
      return std::nullopt;
    }
    window.kind = part.has("sliding") ? Window::Kind::kSliding : Window::Kind::kTumbling;
    std::string_view key = part.has("sliding") ? "sliding" : "tumbling";
    window.width = part.duration(key).value_or(Duration{});
    return positive(window, part.find(key)->place);
  }
  std::optional<Window> positive(const Window& window, Place place) {
    if (window.width > Duration{}) return window;
    problems().add(place, "a window of no length holds nothing; give a length such as 120m");
    return std::nullopt;
  }

  void read_values(const YamlNode& values) {
    std::vector<const YamlEntry*> derived;
    if (values.entries.empty())
      problems().add(values.place, "a feature view needs at least one value");
    for (const YamlEntry& entry : values.entries) {
      if (loading_.shape.broken(entry.value)) {
        aggregates_.add_broken(entry.key);
      } else if (entry.value.map()) {
        read_mapped(entry);
      } else if (!read_plain(entry)) {
        derived.push_back(&entry);
      }
    }
    name_aggregates();
    for (const YamlEntry* entry : derived) read_derived(*entry);
    add_derived();
  }

  // False if the value is no call of an aggregate.
  bool read_plain(const YamlEntry& entry) {
    std::vector<std::string_view> names = known_components("aggregate");
    std::optional<DeclaredExpression> declared = read_expression(loading_, entry.value, names);
    if (!declared) {
      aggregates_.add_broken(entry.key);
      return true;
    }
    const Node& root = *declared->expression.root();
    if (root.kind != Node::Kind::kCall || !is_among(root.name, names)) return false;
    add_aggregate(entry, entry.value, root.name, root.arguments, 0);
    return true;
  }

  // {sum: fare, quantum: 0.01}
  void read_mapped(const YamlEntry& entry) {
    std::vector<std::string_view> names = known_components("aggregate");
    std::vector<std::string_view> allowed = names;
    allowed.push_back("quantum");
    const YamlEntry* call = nullptr;
    double quantum = 0;
    bool good = true;
    for (const YamlEntry& item : entry.value.entries) {
      if (item.key == "quantum") {
        good = read_quantum(item, quantum) && good;
      } else if (!is_among(item.key, names)) {
        problems().add(item.place, unknown_word("aggregate or key", item.key,
                                                std::span<const std::string_view>(allowed)));
        good = false;
      } else if (call) {
        problems().add(item.place, "a value is one aggregate; give the second a name of its own");
        good = false;
      } else {
        call = &item;
      }
    }
    if (!call && good)
      problems().add(entry.value.place,
                     "write the aggregate too, such as {sum: fare, quantum: 0.01}");
    std::optional<DeclaredExpression> argument;
    if (call && good) argument = read_expression(loading_, call->value);
    if (!argument) {
      if (call && good && !call->value.scalar())
        problems().add(call->place,
                       fmt::format("'{}' needs an expression, such as {{{}: fare, quantum: 0.01}}",
                                   call->key, call->key));
      aggregates_.add_broken(entry.key);
      return;
    }
    add_aggregate(entry, call->value, call->key, {argument->expression.root()}, quantum);
  }
  bool read_quantum(const YamlEntry& item, double& quantum) {
    const std::string& digits = item.value.text;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), quantum);
    if (item.value.scalar() && error == std::errc() && end == digits.data() + digits.size() &&
        std::isfinite(quantum) && quantum > 0)
      return true;
    problems().add(
        item.value.null() ? item.place : item.value.place,
        "a quantum is a positive number, the unit all values are multiples of, such as 0.01");
    return false;
  }

  void add_aggregate(const YamlEntry& entry, const YamlNode& node, const std::string& name,
                     const std::vector<NodePtr>& arguments, double quantum) {
    AggregateValue value;
    value.name = entry.key;
    value.place = entry.place;
    value.aggregate = name;
    value.quantum = quantum;
    std::optional<Type> argument_type;
    bool silent = false;
    if (arguments.size() == 1) {
      const NodePtr& root = arguments[0];
      Expression argument(root);
      value.argument = DeclaredExpression{argument.text(), argument,
                                          place_inside(node, root->line, root->column)};
      argument_type = refuse_nested(node, argument) ? check_type(loading_, node, argument, folded_)
                                                    : std::nullopt;
      silent = !argument_type;
    } else if (arguments.size() > 1) {
      problems().add(node.place,
                     fmt::format("{} takes one argument, not {}", name, arguments.size()));
      silent = true;
    }
    std::optional<Type> type;
    if (!silent) type = result_type(node, value, argument_type);
    if (type) {
      aggregates_.add(entry.key, *type);
    } else {
      aggregates_.add_broken(entry.key);
    }
    view_.values.push_back(std::move(value));
  }

  bool refuse_nested(const YamlNode& node, const Expression& expression) {
    const Node* inner = nullptr;
    std::vector<std::string_view> names = known_components("aggregate");
    expression.visit([&](const Node& part) {
      if (!inner && part.kind == Node::Kind::kCall && is_among(part.name, names) &&
          !find_component("function", part.name))
        inner = &part;
    });
    if (!inner) return true;
    problems().add(
        place_inside(node, inner->line, inner->column),
        fmt::format("{}() is an aggregate and stands alone: give it a name under 'values' "
                    "and use the name here",
                    inner->name));
    return false;
  }

  std::optional<Type> result_type(const YamlNode& node, const AggregateValue& value,
                                  const std::optional<Type>& argument) {
    const AggregateSignature* signature = find_aggregate_signature(value.aggregate);
    if (!signature) {
      problems().add(
          node.place,
          fmt::format("the aggregate {} says no types: it was registered without a signature",
                      value.aggregate),
          Code::kUnsupported);
      return std::nullopt;
    }
    Result<Type> type = signature->result(argument);
    if (!type) {
      problems().add(node.place, fmt::format("{} {}{}", value.aggregate, type.error().message(),
                                             argument && signature->takes_argument
                                                 ? fmt::format("; '{}' is {}", value.argument->text,
                                                               argument->text())
                                                 : std::string()));
      return std::nullopt;
    }
    bool needs_quantum = signature->sums && argument && argument->id == TypeId::kDouble;
    if (needs_quantum && value.quantum == 0) {
      problems().add(node.place,
                     fmt::format("{} of a double needs its quantum, the unit all values are "
                                 "multiples of; write {{{}: {}, quantum: 0.01}}",
                                 value.aggregate, value.aggregate, value.argument->text));
      return std::nullopt;
    }
    if (!needs_quantum && value.quantum != 0) {
      problems().add(
          node.place,
          fmt::format("a quantum is for sums of doubles alone; remove it from {}", value.name));
      return std::nullopt;
    }
    return *type;
  }

  void read_derived(const YamlEntry& entry) {
    std::vector<std::string_view> names = known_components("aggregate");
    std::optional<DeclaredExpression> declared = read_expression(loading_, entry.value, names);
    std::optional<Type> type;
    if (declared && refuse_nested(entry.value, declared->expression)) {
      type = check_type(loading_, entry.value, declared->expression, facts_.values);
    }
    if (!type) {
      broken_derived_.push_back(entry.key);
      return;
    }
    derived_.push_back({entry.key, *type});
    view_.derived.push_back({entry.key, std::move(*declared)});
  }

  // Names of the aggregates as a read gives them: with the windows' suffixes.
  void name_aggregates() {
    if (windows_broken_ || view_.windows.empty()) facts_.values.unusable = true;
    for (const Field& field : aggregates_.schema.fields())
      for (const Window& window : view_.windows)
        facts_.values.add(field.name + window.suffix, field.type);
    for (const std::string& name : aggregates_.broken)
      for (const Window& window : view_.windows) facts_.values.add_broken(name + window.suffix);
  }
  // Derived values are over the aggregates, not over each other.
  void add_derived() {
    for (const Field& field : derived_) {
      if (facts_.values.knows(field.name)) {
        problems().add(
            view_.place,
            fmt::format(
                "the value '{}' and a window's suffix make one name of two values; rename it",
                field.name));
      } else {
        facts_.values.add(field.name, field.type);
      }
    }
    for (std::string& name : broken_derived_) facts_.values.add_broken(std::move(name));
  }

  Loading& loading_;
  CheckedMap part_;
  ViewFacts& facts_;
  View view_;
  const Scope* rows_ = nullptr;  // columns of the source
  Scope folded_;                 // what arguments may use
  Scope aggregates_;             // without suffixes
  std::vector<Field> derived_;
  std::vector<std::string> broken_derived_;
  bool windows_broken_ = false;
};

}  // namespace

void load_views(Loading& loading, const YamlNode& views) {
  for (const YamlEntry& entry : views.entries) {
    loading.claim("feature view", entry);
    ViewFacts& facts = loading.views[entry.key];
    if (!entry.value.map()) {
      facts.values.unusable = true;
      continue;
    }
    loading.project.views.push_back(ViewReader(loading, entry, facts).read());
  }
}

}  // namespace lode
