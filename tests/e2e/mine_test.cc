// `lode mine FILE --target` and `lode init FILE`, as a user types them: what is guessed of a file,
// the same figures both ways, and what is said of a file that nothing can be learnt from.
// covers: cli/init, cli/mine, cli/mined_project, insight/csv_guess, insight/mining_plan
// covers: insight/project_text, insight/table_profile, cli/verdict_text
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

// 3,000 people: the older and the more they earn, the likelier they buy; `shuffled` knows nothing.
std::string people(bool shuffled) {
  constexpr std::uint64_t kSeed = 11;
  Random random(kSeed, 0);
  std::string csv = "person no;age;income (EUR);town;zip;active;bought\n";
  for (int i = 0; i < 3000; ++i) {
    int age = 20 + static_cast<int>(random.below(60));
    double income = 1000 + 4000 * random.unit();
    double chance = shuffled ? 0.3 : (age / 100.0 + income / 10'000.0) / 1.4;
    csv += fmt::format("{};{};{};{};0{};{};{}\n", i, age,
                       i % 50 == 0 ? std::string("NA") : fmt::format("{:.2f}", income),
                       i % 5 == 0 ? "Rome" : "Oslo", 100 + i % 9, i % 3 == 0 ? "yes" : "no",
                       random.unit() < chance ? "Yes" : "No");
  }
  return csv;
}

class Mine : public ::testing::Test {
 protected:
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  ScratchFolder folder_;
};

TEST_F(Mine, GuessesWhatAFileIsAndLearnsFromIt) {
  folder_.write("people.csv", people(false));
  ProcessResult mined =
      lode({"mine", "people.csv", "--target", "bought", "--json", "--report", "people.html"});
  ASSERT_EQ(mined.exit, 0) << mined.err;
  Json report = Json::parse(mined.out);
  EXPECT_EQ(report["sources"][0]["accepted"], 3000);
  ASSERT_EQ(report["models"].size(), 4U);
  EXPECT_GT(report["models"][1]["metrics"]["test"]["auc"]["low"], 0.6);
  EXPECT_EQ(report["leaderboards"][0]["helps"], "yes");
  EXPECT_EQ(report["leaderboards"][0]["baseline"], "baseline");
  std::string notes = report["notes"].dump();
  for (const char* said : {"whether bought is Yes", "numbers: age, income (EUR), active",
                           "categories: town, zip", "only tell rows apart: person no", "'NA'"})
    EXPECT_NE(notes.find(said), std::string::npos) << said << " in " << notes;
  EXPECT_EQ(report["profile"][0]["columns"].size(), 7U);
  EXPECT_EQ(report["leaderboards"][0]["learning_curve"]["points"].size(), 4U);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/people.html"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/.lode")) << "the file is only read";
}

TEST_F(Mine, ATargetThatNothingTellsIsNo) {
  folder_.write("people.csv", people(true));
  ProcessResult mined = lode({"mine", "people.csv", "--target", "bought", "--json"});
  ASSERT_EQ(mined.exit, 0) << mined.err;
  Json board = Json::parse(mined.out)["leaderboards"][0];
  EXPECT_EQ(board["helps"], "no") << board;
  for (const Json& model : Json::parse(mined.out)["models"]) {
    EXPECT_LE(model["metrics"]["test"]["auc"]["low"], 0.5) << model["name"];
    EXPECT_GE(model["metrics"]["test"]["auc"]["high"], 0.5) << model["name"];
  }
}

// A number that is the sum of two columns: no figure of it is to be trusted, and what is left
// without them is told.
TEST_F(Mine, PartsOfTheTargetAreNoReasonToBelieve) {
  Random random(5, 0);
  std::string csv = "temperature,members,guests,total\n";
  for (int i = 0; i < 800; ++i) {
    double temperature = 30 * random.unit();
    auto members = static_cast<int>(10 * temperature + 100 * random.unit());
    auto guests = static_cast<int>(3 * temperature + 50 * random.unit());
    csv += fmt::format("{:.1f},{},{},{}\n", temperature, members, guests, members + guests);
  }
  folder_.write("bikes.csv", csv);
  ProcessResult mined = lode({"mine", "bikes.csv", "--target", "total", "--json"});
  ASSERT_EQ(mined.exit, 0) << mined.err;
  Json board = Json::parse(mined.out)["leaderboards"][0];
  EXPECT_EQ(board["helps"], "suspected") << board;
  std::string says = board["says"];
  EXPECT_NE(says.find("without the suspects (guests, members)"), std::string::npos) << says;
  ProcessResult honest =
      lode({"mine", "bikes.csv", "--target", "total", "--drop", "members,guests", "--json"});
  ASSERT_EQ(honest.exit, 0) << honest.err;
  EXPECT_EQ(Json::parse(honest.out)["leaderboards"][0]["helps"], "yes");
}

TEST_F(Mine, InitAndRunEndInTheSameFigures) {
  folder_.write("people.csv", people(false));
  ASSERT_EQ(lode({"init", "people.csv", "--target", "bought"}).exit, 0);
  EXPECT_EQ(lode({"check"}).exit, 0);
  ProcessResult run = lode({"run", "--json"});
  ASSERT_EQ(run.exit, 0) << run.err;
  ProcessResult mined = lode({"mine", "people.csv", "--target", "bought", "--json"});
  Json a = Json::parse(run.out);
  Json b = Json::parse(mined.out);
  EXPECT_EQ(a["notes"], b["notes"]);
  EXPECT_EQ(a["profile"], b["profile"]);
  EXPECT_EQ(a["leaderboards"], b["leaderboards"]);
  for (std::size_t m = 0; m < 4; ++m)
    for (const char* part : {"content", "dataset", "metrics", "drivers", "leakage"})
      EXPECT_EQ(a["models"][m][part], b["models"][m][part]) << m << part;
  ProcessResult again = lode({"init", "people.csv", "--target", "bought"});
  EXPECT_NE(again.exit, 0);
  EXPECT_NE(again.err.find("is there already"), std::string::npos) << again.err;
}

TEST_F(Mine, WhatCannotBeLearntIsSaid) {
  folder_.write("people.csv", people(false));
  struct Wrong {
    std::vector<std::string> words;
    const char* said;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {{"mine", "people.csv"}, "--target COLUMN; the file has person no, age"},
           {{"mine", "people.csv", "--target", "bougt"}, "did you mean 'bought'?"},
           {{"mine", "people.csv", "--target", "bought", "--time", "age"}, "does not hold times"},
           {{"mine", "people.csv", "--target", "zip"}, "has 9 values"},
           {{"mine", "people.csv", "--target", "bought", "--positive", "Maybe"},
            "no value 'Maybe'"},
           {{"mine", "none.csv", "--target", "x"}, "none.csv"}}) {
    ProcessResult result = lode(wrong.words);
    EXPECT_NE(result.exit, 0);
    EXPECT_NE(result.err.find(wrong.said), std::string::npos) << wrong.said << "\n" << result.err;
  }
}

}  // namespace
}  // namespace lode
