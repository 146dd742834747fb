// covers: base/struct_fields
#include "base/stored_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace lode {
namespace {

enum class Colour : std::uint8_t { kRed, kBlue = 7 };

struct Point {
  double x = 0;
  std::optional<double> y{};
  bool operator==(const Point&) const = default;
};

struct Everything {
  std::string name{};
  std::int64_t large = 0;
  std::uint8_t small = 0;
  bool yes = false;
  Colour colour = Colour::kRed;
  std::vector<Point> points{};
  std::map<std::string, std::vector<std::string>> texts{};
  std::pair<int, std::string> pair{};
  std::array<double, 3> three{};
  std::vector<std::uint8_t> bytes{};
  Point inner{};
  bool operator==(const Everything&) const = default;
};

static_assert(kFields<Everything> == 11);
static_assert(kFields<Point> == 2);
struct Empty {};
static_assert(kFields<Empty> == 0);

Everything full() {
  Everything out{.name = std::string("a\0b", 3),
                 .large = std::numeric_limits<std::int64_t>::min(),
                 .small = 255,
                 .yes = true,
                 .colour = Colour::kBlue,
                 .points = {{1, 2}, {-0.0, std::nullopt}},
                 .texts = {{"", {}}, {"k", {"v", ""}}},
                 .pair = {-3, "p"},
                 .three = {1, std::numeric_limits<double>::infinity(), 3},
                 .bytes = {0, 1, 255},
                 .inner = {7, 8}};
  return out;
}

TEST(StoredValues, EveryFieldComesBack) {
  for (const Everything& value : {full(), Everything{}}) {
    auto back = loaded_value<Everything>(stored_value(value));
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(*back, value);
  }
  EXPECT_NE(stored_value(full()), stored_value(Everything{}));
}

TEST(StoredValues, NotANumberKeepsItsBits) {
  double odd = std::bit_cast<double>(std::uint64_t{0x7ff8000000000123});
  auto back = loaded_value<Point>(stored_value(Point{odd, std::nullopt}));
  ASSERT_TRUE(back);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(back->x), std::bit_cast<std::uint64_t>(odd));
}

TEST(StoredValues, NothingShorterOrLongerIsTaken) {
  std::string good = stored_value(full());
  for (std::size_t size = 0; size < good.size(); ++size) {
    auto loaded = loaded_value<Everything>(std::string_view(good).substr(0, size));
    ASSERT_FALSE(loaded) << size;
    EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
  }
  EXPECT_FALSE(loaded_value<Everything>(good + "x"));
}

TEST(StoredValues, HostileSizesAskForNoMemory) {
  ByteWriter writer;
  writer.u64(std::numeric_limits<std::uint64_t>::max());
  auto loaded = loaded_value<std::vector<double>>(writer.bytes());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
}

TEST(StoredValues, ANumberTooLargeForItsFieldIsRefused) {
  ByteWriter writer;
  writer.i64(256);
  EXPECT_FALSE(loaded_value<std::uint8_t>(writer.bytes()));
  EXPECT_EQ(loaded_value<std::int64_t>(writer.bytes()).value(), 256);
}

// Whatever is done to the bytes, reading ends in a value or in kCorrupt.
TEST(StoredValues, DamagedBytesNeverDoMore) {
  Random random(3, 0);
  std::string good = stored_value(full());
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bad = good;
    for (std::uint64_t hits = 1 + random.below(4); hits > 0; --hits)
      bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    auto loaded = loaded_value<Everything>(bad);
    if (loaded)
      ++taken;
    else
      ASSERT_EQ(loaded.error().code(), Code::kCorrupt);
  }
  EXPECT_GT(taken, 100) << "numbers and texts may be any";
}

}  // namespace
}  // namespace lode
