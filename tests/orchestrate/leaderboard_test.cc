// covers: orchestrate/leaderboard_report
#include "orchestrate/leaderboard.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/random.h"

namespace lode {
namespace {

constexpr std::size_t kRows = 2000;

// A project with one training set of rows with labels drawn by a chance each, and models that say
// that chance with so much noise.
class LeaderboardTest : public ::testing::Test {
 protected:
  LeaderboardTest() {
    TrainingSet set;
    set.name = "set";
    set.rows = "rows";
    set.label = "bought";
    project_.training.push_back(set);
    Random random(3, 0);
    for (std::size_t i = 0; i < kRows; ++i) {
      chance_.push_back(0.05 + 0.9 * random.unit());
      label_.push_back(random.unit() < chance_.back() ? 1 : 0);
    }
  }

  // `trust`: 1 says the true chance, 0 the base rate.
  // `noise`: how far each score is moved by chance, either way.
  void add(const std::string& name, double trust, bool suspected = false,
           const std::string& algorithm = "logistic", double noise = 0) {
    scores_.emplace_back();
    Random random(4, 0);
    for (double chance : chance_)
      scores_.back().push_back(trust * chance + (1 - trust) * 0.5 +
                               noise * (2 * random.unit() - 1));
    auto metrics = judged_metrics(Task::kBinary);
    ASSERT_TRUE(metrics);
    auto judged =
        JudgedRows::make({scores_.back(), label_}, block_per_row(kRows), *metrics, pool_, {});
    ASSERT_TRUE(judged) << judged.error().text();
    auto estimates = bootstrap(*judged, {.replicates = kJudgingReplicates, .seed = 1}, pool_);
    ASSERT_TRUE(estimates);
    FittedRun run;
    run.judged = *std::move(judged);
    run.test_rows = {0, 1, 2};
    run.report.name = name;
    run.report.training = "set";
    run.report.algorithm = algorithm;
    run.report.seed = 1;
    run.report.test_rows = kRows;
    for (const MetricEstimate& e : *estimates)
      run.report.metrics["test"].push_back({std::string(e.metric->name), e.estimate});
    if (suspected) {
      LeakFinding finding;
      finding.suspects.emplace_back();
      run.report.leakage.findings.push_back(finding);
    }
    reports_.push_back(run.report);
    runs_.emplace(name, std::move(run));
  }

  static const LeaderboardRow& row_of(const Leaderboard& board, std::string_view model) {
    return *std::ranges::find(board.rows, model, &LeaderboardRow::model);
  }

  Leaderboard board() {
    auto boards = make_leaderboards(project_, reports_, runs_, pool_, {});
    EXPECT_TRUE(boards) << boards.error().text();
    EXPECT_EQ(boards->size(), 1U);
    return boards->at(0);
  }

  ThreadPool pool_{2};
  Project project_;
  std::vector<double> chance_;
  std::vector<std::uint8_t> label_;
  std::vector<std::vector<double>> scores_;
  std::vector<ModelReport> reports_;
  std::map<std::string, FittedRun> runs_;
};

TEST_F(LeaderboardTest, TheBestWinsAndIsHeldAgainstTheBaseline) {
  add("base", 0, false, "constant");
  add("half", 0.3);
  add("good", 1);
  Leaderboard found = board();
  EXPECT_EQ(found.winner, "good");
  EXPECT_EQ(found.baseline, "base");
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kYes);
  EXPECT_GT(found.gain.low, 0.05);
  ASSERT_EQ(found.rows.size(), 3U);
  EXPECT_EQ(found.rows[0].model, "good");
  EXPECT_EQ(found.rows[2].model, "base");
  EXPECT_FALSE(found.rows[1].tied);
  EXPECT_TRUE(found.says.starts_with("YES: good")) << found.says;
}

TEST_F(LeaderboardTest, OfThoseThatCannotBeToldApartTheFirstDeclaredWins) {
  add("base", 0, false, "constant");
  add("simple", 0.97);
  add("large", 1);
  Leaderboard found = board();
  EXPECT_EQ(found.winner, "simple");
  EXPECT_NE(found.says.find("cannot be told apart"), std::string::npos) << found.says;
}

// One that is tied with the best and with the baseline alike is not what was learnt.
TEST_F(LeaderboardTest, AModelThatIsNoBetterThanTheBaselineDoesNotWinForBeingFirst) {
  add("base", 0, false, "constant");
  add("hardly", 0.15, false, "logistic", 0.24);
  add("good", 0.03);
  Leaderboard found = board();
  ASSERT_FALSE(row_of(found, "base").tied) << "the premise: the best is better than the baseline";
  ASSERT_TRUE(row_of(found, "hardly").tied) << "the premise: so uncertain that it is tied";
  EXPECT_EQ(found.winner, "good");
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kYes) << found.says;
}

TEST_F(LeaderboardTest, ABaselineThatIsTiedWithTheBestWinsWhereverItIsDeclared) {
  add("idle", 0.03, false, "logistic", 0.13);
  add("base", 0, false, "constant");
  Leaderboard found = board();
  ASSERT_TRUE(row_of(found, "base").tied && row_of(found, "idle").tied) << "the premise";
  EXPECT_EQ(found.winner, "base");
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kNo) << found.says;
}

TEST_F(LeaderboardTest, NothingLearntIsNo) {
  add("base", 0, false, "constant");
  add("idle", 0);
  Leaderboard found = board();
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kNo);
  EXPECT_EQ(found.winner, "base");
  EXPECT_TRUE(found.says.starts_with("NO: ")) << found.says;
}

TEST_F(LeaderboardTest, ASuspectedModelCannotWin) {
  add("base", 0, false, "constant");
  add("honest", 0.5);
  add("leak", 1, true);
  Leaderboard found = board();
  EXPECT_EQ(found.winner, "honest");
  EXPECT_EQ(found.rows.back().model, "leak");
  EXPECT_NE(found.says.find("suspicion of a leak: leak"), std::string::npos) << found.says;
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kYes);
}

TEST_F(LeaderboardTest, WithoutABaselineNothingIsSaidOfWorth) {
  add("one", 0.5);
  add("two", 1);
  Leaderboard found = board();
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kNoBaseline);
  JsonWriter json;
  json.begin_object();
  write_leaderboards(json, {found});
  nlohmann::json written = nlohmann::json::parse(json.end_object().take());
  EXPECT_EQ(written["leaderboards"][0]["winner"], "two");
  EXPECT_EQ(written["leaderboards"][0]["models"][1]["behind_best"]["value"],
            found.rows[1].behind_best.value);
}

// A label of 0 and 1 learnt as a number is judged by other metrics: no difference can be drawn.
TEST_F(LeaderboardTest, ModelsOfDifferentTasksDoNotMeet) {
  add("labels", 1);
  add("numbers", 1);
  reports_[1].task = Task::kNumber;
  auto boards = make_leaderboards(project_, reports_, runs_, pool_, {});
  ASSERT_TRUE(boards) << boards.error().text();
  EXPECT_TRUE(boards->empty());
}

}  // namespace
}  // namespace lode
