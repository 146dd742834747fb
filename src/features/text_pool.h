// Texts as numbers: the engine keeps a string or bytes value of a feature, or a text id, as the
// number of its text here. Numbers are given in the order of first appearance and mean nothing
// outside the pool; saved state carries the texts themselves.
//
// Threads: intern() by one thread while no other reads; reads from any.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lode {

class TextPool {
 public:
  std::int64_t intern(std::string_view text) {
    auto found = numbers_.find(text);
    if (found != numbers_.end()) return found->second;
    texts_.emplace_back(text);
    auto number = static_cast<std::int64_t>(texts_.size() - 1);
    numbers_.emplace(texts_.back(), number);
    return number;
  }
  // The number of a text that was interned before.
  std::optional<std::int64_t> find(std::string_view text) const {
    auto found = numbers_.find(text);
    if (found == numbers_.end()) return std::nullopt;
    return found->second;
  }
  std::string_view text(std::int64_t number) const {
    return texts_[static_cast<std::size_t>(number)];
  }
  std::int64_t size() const { return static_cast<std::int64_t>(texts_.size()); }

 private:
  std::deque<std::string> texts_;  // a deque never moves its elements, so the views stay valid
  std::unordered_map<std::string_view, std::int64_t> numbers_;
};

}  // namespace lode
