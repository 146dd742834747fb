#include "base/stored_json.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"

namespace lode {
namespace {

TEST(StoredJson, ReadsWhatTheWriterWrites) {
  JsonWriter json;
  json.begin_object()
      .field("text", "a \"b\" \\ \n \x01 é")
      .field("whole", std::int64_t{-12})
      .field("number", 0.1)
      .field("nan", std::nan(""))
      .field("yes", true)
      .key("list")
      .begin_array()
      .value(1)
      .begin_object()
      .end_object()
      .end_array()
      .end_object();
  std::string written = json.take();
  JsonValue read = parse_json(written).value();
  EXPECT_EQ(read.raw, written);
  EXPECT_EQ(read.find("text")->text, "a \"b\" \\ \n \x01 é");
  EXPECT_EQ(read.at("whole"), -12);
  EXPECT_EQ(read.at("number"), 0.1);
  EXPECT_EQ(read.find("number")->raw, "0.1");
  EXPECT_EQ(read.find("nan")->kind, JsonValue::Kind::kNull);
  EXPECT_TRUE(std::isnan(read.at("nan")));
  EXPECT_TRUE(std::isnan(read.at("text")));
  EXPECT_TRUE(std::isnan(read.at("nowhere")));
  EXPECT_EQ(read.find("yes")->kind, JsonValue::Kind::kBool);
  EXPECT_EQ(read.find("yes")->number, 1);
  ASSERT_EQ(read.find("list")->items.size(), 2U);
  EXPECT_EQ(read.find("list")->items[1].raw, "{}");
  EXPECT_EQ(read.members[1].first, "whole") << "members keep their order";
}

TEST(StoredJson, BlanksMeanNothing) {
  EXPECT_EQ(parse_json(" [ 1 ,\t2\n] ").value().items.size(), 2U);
}

TEST(StoredJson, DamageIsFoundWithItsPlace) {
  for (const char* text :
       {"",           "{",     "}",       "[1",        "[1,]",        "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{1:2}", "tru",     "nul",       "-",           "inf",     "nan",
        "1 2",        "\"a",   "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "[1]]"}) {
    auto read = parse_json(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Code::kCorrupt) << text;
  }
  EXPECT_EQ(parse_json("[1,x]").error().message(), "stored JSON is damaged at byte 3: no value");
}

TEST(StoredJson, EveryCutIsFound) {
  std::string text = R"({"a":[1,2.5,"x"],"b":{"c":null,"d":false}})";
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_json(std::string_view(text).substr(0, size))) << size;
}

TEST(StoredJson, NestingEndsBeforeTheStackDoes) {
  EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parse_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace lode
