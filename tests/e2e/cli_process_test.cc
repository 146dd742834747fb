// The program as a process: exit statuses, outputs that fail, and what is loaded at start.
#include <gtest/gtest.h>

#include <array>

#include "tests/e2e/process.h"

namespace lode {
namespace {

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return out;
  std::array<char, 4096> bytes{};
  for (std::size_t got = 0; (got = std::fread(bytes.data(), 1, bytes.size(), pipe)) > 0;)
    out.append(bytes.data(), got);
  ::pclose(pipe);
  return out;
}

// The engines are opened on first use (base/library.h), so that a start takes milliseconds.
TEST(CliProcess, VersionLoadsNoEngine) {
  ScratchFolder folder;
  ProcessResult ran = run_binary({"--version"}, folder.path());
  EXPECT_EQ(ran.exit, 0);
  EXPECT_EQ(ran.out, "lode " LODE_VERSION "\n");
  EXPECT_EQ(ran.err, "");
  std::string loaded = output_of("LD_TRACE_LOADED_OBJECTS=1 " + shell_quoted(LODE_BINARY));
  ASSERT_NE(loaded.find("libc.so"), std::string::npos) << loaded;
  for (const char* library : {"duckdb", "xgboost", "lightgbm", "onnx"})
    EXPECT_EQ(loaded.find(library), std::string::npos) << loaded;
}

TEST(CliProcess, StatusesReachTheShell) {
  ScratchFolder folder;
  EXPECT_EQ(run_binary({}, folder.path()).exit, 0);
  EXPECT_EQ(run_binary({"frobnicate"}, folder.path()).exit, 2);
  EXPECT_EQ(run_binary({"check", "nowhere"}, folder.path()).exit, 3);
}

TEST(CliProcess, AProjectInThisFolderNeedsNoName) {
  ScratchFolder folder;
  folder.write("a.csv", "at,n\n");
  folder.write("lode.yaml",
               "lode: 1\n"
               "project: tiny\n"
               "sources:\n"
               "  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}\n");
  ProcessResult ran = run_binary({"check"}, folder.path());
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("tiny: no mistakes in ")) << ran.out;
}

TEST(CliProcess, PipesGetNoColours) {
  ScratchFolder folder;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"functions"}, {"components"}, {"help"}, {"frobnicate"}}) {
    ProcessResult ran = run_binary(words, folder.path());
    EXPECT_EQ((ran.out + ran.err).find('\x1b'), std::string::npos) << words[0];
  }
}

TEST(CliProcess, AFullDiskIsAnExitStatus) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  int status =
      std::system((shell_quoted(LODE_BINARY) + " functions >/dev/full 2>/dev/null").c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), exit_code(Code::kIo));
}

}  // namespace
}  // namespace lode
