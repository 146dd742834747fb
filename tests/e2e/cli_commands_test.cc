// What holds for every command of the built program, also for those added later.
// covers: cli/help_text
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "cli/command.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

using Json = nlohmann::json;

// The words of a descriptor's example, as far as a shell would not take them for itself.
std::vector<std::string> example_words(const Component& component) {
  std::istringstream text{std::string(component.example)};
  std::vector<std::string> words;
  for (std::string word; text >> word && word != ">" && word != "|";) words.push_back(word);
  words.erase(words.begin());  // "lode"
  return words;
}

// Paths below a folder with what they hold.
std::map<std::string, std::string> snapshot(const std::string& folder) {
  std::map<std::string, std::string> seen;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::string path = entry.path().string();
    seen[path] = entry.is_regular_file() ? posix_files().read(path).value() : "";
  }
  return seen;
}

class EveryCommand : public testing::TestWithParam<const Component*> {
 protected:
  // examples/flights as in the repository, with an empty file where its data belongs.
  void SetUp() override {
    std::filesystem::path from = std::filesystem::path(LODE_SOURCE_DIR) / "examples/flights";
    for (const auto& entry : std::filesystem::directory_iterator(from))
      if (entry.is_regular_file())
        folder_.write("examples/flights/" + entry.path().filename().string(),
                      posix_files().read(entry.path().string()).value());
    folder_.write("examples/flights/data/flights-3m.parquet", "");
  }

  std::string name() const { return std::string(GetParam()->name); }
  ProcessResult run(const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path());
  }

  ScratchFolder folder_;
};

TEST_P(EveryCommand, HelpShowsUsageFlagsAndExample) {
  ProcessResult help = run({name(), "--help"});
  EXPECT_EQ(help.exit, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(help.out, run({"help", name()}).out);
  EXPECT_TRUE(help.out.starts_with("lode " + name() + ": "));
  EXPECT_NE(help.out.find("\nusage: lode " + name()), std::string::npos);
  EXPECT_TRUE(help.out.ends_with("\nexample: " + std::string(GetParam()->example) + "\n"));
  for (const Option& option : GetParam()->options)
    EXPECT_NE(help.out.find(option.doc.substr(0, 20)), std::string::npos) << option.name;
}

TEST_P(EveryCommand, UnknownFlagsAreRefused) {
  ProcessResult ran = run({name(), "--qwertyuiop"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "error: lode " + name() + " has no flag --qwertyuiop; `lode " + name() +
                         " --help` lists them\n");
}

TEST_P(EveryCommand, MistakesAreJsonIfAskedFor) {
  ProcessResult ran = run({name(), "--json", "--qwertyuiop"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(Json::parse(ran.out)["error"]["code"], "invalid");
}

TEST_P(EveryCommand, ReadOnlyOnesChangeNothingAndPrintOneJsonDocument) {
  if (!command_of(*GetParam()).read_only) GTEST_SKIP() << "this command writes";
  auto before = snapshot(folder_.path());
  std::vector<std::string> words = example_words(*GetParam());
  (void)run(words);
  EXPECT_EQ(snapshot(folder_.path()), before);
  words.emplace_back("--json");
  ProcessResult json = run(words);
  EXPECT_EQ(snapshot(folder_.path()), before);
  EXPECT_TRUE(Json::accept(json.out)) << json.out << json.err;
  EXPECT_TRUE(json.out.ends_with('\n'));
}

INSTANTIATE_TEST_SUITE_P(Cli, EveryCommand, testing::ValuesIn(components("command")),
                         [](const auto& one) {
                           std::string name(one.param->name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

std::string stored(const std::string& path) {
  return posix_files().read(std::string(LODE_SOURCE_DIR) + "/" + path).value_or("");
}

TEST(CliReference, CommandsPageIsWhatHelpSays) {
  ScratchFolder folder;
  EXPECT_EQ(run_binary({"help", "--markdown"}, folder.path()).out,
            stored("docs/reference/commands.md"))
      << "run: build/lode help --markdown > docs/reference/commands.md";
}

// The page is written by hand; its table must be that of base/error.cc.
TEST(CliReference, ExitCodesPageHasEveryCode) {
  std::string page = stored("docs/reference/exit-codes.md");
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    auto code = static_cast<Code>(i);
    std::string row = fmt::format("| {} | `{}` |", exit_code(code), code_name(code));
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace lode
