#include "orchestrate/outcome_reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "features/plan.h"
#include "features/text_pool.h"

namespace lode {
namespace {

using Names = std::set<std::string>;

// The columns that are in the files themselves, behind derived ones.
Names roots_of(const std::vector<std::string>& columns, const Source& source) {
  Names roots;
  std::function<void(const std::string&)> add = [&](const std::string& name) {
    auto derived = std::ranges::find(source.derive, name, &NamedExpression::name);
    if (derived == source.derive.end()) {
      roots.insert(name);
      return;
    }
    for (const std::string& used : derived->value.expression.columns_used()) add(used);
  };
  for (const std::string& name : columns) add(name);
  return roots;
}

// Columns of the row itself: those within view[key] only choose whom to read about.
void add_own_columns(const Node& node, std::vector<std::string>& out) {
  if (node.kind == Node::Kind::kSubscript) return;
  if (node.kind == Node::Kind::kColumn) out.push_back(node.name);
  for (const NodePtr& argument : node.arguments) add_own_columns(*argument, out);
}

// Names under which the values of a view that are made from all of `outcome` are read.
Names telling_values(const View& view, const Source& source, const Names& outcome) {
  Names telling;
  auto add = [&](const std::string& name) {
    telling.insert(name);
    for (const Window& window : view.windows) telling.insert(name + window.suffix);
  };
  for (const AggregateValue& value : view.values)
    if (value.argument &&
        std::ranges::includes(roots_of(value.argument->expression.columns_used(), source), outcome))
      add(value.name);
  for (const NamedExpression& value : view.derived)
    for (const std::string& used : value.value.expression.columns_used())
      if (telling.contains(used)) {
        add(value.name);
        break;
      }
  return telling;
}

std::string quoted(const Names& names) {
  std::string out;
  for (const std::string& name : names) out += fmt::format("{}'{}'", out.empty() ? "" : ", ", name);
  return out;
}

// The view over the label, with the label's own value under its name there.
View over_label(const View& view, const Label& label) {
  View out = view;
  out.name = view.name + " when known";
  out.over = label.name;
  out.over_label = true;
  std::string value = label.value.expression.text();
  for (AggregateValue& one : out.values)
    if (one.argument)
      one.argument->expression =
          one.argument->expression.rewrite([&](const NodePtr& node) -> NodePtr {
            return Expression(node).text() == value ? column_node("value") : nullptr;
          });
  return out;
}

bool same_window(const Window& a, const Window& b) {
  return a.kind == b.kind && a.width == b.width && a.count == b.count && a.exact == b.exact &&
         a.suffix == b.suffix;
}

bool same_values(const View& a, const View& b) {
  auto text = [](const std::optional<DeclaredExpression>& e) {
    return e ? e->expression.text() : std::string();
  };
  return a.over == b.over && a.by == b.by &&
         std::ranges::equal(a.windows, b.windows, same_window) &&
         a.include_current == b.include_current && a.distinct_limit == b.distinct_limit &&
         std::ranges::equal(a.values, b.values,
                            [&](const AggregateValue& x, const AggregateValue& y) {
                              return x.name == y.name && x.aggregate == y.aggregate &&
                                     x.quantum == y.quantum && text(x.argument) == text(y.argument);
                            }) &&
         std::ranges::equal(
             a.derived, b.derived, [](const NamedExpression& x, const NamedExpression& y) {
               return x.name == y.name && x.value.expression.text() == y.value.expression.text();
             });
}

TrainingSet with_views(const TrainingSet& set, const std::map<std::string, std::string>& views) {
  TrainingSet out = set;
  out.name = set.name + " when known";
  for (NamedExpression& column : out.columns)
    column.value.expression = column.value.expression.rewrite([&](const NodePtr& node) -> NodePtr {
      if (node->kind != Node::Kind::kSubscript) return nullptr;
      auto found = views.find(node->arguments[0]->name);
      if (found == views.end()) return nullptr;
      auto other = std::make_shared<Node>(*node);
      other->arguments[0] = column_node(found->second);
      return other;
    });
  return out;
}

}  // namespace

std::vector<DeclaredRead> declared_outcome_reads(const Project& project, const TrainingSet& set) {
  const Label& label = *project.label(set.label);
  const Source& source = *project.source(label.about);
  Names outcome = roots_of(label.value.expression.columns_used(), source);
  std::vector<DeclaredRead> reads;
  if (outcome.empty()) return reads;
  for (const NamedExpression& column : set.columns) {
    std::vector<std::string> own;
    add_own_columns(*column.value.expression.root(), own);
    if (std::ranges::includes(roots_of(own, source), outcome))
      reads.push_back(
          {column.name, "",
           fmt::format("it is made from {}, as label '{}' is", quoted(outcome), label.name)});
    std::string view_name;
    column.value.expression.visit([&](const Node& node) {
      if (node.kind != Node::Kind::kField || node.arguments[0]->kind != Node::Kind::kSubscript)
        return;
      const View* view = project.view(node.arguments[0]->arguments[0]->name);
      if (view == nullptr || view->over_label || view->over != label.about) return;
      if (telling_values(*view, source, outcome).contains(node.name)) view_name = view->name;
    });
    if (!view_name.empty())
      reads.push_back(
          {column.name, view_name,
           fmt::format("view '{}' is over '{}' and folds {}, which label '{}' is made from",
                       view_name, label.about, quoted(outcome), label.name)});
  }
  return reads;
}

std::vector<std::string> columns_of_views(const TrainingSet& set) {
  std::vector<std::string> columns;
  for (const NamedExpression& column : set.columns) {
    bool reads = false;
    column.value.expression.visit(
        [&](const Node& node) { reads = reads || node.kind == Node::Kind::kSubscript; });
    if (reads) columns.push_back(column.name);
  }
  return columns;
}

RepairedProject read_outcomes_when_known(const Project& project) {
  RepairedProject out{.project = project, .set_of = {}};
  out.project.training.clear();
  for (const TrainingSet& set : project.training) {
    std::map<std::string, std::string> views;
    for (const DeclaredRead& read : declared_outcome_reads(project, set)) {
      if (read.view.empty() || views.contains(read.view)) continue;
      View repaired = over_label(*project.view(read.view), *project.label(set.label));
      auto known = std::ranges::find_if(
          out.project.views, [&](const View& view) { return same_values(view, repaired); });
      views[read.view] = known == out.project.views.end() ? repaired.name : known->name;
      if (known == out.project.views.end()) out.project.views.push_back(std::move(repaired));
    }
    if (!views.empty()) {
      out.project.training.push_back(with_views(set, views));
      out.set_of[set.name] = out.project.training.back().name;
    }
    out.project.training.push_back(set);
  }
  // Whatever cannot be planned over the label stays as it is: then there is nothing to hold it
  // against.
  TextPool texts;
  if (!out.set_of.empty() && !make_feature_plan(out.project, texts)) return {project, {}};
  return out;
}

EarlyReads early_reads(const TrainingTable& training, const Table& records, std::int64_t most) {
  const Column& seq = *records.find(kSeqColumn);
  const Column& known = *records.find(kKnownColumn);
  const auto* seqs = seq.values.as<std::int64_t>();
  EarlyReads out;
  std::int64_t rows = std::ssize(training.time);
  std::int64_t step = std::max<std::int64_t>(1, (rows + most - 1) / most);
  for (std::int64_t i = 0; i < rows; i += step) {
    auto row = static_cast<std::size_t>(i);
    std::int64_t place = std::lower_bound(seqs, seqs + records.rows, training.seq[row]) - seqs;
    std::int64_t outcome = training.known[row];
    std::int64_t usable = std::max(training.time[row], known.int64(place));
    out.by_views.push_back(outcome - usable);
    out.by_row.push_back(outcome - training.time[row]);
  }
  return out;
}

}  // namespace lode
