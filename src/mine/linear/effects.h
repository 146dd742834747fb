// What a linear model is once it is fitted: an effect a unit of each number and for each level,
// whose sum is the score or its log-odds; and how it is fitted by the options that linear models
// share.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/component.h"
#include "mine/algorithm.h"
#include "mine/linear/terms.h"

namespace lode {

struct NumericEffect {
  double mean = 0;
  double coefficient = 0;  // a unit of the column; 0 if it was left out
};

// NaN for a level that no training row had.
struct CategoryEffect {
  std::vector<double> levels;
  double unseen = 0;  // the mean effect over the training rows, for levels they had not
};

// What a weight of 1 of each term of a bag adds.
struct BagEffect {
  std::vector<double> terms;
};

struct LinearSummary {
  double l1 = 0;
  double l2 = 0;
  std::uint32_t iterations = 0;
  double loss = 0;      // weighted mean over the training rows: log-loss, or squared error
  double gradient = 0;  // largest distance from the optimum, by weight (newton.h)
};

struct Effects {
  double centre = 0;  // with every numeric column at its mean
  std::vector<NumericEffect> numeric;
  std::vector<CategoryEffect> categories;
  std::vector<BagEffect> bags;
  bool unseen_as_mean = false;
  LinearSummary summary;
};

inline constexpr Option kLinearOptions[] = {
    {.name = "l1",
     .type = OptionType::kNumber,
     .fallback = "0",
     .doc =
         "penalty: l1 times the absolute coefficients, added to the summed loss; sets to 0 those "
         "that add too little",
     .least = 0,
     .most = 1e12,
     .search = {.least = 0.1,
                .most = 1000,
                .simpler = Search::Simpler::kMore,
                .log = true,
                .also_zero = true}},
    {.name = "l2",
     .type = OptionType::kNumber,
     .fallback = "0",
     .doc = "penalty: l2 / 2 times the squared coefficients, added to the summed loss",
     .least = 0,
     .most = 1e12,
     .search = {.least = 0.1,
                .most = 10'000,
                .simpler = Search::Simpler::kMore,
                .log = true,
                .also_zero = true}},
    {.name = "max_iterations",
     .type = OptionType::kInt,
     .fallback = "50",
     .doc = "Newton steps before giving up; a sound problem takes 1 to 12",
     .least = 1,
     .most = 1000},
    {.name = "tolerance",
     .type = OptionType::kNumber,
     .fallback = "1e-9",
     .doc =
         "stop when nothing of the gradient, divided by the total weight, is larger; under l1 what "
         "of it the penalty does not hold (the conditions of Karush, Kuhn and Tucker)",
     .least = 1e-14,
     .most = 1e-2},
    {.name = "unseen",
     .type = OptionType::kChoice,
     .fallback = "error",
     .doc = "a category level that training had not: refuse the row, or take the mean effect",
     .choices = "error|mean"},
};

// Their sums are taken in the order of rows and columns, and Newton's steps stop at the rounding of
// these.
inline constexpr Deviation kLinearDeviations[] = {
    {Property::kRowOrder, 1e-12, "sums in another order round otherwise"},
    {Property::kColumnOrder, 1e-12, "sums in another order round otherwise"},
    {Property::kWeights, 1e-12, "sums of other terms round otherwise"},
    {Property::kAffine, 1e-12, "standardised columns round otherwise"},
    {Property::kRelabelling, 1e-12, "sums of other labels round otherwise"},
};

// The fit of `logistic` and `linear`: by the exact Hessian (newton.h), or where there are bags or
// very many levels by columns (descent.h), which needs a penalty. Errors: those of Terms::read and
// fit_by_newton.
Result<std::unique_ptr<FittedModel>> fit_effects(Family family, const LabelledMatrix& data,
                                                 const OptionValues& options,
                                                 const FitContext& context, ModelHead head);
// Payloads: docs/formats/model.md. `with_l1`: those of logistic before version 2 have none.
Result<std::unique_ptr<FittedModel>> load_effects(Family family, bool with_l1, ByteReader& payload,
                                                  ModelHead head);

}  // namespace lode
