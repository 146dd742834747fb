// Properties of the engine's contract: a state saved anywhere goes on as if it never had been.
#include <gtest/gtest.h>

#include "tests/features/contract_properties.h"

namespace lode {
namespace {

class SaveAnywhere : public Contract {
 protected:
  void SetUp() override { layout_ = layout(); }
  Layout layout_;
  TextPool texts_;
};

TEST_P(SaveAnywhere, ASaveAndLoadAtEveryStepGivesTheSameAnswersAndBytes) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 31);
    std::vector<Row> all = rows(seed, 50);
    KeyState once;
    KeyState again;
    for (const Row& row : all) {
      ASSERT_TRUE(once.insert(layout_, row.entry()));
      ASSERT_TRUE(again.insert(layout_, row.entry()));
      again = reloaded(layout_, again, texts_);
    }
    ASSERT_EQ(once.save(layout_), again.save(layout_)) << "seed " << seed;
    expect_equal_answers(layout_, once, again, random, 20);
  }
}

TEST_P(SaveAnywhere, WhatWasLoadedIsSavedAsTheSameBytes) {
  Layout cells = full_layout_of(cell_windows(), lagged(), 30);
  KeyState state;
  std::int64_t most = 0;
  for (const Row& row : stream(1, 500, kDense)) {
    ASSERT_TRUE(state.insert(cells, row.entry()));
    state.settle(cells, row.time - kLateUnits * kDense);
    std::string bytes = state.save(cells);
    ASSERT_EQ(reloaded(cells, state, texts_).save(cells), bytes) << "row " << row.seq;
    most = std::max(most, state.cells());
  }
  EXPECT_GT(most, 0) << "nothing was folded";
}

TEST_P(SaveAnywhere, SavingChangesNothing) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 32);
    std::vector<Row> all = rows(seed);
    KeyState state = state_of(layout_, all);
    std::string bytes = state.save(layout_);
    EXPECT_EQ(state.save(layout_), bytes);
    expect_plain_anywhere(layout_, state, all, random, 10);
    EXPECT_EQ(state.save(layout_), bytes) << "reads do not show in the bytes either";
  }
}

TEST_P(SaveAnywhere, LoadingReplacesWhatWasThere) {
  std::vector<Row> all = rows(4);
  KeyState other = state_of(layout_, rows(5));
  other.settle(layout_, 30 * kHour);
  read_of(layout_, other, 31 * kHour, 31 * kHour);
  ASSERT_TRUE(other.load(layout_, state_of(layout_, all).save(layout_), texts_));
  EXPECT_EQ(other.settled(), kNoValue);
  Random random(4);
  expect_plain_anywhere(layout_, other, all, random, 20);
}

TEST_P(SaveAnywhere, WhatIsSettledIsSavedToo) {
  KeyState state = state_of(layout_, rows(6));
  state.settle(layout_, 7 * kHour);
  KeyState loaded = reloaded(layout_, state, texts_);
  EXPECT_EQ(loaded.settled(), 7 * kHour);
  std::vector<Parts> out(layout_.parts.size());
  EXPECT_FALSE(loaded.read(layout_, 7 * kHour - 1, 7 * kHour, out));
  EXPECT_TRUE(loaded.read(layout_, 7 * kHour, 7 * kHour, out));
}

TEST_P(SaveAnywhere, ALoadedStateReadsForwardAndBack) {
  Random random(7);
  std::vector<Row> all = rows(7);
  KeyState loaded = reloaded(layout_, state_of(layout_, all), texts_);
  for (std::int64_t t0 : {50 * kHour, -50 * kHour, std::int64_t{0}, 49 * kHour, -49 * kHour})
    expect_plain(layout_, loaded, all, t0, t0 + 2 * kHour);
}

TEST_P(SaveAnywhere, AnEmptyStateIsSavedAndLoadedEmpty) {
  KeyState never_used;
  KeyState cleared = state_of(layout_, rows(8));
  cleared.clear(layout_);
  EXPECT_EQ(never_used.save(layout_), cleared.save(layout_));
  KeyState loaded = state_of(layout_, rows(9));
  ASSERT_TRUE(loaded.load(layout_, never_used.save(layout_), texts_));
  EXPECT_EQ(loaded.entries(), 0);
  for (const Parts& parts : read_of(layout_, loaded, 0, 0)) EXPECT_EQ(parts.rows, 0);
}

TEST_P(SaveAnywhere, EveryFlippedBitOfAStateWithCellsIsFound) {
  Layout cells = full_layout_of({kAll}, lagged(), 3);
  KeyState state;
  for (const Row& row : stream(2, 60)) {
    ASSERT_TRUE(state.insert(cells, row.entry()));
    state.settle(cells, row.time);
  }
  ASSERT_GT(state.cells(), 0);
  std::string bytes = state.save(cells);
  KeyState loaded;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(loaded.load(cells, flipped, texts_)) << "bit " << bit;
    ASSERT_EQ(loaded.entries() + loaded.cells(), 0) << "bit " << bit;
  }
}

// Texts are numbers of a pool; another pool has other numbers, and answers are the same texts.
TEST_P(SaveAnywhere, TextsMeanTheSameInAnotherPool) {
  TextPool here;
  Layout layout;
  layout.texts = &here;
  layout.text_ids = true;
  layout.slots = {Kept{Keep::kText, Type::string(), {}}, Kept{Keep::kText, Type::string(), {}}};
  for (const Window& window : {kAll, sliding(40 * kHour), sliding(kHour)})
    layout.add_parts(layout.add_window({window, true}), 0,
                     kPartCount | kPartFirst | kPartLast | kPartDistinct, 0);
  layout.finish(lagged());
  TextPool there;
  for (const char* text : {"z", "id 30", "y", "value 2"}) there.intern(text);
  Layout other = layout;
  other.texts = &there;

  Random random(10);
  KeyState state;
  for (Row row : stream(3, 200)) {
    row.id = here.intern("id " + std::to_string(random.below(40)));
    for (std::int64_t& value : row.values)
      value = here.intern("value " + std::to_string(random.below(9)));
    ASSERT_TRUE(state.insert(layout, row.entry()));
    if (random.chance(0.3)) state.settle(layout, row.time - kLateUnits * kUnit);
  }
  KeyState moved;
  ASSERT_TRUE(moved.load(other, state.save(layout), there));
  for (int i = 0; i < 20; ++i) {
    std::int64_t t0 = state.settled() + i * kHour / 4;
    std::vector<Parts> a = read_of(layout, state, t0, t0);
    std::vector<Parts> b = read_of(other, moved, t0, t0);
    for (std::size_t p = 0; p < a.size(); ++p) {
      EXPECT_EQ(a[p].count, b[p].count);
      EXPECT_EQ(a[p].distinct, b[p].distinct);
      ASSERT_EQ(a[p].first == kNoValue, b[p].first == kNoValue);
      if (a[p].rows == 0) continue;
      EXPECT_EQ(here.text(a[p].first), there.text(b[p].first));
      EXPECT_EQ(here.text(a[p].last), there.text(b[p].last));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, SaveAnywhere, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
