// Layouts with every part and streams that go forward, for tests of how the records of a key are
// folded into cells, merged, saved and let go.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "base/random.h"
#include "tests/features/plain_read.h"

namespace lode {

// All parts of two slots over each window, with and without the current time. `limit` is the most
// distinct values an all-time window counts.
inline Layout full_layout_of(const std::vector<Window>& windows, bool known_differs,
                             std::int64_t limit) {
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}},
                  Kept{Keep::kInteger, Type::timestamp(), {}}};
  for (const Window& window : windows)
    for (bool current : {false, true}) {
      int w = layout.add_window({window, current});
      layout.add_parts(w, -1, kPartRows | kPartLastTime, 0);
      layout.add_parts(w, 0, 0x1ff, 0);
      layout.add_parts(w, 1, kPartLeast | kPartFirst | kPartDistinct,
                       window.kind == Window::Kind::kAll ? limit : 0);
    }
  layout.finish(known_differs);
  return layout;
}

inline const Window kTumbling{.kind = Window::Kind::kTumbling, .width = {3 * kHour}};
inline const Window kAll{.kind = Window::Kind::kAll};

// A stream that goes forward, a little late here and there, with values of a kind: 0 few and
// repeated, 1 falling, 2 rising, 3 wide with extremes.
inline Row stream_row(Random& random, std::int64_t now, std::int64_t unit, std::int64_t seq,
                      bool known_differs, int kind) {
  Row row{};
  row.time = now - static_cast<std::int64_t>(random.below(random.chance(0.2) ? 80 : 3)) * unit;
  row.known = row.time;
  if (known_differs)
    row.known =
        std::max(row.time, now - 8 * unit) + static_cast<std::int64_t>(random.below(3)) * unit * 4;
  row.id = static_cast<std::int64_t>(random.below(50));
  row.seq = seq;
  for (std::int64_t& value : row.values) {
    value = kind == 0             ? static_cast<std::int64_t>(random.below(9)) - 4
            : kind == 1           ? -seq * 3 + static_cast<std::int64_t>(random.below(5))
            : kind == 2           ? seq * 3 + static_cast<std::int64_t>(random.below(5))
            : random.chance(0.02) ? std::numeric_limits<std::int64_t>::max()
            : random.chance(0.02) ? kNoValue + 1
                                  : static_cast<std::int64_t>(random.below(1'000'000)) - 500'000;
    if (random.chance(0.05)) value = kNoValue;
  }
  return row;
}

}  // namespace lode
