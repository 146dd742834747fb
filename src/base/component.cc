#include "base/component.h"

#include <algorithm>
#include <numeric>

namespace lode {
namespace {

// Zero-initialised before any dynamic initialiser runs, so registration order does not matter.
constinit Registration* first_registration = nullptr;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
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
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace lode
