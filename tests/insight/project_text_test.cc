// The text of a project: it always loads, whatever a file has for names and values, and the reader
// it declares accepts every row; and it says what the plan says.
#include "insight/project_text.h"

#include "ingest/reader.h"
#include "project/project.h"
#include "tests/insight/awkward_table.h"
#include "tests/insight/look_through.h"

namespace lode {
namespace {

// Without it a project with a column of texts is written and does not load.

class ProjectText : public LookThrough {
 protected:
  // The text for a file of these bytes; "" and a failure if it cannot be planned.
  std::string text_of(std::string_view csv, const MiningWishes& wishes,
                      std::string_view name = "t.csv") const {
    auto found = profile(csv, {}, name);
    EXPECT_TRUE(found.has_value()) << said(found);
    if (!found) return "";
    auto plan = plan_mining(*found, wishes);
    EXPECT_TRUE(plan.has_value()) << said(plan);
    return plan ? project_text(*found, *plan, std::string(name)) : "";
  }
  std::shared_ptr<const Project> load(std::string_view text) const {
    std::string path = write(text, "lode.yaml");
    auto project = load_project(path);
    if (project) return *project;
    for (const Error& error : project.error().errors) ADD_FAILURE() << error.text();
    return nullptr;
  }
  // Rows that the source's declaration accepts, and why not the first of the others.
  static std::int64_t accepted(const Source& source, std::string& why) {
    ReadOptions options{
        .wanted = source.columns, .format = source.format, .format_options = source.format_options};
    auto reader = open_reader(posix_files(), source.files.at(0).string(), options);
    EXPECT_TRUE(reader.has_value()) << said(reader);
    std::int64_t rows = 0;
    while (reader) {
      auto batch = (*reader)->next();
      EXPECT_TRUE(batch.has_value()) << said(batch);
      if (!batch || !*batch) break;
      rows += (*batch)->table.rows;
      if (!(*batch)->broken.empty())
        why = (*batch)->broken[0].field + ": " + (*batch)->broken[0].reason;
    }
    return rows;
  }
};

TEST_F(ProjectText, AlwaysLoadsAndItsReaderAcceptsEveryRow) {
  constexpr std::uint64_t kTables = 150;
  for (std::uint64_t seed = 0; seed < kTables; ++seed) {
    SCOPED_TRACE(seed);
    AwkwardTable table(seed);
    std::string csv = table.text();
    auto found = profile(csv);
    ASSERT_TRUE(found.has_value()) << said(found);
    ASSERT_EQ(found->columns.size(), table.names().size());
    EXPECT_EQ(found->torn, 0);
    auto plan = plan_mining(*found, {.target = table.target(), .positive = table.positive()});
    ASSERT_TRUE(plan.has_value()) << said(plan);
    std::string text = project_text(*found, *plan, "t.csv");
    auto project = load(text);
    ASSERT_NE(project, nullptr) << text;
    std::string why;
    EXPECT_EQ(accepted(project->sources[0], why), AwkwardTable::kRows) << why << "\n" << text;
    if (HasFailure()) return;
  }
}

TEST_F(ProjectText, NamesThatAreOneOncePlainAreToldApart) {
  std::string text =
      text_of("Total Sum,total-sum,total_sum,TOTAL_SUM_2,y,Y\n" +
                  lines(90,
                        [](int i) {
                          return fmt::format("{},{},{},{},{},{}", i % 7, i % 5, i % 3, i % 11,
                                             i % 2 ? "yes" : "no", i % 4);
                        }),
              {.target = "y"});
  auto project = load(text);
  ASSERT_NE(project, nullptr);
  std::vector<std::string> names;
  for (const NamedExpression& column : project->training[0].columns) names.push_back(column.name);
  EXPECT_EQ(names, (std::vector<std::string>{"total_sum", "total_sum_2", "total_sum_3",
                                             "total_sum_2_2", "y"}));
}

TEST_F(ProjectText, SaysWhatThePlanSays) {
  std::string csv = "day;id;zip;note;x y;y\n" + lines(300, [](int i) {
                      return fmt::format("{}/{}/2011 {}:00;{};0{};{} is a long note;{};{}",
                                         1 + i / 28, 1 + i % 28, i % 24, i, i % 9, i,
                                         i % 13 == 0 ? std::string("NA") : std::to_string(i % 5),
                                         i % 3 ? "no" : "yes");
                    });
  std::string text = text_of(csv, {.target = "y"});
  for (const char* said : {"delimiter: \";\"", "dates: \"m/d/y\"", "\"null\": \"|NA\"",
                           "day: timestamp", "zip: string", "\"x y\": int64", "\"y\": bool",
                           "time: day", "value: \"y\", known: day", "hour_of_day: \"hour(day)\"",
                           "zip: {one_hot: {rare: 5}}", "note: text", "train: ..2011-09-"})
    EXPECT_NE(text.find(said), std::string::npos) << said << "\n" << text;
  EXPECT_EQ(text.find(" id: "), std::string::npos);
  ASSERT_NE(load(text), nullptr);
}

TEST_F(ProjectText, WhatWasSaidOfTheFileStandsInIt) {
  std::string csv =
      "'a','zip','y'\n" + lines(90, [](int i) {
        return fmt::format("{},'0{}',{}",
                           i % 9 == 4 ? std::string("n.d.") : fmt::format("{}", i % 7), i % 5,
                           i % 2 ? "yes" : "no");
      });
  ProfileWishes reading{.csv = {.quote = '\''}, .nulls = {{"", "n.d."}}};
  auto found = profile(csv, reading);
  ASSERT_TRUE(found.has_value()) << said(found);
  auto plan = plan_mining(*found, {.target = "y", .types = {{"zip", "int64"}}});
  ASSERT_TRUE(plan.has_value()) << said(plan);
  std::string text = project_text(*found, *plan, "t.csv");
  EXPECT_NE(text.find("quote: \"'\""), std::string::npos) << text;
  EXPECT_NE(text.find("\"null\": \"|n.d.\""), std::string::npos) << text;
  EXPECT_NE(text.find("zip: int64"), std::string::npos) << text;
  ASSERT_NE(load(text), nullptr) << text;
}

TEST_F(ProjectText, ASeedIsThatOfEveryModel) {
  std::string csv =
      "a,y\n" + lines(90, [](int i) { return fmt::format("{},{}", i % 7, i % 2 ? "yes" : "no"); });
  MiningWishes wishes{.target = "y"};
  EXPECT_EQ(text_of(csv, wishes).find("    seed: "), std::string::npos);
  wishes.seed = 7;
  auto project = load(text_of(csv, wishes));
  ASSERT_NE(project, nullptr);
  ASSERT_EQ(project->models.size(), 4U);
  for (const Model& model : project->models) EXPECT_EQ(model.seed, 7U) << model.name;
}

// By time an entity is on both sides as it will be in use, and it is no input either.
TEST_F(ProjectText, AnEntityOfRowsWithATimeIsNoInput) {
  std::string csv =
      "day,customer_id,amount,y\n" + lines(600, [](int i) {
        return fmt::format("{},c{},{},{}", text(Timestamp{} + days(11'323 + i / 3)).substr(0, 10),
                           i % 60, i % 17, i % 3 ? "no" : "yes");
      });
  std::string text = text_of(csv, {.target = "y"});
  EXPECT_NE(text.find("train: ..2001-05"), std::string::npos) << text;
  auto project = load(text);
  ASSERT_NE(project, nullptr) << text;
  for (const NamedExpression& column : project->training[0].columns)
    EXPECT_NE(column.name, "customer_id");
}

TEST_F(ProjectText, NumbersAsTargetsAreWrittenAsExpressionsHaveThem) {
  for (const auto& [yes, no, value] :
       std::vector<std::array<const char*, 3>>{{"+5", "-7", "y = 5"},
                                               {"-7", "5", "y = -7"},
                                               {"1e-3", "2.5", "y = 0.001"},
                                               {"2.50", "1", "y = 2.50"}}) {
    std::string text = text_of(
        "x,y\n" + lines(90, [&](int i) { return fmt::format("{},{}", i % 5, i % 2 ? yes : no); }),
        {.target = "y", .positive = yes});
    EXPECT_NE(text.find(value), std::string::npos) << value << "\n" << text;
    EXPECT_NE(load(text), nullptr);
  }
}

TEST_F(ProjectText, AProjectIsCalledLikeItsFile) {
  EXPECT_EQ(project_name("/a/Orders 2001.csv.gz"), "orders_2001");
  EXPECT_EQ(project_name("2001.tsv"), "c2001");
  EXPECT_EQ(project_name("表.csv"), "table");
  EXPECT_EQ(project_name("flights-3m.parquet"), "flights_3m");
  EXPECT_EQ(project_name("data"), "data");
}

}  // namespace
}  // namespace lode
