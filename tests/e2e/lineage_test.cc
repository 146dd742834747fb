// What a model was made of, asked for in both directions, and the gate between any two versions,
// through the built program.
// covers: orchestrate/lineage_run, orchestrate/lineage_look, orchestrate/version_rows,
// covers: orchestrate/kept_training, orchestrate/gate_run, orchestrate/gate_slices
// covers: cli/lineage_text, project/definition_text, base/build_info
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/build_info.h"
#include "base/hash.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

class Lineage : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
    ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  }
  ProcessResult lode(const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path());
  }
  Json json(std::vector<std::string> words, int exit = 0) const {
    words.emplace_back("--json");
    ProcessResult ran = lode(words);
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  void make_again(const std::string& yaml) const {
    folder_.write("lode.yaml", yaml);
    ProcessResult ran = lode({"run", "--quiet"});
    ASSERT_EQ(ran.exit, 0) << ran.err;
  }

  ScratchFolder folder_;
};

TEST_F(Lineage, AVersionSaysWhatItWasMadeOf) {
  Json said = json({"lineage", "returns"});
  EXPECT_EQ(said["model"], "returns");
  const Json& lineage = said["lineage"];
  const Json& file = lineage["sources"][0]["files"][0];
  EXPECT_EQ(file["name"], "orders.csv");
  EXPECT_EQ(file["content"], text(content_hash(shop_orders())));
  EXPECT_EQ(file["rows"], 900);
  EXPECT_EQ(lineage["sources"][0]["accepted"], 899);
  EXPECT_EQ(lineage["rows"], 899);
  EXPECT_EQ(lineage["train_rows"].get<int>() + lineage["test_rows"].get<int>(), 899);
  EXPECT_EQ(lineage["commit"], build_info().commit);
  EXPECT_EQ(lineage["compared_with"]["name"], "base");
  EXPECT_EQ(lineage["compared_with"]["content"], json({"model", "show", "base"})["content"]);
  std::string kinds;
  for (const Json& one : lineage["definitions"]) kinds += one["kind"].get<std::string>() + " ";
  EXPECT_EQ(kinds, "source label view view training model ");
  EXPECT_TRUE(said["changed"].empty());
  EXPECT_FALSE(lineage.contains("before")) << "it is the first of its name";
}

TEST_F(Lineage, WhatHasChangedSinceIsSaid) {
  auto changed = [&](const std::string& model) {
    std::string out;
    Json said = json({"lineage", model});
    for (const Json& one : said["changed"])
      out += fmt::format("{} {} {}\n", one["kind"].get<std::string>(),
                         one["name"].get<std::string>(), one["what"].get<std::string>());
    return out;
  };
  EXPECT_EQ(changed("returns"), "");
  folder_.write("lode.yaml", replaced(shop_project(), "windows: [3d, all]", "windows: [2d, all]"));
  EXPECT_EQ(changed("returns"),
            "view history is declared otherwise now\n"
            "training orders is declared otherwise now\n");
  folder_.write("lode.yaml", shop_project());
  std::string more = shop_orders() + "2020-01-31 01:00:00,c1,50,1\n";
  folder_.write("orders.csv", more);
  EXPECT_EQ(changed("returns"), "file orders.csv has grown by 28 bytes\n");
  folder_.write("orders.csv", "nothing of it");
  EXPECT_EQ(changed("returns"), "file orders.csv has other content now\n");
  // Made anew, the new version names the one before it, and the old one its changes.
  folder_.write("orders.csv", more);
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  EXPECT_EQ(changed("returns@2"), "");
  EXPECT_EQ(changed("returns@1"),
            "file orders.csv has grown by 28 bytes\nsource orders has other rows now\n");
  EXPECT_EQ(json({"lineage", "returns@2"})["lineage"]["before"]["version"], 1);
}

TEST_F(Lineage, ASourceKnowsTheModelsMadeOfIt) {
  ASSERT_EQ(lode({"registry", "promote", "returns"}).exit, 0);
  for (const char* what : {"source:orders", "file:orders.csv", "orders.csv", "view:spending",
                           "label:returned", "training:orders", "dataset:orders"}) {
    Json said = json({"lineage", what});
    ASSERT_EQ(said["models"].size(), 2U) << what;
    EXPECT_EQ(said["models"][1]["name"], "returns");
    EXPECT_EQ(said["models"][1]["aliases"], Json::array({"champion"}));
    EXPECT_TRUE(said["models"][1]["changed"].empty());
  }
  make_again(replaced(shop_project(), "window: 2d", "window: 1d"));
  Json said = json({"lineage", "view:spending"});
  ASSERT_EQ(said["models"].size(), 4U);
  const Json& old = said["models"][2];
  EXPECT_EQ(old["version"], 1);
  EXPECT_EQ(old["newest"], false);
  EXPECT_EQ(old["changed"][0]["name"], "spending");
  EXPECT_NE(old["as"], said["models"][3]["as"]);
  EXPECT_EQ(json({"lineage", old["dataset"].get<std::string>().substr(0, 10)})["models"].size(),
            2U);
  ProcessResult two = lode({"lineage", "orders"});
  EXPECT_EQ(two.exit, 2);
  EXPECT_NE(two.err.find("write source:orders or training:orders"), std::string::npos) << two.err;
  ProcessResult none = lode({"lineage", "spendin"});
  EXPECT_EQ(none.exit, 3);
  EXPECT_NE(none.err.find("did you mean 'spending'"), std::string::npos) << none.err;
}

// ---- the gate between any two versions

TEST_F(Lineage, TheGateDecidesBetweenAnyTwoVersions) {
  // A constant against a model that learnt: on ten days the second is better beyond chance.
  Json better = json({"gate", "returns", "--against", "base", "--guards", "none"});
  EXPECT_EQ(better["verdict"], "promote") << better.dump(1);
  EXPECT_EQ(better["promoted"], false);
  EXPECT_LT(better["challenger"]["value"], better["champion"]["value"]);
  EXPECT_EQ(better["rows"], json({"model", "show", "returns"})["test_rows"]);
  EXPECT_EQ(better["block_unit"], "day");
  EXPECT_EQ(better["alpha"], 0.025) << "the first look takes half";
  Json worse = json({"gate", "base", "--against", "returns", "--guards", "none"}, 1);
  EXPECT_NE(worse["verdict"], "promote");
  EXPECT_EQ(worse["alpha"], 0.0125) << "the second look at these rows has half of what is left";
  // The figures are those that the run told of the same models and rows.
  Json shown = json({"model", "show", "returns"});
  EXPECT_NEAR(better["challenger"]["value"], shown["metrics"]["test"]["log_loss"]["value"], 1e-12);
  EXPECT_NEAR(better["checks"][0]["gain"],
              -shown["against"]["difference"]["log_loss"]["value"].get<double>(), 1e-12)
      << shown["against"].dump();
}

TEST_F(Lineage, TheSameQuestionTakesNoAlphaTwice) {
  Json first = json({"gate", "returns", "--against", "base", "--guards", "none"});
  Json again = json({"gate", "returns", "--against", "base", "--guards", "none"});
  EXPECT_EQ(again["asked_before"], true);
  again["asked_before"] = false;
  EXPECT_EQ(again, first);
  EXPECT_EQ(json({"registry", "history", "returns"})["events"].size(), 1U);
  Json promoted = json({"gate", "returns", "--against", "base", "--guards", "none", "--promote"});
  EXPECT_EQ(promoted["promoted"], true);
  Json events = json({"registry", "history", "returns"})["events"];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["kind"], "gate");
  EXPECT_EQ(events[0]["value"], "promote");
  EXPECT_EQ(events[0]["name"], "base@1");
  EXPECT_EQ(events[1]["kind"], "alias");
  EXPECT_EQ(events[1]["by"], "gate");
  EXPECT_EQ(events[1]["details"]["verdict"], "promote");
  EXPECT_EQ(
      json({"gate", "returns", "--against", "base", "--guards", "none", "--promote"})["promoted"],
      true)
      << "it is already: no event more";
  EXPECT_EQ(json({"registry", "history", "returns"})["events"].size(), 2U);
}

TEST_F(Lineage, TheGateScoresAnOldVersionAgain) {
  ASSERT_EQ(lode({"registry", "promote", "returns"}).exit, 0);
  std::string yaml = replaced(shop_project(), "columns: [amount, past.n_all",
                              "options: {l2: 5}\n    columns: [amount, past.n_all");
  make_again(yaml);
  // Scores of version 1 are not kept any more; it is read back and scores the rows again.
  Json said = json({"gate", "returns@2", "--slices", "amount"}, 1);
  EXPECT_EQ(said["champion"]["version"], 1);
  EXPECT_NE(said["challenger"]["value"], said["champion"]["value"]);
}

TEST_F(Lineage, WhatTheGateCannotDecideIsRefused) {
  auto refused = [&](const std::vector<std::string>& words, int exit, const char* why) {
    ProcessResult ran = lode(words);
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
  };
  refused({"gate", "returns"}, 2, "model returns has no champion yet");
  refused({"gate", "returns", "--against", "returns"}, 2, "there is nothing to decide");
  refused({"gate", "returns", "--against", "nobody"}, 3, "no model 'nobody'");
  refused({"gate", "returns", "--against", "base", "--guards", "brier"}, 2, "METRIC=MARGIN");
  refused({"gate", "returns", "--against", "base", "--metric", "calibration_eror"}, 3,
          "calibration_error");
  refused({"gate", "returns", "--against", "base", "--slices", "shoe"}, 2, "no column 'shoe'");
  // Columns that mean something else now.
  make_again(replaced(shop_project(), "window: 2d", "window: 1d"));
  refused({"gate", "returns@2", "--against", "returns@1"}, 4, "is declared otherwise now");
  // Rows that no two models were tested on.
  std::string apart = replaced(shop_project(), "    compare_with: base\n", "");
  apart = replaced(apart, "split: {train: ..2020-01-20, test: 2020-01-20..}",
                   "split: {train: ..2020-01-10, test: 2020-01-10..2020-01-20}");
  make_again(apart);
  refused({"gate", "returns", "--against", "base"}, 4, "no row was a test row of both");
}

}  // namespace
}  // namespace lode
