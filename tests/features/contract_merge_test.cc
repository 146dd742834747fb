// Properties of the engine's contract: a stream split anywhere and merged again is one stream.
// covers: features/cells
#include <gtest/gtest.h>

#include "tests/features/contract_properties.h"

namespace lode {
namespace {

class SplitAndMerge : public Contract {
 protected:
  void SetUp() override { layout_ = layout(); }

  KeyState state(const std::vector<Row>& rows, std::size_t begin, std::size_t end) const {
    return state_of(layout_, std::span(rows).subspan(begin, end - begin));
  }
  KeyState copy(const KeyState& state) { return reloaded(layout_, state, texts_); }
  void merge(KeyState& into, const KeyState& from) { ASSERT_TRUE(into.merge(layout_, from)); }

  Layout layout_;
  TextPool texts_;
};

TEST_P(SplitAndMerge, AStreamCutAtAnyPlaceIsOneStream) {
  std::vector<Row> all = rows(1, 40);
  std::string whole = state_of(layout_, all).save(layout_);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    KeyState left = state(all, 0, cut);
    merge(left, state(all, cut, all.size()));
    ASSERT_EQ(left.save(layout_), whole) << "cut at " << cut;
  }
}

TEST_P(SplitAndMerge, AnyNumberOfPiecesIsOneStream) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 1);
    std::vector<Row> all = rows(seed);
    std::vector<KeyState> pieces(1 + random.below(9));
    for (const Row& row : all)
      ASSERT_TRUE(pieces[random.below(pieces.size())].insert(layout_, row.entry()));
    KeyState merged;
    for (const KeyState& piece : pieces) merge(merged, piece);
    ASSERT_EQ(merged.save(layout_), state_of(layout_, all).save(layout_)) << "seed " << seed;
    expect_plain_anywhere(layout_, merged, all, random, 20);
  }
}

TEST_P(SplitAndMerge, WhoMergesWhomDoesNotShow) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::vector<Row> all = rows(seed);
    KeyState a = state(all, 0, 30);
    KeyState b = state(all, 30, all.size());
    KeyState ab = copy(a);
    merge(ab, b);
    merge(b, a);
    ASSERT_EQ(ab.save(layout_), b.save(layout_)) << "seed " << seed;
  }
}

TEST_P(SplitAndMerge, GroupingOfMergesDoesNotShow) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::vector<Row> all = rows(seed);
    KeyState left = state(all, 0, 20);
    merge(left, state(all, 20, 50));
    merge(left, state(all, 50, all.size()));
    KeyState tail = state(all, 20, 50);
    merge(tail, state(all, 50, all.size()));
    KeyState right = state(all, 0, 20);
    merge(right, tail);
    ASSERT_EQ(left.save(layout_), right.save(layout_)) << "seed " << seed;
  }
}

TEST_P(SplitAndMerge, MergingAnEmptyStateChangesNothing) {
  std::vector<Row> all = rows(2);
  KeyState some = state_of(layout_, all);
  std::string before = some.save(layout_);
  KeyState never_used;
  KeyState cleared;
  cleared.clear(layout_);
  merge(some, never_used);
  merge(some, cleared);
  EXPECT_EQ(some.save(layout_), before);
  merge(never_used, some);
  merge(cleared, some);
  EXPECT_EQ(never_used.save(layout_), before);
  EXPECT_EQ(cleared.save(layout_), before);
}

TEST_P(SplitAndMerge, TheStateMergedFromIsLeftAsItWas) {
  std::vector<Row> all = rows(3);
  KeyState from = state(all, 0, 40);
  KeyState into = state(all, 40, all.size());
  std::string before = from.save(layout_);
  merge(into, from);
  EXPECT_EQ(from.save(layout_), before);
  Random random(3);
  std::vector<Row> its_own(all.begin(), all.begin() + 40);
  expect_plain_anywhere(layout_, from, its_own, random, 10);
}

TEST_P(SplitAndMerge, WhereCursorsStoodBeforeAMergeDoesNotShow) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 4);
    std::vector<Row> all = rows(seed);
    KeyState into = state(all, 0, 40);
    KeyState from = state(all, 40, all.size());
    std::int64_t t0 = all[random.below(all.size())].time;
    read_of(layout_, into, t0, t0);
    read_of(layout_, from, t0 + kHour, t0 + kHour);
    merge(into, from);
    expect_plain_anywhere(layout_, into, all, random, 20);
  }
}

TEST_P(SplitAndMerge, RecordsAfterAMergeAreAsBeforeIt) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::vector<Row> all = rows(seed);
    KeyState early = state(all, 0, 30);
    KeyState late = state(all, 0, 30);
    merge(early, state(all, 30, 60));
    for (std::size_t i = 60; i < all.size(); ++i) {
      ASSERT_TRUE(early.insert(layout_, all[i].entry()));
      ASSERT_TRUE(late.insert(layout_, all[i].entry()));
    }
    merge(late, state(all, 30, 60));
    ASSERT_EQ(early.save(layout_), late.save(layout_)) << "seed " << seed;
  }
}

TEST_P(SplitAndMerge, AMergeIsSettledAsFarAsTheLaterOfBoth) {
  std::vector<Row> all = rows(5);
  KeyState a = state(all, 0, 40);
  KeyState b = state(all, 40, all.size());
  a.settle(layout_, 10 * kHour);
  b.settle(layout_, 20 * kHour);
  KeyState ab = copy(a);
  merge(ab, b);
  merge(b, a);
  std::vector<Parts> out(layout_.parts.size());
  for (KeyState* merged : {&ab, &b}) {
    EXPECT_EQ(merged->settled(), 20 * kHour);
    EXPECT_FALSE(merged->read(layout_, 20 * kHour - 1, 30 * kHour, out));
    expect_plain(layout_, *merged, all, 20 * kHour, 20 * kHour);
  }
}

// Cells of one pane on both sides become one cell, whatever was folded where.
TEST_P(SplitAndMerge, CellsMergeLikeTheRecordsTheyHold) {
  Layout cells = full_layout_of(cell_windows(), lagged(), 30);
  std::int64_t most = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 6);
    std::vector<Row> all = stream(seed, 600, kDense);
    KeyState sides[2];
    std::int64_t now = all[0].time;
    for (const Row& row : all) {
      KeyState& side = sides[random.below(2)];
      ASSERT_TRUE(side.insert(cells, row.entry()));
      now = std::max(now, row.time);
      if (random.chance(0.2)) side.settle(cells, now - kLateUnits * kDense);
    }
    most = std::max(most, std::min(sides[0].cells(), sides[1].cells()));
    ASSERT_TRUE(sides[0].merge(cells, sides[1]));
    std::int64_t settled = sides[0].settled();
    expect_plain_anywhere(cells, sides[0], all, random, 30, settled);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
  EXPECT_GT(most, 0) << "nothing was folded on both sides";
}

INSTANTIATE_TEST_SUITE_P(Contract, SplitAndMerge, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
