#include "features/training_set.h"

#include <algorithm>
#include <set>

namespace lode {
namespace {

// Bytes a row while rows are chosen, for versions, their order, labels and what is chosen; and
// behind that, for what is chosen.
constexpr std::int64_t kChoosingBytes = 104;
constexpr std::int64_t kChosenBytes = 48;

// The last versions at the cut, in the order of their originals (docs/semantics.md 8.2).
struct RowVersions {
  std::vector<std::int64_t> row;        // the last version's row in the record table
  std::vector<std::int64_t> label_row;  // the version whose label is visible at the end, or -1
  std::vector<std::int64_t> label_known;
  std::int64_t retracted = 0;
};

struct Target {
  Column value;
  Column known;
};

class Builder {
 public:
  Builder(const TrainingSet& set, History& history, ReadCache& cache)
      : set_(set),
        history_(history),
        cache_(cache),
        source_(*history.project().source(set.rows)),
        records_(history.records().find(set.rows)->second) {}

  Result<TrainingTable> build() {
    TrainingTable out;
    TRY(out.hold,
        history_.budget().hold("training set " + set_.name, records_.rows * kChoosingBytes));
    TRY_VOID(evaluate_label());
    TRY_VOID(choose_rows());
    std::int64_t width = 32 + 8 * static_cast<std::int64_t>(set_.columns.size());
    TRY_VOID(out.hold.resize(records_.rows * (kChosenBytes + width)));
    out.retracted = versions_.retracted;
    rows_.schema = records_.schema;
    rows_.rows = static_cast<std::int64_t>(versions_.row.size());
    bool all = rows_.rows == records_.rows && std::ranges::is_sorted(versions_.row);
    for (const Column& column : records_.columns)
      rows_.columns.push_back(all ? column : column.take(versions_.row));
    const Column* time = rows_.find(kTimeColumn);
    t0_.assign(time->values.as<std::int64_t>(), time->values.as<std::int64_t>() + rows_.rows);

    TRY(std::vector<std::int64_t> kept, kept_rows(out));
    for (const NamedExpression& column : set_.columns)
      if (auto added = add_column(column); !added)
        return fail(at(added.error().context("training column " + column.name), column.value));
    fill(kept, out);
    out.over_limit = over_limit_;
    TRY_VOID(out.hold.resize(bytes_of(out.columns) + 32 * out.columns.rows));
    return out;
  }

 private:
  Error at(const Error& error, const DeclaredExpression& expression) const {
    return error.at({.file = history_.project().file.string(),
                     .line = expression.place.line,
                     .column = expression.place.column});
  }

  Status evaluate_label() {
    const Label* label = history_.project().label(set_.label);
    BindOptions options = bind_options(source_);
    TRY(BoundExpression value, bind(label->value.expression, records_.schema, options));
    TRY(BoundExpression known, bind(label->known.expression, records_.schema, options));
    if (value.type().id == TypeId::kDecimal)
      return fail(
          at(Error(Code::kUnsupported, "a decimal target; cast it to double"), label->value));
    TRY(target_.value, value.evaluate(records_));
    TRY(target_.known, known.evaluate(records_));
    return {};
  }

  std::int64_t label_known(std::int64_t row) const {
    if (target_.known.is_null(row)) return kForever;
    return std::max(target_.known.int64(row), records_.find(kKnownColumn)->int64(row));
  }

  Status choose_rows() {
    TRY(std::vector<Version> versions, versions_of(records_, history_.cut()));
    std::vector<std::pair<std::int64_t, std::size_t>> order;  // order_seq, position of the last
    for (std::size_t i = 0; i < versions.size(); ++i)
      if (i + 1 == versions.size() || versions[i + 1].instance != versions[i].instance)
        order.emplace_back(versions[i].order_seq, i);
    if (!std::ranges::is_sorted(order)) std::ranges::sort(order);
    for (auto [seq, last] : order) {
      if (versions[last].retraction) {
        ++versions_.retracted;
        continue;
      }
      versions_.row.push_back(versions[last].row);
      // At k = infinity the label of the highest rank whose known time ever comes.
      std::int64_t label_row = -1;
      std::int64_t known = kForever;
      for (std::size_t i = last + 1; i-- > 0;) {
        if (versions[i].instance != versions[last].instance) break;
        known = versions[i].retraction ? kForever : label_known(versions[i].row);
        if (known == kForever) continue;
        label_row = target_.value.is_null(versions[i].row) ? -1 : versions[i].row;
        break;
      }
      versions_.label_row.push_back(label_row);
      versions_.label_known.push_back(known);
    }
    return {};
  }

  Result<std::vector<std::int64_t>> kept_rows(TrainingTable& out) const {
    std::optional<Column> where;
    if (set_.where) {
      TRY(BoundExpression bound, bind(set_.where->expression, rows_.schema, bind_options(source_)));
      auto evaluated = bound.evaluate(rows_);
      if (!evaluated) return fail(at(evaluated.error().context("where"), *set_.where));
      where = *std::move(evaluated);
    }
    std::vector<std::int64_t> kept;
    kept.reserve(static_cast<std::size_t>(rows_.rows));
    for (std::int64_t i = 0; i < rows_.rows; ++i) {
      if (where && (where->is_null(i) || !where->boolean(i))) {
        ++out.left_out_by_where;
      } else if (versions_.label_row[static_cast<std::size_t>(i)] < 0) {
        ++out.without_label;
      } else {
        kept.push_back(i);
      }
    }
    return kept;
  }

  // The table of view values for view[key], one row for each of rows_.
  Result<const Table*> view_read(const PlannedView& view, const NodePtr& key) {
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

  const PlannedView* view_of(const Node& node) const {
    if (node.kind != Node::Kind::kSubscript) return nullptr;
    const Node& base = *node.arguments[0];
    return base.kind == Node::Kind::kColumn ? history_.feature_plan().view(base.name) : nullptr;
  }

  // Replaces view[key].value by a column of rows_, read first when it is new.
  Result<Expression> with_reads(const Expression& expression) {
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

  void add_to_rows(const std::string& name, const Column& column) {
    std::vector<Field> fields = rows_.schema.fields();
    fields.push_back({name, column.type});
    rows_.schema = Schema(std::move(fields));
    rows_.columns.push_back(column);
  }

  Status add_column(const NamedExpression& column) {
    const Node& root = *column.value.expression.root();
    if (const PlannedView* view = view_of(root)) {
      TRY(const Table* values, view_read(*view, root.arguments[1]));
      for (std::size_t v = 0; v < values->schema.size(); ++v) {
        names_.push_back({column.name + "." + values->schema[v].name, values->schema[v].type});
        columns_.push_back(values->columns[v]);
      }
      return {};
    }
    TRY(Expression expression, with_reads(column.value.expression));
    TRY(BoundExpression bound, bind(expression, rows_.schema, bind_options(source_)));
    TRY(Column values, bound.evaluate(rows_));
    names_.push_back({column.name, values.type});
    columns_.push_back(std::move(values));
    return {};
  }

  double target_at(std::int64_t row) const {
    switch (target_.value.type.id) {
      case TypeId::kBool:
        return target_.value.boolean(row) ? 1.0 : 0.0;
      case TypeId::kInt64:
        return static_cast<double>(target_.value.int64(row));
      default:
        return target_.value.float64(row);
    }
  }

  void fill(const std::vector<std::int64_t>& kept, TrainingTable& out) const {
    out.timed = !history_.project().source(set_.rows)->timeless();
    bool all = std::cmp_equal(kept.size(), rows_.rows);
    out.columns.schema = Schema(names_);
    out.columns.rows = static_cast<std::int64_t>(kept.size());
    for (const Column& column : columns_)
      out.columns.columns.push_back(all ? column : column.take(kept));
    const Column* seq = rows_.find(kSeqColumn);
    out.target.reserve(kept.size());
    out.known.reserve(kept.size());
    out.time.reserve(kept.size());
    out.seq.reserve(kept.size());
    for (std::int64_t i : kept) {
      auto row = static_cast<std::size_t>(i);
      out.target.push_back(target_at(versions_.label_row[row]));
      out.known.push_back(versions_.label_known[row]);
      out.time.push_back(t0_[row]);
      out.seq.push_back(seq->int64(i));
    }
  }

  const TrainingSet& set_;
  History& history_;
  ReadCache& cache_;
  const Source& source_;
  const Table& records_;
  Target target_;
  RowVersions versions_;
  Table rows_;  // one row a training row before `where`, with reads beside
  std::vector<std::int64_t> t0_;
  std::set<std::string> counted_;  // reads whose values over their limit are in over_limit_
  std::int64_t over_limit_ = 0;
  std::vector<Field> names_;
  std::vector<Column> columns_;
};

}  // namespace

Result<TrainingTable> build_training_set(const TrainingSet& set, History& history,
                                         ReadCache& cache) {
  if (!history.records().contains(set.rows))
    return fail(Code::kNotFound, "source {} has no records; ingest it first", set.rows);
  return Builder(set, history, cache).build();
}

}  // namespace lode
