#include "features/encoder_bytes.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <numeric>

#include "base/file.h"
#include "base/hash.h"

namespace lode {
namespace {

constexpr std::string_view kGolden = LODE_SOURCE_DIR "/tests/features/golden/encoders-1.bin";

Column texts() {
  ColumnBuilder builder(Type::string());
  for (const char* text : {"JFK", "LGA", "JFK", "(null)", "", "JFK", "ORD", "LGA"})
    builder.append_string(text);
  builder.append_null();
  builder.append_null();
  return builder.finish();
}

Column doubles() {
  ColumnBuilder builder(Type::float64());
  for (double value : {0.1, -2.5, 1e300, 0.1, 3.0, -0.0, 7.0, 0.1, 1.0 / 3})
    builder.append_double(value);
  builder.append_null();
  return builder.finish();
}

struct Fitted {
  Column column;
  ColumnEncoder one;
};

class EncoderBytes : public ::testing::Test {
 protected:
  EncoderBytes() : rows_(10) { std::iota(rows_.begin(), rows_.end(), 0); }

  Fitted fit(std::string_view encoder, Column column,
             std::vector<std::pair<std::string, std::string>> options = {}) {
    std::span<const std::int64_t> fitted(rows_.data() + 2, 8);  // LGA's second row, JFK's others
    auto made = fit_encoder(encoder, options, "c", {column, fitted, target_, 7});
    EXPECT_TRUE(made) << made.error().text();
    Type type = column.type;
    return {std::move(column), {{"c", type}, *std::move(made)}};
  }
  std::vector<Fitted> all() {
    std::vector<Fitted> out;
    out.push_back(fit("number", doubles()));
    out.push_back(fit("standardise", doubles()));
    out.push_back(fit("target", texts(), {{"smoothing", "3"}}));
    out.push_back(fit("target", doubles(), {{"fit", "in_sample"}}));
    out.push_back(fit("ordinal", texts(), {{"rare", "2"}}));
    out.push_back(fit("one_hot", doubles()));
    return out;
  }
  static std::string stored(std::vector<Fitted>& fitted) {
    std::vector<ColumnEncoder> encoders;
    for (Fitted& one : fitted) encoders.push_back(std::move(one.one));
    std::string bytes = serialize_encoders(encoders);
    for (std::size_t i = 0; i < fitted.size(); ++i) fitted[i].one = std::move(encoders[i]);
    return bytes;
  }
  void expect_same(const FittedEncoder& a, const FittedEncoder& b, const Column& column) {
    Encoded before = a.encode(column, rows_);
    Encoded after = b.encode(column, rows_);
    ASSERT_EQ(before.numbers.size(), after.numbers.size());
    ASSERT_EQ(before.codes.size(), after.codes.size());
    for (std::size_t i = 0; i < before.numbers.size(); ++i)
      for (std::size_t row = 0; row < rows_.size(); ++row)
        EXPECT_EQ(std::bit_cast<std::uint64_t>(before.numbers[i].values[row]),
                  std::bit_cast<std::uint64_t>(after.numbers[i].values[row]));
    for (std::size_t i = 0; i < before.codes.size(); ++i) {
      EXPECT_EQ(before.codes[i].codes, after.codes[i].codes);
      EXPECT_EQ(before.codes[i].levels, after.codes[i].levels);
    }
    EXPECT_EQ(before.missing, after.missing);
    EXPECT_EQ(before.unseen, after.unseen);
  }

  std::vector<std::int64_t> rows_;
  std::vector<double> target_ = {1, 0, 1, 1, 0, 0, 1, 0};
};

TEST_F(EncoderBytes, EncodeAsBeforeToTheBit) {
  std::vector<Fitted> fitted = all();
  auto loaded = load_encoders(stored(fitted));
  ASSERT_TRUE(loaded) << loaded.error().text();
  ASSERT_EQ(loaded->size(), fitted.size());
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    EXPECT_EQ((*loaded)[i].column, fitted[i].one.column);
    expect_same(*fitted[i].one.encoder, *(*loaded)[i].encoder, fitted[i].column);
  }
  EXPECT_EQ(serialize_encoders(*loaded), stored(fitted));
}

TEST_F(EncoderBytes, GoldenFileOfFormat1Loads) {
  std::vector<Fitted> fitted = all();
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_atomically(posix_files(), std::string(kGolden), stored(fitted)));
  }
  std::string golden = posix_files().read(std::string(kGolden)).value();
  auto loaded = load_encoders(golden);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(stored(fitted), golden) << "docs/formats/encoders.md";
}

TEST_F(EncoderBytes, EveryFlippedBitAndEveryCutIsFound) {
  std::vector<Fitted> fitted = all();
  std::string bytes = stored(fitted);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(load_encoders(flipped)) << "bit " << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(load_encoders(std::string_view(bytes).substr(0, size)));
}

// With the sum put right: what stands in the bytes is not trusted either.
TEST_F(EncoderBytes, HostileBytesAreErrorsAndNothingElse) {
  std::vector<Fitted> fitted = all();
  std::string bytes = stored(fitted);
  std::string body = bytes.substr(0, bytes.size() - 8);
  for (std::size_t byte = 0; byte < body.size(); ++byte)
    for (int change : {1, 0x7f, 0xff}) {
      std::string hostile = body;
      hostile[byte] = static_cast<char>(hostile[byte] ^ change);
      std::uint64_t sum = hash64(std::string_view(hostile));
      hostile.append(reinterpret_cast<const char*>(&sum), sizeof sum);
      auto loaded = load_encoders(hostile);
      if (!loaded || loaded->size() != fitted.size()) continue;
      for (std::size_t i = 0; i < fitted.size(); ++i)
        if ((*loaded)[i].column.type == fitted[i].column.type)
          (void)(*loaded)[i].encoder->encode(fitted[i].column, rows_);
    }
}

TEST_F(EncoderBytes, NullsAndUnseenLevelsAreCounted) {
  Fitted target = fit("target", texts());
  Encoded encoded = target.one.encoder->encode(target.column, rows_);
  EXPECT_EQ(encoded.missing, 2);
  EXPECT_EQ(encoded.unseen, 0);
  Fitted rare = fit("ordinal", texts(), {{"rare", "2"}});
  encoded = rare.one.encoder->encode(rare.column, rows_);
  EXPECT_EQ(encoded.missing, 2);
  // Fitted twice: JFK and null. LGA, "(null)", "" and ORD once each.
  EXPECT_EQ(encoded.unseen, 5);
}

}  // namespace
}  // namespace lode
