#include "table/arrow.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

namespace lode {
namespace {

// One column of every type with values and nulls, and one of list<struct<...>>.
std::vector<Column> all_types() {
  std::vector<Column> columns;
  auto add = [&](Type type, auto append) {
    ColumnBuilder builder(std::move(type));
    for (std::int64_t i = 0; i < 11; ++i) {
      if (i % 3 == 1)
        builder.append_null();
      else
        append(builder, i);
    }
    columns.push_back(builder.finish());
  };
  add(Type::boolean(), [](ColumnBuilder& b, std::int64_t i) { b.append_bool(i % 2 == 0); });
  add(Type::int64(), [](ColumnBuilder& b, std::int64_t i) { b.append_int64(i - 5); });
  add(Type::float64(), [](ColumnBuilder& b, std::int64_t i) { b.append_double(0.5 * double(i)); });
  add(Type::decimal(10, 2), [](ColumnBuilder& b, std::int64_t i) { b.append_decimal(-i * 125); });
  add(Type::string(), [](ColumnBuilder& b, std::int64_t i) {
    b.append_string(std::string(static_cast<std::size_t>(i), 'x'));
  });
  add(Type::bytes(),
      [](ColumnBuilder& b, std::int64_t) { b.append_string(std::string_view("\0\xff", 2)); });
  add(Type::date(), [](ColumnBuilder& b, std::int64_t i) {
    b.append_date(static_cast<std::int32_t>(i) - 20000);
  });
  add(Type::timestamp(), [](ColumnBuilder& b, std::int64_t i) { b.append_int64(i * 1'000'001); });
  Type pair = Type::structure({{"n", Type::int64()}, {"word", Type::string()}});
  add(Type::list(pair), [](ColumnBuilder& b, std::int64_t i) {
    for (std::int64_t k = 0; k < i % 4; ++k) {
      b.child(0).child(0).append_int64(i * 10 + k);
      b.child(0).child(1).append_string("w");
      b.child(0).append_struct();
    }
    b.append_list();
  });
  return columns;
}

std::string row_text(const Column& c, std::int64_t i) {
  if (c.is_null(i)) return "null";
  switch (c.type.id) {
    case TypeId::kBool:
      return c.boolean(i) ? "true" : "false";
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      return fmt::format("{}", c.int64(i));
    case TypeId::kDouble:
      return fmt::format("{}", c.float64(i));
    case TypeId::kDecimal:
      return fmt::format("{}", static_cast<std::int64_t>(c.decimal(i)));
    case TypeId::kDate:
      return fmt::format("{}", c.date(i));
    case TypeId::kString:
    case TypeId::kBytes:
      return std::string(c.string(i));
    case TypeId::kList: {
      std::string out = "[";
      const std::int32_t* offsets = c.offsets.as<std::int32_t>();
      for (std::int32_t k = offsets[i]; k < offsets[i + 1]; ++k)
        out += row_text(c.children[0], k) + ";";
      return out + "]";
    }
    case TypeId::kStruct: {
      std::string out = "{";
      for (const Column& child : c.children) out += row_text(child, i) + ",";
      return out + "}";
    }
  }
  return "?";
}

Result<Column> round_trip(const Column& column) {
  ArrowSchema schema{};
  ArrowArray array{};
  export_column(column, "c", &schema, &array);
  return import_column(&schema, &array);
}

TEST(Arrow, EveryTypeComesBack) {
  for (const Column& column : all_types()) {
    auto back = round_trip(column);
    ASSERT_TRUE(back.has_value()) << back.error().text();
    EXPECT_EQ(back->type, column.type);
    EXPECT_EQ(back->null_count, 4);
    for (std::int64_t i = 0; i < column.length; ++i)
      EXPECT_EQ(row_text(*back, i), row_text(column, i)) << column.type.text() << " row " << i;
  }
}

TEST(Arrow, BuffersAreSharedAndOutliveTheColumn) {
  ArrowSchema schema{};
  ArrowArray array{};
  {
    ColumnBuilder builder(Type::int64());
    builder.append_int64(41);
    Column column = builder.finish();
    export_column(column, "c", &schema, &array);
    EXPECT_EQ(array.buffers[1], column.values.data());
  }
  EXPECT_EQ(static_cast<const std::int64_t*>(array.buffers[1])[0], 41);
  schema.release(&schema);
  array.release(&array);
  EXPECT_EQ(schema.release, nullptr);
  EXPECT_EQ(array.release, nullptr);
}

// A child may be moved out of its parent; the parent then leaves it alone.
TEST(Arrow, ChildrenCanBeMovedOut) {
  ArrowSchema schema{};
  ArrowArray array{};
  export_column(all_types().back(), "c", &schema, &array);
  ArrowArray child = *array.children[0];
  array.children[0]->release = nullptr;
  array.release(&array);
  EXPECT_EQ(child.n_children, 2);
  child.release(&child);
  schema.release(&schema);
}

// What a faulty or hostile sender may write; each is refused by name and everything is released.
TEST(Arrow, BrokenShapesAreRefused) {
  struct Case {
    std::string_view words;
    void (*spoil)(ArrowSchema&, ArrowArray&);
  };
  const Case cases[] = {
      {"negative", [](ArrowSchema&, ArrowArray& a) { a.length = -1; }},
      {"negative", [](ArrowSchema&, ArrowArray& a) { a.offset = -1; }},
      {"overflow",
       [](ArrowSchema&, ArrowArray& a) { a.offset = std::numeric_limits<std::int64_t>::max(); }},
      {"buffers, not 3", [](ArrowSchema&, ArrowArray& a) { a.n_buffers = 2; }},
      {"buffer 1 is missing", [](ArrowSchema&, ArrowArray& a) { a.buffers[1] = nullptr; }},
      {"children", [](ArrowSchema& s, ArrowArray&) { s.n_children = 1; }},
      {"does not read", [](ArrowSchema& s, ArrowArray&) { s.format = "vu"; }},
      {"does not read", [](ArrowSchema& s, ArrowArray&) { s.format = nullptr; }},
      {"go back",
       [](ArrowSchema&, ArrowArray& a) {
         static const std::int32_t kOffsets[] = {0, 3, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4};
         a.buffers[1] = kOffsets;
       }},
      {"negative offset",
       [](ArrowSchema&, ArrowArray& a) {
         static const std::int32_t kOffsets[] = {-3, 3, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4};
         a.buffers[1] = kOffsets;
       }},
  };
  const Column words = all_types()[4];
  for (const Case& broken : cases) {
    ArrowSchema schema{};
    ArrowArray array{};
    export_column(words, "c", &schema, &array);
    const void* offsets = array.buffers[1];
    broken.spoil(schema, array);
    auto column = import_column(&schema, &array);
    ASSERT_FALSE(column.has_value()) << broken.words;
    EXPECT_NE(column.error().message().find(broken.words), std::string::npos)
        << column.error().text();
    EXPECT_EQ(schema.release, nullptr);
    EXPECT_EQ(array.release, nullptr);
    static_cast<void>(offsets);
  }
}

TEST(Arrow, CodesStayInsideTheDictionary) {
  ColumnBuilder words(Type::string());
  words.append_string("only");
  Column column;
  column.type = Type::string();
  column.length = 2;
  column.values = Buffer::allocate(8);
  column.dictionary = std::make_shared<const Column>(words.finish());
  auto back = round_trip(column);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->string(1), "only");
  EXPECT_NE(back->dictionary, nullptr);
  column.values.mutable_as<std::int32_t>()[1] = 1;
  auto refused = round_trip(column);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message().find("code 1 at row 1"), std::string::npos);
}

TEST(Arrow, PyarrowAgreesOnEveryType) {
  std::string python = std::string(LODE_SOURCE_DIR) + "/third_party/venv/bin/python";
  bool installed = std::filesystem::exists(python) &&
                   std::system((python + " -c 'import pyarrow' 2>/dev/null").c_str()) == 0;
  if (!installed) GTEST_SKIP() << "pyarrow not installed: ./dev setup --group test";
  std::string command =
      python + " " + LODE_SOURCE_DIR + "/tests/table/arrow_round_trip.py " + LODE_ARROW_BRIDGE;
  int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command;
}

}  // namespace
}  // namespace lode
