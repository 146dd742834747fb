#include "mine/trees/monotone.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

DesignSchema schema() {
  DesignSchema out;
  out.numeric = {"amount", "past.n 7d", "age"};
  out.categories = {{"shop", {"a", "b"}}};
  return out;
}

TEST(Monotone, EachColumnHasItsDirection) {
  EXPECT_EQ(monotone_constraints("none", schema()).value(), "");
  EXPECT_EQ(monotone_constraints("amount up", schema()).value(), "(1,0,0,0)");
  EXPECT_EQ(monotone_constraints("age down,  past.n 7d up", schema()).value(), "(0,1,-1,0)");
}

TEST(Monotone, WhatIsNoneIsRefusedWithWhatIsAllowed) {
  auto refused = [](std::string_view option) {
    auto made = monotone_constraints(option, schema());
    return made ? std::string() : made.error().message();
  };
  EXPECT_EQ(refused("amonut up"),
            "monotone: the model has no column 'amonut'; did you mean 'amount'?");
  EXPECT_EQ(refused("shop up"), "monotone: 'shop' is a category, which has no order");
  EXPECT_EQ(refused("amount"), "monotone: 'amount' is not a column and `up` or `down`");
  EXPECT_EQ(refused("amount up,"), "monotone: '' is not a column and `up` or `down`");
  EXPECT_EQ(refused("amount sideways"),
            "monotone: 'amount sideways' is not a column and `up` or `down`");
  EXPECT_EQ(refused("amount up, amount down"), "monotone: 'amount' is named twice");
}

}  // namespace
}  // namespace lode
