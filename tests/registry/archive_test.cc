// An archive is whole or refused: every bit that is turned and every byte that is missing is found.
#include "registry/archive.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/hash.h"

namespace lode {
namespace {

std::vector<ArchivePart> parts() {
  return {{"version.json", R"({"name":"late"})"},
          {"model.bin", std::string(700, 'm') + std::string("\0\xff", 2)},
          {"empty", ""}};
}

TEST(Archive, PartsComeBackAsTheyWere) {
  std::string bytes = archive_bytes(parts()).value();
  EXPECT_EQ(bytes.size() % 512, 0U);
  EXPECT_EQ(parse_archive(bytes).value(), parts());
  EXPECT_EQ(archive_bytes(parts()).value(), bytes);
  EXPECT_EQ(parse_archive(archive_bytes({}).value()).value().size(), 0U);
}

// Written once; a later lode must read it, and write this version's bytes from the same parts.
TEST(Archive, TheGoldenFileIsReadForEver) {
  std::string path = LODE_SOURCE_DIR "/tests/registry/golden/archive-1.tar";
  std::string bytes = archive_bytes(parts()).value();
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !std::filesystem::exists(path)) {
    ASSERT_TRUE(write_atomically(posix_files(), path, bytes));
  }
  std::string golden = posix_files().read(path).value();
  EXPECT_EQ(parse_archive(golden).value(), parts());
  EXPECT_EQ(bytes, golden);
}

TEST(Archive, ATurnedBitIsFound) {
  std::string bytes = archive_bytes(parts()).value();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit : {0, 3, 6, 7}) {
      std::string turned = bytes;
      turned[at] = static_cast<char>(turned[at] ^ (1 << bit));
      auto parsed = parse_archive(turned);
      ASSERT_FALSE(parsed) << "byte " << at << " bit " << bit;
      EXPECT_TRUE(parsed.error().code() == Code::kCorrupt ||
                  (at <= 17 && parsed.error().code() == Code::kInvalid))
          << "byte " << at << " bit " << bit << ": " << parsed.error().text();
    }
  }
}

TEST(Archive, WhatIsCutOffOrLongerIsRefused) {
  std::string bytes = archive_bytes(parts()).value();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto parsed = parse_archive(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(parsed) << size;
    EXPECT_EQ(parsed.error().code(), size < 18 ? Code::kInvalid : Code::kCorrupt) << size;
  }
  EXPECT_EQ(parse_archive(bytes + std::string(512, '\0')).error().code(), Code::kCorrupt);
  EXPECT_EQ(parse_archive(bytes + "x").error().code(), Code::kCorrupt);
  Error cut = parse_archive(std::string_view(bytes).substr(0, 3000)).error();
  EXPECT_NE(cut.message().find("cut off"), std::string::npos) << cut.message();
}

TEST(Archive, APartThatIsMissingOrChangedPlacesIsFound) {
  std::string bytes = archive_bytes(parts()).value();
  std::string one = archive_bytes({parts()[0]}).value();
  // The index of three parts before one of them: members begin at 2048 where the index is short.
  std::size_t first = bytes.find("version.json", 2048);
  ASSERT_NE(first, std::string::npos);
  std::string less = bytes.substr(0, first) + bytes.substr(first + 1024);
  EXPECT_EQ(parse_archive(less).error().code(), Code::kCorrupt);
  std::string turned = bytes.substr(0, first) + bytes.substr(first + 1024, 1536 + 512) +
                       bytes.substr(first, 1024) + std::string(1024, '\0');
  EXPECT_EQ(turned.size(), bytes.size());
  EXPECT_EQ(parse_archive(turned).error().code(), Code::kCorrupt);
}

TEST(Archive, ANewerVersionAndOtherFilesAreSaid) {
  std::string bytes = archive_bytes(parts()).value();
  // The index as a later lode would write it, with its own sum.
  std::size_t at = bytes.find("\"version\": 1");
  ASSERT_NE(at, std::string::npos);
  std::string newer = bytes;
  newer.replace(at, 12, "\"version\": 2");
  std::size_t begin = 512;
  std::size_t size = newer.find('\0', begin) - begin;
  newer.replace(newer.find("lode-archive.sum") + 512, 64,
                text(content_hash(std::string_view(newer).substr(begin, size))));
  Error error = parse_archive(newer).error();
  EXPECT_EQ(error.code(), Code::kUnsupported) << error.text();
  EXPECT_NE(error.message().find("use a newer lode"), std::string::npos);
  for (std::string_view other : {"", "PK\3\4", "lode-model 2 10 10\n", "lode-archive.jso"})
    EXPECT_EQ(parse_archive(other).error().code(), Code::kInvalid) << other;
}

TEST(Archive, NamesThatAreNoneAreRefused) {
  for (const char* name : {"", ".", "../x", "a/b", "lode-archive.json", "ö", "a b"})
    EXPECT_EQ(archive_bytes({{name, ""}}).error().code(), Code::kInvalid) << name;
  EXPECT_EQ(archive_bytes({{"a", ""}, {"a", ""}}).error().code(), Code::kInvalid);
  EXPECT_EQ(archive_bytes({{std::string(91, 'a'), ""}}).error().code(), Code::kInvalid);
  EXPECT_TRUE(archive_bytes({{std::string(90, 'a'), ""}}));
}

}  // namespace
}  // namespace lode
