// Arrival decides acceptance: the verdict on each arrival of a source, in seq order
// (docs/semantics.md 3). One object judges one source.
//
// Memory: for sources with a declared id, about 80 bytes an id within the dedup span; for sources
// identified by position, a few words. Cost: one hash look-up an arrival.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "base/time.h"
#include "project/project.h"

namespace lode {

enum class Verdict : std::uint8_t { kAccepted, kDuplicate, kConflict, kFuture, kLate };
std::string_view verdict_name(Verdict verdict);

// 128 bits stand for all declared columns of an arrival; two different payloads under one id are
// taken for equal with probability below 2^-100.
struct PayloadHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const PayloadHash&) const = default;
};

struct Arrival {
  RecordKind kind = RecordKind::kOriginal;
  std::string_view partition;
  std::string_view id;  // its bytes, whatever its type; "" for a source identified by position
  std::int64_t t = 0;
  std::int64_t known = 0;
  PayloadHash payload{};
};

struct AcceptanceRules {
  Duration allowed_lateness{};
  Duration max_ahead{};
  Duration dedup_span{};
  bool position_ids = true;
};

class Acceptance {
 public:
  explicit Acceptance(const AcceptanceRules& rules) : rules_(rules) {}

  // Judges the next arrival and takes it into account.
  Verdict judge(const Arrival& arrival);
  // Takes an accepted arrival into account: one judged earlier, by another object. judge does it by
  // itself. In seq order.
  void count(const Arrival& accepted);

  // The partition's watermark: nothing before it is accepted any more; nullopt while it has none.
  std::optional<Timestamp> watermark(std::string_view partition) const;
  // The least over the partitions with an accepted original; nullopt before the first.
  std::optional<Timestamp> watermark() const;

 private:
  struct Original {
    std::int64_t t;
    PayloadHash payload;
  };
  struct Change {
    RecordKind kind;
    PayloadHash payload;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };
  template <typename T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  std::optional<Verdict> judge_identity(const Arrival& arrival, std::optional<std::int64_t> latest);

  AcceptanceRules rules_;
  ByText<std::int64_t> latest_;  // M(p): largest t of the partition's accepted originals
  ByText<Original> originals_;   // newest accepted original of an id
  ByText<Change> changes_;       // newest accepted correction or retraction of an id
};

}  // namespace lode
