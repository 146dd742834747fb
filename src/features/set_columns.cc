#include "features/set_columns.h"

#include <optional>
#include <utility>

#include "features/set_rows.h"

namespace lode {

SetColumns::SetColumns(const TrainingSet& set, History& history, ReadCache& cache, Table rows)
    : set_(set),
      history_(history),
      cache_(cache),
      source_(*history.project().source(set.rows)),
      rows_(std::move(rows)) {
  const Column* time = rows_.find(kTimeColumn);
  t0_.assign(time->values.as<std::int64_t>(), time->values.as<std::int64_t>() + rows_.rows);
}

Status SetColumns::make() {
  for (const NamedExpression& column : set_.columns)
    if (auto added = add_column(column); !added)
      return fail(at_expression(history_.project(),
                                added.error().context("training column " + column.name),
                                column.value));
  return {};
}

// The table of view values for view[key], one row for each of rows_.
Result<const Table*> SetColumns::view_read(const PlannedView& view, const NodePtr& key) {
  Expression key_expression(key);
  std::string name = fmt::format("{}|{}[{}]", set_.rows, view.view->name, key_expression.text());
  auto found = cache_.find(name);
  if (found != cache_.end()) {
    if (counted_.insert(name).second) over_limit_ += found->second.over_limit;
    return &found->second.values;
  }
  std::int64_t over_limit = history_.over_limit();
  TRY(BoundExpression bound, bind(key_expression, rows_.schema, bind_options(source_)));
  TRY(Column keys, bound.evaluate(rows_));
  TRY(Table values, history_.read(view, keys, t0_, t0_));
  CachedRead read{view.view->name, std::move(values), history_.over_limit() - over_limit, {}};
  over_limit_ += read.over_limit;
  counted_.insert(name);
  TRY(read.hold, history_.budget().hold("values of view " + read.view, bytes_of(read.values)));
  return &cache_.emplace(std::move(name), std::move(read)).first->second.values;
}

const PlannedView* SetColumns::view_of(const Node& node) const {
  if (node.kind != Node::Kind::kSubscript) return nullptr;
  const Node& base = *node.arguments[0];
  return base.kind == Node::Kind::kColumn ? history_.feature_plan().view(base.name) : nullptr;
}

// Replaces view[key].value by a column of rows_, read first when it is new.
Result<Expression> SetColumns::with_reads(const Expression& expression) {
  std::optional<Error> failed;
  Expression rewritten = expression.rewrite([&](const NodePtr& node) -> NodePtr {
    if (node->kind != Node::Kind::kField) return nullptr;
    const Node& base = *node->arguments[0];
    const PlannedView* view = view_of(base);
    if (view == nullptr) return nullptr;
    auto read = view_read(*view, base.arguments[1]);
    if (!read) {
      failed = read.error();
      return nullptr;
    }
    const Column* value = (*read)->find(node->name);
    if (value == nullptr) {
      failed = Error(Code::kNotFound,
                     fmt::format("view {} has no value {}", view->view->name, node->name));
      return nullptr;
    }
    std::string name = fmt::format("{}[{}].{}", view->view->name,
                                   Expression(base.arguments[1]).text(), node->name);
    if (!rows_.schema.find(name)) add_to_rows(name, *value);
    return column_node(name);
  });
  if (failed) return fail(*failed);
  return rewritten;
}

void SetColumns::add_to_rows(const std::string& name, const Column& column) {
  std::vector<Field> fields = rows_.schema.fields();
  fields.push_back({name, column.type});
  rows_.schema = Schema(std::move(fields));
  rows_.columns.push_back(column);
}

Status SetColumns::add_column(const NamedExpression& column) {
  const Node& root = *column.value.expression.root();
  if (const PlannedView* view = view_of(root)) {
    TRY(const Table* values, view_read(*view, root.arguments[1]));
    for (std::size_t v = 0; v < values->schema.size(); ++v) {
      fields_.push_back({column.name + "." + values->schema[v].name, values->schema[v].type});
      columns_.push_back(values->columns[v]);
    }
    return {};
  }
  TRY(Expression expression, with_reads(column.value.expression));
  TRY(BoundExpression bound, bind(expression, rows_.schema, bind_options(source_)));
  TRY(Column values, bound.evaluate(rows_));
  fields_.push_back({column.name, values.type});
  columns_.push_back(std::move(values));
  return {};
}

}  // namespace lode
