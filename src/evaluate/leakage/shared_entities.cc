#include <fmt/format.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"

namespace lode {
namespace {

constexpr double kTooGood = 0.85;
constexpr double kLeastShare = 0.05;
constexpr double kMostLeftOut = 0.5;  // of the test: else another split is the answer

struct Entity {
  double rows = 0;
  double positives = 0;
};

// Test rows of entities that training knows, and what their targets there foretell.
struct Shared {
  std::vector<std::int64_t> rows;
  RankSum foretold;
};

Shared find_shared(const LeakageInput& input) {
  std::unordered_map<std::uint64_t, Entity> known;  // asked, never walked
  Entity all;
  auto target = [&](std::int64_t row) { return input.target[static_cast<std::size_t>(row)]; };
  for (std::int64_t row : input.train) {
    all.rows += 1;
    all.positives += target(row);
    if (is_missing(*input.entity, row)) continue;
    Entity& entity = known[cell_hash(*input.entity, row)];
    entity.rows += 1;
    entity.positives += target(row);
  }
  Shared shared;
  std::vector<double> rate;
  std::vector<std::uint8_t> label;
  for (std::int64_t row : input.test) {
    if (is_missing(*input.entity, row)) continue;
    auto found = known.find(cell_hash(*input.entity, row));
    if (found == known.end()) continue;
    shared.rows.push_back(row);
    label.push_back(target(row));
    rate.push_back((found->second.positives + all.positives / all.rows) / (found->second.rows + 1));
  }
  shared.foretold = rank_sum(rate, label);
  return shared;
}

std::string sentence_of(const LeakageInput& input, std::size_t shared, bool remembered) {
  std::string why =
      remembered
          ? "and its training rows tell the target of its test rows: a model may know whom a row "
            "is about instead of what"
          : "although the split promises to keep them apart";
  return fmt::format(
      "{} of {} test rows are about a '{}' that is in training too, {}. Split by "
      "'{}', or leave out what identifies it.",
      shared, input.test.size(), input.entity_name, why, input.entity_name);
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& /*cancel*/) {
  if (input.entity == nullptr) return LeakFinding{.why_not = "no entity column was given"};
  if (input.train.empty()) return LeakFinding{.why_not = "no split was given"};
  if (!has_plain_cells(*input.entity))
    return LeakFinding{.why_not = "the entity column holds lists or structs"};
  LeakFinding finding{.looked = true};
  Shared shared = find_shared(input);
  auto rows = std::ssize(input.test);
  auto seen = std::ssize(shared.rows);
  double share = static_cast<double>(seen) / static_cast<double>(rows);
  const RankSum& r = shared.foretold;
  bool remembered = share >= kLeastShare && r.auc > 0.5 && r.p <= options.alpha &&
                    r.strength_low(options.alpha) > kTooGood;
  bool broken = input.entities_apart && seen > 0;
  if (!remembered && !broken) return finding;
  LeakSuspect suspect{.sentence = sentence_of(input, shared.rows.size(), remembered)};
  if (input.features->find(input.entity_name) != nullptr) {
    suspect.column = input.entity_name;
    suspect.leave_out = true;
  }
  ShareLimits limits = share_limits(seen, rows, options.alpha);
  suspect.figures = {{.name = "share of test rows whose entity is in training",
                      .value = share,
                      .low = limits.low,
                      .high = limits.high}};
  if (r.pairs > 0)
    suspect.figures.push_back({.name = "AUC of the entity's share of positives in training",
                               .value = r.auc,
                               .low = r.auc > 0.5 ? r.strength_low(options.alpha) : 0,
                               .high = 1,
                               .p = r.p});
  if (share <= kMostLeftOut) suspect.test_rows = std::move(shared.rows);
  finding.suspects.push_back(std::move(suspect));
  return finding;
}

constexpr LeakDetector kDetector = {"shared_entities", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "entities on both sides of the split",
    .description =
        "Compares the entities (customer, patient, machine) of training and test rows. If the "
        "split promises to keep them apart, one row is enough. Otherwise entities that come back "
        "are what happens in use too, and are suspected only where they carry the target over: at "
        "least 5 % of the test rows have a known entity, and the share of positives of its "
        "training rows, drawn towards that of all by one row, tells the target of its test rows "
        "with an AUC whose lower limit is above 0.85 (rank sum, Mann and Whitney, 1947). Names the "
        "test rows to leave out, unless that would be more than half of them: then only another "
        "split helps.\n"
        "Cannot see: entities that are not declared, or known under several names; columns that "
        "identify an entity without being its key.\n"
        "Cost: one look at the entity column, 40 bytes an entity of training.",
    .example = "shared_entities",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
