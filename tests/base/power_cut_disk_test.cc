#include "base/power_cut_disk.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace lode {
namespace {

constexpr std::uint64_t kSeeds = 200;

void write(FileSystem& disk, const std::string& path, std::string_view bytes) {
  auto file = disk.create(path);
  ASSERT_TRUE(file.has_value()) << file.error().text();
  ASSERT_TRUE((*file)->append(bytes).has_value());
}

// What `act` leaves behind after a power cut, over many seeds.
template <typename Act, typename Look>
auto outcomes(Act act, Look look) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    PowerCutDisk disk(seed);
    EXPECT_TRUE(disk.make_directories("d").has_value());
    act(disk);
    disk.restart();
    seen.insert(look(disk));
  }
  return seen;
}

std::string content(PowerCutDisk& disk, const std::string& path) {
  auto bytes = disk.read(path);
  return bytes ? *bytes : "(" + std::string(code_name(bytes.error().code())) + ")";
}

using Outcomes = std::set<std::string>;

TEST(PowerCutDisk, SyncedContentUnderASyncedNameSurvives) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/a", "hello");
    ASSERT_TRUE(disk.sync_file("d/a").has_value());
    ASSERT_TRUE(disk.sync_directory("d").has_value());
  };
  auto look = [](PowerCutDisk& disk) { return content(disk, "d/a"); };
  EXPECT_EQ(outcomes(act, look), Outcomes{"hello"});
}

TEST(PowerCutDisk, AnUnsyncedNameMayBeLost) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/a", "hello");
    ASSERT_TRUE(disk.sync_file("d/a").has_value());
  };
  auto look = [](PowerCutDisk& disk) { return content(disk, "d/a"); };
  EXPECT_EQ(outcomes(act, look), (Outcomes{"hello", "(not_found)"}));
}

TEST(PowerCutDisk, UnsyncedContentMayBeShortOrTorn) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/a", "ab");
    ASSERT_TRUE(disk.sync_directory("d").has_value());
  };
  auto look = [](PowerCutDisk& disk) { return content(disk, "d/a"); };
  Outcomes seen = outcomes(act, look);
  EXPECT_TRUE(seen.contains(""));
  EXPECT_TRUE(seen.contains("a"));
  EXPECT_TRUE(seen.contains("ab"));
  EXPECT_GT(seen.size(), 3U);  // noise
}

TEST(PowerCutDisk, SyncedBytesStayUnderALaterAppend) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/a", "synced,");
    ASSERT_TRUE(disk.sync_file("d/a").has_value());
    ASSERT_TRUE(disk.sync_directory("d").has_value());
    ASSERT_TRUE(disk.append("d/a").value()->append("more").has_value());
  };
  auto look = [](PowerCutDisk& disk) { return content(disk, "d/a").substr(0, 7); };
  EXPECT_EQ(outcomes(act, look), Outcomes{"synced,"});
}

TEST(PowerCutDisk, ChangesOfADirectorySurviveInOrder) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/a", "");
    write(disk, "d/b", "");
    ASSERT_TRUE(disk.remove("d/a").has_value());
  };
  auto look = [](PowerCutDisk& disk) {
    std::string joined;
    const auto names = disk.list("d").value();
    for (const std::string& name : names) joined += name;
    return joined;
  };
  EXPECT_EQ(outcomes(act, look), (Outcomes{"", "a", "ab", "b"}));  // never "b" before "a" was there
}

TEST(PowerCutDisk, ARenameBetweenDirectoriesIsOneChange) {
  auto act = [](PowerCutDisk& disk) {
    ASSERT_TRUE(disk.make_directories("e").has_value());
    write(disk, "d/a", "");
    ASSERT_TRUE(disk.sync_directory("d").has_value());
    ASSERT_TRUE(disk.rename("d/a", "e/a").has_value());
  };
  auto look = [](PowerCutDisk& disk) {
    return std::to_string(disk.list("d").value().size()) +
           std::to_string(disk.list("e").value().size());
  };
  EXPECT_EQ(outcomes(act, look), (Outcomes{"10", "01"}));
}

TEST(PowerCutDisk, ARenamedDirectoryTakesItsFilesAlong) {
  PowerCutDisk disk(1);
  ASSERT_TRUE(disk.make_directories("d/new").has_value());
  write(disk, "d/new/a", "x");
  ASSERT_TRUE(disk.sync_file("d/new/a").has_value());
  ASSERT_TRUE(disk.sync_directory("d/new").has_value());
  ASSERT_TRUE(disk.rename("d/new", "d/v1").has_value());
  ASSERT_TRUE(disk.sync_directory("d").has_value());
  disk.restart();
  EXPECT_EQ(content(disk, "d/v1/a"), "x");
  EXPECT_EQ(content(disk, "d/new/a"), "(not_found)");
}

TEST(PowerCutDisk, NothingWorksWithoutPower) {
  PowerCutDisk disk(1);
  write(disk, "a", "x");
  auto file = disk.append("a");
  disk.cut_power_after(1);
  EXPECT_TRUE(disk.sync_file("a").has_value());
  EXPECT_FALSE(disk.power_is_off());
  EXPECT_EQ((*file)->append("y").error().code(), Code::kIo);
  EXPECT_TRUE(disk.power_is_off());
  EXPECT_EQ(disk.operations(), 4);  // create, append, sync, append
  EXPECT_EQ(disk.read("a").error().code(), Code::kIo);
  EXPECT_EQ(disk.list(".").error().code(), Code::kIo);
  EXPECT_EQ(disk.create("b").error().code(), Code::kIo);
  disk.restart();
  EXPECT_EQ((*file)->append("y").error().code(), Code::kIo);  // a handle of before
  EXPECT_TRUE(disk.create("b").has_value());
}

TEST(PowerCutDisk, FillsUp) {
  PowerCutDisk disk(1);
  disk.set_capacity(10);
  auto file = disk.create("a").value();
  EXPECT_TRUE(file->append("1234567").has_value());
  EXPECT_EQ(disk.free_space(".").value(), 3U);
  EXPECT_EQ(file->append("89abc").error().code(), Code::kLimit);
  EXPECT_EQ(content(disk, "a"), "123456789a");
  EXPECT_EQ(disk.free_space(".").value(), 0U);
}

TEST(PowerCutDisk, FlipsABitForEveryWayOfReading) {
  PowerCutDisk disk(1);
  write(disk, "a", "abc");
  disk.flip_bit("a", 1, 0);
  EXPECT_EQ(content(disk, "a"), "acc");  // 'b' is 0x62
  EXPECT_EQ(disk.map("a").value().bytes(), "acc");
  std::string byte(1, ' ');
  EXPECT_EQ(disk.open("a").value()->read(1, byte).value(), 1U);
  EXPECT_EQ(byte, "c");
}

TEST(PowerCutDisk, SameSeedSameSurvivors) {
  auto survivors = [](std::uint64_t seed) {
    PowerCutDisk disk(seed);
    write(disk, "a", std::string(2000, 'a'));
    disk.restart();
    return content(disk, "a");
  };
  std::set<std::string> distinct;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(survivors(seed), survivors(seed));
    distinct.insert(survivors(seed));
  }
  EXPECT_GT(distinct.size(), 10U);
}

// The code under test elsewhere: what a careless writer would do is caught by this disk.
TEST(PowerCutDisk, CatchesARenameWithoutSync) {
  auto act = [](PowerCutDisk& disk) {
    write(disk, "d/tmp", "new content");
    ASSERT_TRUE(disk.rename("d/tmp", "d/a").has_value());
    ASSERT_TRUE(disk.sync_directory("d").has_value());
  };
  auto look = [](PowerCutDisk& disk) { return content(disk, "d/a"); };
  EXPECT_GT(outcomes(act, look).size(), 2U);
}

}  // namespace
}  // namespace lode
