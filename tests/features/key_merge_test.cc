// States of one key that were kept apart and settled at their own times are merged: every read at
// or after the latest of these equals the plain fold over the rows of both, with cells on either
// side, cells of the same pane on both, or none.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/random.h"
#include "tests/features/key_streams.h"

namespace lode {
namespace {

struct Case {
  std::string name;
  std::vector<Window> windows;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"all_time", {kAll}},
      {"paned", {sliding(25 * kHour), sliding(100 * kHour)}},
      {"tumbling", {kTumbling}},
      {"cells_beside_exact", {kAll, kTumbling, sliding(200 * kHour), sliding(kHour / 4)}},
      {"cells_beside_last", {kAll, kTumbling, {.kind = Window::Kind::kLast, .count = 3}}},
  };
  return all;
}

// Three states of one key; each row goes to one of them.
class Apart {
 public:
  Apart(const Layout& layout, std::uint64_t seed, bool lagged)
      : layout_(layout),
        random_(seed, 11),
        lagged_(lagged),
        unit_(seed % 3 == 0   ? kHour / 16
              : seed % 3 == 1 ? kHour / 300
                              : kHour / 2400),
        out_(layout.parts.size()) {}

  void step(int number) {
    now_ += static_cast<std::int64_t>(random_.below(4)) * unit_;
    std::size_t mine = random_.below(states_.size());
    rows_.push_back(stream_row(random_, now_, unit_, number, lagged_, number / 100 % 4));
    ASSERT_TRUE(states_[mine].insert(layout_, rows_.back().entry()));
    if (random_.chance(0.2)) {
      std::size_t settling = random_.below(states_.size());
      std::int64_t t = now_ - static_cast<std::int64_t>(random_.below(60)) * unit_;
      states_[settling].settle(layout_, t);
    }
    if (random_.chance(0.05)) {  // cursors stand somewhere, chains and counters are there
      std::vector<Parts> unread(layout_.parts.size());
      std::int64_t t0 = now_ + static_cast<std::int64_t>(random_.below(20)) * unit_;
      ASSERT_TRUE(states_[mine].read(layout_, t0, t0, unread));
    }
    for (const KeyState& state : states_) most_cells_ = std::max(most_cells_, state.cells());
  }

  // Copies of the three, merged in a random order, answer as one.
  void merge_copies() {
    std::array<std::size_t, 3> order = {0, 1, 2};
    random_.shuffle(std::span(order));
    KeyState merged;
    if (random_.chance(0.7))
      merged = copy(order[0]);
    else
      ASSERT_TRUE(merged.merge(layout_, states_[order[0]]));
    KeyState second = copy(order[1]);
    if (random_.chance(0.5)) {
      ASSERT_TRUE(merged.merge(layout_, second));
      ASSERT_TRUE(merged.merge(layout_, states_[order[2]]));
    } else {
      ASSERT_TRUE(second.merge(layout_, states_[order[2]]));
      ASSERT_TRUE(merged.merge(layout_, second));
    }
    for (const KeyState& state : states_) ASSERT_GE(merged.settled(), state.settled());
    for (int i = 0; i < 3; ++i) check(merged);
    KeyState loaded;
    ASSERT_TRUE(loaded.load(layout_, merged.save(layout_), texts_));
    ASSERT_EQ(loaded.save(layout_), merged.save(layout_));
    check(loaded);
  }

  // One state takes another for good; both live on, the other one empty.
  void merge_for_good() {
    std::size_t into = random_.below(states_.size());
    std::size_t from = (into + 1 + random_.below(2)) % states_.size();
    ASSERT_TRUE(states_[into].merge(layout_, states_[from]));
    states_[from].clear(layout_);
  }

  std::int64_t most_cells() const { return most_cells_; }
  int reads() const { return reads_; }

 private:
  KeyState copy(std::size_t i) {
    KeyState out;
    EXPECT_TRUE(out.load(layout_, states_[i].save(layout_), texts_));
    return out;
  }

  void check(KeyState& merged) {
    std::int64_t settled = std::max(merged.settled(), now_ - 100 * unit_);
    std::int64_t t0 = settled + static_cast<std::int64_t>(random_.below(80)) * unit_;
    if (random_.chance(0.1)) t0 += 30 * kHour;
    std::int64_t k = random_.chance(0.6) ? t0 : settled + (t0 - settled) / 2;
    ASSERT_TRUE(merged.read(layout_, t0, k, out_));
    for (std::size_t p = 0; p < layout_.parts.size(); ++p)
      ASSERT_TRUE(
          same(out_[p], plain_read(layout_, rows_, layout_.parts[p], t0, k), layout_.parts[p]))
          << "row " << rows_.size() << " t0 " << t0 << " k " << k << " settled " << settled;
    ++reads_;
  }

  const Layout& layout_;
  Random random_;
  bool lagged_;
  std::int64_t unit_;
  std::vector<Parts> out_;
  TextPool texts_;
  std::array<KeyState, 3> states_;
  std::vector<Row> rows_;
  std::int64_t now_ = -300 * kHour;
  std::int64_t most_cells_ = 0;
  int reads_ = 0;
};

class KeyMerge : public ::testing::TestWithParam<std::tuple<std::size_t, bool>> {};

TEST_P(KeyMerge, StatesWithCellsMergeInAnyOrder) {
  auto [number, lagged] = GetParam();
  Layout layout = full_layout_of(cases()[number].windows, lagged, 25);
  std::int64_t most_cells = 0;
  int reads = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Apart apart(layout, seed, lagged);
    for (int step = 0; step < 500; ++step) {
      apart.step(step);
      if (step % 25 == 24) apart.merge_copies();
      if (step % 200 == 199) apart.merge_for_good();
      if (HasFatalFailure()) FAIL() << "seed " << seed << " step " << step;
    }
    most_cells = std::max(most_cells, apart.most_cells());
    reads += apart.reads();
  }
  EXPECT_GT(most_cells, 0) << "nothing was folded, nothing was tested";
  EXPECT_EQ(reads, 8 * 20 * 4);
}

std::string name_of(const ::testing::TestParamInfo<KeyMerge::ParamType>& at) {
  return cases()[std::get<0>(at.param)].name + (std::get<1>(at.param) ? "_lagged" : "_on_time");
}

INSTANTIATE_TEST_SUITE_P(Windows, KeyMerge,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 5), ::testing::Bool()),
                         name_of);

}  // namespace
}  // namespace lode
