// A text looked through as `lode mine` does, without a program: for the tests of insight/.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "insight/mining_plan.h"
#include "insight/table_profile.h"

namespace lode {

class LookThrough : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("lode-insight-{}-{}", ::getpid(), test->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(std::string_view bytes, std::string_view name = "t.csv") const {
    std::string path = folder_ / name;
    EXPECT_TRUE(write_atomically(posix_files(), path, bytes).has_value());
    return path;
  }
  Result<TableProfile> profile(std::string_view bytes, const ProfileWishes& wishes = {},
                               std::string_view name = "t.csv") const {
    return profile_table(posix_files(), write(bytes, name), wishes, CancelToken(),
                         [](std::int64_t) {});
  }
  static std::string said(const auto& result) {
    return result ? "no error" : result.error().text();
  }

  std::filesystem::path folder_;
};

// `rows` lines of what `line` gives for their numbers.
inline std::string lines(int rows, auto line) {
  std::string out;
  for (int i = 0; i < rows; ++i) out += line(i) + "\n";
  return out;
}

}  // namespace lode
