// Properties of the engine's contract that tie reads to each other: what holds between windows,
// times and values whatever the records are.
// covers: features/part_runs
#include <gtest/gtest.h>

#include "tests/features/contract_properties.h"

namespace lode {
namespace {

class Laws : public Contract {
 protected:
  void SetUp() override { layout_ = layout(); }

  // Calls see(state, rows, t0, k) at reads of random streams.
  template <typename See>
  void each_read(const Layout& layout, See see) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      Random random(seed, 71);
      std::vector<Row> all = rows(seed);
      KeyState state = state_of(layout, all);
      for (int i = 0; i < 25; ++i) {
        std::int64_t t0 = all[random.below(all.size())].time +
                          static_cast<std::int64_t>(random.below(3)) * kHour / 2;
        see(state, all, t0, t0 + static_cast<std::int64_t>(random.below(3)) * kHour);
        ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << " t0 " << t0;
      }
    }
  }

  Layout layout_;
};

TEST_P(Laws, AWindowIsAllTimeNowLessAllTimeThen) {
  each_read(
      layout_, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
        std::vector<Parts> now = read_of(layout_, state, t0, k);
        const Parts& hour = parts_of(layout_, now, 0, false);
        const Parts& all_now = parts_of(layout_, now, 7, false);
        std::vector<Parts> earlier = read_of(layout_, state, t0 - kHour, k);
        const Parts& all_then = parts_of(layout_, earlier, 7, true);  // up to its lower edge, open
        ASSERT_EQ(hour.rows, all_now.rows - all_then.rows);
        ASSERT_EQ(hour.count, all_now.count - all_then.count);
        ASSERT_EQ(hour.sum, all_now.sum - all_then.sum);
        Int256 squares = all_now.squares;
        squares -= all_then.squares;
        ASSERT_EQ(hour.squares, squares);
      });
}

TEST_P(Laws, TheCurrentTimeAddsItsOwnRecordsAlone) {
  each_read(layout_,
            [&](KeyState& state, const std::vector<Row>& all, std::int64_t t0, std::int64_t k) {
              std::vector<Parts> out = read_of(layout_, state, t0, k);
              auto at_t0 = std::ranges::count_if(
                  all, [&](const Row& row) { return row.time == t0 && row.known <= k; });
              for (std::size_t window : {0U, 1U, 2U, 3U, 4U, 7U})
                ASSERT_EQ(parts_of(layout_, out, window, true).rows,
                          parts_of(layout_, out, window, false).rows + at_t0)
                    << window;
            });
}

TEST_P(Laws, AWiderWindowHoldsWhatANarrowerHolds) {
  each_read(
      layout_, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
        std::vector<Parts> out = read_of(layout_, state, t0, k);
        for (auto [narrow, wide] : {std::pair(1U, 0U), std::pair(0U, 3U), std::pair(3U, 2U),
                                    std::pair(2U, 7U), std::pair(4U, 7U), std::pair(5U, 6U)}) {
          const Parts& a = parts_of(layout_, out, narrow, false);
          const Parts& b = parts_of(layout_, out, wide, false);
          ASSERT_LE(a.rows, b.rows) << narrow << " " << wide;
          ASSERT_LE(a.distinct, b.distinct);
          if (a.count == 0) continue;
          ASSERT_GE(a.least, b.least);
          ASSERT_LE(a.greatest, b.greatest);
        }
      });
}

TEST_P(Laws, TheLastOfAllWindowsIsTheSameRecord) {
  each_read(
      layout_, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
        std::vector<Parts> out = read_of(layout_, state, t0, k);
        const Parts& all = parts_of(layout_, out, 7, false);
        for (std::size_t window = 0; window < 7; ++window) {
          const Parts& parts = parts_of(layout_, out, window, false);
          if (parts.rows > 0) {
            ASSERT_EQ(parts.last, all.last) << window;
          }
        }
        ASSERT_EQ(parts_of(layout_, out, 5, false).rows, all.rows > 0 ? 1 : 0);
        ASSERT_EQ(parts_of(layout_, out, 5, false).first, parts_of(layout_, out, 5, false).last);
      });
}

TEST_P(Laws, LastNOfFewerRecordsIsAllOfThem) {
  Layout layout = full_layout_of({{.kind = Window::Kind::kLast, .count = 1000}, kAll}, lagged(), 0);
  each_read(layout, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
    std::vector<Parts> out = read_of(layout, state, t0, k);
    for (bool current : {false, true}) {
      int all = layout.part_index(2 + (current ? 1 : 0), 0);
      ASSERT_TRUE(same(parts_of(layout, out, 0, current), parts_of(layout, out, 1, current),
                       layout.parts[static_cast<std::size_t>(all)]));
    }
  });
}

TEST_P(Laws, AWindowOfADayAtMostIsExactWithoutBeingAsked) {
  Layout layout = full_layout_of({sliding(24 * kHour), sliding(24 * kHour, true)}, lagged(), 0);
  each_read(layout, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
    std::vector<Parts> out = read_of(layout, state, t0, k);
    ASSERT_EQ(parts_of(layout, out, 0, false).rows, parts_of(layout, out, 1, false).rows);
    ASSERT_EQ(parts_of(layout, out, 0, false).sum, parts_of(layout, out, 1, false).sum);
  });
}

TEST_P(Laws, APaneIsAtMostAPaneWider) {
  std::int64_t pane = 40 * kHour / 256;
  Layout layout = full_layout_of(
      {sliding(40 * kHour), sliding(40 * kHour, true), sliding(40 * kHour + pane, true)}, lagged(),
      0);
  each_read(layout, [&](KeyState& state, const std::vector<Row>&, std::int64_t t0, std::int64_t k) {
    std::vector<Parts> out = read_of(layout, state, t0, k);
    ASSERT_GE(parts_of(layout, out, 0, false).rows, parts_of(layout, out, 1, false).rows);
    ASSERT_LE(parts_of(layout, out, 0, false).rows, parts_of(layout, out, 2, false).rows);
  });
}

TEST_P(Laws, ATumblingWindowStartsEmptyAtItsOwnStart) {
  each_read(
      layout_, [&](KeyState& state, const std::vector<Row>& all, std::int64_t t0, std::int64_t) {
        std::int64_t width = 3 * kHour;
        std::int64_t start = (t0 - ((t0 % width) + width) % width);
        std::int64_t k = start + 10 * kHour;
        std::vector<Parts> out = read_of(layout_, state, start, k);
        ASSERT_EQ(parts_of(layout_, out, 4, false).rows, 0);
        ASSERT_EQ(parts_of(layout_, out, 4, true).rows, std::ranges::count(all, start, &Row::time));
        out = read_of(layout_, state, start + width - 1, k);
        auto inside = std::ranges::count_if(all, [&](const Row& row) {
          return row.time >= start && row.time < start + width && row.known <= k;
        });
        ASSERT_EQ(parts_of(layout_, out, 4, true).rows, inside);
      });
}

// What is known later only adds: and no record counts before it is known.
TEST_P(Laws, NothingCountsBeforeItIsKnown) {
  each_read(layout_,
            [&](KeyState& state, const std::vector<Row>& all, std::int64_t t0, std::int64_t) {
              std::int64_t before = 0;
              for (std::int64_t k = t0 - 3 * kHour; k <= t0 + 3 * kHour; k += kHour) {
                std::vector<Parts> out = read_of(layout_, state, t0, k);
                auto known = std::ranges::count_if(
                    all, [&](const Row& row) { return row.time < t0 && row.known <= k; });
                ASSERT_EQ(parts_of(layout_, out, 7, false).rows, known) << "k " << k;
                ASSERT_GE(known, before);
                before = known;
              }
            });
}

TEST_P(Laws, ShiftedByWholePanesAndWidthsAnswersAreTheSame) {
  // 40 h / 256 is 562.5 s; 15 h is 96 panes of it and 5 tumbling widths.
  std::int64_t shift = 15 * kHour;
  ASSERT_EQ(shift % (40 * kHour / 256), 0);
  each_read(layout_,
            [&](KeyState& state, const std::vector<Row>& all, std::int64_t t0, std::int64_t k) {
              std::vector<Row> later = all;
              for (Row& row : later) {
                row.time += shift;
                row.known += shift;
              }
              KeyState shifted = state_of(layout_, later);
              std::vector<Parts> here = read_of(layout_, state, t0, k);
              std::vector<Parts> there = read_of(layout_, shifted, t0 + shift, k + shift);
              for (Parts& parts : there)
                if (parts.last_time != kNoValue) parts.last_time -= shift;
              expect_same(layout_, here, there, "shifted");
            });
}

TEST_P(Laws, NegatedValuesTurnEverySignAndKeepEverySquare) {
  each_read(layout_,
            [&](KeyState& state, const std::vector<Row>& all, std::int64_t t0, std::int64_t k) {
              auto negated = [](std::int64_t value) { return value == kNoValue ? value : -value; };
              std::vector<Row> other = all;
              for (Row& row : other)
                for (std::int64_t& value : row.values) value = negated(value);
              KeyState mirror = state_of(layout_, other);
              std::vector<Parts> a = read_of(layout_, state, t0, k);
              std::vector<Parts> b = read_of(layout_, mirror, t0, k);
              for (std::size_t window = 0; window < every_window().size(); ++window) {
                const Parts& x = parts_of(layout_, a, window, true);
                const Parts& y = parts_of(layout_, b, window, true);
                ASSERT_EQ(x.sum, -y.sum);
                ASSERT_EQ(x.squares, y.squares);
                ASSERT_EQ(x.least, negated(y.greatest));
                ASSERT_EQ(x.greatest, negated(y.least));
                ASSERT_EQ(x.distinct, y.distinct);
                ASSERT_EQ(x.first, negated(y.first));
              }
            });
}

TEST_P(Laws, AKeyAskedForManyWindowsAnswersEachAsIfAlone) {
  std::vector<Window> windows = every_window();
  for (std::size_t w = 0; w < windows.size(); ++w) {
    Layout alone = full_layout_of({windows[w]}, lagged(), 4);
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      Random random(seed, 72);
      std::vector<Row> all = rows(seed);
      KeyState many = state_of(layout_, all);
      KeyState one = state_of(alone, all);
      for (int i = 0; i < 20; ++i) {
        std::int64_t t0 = all[random.below(all.size())].time + 1;
        std::vector<Parts> a = read_of(layout_, many, t0, t0 + kHour);
        std::vector<Parts> b = read_of(alone, one, t0, t0 + kHour);
        for (bool current : {false, true}) {
          int part = alone.part_index(current ? 1 : 0, 0);
          ASSERT_TRUE(same(parts_of(layout_, a, w, current), parts_of(alone, b, 0, current),
                           alone.parts[static_cast<std::size_t>(part)]));
        }
      }
    }
  }
}

// Which parts are asked for decides which arithmetic is compiled in: each set answers its parts as
// all of them together do.
TEST_P(Laws, AnySetOfPartsAnswersLikeAllParts) {
  constexpr PartSet kOfRuns[] = {kPartCount, kPartSum, kPartSquares, kPartLeast, kPartGreatest};
  std::vector<Row> all = stream(12, 150);
  for (std::size_t set = 1; set < 32; ++set) {
    PartSet parts = kPartRows;
    for (std::size_t i = 0; i < 5; ++i)
      if ((set >> i & 1) != 0) parts = static_cast<PartSet>(parts | kOfRuns[i]);
    Layout some;
    some.slots = {Kept{Keep::kQuanta, Type::int64(), {}}, Kept{Keep::kQuanta, Type::int64(), {}}};
    for (const Window& window : {sliding(30 * kUnit), kTumbling, kAll})
      some.add_parts(some.add_window({window, true}), 1, parts, 0);
    some.finish(lagged());
    KeyState state;
    std::int64_t latest = all[0].time;
    std::vector<Row> so_far;
    for (const Row& row : all) {
      so_far.push_back(row);
      ASSERT_TRUE(state.insert(some, row.entry()));
      latest = std::max(latest, row.time);
      state.settle(some, latest - kLateUnits * kUnit);
      if (row.seq % 5 == 0) expect_plain(some, state, so_far, latest + 1, latest + 2 * kHour);
      ASSERT_FALSE(HasFatalFailure()) << "set " << set;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Contract, Laws, ::testing::Bool(), contract_mode);

}  // namespace
}  // namespace lode
