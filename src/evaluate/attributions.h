// Why a model answered as it did: what every column added to or took from the answer of a row.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lode {

// Contributions in the unit of the margin (log-odds for logistic models, the label's own unit for
// regression): base + the sum of a row's contributions = the margin of that row.
struct Attributions {
  double base = 0;             // the answer to somebody of whom nothing is known
  std::size_t columns = 0;     // at least 1
  std::vector<double> values;  // rows x columns

  std::size_t rows() const { return values.size() / columns; }
  std::span<const double> of_row(std::size_t row) const {
    return std::span(values).subspan(row * columns, columns);
  }
};

}  // namespace lode
