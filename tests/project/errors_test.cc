// What a user reads when a project is wrong: tests/project/mistakes/ is a file full of mistakes.
// After a deliberate change of wording: LODE_UPDATE_GOLDEN=1 project_test, and read the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/project/mutation.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

const std::filesystem::path kFolder = LODE_SOURCE_DIR "/tests/project/mistakes";

std::vector<Error> mistakes() {
  auto loaded = load_project(kFolder);
  if (loaded) return {};
  return loaded.error().errors;
}

TEST(ProjectErrors, SentencesAreAsReviewed) {
  std::string text;
  for (const Error& error : mistakes()) {
    EXPECT_EQ(error.where().file, (kFolder / "lode.yaml").string());
    text += fmt::format("{}:{}: {}\n", error.where().line, error.where().column, error.message());
  }
  if (std::getenv("LODE_UPDATE_GOLDEN")) std::ofstream(kFolder / "errors.txt") << text;
  EXPECT_EQ(text, read_text(kFolder / "errors.txt"));
}

// Each mistake once, and nothing that merely follows from one.
TEST(ProjectErrors, EachLineHasAsManyAsItSays) {
  std::map<std::int64_t, int> found;
  for (const Error& error : mistakes()) ++found[error.where().line];
  std::istringstream file(read_text(kFolder / "lode.yaml"));
  std::string line;
  for (std::int64_t number = 1; std::getline(file, line); ++number) {
    std::size_t mark = line.find("  #! ");
    int wanted = mark == std::string::npos ? 0 : std::stoi(line.substr(mark + 5));
    EXPECT_EQ(found[number], wanted) << number << ": " << line;
  }
}

TEST(ProjectErrors, InTheOrderOfTheFile) {
  std::vector<Error> errors = mistakes();
  ASSERT_GT(errors.size(), 60U);
  for (std::size_t i = 1; i < errors.size(); ++i) {
    const Where& a = errors[i - 1].where();
    const Where& b = errors[i].where();
    EXPECT_LE(std::pair(a.line, a.column), std::pair(b.line, b.column));
  }
}

TEST(ProjectErrors, AFileThatIsNotYamlHasOne) {
  TemporaryProject project;
  project.write("lode.yaml", "lode: 1\nproject: {a: b: c}\n");
  ASSERT_EQ(project.errors().size(), 1U);
  EXPECT_TRUE(project.errors()[0].starts_with("2:")) << project.errors()[0];
}

TEST(ProjectErrors, EmptyAndMissing) {
  TemporaryProject project;
  project.write("lode.yaml", "# nothing\n");
  EXPECT_EQ(project.errors(),
            std::vector<std::string>{"1:1: a project is a map of keys, not nothing"});
  project.write("list.yaml", "- a\n");
  EXPECT_EQ(project.errors("list.yaml"),
            std::vector<std::string>{"1:1: a project is a map of keys, not a list"});
  project.write("bare.yaml", "lode: 1\n");
  EXPECT_EQ(project.errors("bare.yaml"),
            (std::vector<std::string>{"1:1: the project has no 'project': name of the project",
                                      "1:1: the project has no 'sources': rows that arrive"}));

  auto missing = load_project(project.root() / "none.yaml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().errors.front().code(), Code::kNotFound);
  std::filesystem::create_directories(project.root() / "folder");
  auto folder = load_project(project.root() / "folder");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().errors.front().message(),
            fmt::format("there is no lode.yaml in {}; give its path, or write one: "
                        "docs/guides/tutorial.md shows how",
                        (project.root() / "folder").string()));
}

TEST(ProjectErrors, SayWhatWasMeantByATypeOrAViewWithoutAKey) {
  TemporaryProject project;
  project.write("a.csv", "");
  project.write("lode.yaml",
                "lode: 1\n"
                "project: p\n"
                "sources:\n"
                "  s: {files: a.csv, columns: {t: timestamp, c: string, n: int64}, time: t}\n"
                "  u: {files: a.csv, columns: {t: datetime, n: int, m: money, d: doubl}, time: t}\n"
                "labels:\n"
                "  l: {about: s, value: n > 1, known: t + 2}\n"
                "features:\n"
                "  v: {over: s, by: c, window: 1d, values: {n: count()}}\n"
                "training:\n"
                "  x: {rows: s, label: l, columns: {n: v.n}}\n");
  EXPECT_EQ(project.errors(),
            (std::vector<std::string>{
                "5:34: 'datetime' is not a type here; write timestamp",
                "5:47: 'int' is not a type here; write int64",
                "5:55: 'money' is not a type; write bool, int64, double, decimal(10,2), string, "
                "bytes, date, timestamp, list<int64> or struct<a: int64, b: string>",
                "5:65: 'doubl' is not a type; did you mean 'double'?",
                "7:40: '+' does not take (timestamp, int64); it is a + b; a length of time is "
                "written minutes(30), days(2) or interval '2 days'",
                "11:39: 'v' is a feature view, which a training column reads at a key: v[column], "
                "or v[column].value"}));
}

// A misspelt required key is one mistake: that it is missing follows.
TEST(ProjectErrors, AMisspeltRequiredKeyIsNotMissingToo) {
  TemporaryProject project;
  project.write("a.csv", "");
  project.write("lode.yaml",
                "lode: 1\n"
                "project: p\n"
                "sources:\n"
                "  s: {files: a.csv, columns: {t: timestamp}, tine: t}\n");
  EXPECT_EQ(project.errors(),
            std::vector<std::string>{
                "4:46: unknown key in a source: 'tine'; did you mean 'time'? Known: files, format, "
                "columns, time, zone, known, derive, contract, id, partition, change, "
                "profile, allowed_lateness, max_ahead, dedup_span"});
}

// Whatever stands in the file: a project, or errors with places in it.
TEST(ProjectErrors, MutatedFilesNeverCrash) {
  TemporaryProject project;
  project.write("data/flights-3m.parquet", "");
  project.write("airport-zones.csv", "");
  project.write("data/a.csv", "");
  std::string example = read_text(LODE_SOURCE_DIR "/examples/flights/lode.yaml");
  std::string wrong = read_text(kFolder / "lode.yaml");
  ASSERT_FALSE(example.empty() || wrong.empty());
  Random random(20012);
  int loaded = 0;
  int beyond_yaml = 0;
  for (int round = 0; round < 600; ++round) {
    std::string text = mutated(round % 2 == 0 ? example : wrong, random);
    project.write("lode.yaml", text);
    auto result = load_project(project.root());
    if (result) {
      ++loaded;
      continue;
    }
    ASSERT_FALSE(result.error().errors.empty());
    beyond_yaml += result.error().errors.size() > 1 ? 1 : 0;
    for (const Error& error : result.error().errors) {
      EXPECT_NE(error.code(), Code::kInternal) << error.text();
      EXPECT_GE(error.where().line, 1) << error.text();
      EXPECT_GE(error.where().column, 1) << error.text();
    }
  }
  EXPECT_GT(loaded, 5);
  EXPECT_GT(beyond_yaml, 100);
}

}  // namespace
}  // namespace lode
