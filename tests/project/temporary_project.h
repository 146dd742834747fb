// A project in a folder of its own for one test, removed with it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "project/project.h"

namespace lode {

class TemporaryProject {
 public:
  TemporaryProject() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name =
        fmt::format("lode_{}_{}_{}", test->test_suite_name(), test->name(), ::getpid());
    std::ranges::replace(name, '/', '_');  // of tests with parameters
    root_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  TemporaryProject(const TemporaryProject&) = delete;
  TemporaryProject& operator=(const TemporaryProject&) = delete;
  ~TemporaryProject() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  const std::filesystem::path& root() const { return root_; }
  void write(std::string_view name, std::string_view content) const {
    std::filesystem::path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  std::shared_ptr<const Project> load(std::string_view file = "lode.yaml") const {
    auto loaded = load_project(root_ / file);
    if (loaded) return *loaded;
    for (const Error& error : loaded.error().errors) ADD_FAILURE() << error.text();
    return nullptr;
  }
  // "line:column: message" of everything wrong, in order; empty when nothing is.
  std::vector<std::string> errors(std::string_view file = "lode.yaml") const {
    std::vector<std::string> texts;
    auto loaded = load_project(root_ / file);
    if (loaded) return texts;
    for (const Error& error : loaded.error().errors) {
      EXPECT_EQ(error.where().file, (root_ / file).string());
      texts.push_back(
          fmt::format("{}:{}: {}", error.where().line, error.where().column, error.message()));
    }
    return texts;
  }

 private:
  std::filesystem::path root_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace lode
