#include "telemetry/counted_files.h"

#include <gtest/gtest.h>

#include "base/power_cut_disk.h"

namespace lode {
namespace {

TEST(CountedFiles, CountsWhatIsWrittenAndNothingElse) {
  PowerCutDisk disk(1);
  Counter written;
  CountedFiles files(disk, written);
  ASSERT_TRUE(files.make_directories("/a"));
  ASSERT_TRUE(write_atomically(files, "/a/one", "12345"));
  EXPECT_EQ(written.value(), 5U);
  {
    auto file = files.append("/a/one");
    ASSERT_TRUE(file);
    ASSERT_TRUE((*file)->append("678"));
    ASSERT_TRUE((*file)->sync());
    ASSERT_TRUE((*file)->close());
  }
  EXPECT_EQ(written.value(), 8U);
  EXPECT_EQ(files.read("/a/one"), "12345678");
  ASSERT_TRUE(files.rename("/a/one", "/a/two"));
  ASSERT_TRUE(files.truncate("/a/two", 3));
  EXPECT_EQ(disk.read("/a/two"), "123") << "it is a view of the disk";
  EXPECT_EQ(files.read("/a/one").error().code(), Code::kNotFound);
  EXPECT_EQ(written.value(), 8U);
  disk.set_capacity(4);
  EXPECT_FALSE(write_atomically(files, "/a/three", "12345"));
  EXPECT_EQ(written.value(), 8U) << "what could not be written";
}

}  // namespace
}  // namespace lode
