// covers: orchestrate/leaderboard_report, orchestrate/winner_choice
#include "orchestrate/leaderboard.h"

#include <gtest/gtest.h>

#include <array>
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

  // What a model added before says of training rows it had not seen: others than the test rows.
  void fold(const std::string& name, double trust, std::string_view rows = "the same") {
    Random random(7, 0);
    std::vector<double> scores;
    std::vector<std::uint8_t> labels;
    for (std::size_t i = 0; i < 3 * kRows; ++i) {
      double chance = 0.05 + 0.9 * random.unit();
      labels.push_back(random.unit() < chance ? 1 : 0);
      scores.push_back(trust * chance + (1 - trust) * 0.5);
    }
    auto metric = find_metric(deciding_metric(Task::kBinary));
    ASSERT_TRUE(metric);
    auto judged = JudgedRows::make({scores, labels}, block_per_row(3 * kRows),
                                   std::array<const Metric*, 1>{*metric}, pool_, {});
    ASSERT_TRUE(judged) << judged.error().text();
    FoldedJudgement& folded = runs_.at(name).folded;
    folded.judged = *std::move(judged);
    folded.which = content_hash(rows);
    folded.rows = 3 * kRows;
    folded.how = "5 folds of rows, each by a model of the others";
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

// The test rows like `second` better, and have no say: the winner's figure on them is not the best
// of two, and so is not flattered by the choice.
TEST_F(LeaderboardTest, TheWinnerIsChosenByTrainingRowsOutOfFold) {
  add("base", 0, false, "constant");
  add("first", 0.6);
  add("second", 1);
  fold("base", 0);
  fold("first", 1);
  fold("second", 0.6);
  Leaderboard found = board();
  ASSERT_EQ(found.rows[0].model, "second") << "the premise: best on the test rows";
  EXPECT_TRUE(found.chosen_out_of_fold);
  EXPECT_EQ(found.chosen_rows, static_cast<std::int64_t>(3 * kRows));
  EXPECT_EQ(found.winner, "first");
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kYes);
  EXPECT_TRUE(row_of(found, "first").tied);
  EXPECT_FALSE(row_of(found, "second").tied);
  EXPECT_GT(row_of(found, "second").chosen_behind.low, 0);
  EXPECT_LT(row_of(found, "second").value.value, row_of(found, "first").value.value);
  EXPECT_NE(found.says.find("chosen by 6,000 training rows scored out of fold"), std::string::npos)
      << found.says;
}

// The gain is of the test rows, and they may refuse what was chosen.
TEST_F(LeaderboardTest, WhatTheTestRowsDoNotConfirmIsNo) {
  add("base", 0, false, "constant");
  add("idle", 0);
  fold("base", 0);
  fold("idle", 1);
  Leaderboard found = board();
  EXPECT_EQ(found.chosen, "idle");
  EXPECT_EQ(found.winner, "base");
  EXPECT_EQ(found.verdict, Leaderboard::Verdict::kNo);
  EXPECT_TRUE(found.says.starts_with("NO: idle is not clearly better")) << found.says;
}

TEST_F(LeaderboardTest, WhyTheTestRowsHadToChooseIsSaid) {
  add("base", 0, false, "constant");
  add("good", 1);
  fold("good", 1);
  EXPECT_FALSE(board().chosen_out_of_fold);
  EXPECT_EQ(board().chosen_how, "base is not scored out of fold (models, out_of_fold: true)");
  fold("base", 0, "others");
  EXPECT_EQ(board().chosen_how, "base and good are not scored out of fold on the same rows");
  runs_.at("base").folded.why_not = "too few days";
  EXPECT_EQ(board().chosen_how, "base is not scored out of fold: too few days");
  EXPECT_EQ(board().winner, "good");
  EXPECT_EQ(board().chosen_rows, static_cast<std::int64_t>(kRows));
}

// A suspect has no part in the choice, so what it lacks is no reason not to choose out of fold.
TEST_F(LeaderboardTest, ASuspectNeedsNoFolds) {
  add("base", 0, false, "constant");
  add("good", 1);
  add("leak", 1, true);
  fold("base", 0);
  fold("good", 1);
  Leaderboard found = board();
  EXPECT_TRUE(found.chosen_out_of_fold) << found.chosen_how;
  EXPECT_EQ(found.winner, "good");
  EXPECT_EQ(row_of(found, "leak").chosen_value.value, 0);
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
