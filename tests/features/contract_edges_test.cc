// Properties of the engine's contract at its edges: nothing, one record, nulls, extremes.
// covers: features/running_parts, features/value_counter
#include <gtest/gtest.h>

#include <limits>

#include "features/key_table.h"
#include "tests/features/contract_properties.h"

namespace lode {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = kNoValue + 1;

class Edges : public Contract {
 protected:
  void SetUp() override { layout_ = layout(); }
  Layout layout_;
};

TEST_P(Edges, OfNoRecordsCountsAreZeroAndTheRestNull) {
  KeyState state;
  std::vector<Parts> out = read_of(layout_, state, 0, 0);
  for (std::size_t p = 0; p < out.size(); ++p) {
    EXPECT_TRUE(same(out[p], Parts{}, layout_.parts[p]));
    EXPECT_EQ(out[p].least, kNoValue);
    EXPECT_EQ(out[p].last_time, kNoValue);
  }
  EXPECT_EQ(state.entries(), 0);
}

TEST_P(Edges, AKeyBeforeItsFirstRecordIsEmpty) {
  std::vector<Row> all = rows(1);
  KeyState state = state_of(layout_, all);
  std::vector<Parts> out = read_of(layout_, state, -100 * kHour, 100 * kHour);
  for (const Parts& parts : out) EXPECT_EQ(parts.rows, 0);
}

// The edges of docs/semantics.md 6.4, by hand: a record at 0, reads to the microsecond.
TEST_P(Edges, OneRecordIsInAWindowJustAsLongAsItSays) {
  KeyState state;
  Row row{0, 0, 1, 1, {5, 5}};
  ASSERT_TRUE(state.insert(layout_, row.entry()));
  auto rows_at = [&](std::int64_t t0, std::size_t window, bool current) {
    std::vector<Parts> out = read_of(layout_, state, t0, t0 < 0 ? 0 : t0);
    return parts_of(layout_, out, window, current).rows;
  };
  for (std::size_t window = 0; window < every_window().size(); ++window) {
    EXPECT_EQ(rows_at(-1, window, true), 0) << window;
    EXPECT_EQ(rows_at(0, window, false), 0) << window;
    EXPECT_EQ(rows_at(0, window, true), 1) << window;
    EXPECT_EQ(rows_at(1, window, false), 1) << window;
  }
  std::int64_t pane = 40 * kHour / 256;
  struct Edge {
    std::size_t window;
    std::int64_t last;  // t0 at which it is in for the last time
  };
  for (Edge edge : {Edge{0, kHour - 1}, Edge{1, 6}, Edge{2, 40 * kHour - 1},
                    Edge{3, 40 * kHour - 1}, Edge{4, 3 * kHour - 1}})
    for (bool current : {false, true}) {
      EXPECT_EQ(rows_at(edge.last, edge.window, current), 1) << edge.window;
      EXPECT_EQ(rows_at(edge.last + 1, edge.window, current), 0) << edge.window;
    }
  // A record inside a pane stays until the pane's end is left behind.
  KeyState inside;
  Row in_pane{1, 1, 1, 1, {5, 5}};
  ASSERT_TRUE(inside.insert(layout_, in_pane.entry()));
  for (auto [t0, in] : {std::pair(40 * kHour + 1, 1), std::pair(40 * kHour + pane - 1, 1),
                        std::pair(40 * kHour + pane, 0)}) {
    std::vector<Parts> out = read_of(layout_, inside, t0, t0);
    EXPECT_EQ(parts_of(layout_, out, 2, true).rows, in) << t0;
    EXPECT_EQ(parts_of(layout_, out, 3, true).rows, 0) << "exact: " << t0;
  }
}

TEST_P(Edges, OneRecordIsItsOwnFirstLastLeastAndGreatest) {
  for (std::int64_t value : {std::int64_t{0}, std::int64_t{-7}, kMost, kLeast}) {
    KeyState state;
    Row row{10, 10, 3, 4, {value, value}};
    ASSERT_TRUE(state.insert(layout_, row.entry()));
    for (const Parts& parts : read_of(layout_, state, 11, 11)) {
      if (parts.count == 0) continue;  // parts of no slot, or without a count
      EXPECT_EQ(parts.sum, Int128{value});
      EXPECT_EQ(parts.squares, Int256::product(value, value));
      for (std::int64_t one : {parts.least, parts.greatest, parts.first, parts.last})
        EXPECT_EQ(one, value);
      EXPECT_EQ(parts.distinct, 1);
    }
  }
}

TEST_P(Edges, NullsAreRecordsWithoutAValue) {
  KeyState state;
  std::vector<Row> all;
  for (std::int64_t i = 0; i < 90; ++i) {  // more than a window sorts for its distinct count
    all.push_back({i, i, i, i, {kNoValue, kNoValue}});
    ASSERT_TRUE(state.insert(layout_, all.back().entry()));
  }
  std::vector<Parts> out = read_of(layout_, state, 90, 90);
  const Parts& parts = parts_of(layout_, out, 7, false);
  EXPECT_EQ(parts.rows, 90);
  EXPECT_EQ(parts.count, 0);
  EXPECT_EQ(parts.sum, 0);
  EXPECT_EQ(parts.least, kNoValue);
  EXPECT_EQ(parts.greatest, kNoValue);
  EXPECT_EQ(parts.distinct, 0);
  EXPECT_EQ(parts.last, kNoValue);
  expect_plain(layout_, state, all, 90, 90);
}

// 2^63 - 1 a hundred times and more: sums in 128 bits, squares in 256, and back to nothing.
TEST_P(Edges, ExtremeValuesNeverWrap) {
  KeyState state;
  std::vector<Row> all;
  for (std::int64_t i = 0; i < 200; ++i) {
    std::int64_t value = i % 3 == 2 ? kLeast : kMost;
    all.push_back({i * kHour / 50, i * kHour / 50, i, i, {value, value}});
    ASSERT_TRUE(state.insert(layout_, all.back().entry()));
  }
  for (std::int64_t t0 = 0; t0 < 10 * kHour; t0 += kHour / 7)
    expect_plain(layout_, state, all, t0, t0);
  std::vector<Parts> out = read_of(layout_, state, 5 * kHour, 5 * kHour);
  const Parts& parts = parts_of(layout_, out, 7, false);
  EXPECT_EQ(parts.sum, Int128{kMost} * (134 - 66));
  EXPECT_EQ(parts.squares, Int256::product(Int128{kMost} * 200, kMost));
  out = read_of(layout_, state, 20 * kHour, 20 * kHour);
  EXPECT_EQ(parts_of(layout_, out, 0, false).sum, 0) << "all have left";
  EXPECT_EQ(parts_of(layout_, out, 0, false).squares, Int256{});
}

TEST_P(Edges, TheFirstAndLastYearsAreTimesLikeOthers) {
  constexpr std::int64_t kYear0 = -62'167'219'200'000'000;
  constexpr std::int64_t kYear9999 = 253'402'300'799'999'999;
  Layout layout = full_layout_of(
      {sliding(kMost), sliding(kMost, true), sliding(kHour), kTumbling, kAll}, lagged(), 0);
  std::vector<Row> all;
  for (std::int64_t time :
       {kYear0, kYear0 + 1, std::int64_t{-1}, std::int64_t{0}, kYear9999 - 1, kYear9999})
    all.push_back({time, time, 1, static_cast<std::int64_t>(all.size()), {1, 2}});
  KeyState state = state_of(layout, all);
  for (std::int64_t t0 : {kYear0, kYear0 + 2, std::int64_t{0}, std::int64_t{1}, kYear9999})
    expect_plain(layout, state, all, t0, t0);
  std::vector<Parts> out = read_of(layout, state, kYear9999, kYear9999);
  EXPECT_EQ(parts_of(layout, out, 1, true).rows, 6) << "no window reaches before all time";
}

// The shapes a chain of extremes is made of: each leaves one by one.
TEST_P(Edges, RisingFallingAndEqualValuesLeaveOneByOne) {
  Layout layout = full_layout_of({sliding(200), sliding(70)}, lagged(), 0);
  for (int shape = 0; shape < 4; ++shape) {
    KeyState state;
    std::vector<Row> all;
    for (std::int64_t i = 0; i < 500; ++i) {
      std::int64_t value = shape == 0 ? i : shape == 1 ? -i : shape == 2 ? 7 : (i % 100) * (i % 2);
      all.push_back({i, i, i, i, {value, -value}});
      ASSERT_TRUE(state.insert(layout, all.back().entry()));
      if (i % 3 == 0) expect_plain(layout, state, all, i + 1, i + 1);
      ASSERT_FALSE(HasFatalFailure()) << "shape " << shape;
    }
    for (std::int64_t t0 = 500; t0 < 710; ++t0) expect_plain(layout, state, all, t0, t0);
  }
}

TEST_P(Edges, AHotKeyIsAsExactAsAnyOther) {
  Layout layout = full_layout_of({sliding(40 * kHour), sliding(kHour), kAll}, lagged(), 0);
  Random random(61);
  std::vector<Row> all = stream(9, 12'000);
  KeyState state;
  for (const Row& row : all) {
    ASSERT_TRUE(state.insert(layout, row.entry()));
    if (row.seq % 1000 == 999) {
      std::vector<Row> so_far(all.begin(), all.begin() + row.seq + 1);
      expect_plain(layout, state, so_far, row.time, row.time + 2 * kHour);
    }
  }
  expect_plain_anywhere(layout, state, all, random, 5);
}

TEST_P(Edges, DistinctValuesAreCountedUpToTheirLimitAndNoFurther) {
  for (bool folded : {false, true}) {
    Layout layout = full_layout_of({kAll}, lagged(), 5);
    KeyState state;
    std::vector<Row> all;
    for (std::int64_t i = 0; i < 120; ++i) {
      all.push_back({i, i, i, i, {i % 7, i / 20}});  // the limit is of the second: 0 to 5
      ASSERT_TRUE(state.insert(layout, all.back().entry()));
      if (folded) state.settle(layout, i);
      std::vector<Parts> out = read_of(layout, state, i + 1, i + 1);
      const Parts& parts = parts_of(layout, out, 0, false, 1);
      EXPECT_EQ(parts.distinct_over_limit, i >= 100) << i;
      if (i < 100) {
        EXPECT_EQ(parts.distinct, i / 20 + 1);
      }
      expect_plain(layout, state, all, i + 1, i + 1);
    }
    EXPECT_EQ(state.cells() > 0, folded);
  }
}

TEST_P(Edges, AClearedStateIsANewOne) {
  Layout cells = full_layout_of(cell_windows(), lagged(), 5);
  KeyState used;
  for (const Row& row : stream(10, 500, kDense)) {
    ASSERT_TRUE(used.insert(cells, row.entry()));
    used.settle(cells, row.time - kLateUnits * kDense);
  }
  ASSERT_GT(used.cells(), 0);
  read_of(cells, used, 100 * kHour, 100 * kHour);
  used.clear(cells);
  EXPECT_EQ(used.entries() + used.cells(), 0);
  EXPECT_EQ(used.settled(), kNoValue);
  Random random(62);
  std::vector<Row> all = rows(11);
  for (const Row& row : all) ASSERT_TRUE(used.insert(cells, row.entry()));
  EXPECT_EQ(used.save(cells), state_of(cells, all).save(cells));
  expect_plain_anywhere(cells, used, all, random, 20);
}

// A key of few records is its records alone; one more and it has cursors and parts.
TEST_P(Edges, FewRecordsAnswerAsManyDo) {
  Layout all_windows = layout();
  Layout cells = full_layout_of(cell_windows(), lagged(), 5);
  for (const Layout* layout : std::initializer_list<const Layout*>{&all_windows, &cells})
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Random random(seed, 63);
      KeyTable table;
      KeyState& pooled = table.at(1, *layout);
      KeyState heap;
      TextPool texts;
      std::vector<Row> held;
      auto check = [&] {
        ASSERT_EQ(pooled.save(*layout), heap.save(*layout));
        KeyState loaded = reloaded(*layout, heap, texts);
        for (KeyState* state : {&pooled, &heap, &loaded})
          held.empty() ? expect_plain(*layout, *state, held, 0, 0)
                       : expect_plain_anywhere(*layout, *state, held, random, 4);
      };
      for (const Row& row : rows(seed, 14)) {
        held.push_back(row);
        ASSERT_TRUE(pooled.insert(*layout, row.entry()));
        ASSERT_TRUE(heap.insert(*layout, row.entry()));
        check();
        ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << ", " << held.size() << " records";
      }
      while (!held.empty()) {
        std::size_t out = random.below(held.size());
        ASSERT_TRUE(pooled.erase(*layout, held[out].entry()));
        ASSERT_TRUE(heap.erase(*layout, held[out].entry()));
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(out));
        check();
        ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << ", back to " << held.size();
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Contract, Edges, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
