// Running parts as words: what a window keeps in a key's block and a cell keeps of its records,
// under the same arithmetic. Integers all, so the way in and out cannot show.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "features/layout.h"

namespace lode {

// An extreme that left: the next read finds it again. Nothing is beyond these, so what comes in
// leaves them; and where one is the true extreme it is found again at every read, which is right
// all the same.
inline constexpr std::int64_t kStaleLeast = kNoValue + 1;
inline constexpr std::int64_t kStaleGreatest = std::numeric_limits<std::int64_t>::max();

// Numbers of 128 bits stand at any 8-byte boundary.
inline void add_wide(std::int64_t* word, Int128 value) {
  Int128 sum = 0;
  std::memcpy(&sum, word, sizeof sum);
  sum += value;
  std::memcpy(word, &sum, sizeof sum);
}

inline Int256 wide_squares(const std::int64_t* word) {
  Int256 squares;
  std::memcpy(squares.limb, word, sizeof squares.limb);
  return squares;
}

inline void add_least(std::int64_t& least, std::int64_t value) {
  if (least == kNoValue || value < least) least = value;
}

// kNoValue is below every value, so it needs no case of its own.
inline void add_greatest(std::int64_t& greatest, std::int64_t value) {
  greatest = std::max(greatest, value);
}

// A value that is not null comes in. Inlined for a constant set of parts, of which only what is
// kept is left (features/part_runs.h).
[[gnu::always_inline]] inline void add_value(std::int64_t* words, const PartWords& at,
                                             std::int64_t value) {
  if (at.count >= 0) ++words[at.count];
  if (at.sum >= 0) add_wide(words + at.sum, value);
  if (at.squares >= 0) {
    Int256 squares = wide_squares(words + at.squares);
    squares += Int256::from(Int128{value} * value);
    std::memcpy(words + at.squares, squares.limb, sizeof squares.limb);
  }
  if (at.least >= 0) add_least(words[at.least], value);
  if (at.greatest >= 0) add_greatest(words[at.greatest], value);
}

// And goes out: an extreme that goes is stale.
[[gnu::always_inline]] inline void subtract_value(std::int64_t* words, const PartWords& at,
                                                  std::int64_t value) {
  if (at.count >= 0) --words[at.count];
  if (at.sum >= 0) add_wide(words + at.sum, -Int128{value});
  if (at.squares >= 0) {
    Int256 squares = wide_squares(words + at.squares);
    squares -= Int256::from(Int128{value} * value);
    std::memcpy(words + at.squares, squares.limb, sizeof squares.limb);
  }
  if (at.least >= 0 && value == words[at.least]) words[at.least] = kStaleLeast;
  if (at.greatest >= 0 && value == words[at.greatest]) words[at.greatest] = kStaleGreatest;
}

// The parts of a whole cell come in (sign 1) or go out (sign -1).
void add_words(std::int64_t* words, const PartWords& at, const std::int64_t* cell,
               const PartWords& in_cell, int sign);

// Count, sum and squares as the words have them, added to `out`.
void add_to(const std::int64_t* words, const PartWords& at, Parts& out);

}  // namespace lode
