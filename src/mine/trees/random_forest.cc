// Random forests (Breiman, 2001): each tree on its own bootstrap of the rows, grown by XGBoost's
// histogram trainer, their mean scored by lode's own scorer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "mine/trees/monotone.h"
#include "mine/trees/tree_trainer.h"

namespace lode {
namespace {

// What a split may look at, of all columns: Breiman's root of them for classes, a third for
// numbers, at least one.
double share_of_columns(const OptionValues& options, std::size_t columns, bool binary) {
  double given = options.number("columns");
  if (given > 0) return given;
  auto all = static_cast<double>(columns);
  double tried = binary ? std::sqrt(all) : all / 3;
  return std::clamp(std::round(tried) / all, 1 / all, 1.0);
}

// With squared error, no shrinkage and no penalty a leaf is the mean of its labels' distances from
// base_score; of labels 0 and 1 the split that lowers their squares most is that of Gini's
// impurity.
TreeParameters parameters_of(const OptionValues& options, double base, double columns,
                             std::uint64_t seed) {
  return {
      {"objective", "reg:squarederror"},
      {"tree_method", "hist"},
      {"device", "cpu"},
      {"validate_parameters", "1"},
      {"eta", "1"},
      {"lambda", "0"},
      {"base_score", fmt::format("{}", static_cast<float>(base))},
      {"colsample_bynode", fmt::format("{}", columns)},
      {"max_depth", std::to_string(options.integer("max_depth"))},
      {"min_child_weight", fmt::format("{}", options.number("min_leaf"))},
      {"max_bin", std::to_string(options.integer("max_bin"))},
      {"max_cat_to_onehot", std::to_string(options.integer("max_cat_to_onehot"))},
      {"seed", std::to_string(seed & 0x7fffffffU)},
      {"nthread", std::to_string(options.integer("threads"))},
  };
}

double mean_label(const LabelledMatrix& data) {
  double total = 0;
  double weight = 0;
  for (std::int64_t i = 0; i < data.features.rows; ++i) {
    total += data.weight_of(i) * data.label[static_cast<std::size_t>(i)];
    weight += data.weight_of(i);
  }
  return total / weight;
}

// How often each row counts for a tree: a Poisson number of times, with its weight. Never nothing
// at all.
void draw(const LabelledMatrix& data, std::uint64_t seed, std::uint64_t tree,
          std::vector<float>& weight) {
  Random random(seed, tree);
  bool any = false;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    double of_row = data.weight_of(static_cast<std::int64_t>(i));
    weight[i] = static_cast<float>(random.poisson1() * of_row);
    any = any || weight[i] > 0;
  }
  for (std::size_t i = 0; i < weight.size() && !any; ++i)
    weight[i] = static_cast<float>(data.weight_of(static_cast<std::int64_t>(i)));
}

// Appends the one tree of `tree`, its leaves divided among all.
void append(const Forest& tree, double trees, Forest& all) {
  auto node_shift = static_cast<std::uint32_t>(all.nodes.size());
  auto set_shift = static_cast<std::uint32_t>(all.sets());
  all.roots.push_back(node_shift);
  for (TreeNode node : tree.nodes) {
    if (node.leaf()) {
      node.value = static_cast<float>(static_cast<double>(node.value) / trees);
    } else {
      node.left += node_shift;
    }
    if (node.categorical()) node.category_set += set_shift;
    all.nodes.push_back(node);
  }
  for (std::size_t s = 1; s < tree.set_begin.size(); ++s)
    all.set_begin.push_back(tree.set_begin[s] + static_cast<std::uint32_t>(all.categories.size()));
  all.categories.insert(all.categories.end(), tree.categories.begin(), tree.categories.end());
}

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  TRY(TreeTrainer trainer, TreeTrainer::make(data, *head.algorithm));
  ForestParts parts;
  parts.library = trainer.library();
  TRY(std::string monotone, monotone_constraints(options.text("monotone"), *data.features.schema));
  double base = mean_label(data);
  double columns = share_of_columns(options, trainer.columns(), head.algorithm->binary);
  auto trees = static_cast<std::uint64_t>(options.integer("trees"));
  std::vector<float> weight(trainer.rows());
  for (std::uint64_t t = 0; t < trees; ++t) {
    TRY_VOID(context.cancel.check());
    draw(data, context.seed, t, weight);
    // The library draws columns from the same number for every booster, so each has its own.
    TreeParameters parameters = parameters_of(options, base, columns, context.seed + 7919 * t);
    if (!monotone.empty()) parameters.emplace_back("monotone_constraints", monotone);
    TRY(Forest tree, trainer.grow(parameters, weight));
    if (t == 0) {
      parts.forest.objective = tree.objective;
      parts.forest.features = tree.features;
      parts.forest.base_margin = tree.base_margin;
    }
    append(tree, static_cast<double>(trees), parts.forest);
  }
  TRY_VOID(check(parts.forest));
  return forest_model(std::move(head), std::move(parts));
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  return load_forest_model(payload, Forest::Objective::kSquaredError, std::move(head));
}

constexpr Option kOptions[] = {
    {"trees", OptionType::kInt, "100", "number of trees", 1, 10'000},
    {.name = "max_depth",
     .type = OptionType::kInt,
     .fallback = "12",
     .doc = "most splits from the root of a tree to a leaf",
     .least = 1,
     .most = 32,
     .search = {.least = 4, .most = 20, .simpler = Search::Simpler::kLess}},
    {.name = "min_leaf",
     .type = OptionType::kNumber,
     .fallback = "5",
     .doc = "least weight of the drawn rows of a leaf",
     .least = 0,
     .most = 1e30,
     .search = {.least = 1, .most = 100, .simpler = Search::Simpler::kMore, .log = true}},
    {.name = "columns",
     .type = OptionType::kNumber,
     .fallback = "0",
     .doc = "share of the columns each split may look at; 0: the root of their number for labels 0 "
            "and 1, a third of it for numbers",
     .least = 0,
     .most = 1,
     .search = {.least = 0.05, .most = 1, .log = true, .also_zero = true}},
    {"max_bin", OptionType::kInt, "256", "most thresholds tried per column", 2, 65'536},
    {"max_cat_to_onehot", OptionType::kInt, "4",
     "categories with fewer levels split one level against the rest, others by sets", 1, 1'000'000},
    kMonotoneOption,
    {"threads", OptionType::kInt, "1",
     "threads of the trainer; its sums, and so the model's last bits, depend on this number", 1,
     256},
};

constexpr std::string_view kGuarantees =
    "Breiman's random forest (2001), grown by XGBoost's library, opened when first trained with; "
    "its version is kept in the model. Each tree counts every row a Poisson(1) number of times, "
    "drawn by lode from the seed (with replacement, as in Breiman's, of a size that varies), and "
    "each split looks at columns drawn anew. Splits lower the squared error, which for labels of 0 "
    "and 1 is Gini's impurity; thresholds are at most max_bin a column, as in any histogram "
    "trainer. "
    "A leaf is the mean label of its drawn rows, and the score the mean of the trees': for labels "
    "of "
    "0 and 1 a share of votes weighed by how pure they are, not calibrated further. Trees are cut "
    "at max_depth, where Breiman's are grown out: a forest stays small enough to store and "
    "explain.\n\n"
    "A missing number and an unknown level follow the direction each split learned. Numbers are "
    "rounded to float32 once; one too large for that is an error. Deterministic for the same "
    "library, options, seed and `threads`. Another order of the rows draws other rows, and a row "
    "of weight 2 is drawn once with twice the weight, where the row twice is drawn twice: scores "
    "then differ as between two seeds.";

constexpr std::string_view kOtherDraws = "other rows and columns are drawn, as by another seed";
constexpr std::string_view kDrawnOnce =
    "a row of weight 2 is drawn once with twice the weight, the row twice is drawn twice";
constexpr Deviation kBinaryDeviations[] = {
    {Property::kRowOrder, 0.1, kOtherDraws},
    {Property::kColumnOrder, 0.1, kOtherDraws},
    {Property::kWeights, 0.13, kDrawnOnce},
    {Property::kSeed, 0.1, kOtherDraws},
    {Property::kRelabelling, 1e-5, "gradients are summed in float32"},
};
constexpr Deviation kRegressionDeviations[] = {
    {Property::kRowOrder, 0.08, kOtherDraws},
    {Property::kColumnOrder, 0.08, kOtherDraws},
    {Property::kWeights, 0.08, kDrawnOnce},
    {Property::kSeed, 0.08, kOtherDraws},
    {Property::kRelabelling, 0.01, "labels are rounded to float32, and ties of splits with them"},
};

// Deep trees: every value is sorted into a histogram on every level.
double seconds_of_fit(const OptionValues& options, double rows, double columns) {
  constexpr double kTree = 2e-3;
  constexpr double kCell = 8e-9;
  return static_cast<double>(options.integer("trees")) *
         (kTree + kCell * rows * columns * static_cast<double>(options.integer("max_depth")));
}

constexpr Algorithm kBinaryAlgorithm = {
    .name = "random_forest",
    .version = 1,
    .takes_missing = true,
    .binary = true,
    .fit = fit,
    .load = load,
    .deviations = kBinaryDeviations,
    .seconds = seconds_of_fit,
};
constexpr Algorithm kRegressionAlgorithm = {
    .name = "random_forest_regression",
    .version = 1,
    .takes_missing = true,
    .binary = false,
    .fit = fit,
    .load = load,
    .deviations = kRegressionDeviations,
    .seconds = seconds_of_fit,
};

constinit const Component kBinaryComponent = {
    .kind = "algorithm",
    .name = kBinaryAlgorithm.name,
    .summary = "random forest for a label of 0 and 1: the mean share of label 1 in the leaves",
    .description = kGuarantees,
    .example = "algorithm: {random_forest: {trees: 200, max_depth: 16}}",
    .options = kOptions,
    .factory = &kBinaryAlgorithm,
};
constinit const Component kRegressionComponent = {
    .kind = "algorithm",
    .name = kRegressionAlgorithm.name,
    .summary = "random forest for a number: the mean of the leaves",
    .description = kGuarantees,
    .example = "algorithm: {random_forest_regression: {trees: 200, max_depth: 16}}",
    .options = kOptions,
    .factory = &kRegressionAlgorithm,
};
const Registration binary_registration(kBinaryComponent);
const Registration regression_registration(kRegressionComponent);

}  // namespace
}  // namespace lode
