#include "base/full_disk.h"

#include <gtest/gtest.h>

#include "base/power_cut_disk.h"

namespace lode {
namespace {

TEST(FullDisk, IsFullFromTheChosenWriteOn) {
  PowerCutDisk below(1);
  FullDisk disk(below);
  ASSERT_TRUE(write_atomically(disk, "a", "old"));
  std::int64_t writes = disk.writes();
  EXPECT_EQ(writes, 4);  // create, append, sync, rename
  for (std::int64_t at = 0; at < writes; ++at) {
    disk.full_after(at);
    Status written = write_atomically(disk, "a", "new");
    ASSERT_FALSE(written) << at;
    EXPECT_EQ(written.error().code(), Code::kLimit);
    EXPECT_NE(written.error().message().find("No space left"), std::string::npos);
    EXPECT_EQ(disk.read("a").value(), "old") << at;
    EXPECT_EQ(disk.list(".").value(), std::vector<std::string>{"a"}) << "no leftover";
    EXPECT_FALSE(disk.make_directories("folder")) << "full stays full";
    EXPECT_TRUE(disk.make_directories(".")) << "what is there costs nothing";
    disk.make_room();
  }
  EXPECT_TRUE(write_atomically(disk, "a", "new"));
  EXPECT_EQ(disk.read("a").value(), "new");
}

TEST(FullDisk, AnAppendThatDoesNotFitIsTorn) {
  PowerCutDisk below(1);
  FullDisk disk(below);
  auto file = disk.create("log").value();
  disk.full_after(0);
  EXPECT_FALSE(file->append("12345678"));
  EXPECT_EQ(disk.read("log").value(), "1234");
  EXPECT_TRUE(disk.remove("log"));
}

}  // namespace
}  // namespace lode
