// The encoder of texts on texts small enough to work out by hand, held against scikit-learn.
// covers: features/encoders/text
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <optional>

#include "base/file.h"
#include "base/hash.h"
#include "features/encoder_bytes.h"

namespace lode {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

Column texts(const std::vector<std::optional<std::string>>& values) {
  ColumnBuilder builder(Type::string());
  for (const auto& value : values) value ? builder.append_string(*value) : builder.append_null();
  return builder.finish();
}

std::vector<std::int64_t> all_rows(const Column& column) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(column.length));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

std::unique_ptr<FittedEncoder> fitted(const Column& column, std::span<const std::int64_t> rows,
                                      const Options& options = {}) {
  std::vector<double> target(rows.size());
  auto made = fit_encoder("text", options, "message", {column, rows, target, 1});
  EXPECT_TRUE(made) << made.error().text();
  return *std::move(made);
}

// "free:0.79 prize:0.61"
std::string row_text(const EncodedBags& bags, std::size_t row) {
  std::string out;
  for (auto k = static_cast<std::size_t>(bags.begin[row]);
       k < static_cast<std::size_t>(bags.begin[row + 1]); ++k)
    out += fmt::format("{}{}:{:.8f}", out.empty() ? "" : " ", (*bags.terms)[bags.term[k]],
                       bags.weight[k]);
  return out;
}

TEST(TextEncoder, WeighsAsScikitLearnDoes) {
  // scikit-learn 1.9.1, TfidfVectorizer(sublinear_tf=True, token_pattern="[a-z0-9]+").
  Column column = texts({"Free, free prize!", "call me", std::nullopt, "FREE call", "what?"});
  std::vector<std::int64_t> train = {0, 1, 2, 3};
  auto encoder = fitted(column, train, {{"min_rows", "1"}});
  Encoded encoded = encoder->encode(column, all_rows(column));
  ASSERT_EQ(encoded.bags.size(), 1U);
  const EncodedBags& bags = encoded.bags[0];
  EXPECT_EQ(*bags.terms, (std::vector<std::string>{"call", "free", "me", "prize"}));
  EXPECT_EQ(row_text(bags, 0), "free:0.78980693 prize:0.61335554");
  EXPECT_EQ(row_text(bags, 1), "call:0.60534851 me:0.79596054");
  EXPECT_EQ(row_text(bags, 2), "");
  EXPECT_EQ(row_text(bags, 3), "call:0.70710678 free:0.70710678");
  EXPECT_EQ(row_text(bags, 4), "");
  EXPECT_EQ(encoded.missing, 1);
  EXPECT_EQ(encoded.unseen, 1) << "a text without a known term";
}

TEST(TextEncoder, PairsOfWordsAndTermsOfTooFewRows) {
  // The same with ngram_range=(1, 2), min_df=2.
  Column column = texts({"go now go now", "go now", "x go"});
  auto encoder = fitted(column, all_rows(column), {{"pairs", "true"}});
  EncodedBags bags = encoder->encode(column, all_rows(column)).bags[0];
  EXPECT_EQ(*bags.terms, (std::vector<std::string>{"go", "go now", "now"}));
  EXPECT_EQ(row_text(bags, 0), "go:0.48133417 go now:0.61980538 now:0.61980538");
  EXPECT_EQ(row_text(bags, 2), "go:1.00000000");
}

TEST(TextEncoder, OfTooManyTermsTheMostFrequentStay) {
  Column column = texts({"a b c", "a b d", "a e", "a c"});
  Options options = {{"min_rows", "1"}, {"max_terms", "3"}};
  EncodedBags bags =
      fitted(column, all_rows(column), options)->encode(column, all_rows(column)).bags[0];
  EXPECT_EQ(*bags.terms, (std::vector<std::string>{"a", "b", "c"})) << "of equals the first";
}

TEST(TextEncoder, LettersThatAreNotAsciiStandAsTheyAre) {
  Column column = texts({"Größe: 2\xC2\xA3", "größe"});
  EncodedBags bags = fitted(column, all_rows(column), {{"min_rows", "1"}})
                         ->encode(column, all_rows(column))
                         .bags[0];
  EXPECT_EQ(*bags.terms, (std::vector<std::string>{"2\xC2\xA3", "größe"}));
}

TEST(TextEncoder, CountsOnlyFittedRows) {
  Column column = texts({"seen seen", "seen", "never", "never", "never"});
  std::vector<std::int64_t> train = {0, 1};
  EncodedBags bags = fitted(column, train)->encode(column, all_rows(column)).bags[0];
  EXPECT_EQ(*bags.terms, (std::vector<std::string>{"seen"}));
  EXPECT_EQ(row_text(bags, 4), "");
}

TEST(TextEncoder, WithoutTermsThereIsNothingAndNoError) {
  Column column = texts({"", std::nullopt, "!?"});
  EncodedBags bags = fitted(column, all_rows(column))->encode(column, all_rows(column)).bags[0];
  EXPECT_TRUE(bags.terms->empty());
  EXPECT_EQ(bags.begin, (std::vector<std::int64_t>{0, 0, 0, 0}));
}

TEST(TextEncoder, NumbersAreNoTexts) {
  ColumnBuilder builder(Type::float64());
  builder.append_double(1);
  Column column = builder.finish();
  std::vector<double> target(1);
  std::vector<std::int64_t> rows = {0};
  EXPECT_EQ(fit_encoder("text", {}, "x", {column, rows, target, 1}).error().code(), Code::kInvalid);
}

// docs/formats/encoders.md
TEST(TextEncoder, TheGoldenFileLoadsAndIsWrittenAgain) {
  Column column = texts({"Free, free prize!", "call me", std::nullopt, "FREE call now"});
  std::vector<ColumnEncoder> encoders;
  encoders.push_back({{"message", Type::string()},
                      fitted(column, all_rows(column), {{"min_rows", "1"}, {"pairs", "true"}})});
  std::string bytes = serialize_encoders(encoders);
  std::string path = LODE_SOURCE_DIR "/tests/features/golden/encoders-text-1.bin";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !exists(posix_files(), path).value()) {
    ASSERT_TRUE(write_atomically(posix_files(), path, bytes));
  }
  std::string golden = posix_files().read(path).value();
  EXPECT_EQ(bytes, golden);
  auto loaded = load_encoders(golden).value();
  EncodedBags before = encoders[0].encoder->encode(column, all_rows(column)).bags[0];
  EncodedBags after = loaded[0].encoder->encode(column, all_rows(column)).bags[0];
  EXPECT_EQ(*after.terms, *before.terms);
  EXPECT_EQ(after.begin, before.begin);
  EXPECT_EQ(after.term, before.term);
  EXPECT_EQ(after.weight, before.weight);
}

TEST(TextEncoder, HostileBytesAreErrorsAndNothingElse) {
  std::string golden =
      posix_files().read(LODE_SOURCE_DIR "/tests/features/golden/encoders-text-1.bin").value();
  std::string body = golden.substr(0, golden.size() - 8);
  Column column = texts({"free prize", "call"});
  for (std::size_t byte = 0; byte < body.size(); ++byte)
    for (int change : {1, 0x7f, 0xff}) {
      std::string changed = body;
      changed[byte] = static_cast<char>(changed[byte] ^ change);
      ByteWriter writer;
      writer.raw(changed);
      writer.u64(hash64(std::string_view(changed)));
      auto loaded = load_encoders(writer.bytes());
      if (!loaded) continue;
      for (const ColumnEncoder& one : *loaded)
        if (one.column.type.id == TypeId::kString)
          (void)one.encoder->encode(column, all_rows(column));
    }
}

}  // namespace
}  // namespace lode
