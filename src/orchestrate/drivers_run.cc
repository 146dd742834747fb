#include "orchestrate/drivers_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/random.h"
#include "evaluate/ale.h"
#include "evaluate/explainer.h"
#include "evaluate/importance.h"
#include "mine/trees/forest.h"

namespace lode {
namespace {

constexpr std::size_t kMostRows = 2000;          // explained
constexpr std::size_t kMostCells = 2'000'000;    // rows x columns of them
constexpr std::size_t kMostVisits = 40'000'000;  // rows x nodes of trees
constexpr std::size_t kLeastRows = 50;
constexpr std::size_t kBackground = 100;
constexpr std::size_t kListed = 50;  // columns
constexpr std::size_t kCurves = 6;
constexpr int kDeals = 3;
constexpr int kReplicates = 200;
constexpr std::uint64_t kSampleStream = std::uint64_t{0x73616d70} << 32;

// Pearson's, over rows that have a value; NaN where either does not vary.
double correlation(const DesignMatrix& rows, const Attributions& values, std::size_t column) {
  double n = 0;
  double x = 0;
  double y = 0;
  auto each = [&](auto take) {
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      double value = rows.values_of(i)[column];
      if (!std::isnan(value)) take(value, values.of_row(static_cast<std::size_t>(i))[column]);
    }
  };
  each([&](double a, double b) { n += 1, x += a, y += b; });
  double xx = 0;
  double yy = 0;
  double xy = 0;
  each([&](double a, double b) {
    xx += (a - x / n) * (a - x / n);
    yy += (b - y / n) * (b - y / n);
    xy += (a - x / n) * (b - y / n);
  });
  if (!(xx > 0 && yy > 0)) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

// Columns whose contribution is not 0, from the largest down; of equals the first.
std::vector<std::size_t> largest(const std::vector<Estimate>& contribution) {
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < contribution.size(); ++c)
    if (contribution[c].value > 0) order.push_back(c);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t c) { return contribution[c].value; });
  if (order.size() > kListed) order.resize(kListed);
  return order;
}

// What the sum of a row's Shapley values is: a margin in log-odds, or the answer itself.
std::string unit_of(const FittedModel& model) {
  if (model.algorithm().task() == Task::kNumber) return "the target's unit";
  const Forest* forest = model.forest();
  bool answers = forest != nullptr && forest->objective == Forest::Objective::kSquaredError;
  return answers ? "probability" : "log-odds";
}

}  // namespace

Result<DriversReport> explain_drivers(const Recipe& recipe, std::span<const ColumnEncoder> encoders,
                                      const FittedModel& model, const ExplainedRows& rows,
                                      std::uint64_t seed, ThreadPool& pool,
                                      const CancelToken& cancel) {
  DriversReport out;
  std::vector<std::string> names = column_names(*model.schema());
  out.columns = std::ssize(names);
  if (!ModelExplainer::can_explain(model)) return out;
  std::size_t most = std::clamp(kMostCells / names.size(), kLeastRows, kMostRows);
  if (const Forest* forest = model.forest())
    most = std::clamp(kMostVisits / forest->nodes.size(), kLeastRows, most);
  std::vector<std::int64_t> tested = draw_rows(rows.test, most, Random(seed, kSampleStream));
  std::vector<std::int64_t> behind =
      draw_rows(rows.train, kBackground, Random(seed, kSampleStream + 1));
  Blocks blocks = rows.splitter.blocks(tested);
  Design background = recipe.design(encoders, model, behind);
  Design design = recipe.design(encoders, model, tested);
  out.unit = unit_of(model);
  out.rows = design.matrix.rows;
  out.background = background.matrix.rows;
  TRY(ModelExplainer explainer, ModelExplainer::make(model, background.matrix, pool, cancel));
  TRY(Attributions values, explainer.explain(design.matrix, pool, cancel));
  BootstrapOptions draws{.replicates = kReplicates, .seed = seed};
  TRY(std::vector<Estimate> contribution, mean_contributions(values, blocks, draws, pool, cancel));
  std::vector<std::size_t> order = largest(contribution);
  std::vector<double> labels = recipe.targets(tested);
  TRY(std::vector<Estimate> importance,
      permutation_importance(model, {design.matrix, labels}, blocks, order, kDeals, draws, pool,
                             cancel));
  std::size_t curves = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::size_t c = order[i];
    bool numeric = c < model.schema()->numeric.size();
    DriverReport& driver = out.drivers.emplace_back();
    driver.column = names[c];
    driver.contribution = contribution[c];
    driver.importance = importance[i];
    driver.correlation =
        numeric ? correlation(design.matrix, values, c) : std::numeric_limits<double>::quiet_NaN();
    if (!numeric || curves++ >= kCurves) continue;
    TRY(driver.curve, ale_curve(model, design.matrix, c, blocks, {.draws = draws}, pool, cancel));
  }
  return out;
}

}  // namespace lode
