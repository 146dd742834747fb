#include "mine/search_space.h"

#include <gtest/gtest.h>

#include <array>

namespace lode {
namespace {

using enum Search::Simpler;

constexpr std::array kOptions = {
    Option{.name = "depth",
           .type = OptionType::kInt,
           .fallback = "6",
           .doc = "",
           .search = {.least = 2, .most = 10, .simpler = kLess}},
    Option{.name = "eta",
           .type = OptionType::kNumber,
           .fallback = "0.1",
           .doc = "",
           .search = {.least = 0.01, .most = 1, .simpler = kNeither, .log = true}},
    Option{
        .name = "l2",
        .type = OptionType::kNumber,
        .fallback = "0",
        .doc = "",
        .search = {.least = 0.1, .most = 1000, .simpler = kMore, .log = true, .also_zero = true}},
    Option{.name = "threads", .type = OptionType::kInt, .fallback = "1", .doc = ""},
};
constexpr Component kComponent = {.kind = "algorithm",
                                  .name = "made",
                                  .summary = "",
                                  .description = "",
                                  .example = "",
                                  .options = kOptions};

SearchSpace space_of(const OptionTexts& given = {}, std::vector<std::string> names = {}) {
  return SearchSpace::make(kComponent, names, given).value();
}

TEST(SearchSpace, PointsAreOptionsByEvenStepsOrByFactors) {
  SearchSpace space = space_of({{"threads", "2"}});
  ASSERT_EQ(space.axes(), 3U);
  EXPECT_EQ(space.options(std::vector<double>{0, 0, 0}),
            (OptionTexts{{"threads", "2"}, {"depth", "2"}, {"eta", "0.01"}, {"l2", "0"}}));
  EXPECT_EQ(space.options(std::vector<double>{1, 1, 1}),
            (OptionTexts{{"threads", "2"}, {"depth", "10"}, {"eta", "1"}, {"l2", "1000"}}));
  // Half-way of 2 .. 10 is 6, of .01 .. 1 by factors .1; 0 takes .15 of the axis of l2, and
  // half-way of the rest is sqrt(.1 * 1000).
  EXPECT_EQ(space.options(std::vector<double>{0.5, 0.5, 0.575}),
            (OptionTexts{{"threads", "2"}, {"depth", "6"}, {"eta", "0.1"}, {"l2", "10"}}));
  EXPECT_EQ(space.options(std::vector<double>{0.5, 0.5, 0.149})[3].second, "0");
  EXPECT_EQ(space.options(std::vector<double>{0.5, 0.5, 0.15})[3].second, "0.1");
}

TEST(SearchSpace, StartsWhereTheDefaultsAreAndTheirTextsComeBack) {
  SearchSpace space = space_of();
  EXPECT_EQ(space.options(space.start()),
            (OptionTexts{{"depth", "6"}, {"eta", "0.1"}, {"l2", "0"}}));
  SearchSpace given = space_of({{"depth", "3"}, {"eta", "0.02"}}, {"eta", "depth"});
  ASSERT_EQ(given.axes(), 2U);
  EXPECT_EQ(given.options(given.start()), (OptionTexts{{"depth", "3"}, {"eta", "0.02"}}));
  // Outside the search, the nearest point of it.
  SearchSpace beyond = space_of({{"depth", "30"}}, {"depth"});
  EXPECT_EQ(beyond.start(), std::vector<double>{1});
}

TEST(SearchSpace, WhatIsGivenStaysUnlessItIsNamed) {
  SearchSpace space = space_of({{"depth", "3"}});
  EXPECT_EQ(space.axes(), 2U);
  EXPECT_EQ(space.options(std::vector<double>{1, 1})[0], (OptionTexts::value_type{"depth", "3"}));
  EXPECT_EQ(space.searched({{"depth", "3"}, {"l2", "5"}}),
            (OptionTexts{{"eta", "0.1"}, {"l2", "5"}}));
  EXPECT_EQ(space_of({{"depth", "3"}}, {"depth"}).axes(), 1U);
}

TEST(SearchSpace, ComplexityGrowsAwayFromTheSimpleEnds) {
  SearchSpace space = space_of();
  EXPECT_DOUBLE_EQ(space.complexity(std::vector<double>{0, 0.3, 1}), 0);
  EXPECT_DOUBLE_EQ(space.complexity(std::vector<double>{0, 0.9, 1}), 0) << "eta has no simple end";
  EXPECT_DOUBLE_EQ(space.complexity(std::vector<double>{0.25, 0, 0.5}), 0.75);
}

TEST(SearchSpace, SaysWhatCannotBeSearched) {
  auto refusal = [](const Component& component, std::vector<std::string> names,
                    const OptionTexts& given) {
    auto space = SearchSpace::make(component, names, given);
    EXPECT_FALSE(space);
    EXPECT_EQ(space.error().code(), Code::kInvalid);
    return space.error().message();
  };
  EXPECT_EQ(refusal(kComponent, {"dept"}, {}),
            "made does not search 'dept'; did you mean 'depth'?");
  EXPECT_EQ(refusal(kComponent, {"threads"}, {}),
            "made does not search 'threads'; it searches depth, eta, l2");
  EXPECT_NE(refusal(kComponent, {}, {{"depth", "3"}, {"eta", "1"}, {"l2", "1"}})
                .find("all options that made searches (depth, eta, l2) are given"),
            std::string::npos);
  constexpr Component kFixed = {.kind = "algorithm",
                                .name = "fixed",
                                .summary = "",
                                .description = "",
                                .example = "",
                                .options = std::span(kOptions).subspan(3)};
  EXPECT_EQ(refusal(kFixed, {}, {}), "fixed has no options to search; leave `tune` out");
}

}  // namespace
}  // namespace lode
