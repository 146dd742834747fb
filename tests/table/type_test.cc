#include "table/type.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(Type, TextReadsBack) {
  Type nested = Type::structure({{"a", Type::int64()},
                                 {"b c", Type::list(Type::decimal(38, 0))},
                                 {"q\"", Type::structure({})}});
  for (const Type& type : {Type::boolean(), Type::int64(), Type::float64(), Type::decimal(10, 2),
                           Type::string(), Type::bytes(), Type::date(), Type::timestamp(),
                           Type::list(Type::list(Type::string())), nested}) {
    auto back = parse_type(type.text());
    ASSERT_TRUE(back.has_value()) << type.text() << ": " << back.error().text();
    EXPECT_EQ(*back, type) << type.text();
  }
  EXPECT_EQ(nested.text(), "struct<a: int64, \"b c\": list<decimal(38,0)>, \"q\"\"\": struct<>>");
  EXPECT_EQ(parse_type(" list < decimal( 4 , 1 ) > ").value(), Type::list(Type::decimal(4, 1)));
}

TEST(Type, ErrorsSayWhatIsKnown) {
  for (std::string_view text :
       {"", "int", "list", "list<", "list<int64", "decimal", "decimal(39,0)", "decimal(5,6)",
        "decimal(x)", "struct<a>", "struct<a: int64, a: bool>", "int64 int64", "struct<: int64>",
        "struct<\"a: int64>"})
    EXPECT_EQ(parse_type(text).error().code(), Code::kInvalid) << text;
  EXPECT_NE(parse_type("integer").error().message().find("int64"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "list<";
  EXPECT_EQ(parse_type(deep).error().code(), Code::kLimit);
}

TEST(Type, EqualityLooksInside) {
  EXPECT_NE(Type::decimal(10, 2), Type::decimal(10, 3));
  EXPECT_NE(Type::list(Type::int64()), Type::list(Type::float64()));
  EXPECT_NE(Type::structure({{"a", Type::int64()}}), Type::structure({{"b", Type::int64()}}));
  EXPECT_EQ(Type::structure({{"a", Type::int64()}}), Type::structure({{"a", Type::int64()}}));
}

TEST(Schema, NamesAreCaseSensitive) {
  Schema schema({{"a", Type::int64()}, {"B", Type::string()}});
  EXPECT_EQ(schema.find("B"), 1U);
  EXPECT_FALSE(schema.find("b").has_value());
}

}  // namespace
}  // namespace lode
