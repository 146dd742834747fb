// What the commands that need no stored state print.
// covers: cli/project_argument
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/component.h"
#include "base/file.h"
#include "base/zone.h"
#include "tests/cli/machine.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {at: timestamp, price: int64, customer: string}
    time: at
    known: at
    contract:
      price: {between: [0, 1000]}
labels:
  dear: {about: orders, value: price > 100, known: at + hours(1)}
features:
  habits: {over: orders, by: customer, window: 7d, values: {n: count(), paid: sum(price)}}
training:
  orders:
    rows: orders
    label: dear
    columns: {price: price, n: "habits[customer].n"}
models:
  dear:
    from: orders
    algorithm: logistic
    split: {train: ..2001-02-01, test: 2001-02-01..}
)";

class CommandsOnAProject : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "lode_commands_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    write("orders.csv", "at,price,customer\n");
    write("lode.yaml", kProject);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, std::string_view text) {
    ASSERT_TRUE(posix_files().make_directories(folder_).has_value());
    ASSERT_TRUE(write_atomically(posix_files(), folder_ + "/" + name, text).has_value());
  }

  std::string folder_;
};

TEST_F(CommandsOnAProject, CheckSumsUpAProject) {
  Ran ran = run_lode({"check", folder_});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, "shop: no mistakes in " + folder_ +
                         "/lode.yaml\n"
                         "\n"
                         "source  files  columns  derived  rules  time  known\n"
                         "orders      1        3        0      1  at    at\n"
                         "\n"
                         "label  about   value        known\n"
                         "dear   orders  price > 100  at + hours(1)\n"
                         "\n"
                         "feature view  over    by        window  values\n"
                         "habits        orders  customer  7d      n, paid\n"
                         "\n"
                         "training set  rows    label  columns\n"
                         "orders        orders  dear   price, n\n"
                         "\n"
                         "model  from    algorithm  train         test          against\n"
                         "dear   orders  logistic   ..2001-02-01  2001-02-01..\n");
}

TEST_F(CommandsOnAProject, CheckAsJson) {
  Ran ran = run_lode({"check", folder_, "--json"});
  EXPECT_EQ(ran.exit, 0) << ran.out;
  Json json = Json::parse(ran.out);
  EXPECT_EQ(json["project"], "shop");
  EXPECT_EQ(json["file"], folder_ + "/lode.yaml");
  EXPECT_EQ(json["sources"][0]["columns"], Json({"at", "price", "customer"}));
  EXPECT_EQ(json["labels"][0]["value"], "price > 100");
  EXPECT_EQ(json["features"][0]["windows"], Json({"7d"}));
  EXPECT_EQ(json["training"][0]["columns"], Json({"price", "n"}));
  EXPECT_EQ(json["models"][0]["train"], "..2001-02-01");
}

TEST_F(CommandsOnAProject, CheckPrintsEveryMistakeAtItsPlace) {
  std::string broken(kProject);
  broken.replace(broken.find("window: 7d"), 10, "windw: 7d");
  broken.replace(broken.find("price > 100"), 11, "prize > 100");
  write("lode.yaml", broken);
  Ran ran = run_lode({"check", folder_});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err.find("lode.yaml:12:32: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("did you mean 'price'?"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("lode.yaml:14:40: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("did you mean 'window'?"), std::string::npos) << ran.err;
  Json json = Json::parse(run_lode({"check", folder_, "--json"}).out);
  EXPECT_EQ(json["error"]["line"], 12);
  EXPECT_EQ(json["error"]["column"], 32);
  EXPECT_GE(json["errors"].size(), 2U);
}

TEST_F(CommandsOnAProject, CheckOfNothing) {
  Ran ran = run_lode({"check", folder_ + "/nowhere"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_NE(ran.err.find("nowhere"), std::string::npos);
}

TEST(VersionCommand, SaysWhatADataSetDependsOn) {
  Json json = Json::parse(run_lode({"version", "--json"}).out);
  EXPECT_EQ(json["version"], LODE_VERSION);
  EXPECT_EQ(json["time_zones"], zone_data_version());
  EXPECT_NE(run_lode({"version"}).out.find(std::string(zone_data_version())), std::string::npos);
}

TEST(HelpCommand, UnknownCommands) {
  Ran ran = run_lode({"help", "chek"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_EQ(ran.err, "error: there is no command 'chek'; did you mean 'check'?\n");
}

TEST(SchemaCommand, IsJson) {
  Json json = Json::parse(run_lode({"schema"}).out);
  EXPECT_EQ(json["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(run_lode({"schema", "--json"}).out, run_lode({"schema"}).out);
  EXPECT_EQ(run_lode({"schema", "--markdown", "--json"}).exit, 2);
}

TEST(FunctionsCommand, ListsAndFilters) {
  Ran all = run_lode({"functions"});
  EXPECT_NE(all.out.find("floor(x)"), std::string::npos);
  Ran some = run_lode({"functions", "floor"});
  EXPECT_NE(some.out.find("floor(x)"), std::string::npos);
  EXPECT_LT(some.out.size(), all.out.size() / 4);
  Json json = Json::parse(run_lode({"functions", "--json"}).out);
  EXPECT_EQ(json["functions"].size(), components("function").size());
  EXPECT_EQ(run_lode({"functions", "frobnicate"}).exit, 3);
}

TEST(ComponentsCommand, ListsKindsAndExplainsOne) {
  Ran all = run_lode({"components"});
  for (const char* name : {"parquet", "sum", "logistic", "auc"})
    EXPECT_NE(all.out.find(std::string("\n") + name + " "), std::string::npos) << name;
  EXPECT_EQ(all.out.find("check "), std::string::npos) << "commands have a list of their own";
  Ran csv = run_lode({"components", "decoder", "csv"});
  EXPECT_TRUE(csv.out.starts_with("decoder csv: ")) << csv.out;
  EXPECT_NE(csv.out.find("delimiter     text"), std::string::npos) << csv.out;
  Json json = Json::parse(run_lode({"components", "decoder", "csv", "--json"}).out);
  EXPECT_EQ(json["components"][0]["options"][0]["name"], "delimiter");
  EXPECT_EQ(json["components"][0]["options"][0]["default"], ",");
}

TEST(ComponentsCommand, MistakesNameTheNearest) {
  EXPECT_EQ(run_lode({"components", "metrics"}).err,
            "error: there is no kind 'metrics'; did you mean 'metric'?\n");
  EXPECT_EQ(run_lode({"components", "algorithm", "logstic"}).err,
            "error: there is no algorithm 'logstic'; did you mean 'logistic'?\n");
  EXPECT_EQ(run_lode({"components", "algorithm", "logstic"}).exit, 3);
}

}  // namespace
}  // namespace lode
