#include "features/value_check.h"

#include "features/facts.h"
#include "table/failing_rows.h"

namespace lode {
namespace {

// The rows on which the expression failed; `error` is what it failed with, and is given back if it
// was no row's.
Result<std::vector<ValueFault>> row_faults(const Error& error, const BoundExpression& expression,
                                           const Table& table, const std::string& field) {
  if (error.where().offset < 0) return fail(error);
  TRY(std::vector<FailingRow> failing, failing_rows(expression, table));
  std::vector<ValueFault> faults;
  for (FailingRow& row : failing) faults.push_back({row.row, field, std::move(row.reason)});
  return faults;
}

Result<std::vector<ValueFault>> group_faults(const Group& group, const Table& records) {
  std::vector<ValueFault> faults;
  Table table = records;
  table.schema = group.schema;
  if (group.label != nullptr) {
    for (const auto* expression : {&*group.label_value, &*group.label_known}) {
      auto column = expression->evaluate(records);
      if (!column)
        return row_faults(column.error(), *expression, records, "label " + group.label->name);
      if (expression == &*group.label_value) table.columns.push_back(*std::move(column));
    }
  }
  for (std::size_t s = 0; s < group.slots.size(); ++s) {
    const Kept& kept = group.layout.slots[s];
    auto column = group.slots[s].evaluate(table);
    if (!column) return row_faults(column.error(), group.slots[s], table, group.slot_texts[s]);
    if (kept.keep == Keep::kText) continue;
    for (std::int64_t row : unkeepable_rows(*column, kept))
      faults.push_back({row, group.slot_texts[s],
                        "no whole number of its quantum, not finite, or past 63 bits"});
  }
  return faults;
}

}  // namespace

Result<ValueCheck> ValueCheck::make(const Project& project, const Source& source) {
  ValueCheck check;
  check.texts_ = std::make_unique<TextPool>();
  TRY(check.plan_, make_feature_plan(project, *check.texts_));
  for (const auto& group : check.plan_.groups)
    if (group->source->name == source.name) check.groups_.push_back(group.get());
  return check;
}

Result<std::vector<ValueFault>> ValueCheck::faults(const Table& records) const {
  for (const Group* group : groups_) {
    TRY(std::vector<ValueFault> found, group_faults(*group, records));
    if (!found.empty()) return found;
  }
  return std::vector<ValueFault>{};
}

std::string ValueCheck::definition() const {
  std::string out;
  for (const Group* group : groups_) {
    if (group->label != nullptr)
      out += fmt::format("label {} {}\n", group->label->value.expression.text(),
                         group->label->known.expression.text());
    for (std::size_t s = 0; s < group->slots.size(); ++s) {
      const Quantum& quantum = group->layout.slots[s].quantum;
      out += fmt::format("value {} {} {}e-{}\n", group->slot_texts[s],
                         static_cast<int>(group->layout.slots[s].keep), quantum.digits,
                         quantum.places);
    }
  }
  return out;
}

}  // namespace lode
