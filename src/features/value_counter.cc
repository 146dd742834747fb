#include "features/value_counter.h"

namespace lode {

std::size_t ValueCounter::find(std::int64_t value) const {
  std::size_t i = home(value);
  while (slots_[i].count != 0 && slots_[i].value != value) i = (i + 1) & (slots_.size() - 1);
  return i;
}

void ValueCounter::add(std::int64_t value, std::int64_t by) {
  std::size_t i = find(value);
  if (slots_[i].count == 0) {
    if ((used_ + 1) * 3 > slots_.size() * 2) {
      grow();
      i = find(value);
    }
    slots_[i].value = value;
    ++used_;
  }
  slots_[i].count += by;
  if (slots_[i].count == 0) {
    --used_;
    free_slot(i);
  }
}

void ValueCounter::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old)
    if (slot.count != 0) slots_[find(slot.value)] = slot;
}

// Moves back what a probe for it would no longer reach over the gap (Knuth 6.4, algorithm R).
void ValueCounter::free_slot(std::size_t i) {
  std::size_t mask = slots_.size() - 1;
  for (std::size_t j = (i + 1) & mask; slots_[j].count != 0; j = (j + 1) & mask) {
    std::size_t from_home = (j - home(slots_[j].value)) & mask;
    if (from_home < ((j - i) & mask)) continue;
    slots_[i] = slots_[j];
    slots_[j].count = 0;
    i = j;
  }
}

}  // namespace lode
