// Properties of the engine's contract: neither the order records come in, as far as lateness lets
// them, nor the order and number of reads shows in a value.
#include <gtest/gtest.h>

#include "tests/features/contract_properties.h"

namespace lode {
namespace {

class AnyOrder : public Contract {
 protected:
  void SetUp() override { layout_ = layout(); }
  Layout layout_;
};

TEST_P(AnyOrder, PermutedRecordsMakeTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 41);
    std::vector<Row> all = rows(seed);
    std::string bytes = state_of(layout_, all).save(layout_);
    for (int i = 0; i < 5; ++i) {
      random.shuffle(std::span(all));
      ASSERT_EQ(state_of(layout_, all).save(layout_), bytes) << "seed " << seed;
    }
  }
}

// Two orders in which no record is later than the lateness, each settled at its own watermark.
TEST_P(AnyOrder, PermutedWithinTheLatenessAnswersAreTheSame) {
  Layout cells = full_layout_of(cell_windows(), lagged(), 30);
  for (const Layout* layout : std::initializer_list<const Layout*>{&layout_, &cells})
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      std::int64_t unit = layout == &cells ? kDense : kUnit;
      std::int64_t lateness = kLateUnits * unit;
      Random random(seed, 42);
      std::vector<Row> all = stream(seed, 400, unit);
      auto run = [&](const std::vector<Row>& order) {
        std::vector<std::pair<std::int64_t, std::size_t>> arrives;
        for (std::size_t i = 0; i < order.size(); ++i)
          arrives.emplace_back(order[i].time + static_cast<std::int64_t>(random.below(lateness)),
                               i);
        std::ranges::sort(arrives);
        KeyState state;
        std::int64_t latest = std::numeric_limits<std::int64_t>::min();
        for (auto [time, i] : arrives) {
          const Row& row = order[i];
          latest = std::max(latest, row.time);
          EXPECT_GE(row.time, latest - lateness);
          EXPECT_TRUE(state.insert(*layout, row.entry()));
          state.settle(*layout, latest - lateness);
        }
        return state;
      };
      KeyState one = run(all);
      KeyState other = run(all);
      ASSERT_EQ(one.settled(), other.settled());
      expect_equal_answers(*layout, one, other, random, 20, one.settled());
      expect_plain_anywhere(*layout, one, all, random, 10, one.settled());
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    }
}

TEST_P(AnyOrder, RecordsOfOneTimeFoldByIdAndThenSeq) {
  std::vector<Row> all;
  for (std::int64_t i = 0; i < 24; ++i)  // ids 0 to 7, three of each, all at one time
    all.push_back({100, 100, i % 8, 100 - i, {i, -i}});
  Random random(43);
  for (int i = 0; i < 20; ++i) {
    random.shuffle(std::span(all));
    KeyState state = state_of(layout_, all);
    std::vector<Parts> out = read_of(layout_, state, 101, 101);
    const Parts& parts = parts_of(layout_, out, 7, false);
    EXPECT_EQ(parts.first, 16) << "id 0, the least seq is 84";
    EXPECT_EQ(parts.last, 7) << "id 7, the greatest seq is 93";
    EXPECT_EQ(parts_of(layout_, out, 6, false).sum, 7 + 15 + 23 + 6 + 14) << "the last five";
  }
}

TEST_P(AnyOrder, ReadsInAnyOrderOfTheirTimesAreTheSame) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 44);
    std::vector<Row> all = rows(seed);
    KeyState forward = state_of(layout_, all);
    KeyState shuffled = state_of(layout_, all);
    std::vector<std::int64_t> times;
    for (int i = 0; i < 30; ++i) times.push_back(all[random.below(all.size())].time + 1);
    std::ranges::sort(times);
    std::vector<std::vector<Parts>> answers;
    for (std::int64_t t0 : times) answers.push_back(read_of(layout_, forward, t0, t0 + kHour));
    std::vector<std::size_t> order(times.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    random.shuffle(std::span(order));
    for (std::size_t i : order)
      expect_same(layout_, read_of(layout_, shuffled, times[i], times[i] + kHour), answers[i],
                  "seed " + std::to_string(seed));
  }
}

TEST_P(AnyOrder, AReadTwiceIsTheSameRead) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    std::vector<Row> all = rows(seed);
    KeyState state = state_of(layout_, all);
    for (const Row& row : all) {
      std::vector<Parts> once = read_of(layout_, state, row.time, row.time + kHour);
      expect_same(layout_, once, read_of(layout_, state, row.time, row.time + kHour), "again");
    }
  }
}

TEST_P(AnyOrder, ReadsBetweenRecordsDoNotShow) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 45);
    std::vector<Row> all = rows(seed);
    KeyState read_often;
    for (const Row& row : all) {
      ASSERT_TRUE(read_often.insert(layout_, row.entry()));
      std::int64_t t0 = all[random.below(all.size())].time;
      read_of(layout_, read_often, t0, t0 + static_cast<std::int64_t>(random.below(3)) * kHour);
    }
    KeyState fresh = state_of(layout_, all);
    ASSERT_EQ(read_often.save(layout_), fresh.save(layout_));
    expect_equal_answers(layout_, read_often, fresh, random, 20);
  }
}

TEST_P(AnyOrder, ARecordTakenOutAgainWasNeverThere) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Random random(seed, 46);
    std::vector<Row> all = rows(seed);
    KeyState state = state_of(layout_, all);
    std::int64_t t0 = all[0].time + kHour;
    while (all.size() > 1) {
      read_of(layout_, state, t0, t0 + kHour);  // it goes out of standing windows
      std::size_t gone = random.below(all.size());
      ASSERT_TRUE(state.erase(layout_, all[gone].entry()));
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(gone));
      if (all.size() % 10 == 0) {
        ASSERT_EQ(state.save(layout_), state_of(layout_, all).save(layout_));
      }
      expect_plain(layout_, state, all, t0, t0 + 2 * kHour);
      if (random.chance(0.3)) t0 = all[random.below(all.size())].time + 1;
    }
  }
}

TEST_P(AnyOrder, TakingOutWhatIsNotThereChangesNothing) {
  std::vector<Row> all = rows(8);
  KeyState state = state_of(layout_, all);
  std::string bytes = state.save(layout_);
  Row other = all[0];
  for (std::int64_t Row::* field : {&Row::time, &Row::id, &Row::seq}) {
    Row changed = other;
    changed.*field += 5000;
    EXPECT_FALSE(state.erase(layout_, changed.entry()));
  }
  other.values[1] = other.values[1] == 5 ? 6 : 5;
  EXPECT_FALSE(state.erase(layout_, other.entry()));
  EXPECT_EQ(state.save(layout_), bytes);
  KeyState never_used;
  EXPECT_FALSE(never_used.erase(layout_, other.entry()));
}

// The chain of extremes and the counter of values of a window of many records see records that
// come in behind, inside and before it.
TEST_P(AnyOrder, LateRecordsInALargeWindowAreCounted) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    Random random(seed, 47);
    std::vector<Row> all = stream(seed, 400);
    KeyState state = state_of(layout_, all);
    std::int64_t t0 = all.back().time + 1;
    for (int i = 0; i < 150; ++i) {
      expect_plain(layout_, state, all, t0, t0 + 2 * kHour);
      ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << " after " << i << " late records";
      Row late = stream_row(random, t0 - static_cast<std::int64_t>(random.below(300)) * kUnit,
                            kUnit, 1000 + i, lagged(), i % 4);
      all.push_back(late);
      ASSERT_TRUE(state.insert(layout_, late.entry()));
      t0 += static_cast<std::int64_t>(random.below(3)) * kUnit;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, AnyOrder, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
