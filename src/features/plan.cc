#include "features/plan.h"

#include <algorithm>

namespace lode {
namespace {

Error at_place(const Error& error, const Project& project, Place place) {
  return error.at({.file = project.file.string(), .line = place.line, .column = place.column});
}

Result<Kept> kept_as(const Aggregate& aggregate, const Type& type, double declared_quantum) {
  Kept kept{Keep::kInteger, type, {}};
  switch (type.id) {
    case TypeId::kInt64:
    case TypeId::kBool:
      kept.keep = Keep::kQuanta;
      return kept;
    case TypeId::kDecimal:
      if (type.scale > 18)
        return fail(Code::kUnsupported, "a decimal with more than 18 places; cast it to fewer");
      kept.keep = Keep::kQuanta;
      kept.quantum = Quantum{1, type.scale};
      return kept;
    case TypeId::kDouble: {
      if (declared_quantum == 0 && !aggregate.signature.sums) {
        kept.keep = Keep::kOrdered;
        return kept;
      }
      if (declared_quantum == 0)
        return fail(Code::kInvalid, "a double needs its quantum, such as quantum: 0.01");
      TRY(kept.quantum, quantum_of(declared_quantum));
      kept.keep = Keep::kQuanta;
      return kept;
    }
    case TypeId::kDate:
    case TypeId::kTimestamp:
      return kept;
    case TypeId::kString:
    case TypeId::kBytes:
      kept.keep = Keep::kText;
      return kept;
    default:
      return fail(Code::kInvalid, "a feature cannot be made of {}", type.text());
  }
}

class Planner {
 public:
  Planner(const Project& project, const TextPool& texts) : project_(project), texts_(texts) {}

  Result<FeaturePlan> make() {
    for (const View& view : project_.views)
      if (auto added = add(view); !added)
        return fail(at_place(added.error().context("view " + view.name), project_, view.place));
    // Offsets are known only when every view has asked; parts are found again by window and slot.
    for (auto& group : plan_.groups) group->layout.finish(known_differs(*group));
    for (const Asked& asked : asked_) {
      Group& group = *plan_.groups[plan_.views[asked.view].group];
      plan_.views[asked.view].values[asked.value].part =
          group.layout.part_index(asked.window, asked.slot);
    }
    return std::move(plan_);
  }

 private:
  struct Asked {
    std::size_t view, value;
    int window, slot;
  };

  static bool known_differs(const Group& group) {
    return group.label == nullptr && group.source->known.mode != KnownRule::Mode::kAssumed;
  }

  Result<std::size_t> group_of(const View& view) {
    const Label* label = view.over_label ? project_.label(view.over) : nullptr;
    const Source* source = project_.source(label != nullptr ? label->about : view.over);
    if (source == nullptr)
      return fail(Code::kNotFound, "there is no source or label {}", view.over);
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
      const Group& group = *plan_.groups[g];
      if (group.source == source && group.label == label && group.by == view.by) return g;
    }
    auto group = std::make_unique<Group>();
    group->source = source;
    group->label = label;
    group->by = view.by;
    TRY(Schema records, project_.record_schema(*source));
    std::vector<Field> fields = records.fields();
    if (label != nullptr) {
      BindOptions options = bind_options(*source);
      TRY(group->label_value, bind(label->value.expression, records, options));
      TRY(group->label_known, bind(label->known.expression, records, options));
      fields.push_back({std::string(kLabelValueColumn), group->label_value->type()});
    }
    group->schema = Schema(std::move(fields));
    std::optional<std::size_t> by = group->schema.find(view.by);
    if (!by) return fail(Code::kNotFound, "source {} has no column {}", source->name, view.by);
    group->key_type = group->schema[*by].type;
    TypeId key = group->key_type.id;
    if (key == TypeId::kDecimal || key == TypeId::kList || key == TypeId::kStruct)
      return fail(Code::kUnsupported,
                  "column {} of type {} cannot be a key; cast it to int64 or string", view.by,
                  group->key_type.text());
    group->layout.texts = &texts_;
    group->layout.text_ids =
        !source->id.empty() && records[*records.find(kIdColumn)].type.id == TypeId::kString;
    plan_.groups.push_back(std::move(group));
    return plan_.groups.size() - 1;
  }

  // The slot of an expression kept this way, made if it is new.
  static int slot_of(Group& group, const std::string& text, const BoundExpression& bound,
                     const Kept& kept) {
    for (std::size_t s = 0; s < group.slots.size(); ++s) {
      const Kept& other = group.layout.slots[s];
      if (group.slot_texts[s] == text && other.keep == kept.keep && other.quantum == kept.quantum)
        return static_cast<int>(s);
    }
    group.slot_texts.push_back(text);
    group.slots.push_back(bound);
    group.layout.slots.push_back(kept);
    return static_cast<int>(group.slots.size()) - 1;
  }

  Status add_value(PlannedView& planned, Group& group, const View& view,
                   const AggregateValue& value) {
    const Aggregate* aggregate = find_aggregate(value.aggregate);
    if (aggregate == nullptr)
      return fail(Code::kNotFound, "there is no aggregate {}", value.aggregate);
    Kept kept;
    int slot = -1;
    std::optional<Type> argument;
    bool is_duration = aggregate->signature.unit == AggregateUnit::kDuration;
    if (value.argument) {
      TRY(BoundExpression bound,
          bind(value.argument->expression, group.schema, bind_options(*group.source)));
      argument = bound.type();
      is_duration |= aggregate->signature.unit == AggregateUnit::kOfArgument && bound.is_duration();
      auto how = kept_as(*aggregate, *argument, value.quantum);
      if (!how) return fail(how.error().context(value.aggregate + "()"));
      kept = *how;
      slot = slot_of(group, value.argument->expression.text(), bound, kept);
    }
    auto type = aggregate->signature.result(argument);
    if (!type) return fail(type.error().context(value.aggregate + "()"));
    for (const Window& window : view.windows) {
      int w = group.layout.add_window({window, view.include_current});
      bool all = window.kind == Window::Kind::kAll;
      group.layout.add_parts(w, slot, aggregate->parts, all ? view.distinct_limit : 0);
      std::string name = view.windows.size() > 1 ? value.name + window.suffix : value.name;
      asked_.push_back({plan_.views.size(), planned.values.size(), w, slot});
      planned.values.push_back({std::move(name), 0, aggregate, kept, *type, is_duration});
    }
    return {};
  }

  Status add(const View& view) {
    PlannedView planned;
    planned.view = &view;
    TRY(planned.group, group_of(view));
    Group& group = *plan_.groups[planned.group];
    for (const AggregateValue& value : view.values)
      if (auto added = add_value(planned, group, view, value); !added)
        return fail(at_place(added.error(), project_, value.place));
    std::vector<Field> fields;
    for (const PlannedValue& value : planned.values) fields.push_back({value.name, value.type});
    for (const NamedExpression& derived : view.derived) {
      TRY(BoundExpression bound, bind(derived.value.expression, Schema(fields)));
      fields.push_back({derived.name, bound.type()});
      planned.derived.push_back({derived.name, std::move(bound)});
    }
    planned.schema = Schema(std::move(fields));
    plan_.views.push_back(std::move(planned));
    return {};
  }

  const Project& project_;
  const TextPool& texts_;
  FeaturePlan plan_;
  std::vector<Asked> asked_;
};

}  // namespace

const PlannedView* FeaturePlan::view(std::string_view name) const {
  for (const PlannedView& planned : views)
    if (planned.view->name == name) return &planned;
  return nullptr;
}

Result<FeaturePlan> make_feature_plan(const Project& project, const TextPool& texts) {
  return Planner(project, texts).make();
}

}  // namespace lode
