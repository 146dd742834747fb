#include "base/memory_budget.h"

#include <algorithm>

namespace lode {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

}  // namespace

std::string memory_text(std::int64_t bytes) {
  double mib = static_cast<double>(bytes) / static_cast<double>(kMiB);
  if (mib < 9.95) return fmt::format("{:.1f} MiB", mib);
  if (mib < 1000) return fmt::format("{:.0f} MiB", mib);
  return fmt::format("{:.2f} GiB", mib / 1024);
}

MemoryBudget::Hold& MemoryBudget::Hold::operator=(Hold&& other) noexcept {
  if (this == &other) return *this;
  release();
  budget_ = std::exchange(other.budget_, nullptr);
  entry_ = other.entry_;
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

Status MemoryBudget::Hold::resize(std::int64_t bytes) {
  if (budget_ == nullptr || bytes == bytes_) return {};
  TRY_VOID(budget_->change(entry_, bytes_, bytes));
  bytes_ = bytes;
  return {};
}

void MemoryBudget::Hold::release() {
  if (budget_ == nullptr) return;
  (void)budget_->change(entry_, bytes_, 0);
  std::lock_guard lock(budget_->mutex_);
  budget_->entries_[entry_].what.clear();
  budget_ = nullptr;
  bytes_ = 0;
}

Result<MemoryBudget::Hold> MemoryBudget::hold(std::string_view what, std::int64_t bytes) {
  Hold hold;
  {
    std::lock_guard lock(mutex_);
    auto place = std::ranges::find_if(entries_, [](const Entry& e) { return e.what.empty(); });
    hold.entry_ = static_cast<std::size_t>(place - entries_.begin());
    if (place == entries_.end()) entries_.emplace_back();
    entries_[hold.entry_].what = what;
  }
  hold.budget_ = this;
  TRY_VOID(hold.resize(bytes));
  return hold;
}

Status MemoryBudget::change(std::size_t entry, std::int64_t from, std::int64_t to) {
  std::lock_guard lock(mutex_);
  if (to > from && held_ + to - from > limit_) {
    ++refusals_;
    return fail(over(entries_[entry].what, to - from));
  }
  held_ += to - from;
  peak_ = std::max(peak_, held_);
  lap_peak_ = std::max(lap_peak_, held_);
  entries_[entry].bytes = to;
  return {};
}

Error MemoryBudget::over(std::string_view what, std::int64_t asked) const {
  std::vector<Entry> holders = entries_;
  std::erase_if(holders, [](const Entry& e) { return e.bytes < kMiB; });
  std::ranges::stable_sort(holders, std::greater(), &Entry::bytes);
  std::string held;
  for (const Entry& entry : holders)
    held += fmt::format("{}{} {}", held.empty() ? "" : ", ", entry.what, memory_text(entry.bytes));
  std::int64_t needed = held_ + asked;
  // Rounded up to what a person types: steps of 256 MiB.
  std::int64_t advised = (needed + 256 * kMiB - 1) / (256 * kMiB) * 256;
  return Error(
      Code::kLimit,
      fmt::format("{} would take about {} more, and of --memory {} there are {} left{}; "
                  "give --memory {}MiB or more, or fewer rows or columns",
                  what, memory_text(asked), memory_text(limit_), memory_text(limit_ - held_),
                  held.empty() ? "" : " (held: " + held + ")", advised));
}

std::int64_t MemoryBudget::free() const {
  std::lock_guard lock(mutex_);
  return limit_ - held_;
}

std::int64_t MemoryBudget::take_lap_peak() {
  std::lock_guard lock(mutex_);
  return std::exchange(lap_peak_, held_);
}

std::int64_t MemoryBudget::refusals() const {
  std::lock_guard lock(mutex_);
  return refusals_;
}

std::int64_t MemoryBudget::peak() const {
  std::lock_guard lock(mutex_);
  return peak_;
}

}  // namespace lode
