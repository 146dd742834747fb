#include "features/layout.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "features/key_state.h"

namespace lode {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  std::int64_t quotient = a / b;
  return quotient * b > a ? quotient - 1 : quotient;
}

}  // namespace

std::int64_t RingWindow::lowest(std::int64_t t0) const {
  switch (window.kind) {
    case Window::Kind::kSliding: {
      std::int64_t edge = saturating_subtract(t0, window.width.us);
      if (window.paned()) {
        std::int64_t pane = window.width.us / 256;
        edge = floor_divide(edge, pane) * pane;
      }
      return saturating_add(edge, 1);
    }
    case Window::Kind::kTumbling:
      return floor_divide(t0, window.width.us) * window.width.us;
    case Window::Kind::kLast:
    case Window::Kind::kAll:
      break;
  }
  return std::numeric_limits<std::int64_t>::min();
}

bool RingWindow::operator==(const RingWindow& other) const {
  return window.kind == other.window.kind && window.width == other.window.width &&
         window.count == other.window.count && window.exact == other.window.exact &&
         include_current == other.include_current;
}

int Layout::add_window(const RingWindow& window) {
  auto found = std::ranges::find(windows, window);
  if (found != windows.end()) return static_cast<int>(found - windows.begin());
  windows.push_back(window);
  return static_cast<int>(windows.size()) - 1;
}

void Layout::add_parts(int window, int slot, PartSet wanted, std::int64_t distinct_limit) {
  for (KeptParts& kept : parts) {
    if (kept.window != window || kept.slot != slot) continue;
    kept.parts = static_cast<PartSet>(kept.parts | wanted);
    if (distinct_limit > 0) kept.distinct_limit = distinct_limit;
    return;
  }
  KeptParts kept;
  kept.window = window;
  kept.slot = slot;
  kept.parts = wanted;
  kept.distinct_limit = distinct_limit;
  parts.push_back(kept);
}

void Layout::finish(bool known_differs) {
  std::ranges::sort(parts, {}, [](const KeptParts& k) { return std::tuple(k.window, k.slot); });
  store_known = known_differs;
  for (const KeptParts& kept : parts)
    if ((kept.parts & (kPartFirst | kPartLast)) != 0) store_order = true;
  for (const RingWindow& window : windows)
    if (window.window.kind == Window::Kind::kLast) store_order = true;

  entry_words = 1;
  if (store_known) known_at = entry_words++;
  if (store_order) {
    id_at = entry_words++;
    seq_at = entry_words++;
  }
  slots_at = entry_words;
  entry_words += static_cast<int>(slots.size());

  int word = kKeyHeaderWords + static_cast<int>(windows.size());
  auto take = [&word](bool wanted, int words) {
    int at = wanted ? word : -1;
    if (wanted) word += words;
    return at;
  };
  for (KeptParts& kept : parts) {
    bool least = (kept.parts & kPartLeast) != 0;
    bool greatest = (kept.parts & kPartGreatest) != 0;
    kept.sum_word = take((kept.parts & kPartSum) != 0, 2);
    kept.squares_word = take((kept.parts & kPartSquares) != 0, 4);
    kept.least_word = take(least, 1);
    kept.greatest_word = take(greatest, 1);
    kept.count_word = take((kept.parts & kPartCount) != 0, 1);
    kept.flags_word = take(least || greatest, 1);
  }
  block_words = word;
  first_part.assign(windows.size() + 1, static_cast<int>(parts.size()));
  for (int i = static_cast<int>(parts.size()) - 1; i >= 0; --i)
    first_part[static_cast<std::size_t>(parts[static_cast<std::size_t>(i)].window)] = i;
  for (std::size_t w = windows.size(); w-- > 0;)
    first_part[w] = std::min(first_part[w], first_part[w + 1]);
}

int Layout::part_index(int window, int slot) const {
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (parts[i].window == window && parts[i].slot == slot) return static_cast<int>(i);
  return -1;
}

}  // namespace lode
