// Runs the built program as a user would: a process with words, a folder and two outputs.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace lode {

struct ProcessResult {
  int exit = -1;  // 128 + signal if one ended it
  std::string out;
  std::string err;
};

inline std::string shell_quoted(std::string_view word) {
  std::string out = "'";
  for (char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// The program at LODE_BINARY with `words`, in `folder`. `before` is shell that runs before it in
// the same process, such as "ulimit -f 8; ".
inline ProcessResult run_binary(const std::vector<std::string>& words, const std::string& folder,
                                const std::string& before = "") {
  static int count = 0;
  std::string err_file =
      testing::TempDir() + "lode_err_" + std::to_string(::getpid()) + "_" + std::to_string(count++);
  std::string line =
      "cd " + shell_quoted(folder) + " && " + before + "exec " + shell_quoted(LODE_BINARY);
  for (const std::string& word : words) line += " " + shell_quoted(word);
  line += " 2>" + shell_quoted(err_file) + " </dev/null";
  ProcessResult result;
  FILE* pipe = ::popen(line.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return result;
  char bytes[4096];
  for (std::size_t got = 0; (got = std::fread(bytes, 1, sizeof(bytes), pipe)) > 0;)
    result.out.append(bytes, got);
  int status = ::pclose(pipe);
  result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.err = posix_files().read(err_file).value_or("");
  std::filesystem::remove(err_file);
  return result;
}

// The program with `words` in `folder`, killed by SIGKILL when `now` returns; false if it ended
// before.
inline bool run_and_kill_when(const std::string& folder, const std::function<void(pid_t)>& now,
                              std::vector<std::string> words = {"run"}) {
  std::vector<char*> arguments = {const_cast<char*>(LODE_BINARY)};
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    (void)!::freopen("/dev/null", "w", stdout);
    (void)!::freopen("/dev/null", "w", stderr);
    ::execv(LODE_BINARY, arguments.data());
    ::_exit(127);
  }
  EXPECT_GE(child, 0);
  if (child < 0) return false;  // kill(-1) would reach every process
  now(child);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

// Killed after so many microseconds.
inline bool run_and_kill(const std::string& folder, std::uint64_t microseconds,
                         const std::vector<std::string>& words = {"run"}) {
  return run_and_kill_when(
      folder,
      [&](pid_t) {
        // lint: allow(banned_calls) a kill needs some moment, and any will do
        ::usleep(static_cast<useconds_t>(microseconds));
      },
      words);
}

// Killed as soon as a file is there; false too if it ended without one.
inline bool run_and_kill_at(const std::string& folder, const std::string& file,
                            const std::vector<std::string>& words = {"run"}) {
  bool seen = false;
  bool killed = run_and_kill_when(
      folder,
      [&](pid_t child) {
        siginfo_t ended{};
        constexpr int kHow = WEXITED | WNOHANG | WNOWAIT;
        while (!(seen = std::filesystem::exists(file)) &&
               ::waitid(P_PID, static_cast<id_t>(child), &ended, kHow) == 0 && ended.si_pid == 0) {
        }
      },
      words);
  return seen && killed;
}

// A folder for one test and process, removed afterwards.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "_" + test->name();
    for (char& c : name)
      if (c == '/') c = '_';
    path_ = testing::TempDir() + "lode_" + name + "_" + std::to_string(::getpid());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  void write(const std::string& name, std::string_view bytes) const {
    std::string path = path_ + "/" + name;
    ASSERT_TRUE(posix_files().make_directories(parent_directory(path)).has_value());
    Status written = write_atomically(posix_files(), path, bytes);
    ASSERT_TRUE(written.has_value()) << written.error().text();
  }

 private:
  std::string path_;
};

}  // namespace lode
