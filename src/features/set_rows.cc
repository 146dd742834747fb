#include "features/set_rows.h"

#include <algorithm>
#include <utility>

#include "features/facts.h"

namespace lode {
namespace {

struct LabelColumns {
  Column value;
  Column known;
};

Result<LabelColumns> evaluate_label(const Project& project, const TrainingSet& set,
                                    const Table& records) {
  const Label* label = project.label(set.label);
  BindOptions options = bind_options(*project.source(set.rows));
  TRY(BoundExpression value, bind(label->value.expression, records.schema, options));
  TRY(BoundExpression known, bind(label->known.expression, records.schema, options));
  if (value.type().id == TypeId::kDecimal)
    return fail(at_expression(
        project, Error(Code::kUnsupported, "a decimal target; cast it to double"), label->value));
  LabelColumns out;
  TRY(out.value, value.evaluate(records));
  TRY(out.known, known.evaluate(records));
  return out;
}

}  // namespace

Error at_expression(const Project& project, const Error& error,
                    const DeclaredExpression& expression) {
  return error.at({.file = project.file.string(),
                   .line = expression.place.line,
                   .column = expression.place.column});
}

Result<SetRows> rows_of_set(const Project& project, const TrainingSet& set, const Table& records,
                            std::int64_t cut) {
  TRY(LabelColumns label, evaluate_label(project, set, records));
  const Column& record_known = *records.find(kKnownColumn);
  auto label_known = [&](std::int64_t row) {
    if (label.known.is_null(row)) return kForever;
    return std::max(label.known.int64(row), record_known.int64(row));
  };
  TRY(std::vector<Version> versions, versions_of(records, cut));
  std::vector<std::pair<std::int64_t, std::size_t>> order;  // order_seq, position of the last
  for (std::size_t i = 0; i < versions.size(); ++i)
    if (i + 1 == versions.size() || versions[i + 1].instance != versions[i].instance)
      order.emplace_back(versions[i].order_seq, i);
  if (!std::ranges::is_sorted(order)) std::ranges::sort(order);
  SetRows out;
  for (auto [seq, last] : order) {
    if (versions[last].retraction) {
      ++out.retracted;
      continue;
    }
    out.row.push_back(versions[last].row);
    out.order.push_back(seq);
    // At k = infinity the label of the highest rank whose known time ever comes.
    std::int64_t label_row = -1;
    std::int64_t known = kForever;
    for (std::size_t i = last + 1; i-- > 0;) {
      if (versions[i].instance != versions[last].instance) break;
      known = versions[i].retraction ? kForever : label_known(versions[i].row);
      if (known == kForever) continue;
      label_row = label.value.is_null(versions[i].row) ? -1 : versions[i].row;
      break;
    }
    out.label_row.push_back(label_row);
    out.label_known.push_back(known);
  }
  out.label = std::move(label.value);
  return out;
}

Table take_rows(const Table& records, const std::vector<std::int64_t>& rows) {
  Table out;
  out.schema = records.schema;
  out.rows = static_cast<std::int64_t>(rows.size());
  bool all = out.rows == records.rows && std::ranges::is_sorted(rows);
  for (const Column& column : records.columns)
    out.columns.push_back(all ? column : column.take(rows));
  return out;
}

Result<std::optional<Column>> where_of_set(const Project& project, const TrainingSet& set,
                                           const Table& rows) {
  if (!set.where) return std::nullopt;
  TRY(BoundExpression bound,
      bind(set.where->expression, rows.schema, bind_options(*project.source(set.rows))));
  auto evaluated = bound.evaluate(rows);
  if (!evaluated)
    return fail(at_expression(project, evaluated.error().context("where"), *set.where));
  return std::optional<Column>(*std::move(evaluated));
}

}  // namespace lode
