#include "project/problems.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

using Words = std::vector<std::string>;

std::string unknown(std::string_view word, const Words& known) {
  return unknown_word("source", word, std::span<const std::string>(known));
}

TEST(Problems, InTheOrderOfTheFile) {
  Problems problems("lode.yaml");
  EXPECT_TRUE(problems.empty());
  problems.add({3, 1}, "c", Code::kNotFound);
  problems.add({1, 9}, "b");
  problems.add({3, 1}, "d");
  problems.add({1, 2}, "a");
  std::string text;
  for (const Error& error : problems.sorted()) text += error.text() + "\n";
  EXPECT_EQ(text, "lode.yaml:1:2: a\nlode.yaml:1:9: b\nlode.yaml:3:1: c\nlode.yaml:3:1: d\n");
  EXPECT_EQ(problems.sorted()[2].code(), Code::kNotFound);
}

TEST(Problems, UnknownWords) {
  EXPECT_EQ(unknown("flihgts", {"flights", "weather"}),
            "unknown source 'flihgts'; did you mean 'flights'? Known: flights, weather");
  EXPECT_EQ(unknown("xyz", {"flights"}), "unknown source 'xyz'; known: flights");
  EXPECT_EQ(unknown("xyz", {}), "unknown source 'xyz'; there is no source here");
}

TEST(Problems, LongListsAreCut) {
  Words words;
  for (int i = 10; i < 33; ++i) words.push_back(fmt::format("w{}", i));
  std::string text = unknown("other", words);
  EXPECT_TRUE(text.ends_with("w28, w29 and 3 more")) << text;
}

TEST(Problems, Names) {
  for (const char* good : {"a", "late_2h", "x1"}) EXPECT_TRUE(is_name(good)) << good;
  for (const char* bad : {"", "A", "1a", "_a", "a-b", "a.b", "é"})
    EXPECT_FALSE(is_name(bad)) << bad;
}

}  // namespace
}  // namespace lode
