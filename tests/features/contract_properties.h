// What the property tests of the engine's contract share: a key with every kind of window and every
// part, random rows, and reads held against the plain fold (plain_read.h). Each property stands in
// one of the contract_*_test.cc beside this file and in docs/properties.md.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/features/key_streams.h"

namespace lode {

// Every kind of window: sliding of an hour, of few microseconds, paned, long and exact; tumbling;
// one, three and all of the last; with and without the current time (full_layout_of).
inline std::vector<Window> every_window() {
  return {sliding(kHour),
          sliding(7),
          sliding(40 * kHour),
          sliding(40 * kHour, true),
          kTumbling,
          {.kind = Window::Kind::kLast, .count = 1},
          {.kind = Window::Kind::kLast, .count = 5},
          kAll};
}
// The same without windows of exact edges, so that settled records fold into cells.
inline std::vector<Window> cell_windows() {
  return {sliding(40 * kHour), sliding(200 * kHour), kTumbling, kAll};
}

// The parameter: false = records are known at their own time, true = up to two hours later.
class Contract : public ::testing::TestWithParam<bool> {
 protected:
  static constexpr std::uint64_t kSeeds = 12;

  bool lagged() const { return GetParam(); }
  Layout layout(std::int64_t limit = 4) const {
    return full_layout_of(every_window(), lagged(), limit);
  }
  std::vector<Row> rows(std::uint64_t seed, int count = 80) const {
    Random random(seed, 21);
    std::vector<Row> out;
    for (int i = 0; i < count; ++i) out.push_back(random_row(random, i, lagged()));
    return out;
  }
  // Rows in the order of their times but for lateness, kUnit apart; or dense enough to fold.
  std::vector<Row> stream(std::uint64_t seed, int count, std::int64_t unit = kUnit) const {
    Random random(seed, 22);
    std::vector<Row> out;
    std::int64_t now = -20 * kHour;
    for (int i = 0; i < count; ++i) {
      now += static_cast<std::int64_t>(random.below(4)) * unit;
      out.push_back(stream_row(random, now, unit, i, lagged(), i / 100 % 4));
    }
    return out;
  }
  static constexpr std::int64_t kUnit = kHour / 300;
  static constexpr std::int64_t kDense = kHour / 2400;
  static constexpr std::int64_t kLateUnits = 80;  // of a stream: how late its records are at most
};

inline KeyState state_of(const Layout& layout, std::span<const Row> rows) {
  KeyState state;
  for (const Row& row : rows) EXPECT_TRUE(state.insert(layout, row.entry()));
  return state;
}

inline KeyState reloaded(const Layout& layout, const KeyState& state, TextPool& texts) {
  KeyState out;
  EXPECT_TRUE(out.load(layout, state.save(layout), texts));
  return out;
}

inline std::vector<Parts> read_of(const Layout& layout, KeyState& state, std::int64_t t0,
                                  std::int64_t k) {
  std::vector<Parts> out(layout.parts.size());
  EXPECT_TRUE(state.read(layout, t0, k, out)) << "t0 " << t0 << " k " << k;
  return out;
}

inline void expect_same(const Layout& layout, const std::vector<Parts>& a,
                        const std::vector<Parts>& b, const std::string& where) {
  for (std::size_t p = 0; p < layout.parts.size(); ++p)
    ASSERT_TRUE(same(a[p], b[p], layout.parts[p])) << where;
}

// One read equals the plain fold over `rows`.
inline void expect_plain(const Layout& layout, KeyState& state, const std::vector<Row>& rows,
                         std::int64_t t0, std::int64_t k) {
  std::vector<Parts> out = read_of(layout, state, t0, k);
  for (std::size_t p = 0; p < layout.parts.size(); ++p)
    ASSERT_TRUE(same(out[p], plain_read(layout, rows, layout.parts[p], t0, k), layout.parts[p]))
        << "t0 " << t0 << " k " << k << " of " << rows.size() << " rows";
}

// The same at `reads` random times not below `settled`, in any order.
inline void expect_plain_anywhere(const Layout& layout, KeyState& state,
                                  const std::vector<Row>& rows, Random& random, int reads,
                                  std::int64_t settled = -60 * kHour) {
  for (int i = 0; i < reads; ++i) {
    std::int64_t t0 = settled + static_cast<std::int64_t>(random.below(120)) * kHour;
    if (random.chance(0.5))
      t0 = std::max(settled, rows[random.below(rows.size())].time +
                                 static_cast<std::int64_t>(random.below(3)) - 1);
    expect_plain(layout, state, rows, t0, t0 + static_cast<std::int64_t>(random.below(4)) * kHour);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

// Two states give equal answers at random times.
inline void expect_equal_answers(const Layout& layout, KeyState& a, KeyState& b, Random& random,
                                 int reads, std::int64_t settled = -60 * kHour) {
  for (int i = 0; i < reads; ++i) {
    std::int64_t t0 = settled + static_cast<std::int64_t>(random.below(400)) * kHour / 4;
    std::int64_t k = t0 + static_cast<std::int64_t>(random.below(4)) * kHour;
    expect_same(layout, read_of(layout, a, t0, k), read_of(layout, b, t0, k),
                "t0 " + std::to_string(t0) + " k " + std::to_string(k));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

// The parts of one slot of one window (by its place in the declared windows).
inline const Parts& parts_of(const Layout& layout, const std::vector<Parts>& all,
                             std::size_t declared, bool current, int slot = 0) {
  int window = static_cast<int>(2 * declared + (current ? 1 : 0));
  return all[static_cast<std::size_t>(layout.part_index(window, slot))];
}

inline std::string contract_mode(const ::testing::TestParamInfo<bool>& mode) {
  return mode.param ? "lagged" : "on_time";
}

}  // namespace lode
