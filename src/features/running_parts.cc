#include "features/running_parts.h"

namespace lode {

void add_words(std::int64_t* words, const PartWords& at, const std::int64_t* cell,
               const PartWords& in_cell, int sign) {
  if (at.count >= 0) words[at.count] += sign * cell[in_cell.count];
  if (at.sum >= 0) {
    Int128 sum = 0;
    std::memcpy(&sum, cell + in_cell.sum, sizeof sum);
    add_wide(words + at.sum, sign * sum);
  }
  if (at.squares >= 0) {
    Int256 squares = wide_squares(words + at.squares);
    if (sign > 0)
      squares += wide_squares(cell + in_cell.squares);
    else
      squares -= wide_squares(cell + in_cell.squares);
    std::memcpy(words + at.squares, squares.limb, sizeof squares.limb);
  }
  if (at.least >= 0 && cell[in_cell.least] != kNoValue) {
    if (sign > 0)
      add_least(words[at.least], cell[in_cell.least]);
    else if (words[at.least] == cell[in_cell.least])
      words[at.least] = kStaleLeast;
  }
  if (at.greatest >= 0 && cell[in_cell.greatest] != kNoValue) {
    if (sign > 0)
      add_greatest(words[at.greatest], cell[in_cell.greatest]);
    else if (words[at.greatest] == cell[in_cell.greatest])
      words[at.greatest] = kStaleGreatest;
  }
}

void add_to(const std::int64_t* words, const PartWords& at, Parts& out) {
  if (at.count >= 0) out.count += words[at.count];
  if (at.sum >= 0) {
    Int128 sum = 0;
    std::memcpy(&sum, words + at.sum, sizeof sum);
    out.sum += sum;
  }
  if (at.squares >= 0) out.squares += wide_squares(words + at.squares);
}

}  // namespace lode
