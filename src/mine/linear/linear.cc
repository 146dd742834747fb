// Linear regression by least squares: its registration.
#include "mine/linear/effects.h"

namespace lode {
namespace {

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  return fit_effects(Family::kSquared, data, options, context, std::move(head));
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  return load_effects(Family::kSquared, true, payload, std::move(head));
}

// One pass over the rows.
double seconds_of_fit(const OptionValues&, double rows, double columns) {
  constexpr double kCell = 5e-8;
  return kCell * rows * columns;
}

constexpr Algorithm kLinear = {
    .name = "linear",
    .version = 1,
    .takes_missing = false,
    .binary = false,
    .fit = fit,
    .load = load,
    .deviations = kLinearDeviations,
    .takes_bags = true,
    .seconds = seconds_of_fit,
};

constinit const Component kComponent = {
    .kind = "algorithm",
    .name = kLinear.name,
    .summary = "least squares for a number, exact; elastic net by l1 and l2, no penalty unless set",
    .description =
        "Numeric columns are standardised inside; the coefficients shown are a unit of the column. "
        "Without a penalty that changes nothing; l1 and l2 act on the standardised coefficients, "
        "as "
        "in glmnet, and on one indicator for every level, as it stands. Without a penalty the most "
        "frequent level of a category is the reference. Columns that are constant or a linear "
        "combination of those before them are left out, and a note says so. Refused: missing "
        "values, and a label that is the same in every row. The loss that penalties are added to "
        "is half the sum of squared errors, so they are glmnet's lambda times the rows.\n\n"
        "Normal equations of the standardised columns, solved by Cholesky's factor and corrected "
        "once; under l1 by cyclic coordinate descent. Texts, and more than 4,096 "
        "coefficients, are fitted by descent over columns and need a penalty; their terms stand as "
        "they are encoded. Deterministic: same bytes on any number of "
        "threads. Memory: at most 256 MiB beside the rows. Cost: rows x (numeric + categories)^2. "
        "Guarantee: the optimum, to the tolerance; unique but under l1 alone, where columns that "
        "depend on each other may share their part otherwise. (Zou and Hastie, 2005, "
        "Regularization and variable selection via the elastic net; Friedman, Hastie and "
        "Tibshirani, 2010.)",
    .example = "algorithm: {linear: {l2: 1}}",
    .options = kLinearOptions,
    .factory = &kLinear,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
