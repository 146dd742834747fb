// From the declared views to what the engine keeps: views over one origin by one column share one
// group, a ring of entries for each key. Made once from a project and read-only afterwards.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/layout.h"
#include "project/project.h"
#include "table/expression.h"

namespace lode {

// Views over the same source or label, by the same column.
struct Group {
  const Source* source = nullptr;  // whose records it keeps
  const Label* label = nullptr;    // set for a group over a label's outcomes
  std::string by;
  Type key_type;
  std::optional<BoundExpression> label_value;  // over the records; set with `label`
  std::optional<BoundExpression> label_known;
  Schema schema;                        // of the table the slots read: records, then `value`
  std::vector<std::string> slot_texts;  // canonical, one a slot
  std::vector<BoundExpression> slots;
  Layout layout;
};

struct PlannedValue {
  std::string name;  // with the window's suffix when the view has several windows
  int part = 0;      // into the group's layout.parts
  const Aggregate* aggregate = nullptr;
  Kept kept;
  Type type;
  bool is_duration = false;  // microseconds, to be shown as a length of time
};

// A value of a view that is an expression over its others.
struct DerivedValue {
  std::string name;
  BoundExpression value;
};

struct PlannedView {
  const View* view = nullptr;
  std::size_t group = 0;
  std::vector<PlannedValue> values;
  std::vector<DerivedValue> derived;
  Schema schema;  // values, then derived values: what a read gives
};

struct FeaturePlan {
  std::vector<std::unique_ptr<Group>> groups;  // stable addresses
  std::vector<PlannedView> views;              // in the project's order

  const PlannedView* view(std::string_view name) const;
};

// `texts` holds text values and text ids; it must outlive the plan.
Result<FeaturePlan> make_feature_plan(const Project& project, const TextPool& texts);

// The record schema of a label's group: the source's records and the column `value`.
inline constexpr std::string_view kLabelValueColumn = "value";

}  // namespace lode
