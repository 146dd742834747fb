#include "orchestrate/receipt.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace lode {
namespace {

Receipt sample() {
  Receipt receipt;
  receipt.definition = content_hash("definition");
  receipt.files = {{content_hash("a"), "data/a.csv"}, {content_hash("b"), "data/b and c.csv"}};
  receipt.zone = content_hash("zone");
  receipt.aside = content_hash("aside");
  receipt.first_seq = 12;
  receipt.rows = 3'000'000;
  return receipt;
}

TEST(Receipt, IsReadBackAsWritten) {
  EXPECT_EQ(parse_receipt(receipt_text(sample())).value(), sample());
  Receipt plain = sample();
  plain.aside.reset();
  plain.files.clear();
  EXPECT_EQ(parse_receipt(receipt_text(plain)).value(), plain);
}

TEST(Receipt, EveryFlippedBitAndEveryCutIsFound) {
  std::string text = receipt_text(sample());
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string flipped = text;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(parse_receipt(flipped)) << "bit " << bit;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(parse_receipt(std::string_view(text).substr(0, size)));
  EXPECT_FALSE(parse_receipt(text + "more\n"));
}

// Written once, by the first version.
TEST(Receipt, Version1LoadsForEver) {
  std::string golden =
      posix_files().read(LODE_SOURCE_DIR "/tests/orchestrate/golden/receipt-1").value();
  Result<Receipt> receipt = parse_receipt(golden);
  ASSERT_TRUE(receipt) << receipt.error().text();
  EXPECT_EQ(*receipt, sample());
  EXPECT_EQ(receipt_text(sample()), golden);
}

TEST(Receipt, ANewerVersionIsRefusedAsOne) {
  std::string text = receipt_text(sample());
  text.replace(text.find(" 1\n"), 3, " 2\n");
  text.erase(text.size() - 69);  // the line of the sum
  text += "sum " + lode::text(content_hash(text)) + "\n";
  Error error = parse_receipt(text).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.message(),
            "a receipt of version 2, and this lode reads version 1; use the lode that wrote it, or "
            "remove .lode and run again");
}

}  // namespace
}  // namespace lode
