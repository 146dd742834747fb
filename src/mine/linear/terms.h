// From columns to the parameters of a linear model: an intercept, a standardised term for each
// numeric column, an indicator for each level of a category. Says what was left out and why.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "mine/design.h"

namespace lode {

// Rows are cut into lanes by their number and the width of the sums alone, never by threads; lanes
// are summed row by row and joined in a fixed tree. So a sum has the same bytes on any machine.
struct Lanes {
  std::size_t count = 1;
  std::int64_t rows_each = 0;
  std::int64_t rows = 0;

  // `width`: how many numbers a lane sums; wide ones get fewer lanes (at most 256 MiB in all).
  static Lanes of(std::int64_t rows, std::size_t width);
  std::int64_t begin(std::size_t lane) const;
  std::int64_t end(std::size_t lane) const { return begin(lane + 1); }
};

// Adds arrays of equal length, neighbours first, into the first: a tree of fixed shape.
void join_lanes(std::span<const std::span<double>> lanes);

// What the labels are: 0 and 1, whose log-odds the terms make, or numbers.
enum class Family : std::uint8_t { kLogistic, kSquared };

inline constexpr std::int32_t kReferenceLevel = -1;  // its coefficient is 0 by definition
inline constexpr std::int32_t kUnseenLevel = -2;     // no training row had it

struct NumericTerm {
  std::size_t column = 0;  // in the schema
  double mean = 0;         // weighted, over rows with weight
  double deviation = 1;    // weighted standard deviation, above 0
};

struct CategoryTerm {
  std::size_t column = 0;               // in the schema
  std::vector<std::int32_t> parameter;  // of each level; or kReferenceLevel, kUnseenLevel
  std::vector<double> share;            // of each level in the training weight
};

// Terms of a bag stand as they are, neither centred nor scaled.
struct BagTerms {
  std::size_t column = 0;  // in the schema
  std::size_t first = 0;   // parameter of its first term; the others follow
  std::size_t count = 0;
};

// Parameter 0 is the intercept, 1 .. numeric.size() the numeric terms in order, then the levels,
// then the terms of bags.
struct Terms {
  std::vector<NumericTerm> numeric;
  std::vector<CategoryTerm> categories;
  std::vector<BagTerms> bags;
  std::size_t parameters = 1;
  double weight = 0;                  // of all rows
  double label_sum = 0;               // weighted; of labels 0 and 1, the weight of label 1
  double label_deviation = 1;         // weighted, of numbers; 1 of labels 0 and 1
  std::vector<std::string> left_out;  // notes: columns that are constant

  // Reads the columns. With `full_levels` every seen level has an indicator; otherwise the most
  // frequent one (the first of equals) is the reference. kInvalid: all labels equal; and, of labels
  // 0 and 1 unless full_levels, a level whose rows all have one. kLimit: over
  // kMaxParameters. Three passes.
  static Result<Terms> read(const LabelledMatrix& data, Family family, bool full_levels,
                            ThreadPool& pool, const CancelToken& cancel);

  // "distance", "origin=ORD", "(intercept)"
  std::string parameter_name(const DesignSchema& schema, std::size_t parameter) const;
};

// Of a fit by the exact Hessian, and of any.
inline constexpr std::size_t kMaxExactParameters = 4096;
inline constexpr std::size_t kMaxParameters = std::size_t{1} << 24;

}  // namespace lode
