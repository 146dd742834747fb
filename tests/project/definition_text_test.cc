// Canonical texts read back are what was declared, and two of them differ where they say another
// thing.
#include "project/definition_text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "project/definition.h"

namespace lode {
namespace {

TEST(DefinitionText, LinesHaveThePathOfTheDeclarationTheyStandIn) {
  // A view over a source, as project/definition.cc nests them.
  std::string source = "source 6:orders\ntime 2:at\nrule 9:a < 5\nb 1\n";
  std::string view =
      fmt::format("view 1:v\nover {}:{}\nwindow_1h 12:sliding 1h\n\n", source.size(), source);
  EXPECT_FALSE(definition_lines(view)) << "a length that is not that of its value";
  view = fmt::format("view 1:v\nover {}:{}\nwindow_1h 10:sliding 1h\n", source.size(), source);
  std::vector<DefinitionLine> lines = definition_lines(view).value();
  std::vector<DefinitionLine> wanted = {{"view", "v"},
                                        {"source orders / time", "at"},
                                        {"source orders / rule", "a < 5\nb 1"},
                                        {"window_1h", "sliding 1h"}};
  EXPECT_EQ(lines, wanted);
}

TEST(DefinitionText, ChangesNameWhatIsNotTheSame) {
  std::string before =
      "view 1:v\nby 4:shop\nwindow 10:sliding 3d\nvalue.n 18:aggregate 5:count\n\n";
  std::string after = "view 1:v\nby 4:shop\nwindow 10:sliding 2d\nderived.r 5:n / 2\n";
  std::vector<DefinitionChange> changes = definition_changes(before, after).value();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].path, "window");
  EXPECT_EQ(changes[0].before, "sliding 3d");
  EXPECT_EQ(changes[0].after, "sliding 2d");
  EXPECT_EQ(changes[1].path, "value.n / aggregate");
  EXPECT_EQ(changes[1].after, "");
  EXPECT_EQ(changes[2].path, "derived.r");
  EXPECT_EQ(changes[2].before, "");
  EXPECT_TRUE(definition_changes(before, before).value().empty());
  EXPECT_EQ(definition_changes(before, "no").error().code(), Code::kCorrupt);
}

TEST(DefinitionText, ASplitComesBackAsItWasDeclared) {
  Model model;
  model.name = "m";
  model.from = "d";
  model.algorithm = "logistic";
  model.columns = {"a", "b"};
  model.split.train.end = Timestamp{1'000'000};
  model.split.test.begin = Timestamp{2'000'000};
  Split split = split_of_definition(model_definition(model)).value();
  EXPECT_FALSE(split.train.begin);
  EXPECT_EQ(split.train.end->us, 1'000'000);
  EXPECT_EQ(split.test.begin->us, 2'000'000);
  EXPECT_FALSE(split.test.end);
  EXPECT_EQ(split.random, 0);
  model.split = {};
  model.split.random = 0.25;
  model.split.groups = "shop";
  split = split_of_definition(model_definition(model)).value();
  EXPECT_EQ(split.random, 0.25);
  EXPECT_EQ(split.groups, "shop");
  std::vector<DefinitionLine> lines = definition_lines(model_definition(model)).value();
  EXPECT_EQ(std::ranges::count(lines, "column", &DefinitionLine::path), 2);
}

TEST(DefinitionText, WhatIsNoneIsRefused) {
  for (const char* text :
       {"x", "a b:c", "a 3:xy\n", "a 2:xyz\n", "a -1:x\n", "a 99999999999999999999:x\n"})
    EXPECT_EQ(definition_lines(text).error().code(), Code::kCorrupt) << text;
  EXPECT_EQ(split_of_definition("train 1:x\n").error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace lode
