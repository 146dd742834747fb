#include "cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lode {
namespace {

TEST(DescriptorOutput, WritesInOrderAndWhole) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  {
    DescriptorOutput out(ends[1]);
    EXPECT_FALSE(out.traits().terminal);
    EXPECT_FALSE(out.traits().colours);
    out.write("one ");
    out.print("{} ", 2);
    EXPECT_TRUE(out.flush().has_value());
    out.write("three");
  }
  char bytes[64];
  ssize_t got = ::read(ends[0], bytes, sizeof(bytes));
  ASSERT_GT(got, 0);
  EXPECT_EQ(std::string_view(bytes, static_cast<std::size_t>(got)), "one 2 three");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(DescriptorOutput, AFullDiskIsAnError) {
  int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "this system has no /dev/full";
  {
    DescriptorOutput out(full);
    out.write("lost");
    Status status = out.flush();
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code(), Code::kIo);
    EXPECT_EQ(status.error().message(), "the output could not be written: No space left on device");
    EXPECT_FALSE(out.flush().has_value()) << "a loss stays one";
  }
  ::close(full);
}

TEST(Output, StylesOnlyWhereColoursAreShown) {
  MemoryOutput plain;
  EXPECT_EQ(plain.bold("x"), "x");
  MemoryOutput coloured({.terminal = true, .colours = true, .columns = 80});
  EXPECT_EQ(coloured.red("x"), "\x1b[1;31mx\x1b[0m");
}

}  // namespace
}  // namespace lode
