#include "ingest/acceptance.h"

#include <algorithm>
#include <array>

namespace lode {

std::string_view verdict_name(Verdict verdict) {
  constexpr std::array<std::string_view, 5> kNames = {"accepted", "duplicate", "conflict", "future",
                                                      "late"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> Acceptance::judge_identity(const Arrival& arrival,
                                                  std::optional<std::int64_t> latest) {
  if (rules_.position_ids) return std::nullopt;
  if (arrival.kind != RecordKind::kOriginal) {
    auto change = changes_.find(arrival.id);
    bool repeated =
        change != changes_.end() && change->second.kind == arrival.kind &&
        (arrival.kind == RecordKind::kRetraction || change->second.payload == arrival.payload);
    return repeated ? std::optional(Verdict::kDuplicate) : std::nullopt;
  }
  auto original = originals_.find(arrival.id);
  if (original == originals_.end()) return std::nullopt;
  bool within_span =
      !latest || original->second.t >= saturating_subtract(*latest, rules_.dedup_span.us);
  if (!within_span) return std::nullopt;
  return original->second.payload == arrival.payload ? Verdict::kDuplicate : Verdict::kConflict;
}

Verdict Acceptance::judge(const Arrival& arrival) {
  auto partition = latest_.find(arrival.partition);
  std::optional<std::int64_t> latest;
  if (partition != latest_.end()) latest = partition->second;
  if (auto verdict = judge_identity(arrival, latest)) return *verdict;

  bool original = arrival.kind == RecordKind::kOriginal;
  if (arrival.kind != RecordKind::kRetraction &&
      arrival.t > saturating_add(arrival.known, rules_.max_ahead.us))
    return Verdict::kFuture;
  if (original && latest && arrival.t < saturating_subtract(*latest, rules_.allowed_lateness.us))
    return Verdict::kLate;

  count(arrival);
  return Verdict::kAccepted;
}

// Only what was accepted has any effect (docs/semantics.md 3.2).
void Acceptance::count(const Arrival& accepted) {
  bool original = accepted.kind == RecordKind::kOriginal;
  if (original) {
    auto partition = latest_.find(accepted.partition);
    if (partition == latest_.end())
      latest_.emplace(std::string(accepted.partition), accepted.t);
    else
      partition->second = std::max(partition->second, accepted.t);
  }
  if (rules_.position_ids) return;
  if (original)
    originals_.insert_or_assign(std::string(accepted.id), Original{accepted.t, accepted.payload});
  else
    changes_.insert_or_assign(std::string(accepted.id), Change{accepted.kind, accepted.payload});
}

std::optional<Timestamp> Acceptance::watermark(std::string_view partition) const {
  auto found = latest_.find(partition);
  if (found == latest_.end()) return std::nullopt;
  return Timestamp{saturating_subtract(found->second, rules_.allowed_lateness.us)};
}

std::optional<Timestamp> Acceptance::watermark() const {
  std::optional<Timestamp> least;
  for (const auto& [partition, latest] : latest_) {
    Timestamp mark{saturating_subtract(latest, rules_.allowed_lateness.us)};
    if (!least || mark < *least) least = mark;
  }
  return least;
}

}  // namespace lode
