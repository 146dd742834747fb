#include "project/yaml.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/project/mutation.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

YamlNode parsed(std::string_view text) {
  Result<YamlNode> root = parse_yaml(text, "f.yaml");
  EXPECT_TRUE(root) << root.error().text();
  return root ? *root : YamlNode();
}

std::string refusal(std::string_view text, const YamlLimits& limits = {}) {
  Result<YamlNode> root = parse_yaml(text, "f.yaml", limits);
  EXPECT_FALSE(root) << text;
  return root ? "" : root.error().text();
}

const YamlNode& at(const YamlNode& node, std::string_view key) { return node.find(key)->value; }

TEST(Yaml, EveryKeyAndValueKnowsItsPlace) {
  YamlNode root = parsed(
      "lode: 1\n"
      "sources:\n"
      "  flights:\n"
      "    files: [a, \"b c\"]\n"
      "    zone: {lookup: x.csv, key: origin}\n"
      "    empty:\n");
  EXPECT_EQ(at(root, "lode").place, (Place{1, 7}));
  const YamlNode& flights = at(at(root, "sources"), "flights");
  EXPECT_EQ(at(root, "sources").entries[0].place, (Place{3, 3}));
  EXPECT_EQ(flights.place, (Place{4, 5}));
  EXPECT_EQ(at(flights, "files").place, (Place{4, 12}));
  EXPECT_EQ(at(flights, "files").items[1].place, (Place{4, 16}));
  EXPECT_EQ(at(flights, "files").items[1].text, "b c");
  EXPECT_TRUE(at(flights, "files").items[1].quoted);
  EXPECT_EQ(at(at(flights, "zone"), "key").place, (Place{5, 32}));
  EXPECT_TRUE(at(flights, "empty").null());
  EXPECT_EQ(at(flights, "empty").place, (Place{6, 5}));  // of its key
}

TEST(Yaml, PlacesInsideScalars) {
  // Columns count characters: é and ü are one each.
  YamlNode root = parsed("é: ü > oops\nq: 'a + b'\ne: \"a\\tb\"\nm: a\n  b\n");
  EXPECT_EQ(at(root, "é").place_of(std::string("ü > ").size()), (Place{1, 8}));
  EXPECT_EQ(at(root, "q").place_of(4), (Place{2, 9}));
  EXPECT_EQ(at(root, "e").text, "a\tb");
  EXPECT_EQ(at(root, "e").place_of(2), (Place{3, 4}));  // escaped: the scalar's start
  EXPECT_EQ(at(root, "m").text, "a b");
  EXPECT_EQ(at(root, "m").place_of(2), (Place{4, 4}));  // folded: the scalar's start
}

TEST(Yaml, ScalarsStayText) {
  YamlNode root = parsed("a: no\nb: 1e3\nc: 2001-01-29\nd: 'null'\ne: null\n");
  EXPECT_EQ(at(root, "a").text, "no");
  EXPECT_EQ(at(root, "b").text, "1e3");
  EXPECT_EQ(at(root, "c").text, "2001-01-29");
  EXPECT_EQ(at(root, "d").text, "null");
  EXPECT_TRUE(at(root, "e").null());
  EXPECT_EQ(parsed("null: null\n").entries[0].key, "null");  // a key is a word
}

TEST(Yaml, ByteOrderMarkAndCarriageReturnsDoNotShow) {
  YamlNode root = parsed(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: x y\r\n");
  EXPECT_EQ(at(root, "a").place, (Place{1, 4}));
  EXPECT_EQ(at(root, "b").text, "x y");
  EXPECT_EQ(at(root, "b").place, (Place{2, 4}));
}

TEST(Yaml, RefusalsSayWhereAndWhatToDo) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3"),
            "f.yaml:3:1: the key 'a' stands here a second time, first in line 1; keep one");
  EXPECT_EQ(
      refusal("a: &x 1\nb: *x"),
      "f.yaml:1:4: anchors and aliases (&name, *name) are not read here; write the value out, "
      "or put it in quotes if the sign is meant");
  EXPECT_EQ(
      refusal("a: !int 1"),
      "f.yaml:1:4: tags (!int) are not read here; write the value without it, or in quotes if "
      "the '!' is meant");
  EXPECT_EQ(refusal("? [a]\n: b"), "f.yaml:1:3: a key must be text, not a list or a map");
  EXPECT_EQ(refusal(": x"), "f.yaml:1:1: a key is missing before ':'");
  EXPECT_EQ(refusal("- a\n---\n- b"),
            "f.yaml:3:1: a second document begins before this; one file is one project");
  EXPECT_EQ(refusal("a: \"x\nb: 1\n"), "f.yaml:1:4: the quote that opens here is never closed");
  EXPECT_EQ(
      refusal("a: {b: c[d]}"),
      "f.yaml:1:9: not valid YAML: end of map flow not found; a '{' is not closed, or a value in "
      "it holds '[', '{', ',' or ':' and needs quotes");
  EXPECT_EQ(refusal("a: \xC3\x28"), "f.yaml:1:4: not UTF-8 text; save the file in that encoding");
  EXPECT_EQ(refusal("a: b\x04"), "f.yaml:1:5: a control character (0x04); remove it");
}

TEST(Yaml, LimitsAreNamed) {
  EXPECT_EQ(refusal("a: [[[1]]]", {.depth = 3}), "f.yaml:1:6: nested deeper than 3 levels");
  EXPECT_EQ(refusal("[1, 2, 3]", {.nodes = 2}), "f.yaml:1:8: more than 2 keys and values");
  EXPECT_EQ(refusal("abcdef", {.bytes = 5}),
            "f.yaml:1:1: the file has 6 bytes, more than the 5 that are read");
  EXPECT_FALSE(parse_yaml(std::string(100'000, '['), "f.yaml"));
}

// Places must lie inside the text, whatever it is.
void check_places(const YamlNode& node, int lines) {
  EXPECT_GE(node.place.line, 1);
  EXPECT_LE(node.place.line, lines);
  EXPECT_GE(node.place.column, 1);
  for (const YamlNode& item : node.items) check_places(item, lines);
  for (const YamlEntry& entry : node.entries) check_places(entry.value, lines);
}

TEST(Yaml, MutatedFilesEndInATreeOrAnError) {
  std::string original = read_text(LODE_SOURCE_DIR "/examples/flights/lode.yaml");
  ASSERT_FALSE(original.empty());
  original.resize(original.find("\ntraining:"));  // enough of YAML's forms; the rest repeats
  Random random(20011);
  int trees = 0;
  int errors = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text = mutated(original, random);
    Result<YamlNode> root = parse_yaml(text, "f.yaml");
    int lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
    if (root) {
      ++trees;
      check_places(*root, lines);
    } else {
      ++errors;
      EXPECT_GE(root.error().where().line, 1) << root.error().text();
      EXPECT_LE(root.error().where().line, lines + 1) << root.error().text();
      EXPECT_NE(root.error().code(), Code::kInternal) << root.error().text() << "\n" << text;
    }
  }
  EXPECT_GT(trees, 400);
  EXPECT_GT(errors, 400);
}

}  // namespace
}  // namespace lode
