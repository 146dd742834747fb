// Files that nothing, or not what was meant, can be learnt from, through `lode mine` as a user
// types it: a refusal that says what to do with the exit code of docs/reference/exit-codes.md, or a
// result that says what was left out.
// covers: cli/mine, cli/mined_project
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "tests/e2e/process.h"
#include "tests/ingest/gzip.h"
#include "tests/insight/awkward_table.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr int kInvalid = 2;
constexpr int kNotFound = 3;
constexpr int kLimit = 5;
constexpr int kCorrupt = 6;
constexpr int kCancelled = 10;

// Ages and whether they said yes, the older the likelier; `line` writes one.
std::string table(int rows, const std::string& header, auto line) {
  Random random(29, 0);
  std::string out = header + "\n";
  for (int i = 0; i < rows; ++i) {
    int age = 10 + static_cast<int>(random.below(80));
    out += line(i, age, random.chance(age / 100.0) ? "yes" : "no") + "\n";
  }
  return out;
}
std::string people(int rows) {
  return table(rows, "age,town,y", [](int i, int age, const char* y) {
    return fmt::format("{},{},{}", age, i % 3 == 0 ? "Rome" : "Oslo", y);
  });
}

class MineBadInput : public ::testing::Test {
 protected:
  ProcessResult mine(const std::string& file, std::vector<std::string> more = {},
                     const std::string& before = "") {
    std::vector<std::string> words = {"mine", file, "--target", "y", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    std::filesystem::create_directories(scratch());
    ProcessResult result =
        run_binary(words, folder_.path(), before + "TMPDIR=" + shell_quoted(scratch()) + " ");
    EXPECT_TRUE(std::filesystem::is_empty(scratch())) << "something is left behind";
    return result;
  }
  std::string scratch() const { return folder_.path() + "/scratch"; }

  void expect_refusal(const std::string& file, int exit, const std::string& said,
                      const std::vector<std::string>& more = {}) {
    ProcessResult result = mine(file, more);
    EXPECT_EQ(result.exit, exit) << file << "\n" << result.err;
    std::string error = Json::parse(result.out, nullptr, false)["error"].dump();
    EXPECT_NE(error.find(said), std::string::npos) << file << "\n" << error;
    EXPECT_EQ(error.find(scratch()), std::string::npos) << error;
  }
  Json expect_report(const std::string& file, std::int64_t accepted, std::int64_t set_aside,
                     const std::vector<std::string>& said,
                     const std::vector<std::string>& more = {}) {
    ProcessResult result = mine(file, more);
    EXPECT_EQ(result.exit, 0) << file << "\n" << result.err;
    Json report = Json::parse(result.out, nullptr, false);
    if (result.exit != 0 || report.is_discarded()) return {};
    EXPECT_EQ(report["sources"][0]["accepted"], accepted) << file;
    EXPECT_EQ(report["sources"][0]["rows"].get<std::int64_t>() - accepted, set_aside) << file;
    std::string notes = report["notes"].dump(-1, ' ', false, Json::error_handler_t::replace);
    for (const std::string& words : said)
      EXPECT_NE(notes.find(words), std::string::npos) << words << " in " << notes;
    return report;
  }
  ScratchFolder folder_;
};

TEST_F(MineBadInput, TooFewRows) {
  folder_.write("none.csv", "");
  folder_.write("header.csv", people(0));
  folder_.write("one.csv", people(1));
  folder_.write("two.csv", people(2));
  expect_refusal("none.csv", kInvalid, "the file is empty");
  expect_refusal("header.csv", kInvalid, "0 rows to learn from and to be judged on: 60 is");
  expect_refusal("one.csv", kInvalid, "1 row to learn from");
  expect_refusal("two.csv", kInvalid, "2 rows to learn from");
}

TEST_F(MineBadInput, NothingToLearn) {
  auto write = [&](const std::string& name, auto line) {
    folder_.write(name, table(300, "a,b,y", line));
  };
  write("one_class.csv",
        [](int i, int age, const char*) { return fmt::format("{},{},yes", age, i % 7); });
  write("constant.csv", [](int, int, const char* y) { return fmt::format("5,red,{}", y); });
  write("all_null.csv", [](int, int, const char* y) { return fmt::format(",NA,{}", y); });
  write("null_target.csv",
        [](int i, int age, const char*) { return fmt::format("{},{},", age, i % 7); });
  expect_refusal("one_class.csv", kInvalid, "the target 'y' is yes in every row");
  expect_refusal("constant.csv", kInvalid, "there is nothing to learn 'y' from");
  expect_refusal("all_null.csv", kInvalid, "there is nothing to learn 'y' from");
  expect_refusal("null_target.csv", kInvalid, "the target 'y' is empty in every row");
  write("some_null.csv",
        [](int, int age, const char* y) { return fmt::format("{},NA,{}", age, y); });
  expect_report("some_null.csv", 300, 0,
                {"left out, empty: b", "numbers: a", "'NA' stands for nothing"});
}

TEST_F(MineBadInput, OneClassOnOneSideOfTheSplitIsSaidOfTheUsersFile) {
  folder_.write("turned.csv", table(600, "day,a,y", [](int i, int age, const char*) {
                  return fmt::format("2001-{:02}-{:02},{},{}", 1 + i / 56, 1 + i / 2 % 28, age,
                                     i < 300 ? "yes" : "no");
                }));
  expect_refusal("turned.csv", kInvalid, "are both labels among them?");
  expect_refusal("turned.csv", kInvalid, "--time none splits at random");
  expect_report("turned.csv", 600, 0, {"rows have no time, as was said"}, {"--time", "none"});
}

TEST_F(MineBadInput, TooWideAndTooManyValues) {
  constexpr int kColumns = 10'000;
  std::string header;
  std::string row;
  for (int c = 0; c < kColumns; ++c) {
    header += fmt::format("c{},", c);
    row += fmt::format("{},", c % 10);
  }
  std::string wide = header + "y\n";
  for (int i = 0; i < 70; ++i) wide += row + (i % 2 == 0 ? "yes\n" : "no\n");
  folder_.write("wide.csv", wide);
  expect_refusal("wide.csv", kLimit, "10001 columns are more than the 4096");
  constexpr int kTowns = 100'000;
  folder_.write("towns.csv", table(2 * kTowns, "town,age,y", [](int i, int age, const char* y) {
                  return fmt::format("town {},{},{}", i % kTowns, age, y);
                }));
  Json report = expect_report("towns.csv", 2 * kTowns, 0, {"categories of many values: town"});
  ASSERT_FALSE(report.is_null());
  EXPECT_GT(report["models"][1]["metrics"]["test"]["auc"]["low"], 0.7) << "the age still counts";
}

TEST_F(MineBadInput, ACopyOfTheTargetIsNamedByTheLeakageSection) {
  folder_.write("copy.csv", table(600, "age,answer_given,y", [](int, int age, const char* y) {
                  return fmt::format("{},{},{}", age, *y == 'y' ? "A" : "B", y);
                }));
  Json report = expect_report("copy.csv", 600, 0, {"categories: answer_given"});
  ASSERT_FALSE(report.is_null());
  std::string leakage = report["models"][1]["leakage"].dump();
  EXPECT_NE(leakage.find("answer_given"), std::string::npos) << leakage;
  folder_.write("honest.csv", people(600));
  report = expect_report("honest.csv", 600, 0, {});
  ASSERT_FALSE(report.is_null());
  EXPECT_TRUE(report["models"][1]["leakage"]["found"].empty()) << report["models"][1]["leakage"];
}

TEST_F(MineBadInput, NamesThatAreNotThere) {
  folder_.write("people.csv", people(300));
  auto words = [&](std::vector<std::string> line) { return run_binary(line, folder_.path()); };
  ProcessResult result = words({"mine", "people.csv", "--target", "twon"});
  EXPECT_EQ(result.exit, kInvalid);
  EXPECT_NE(result.err.find("did you mean 'town'?"), std::string::npos) << result.err;
  expect_refusal("people.csv", kInvalid, "did you mean 'age'?", {"--drop", "agee"});
  expect_refusal("people.csv", kInvalid, "--dates is one of iso, m/d/y", {"--dates", "us"});
  expect_refusal("gone.csv", kNotFound, "gone.csv");
}

TEST_F(MineBadInput, InfinitiesAreNothing) {
  folder_.write("inf.csv", table(600, "age,x,y", [](int i, int age, const char* y) {
                  constexpr const char* kEnds[] = {"inf", "-inf", "Inf", "-Infinity"};
                  return i % 10 == 0 ? fmt::format("{},1.5,{}", kEnds[i / 10 % 4], y)
                                     : fmt::format("{},{}.5,{}", age, i % 9, y);
                }));
  Json report =
      expect_report("inf.csv", 600, 0, {"'-inf'", "stand for nothing", "numbers: age, x"});
  ASSERT_FALSE(report.is_null());
  EXPECT_GT(report["models"][1]["metrics"]["test"]["auc"]["low"], 0.6);
}

TEST_F(MineBadInput, RowsOfOneEntityOnly) {
  folder_.write("one.csv", table(300, "customer_id,age,y", [](int, int age, const char* y) {
                  return fmt::format("7,{},{}", age, y);
                }));
  expect_report("one.csv", 300, 0, {"one value in every row: customer_id"});
  expect_refusal("one.csv", kInvalid, "'customer_id' has 1 value: too few",
                 {"--entity", "customer_id"});
}

TEST_F(MineBadInput, TornAndForeignRowsAreSetAsideAndCounted) {
  folder_.write("torn.csv", table(600, "age,town,y", [](int i, int age, const char* y) {
                  return i % 20 == 0 ? "1,2" : fmt::format("{},t{},{}", age, i % 4, y);
                }));
  expect_report("torn.csv", 570, 30, {"30 rows cannot be cut into 3 fields"});
  folder_.write(
      "latin.csv", table(600, "age,town,y", [](int i, int age, const char* y) {
        return fmt::format("{},{},{}", age, i % 20 == 0 ? "K\xf6ln" : i % 2 ? "Rom" : "Ulm", y);
      }));
  expect_report("latin.csv", 570, 30, {"30 rows cannot be read", "is not UTF-8; convert the file"});
  folder_.write("most.csv", table(600, "age,town,y", [](int, int age, const char* y) {
                  return fmt::format("{},K\xf6ln,{}", age, y);
                }));
  expect_refusal("most.csv", kInvalid, "600 of 600 rows cannot be read");
}

TEST_F(MineBadInput, MarksLineEndsAndPackingChangeNothing) {
  std::string text = people(300);
  std::string crlf;
  for (char c : text) crlf += c == '\n' ? "\r\n" : std::string(1, c);
  folder_.write("t.csv", text);
  Json plain = expect_report("t.csv", 300, 0, {});
  ASSERT_FALSE(plain.is_null());
  for (const std::string& bytes :
       {"\xef\xbb\xbf" + text, crlf, gzip(text), "\n\n" + text, text.substr(0, text.size() - 1)}) {
    folder_.write("t.csv", bytes);
    Json other = expect_report("t.csv", 300, 0, {});
    ASSERT_FALSE(other.is_null());
    EXPECT_EQ(other["models"][1]["metrics"], plain["models"][1]["metrics"]);
  }
  std::string packed = gzip(text);
  folder_.write("cut.csv.gz", packed.substr(0, packed.size() / 2));
  expect_refusal("cut.csv.gz", kCorrupt, "cut.csv.gz");
}

TEST_F(MineBadInput, WhatIsNoTable) {
  using std::literals::operator""s;
  std::filesystem::create_directories(folder_.path() + "/folder.csv");
  folder_.write("picture.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"s);
  folder_.write("book.xlsx", "PK\x03\x04\x14\0\6\0"s);
  folder_.write("wide_text.csv",
                "\xff\xfe"
                "a\0,\0y\0\n\0"s);
  folder_.write("fake.parquet", "PAR1 but no more");
  folder_.write("a*b.csv", people(300));
  expect_refusal("folder.csv", kInvalid, "this is no file");
  expect_refusal("picture.png", kInvalid, "the file is no text");
  expect_refusal("book.xlsx", kInvalid, "save the sheet as CSV");
  expect_refusal("wide_text.csv", kInvalid, "UTF-16");
  expect_refusal("fake.parquet", kInvalid, "fake.parquet");
  expect_refusal("a*b.csv", kInvalid, "rename it");
}

TEST_F(MineBadInput, HeadersThatDoNotName) {
  auto line = [](int i, int age, const char* y) {
    return fmt::format("{},{},{}", 1 + i * 7 % 300, age, y);
  };
  folder_.write("twice.csv", table(300, "age,age,y", line));
  folder_.write("rows.csv", table(300, ",age,y", line));
  folder_.write("short.csv", table(300, "age,y", line));
  expect_refusal("twice.csv", kInvalid, "the header has the column 'age' twice");
  expect_refusal("short.csv", kInvalid, "the header has 2 fields and most rows have 3");
  expect_report("rows.csv", 300, 0,
                {"without a name or with one of lode's own: column 1", "numbers: age"});
}

TEST_F(MineBadInput, MemoryThatIsTooLittle) {
  folder_.write("t.csv", people(300));
  expect_refusal("t.csv", kInvalid, "--memory: 20MiB is too little", {"--memory", "20MiB"});
  std::string wide = "y";
  for (int c = 0; c < 1500; ++c) wide += fmt::format(",c{}", c);
  wide = table(4000, wide, [](int i, int age, const char* y) {
    std::string row = y;
    for (int c = 0; c < 1500; ++c) row += fmt::format(",{}", (age * (c + 1) + i) % 97);
    return row;
  });
  folder_.write("wide.csv", wide);
  expect_refusal("wide.csv", kLimit, "memory", {"--memory", "64MiB"});
}

TEST_F(MineBadInput, AwkwardNamesAndValuesAreRunWhole) {
  for (std::uint64_t seed : {1000, 1001}) {
    AwkwardTable awkward(seed);
    folder_.write("t.csv", awkward.text());
    std::filesystem::create_directories(scratch());
    ProcessResult result = run_binary(
        {"mine", "t.csv", "--target", awkward.target(), "--positive", awkward.positive(), "--json"},
        folder_.path());
    ASSERT_EQ(result.exit, 0) << seed << result.err;
    Json report = Json::parse(result.out);
    EXPECT_EQ(report["sources"][0]["accepted"], AwkwardTable::kRows);
  }
}

// `lode mine` until it says that it fits the boosted trees, and then this signal.
int exit_when_signalled_in_mid_fit(const std::string& folder, const std::string& scratch,
                                   int signal) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0 || ::dup2(ends[1], STDERR_FILENO) < 0) ::_exit(126);
    ::close(ends[0]);
    ::setenv("TMPDIR", scratch.c_str(), 1);
    (void)!::freopen("/dev/null", "w", stdout);
    ::execl(LODE_BINARY, LODE_BINARY, "mine", "t.csv", "--target", "y",
            static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::close(ends[1]);
  if (child < 0) return -1;
  std::string said;
  char bytes[512];
  ssize_t got = 0;
  bool sent = false;
  while ((got = ::read(ends[0], bytes, sizeof bytes)) > 0) {
    said.append(bytes, static_cast<std::size_t>(got));
    if (sent || said.find("model boosted: fit: started") == said.npos) continue;
    ::kill(child, signal);
    sent = true;
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(sent) << said;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_F(MineBadInput, KilledInMidFitLeavesAScratchFolderAndNothingElse) {
  folder_.write("t.csv", people(5'000));
  std::filesystem::create_directories(scratch());
  ASSERT_EQ(exit_when_signalled_in_mid_fit(folder_.path(), scratch(), SIGKILL), 128 + SIGKILL);
  std::vector<std::string> left = posix_files().list(scratch()).value();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_TRUE(left[0].starts_with("lode-mine-")) << left[0];
  std::vector<std::string> beside = posix_files().list(folder_.path()).value();
  std::ranges::sort(beside);
  EXPECT_EQ(beside, (std::vector<std::string>{"scratch", "t.csv"}));
  EXPECT_EQ(posix_files().read(folder_.path() + "/t.csv").value(), people(5'000));
  std::filesystem::remove_all(scratch() + "/" + left[0]);
  EXPECT_EQ(exit_when_signalled_in_mid_fit(folder_.path(), scratch(), SIGINT), kCancelled);
  EXPECT_TRUE(std::filesystem::is_empty(scratch())) << "stopped on request, it tidies up";
  expect_report("t.csv", 5'000, 0, {});
}

}  // namespace
}  // namespace lode
