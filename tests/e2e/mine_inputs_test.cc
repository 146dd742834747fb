// Files of other kinds through `lode mine`: Parquet, and dates in the forms people write.
// covers: cli/profile_text, orchestrate/profile_run
// covers: cli/mine, cli/sample_file, insight/profile_parquet, ingest/date_form
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "table/duckdb.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

// 3,000 orders of 300 days: the dearer, the likelier they come back.
constexpr std::string_view kOrders =
    "SELECT DATE '2001-01-01' + (i // 10)::INTEGER AS ordered, (hash(i) % 10000 / "
    "100)::DECIMAL(9,2) "
    "AS price, i::UBIGINT AS no, ['a', 'b', 'c'][1 + (hash(i + 7) % 3)::INTEGER] AS kind, "
    "hash(i + 9) % 100 < hash(i) % 10000 / 100 AS returned, [i] AS parts FROM range(3000) r(i)";

class MineInputs : public ::testing::Test {
 protected:
  void write(std::string_view select, const std::string& how, const std::string& name) const {
    Duck duck = Duck::open().value();
    Status made = duck.execute(
        fmt::format("COPY ({}) TO {} ({})", select, sql_literal(folder_.path() + "/" + name), how));
    ASSERT_TRUE(made.has_value()) << made.error().text();
  }
  ProcessResult lode(const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path());
  }
  Json mine(const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"mine", file, "--target", "returned", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult mined = lode(words);
    EXPECT_EQ(mined.exit, 0) << mined.out << mined.err;
    return Json::parse(mined.out, nullptr, false);
  }
  ScratchFolder folder_;
};

TEST_F(MineInputs, ParquetByItsOwnTypes) {
  write(kOrders, "FORMAT parquet", "orders.parquet");
  Json mined = mine("orders.parquet");
  EXPECT_EQ(mined["sources"][0]["accepted"], 3000);
  std::string notes = mined["notes"].dump();
  for (const char* said :
       {"whether returned is true", "ordered is when a row happened, 2001-01-01 to 2001-10-27",
        "numbers: price", "categories: kind", "only tell rows apart: no",
        "hold no single values: parts", "split by time"})
    EXPECT_NE(notes.find(said), std::string::npos) << said << " in " << notes;
  EXPECT_GT(mined["models"][1]["metrics"]["test"]["auc"]["low"], 0.7);
  ASSERT_EQ(lode({"init", "orders.parquet", "--target", "returned"}).exit, 0);
  ProcessResult run = lode({"run", "--json"});
  ASSERT_EQ(run.exit, 0) << run.out;
  EXPECT_EQ(Json::parse(run.out)["models"][1]["metrics"], mined["models"][1]["metrics"]);
}

TEST_F(MineInputs, TheSameRowsAsTextGiveTheSameFigures) {
  write(kOrders, "FORMAT parquet", "orders.parquet");
  write(fmt::format("SELECT * EXCLUDE (parts) FROM ({})", kOrders), "FORMAT csv, HEADER",
        "orders.csv");
  Json packed = mine("orders.parquet");
  Json plain = mine("orders.csv");
  for (std::size_t m = 0; m < packed["models"].size(); ++m)
    EXPECT_EQ(packed["models"][m]["metrics"], plain["models"][m]["metrics"]) << m;
}

TEST_F(MineInputs, DatesOfOtherFormsSplitByTime) {
  auto dated = [](const char* form) {
    return fmt::format("SELECT strftime(ordered, '{}') AS day, price, kind, returned FROM ({})",
                       form, kOrders);
  };
  write(dated("%-m/%-d/%y"), "FORMAT csv, HEADER", "us.csv");
  write(dated("%Y-%m-%d"), "FORMAT csv, HEADER", "iso.csv");
  write(dated("%d.%m.%Y %H:%M"), "FORMAT csv, HEADER", "german.csv");
  Json iso = mine("iso.csv");
  for (const auto& [file, form] :
       {std::pair("us.csv", "m/d/y"), std::pair("german.csv", "d.m.y")}) {
    Json mined = mine(file);
    std::string notes = mined["notes"].dump();
    EXPECT_NE(notes.find(fmt::format("dates are read as {}", form)), std::string::npos) << notes;
    EXPECT_EQ(mined["models"][1]["metrics"], iso["models"][1]["metrics"]) << file;
  }
  ProcessResult wrong =
      lode({"mine", "us.csv", "--target", "returned", "--dates", "d/m/y", "--time", "day"});
  EXPECT_EQ(wrong.exit, 2);
  EXPECT_NE(wrong.err.find("'day' does not hold times"), std::string::npos) << wrong.err;
}

// Neither the terminal nor the page holds a value of a column that is likely about persons.
TEST_F(MineInputs, LikelyPiiIsNamedAndLeftOutAndNeverPrinted) {
  constexpr const char* kCheckDigits[] = {"03", "11", "29", "37", "45",
                                          "52", "60", "78", "86", "94"};
  std::string csv = "mail,card,first_name,amount,kind,returned\n";
  for (int i = 0; i < 600; ++i)
    csv += fmt::format("secret{}@example.com,41111111111111{},Ada{},{},{},{}\n", i % 60,
                       kCheckDigits[i % 10], i % 7, i * 37 % 101, i % 2 == 0 ? "Big " : "big",
                       i * 37 % 101 > 50 ? "yes" : "no");
  folder_.write("people.csv", csv);
  ProcessResult told =
      lode({"mine", "people.csv", "--target", "returned", "--report", "people.html"});
  ASSERT_EQ(told.exit, 0) << told.err;
  for (const char* said :
       {"mail: likely PII: likely e-mail addresses: 60 of 60 different values looked at",
        "left out of all models; its values are not shown in the profile",
        "card: likely PII: likely card numbers: 10 of 10",
        "first_name: likely PII: likely names of persons, by the column's name alone",
        "kind: mixed spellings: values that differ in capitals and blanks alone",
        "left out, likely PII, see the profile: mail, card, first_name"})
    EXPECT_NE(told.out.find(said), std::string::npos) << said << " in " << told.out;
  std::string page = posix_files().read(folder_.path() + "/people.html").value();
  for (const char* secret : {"secret7@", "4111111111111111", "Ada3"}) {
    EXPECT_EQ(told.out.find(secret), std::string::npos) << secret;
    EXPECT_EQ(page.find(secret), std::string::npos) << secret;
  }
}

TEST_F(MineInputs, WithoutAFileASampleIsLearntFrom) {
  std::string scratch = folder_.path() + "/scratch";
  std::filesystem::create_directories(scratch);
  ProcessResult mined =
      run_binary({"mine", "--json"}, folder_.path(), "TMPDIR=" + shell_quoted(scratch) + " ");
  ASSERT_EQ(mined.exit, 0) << mined.out << mined.err;
  EXPECT_TRUE(std::filesystem::is_empty(scratch));
  Json report = Json::parse(mined.out);
  EXPECT_EQ(report["sources"][0]["accepted"], 7043);
  // R's glm, five folds: .8443 (examples/sample/README.md names the table).
  Json auc = report["models"][1]["metrics"]["test"]["auc"];
  EXPECT_LT(auc["low"], 0.8443);
  EXPECT_GT(auc["high"], 0.8443);
  ASSERT_EQ(lode({"mine", "--save", "churn.yaml", "--quiet"}).exit, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() + "/telco_churn.csv.gz"));
  EXPECT_EQ(lode({"check", "churn.yaml"}).exit, 0);
  folder_.write("other/telco_churn.csv.gz", "another file");
  ProcessResult refused = lode({"mine", "--save", "other/churn.yaml"});
  EXPECT_EQ(refused.exit, 4) << refused.err;
  EXPECT_EQ(posix_files().read(folder_.path() + "/other/telco_churn.csv.gz").value(),
            "another file");
}

}  // namespace
}  // namespace lode
