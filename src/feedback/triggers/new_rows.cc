#include <fmt/format.h>

#include "base/component.h"
#include "feedback/trigger.h"

namespace lode {
namespace {

class NewRows : public Trigger {
 public:
  explicit NewRows(std::int64_t rows) : rows_(rows) {}

  TriggerAnswer ask(const TriggerEvidence& evidence) const override {
    return {.fired = evidence.new_rows >= rows_,
            .value = static_cast<double>(evidence.new_rows),
            .limit = static_cast<double>(rows_),
            .why = fmt::format(
                "{} rows have got their label since {}, {} asked for", evidence.new_rows,
                evidence.trained ? "challengers were trained" : "the walk began", rows_)};
  }

 private:
  std::int64_t rows_;
};

std::unique_ptr<Trigger> make(const OptionValues& options) {
  return std::make_unique<NewRows>(options.integer("rows"));
}

constexpr TriggerKind kKind = {make};
constexpr Option kOptions[] = {
    {"rows", OptionType::kInt, "", "how many rows must have got their label", 1, 1e15}};

constinit const Component kComponent = {
    .kind = "trigger",
    .name = "new_rows",
    .summary = "so many rows have got their label",
    .description =
        "Fires when so many rows have become usable for training since challengers were trained "
        "(by whatever trigger), or since the walk began. It knows nothing of what the rows say.",
    .example = "when: [{new_rows: {rows: 100000}}]",
    .options = kOptions,
    .factory = &kKind,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
