#include "base/component.h"

#include <gtest/gtest.h>

#include <array>

namespace lode {
namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "bins",
     .type = OptionType::kInt,
     .fallback = "10",
     .doc = "number of bins",
     .least = 1},
}};

constinit const Component kZebra = {.kind = "test-animal",
                                    .name = "zebra",
                                    .summary = "has stripes",
                                    .description = "",
                                    .example = "zebra()",
                                    .options = {}};
constinit const Component kAnt = {.kind = "test-animal",
                                  .name = "ant",
                                  .summary = "has six legs",
                                  .description = "",
                                  .example = "ant(bins: 3)",
                                  .options = kOptions};
constinit const Component kRock = {.kind = "test-stone",
                                   .name = "ant",
                                   .summary = "is hard",
                                   .description = "",
                                   .example = "",
                                   .options = {}};
const Registration zebra(kZebra);
const Registration ant(kAnt);
const Registration rock(kRock);

TEST(Components, AreSortedWithinTheirKind) {
  auto found = components("test-animal");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], &kAnt);
  EXPECT_EQ(found[1], &kZebra);
  EXPECT_TRUE(components("test-nothing").empty());
}

TEST(Components, AreFoundByKindAndName) {
  EXPECT_EQ(find_component("test-animal", "ant"), &kAnt);
  EXPECT_EQ(find_component("test-stone", "ant"), &kRock);
  EXPECT_EQ(find_component("test-stone", "zebra"), nullptr);
  EXPECT_EQ(find_component("test-animal", "ant")->options[0].fallback, "10");
}

TEST(Nearest, SuggestsWhatIsLikelyMeant) {
  constexpr std::array<std::string_view, 4> kKnown = {"window", "values", "over", "by"};
  EXPECT_EQ(nearest("windw", kKnown), "window");   // one letter lost
  EXPECT_EQ(nearest("winodw", kKnown), "window");  // two swapped
  EXPECT_EQ(nearest("value", kKnown), "values");
  EXPECT_EQ(nearest("window", kKnown), "window");
  EXPECT_EQ(nearest("ovr", kKnown), "over");
  EXPECT_EQ(nearest("chekc", std::array<std::string_view, 1>{"check"}), "check");  // a swap is one
}

TEST(Nearest, KeepsQuietWhenNothingIsNear) {
  constexpr std::array<std::string_view, 2> kKnown = {"window", "by"};
  EXPECT_EQ(nearest("partition", kKnown), "");
  EXPECT_EQ(nearest("xy", kKnown), "by");  // one of two letters
  EXPECT_EQ(nearest("n", std::array<std::string_view, 2>{"a", "m"}), "") << "nothing in common";
  EXPECT_EQ(nearest("", kKnown), "");
  EXPECT_EQ(nearest("window", {}), "");
}

// Of equally near words the first listed is taken, so the answer does not depend on chance.
TEST(Nearest, TakesTheFirstOfEquals) {
  constexpr std::array<std::string_view, 2> kKnown = {"bat", "cat"};
  EXPECT_EQ(nearest("rat", kKnown), "bat");
}

}  // namespace
}  // namespace lode
