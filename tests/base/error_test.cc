#include "base/error.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Code::kInvalid, "{} is odd; give an even number", n);
  return n / 2;
}

Result<int> quarter(int n) {
  TRY(int once, half(n));
  TRY(int twice, half(once));
  return twice;
}

Status check_even(int n) {
  TRY_VOID(half(n));
  return {};
}

TEST(Error, TryPassesValuesAndErrors) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().message(), "3 is odd; give an even number");
  EXPECT_TRUE(check_even(2).has_value());
  EXPECT_EQ(check_even(3).error().code(), Code::kInvalid);
}

TEST(Error, InnermostPlaceWins) {
  Error error(Code::kInvalid, "unknown key 'windw'");
  Error placed = error.at({.file = "lode.yaml", .line = 3, .column = 7});
  EXPECT_EQ(placed.text(), "lode.yaml:3:7: unknown key 'windw'");
  EXPECT_EQ(placed.at({.file = "other"}).text(), placed.text());
  EXPECT_EQ(error.at({.file = "flights.csv", .offset = 12, .field = "delay"}).text(),
            "flights.csv offset 12 field delay: unknown key 'windw'");
}

TEST(Error, ContextIsAPrefix) {
  EXPECT_EQ(Error(Code::kIo, "no such file").context("reading a.csv").message(),
            "reading a.csv: no such file");
}

TEST(Error, CodesHaveNamesAndDistinctExits) {
  EXPECT_EQ(code_name(Code::kNotFound), "not_found");
  EXPECT_EQ(code_name(Code::kInternal), "internal");
  EXPECT_NE(exit_code(Code::kInvalid), exit_code(Code::kConflict));
}

}  // namespace
}  // namespace lode
