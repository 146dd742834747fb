// Everything wrong with one project file, gathered so that a user mends it in one go. Sentences
// about unknown words are made here, all in one manner: what is wrong, what was meant, what is
// known.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "project/place.h"

namespace lode {

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Place place, std::string message, Code code = Code::kInvalid);
  bool empty() const { return found_.empty(); }
  std::size_t size() const { return found_.size(); }
  // In the order of the file; of one place, in the order they were found.
  std::vector<Error> sorted() const;

 private:
  struct Found {
    Place place;
    Error error;
  };
  std::string file_;
  std::vector<Found> found_;
};

// "unknown source 'flihgts'; did you mean 'flights'? Known: flights, weather" (at most 20 are
// listed). `kind` is in the singular.
std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known);
std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string> known);
// "flights, weather and 3 more": the first 20.
std::string listed(std::span<const std::string_view> words);

template <typename Word, typename Words>
bool is_among(const Word& word, const Words& words) {
  for (const auto& other : words)
    if (other == word) return true;
  return false;
}

// [a-z][a-z0-9_]*
bool is_name(std::string_view text);

}  // namespace lode
