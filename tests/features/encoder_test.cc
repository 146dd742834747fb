// Encoders on columns small enough to work out by hand (docs/semantics.md 9).
// covers: features/encoders/number, features/encoders/ordinal, features/encoders/standardise
// covers: features/encoders/target
#include "features/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <optional>

namespace lode {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

Column texts(const std::vector<std::optional<std::string>>& values) {
  ColumnBuilder builder(Type::string());
  for (const auto& value : values) value ? builder.append_string(*value) : builder.append_null();
  return builder.finish();
}

Column numbers(const std::vector<std::optional<double>>& values) {
  ColumnBuilder builder(Type::float64());
  for (const auto& value : values) value ? builder.append_double(*value) : builder.append_null();
  return builder.finish();
}

std::vector<std::int64_t> all_rows(const Column& column) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(column.length));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

double log_odds(double p) { return std::log(p / (1 - p)); }

TEST(Encoder, TargetInSampleIsTheSmoothedLogOdds) {
  Column column = texts({"a", "a", "a", "b", std::nullopt});
  std::vector<std::int64_t> rows = all_rows(column);
  std::vector<double> target = {1, 1, 0, 0, 1};  // mean 0.6
  auto encoder = fit_encoder("target", Options{{"smoothing", "2"}, {"fit", "in_sample"}}, "k",
                             {column, rows, target, 1});
  ASSERT_TRUE(encoder) << encoder.error().text();
  Column later = texts({"a", "b", std::nullopt, "c"});
  Encoded encoded = (*encoder)->encode(later, all_rows(later));
  const std::vector<double>& codes = encoded.numbers[0].values;
  EXPECT_NEAR(codes[0], log_odds((2 + 2 * 0.6) / (3 + 2)), 1e-12);
  EXPECT_NEAR(codes[1], log_odds((0 + 2 * 0.6) / (1 + 2)), 1e-12);
  EXPECT_NEAR(codes[2], log_odds((1 + 2 * 0.6) / (1 + 2)), 1e-12);  // null is a level
  EXPECT_NEAR(codes[3], log_odds(0.6), 1e-12);                      // unseen
  EXPECT_EQ(encoded.unseen, 1);
}

TEST(Encoder, TargetOutOfFoldDoesNotSeeTheRowsOwnTarget) {
  // Every row has a level of its own, so in sample a code gives the target away.
  std::vector<std::optional<std::string>> levels;
  std::vector<double> target;
  for (int i = 0; i < 200; ++i) {
    levels.emplace_back("k" + std::to_string(i));
    target.push_back(i % 2);
  }
  Column column = texts(levels);
  std::vector<std::int64_t> rows = all_rows(column);
  FitRows fitted{column, rows, target, 7};
  for (const char* fit : {"in_sample", "out_of_fold"}) {
    auto encoder = fit_encoder("target", Options{{"smoothing", "1"}, {"fit", fit}}, "k", fitted);
    ASSERT_TRUE(encoder);
    std::vector<double> codes = (*encoder)->encode_fitted(fitted).numbers[0].values;
    int told = 0;
    for (std::size_t i = 0; i < codes.size(); ++i)
      told += (codes[i] > 0) == (target[i] > 0) ? 1 : 0;
    if (std::string_view(fit) == "in_sample")
      EXPECT_EQ(told, 200);
    else
      EXPECT_LT(told, 130) << "codes of the other folds know nothing of this row";
  }
}

TEST(Encoder, FoldsDependOnTheSeedAlone) {
  Column column = texts({"a", "b", "a", "b", "a", "b", "a", "b"});
  std::vector<std::int64_t> rows = all_rows(column);
  std::vector<double> target = {1, 0, 1, 1, 0, 0, 1, 0};
  auto codes = [&](std::uint64_t seed) {
    FitRows fitted{column, rows, target, seed};
    auto encoder = fit_encoder("target", Options{}, "k", fitted);
    return (*encoder)->encode_fitted(fitted).numbers[0].values;
  };
  EXPECT_EQ(codes(3), codes(3));
  EXPECT_NE(codes(3), codes(4));
}

TEST(Encoder, OrdinalSharesOneCodeForUnseenAndRare) {
  Column column = texts({"b", "b", "a", "a", "z", std::nullopt, std::nullopt});
  std::vector<std::int64_t> rows = all_rows(column);
  std::vector<double> target(7, 0);
  auto encoder = fit_encoder("ordinal", Options{{"rare", "2"}}, "k", {column, rows, target, 1});
  ASSERT_TRUE(encoder);
  Column later = texts({"a", "b", "z", "q", std::nullopt});
  Encoded encoded = (*encoder)->encode(later, all_rows(later));
  EXPECT_EQ(encoded.codes[0].codes, (std::vector<std::int32_t>{1, 2, 0, 0, 3}));
  EXPECT_EQ(encoded.codes[0].levels,
            (std::vector<std::string>{"(unseen or rare)", "a", "b", "(null)"}));
  EXPECT_EQ(encoded.unseen, 2);
}

TEST(Encoder, NumericLevelsOrderByValue) {
  Column column = numbers({10, 9, -1, 9});
  std::vector<std::int64_t> rows = all_rows(column);
  std::vector<double> target(4, 0);
  auto encoder = fit_encoder("one_hot", Options{}, "k", {column, rows, target, 1});
  ASSERT_TRUE(encoder);
  EXPECT_EQ((*encoder)->encode(column, rows).codes[0].codes,
            (std::vector<std::int32_t>{3, 2, 1, 2}));
}

TEST(Encoder, StandardiseDividesByTheSampleDeviation) {
  Column column = numbers({1, 2, 3, std::nullopt});
  std::vector<std::int64_t> rows = all_rows(column);
  std::vector<double> target(4, 0);
  auto encoder = fit_encoder("standardise", Options{}, "k", {column, rows, target, 1});
  ASSERT_TRUE(encoder);
  Encoded encoded = (*encoder)->encode(column, rows);
  EXPECT_EQ(encoded.numbers[0].values, (std::vector<double>{-1, 0, 1, 0}));
  EXPECT_EQ(encoded.missing, 1);
  Column constant = numbers({5, 5});
  auto flat = fit_encoder("standardise", Options{}, "k", {constant, all_rows(constant), {}, 1});
  EXPECT_EQ((*flat)->encode(constant, all_rows(constant)).numbers[0].values,
            (std::vector<double>{0, 0}));
}

TEST(Encoder, MistakesAreErrors) {
  Column column = texts({"a"});
  std::vector<std::int64_t> rows = {0};
  std::vector<double> target = {5};
  FitRows fitted{column, rows, target, 1};
  EXPECT_FALSE(fit_encoder("number", Options{}, "k", fitted)) << "text is no number";
  EXPECT_FALSE(fit_encoder("target", Options{}, "k", fitted)) << "a target of 5";
  EXPECT_FALSE(fit_encoder("targt", Options{}, "k", fitted));
  EXPECT_FALSE(fit_encoder("ordinal", Options{{"rar", "2"}}, "k", fitted));
}

}  // namespace
}  // namespace lode
