#include "project/shape.h"

#include <gtest/gtest.h>

#include <array>

namespace lode {
namespace {

constexpr std::array kInnerKeys = {
    Key{.name = "width", .doc = "how wide", .form = Form::kDuration, .required = true},
    Key{.name = "exact", .doc = "no panes", .form = Form::kFlag},
};
constexpr Section kInner = {"window", "window", "", kInnerKeys, ""};
constexpr std::array kSpecialKeys = {
    Key{.name = "rules", .doc = "", .form = Form::kText, .many = Many::kList},
};
constexpr Section kSpecial = {"special", "", "", kSpecialKeys, ""};
constexpr std::array kKeys = {
    Key{.name = "count", .doc = "how many", .form = Form::kWhole},
    Key{.name = "when", .doc = "", .form = Form::kRange},
    Key{.name = "window", .doc = "", .form = Form::kText, .section = &kInner},
    Key{.name = "files", .doc = "", .form = Form::kText, .many = Many::kOneOrList},
    Key{.name = "named",
        .doc = "",
        .form = Form::kType,
        .many = Many::kMap,
        .names_checked = true,
        .beside = &kSpecial},
    Key{.name = "grid", .doc = "", .form = Form::kScalar, .many = Many::kMapOfLists},
};
constexpr Section kOuter = {"thing", "thing", "", kKeys, ""};

std::vector<std::string> check(std::string_view text) {
  Result<YamlNode> root = parse_yaml(text, "f");
  EXPECT_TRUE(root);
  Problems problems("f");
  Shape shape(problems);
  shape.check(*root, kOuter);
  std::vector<std::string> found;
  for (const Error& error : problems.sorted()) found.push_back(error.text());
  return found;
}

using Texts = std::vector<std::string>;

TEST(Shape, WellFormed) {
  EXPECT_EQ(check("count: 0\nwhen: ..2001-01-29\nwindow: {width: 1d, exact: true}\nfiles: a\n"
                  "named: {a: int64, rules: [x]}\ngrid: {a: [1, 2]}\n"),
            Texts{});
  EXPECT_EQ(check("files: [a, b]\nwindow: all\n"), Texts{});
}

TEST(Shape, WrongKinds) {
  EXPECT_EQ(check("count: [1]"), Texts{"f:1:8: 'count' needs a whole number, not a list"});
  EXPECT_EQ(check("count: 1.5"),
            Texts{"f:1:8: '1.5' is not a whole number of 0 to 9223372036854775807"});
  EXPECT_EQ(check("files: {a: b}"), Texts{"f:1:8: 'files' needs text, not a map"});
  EXPECT_EQ(check("files: []"),
            Texts{"f:1:8: 'files' is an empty list; give a value or remove the key"});
  EXPECT_EQ(check("named: a"),
            Texts{"f:1:8: 'named' is a map of names, not text; write name: ... under it"});
  EXPECT_EQ(check("named: {rules: a}"),
            Texts{"f:1:16: 'rules' is a list, not text; write [..., ...]"});
  EXPECT_EQ(check("named: {A: int64}"),
            Texts{"f:1:9: 'A' is no name; use a-z, 0-9 and _, a letter first"});
  EXPECT_EQ(check("grid: {a: 1}"),
            Texts{"f:1:11: 'a' needs a list of values to try, such as [1, 2]"});
  EXPECT_EQ(check("count:"),
            Texts{"f:1:1: 'count' has no value; give a whole number or remove the key"});
  EXPECT_EQ(check("window: ''"), Texts{"f:1:9: 'window' is empty; give text or a map"});
}

TEST(Shape, SectionsInside) {
  EXPECT_EQ(check("window: {}"), Texts{"f:1:9: the window has no 'width': how wide"});
  EXPECT_EQ(check("window: {wdth: 1d}"),  // and not: missing
            Texts{"f:1:10: unknown key in a window: 'wdth'; did you mean 'width'? Known: width, "
                  "exact"});
}

TEST(Shape, ReportedValuesAreNotRead) {
  YamlNode root =
      *parse_yaml("count: x\nwhen: 2001-01-01..\nwindow: {width: 2h, exact: maybe}\n", "f");
  Problems problems("f");
  Shape shape(problems);
  shape.check(root, kOuter);
  EXPECT_EQ(problems.size(), 2U);
  CheckedMap map(shape, root);
  EXPECT_TRUE(map.has("count"));
  EXPECT_TRUE(map.broken("count"));
  EXPECT_EQ(map.whole("count"), std::nullopt);
  EXPECT_EQ(map.range("when")->begin->us, 978'307'200'000'000);  // date -d 2001-01-01Z +%s
  EXPECT_EQ(map.range("when")->end, std::nullopt);
  EXPECT_EQ(map.part("window")->duration("width"), hours(2));
  EXPECT_FALSE(map.part("window")->flag("exact"));
  EXPECT_EQ(map.key_place("window"), (Place{3, 1}));
  EXPECT_FALSE(map.has("files"));
  EXPECT_EQ(map.text("files", "none"), "none");
}

TEST(Shape, Ranges) {
  EXPECT_EQ(parse_range("2001-01-01T00:00:00.5..2001-01-02")->begin->us, 978'307'200'500'000);
  EXPECT_FALSE(parse_range("..")->begin);
  EXPECT_FALSE(parse_range("2001-01-01"));
  EXPECT_FALSE(parse_range("2001-01-02..2001-01-01"));
  EXPECT_FALSE(parse_range("2001-01-01..2001-01-01"));
  EXPECT_FALSE(parse_range("yesterday.."));
}

}  // namespace
}  // namespace lode
