// What the golden states of the engine were made for: the layout of the key's, the project of the
// engine's. Neither may change: the files are of them.
#pragma once

#include "features/layout.h"
#include "tests/features/plain_read.h"

namespace lode {

// A slot of numbers, one of texts; windows with cells and without.
inline Layout golden_layout(const TextPool& texts) {
  Layout layout;
  layout.texts = &texts;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}, Kept{Keep::kText, Type::string(), {}}};
  for (const Window& window :
       {sliding(2 * kHour), sliding(50 * kHour),
        Window{.kind = Window::Kind::kTumbling, .width = {6 * kHour}},
        Window{.kind = Window::Kind::kLast, .count = 2}, Window{.kind = Window::Kind::kAll}}) {
    int w = layout.add_window({window, false});
    layout.add_parts(w, -1, kPartRows | kPartLastTime, 0);
    bool paned = window.paned();
    layout.add_parts(w, 0, paned ? kPartSum | kPartCount : 0x1ff,
                     window.kind == Window::Kind::kAll ? 5 : 0);
    layout.add_parts(w, 1, paned ? kPartLast : kPartFirst | kPartLast | kPartDistinct, 0);
  }
  layout.finish(true);
  return layout;
}

inline constexpr std::string_view kGoldenProject = R"(lode: 1
project: golden
sources:
  visits:
    files: visits.csv
    columns: {id: string, at: timestamp, seen: timestamp, who: string, page: int64, amount: int64, op: string}
    time: at
    id: id
    known: seen
    change: {column: op, correction: U, retraction: D}
labels:
  large: {about: visits, value: amount > 50, known: at + hours(1)}
features:
  people:
    over: visits
    by: who
    windows: [2h, 3d, {tumbling: 1h}, {last: 2}, all]
    values:
      n: count()
      total: sum(amount)
      most: max(amount)
      first_op: first(op)
      pages: distinct(page)
      spread: variance(amount)
      since: time_since()
  outcomes: {over: large, by: page, window: all, values: {n: count(), large: sum(value)}}
)";

}  // namespace lode
