#include "base/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "base/random.h"

namespace lode {
namespace {

template <typename T>
std::string json(const T& value) {
  return JsonWriter().value(value).take();
}

TEST(JsonWriter, ObjectsAndArrays) {
  JsonWriter out;
  out.begin_object()
      .field("name", "lode")
      .field("rows", 3)
      .key("columns")
      .begin_array()
      .value("a")
      .null()
      .value(true)
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .end_array()
      .key("made")
      .raw("[1,2]")
      .end_object();
  EXPECT_EQ(out.text(), R"({"name":"lode","rows":3,"columns":["a",null,true,{},[]],"made":[1,2]})");
}

TEST(JsonWriter, Indentation) {
  JsonWriter out(2);
  out.begin_object().field("a", 1).key("b").begin_array().value(2).value(3).end_array();
  out.key("c").begin_object().end_object().end_object();
  EXPECT_EQ(out.text(), "{\n  \"a\": 1,\n  \"b\": [\n    2,\n    3\n  ],\n  \"c\": {}\n}");
}

TEST(JsonWriter, TakeLeavesAnEmptyWriter) {
  JsonWriter out;
  EXPECT_EQ(out.value(1).take(), "1");
  EXPECT_EQ(out.value(2).take(), "2");
}

TEST(JsonWriter, EscapesText) {
  EXPECT_EQ(json("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(json(std::string("\n\r\t\b\0\x1f\x7f", 7)), R"("\n\r\t\u0008\u0000\u001f\u007f")");
  EXPECT_EQ(json("Zürich, 東京, 😀"), "\"Zürich, 東京, 😀\"");
  EXPECT_EQ(json_quoted("x"), "\"x\"");
  EXPECT_EQ(JsonWriter().begin_object().field("a\n", 1).end_object().take(), "{\"a\\n\":1}");
}

// Each maximal bad byte becomes one U+FFFD; what follows is kept.
TEST(JsonWriter, ReplacesInvalidUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(json("a\xFFz"), "\"a" + bad + "z\"");
  EXPECT_EQ(json("\xC0\xAF"), "\"" + bad + bad + "\"");                      // overlong '/'
  EXPECT_EQ(json("\xE0\x80\x80"), "\"" + bad + bad + bad + "\"");            // overlong NUL
  EXPECT_EQ(json("\xED\xA0\x80"), "\"" + bad + bad + bad + "\"");            // a surrogate
  EXPECT_EQ(json("\xF4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");  // above U+10FFFF
  EXPECT_EQ(json("\xE6\x9D"), "\"" + bad + bad + "\"");                      // cut short
  EXPECT_EQ(json("\xC3\"x"), "\"" + bad + "\\\"x\"");           // the quote is not eaten
  EXPECT_EQ(json("\xF4\x8F\xBF\xBF"), "\"\xF4\x8F\xBF\xBF\"");  // U+10FFFF itself
}

TEST(JsonWriter, Numbers) {
  EXPECT_EQ(json(0.1), "0.1");
  EXPECT_EQ(json(1.0), "1");
  EXPECT_EQ(json(-0.0), "-0");
  EXPECT_EQ(json(1e300), "1e+300");
  EXPECT_EQ(json(5e-324), "5e-324");
  EXPECT_EQ(json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(json(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json(-std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(json(std::uint8_t{200}), "200");
  EXPECT_EQ(json(false), "false");
}

TEST(JsonWriter, DoublesReadBackExactly) {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    double value = std::bit_cast<double>(random.next64());
    if (!std::isfinite(value)) continue;
    std::string text = json(value);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << text;
  }
}

}  // namespace
}  // namespace lode
