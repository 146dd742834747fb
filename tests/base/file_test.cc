#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/power_cut_disk.h"

namespace lode {
namespace {

TEST(Path, PartsAndJoins) {
  EXPECT_EQ(parent_directory("a/b/c"), "a/b");
  EXPECT_EQ(parent_directory("a"), ".");
  EXPECT_EQ(parent_directory("/a"), "/");
  EXPECT_EQ(parent_directory("/"), "/");
  EXPECT_EQ(parent_directory("a/b/"), "a");
  EXPECT_EQ(parent_directory("a//b"), "a");
  EXPECT_EQ(base_name("a/b"), "b");
  EXPECT_EQ(base_name("a/b/"), "b");
  EXPECT_EQ(base_name("a"), "a");
  EXPECT_EQ(base_name("/"), "/");
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(join_path(".", "b"), "b");
  EXPECT_EQ(join_path("", "b"), "b");
}

std::string content(FileSystem& files, const std::string& path) {
  auto bytes = files.read(path);
  return bytes ? *bytes : "(" + std::string(code_name(bytes.error().code())) + ")";
}

// One contract for the machine's files and the disk in memory.
class FileSystemTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      std::string pattern = testing::TempDir() + "lode_file_test_XXXXXX";
      ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
      root_ = pattern;
    } else {
      root_ = "root";
      ASSERT_TRUE(memory_.make_directories(root_).has_value());
    }
  }
  void TearDown() override { EXPECT_TRUE(remove_tree(files(), root_).has_value()); }

  FileSystem& files() { return GetParam() ? posix_files() : memory_; }
  std::string at(const std::string& name) { return join_path(root_, name); }

  PowerCutDisk memory_{1};
  std::string root_;
};

INSTANTIATE_TEST_SUITE_P(Posix, FileSystemTest, testing::Values(true));
INSTANTIATE_TEST_SUITE_P(Memory, FileSystemTest, testing::Values(false));

TEST_P(FileSystemTest, WritesAndReadsInEveryWay) {
  std::string bytes = "hello\n" + std::string(1, '\0') + std::string(300'000, 'x');
  ASSERT_TRUE(write_atomically(files(), at("a"), bytes).has_value());
  EXPECT_EQ(content(files(), at("a")), bytes);
  EXPECT_EQ(files().map(at("a")).value().bytes(), bytes);
  EXPECT_EQ(files().info(at("a")).value().size, bytes.size());
  EXPECT_EQ(files().info(at("a")).value().kind, FileInfo::kFile);

  auto reader = files().open(at("a")).value();
  EXPECT_EQ(reader->size(), bytes.size());
  std::string part(4, '?');
  EXPECT_EQ(reader->read(1, part).value(), 4U);
  EXPECT_EQ(part, "ello");
  EXPECT_EQ(reader->read(bytes.size() - 1, part).value(), 1U);
  EXPECT_EQ(reader->read(bytes.size(), part).value(), 0U);
  EXPECT_EQ(reader->read(bytes.size() + 9, part).value(), 0U);
}

TEST_P(FileSystemTest, AnEmptyFileIsAFile) {
  ASSERT_TRUE(write_atomically(files(), at("empty"), "").has_value());
  EXPECT_EQ(content(files(), at("empty")), "");
  EXPECT_EQ(files().map(at("empty")).value().bytes(), "");
  EXPECT_TRUE(exists(files(), at("empty")).value());
}

TEST_P(FileSystemTest, AMapOutlivesItsName) {
  ASSERT_TRUE(write_atomically(files(), at("a"), "kept").has_value());
  MappedFile map = files().map(at("a")).value();
  MappedFile copy = map;
  map = MappedFile();
  ASSERT_TRUE(files().remove(at("a")).has_value());
  EXPECT_EQ(copy.bytes(), "kept");
}

TEST_P(FileSystemTest, MissingThingsAreNotFound) {
  EXPECT_EQ(content(files(), at("none")), "(not_found)");
  EXPECT_EQ(files().open(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().map(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().list(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().append(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().create(at("none/a")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().remove(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().rename(at("none"), at("b")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().sync_directory(at("none")).error().code(), Code::kNotFound);
  EXPECT_EQ(files().truncate(at("none"), 0).error().code(), Code::kNotFound);
  EXPECT_FALSE(exists(files(), at("none")).value());
  EXPECT_EQ(write_atomically(files(), at("none/a"), "x").error().code(), Code::kNotFound);
}

TEST_P(FileSystemTest, AppendsAndTruncates) {
  {
    auto file = files().create(at("log")).value();
    ASSERT_TRUE(file->append("abc").has_value());
    ASSERT_TRUE(file->sync().has_value());
    ASSERT_TRUE(file->close().has_value());
    EXPECT_FALSE(file->append("d").has_value());
  }
  EXPECT_EQ(files().create(at("log")).error().code(), Code::kConflict);
  ASSERT_TRUE(files().append(at("log")).value()->append("def").has_value());
  EXPECT_EQ(content(files(), at("log")), "abcdef");
  ASSERT_TRUE(files().truncate(at("log"), 4).has_value());
  ASSERT_TRUE(files().append(at("log")).value()->append("!").has_value());
  EXPECT_EQ(content(files(), at("log")), "abcd!");
  EXPECT_TRUE(files().sync_file(at("log")).has_value());
}

TEST_P(FileSystemTest, ListsInOrder) {
  for (const char* name : {"b", "a", "C", "a.1"})
    ASSERT_TRUE(write_atomically(files(), at(name), "").has_value());
  ASSERT_TRUE(files().make_directories(at("d/e")).has_value());
  EXPECT_EQ(files().list(root_).value(), (std::vector<std::string>{"C", "a", "a.1", "b", "d"}));
  EXPECT_EQ(files().list(at("d")).value(), std::vector<std::string>{"e"});
  EXPECT_EQ(files().info(at("d")).value().kind, FileInfo::kDirectory);
}

TEST_P(FileSystemTest, MakesAndRemovesDirectories) {
  ASSERT_TRUE(files().make_directories(at("x/y/z")).has_value());
  ASSERT_TRUE(files().make_directories(at("x/y/z/")).has_value());  // again
  EXPECT_EQ(files().remove(at("x")).error().code(), Code::kConflict);
  ASSERT_TRUE(write_atomically(files(), at("x/y/file"), "1").has_value());
  EXPECT_EQ(files().make_directories(at("x/y/file")).error().code(), Code::kConflict);
  ASSERT_TRUE(remove_tree(files(), at("x")).has_value());
  EXPECT_FALSE(exists(files(), at("x")).value());
  EXPECT_TRUE(remove_tree(files(), at("x")).has_value());
}

TEST_P(FileSystemTest, RenameReplaces) {
  ASSERT_TRUE(write_atomically(files(), at("a"), "new").has_value());
  ASSERT_TRUE(write_atomically(files(), at("b"), "old").has_value());
  ASSERT_TRUE(files().rename(at("a"), at("b")).has_value());
  EXPECT_EQ(content(files(), at("b")), "new");
  EXPECT_EQ(content(files(), at("a")), "(not_found)");
}

TEST_P(FileSystemTest, ALockIsExclusive) {
  auto first = files().lock(at("lock"));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(files().lock(at("lock")).error().code(), Code::kConflict);
  first->reset();
  EXPECT_TRUE(files().lock(at("lock")).has_value());
  EXPECT_GT(files().free_space(root_).value(), 0U);
}

TEST_P(FileSystemTest, WriterWithoutCommitLeavesNothing) {
  ASSERT_TRUE(write_atomically(files(), at("a"), "old").has_value());
  {
    FileWriter writer = FileWriter::open(files(), at("a")).value();
    ASSERT_TRUE(writer.append(std::string(1'000'000, 'x')).has_value());
    EXPECT_EQ(writer.size(), 1'000'000U);
    EXPECT_EQ(files().list(root_).value().size(), 2U);  // with the temporary file
    EXPECT_TRUE(is_leftover(files().list(root_).value()[0]));
  }
  EXPECT_EQ(files().list(root_).value(), std::vector<std::string>{"a"});
  EXPECT_EQ(content(files(), at("a")), "old");
}

TEST_P(FileSystemTest, WriterJoinsPiecesOfAnySize) {
  std::string whole;
  FileWriter writer = FileWriter::open(files(), at("a")).value();
  for (std::size_t size : {0, 1, 100'000, 200'000, 300'000, 5, 262'144, 262'143, 1}) {
    std::string piece(size, static_cast<char>('a' + whole.size() % 26));
    whole += piece;
    ASSERT_TRUE(writer.append(piece).has_value());
  }
  FileWriter moved = std::move(writer);
  ASSERT_TRUE(moved.commit().has_value());
  EXPECT_EQ(content(files(), at("a")), whole);
  EXPECT_FALSE(moved.commit().has_value());
  EXPECT_FALSE(moved.append("x").has_value());
  EXPECT_FALSE(is_leftover("a.tmp"));
}

TEST(PosixFiles, ErrorsCarryThePathAndTheReason) {
  EXPECT_EQ(posix_files().read("/nonexistent/file").error().message(),
            "opening /nonexistent/file: No such file or directory");
  EXPECT_EQ(posix_files().read("/").error().code(), Code::kIo);
  EXPECT_EQ(write_atomically(posix_files(), "/nonexistent/a", "").error().message().substr(0, 25),
            "writing /nonexistent/a: o");
}

// `lode sql` asks whether its first word is a file, and a question may be longer than any name.
TEST(PosixFiles, ANameTooLongToBeThereIsNotThere) {
  EXPECT_EQ(posix_files().info(std::string(300, 'a')).error().code(), Code::kNotFound);
  EXPECT_FALSE(exists(posix_files(), std::string(300, 'a')).value());
}

TEST(PosixFiles, RemoveTreeDoesNotFollowLinks) {
  std::string root = testing::TempDir() + "lode_link_test_XXXXXX";
  ASSERT_NE(::mkdtemp(root.data()), nullptr);
  FileSystem& files = posix_files();
  ASSERT_TRUE(files.make_directories(root + "/outside").has_value());
  ASSERT_TRUE(write_atomically(files, root + "/outside/kept", "x").has_value());
  ASSERT_TRUE(files.make_directories(root + "/tree").has_value());
  ASSERT_EQ(::symlink((root + "/outside").c_str(), (root + "/tree/link").c_str()), 0);
  ASSERT_TRUE(remove_tree(files, root + "/tree").has_value());
  EXPECT_EQ(content(files, root + "/outside/kept"), "x");
  ASSERT_TRUE(remove_tree(files, root).has_value());
}

TEST(PosixFiles, ALockHoldsAgainstAnotherProcessAndDiesWithIt) {
  std::string path = testing::TempDir() + "lode_lock_test_" + std::to_string(::getpid());
  auto lock_in_child = [&path] {  // exits 0 if it got the lock
    pid_t child = ::fork();
    if (child == 0) {
      // Not released: the process ends with it.
      auto lock = posix_files().lock(path);
      ::_exit(lock.has_value() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  };
  EXPECT_TRUE(lock_in_child());
  auto lock = posix_files().lock(path);
  ASSERT_TRUE(lock.has_value());
  EXPECT_FALSE(lock_in_child());
  lock->reset();
  EXPECT_TRUE(lock_in_child());
  EXPECT_TRUE(posix_files().remove(path).has_value());
}

// The promise of the whole house: power cut at any operation, whatever the disk lost, a reader sees
// the old content or the new.
TEST(WriteAtomically, LeavesOldOrNewAfterACutAtEveryOperation) {
  const std::string before(700, 'o');
  const std::string after(1900, 'n');
  int old_seen = 0;
  int new_seen = 0;
  bool finished = false;
  for (std::int64_t cut = 0; !finished; ++cut) {
    ASSERT_LT(cut, 20);
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      PowerCutDisk disk(seed);
      ASSERT_TRUE(disk.make_directories("d").has_value());
      ASSERT_TRUE(write_atomically(disk, "d/a", before).has_value());
      disk.cut_power_after(cut);
      bool acknowledged = write_atomically(disk, "d/a", after).has_value();
      finished = !disk.power_is_off();
      disk.restart();
      std::string found = content(disk, "d/a");
      ASSERT_TRUE(found == before || found == after) << "cut " << cut << " seed " << seed;
      if (acknowledged) {
        ASSERT_EQ(found, after) << "acknowledged, then lost: cut " << cut << " seed " << seed;
      }
      ++(found == before ? old_seen : new_seen);
      const auto names = disk.list("d").value();
      for (const std::string& name : names) ASSERT_TRUE(name == "a" || is_leftover(name)) << name;
    }
  }
  EXPECT_GT(old_seen, 100);
  EXPECT_GT(new_seen, 100);
}

TEST(WriteAtomically, AFullDiskKeepsTheOldAndNoLeftover) {
  PowerCutDisk disk(1);
  ASSERT_TRUE(write_atomically(disk, "a", "old").has_value());
  disk.set_capacity(50);
  EXPECT_EQ(write_atomically(disk, "a", std::string(100, 'x')).error().code(), Code::kLimit);
  EXPECT_EQ(content(disk, "a"), "old");
  EXPECT_EQ(disk.list(".").value(), std::vector<std::string>{"a"});
}

TEST(FileWriter, ACutBeforeCommitKeepsTheOld) {
  for (std::int64_t cut = 0; cut < 4; ++cut) {  // create, two appends, and the one in commit
    PowerCutDisk disk(static_cast<std::uint64_t>(cut));
    ASSERT_TRUE(write_atomically(disk, "a", "old").has_value());
    disk.cut_power_after(cut);
    auto writer = FileWriter::open(disk, "a");
    if (writer) {
      std::string large(300'000, 'x');
      bool written = writer->append(large).has_value() && writer->append(large).has_value() &&
                     writer->append("end").has_value();
      EXPECT_FALSE(written && writer->commit().has_value()) << cut;
    }
    disk.restart();
    EXPECT_EQ(content(disk, "a"), "old") << cut;
  }
}

}  // namespace
}  // namespace lode
