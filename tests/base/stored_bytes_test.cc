#include "base/stored_bytes.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(StoredBytes, ReadBackWhatWasWritten) {
  ByteWriter writer;
  writer.u8(7);
  writer.u32(0x01020304);
  writer.text("ab");
  writer.texts(std::vector<std::string>{"", "c"});
  writer.numbers(std::vector<double>{-0.0, 1.5});
  EXPECT_EQ(writer.bytes().substr(0, 5), std::string_view("\7\4\3\2\1", 5));  // little-endian
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.u8().value(), 7);
  EXPECT_EQ(reader.u32().value(), 0x01020304U);
  EXPECT_EQ(reader.text().value(), "ab");
  EXPECT_EQ(reader.texts().value(), (std::vector<std::string>{"", "c"}));
  std::vector<double> numbers = reader.numbers().value();
  EXPECT_EQ(std::bit_cast<std::uint64_t>(numbers[0]), std::uint64_t{1} << 63);
  EXPECT_EQ(numbers[1], 1.5);
  EXPECT_TRUE(reader.finish().has_value());
}

TEST(StoredBytes, LengthsAreNotTrusted) {
  ByteWriter writer;
  writer.u32(0xffffffff);
  writer.u8(0);
  EXPECT_EQ(ByteReader(writer.bytes()).text().error().message(),
            "the stored bytes end 4294967294 bytes early");
  EXPECT_EQ(ByteReader(writer.bytes()).numbers().error().code(), Code::kCorrupt);
  EXPECT_EQ(ByteReader(writer.bytes()).texts().error().message(),
            "the stored bytes name 4294967295 texts in 1 bytes");
  EXPECT_EQ(ByteReader("abc").u32().error().message(), "the stored bytes end 1 bytes early");
  EXPECT_EQ(ByteReader("abc").finish().error().message(), "the stored bytes are 3 bytes too many");
}

}  // namespace
}  // namespace lode
