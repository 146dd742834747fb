// Properties of a key's state: whatever the order of insertion and the way of the cursors, a read
// equals the plain fold of docs/semantics.md 6 over the entries (plain_read.h).
#include "features/key_state.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "tests/features/plain_read.h"

namespace lode {
namespace {

// Every kind of window, with and without the current time, all parts of two slots.
Layout full_layout(bool known_differs) {
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}},
                  Kept{Keep::kInteger, Type::timestamp(), {}}};
  std::vector<Window> windows = {sliding(kHour),
                                 sliding(7),
                                 sliding(100 * kHour),
                                 sliding(100 * kHour, true),
                                 {.kind = Window::Kind::kTumbling, .width = {kHour}},
                                 {.kind = Window::Kind::kLast, .count = 1},
                                 {.kind = Window::Kind::kLast, .count = 3},
                                 {.kind = Window::Kind::kAll}};
  for (const Window& window : windows)
    for (bool current : {false, true}) {
      int w = layout.add_window({window, current});
      layout.add_parts(w, -1, kPartRows | kPartLastTime, 0);
      layout.add_parts(w, 0, 0x1ff, 0);
      layout.add_parts(w, 1, kPartLeast | kPartFirst | kPartDistinct, 2);
    }
  layout.finish(known_differs);
  return layout;
}

class KeyStateProperties : public ::testing::TestWithParam<bool> {};

TEST_P(KeyStateProperties, AnyOrderOfInsertionsAndReadsEqualsThePlainFold) {
  bool known_differs = GetParam();
  Layout layout = full_layout(known_differs);
  std::vector<Parts> out(layout.parts.size());
  std::int64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    KeyState state;
    TextPool texts;
    std::vector<Row> rows;
    for (int step = 0; step < 120; ++step) {
      rows.push_back(random_row(random, step, known_differs));
      ASSERT_TRUE(state.insert(layout, rows.back().entry()));
      if (random.chance(0.1)) {  // save anywhere
        KeyState loaded;
        ASSERT_TRUE(loaded.load(layout, state.save(layout), texts));
        state.swap(loaded);
      }
      if (!random.chance(0.4)) continue;
      Row probe = random_row(random, 0, false);
      std::int64_t k = random.chance(0.5) ? probe.time : probe.time + 3 * kHour;
      ASSERT_TRUE(state.read(layout, probe.time, k, out));
      for (std::size_t p = 0; p < layout.parts.size(); ++p, ++compared)
        ASSERT_TRUE(
            same(out[p], plain_read(layout, rows, layout.parts[p], probe.time, k), layout.parts[p]))
            << "seed " << seed << " step " << step << " t0 " << probe.time;
    }
  }
  EXPECT_GT(compared, 100'000);
}

TEST_P(KeyStateProperties, SettlingForgetsNothingAReadCanStillSee) {
  bool known_differs = GetParam();
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}, Kept{Keep::kQuanta, Type::int64(), {}}};
  for (bool current : {false, true}) {
    layout.add_parts(layout.add_window({sliding(5 * kHour), current}), 0, 0x1ff, 0);
    layout.add_parts(
        layout.add_window({{.kind = Window::Kind::kTumbling, .width = {kHour}}, current}), 1, 0x1ff,
        0);
    layout.add_parts(layout.add_window({{.kind = Window::Kind::kLast, .count = 4}, current}), 1,
                     0x1ff, 0);
  }
  layout.finish(known_differs);
  std::vector<Parts> out(layout.parts.size());
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed, 1);
    KeyState state;
    std::vector<Row> rows;
    std::int64_t settled = 0;
    std::int64_t most_in_sight = 0;
    for (int step = 0; step < 2000; ++step) {
      Row row = random_row(random, step, known_differs);
      // Nothing new at or below what is settled: that is what settling means.
      row.time = settled + 1 + static_cast<std::int64_t>(random.below(4)) * kHour / 2;
      row.known =
          row.time + (known_differs ? static_cast<std::int64_t>(random.below(3)) * kHour : 0);
      rows.push_back(row);
      ASSERT_TRUE(state.insert(layout, row.entry()));
      if (random.chance(0.2)) {
        settled += static_cast<std::int64_t>(random.below(3)) * kHour / 3;
        state.settle(layout, settled);
      }
      most_in_sight = std::max<std::int64_t>(
          most_in_sight,
          std::ranges::count_if(rows, [&](const Row& r) { return r.time > settled - 5 * kHour; }));
      if (!random.chance(0.1)) continue;
      std::int64_t t0 = settled + static_cast<std::int64_t>(random.below(5)) * kHour / 2;
      ASSERT_TRUE(state.read(layout, t0, t0, out));
      for (std::size_t p = 0; p < layout.parts.size(); ++p)
        ASSERT_TRUE(
            same(out[p], plain_read(layout, rows, layout.parts[p], t0, t0), layout.parts[p]))
            << "seed " << seed << " step " << step;
      if (settled > 0) {
        EXPECT_FALSE(state.read(layout, settled - 1, settled - 1, out)) << "below what is settled";
      }
    }
    // A ring doubles only when three quarters of it are in sight.
    EXPECT_LE(state.entries() * 3, most_in_sight * 8) << "evicted entries stay";
  }
}

TEST_P(KeyStateProperties, MergeOfAnySplitEqualsOneState) {
  bool known_differs = GetParam();
  Layout layout = full_layout(known_differs);
  std::vector<Parts> merged_out(layout.parts.size());
  std::vector<Parts> whole_out(layout.parts.size());
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed, 2);
    KeyState whole;
    KeyState left;
    KeyState right;
    for (int step = 0; step < 60; ++step) {
      Row row = random_row(random, step, known_differs);
      ASSERT_TRUE(whole.insert(layout, row.entry()));
      ASSERT_TRUE((random.chance(0.5) ? left : right).insert(layout, row.entry()));
    }
    ASSERT_TRUE(left.merge(layout, right));
    EXPECT_EQ(left.save(layout), whole.save(layout));
    ASSERT_TRUE(left.read(layout, 50, 50 + kHour, merged_out));
    ASSERT_TRUE(whole.read(layout, 50, 50 + kHour, whole_out));
    for (std::size_t p = 0; p < layout.parts.size(); ++p)
      ASSERT_TRUE(same(merged_out[p], whole_out[p], layout.parts[p]));
  }
}

INSTANTIATE_TEST_SUITE_P(KnownModes, KeyStateProperties, ::testing::Bool(),
                         [](const auto& mode) { return mode.param ? "lagged" : "on_time"; });

TEST(KeyState, EmptyReadsAreEmpty) {
  Layout layout = full_layout(false);
  KeyState state;
  std::vector<Parts> out(layout.parts.size());
  ASSERT_TRUE(state.read(layout, 0, 0, out));
  for (const Parts& parts : out) {
    EXPECT_EQ(parts.rows, 0);
    EXPECT_EQ(parts.least, kNoValue);
    EXPECT_EQ(parts.last_time, kNoValue);
  }
}

// Found by reading: a full ring dropped what lay behind the n last, though the newest of those was
// not known yet and so not among them.
TEST(KeyState, LastNKeepsWhatANotYetKnownEntryDoesNotReplace) {
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}};
  int window = layout.add_window({{.kind = Window::Kind::kLast, .count = 1}, true});
  layout.add_parts(window, 0, kPartLast, 0);
  layout.finish(true);
  KeyState state;
  auto insert = [&](std::int64_t time, std::int64_t known) {
    ASSERT_TRUE(state.insert(layout, {time, known, time, time, &time}));
  };
  insert(1, 1);
  insert(2, 2);
  insert(3, 3);
  insert(9, 20);
  state.settle(layout, 10);
  insert(11, 11);
  std::vector<Parts> out(1);
  ASSERT_TRUE(state.read(layout, 10, 10, out));
  EXPECT_EQ(out[0].rows, 1);
  EXPECT_EQ(out[0].last, 3);
}

TEST(KeyState, FlippedBitsAreFound) {
  Layout layout = full_layout(true);
  Random random(5);
  KeyState state;
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(state.insert(layout, random_row(random, i, true).entry()));
  std::string bytes = state.save(layout);
  TextPool texts;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    KeyState loaded;
    ASSERT_FALSE(loaded.load(layout, flipped, texts)) << "bit " << bit;
    ASSERT_EQ(loaded.entries(), 0);
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    KeyState loaded;
    ASSERT_FALSE(loaded.load(layout, std::string_view(bytes).substr(0, length), texts));
  }
}

}  // namespace
}  // namespace lode
