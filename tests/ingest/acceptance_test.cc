// Verdicts at their edges (docs/semantics.md 3); whole streams are in tests/agreement.
#include "ingest/acceptance.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

constexpr RecordKind kOriginal = RecordKind::kOriginal;
constexpr RecordKind kCorrection = RecordKind::kCorrection;
constexpr RecordKind kRetraction = RecordKind::kRetraction;

Arrival arrival(std::string_view id, std::int64_t t, std::uint64_t payload = 0,
                RecordKind kind = kOriginal, std::string_view partition = "p") {
  return {kind, partition, id, t, t, {payload, payload}};
}

AcceptanceRules rules() { return {{10}, {5}, {20}, false}; }

TEST(Acceptance, LateIsStrictlyBelowItsOwnPartitionsWatermark) {
  Acceptance acceptance(rules());
  EXPECT_EQ(acceptance.judge(arrival("a", 100)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.watermark("p")->us, 90);
  EXPECT_EQ(acceptance.judge(arrival("b", 90)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("c", 89)), Verdict::kLate);
  EXPECT_EQ(acceptance.judge(arrival("d", 1, 0, kOriginal, "q")), Verdict::kAccepted)
      << "another partition has a watermark of its own";
  EXPECT_EQ(acceptance.watermark()->us, -9);
}

TEST(Acceptance, FutureIsBeyondTheKnownTimeAndMovesNothing) {
  Acceptance acceptance(rules());
  Arrival edge = arrival("a", 15);
  edge.known = 10;
  EXPECT_EQ(acceptance.judge(edge), Verdict::kAccepted);
  Arrival future = arrival("b", 1000);
  future.known = 994;
  EXPECT_EQ(acceptance.judge(future), Verdict::kFuture);
  EXPECT_EQ(acceptance.watermark("p")->us, 5);
  future.known = 995;
  EXPECT_EQ(acceptance.judge(future), Verdict::kAccepted) << "a refused record made no id known";
}

TEST(Acceptance, TheSameIdIsADuplicateOrAConflictWithinTheSpan) {
  Acceptance acceptance(rules());
  EXPECT_EQ(acceptance.judge(arrival("a", 100, 1)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("a", 100, 1)), Verdict::kDuplicate);
  EXPECT_EQ(acceptance.judge(arrival("a", 105, 2)), Verdict::kConflict);
  EXPECT_EQ(acceptance.judge(arrival("b", 120)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("a", 112, 2)), Verdict::kConflict) << "100 >= 120 - 20";
  EXPECT_EQ(acceptance.judge(arrival("c", 121)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("a", 112, 2)), Verdict::kAccepted) << "a second instance";
}

TEST(Acceptance, CorrectionsAreNeverLateAndMoveNoWatermark) {
  Acceptance acceptance(rules());
  EXPECT_EQ(acceptance.judge(arrival("a", 100)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("x", 1, 1, kCorrection)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("x", 1, 1, kCorrection)), Verdict::kDuplicate);
  EXPECT_EQ(acceptance.judge(arrival("x", 1, 2, kCorrection)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("x", 1, 0, kRetraction)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("x", 1, 9, kRetraction)), Verdict::kDuplicate);
  EXPECT_EQ(acceptance.judge(arrival("y", 500, 1, kCorrection)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.watermark("p")->us, 90);
}

TEST(Acceptance, PositionsHaveNoDuplicates) {
  Acceptance acceptance({{10}, {5}, {20}, true});
  EXPECT_EQ(acceptance.judge(arrival("", 100, 1)), Verdict::kAccepted);
  EXPECT_EQ(acceptance.judge(arrival("", 100, 1)), Verdict::kAccepted);
}

}  // namespace
}  // namespace lode
