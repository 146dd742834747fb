#include "base/library.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/file.h"

namespace lode {
namespace {

// A directory of its own in LODE_LIB, for one test.
class LibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "lode_library_test_XXXXXX";
    ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
    ::setenv("LODE_LIB", ("/nonexistent:" + directory_).c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("LODE_LIB");
    EXPECT_TRUE(remove_tree(posix_files(), directory_).has_value());
  }

  std::string directory_;
};

TEST_F(LibraryTest, FindsWhatIsInLodeLib) {
  std::string link = directory_ + "/liblode_probe.so";
  ASSERT_EQ(::symlink("/lib/x86_64-linux-gnu/libm.so.6", link.c_str()), 0);

  SharedLibrary library("the test", {"liblode_other.so", "liblode_probe.so"});
  EXPECT_EQ(library.path(), "");
  auto root = library.symbol<double(double)>("sqrt");
  ASSERT_TRUE(root.has_value()) << root.error().text();
  EXPECT_EQ((*root)(9.0), 3.0);
  EXPECT_EQ(library.path(), link);
  EXPECT_TRUE(library.open().has_value());
}

TEST_F(LibraryTest, FallsBackToTheLoader) {
  SharedLibrary library("the test", {"libm.so.6"});
  ASSERT_TRUE(library.open().has_value());
  EXPECT_EQ(library.path(), "libm.so.6");
}

TEST_F(LibraryTest, SaysWhatIsMissingAndWhatToDo) {
  SharedLibrary library("reading Parquet", {"liblode_missing.so"});
  Status status = library.open();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), Code::kUnavailable);
  EXPECT_EQ(status.error().message(),
            "reading Parquet needs liblode_missing.so, which is not there; run ./dev setup, or set "
            "LODE_LIB to the directory that holds it");
  EXPECT_FALSE(library.symbol<void()>("anything").has_value());
}

TEST_F(LibraryTest, SaysWhyAFileCannotBeLoaded) {
  ASSERT_TRUE(
      write_atomically(posix_files(), directory_ + "/liblode_probe.so", "no ELF").has_value());
  SharedLibrary library("the test", {"liblode_probe.so"});
  std::string message = library.open().error().message();
  EXPECT_NE(message.find("cannot be loaded: " + directory_), std::string::npos) << message;
  // Mended, it opens: a failure is not remembered.
  ASSERT_TRUE(posix_files().remove(directory_ + "/liblode_probe.so").has_value());
  ASSERT_EQ(
      ::symlink("/lib/x86_64-linux-gnu/libm.so.6", (directory_ + "/liblode_probe.so").c_str()), 0);
  EXPECT_TRUE(library.open().has_value());
}

TEST_F(LibraryTest, SaysWhichFunctionIsMissing) {
  SharedLibrary library("the test", {"libm.so.6"});
  auto missing = library.symbol<void()>("lode_no_such_function");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().message(),
            "the test needs a newer libm.so.6: it has no function lode_no_such_function; run ./dev "
            "setup");
}

TEST(ExecutableDirectory, HoldsThisTest) {
  EXPECT_TRUE(exists(posix_files(), executable_directory()).value());
  EXPECT_EQ(executable_directory().front(), '/');
}

}  // namespace
}  // namespace lode
