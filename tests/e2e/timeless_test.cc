// A file whose rows have no time, from `time: none` to the report.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: people
sources:
  people:
    files: people.csv
    columns: {id: int64, age: int64, town: string, bought: bool}
    time: none
    id: id
    contract: {age: {required: true}}
labels:
  bought: {about: people, value: bought}
training:
  people: {rows: people, label: bought, columns: {age: age, town: town}}
models:
  people:
    from: people
    algorithm: logistic
    encode: {town: target}
    split: {random: 0.25, stratified: true}
)";

// 2,000 people, the older the likelier to buy; then one twice, one again with another age, and one
// without an age.
std::string people() {
  constexpr std::uint64_t kSeed = 5;
  Random random(kSeed, 0);
  std::string csv = "id,age,town,bought\n";
  for (int i = 0; i < 2000; ++i) {
    int age = 20 + static_cast<int>(60 * random.unit());
    csv += fmt::format("{},{},{},{}\n", i, i == 7 ? 33 : age, i % 5 == 0 ? "Rome" : "Oslo",
                       random.unit() < age / 100.0 ? "true" : "false");
  }
  std::string row = csv.substr(csv.find("\n7,33,") + 1);
  csv += row.substr(0, row.find('\n') + 1);
  return csv + "8,99,Oslo,true\n3000,,Oslo,true\n";
}

TEST(Timeless, RowsAreJudgedByARandomSplitAndHaveNoTimes) {
  ScratchFolder folder;
  folder.write("lode.yaml", kProject);
  folder.write("people.csv", people());
  ProcessResult run = run_binary({"run", "--json", "--report", "report.html"}, folder.path());
  ASSERT_EQ(run.exit, 0) << run.err;
  Json report = Json::parse(run.out);
  const Json& source = report["sources"][0];
  EXPECT_EQ(source["accepted"], 2000);
  EXPECT_EQ(source["first_time"], "none");
  EXPECT_EQ(source["known"], "no time");
  std::map<std::string, int> aside;
  for (const Json& cause : source["set_aside"]) aside[cause["cause"]] = cause["rows"];
  EXPECT_EQ(aside,
            (std::map<std::string, int>{{"duplicate", 1}, {"conflict", 1}, {"contract", 1}}));
  const Json& model = report["models"][0];
  EXPECT_EQ(model["split"]["test"]["first"], "none");
  EXPECT_TRUE(model["profile"]["periods"].empty());
  EXPECT_GT(model["metrics"]["test"]["auc"]["low"], 0.55);

  ProcessResult shown = run_binary({"run"}, folder.path());
  EXPECT_NE(shown.out.find("rows have no time"), std::string::npos) << shown.out;
}

}  // namespace
}  // namespace lode
