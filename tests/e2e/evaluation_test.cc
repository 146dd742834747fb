// What `lode run` says of a model beyond its metrics, and the stored model with its calibrator.
// covers: cli/evaluation_text, cli/model_card_text
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/cli/machine.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, shop: string, amount: int64, returned: int64}
    time: at
labels:
  returned: {about: orders, value: returned = 1, known: at + hours(1)}
training:
  orders:
    rows: orders
    label: returned
    columns: {amount: amount, shop: shop}
models:
  plain:
    from: orders
    algorithm: logistic
    columns: [amount]
    split: {train: ..2020-02-20, test: 2020-02-20..}
  mended:
    from: orders
    algorithm: logistic
    columns: [amount]
    split: {train: ..2020-02-20, test: 2020-02-20..}
    calibrate: isotonic
    threshold: {false_negative: 2}
    fairness: [shop]
  busy:
    from: orders
    algorithm: logistic
    columns: [amount]
    split: {train: ..2020-02-20, test: 2020-02-20..}
    threshold: {rows_a_day: 12}
)";

// Seventy days of thirty orders: above 140 they come back, below they do not, which no line in
// log-odds can follow; but for shop "odd*", where it is the other way round.
std::string orders() {
  Random random(5);
  std::string csv = "at,shop,amount,returned\n";
  for (int i = 0; i < 2100; ++i) {
    auto amount = static_cast<int>(random.below(200));
    bool odd = random.chance(0.2);
    bool returned = random.chance((amount > 140) != odd ? 0.95 : 0.05);
    int day = i / 30;
    csv += fmt::format("2020-{:02}-{:02} 10:{:02}:00,{},{},{}\n",
                       day < 31   ? 1
                       : day < 60 ? 2
                                  : 3,
                       day < 31   ? 1 + day
                       : day < 60 ? day - 30
                                  : day - 59,
                       i % 30 * 2, odd ? "odd*" : "even", amount, returned ? 1 : 0);
  }
  return csv;
}

class Evaluation : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("orders.csv", orders());
  }
  Ran lode(std::vector<std::string> words) const {
    words.push_back(folder_.path());
    return run_lode(std::move(words));
  }
  ScratchFolder folder_;
};

TEST_F(Evaluation, TheSummarySaysWhatWasAskedFor) {
  Ran run = lode({"run"});
  ASSERT_EQ(run.exit, 0) << run.err;
  for (const char* said :
       {"Calibration, on the test rows, chosen on training rows out of fold",
        "mended: isotonic: log-loss",
        "Decisions: as promised by training rows out of fold, then as they came on the test rows",
        "mended: least cost: a false positive costs 1, a false negative 2; of the test rows",
        "mended: cost a row: ", "busy: at most 12 rows on any day; of the test rows",
        "busy: on the busiest day 12, ", "Worst slices of the test rows", "shop: odd*",
        "Labels that look wrong", "Groups of mended by shop, flagged from"})
    EXPECT_NE(run.out.find(said), std::string::npos) << said << "\n" << run.out;
  EXPECT_EQ(run.out.find("Groups of plain"), std::string::npos) << "it was not asked for";
  EXPECT_EQ(run.out.find("nan"), std::string::npos) << run.out;
}

TEST_F(Evaluation, TheCalibratedModelIsStoredAndScoresAsItDid) {
  Ran run = lode({"run", "--json"});
  ASSERT_EQ(run.exit, 0) << run.err;
  Json models = Json::parse(run.out)["models"];
  EXPECT_FALSE(models[0].contains("calibrator"));
  const Json& mended = models[1];
  EXPECT_EQ(mended["calibrator"]["chosen"], "isotonic");
  EXPECT_EQ(mended["calibrator"]["metrics"]["log_loss"]["raw"]["value"],
            models[0]["metrics"]["test"]["log_loss"]["value"]);
  EXPECT_EQ(mended["calibrator"]["metrics"]["log_loss"]["calibrated"]["value"],
            mended["metrics"]["test"]["log_loss"]["value"]);
  EXPECT_LT(mended["calibrator"]["metrics"]["log_loss"]["difference"]["high"], 0);
  const Json& came = mended["decision"]["came"];
  double flagged = 0;
  for (const Json& group : mended["fairness"]["columns"][0]["groups"])
    flagged += group["selection_rate"]["is"]["value"].get<double>() * group["rows"].get<double>();
  EXPECT_NEAR(flagged, came["true_positive"].get<double>() + came["false_positive"].get<double>(),
              1e-6)
      << "groups are flagged by the threshold that was found";
  EXPECT_EQ(mended["slices"]["worst"][0]["slice"], "odd*");

  for (const char* model : {"plain", "mended"}) {
    Ran check = lode({"model", "check", model});
    EXPECT_EQ(check.exit, 0) << check.err;
  }
  // Without its calibrator it would score otherwise.
  Ran stored = lode({"model", "show", "mended", "--json"});
  Json header = Json::parse(stored.out)["stored"];
  EXPECT_EQ(header["version"], 3);
  EXPECT_EQ(header["calibrator"].get<std::string>().substr(0, 8), "isotonic");
  EXPECT_EQ(Json::parse(lode({"model", "show", "plain", "--json"}).out)["stored"]["version"], 2);
}

TEST_F(Evaluation, TheCardIsMarkdownWithBlanksForItsOwner) {
  ASSERT_EQ(lode({"run"}).exit, 0);
  Ran card = lode({"model", "card", "mended"});
  ASSERT_EQ(card.exit, 0) << card.err;
  EXPECT_EQ(card.out.substr(0, 32), "# Model card: mended, version 1\n");
  for (const char* said :
       {"\n## Model details\n", "\n## Ethical considerations\n", "- **TO FILL IN:** what it is for",
        "Scores are calibrated by isotonic", "Worse where shop is odd\\*", "shop even: "})
    EXPECT_NE(card.out.find(said), std::string::npos) << said << "\n" << card.out;
  Json json = Json::parse(lode({"model", "card", "mended", "--json"}).out);
  EXPECT_EQ(json["card"].size(), 9U);
  EXPECT_EQ(json["name"], "mended");
  Ran missing = lode({"model", "card", "mendet"});
  EXPECT_NE(missing.err.find("did you mean 'mended'?"), std::string::npos) << missing.err;
}

}  // namespace
}  // namespace lode
