// Properties of the engine's contract: what is let go or folded was in nobody's sight.
#include <gtest/gtest.h>

#include "tests/features/contract_properties.h"

namespace lode {
namespace {

class Eviction : public Contract {
 protected:
  // A stream with the watermark behind it.
  template <typename Each>
  KeyState settled_life(const Layout& layout, const std::vector<Row>& all, Each each,
                        std::int64_t unit = kUnit) {
    KeyState state;
    std::int64_t latest = all[0].time;
    for (const Row& row : all) {
      EXPECT_TRUE(state.insert(layout, row.entry()));
      latest = std::max(latest, row.time);
      state.settle(layout, latest - kLateUnits * unit);
      each(state);
    }
    return state;
  }
};

TEST_P(Eviction, WhatIsSettledAnswersLikeAllRecords) {
  for (bool folds : {false, true})
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Random random(seed, 51);
      Layout layout = full_layout_of(folds ? cell_windows() : every_window(), lagged(), 30);
      std::int64_t unit = folds ? kDense : kUnit;
      std::vector<Row> all = stream(seed, 500, unit);
      KeyState state = settled_life(layout, all, [](KeyState&) {}, unit);
      if (folds) {
        EXPECT_GT(state.cells(), 0) << "nothing was folded";
      }
      expect_plain_anywhere(layout, state, all, random, 30, state.settled());
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
}

// Recomputed from what is in sight alone: nothing older has left a trace.
TEST_P(Eviction, EvictionEqualsComputingAnew) {
  Layout layout = full_layout_of({sliding(kHour / 2), sliding(7), kTumbling}, lagged(), 4);
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 52);
    std::vector<Row> all = stream(seed, 500);
    KeyState state = settled_life(layout, all, [](KeyState&) {});
    std::int64_t settled = state.settled();
    std::vector<Row> in_sight;
    for (const Row& row : all)
      if (row.time > settled - 3 * kHour) in_sight.push_back(row);
    KeyState anew = state_of(layout, in_sight);
    expect_equal_answers(layout, state, anew, random, 30, settled);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
  }
}

TEST_P(Eviction, MemoryFollowsWhatIsInSight) {
  Layout layout = full_layout_of({sliding(kHour / 4)}, lagged(), 4);
  std::int64_t most = 0;
  settled_life(layout, stream(1, 4000),
               [&](KeyState& state) { most = std::max(most, state.entries()); });
  // In sight: a quarter of an hour and the lateness, 155 units of 1.5 on average a record.
  EXPECT_LT(most, 3 * 155);
  EXPECT_GT(most, 50);
}

TEST_P(Eviction, MemoryIsGivenBackWhenABurstIsOver) {
  Layout layout = full_layout_of({sliding(kHour)}, lagged(), 4);
  KeyState state;
  Row row{0, 0, 1, 0, {3, 3}};
  for (; row.seq < 1000; ++row.seq) ASSERT_TRUE(state.insert(layout, row.entry()));
  std::int64_t most = state.memory_bytes(layout);
  row.time = row.known = 10 * kHour;
  state.settle(layout, row.time);
  while (state.memory_bytes(layout) >= most && row.seq < 2000) {
    ASSERT_TRUE(state.insert(layout, row.entry()));
    ++row.seq;
  }
  EXPECT_EQ(state.entries(), row.seq - 1000) << "the burst is gone";
  std::int64_t fixed = layout.block_words * 8;
  EXPECT_LE(state.memory_bytes(layout), fixed + layout.entry_words * 8 * 2 * state.entries());
}

TEST_P(Eviction, ARingGrowsByHalfSoThatGrowingCostsNothingInTheEnd) {
  Layout layout = full_layout_of({sliding(kHour)}, lagged(), 4);
  KeyState state;
  Row row{0, 0, 1, 0, {3, 3}};
  int moves = 0;
  std::int64_t last = 0;
  for (; row.seq < 20'000; ++row.seq) {
    ASSERT_TRUE(state.insert(layout, row.entry()));
    if (std::int64_t now = state.memory_bytes(layout); now != last) ++moves, last = now;
  }
  EXPECT_LE(moves, 25) << "log(20,000 / 4) / log(1.5) is 21";
}

TEST_P(Eviction, AllTimeIsOneCellHoweverManyRecords) {
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}, Kept{Keep::kQuanta, Type::int64(), {}}};
  constexpr PartSet kAllButDistinct = 0xff;
  layout.add_parts(layout.add_window({kAll, true}), 0, kAllButDistinct, 0);
  layout.add_parts(0, 1, kPartDistinct, 30);
  layout.finish(lagged());
  std::int64_t most_entries = 0;
  std::int64_t most_bytes = 0;
  KeyState state = settled_life(layout, stream(2, 6000), [&](KeyState& now) {
    most_entries = std::max(most_entries, now.entries());
    most_bytes = std::max(most_bytes, now.memory_bytes(layout));
  });
  EXPECT_EQ(state.cells(), 1);
  EXPECT_LT(most_entries, 400);
  EXPECT_LT(most_bytes, 30'000);
  EXPECT_EQ(read_of(layout, state, 1000 * kHour, 1000 * kHour)[0].rows, 6000);
}

TEST_P(Eviction, OldCellsGo) {
  Layout layout = full_layout_of({kTumbling}, lagged(), 4);
  std::int64_t most = 0;
  settled_life(layout, stream(3, 8000),
               [&](KeyState& state) { most = std::max(most, state.cells()); });
  EXPECT_GT(most, 0);
  EXPECT_LE(most, 4) << "the width under way and the one before, of two windows";
}

TEST_P(Eviction, SettlingAgainOrEarlierChangesNothing) {
  Layout layout = this->layout();
  std::vector<Row> all = stream(4, 100);
  KeyState state = state_of(layout, all);
  std::int64_t settled = all.back().time;
  state.settle(layout, settled);
  std::string bytes = state.save(layout);
  state.settle(layout, settled);
  state.settle(layout, settled - kHour);
  EXPECT_EQ(state.settled(), settled);
  EXPECT_EQ(state.save(layout), bytes);
}

TEST_P(Eviction, ReadsAtWhatIsSettledAreAnsweredAndBelowItRefused) {
  Layout layout = this->layout();
  std::vector<Row> all = stream(5, 200);
  KeyState state = settled_life(layout, all, [](KeyState&) {});
  std::int64_t settled = state.settled();
  std::vector<Parts> out(layout.parts.size());
  EXPECT_FALSE(state.read(layout, settled - 1, settled, out)) << "t0 below";
  EXPECT_FALSE(state.read(layout, settled, settled - 1, out)) << "k below";
  EXPECT_FALSE(state.read(layout, settled + kHour, settled - 1, out)) << "k alone below";
  expect_plain(layout, state, all, settled, settled);
}

TEST_P(Eviction, LongAfterwardsOnlyAllTimeAndLastNRemember) {
  Layout layout = this->layout();
  std::vector<Row> all = stream(6, 300);
  KeyState state = settled_life(layout, all, [](KeyState&) {});
  std::int64_t t0 = all.back().time + 1000 * kHour;
  std::vector<Parts> out = read_of(layout, state, t0, t0);
  for (bool current : {false, true}) {
    for (std::size_t window = 0; window < 5; ++window)
      EXPECT_EQ(parts_of(layout, out, window, current).rows, 0) << "window " << window;
    EXPECT_EQ(parts_of(layout, out, 5, current).rows, 1);
    EXPECT_EQ(parts_of(layout, out, 6, current).rows, 5);
    EXPECT_EQ(parts_of(layout, out, 7, current).rows, 300);
  }
  expect_plain(layout, state, all, t0, t0);
}

// Records just at and beside the edges of cells, many enough to be folded.
TEST_P(Eviction, FoldedEdgesHoldToTheMicrosecond) {
  std::int64_t pane = 40 * kHour / 256;
  for (auto [window, width] : {std::pair(sliding(40 * kHour), pane), {kTumbling, 3 * kHour}}) {
    Layout layout = full_layout_of({window}, lagged(), 0);
    std::vector<Row> all;
    for (std::int64_t edge = -3; edge <= 3; ++edge)
      for (std::int64_t beside : {-1, 0, 1})
        for (int i = 0; i < 40; ++i) {
          std::int64_t time = edge * width + beside;
          all.push_back({time, time, i, static_cast<std::int64_t>(all.size()), {edge, beside}});
        }
    KeyState state = settled_life(layout, all, [](KeyState&) {}, 1);
    ASSERT_GT(state.cells(), 0) << "nothing was folded";
    std::int64_t reach = window.kind == Window::Kind::kSliding ? 40 * kHour : 0;
    for (std::int64_t edge = -3; edge <= 4; ++edge)
      for (std::int64_t beside : {-1, 0, 1, 2}) {
        std::int64_t t0 = edge * width + reach + beside;
        if (t0 >= state.settled()) expect_plain(layout, state, all, t0, t0);
        ASSERT_FALSE(HasFatalFailure()) << "edge " << edge << " and " << beside;
      }
  }
}

// A record before what is settled may still come, and counts for reads from there on.
TEST_P(Eviction, RecordsBelowWhatIsSettledStillCount) {
  Layout layout = full_layout_of(cell_windows(), lagged(), 30);
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 53);
    std::vector<Row> all = stream(seed, 500, kDense);
    KeyState state = settled_life(layout, all, [](KeyState&) {}, kDense);
    EXPECT_GT(state.cells(), 0) << "nothing was folded";
    std::int64_t settled = state.settled();
    for (int i = 0; i < 60; ++i) {
      std::int64_t now = settled - static_cast<std::int64_t>(random.below(100)) * kDense;
      all.push_back(stream_row(random, now, kDense, 1000 + i, lagged(), i % 4));
      ASSERT_TRUE(state.insert(layout, all.back().entry()));
      if (i % 6 == 0) expect_plain_anywhere(layout, state, all, random, 2, settled);
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, Eviction, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
