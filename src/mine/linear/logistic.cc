// Logistic regression: its registration.
#include "mine/linear/effects.h"

namespace lode {
namespace {

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  return fit_effects(Family::kLogistic, data, options, context, std::move(head));
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t version,
                                          ModelHead head) {
  return load_effects(Family::kLogistic, version >= 2, payload, std::move(head));
}

// Some ten steps, each a pass over the rows.
double seconds_of_fit(const OptionValues&, double rows, double columns) {
  constexpr double kCell = 3e-8;
  return kCell * rows * columns;
}

constexpr Algorithm kLogistic = {
    .name = "logistic",
    .version = 2,
    .takes_missing = false,
    .binary = true,
    .fit = fit,
    .load = load,
    .deviations = kLinearDeviations,
    .takes_bags = true,
    .seconds = seconds_of_fit,
};

constinit const Component kComponent = {
    .kind = "algorithm",
    .name = kLogistic.name,
    .summary = "logistic regression, exact; elastic net by l1 and l2, no penalty unless set",
    .description =
        "Numeric columns are standardised inside; the coefficients shown are a unit of the column. "
        "Without a penalty that changes nothing; l1 and l2 act on the standardised coefficients, "
        "as "
        "in glmnet, and on one indicator for every level, as it stands. Without a penalty the most "
        "frequent level of a category is the reference. Columns that are constant or a linear "
        "combination of those before them are left out, and a note says so. Refused: missing "
        "values, one class, and labels that a column separates without error, where without a "
        "penalty no optimum exists.\n\n"
        "Newton's method with the exact Hessian; under l1 each step is the optimum of the "
        "quadratic "
        "model with the penalty, by cyclic coordinate descent. Texts, and more than 4,096 "
        "coefficients, are fitted by descent over columns and need a penalty; their terms stand as "
        "they are encoded. Deterministic: same bytes on any "
        "number of threads. Memory: at most 256 MiB beside the rows. Cost an iteration: rows x "
        "(numeric + categories)^2 / 2. Guarantee: the optimum, to the tolerance; unique but under "
        "l1 alone, where columns that depend on each other may share their part otherwise. (Nelder "
        "and Wedderburn, 1972, Generalized linear models; Zou and Hastie, 2005; Friedman, Hastie "
        "and Tibshirani, 2010.)",
    .example = "algorithm: logistic",
    .options = kLinearOptions,
    .factory = &kLogistic,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
