#include "project/lock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

TEST(ProjectLock, OneWriter) {
  TemporaryProject project;
  Result<ProjectLock> first = ProjectLock::take(posix_files(), project.root());
  ASSERT_TRUE(first) << first.error().text();
  Result<ProjectLock> second = ProjectLock::take(posix_files(), project.root());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kConflict);
  EXPECT_EQ(
      second.error().message(),
      fmt::format("another lode run (pid {}) is writing the project in {}; wait until it ends, "
                  "or stop it",
                  ::getpid(), project.root().string()));
}

TEST(ProjectLock, IsFreeOnceDropped) {
  TemporaryProject project;
  std::optional<ProjectLock> held;
  {
    Result<ProjectLock> first = ProjectLock::take(posix_files(), project.root());
    ASSERT_TRUE(first);
    held.emplace(std::move(*first));  // moving keeps it
  }
  EXPECT_FALSE(ProjectLock::take(posix_files(), project.root()));
  held.reset();
  EXPECT_TRUE(ProjectLock::take(posix_files(), project.root()));
}

}  // namespace
}  // namespace lode
