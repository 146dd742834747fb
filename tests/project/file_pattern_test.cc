#include "project/file_pattern.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

TEST(FilePattern, Matches) {
  EXPECT_TRUE(matches_pattern("a.csv", "*.csv"));
  EXPECT_TRUE(matches_pattern("a.csv", "?.csv"));
  EXPECT_TRUE(matches_pattern("", "*"));
  EXPECT_TRUE(matches_pattern("abcbc", "a*bc"));
  EXPECT_TRUE(matches_pattern("a[1].csv", "a[1].csv"));  // no other signs
  EXPECT_FALSE(matches_pattern("ab.csv", "?.csv"));
  EXPECT_FALSE(matches_pattern("a.csv.gz", "*.csv"));
  // Greedy matching with one point of return: no exponential time.
  EXPECT_FALSE(matches_pattern(std::string(5000, 'a'), "a*a*a*a*a*a*a*a*a*a*b"));
}

TEST(FilePattern, FindsFilesInOrder) {
  TemporaryProject project;
  for (const char* name :
       {"d/10.csv", "d/2.csv", "d/.hidden.csv", "d/x.txt", "e/1.csv", "d/sub.csv/no"})
    project.write(name, "");
  std::string root = project.root().string();
  auto names = [&](std::string_view pattern) {
    std::vector<std::string> found;
    auto paths = find_files(posix_files(), root, pattern);
    if (!paths) return std::vector<std::string>{paths.error().message()};
    for (const std::string& path : *paths) found.push_back(path.substr(root.size() + 1));
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("d/*.csv"), (Names{"d/10.csv", "d/2.csv"}));  // by bytes; folders are no files
  EXPECT_EQ(names("*/?.csv"), (Names{"d/2.csv", "e/1.csv"}));
  EXPECT_EQ(names("./d/x.txt"), (Names{"d/x.txt"}));
  EXPECT_EQ(names("d/.h*"), (Names{"d/.hidden.csv"}));
  EXPECT_EQ(names("f/*.csv"),
            (Names{"no file matches 'f/*.csv', taken from the project's folder"}));
  EXPECT_EQ(names("d/3.csv"), (Names{"no file is at 'd/3.csv', taken from the project's folder"}));
  EXPECT_EQ(find_files(posix_files(), "/nowhere", root + "/e/*")->front(), root + "/e/1.csv");
}

}  // namespace
}  // namespace lode
