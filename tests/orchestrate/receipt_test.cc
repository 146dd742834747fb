#include "orchestrate/receipt.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace lode {
namespace {

Receipt sample() {
  Receipt receipt;
  receipt.definition = content_hash("definition");
  using Ending = ReadPosition::Ending;
  ReadPosition settled{90, 3, 5, "n--", Ending::kSettled, {}};
  ReadPosition packed{210, 7, 8, "z", Ending::kLineEnd, content_hash("text")};
  receipt.files = {{content_hash("a"), "data/a.csv", 90, settled},
                   {content_hash("b"), "data/b and\nc\\.parquet", 40, {}},
                   {content_hash("c"), "c.csv.gz", 50, packed}};
  receipt.stretches = {{0, 12, 2}, {1, 14, 7}, {0, 30, 1}};
  receipt.next_seq = 40;
  receipt.zone = content_hash("zone");
  receipt.aside = content_hash("aside");
  return receipt;
}

std::string golden(const std::string& name) {
  return posix_files().read(LODE_SOURCE_DIR "/tests/orchestrate/golden/" + name).value();
}

TEST(Receipt, IsReadBackAsWritten) {
  EXPECT_EQ(parse_receipt(receipt_text(sample())).value(), sample());
  EXPECT_EQ(sample().rows(), 10);
  Receipt plain;
  plain.next_seq = 7;
  EXPECT_EQ(parse_receipt(receipt_text(plain)).value(), plain);
}

TEST(Receipt, GoldenFilesOfAllVersionsLoad) {
  EXPECT_EQ(parse_receipt(golden("receipt-3")).value(), sample());
  EXPECT_EQ(receipt_text(sample()), golden("receipt-3"));
  Receipt two = sample();
  two.files.pop_back();
  EXPECT_EQ(parse_receipt(golden("receipt-2")).value(), two);
  Receipt one;
  one.definition = content_hash("definition");
  one.files = {{content_hash("a"), "data/a.csv"}, {content_hash("b"), "data/b and c.csv"}};
  one.stretches = {{0, 12, 3'000'000}};
  one.next_seq = 3'000'012;
  one.zone = content_hash("zone");
  one.aside = content_hash("aside");
  EXPECT_EQ(parse_receipt(golden("receipt-1")).value(), one);
}

// With its sum put right, so that what stands in the lines is what is refused.
TEST(Receipt, WhatNoReceiptSaysIsRefused) {
  std::string text = receipt_text(sample());
  auto with = [&](std::string_view from, std::string_view to) {
    std::string body = text.substr(0, text.size() - 69);
    body.replace(body.find(from), from.size(), to);
    return body + "sum " + lode::text(content_hash(body)) + "\n";
  };
  EXPECT_TRUE(parse_receipt(with("next_seq 40", "next_seq 41")));
  for (auto [from, to] :
       std::vector<std::pair<const char*, const char*>>{{"next_seq 40", "next_seq 30"},
                                                        {"stretch 1 14 7", "stretch 3 14 7"},
                                                        {"stretch 1 14 7", "stretch 1 13 7"},
                                                        {"stretch 1 14 7", "stretch 1 14 -7"},
                                                        {" 90 ", " -1 "},
                                                        {"90,3,5,2,-,n--", "90,3,5,2,n--"},
                                                        {"3,5,2,-", "3,5,3,-"},
                                                        {"3,5,2,-", "3,5,2,x"},
                                                        {"210,7,", "0210,7,"},
                                                        {"next_seq 40", "next_seq 040"},
                                                        {"\\n", "\\t"},
                                                        {"zone ", "zone x"}})
    EXPECT_FALSE(parse_receipt(with(from, to))) << to;
  EXPECT_EQ(parse_receipt(with("receipt 3", "receipt 4")).error().code(), Code::kUnsupported);
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

TEST(Receipt, ANewerVersionIsRefusedAsOne) {
  std::string text = receipt_text(sample());
  text.replace(text.find(" 3\n"), 3, " 4\n");
  text.erase(text.size() - 69);  // the line of the sum
  text += "sum " + lode::text(content_hash(text)) + "\n";
  Error error = parse_receipt(text).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.message(),
            "a receipt of version 4, and this lode reads versions 1 to 3; use the lode that wrote "
            "it, or remove .lode and run again");
}

}  // namespace
}  // namespace lode
