// Gradient-boosted trees: trained by XGBoost, scored by lode's own scorer.
#include <fmt/format.h>

#include "mine/trees/monotone.h"
#include "mine/trees/tree_trainer.h"

namespace lode {
namespace {

TreeParameters parameters_of(const OptionValues& options, std::uint64_t seed, bool binary) {
  TreeParameters parameters = {
      {"objective", binary ? "binary:logistic" : "reg:squarederror"},
      {"tree_method", "hist"},
      {"device", "cpu"},
      {"validate_parameters", "1"},
      {"seed", std::to_string(seed & 0x7fffffffU)},
      {"nthread", std::to_string(options.integer("threads"))},
  };
  for (const char* name : {"max_depth", "max_bin", "max_cat_to_onehot"})
    parameters.emplace_back(name, std::to_string(options.integer(name)));
  for (const char* name :
       {"eta", "min_child_weight", "subsample", "colsample_bytree", "lambda", "alpha", "gamma"})
    parameters.emplace_back(name, fmt::format("{}", options.number(name)));
  return parameters;
}

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  TRY(TreeTrainer trainer, TreeTrainer::make(data, *head.algorithm));
  TreeParameters parameters = parameters_of(options, context.seed, head.algorithm->binary);
  TRY(std::string monotone, monotone_constraints(options.text("monotone"), *data.features.schema));
  if (!monotone.empty()) parameters.emplace_back("monotone_constraints", std::move(monotone));
  TRY(ForestParts parts, trainer.boost(parameters, options.integer("rounds"), context.cancel));
  return forest_model(std::move(head), std::move(parts));
}

template <Forest::Objective kObjective>
Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  return load_forest_model(payload, kObjective, std::move(head));
}

using enum Search::Simpler;

constexpr Search kRoundsSearch = {.least = 20, .most = 1000, .simpler = kLess, .log = true};

constexpr Option kDepth = {
    .name = "max_depth",
    .type = OptionType::kInt,
    .fallback = "6",
    .doc = "most splits from the root of a tree to a leaf",
    .least = 1,
    .most = 32,
    .search = {.least = 2, .most = 10, .simpler = kLess},
};
constexpr Option kEta = {
    .name = "eta",
    .type = OptionType::kNumber,
    .fallback = "0.1",
    .doc = "learning rate: how much of each tree is added",
    .least = 1e-6,
    .most = 1,
    .search = {.least = 0.01, .most = 0.3, .simpler = kLess, .log = true},
};
constexpr Option kMinChild = {
    .name = "min_child_weight",
    .type = OptionType::kNumber,
    .fallback = "1",
    .doc = "least sum of hessians in a child",
    .least = 0,
    .most = 1e30,
    .search = {.least = 1, .most = 100, .simpler = kMore, .log = true},
};
constexpr Option kGamma = {"gamma", OptionType::kNumber, "0", "least loss reduction of a split", 0,
                           1e30};
constexpr Option kSubsample = {
    .name = "subsample",
    .type = OptionType::kNumber,
    .fallback = "1",
    .doc = "share of the rows each tree sees",
    .least = 1e-6,
    .most = 1,
    .search = {.least = 0.5, .most = 1},
};
constexpr Option kColsample = {
    .name = "colsample_bytree",
    .type = OptionType::kNumber,
    .fallback = "1",
    .doc = "share of the columns each tree sees",
    .least = 1e-6,
    .most = 1,
    .search = {.least = 0.3, .most = 1},
};
constexpr Option kLambda = {
    .name = "lambda",
    .type = OptionType::kNumber,
    .fallback = "1",
    .doc = "L2 penalty on leaf values",
    .least = 0,
    .most = 1e30,
    .search = {.least = 0.1, .most = 100, .simpler = kMore, .log = true},
};
constexpr Option kAlpha = {"alpha", OptionType::kNumber, "0", "L1 penalty on leaf values", 0, 1e30};
constexpr Option kBins = {"max_bin", OptionType::kInt, "256", "most thresholds tried per column", 2,
                          65'536};
constexpr Option kOneHot = {
    "max_cat_to_onehot",
    OptionType::kInt,
    "4",
    "categories with fewer levels split one level against the rest, others by sets",
    1,
    1'000'000};
constexpr Option kThreads = {
    "threads",
    OptionType::kInt,
    "1",
    "threads of the trainer; its sums, and so the model's last bits, depend on this number",
    1,
    256};

// Rounds and eta were measured on training rows alone (docs/decisions/009-boosting-defaults.md): a
// label of 0 and 1 is overfitted sooner than a number.
constexpr Option kBinaryOptions[] = {
    {"rounds", OptionType::kInt, "100", "number of trees", 1, 100'000, {}, kRoundsSearch},
    kDepth,
    kEta,
    kMinChild,
    kGamma,
    kSubsample,
    kColsample,
    kLambda,
    kAlpha,
    kBins,
    kOneHot,
    kMonotoneOption,
    kThreads,
};
constexpr Option kRegressionOptions[] = {
    {"rounds", OptionType::kInt, "200", "number of trees", 1, 100'000, {}, kRoundsSearch},
    kDepth,
    kEta,
    kMinChild,
    kGamma,
    kSubsample,
    kColsample,
    kLambda,
    kAlpha,
    kBins,
    kOneHot,
    kMonotoneOption,
    kThreads,
};

constexpr std::string_view kGuarantees =
    "XGBoost (Chen and Guestrin, KDD 2016), opened when first trained with; its version is kept in "
    "the model. Scoring is lode's own (mine/trees/scorer.h), equal to XGBoost's margins to the "
    "bit, "
    "and needs no library; every fit checks that on up to 512 of its rows. Numbers are rounded to "
    "float32 once, to nearest; one too large for that is an error. A missing number and an unknown "
    "level follow the direction each split learned. Deterministic for the same library, options, "
    "seed and `threads`; the pool's threads are not used. Weight 2 is the row twice as far as the "
    "library's quantile sketches keep it: thresholds may differ where a column has more distinct "
    "values than max_bin. Memory in training: about 6 bytes a value beside a float32 copy.";

constexpr Deviation kBinaryDeviations[] = {
    {Property::kColumnOrder, 0.15,
     "of splits that gain the same the library takes the first column's, and trees after another "
     "split are other trees"},
    {Property::kRelabelling, 1e-6, "gradients are summed in float32"},
};
constexpr Deviation kRegressionDeviations[] = {
    {Property::kRelabelling, 0.005,
     "labels are rounded to float32, gradients summed in it, and ties of splits with them"},
};

// A round costs as much as it does by itself, and for every value it sorts into a histogram.
double seconds_of_fit(const OptionValues& options, double rows, double columns) {
  constexpr double kRound = 2.5e-3;
  constexpr double kCell = 4e-9;
  return static_cast<double>(options.integer("rounds")) *
         (kRound + kCell * rows * columns * options.number("subsample"));
}

constexpr Algorithm kBinaryAlgorithm = {
    .name = "xgboost",
    .version = 1,
    .takes_missing = true,
    .binary = true,
    .fit = fit,
    .load = load<Forest::Objective::kLogistic>,
    .deviations = kBinaryDeviations,
    .seconds = seconds_of_fit,
};
constexpr Algorithm kRegressionAlgorithm = {
    .name = "xgboost_regression",
    .version = 1,
    .takes_missing = true,
    .binary = false,
    .fit = fit,
    .load = load<Forest::Objective::kSquaredError>,
    .deviations = kRegressionDeviations,
    .seconds = seconds_of_fit,
};

constinit const Component kBinaryComponent = {
    .kind = "algorithm",
    .name = kBinaryAlgorithm.name,
    .summary = "gradient-boosted trees for a label of 0 and 1",
    .description = kGuarantees,
    .example = "algorithm: {xgboost: {rounds: 500, max_depth: 6, eta: 0.1}}",
    .options = kBinaryOptions,
    .factory = &kBinaryAlgorithm,
};
constinit const Component kRegressionComponent = {
    .kind = "algorithm",
    .name = kRegressionAlgorithm.name,
    .summary = "gradient-boosted trees for a number, by squared error",
    .description = kGuarantees,
    .example = "algorithm: {xgboost_regression: {rounds: 500, max_depth: 6, eta: 0.1}}",
    .options = kRegressionOptions,
    .factory = &kRegressionAlgorithm,
};
const Registration binary_registration(kBinaryComponent);
const Registration regression_registration(kRegressionComponent);

}  // namespace
}  // namespace lode
