#include "base/component.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lode {
namespace {

// Zero-initialised before any dynamic initialiser runs, so registration order does not matter.
constinit Registration* first_registration = nullptr;

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitute});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

}  // namespace

Registration::Registration(const Component& component)
    : component_(&component), next_(first_registration) {
  first_registration = this;
}

std::vector<const Component*> components(std::string_view kind) {
  std::vector<const Component*> found;
  for (Registration* r = first_registration; r != nullptr; r = r->next_)
    if (r->component_->kind == kind) found.push_back(r->component_);
  std::ranges::sort(found, {}, [](const Component* c) { return c->name; });
  return found;
}

const Component* find_component(std::string_view kind, std::string_view name) {
  for (const Component* component : components(kind))
    if (component->name == name) return component;
  return nullptr;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (std::string_view candidate : known) {
    std::size_t distance = edit_distance(word, candidate);
    bool shares = distance < std::max(word.size(), candidate.size());  // a letter at least
    if (shares && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace lode
