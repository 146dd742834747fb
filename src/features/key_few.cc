// Reads of a key with few records: no cursors and no running parts, its records are folded.
#include <algorithm>
#include <array>

#include "features/fold.h"
#include "features/key_state.h"

namespace lode {
namespace {

// The words of one part (features/part_runs.h): sum, squares, count and two extremes.
constexpr std::size_t kPartWords = 9;

}  // namespace

// The entries of a window at t0, known or not.
KeyState::Cursor KeyState::cursor_of_few(const Layout& layout, const WindowEdges& edges,
                                         std::int64_t t0) const {
  const RingWindow& window = layout.windows[static_cast<std::size_t>(edges.window)];
  const std::int64_t* time = entry(layout, 0);
  auto stride = static_cast<std::size_t>(layout.entry_words);
  std::int64_t high = t0 - edges.ahead;
  Cursor c{.tail = 0, .head = header().size};
  while (c.head > 0 && time[(c.head - 1) * stride] > high) --c.head;
  if (edges.last_n) {
    if (std::int64_t{c.head} > window.window.count)
      c.tail = c.head - static_cast<std::uint32_t>(window.window.count);
    return c;
  }
  std::int64_t low =
      edges.width > 0 ? saturating_add(saturating_subtract(t0, edges.width), 1) : window.lowest(t0);
  while (c.tail < c.head && time[c.tail * stride] < low) ++c.tail;
  return c;
}

void KeyState::read_few(const Layout& layout, std::int64_t t0, std::int64_t k,
                        std::span<Parts> out) const {
  bool hiding = k < header().max_known;
  for (const WindowEdges& edges : layout.edges) {
    Cursor c = cursor_of_few(layout, edges, t0);
    auto window = static_cast<std::size_t>(edges.window);
    for (int p = layout.first_part[window]; p < layout.first_part[window + 1]; ++p) {
      Parts& parts = out[static_cast<std::size_t>(p)];
      parts = Parts{};
      if (hiding)
        answer_hiding(layout, p, c, k, parts);
      else
        answer_few(layout, p, c, parts);
    }
  }
}

void KeyState::answer_few(const Layout& layout, int part, Cursor c, Parts& out) const {
  const KeptParts& kept = layout.parts[static_cast<std::size_t>(part)];
  std::uint32_t count = c.head - c.tail;
  out.rows = count;
  if (count == 0) return;
  const std::int64_t* first = entry(layout, c.tail);
  if (kept.ends) answer_ends(layout, part, first, entry(layout, c.head - 1), out);
  if (kept.slot < 0) return;
  auto stride = static_cast<std::size_t>(layout.entry_words);
  const std::int64_t* value = first + layout.slots_at + kept.slot;
  std::array<std::int64_t, kPartWords> words{};
  if (kept.in_block.least >= 0)
    words[static_cast<std::size_t>(kept.in_block.least - kept.base)] = kNoValue;
  if (kept.in_block.greatest >= 0)
    words[static_cast<std::size_t>(kept.in_block.greatest - kept.base)] = kNoValue;
  kept.run.add(words.data(), value, stride, count);
  // Nothing has left, so no extreme is stale.
  kept.run.read(words.data(), out);
  if ((kept.parts & kPartDistinct) == 0) return;
  std::array<std::int64_t, kFew> values;
  for (std::uint32_t i = 0; i < count; ++i) values[i] = value[i * stride];
  count_distinct(std::span(values).first(count), kept.distinct_limit, out);
}

}  // namespace lode
