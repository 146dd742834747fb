// covers: features/cells, features/part_runs, features/running_parts, features/value_counter
// Folding must not show: with settled records in cells, with chains of extremes and counters of
// values, every read at or after what is settled equals the plain fold over all rows ever given.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "tests/features/key_streams.h"
#include "tests/features/plain_read.h"

namespace lode {
namespace {

struct Case {
  std::string name;
  std::vector<Window> windows;
};

class KeyCells : public ::testing::TestWithParam<std::tuple<std::size_t, bool>> {
 protected:
  static const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {"all", {kAll}},
        {"paned", {sliding(25 * kHour), sliding(100 * kHour)}},
        {"tumbling", {kTumbling}},
        {"cells_beside_exact", {kAll, kTumbling, sliding(200 * kHour), sliding(kHour / 4)}},
        {"cells_beside_last", {kAll, {.kind = Window::Kind::kLast, .count = 3}}},
        {"exact_only", {sliding(200 * kHour, true), sliding(2 * kHour)}},
    };
    return all;
  }
};

// One key's life: rows in, reads between, saves and loads, settling. Reads are at or after settled.
class Life {
 public:
  Life(const Layout& layout, std::uint64_t seed, bool known_differs)
      : layout_(layout),
        random_(seed, 7),
        lagged_(known_differs),
        unit_(seed % 3 == 0   ? kHour / 16
              : seed % 3 == 1 ? kHour / 100
                              : kHour / 2400),
        out_(layout.parts.size()) {}

  void step(int number) {
    now_ += static_cast<std::int64_t>(random_.below(4)) * unit_;
    Row row = stream_row(random_, now_, unit_, number, lagged_, static_cast<int>(number / 150 % 4));
    rows_.push_back(row);
    ASSERT_TRUE(state_.insert(layout_, row.entry()));
    if (random_.chance(0.3)) {
      settled_ = std::max(settled_, now_ - static_cast<std::int64_t>(random_.below(60)) * unit_);
      state_.settle(layout_, settled_);
    }
    if (random_.chance(0.02)) {
      KeyState loaded;
      ASSERT_TRUE(loaded.load(layout_, state_.save(layout_), texts_));
      ASSERT_EQ(loaded.save(layout_), state_.save(layout_));
      state_.swap(loaded);
    }
    most_cells_ = std::max(most_cells_, state_.cells());
    if (random_.chance(0.25)) read();
  }

  void read() {
    std::int64_t t0 =
        std::max(settled_, now_) + static_cast<std::int64_t>(random_.below(5)) * unit_ * 5;
    if (random_.chance(0.1)) t0 += 30 * kHour;
    if (random_.chance(0.3)) t0 = settled_ + static_cast<std::int64_t>(random_.below(3));
    std::int64_t k = random_.chance(0.6) ? t0 : settled_ + (t0 - settled_) / 2;
    ASSERT_TRUE(state_.read(layout_, t0, k, out_));
    for (std::size_t p = 0; p < layout_.parts.size(); ++p)
      ASSERT_TRUE(
          same(out_[p], plain_read(layout_, rows_, layout_.parts[p], t0, k), layout_.parts[p]))
          << "row " << rows_.size() << " t0 " << t0 << " k " << k << " settled " << settled_;
    ++reads_;
  }

  std::int64_t most_cells() const { return most_cells_; }
  std::int64_t entries() const { return state_.entries(); }
  int reads() const { return reads_; }

 private:
  const Layout& layout_;
  Random random_;
  bool lagged_;
  std::int64_t unit_;  // sparse and dense streams
  std::vector<Parts> out_;
  TextPool texts_;
  KeyState state_;
  std::vector<Row> rows_;
  std::int64_t now_ = -1000 * kHour;
  std::int64_t settled_ = -2000 * kHour;
  std::int64_t most_cells_ = 0;
  int reads_ = 0;
};

TEST_P(KeyCells, FoldingDoesNotShow) {
  auto [number, known_differs] = GetParam();
  const Case& the_case = cases()[number];
  Layout layout = full_layout_of(the_case.windows, known_differs, 25);
  std::int64_t most_cells = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Life life(layout, seed, known_differs);
    for (int step = 0; step < 900; ++step) {
      life.step(step);
      if (HasFatalFailure()) FAIL() << "seed " << seed;
    }
    most_cells = std::max(most_cells, life.most_cells());
    EXPECT_GT(life.reads(), 150);
    if (the_case.name == "all") {
      EXPECT_LT(life.entries(), 200) << "entries stay beside the cell";
    }
  }
  EXPECT_EQ(most_cells > 0, layout.cell_windows > 0) << "nothing was folded, nothing was tested";
}

INSTANTIATE_TEST_SUITE_P(Windows, KeyCells,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 6),
                                            ::testing::Bool()));

}  // namespace
}  // namespace lode
