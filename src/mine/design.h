// What an algorithm is trained on and scores: numbers and categories side by side, with names. The
// encoders of features/ make one; algorithms never see tables, times or keys.
//
// Threads: values and views; whoever owns the numbers keeps them alive.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace lode {

// A column of codes 0 .. levels.size() - 1, one level each. Linear models see it as one indicator a
// level without any being stored.
struct CategoryColumn {
  std::string name;
  std::vector<std::string> levels;
  bool operator==(const CategoryColumn&) const = default;
};

// A column of bags: a row has a weight for some of its terms, for most none. What a text becomes.
struct BagColumn {
  std::string name;
  std::vector<std::string> terms;
  bool operator==(const BagColumn&) const = default;
};

struct DesignSchema {
  std::vector<std::string> numeric;
  std::vector<CategoryColumn> categories;
  std::vector<BagColumn> bags;
  bool operator==(const DesignSchema&) const = default;

  // Of all kinds; where columns are numbered, numeric ones come first, then categories, then bags.
  std::size_t columns() const { return numeric.size() + categories.size() + bags.size(); }
};

// The rows of one column of bags, compressed: row i has the entries [begin[i], begin[i + 1]).
struct BagRows {
  std::span<const std::int64_t> begin;  // rows + 1
  std::span<const std::uint32_t> term;  // ascending within a row
  std::span<const double> weight;       // finite
};

// Rows in row-major order. A matrix built with a model's own schema pointer is checked by comparing
// pointers, so that scoring one row costs no comparison of names.
struct DesignMatrix {
  std::shared_ptr<const DesignSchema> schema;
  std::int64_t rows = 0;
  std::span<const double> values;       // rows x schema->numeric.size(); NaN = missing
  std::span<const std::int32_t> codes;  // rows x schema->categories.size(); -1 = no known level
  std::span<const BagRows> bags = {};   // one for each of schema->bags

  std::span<const double> values_of(std::int64_t row) const {
    std::size_t width = schema->numeric.size();
    return values.subspan(static_cast<std::size_t>(row) * width, width);
  }
  std::span<const std::int32_t> codes_of(std::int64_t row) const {
    std::size_t width = schema->categories.size();
    return codes.subspan(static_cast<std::size_t>(row) * width, width);
  }
};

struct LabelledMatrix {
  DesignMatrix features;
  std::span<const double> label;        // one a row; 0 or 1 for classification
  std::span<const double> weight = {};  // finite, not negative; empty = 1 each; 2 = the row twice

  double weight_of(std::int64_t row) const {
    return weight.empty() ? 1.0 : weight[static_cast<std::size_t>(row)];
  }
};

// Calls take(term, weight) for each entry of a row.
template <typename Take>
void each_entry(const BagRows& bag, std::int64_t row, Take&& take) {
  auto end = static_cast<std::size_t>(bag.begin[static_cast<std::size_t>(row) + 1]);
  for (auto k = static_cast<std::size_t>(bag.begin[static_cast<std::size_t>(row)]); k < end; ++k)
    take(bag.term[k], bag.weight[k]);
}

// Shapes agree, numbers are finite or, with `missing_values`, NaN; codes exist or, with
// `unknown_levels`, are -1. kInvalid names the row and the column. O(values).
Status check(const DesignMatrix& matrix, bool missing_values, bool unknown_levels);
// The same, and: at least one row, distinct column names, a finite label each, weights that are not
// all 0. With `missing`, both NaN and -1 pass; with `binary`, labels are 0 or 1.
Status check(const LabelledMatrix& data, bool missing, bool binary);

}  // namespace lode
