// `lode report`: the page of a run, made again from what the run kept.
// covers: cli/report, cli/run_argument, orchestrate/run_json
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

class ReportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
  }
  ProcessResult lode(const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path());
  }
  std::string page(const std::string& name) const {
    return posix_files().read(folder_.path() + "/" + name).value_or("");
  }
  static std::string json_of(const std::string& page) {
    std::string open = R"(<script type="application/json" id="run">)";
    std::size_t at = page.find(open);
    if (at == page.npos) return "";
    at += open.size();
    return page.substr(at, page.find("</script>", at) - at);
  }
  void expect_refused(const std::vector<std::string>& words, int exit, const char* said) const {
    ProcessResult ran = lode(words);
    EXPECT_EQ(ran.exit, exit) << ran.err;
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }

  ScratchFolder folder_;
};

TEST_F(ReportTest, IsMadeAgainByteForByteFromWhatTheRunKept) {
  ProcessResult first = lode({"run", "--json", "--quiet"});
  ASSERT_EQ(first.exit, 0) << first.err;
  EXPECT_EQ(lode({"report", "--json"}).out, first.out);
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  EXPECT_EQ(lode({"report", "1", "--json"}).out, first.out);
  EXPECT_EQ(lode({"report", ".", "1", "--json"}).out, first.out);
  EXPECT_EQ(Json::parse(lode({"report", "--json"}).out)["run"], 2) << "the newest";

  ProcessResult made = lode({"report", "1"});
  EXPECT_EQ(made.exit, 0) << made.err;
  EXPECT_EQ(made.out, "shop-run-1.html: run 1 of shop\n");
  EXPECT_EQ(Json::parse(json_of(page("shop-run-1.html"))), Json::parse(first.out));
  EXPECT_LT(page("shop-run-1.html").size(), 2'000'000U);
  ASSERT_EQ(lode({"report", "1", "--out", "again.html", "--json"}).out, first.out);
  EXPECT_EQ(page("again.html"), page("shop-run-1.html"));
}

TEST_F(ReportTest, ARunWritesItsReportIfItIsAsked) {
  ProcessResult ran = lode({"run", "--quiet", "--json", "--report", "shop.html"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(Json::parse(json_of(page("shop.html"))), Json::parse(ran.out));
}

TEST_F(ReportTest, TheJsonSaysWhatMadeItAndWhen) {
  Json run = Json::parse(lode({"run", "--json", "--quiet"}).out);
  EXPECT_EQ(run["lode"], LODE_VERSION);
  EXPECT_EQ(run["engine_semantics"], "1");
  EXPECT_EQ(run["time_zones"].get<std::string>().size(), 5U);
  EXPECT_TRUE(run["started"].get<std::string>().starts_with("20"));
}

TEST_F(ReportTest, AProjectWithoutModelsHasAReport) {
  std::string yaml = shop_project();
  folder_.write("lode.yaml", yaml.substr(0, yaml.find("labels:")));
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  EXPECT_EQ(lode({"report"}).exit, 0);
  EXPECT_EQ(Json::parse(json_of(page("shop-run-1.html")))["models"], Json::array());
}

TEST_F(ReportTest, WhatCannotBeReportedIsSaid) {
  expect_refused({"report"}, 3, "has not been run yet");
  ASSERT_EQ(lode({"run", "--quiet"}).exit, 0);
  expect_refused({"report", "9"}, 3, "no run '9'");
  expect_refused({"report", ".", "first"}, 2, "'first' is no number of a run");
  expect_refused({"report", "--out", "nowhere/shop.html"}, 3, "nowhere/shop.html");
  expect_refused({"report", "--out", "nowhere/shop.html"}, 3, "cannot be written");
  fs::create_directory(folder_.path() + "/taken");
  ProcessResult taken = lode({"report", "--out", "taken"});
  EXPECT_NE(taken.exit, 0);
  EXPECT_NE(taken.err.find("'taken'"), std::string::npos) << taken.err;

  folder_.write("orders.csv", "at,customer,amount,returned\n2020-01-01 00:00:00,c1,1,0\n");
  ASSERT_NE(lode({"run", "--quiet"}).exit, 0);
  expect_refused({"report", "2"}, 3, "run 2 is failed, so there is no report of it: ");
  EXPECT_EQ(lode({"report"}).out, "shop-run-1.html: run 1 of shop\n") << "the newest that is done";

  fs::remove(folder_.path() + "/.lode/shop/reports/1");
  expect_refused({"report"}, 3, "nothing is kept of what run 1 said");
  folder_.write(".lode/shop/reports/1", "lode-run-report 1\n{}\nsum 0\n");
  expect_refused({"report"}, 6, "reports/1");
}

}  // namespace
}  // namespace lode
