#include "orchestrate/learning_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/random.h"
#include "orchestrate/recipe.h"
#include "orchestrate/row_splitter.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

constexpr std::uint64_t kShareStream = std::uint64_t{0x6375'7276} << 32;
constexpr std::size_t kLeastRows = 50;
constexpr std::int64_t kScoringBytes = std::int64_t{32} << 20;
struct Share {
  std::string_view name;
  double of;
};
constexpr Share kShares[] = {{"1/8", 0.125}, {"1/4", 0.25}, {"1/2", 0.5}};

std::string interval(const Estimate& e) {
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", e.value, e.low, e.high);
}

class Curve {
 public:
  Curve(const Model& model, const TrainingTable& training, const FittedRun& run,
        const ModelMeans& means, LearningCurve& out)
      : model_(model),
        training_(training),
        run_(run),
        means_(means),
        splitter_(model, training),
        out_(out) {}

  Status draw() {
    TRY(Recipe recipe, Recipe::make(model_, training_, means_.pool, means_.cancel));
    TRY(SplitRows rows, splitter_.split());
    if (rows.test != run_.test_rows)
      return fail(Code::kInvalid, "its rows are split otherwise than they were");
    train_ = std::move(rows.train);
    TRY(MemoryBudget::Hold hold,
        means_.budget.hold("learning curve of model " + model_.name,
                           recipe.fitting_bytes(std::ssize(train_)) +
                               24 * std::ssize(run_.test_rows) + kScoringBytes));
    TRY(metric_, find_metric(out_.metric));
    out_.test_rows = std::ssize(run_.test_rows);
    TRY(const JudgedRows* all, of_all(recipe));
    for (const Share& share : kShares) TRY_VOID(add(recipe, share, *all));
    TRY(MetricDifference none, compare_with(*all, *all));
    out_.points.push_back({1, std::ssize(train_), none.first, {}, {}});
    conclude();
    return {};
  }

 private:
  // What all training rows made of it, before calibration; fitted anew where a run that was read
  // back has that no more.
  Result<const JudgedRows*> of_all(const Recipe& recipe) {
    if (run_.judged_raw) return &*run_.judged_raw;
    const std::string& calibrator = run_.report.evaluation.calibration.chosen;
    if (calibrator.empty() || calibrator == "identity") return &run_.judged;
    TRY(all_again_, judge(recipe, "all", train_));
    return &all_again_;
  }

  Status add(const Recipe& recipe, const Share& share, const JudgedRows& all) {
    Blocks blocks =
        splitter_.block_unit() == "day" ? block_per_row(train_.size()) : splitter_.blocks(train_);
    std::vector<std::int64_t> rows;
    for (std::size_t at : share_of_rows(blocks, share.of, model_.seed)) rows.push_back(train_[at]);
    LearningPoint point{.share = share.of, .rows = std::ssize(rows)};
    point.why_not = too_little(recipe, rows);
    if (point.why_not.empty()) {
      TRY(JudgedRows judged, judge(recipe, share.name, rows));
      TRY(MetricDifference found, compare_with(all, judged));
      point.value = found.second;
      point.more = found.difference;
    }
    out_.points.push_back(std::move(point));
    return {};
  }

  std::string too_little(const Recipe& recipe, const std::vector<std::int64_t>& rows) const {
    if (rows.size() < kLeastRows) return fmt::format("fewer than {} rows", kLeastRows);
    if (recipe.task() == Task::kNumber) return {};
    std::vector<std::uint8_t> labels = recipe.outcomes(rows).label;
    auto ones = std::ranges::count(labels, 1);
    bool both = ones > 0 && ones < std::ssize(labels);
    return both ? std::string() : std::string("all its rows have one label");
  }

  Result<JudgedRows> judge(const Recipe& recipe, std::string_view share,
                           const std::vector<std::int64_t>& rows) {
    EncodedRows encoded;
    std::unique_ptr<FittedModel> fitted;
    TRY_VOID(station(share, "encode", StationKind::kOwn, [&](Station& station) -> Status {
      TRY(encoded, recipe.encode(rows));
      station.advance(std::ssize(rows));
      return {};
    }));
    TRY_VOID(station(share, "fit", StationKind::kTraining, [&](Station& station) -> Status {
      ModelOptions options = run_.report.options;
      TRY(fitted, recipe.fit(encoded, options));
      station.advance(std::ssize(rows));
      return {};
    }));
    JudgedRows judged;
    TRY_VOID(station(share, "judge", StationKind::kOwn, [&](Station& station) -> Status {
      encoded.design = {};
      std::vector<double> scores(run_.test_rows.size());
      TRY_VOID(recipe.score(encoded.encoders, *fitted, run_.test_rows, scores));
      Outcomes outcomes = recipe.outcomes(run_.test_rows);
      // By all metrics the model was judged by: only so are the two compared.
      TRY(std::vector<const Metric*> metrics, judged_metrics(recipe.task()));
      TRY(judged, JudgedRows::make(outcomes.with(scores), splitter_.blocks(run_.test_rows), metrics,
                                   means_.pool, means_.cancel));
      station.advance(std::ssize(scores));
      return {};
    }));
    return judged;
  }

  Status station(std::string_view share, std::string_view name, StationKind kind,
                 const std::function<Status(Station&)>& work) {
    return means_.stations.run(
        {.name = fmt::format("learning curve {}: {}, {}", model_.name, share, name), .kind = kind},
        work);
  }

  Result<MetricDifference> compare_with(const JudgedRows& all, const JudgedRows& judged) {
    return compare_by(*metric_, all, judged,
                      {.replicates = kJudgingReplicates, .seed = model_.seed}, means_.pool,
                      means_.cancel);
  }

  void conclude() {
    const LearningPoint& half = out_.points[out_.points.size() - 2];
    if (!half.why_not.empty()) {
      out_.why_not = "of half of the training rows: " + half.why_not;
      return;
    }
    std::string name = out_.metric == "log_loss" ? "log-loss" : "root mean squared error";
    std::string difference = interval(half.more);
    out_.helps = half.more.low > 0;
    if (out_.helps)
      out_.says = fmt::format(
          "More rows would likely help: with half of its {} training rows {} has {} more of {}; "
          "twice as many may bring about as much again, and rather less",
          with_thousands(std::ssize(train_)), model_.name, difference, name);
    else if (half.more.high < 0)
      out_.says =
          fmt::format("More rows would not help: half of its {} training rows did better, {} of {}",
                      with_thousands(std::ssize(train_)), difference, name);
    else
      out_.says = fmt::format(
          "More rows of this kind would hardly help: with half of its {} training rows {} does as "
          "well, as far as these test rows tell ({} {} more)",
          with_thousands(std::ssize(train_)), model_.name, name, difference);
  }

  const Model& model_;
  const TrainingTable& training_;
  const FittedRun& run_;
  const ModelMeans& means_;
  RowSplitter splitter_;
  LearningCurve& out_;
  const Metric* metric_ = nullptr;
  std::vector<std::int64_t> train_;
  JudgedRows all_again_;
};

// The model a board's verdict is about.
const Model* judged_model(const Project& project, const Leaderboard& board) {
  std::string name = board.chosen;
  if (name.empty() || name == board.baseline) {
    auto other = std::ranges::find_if(board.rows, [&](const LeaderboardRow& row) {
      return row.model != board.baseline && !row.suspected;
    });
    name = other == board.rows.end() ? std::string() : other->model;
  }
  return name.empty() ? nullptr : project.model(name);
}

}  // namespace

std::vector<std::size_t> share_of_rows(const Blocks& blocks, double share, std::uint64_t seed) {
  std::vector<std::uint32_t> order(blocks.count);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  Random random(seed, kShareStream);
  random.shuffle(std::span(order));
  std::vector<std::int64_t> rows(blocks.count);
  for (std::uint32_t block : blocks.of_row) ++rows[block];
  auto wanted = static_cast<std::int64_t>(share * static_cast<double>(blocks.of_row.size()));
  std::vector<bool> taken(blocks.count);
  std::int64_t have = 0;
  for (std::uint32_t block : order) {
    if (have >= wanted) break;
    taken[block] = true;
    have += rows[block];
  }
  std::vector<std::size_t> out;
  for (std::size_t at = 0; at < blocks.of_row.size(); ++at)
    if (taken[blocks.of_row[at]]) out.push_back(at);
  return out;
}

Status draw_learning_curves(const Project& project, const std::map<std::string, FittedRun>& runs,
                            const std::function<const TrainingTable&(const std::string&)>& table,
                            const ModelMeans& means, std::vector<Leaderboard>& boards) {
  for (Leaderboard& board : boards) {
    const Model* model = judged_model(project, board);
    if (model == nullptr || !model->learning_curve) continue;
    board.curve = {.model = model->name, .metric = board.metric};
    Status drawn =
        Curve(*model, table(model->from), runs.at(model->name), means, board.curve).draw();
    if (drawn) continue;
    bool told = drawn.error().code() == Code::kInvalid ||
                (drawn.error().code() == Code::kLimit && !means.cancel.cancelled());
    board.curve = {.model = model->name,
                   .why_not = told ? drawn.error().message() : "no time was left for it"};
    if (!told) return drawn;
  }
  return {};
}

}  // namespace lode
