// What aggregates make of parts, by hand (docs/semantics.md 7.1 to 7.6).
// covers: project/aggregate_signature
#include "features/aggregate.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

const Kept kWhole{Keep::kQuanta, Type::int64(), {}};
const Kept kBool{Keep::kQuanta, Type::boolean(), {}};
const Kept kCents{Keep::kQuanta, Type::float64(), {1, 2}};
const Kept kDecimal{Keep::kQuanta, Type::decimal(10, 3), {1, 3}};
const Kept kPlainDouble{Keep::kOrdered, Type::float64(), {}};
const Kept kTime{Keep::kInteger, Type::timestamp(), {}};
const Kept kWord{Keep::kText, Type::string(), {}};

Answer finish(std::string_view name, const Parts& parts, const Kept& kept = kWhole,
              std::int64_t t0 = 0) {
  const Aggregate* aggregate = find_aggregate(name);
  EXPECT_NE(aggregate, nullptr) << name;
  return aggregate->finish(parts, kept, t0);
}

// Five records, one of them null: 2, 3, 3, 12 in quanta.
Parts five() {
  Parts parts;
  parts.rows = 5;
  parts.count = 4;
  parts.sum = 20;
  parts.squares = Int256::from(4 + 9 + 9 + 144);
  parts.least = 2;
  parts.greatest = 12;
  parts.first = 3;
  parts.last = 2;
  parts.distinct = 3;
  parts.last_time = 70;
  return parts;
}

TEST(Aggregate, OfNoRecords) {
  for (std::string_view name : {"count", "sum", "distinct"})
    EXPECT_EQ(finish(name, Parts{}), Answer::of(std::int64_t{0})) << name;
  for (std::string_view name : {"mean", "min", "max", "variance", "first", "last", "time_since"})
    EXPECT_EQ(finish(name, Parts{}), Answer::null()) << name;
  EXPECT_EQ(finish("sum", Parts{}, kCents), Answer::of(0.0));
}

TEST(Aggregate, OfWholeNumbers) {
  EXPECT_EQ(finish("count", five()), Answer::of(std::int64_t{5}));
  EXPECT_EQ(finish("sum", five()), Answer::of(std::int64_t{20}));
  EXPECT_EQ(finish("mean", five()), Answer::of(5.0));
  EXPECT_EQ(finish("min", five()), Answer::of(std::int64_t{2}));
  EXPECT_EQ(finish("max", five()), Answer::of(std::int64_t{12}));
  EXPECT_EQ(finish("variance", five()), Answer::of(22.0)) << "(4 * 166 - 400) / 12";
  EXPECT_EQ(finish("first", five()), Answer::of(std::int64_t{3}));
  EXPECT_EQ(finish("last", five()), Answer::of(std::int64_t{2}));
  EXPECT_EQ(finish("distinct", five()), Answer::of(std::int64_t{3}));
  EXPECT_EQ(finish("time_since", five(), kWhole, 100), Answer::of(std::int64_t{30}));
}

TEST(Aggregate, OfQuantaOfADoubleOrDecimal) {
  EXPECT_EQ(finish("sum", five(), kCents), Answer::of(0.2));
  EXPECT_EQ(finish("mean", five(), kCents), Answer::of(0.05));
  EXPECT_EQ(finish("max", five(), kCents), Answer::of(0.12));
  EXPECT_EQ(finish("variance", five(), kCents), Answer::of(0.0022));
  EXPECT_EQ(finish("min", five(), kDecimal), Answer::of(0.002));
  EXPECT_EQ(finish("last", five(), kDecimal), Answer::of(0.002));
}

TEST(Aggregate, OfOtherTypes) {
  EXPECT_EQ(finish("sum", five(), kBool), Answer::of(std::int64_t{20}));
  EXPECT_EQ(finish("first", five(), kTime), Answer::of(std::int64_t{3}));
  EXPECT_EQ(finish("last", five(), kWord), (Answer{Answer::Kind::kText, 2}));
  Parts parts = five();
  parts.least = ordered_of_double(-2.5);
  parts.greatest = ordered_of_double(1e300);
  EXPECT_EQ(finish("min", parts, kPlainDouble), Answer::of(-2.5));
  EXPECT_EQ(finish("max", parts, kPlainDouble), Answer::of(1e300));
}

TEST(Aggregate, VarianceNeedsTwoValues) {
  Parts one;
  one.rows = 3;
  one.count = 1;
  one.sum = 7;
  one.squares = Int256::from(49);
  EXPECT_EQ(finish("variance", one), Answer::null());
  one.count = 2;
  one.sum = 14;
  one.squares = Int256::from(98);
  EXPECT_EQ(finish("variance", one), Answer::of(0.0)) << "two equal values";
}

TEST(Aggregate, AWholeSumThatDoesNotFitIsOverLimit) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  Parts parts = five();
  parts.sum = kMost;
  EXPECT_EQ(finish("sum", parts), Answer::of(kMost));
  parts.sum += 1;
  EXPECT_EQ(finish("sum", parts), Answer::over_limit());
  parts.sum = Int128{kNoValue};
  EXPECT_EQ(finish("sum", parts), Answer::of(kNoValue));
  parts.sum -= 1;
  EXPECT_EQ(finish("sum", parts), Answer::over_limit());
  EXPECT_EQ(finish("sum", parts, kCents), Answer::of(-0x1p63 / 100)) << "a double takes it";
  parts.distinct_over_limit = true;
  EXPECT_EQ(finish("distinct", parts), Answer::over_limit());
}

// A project types an aggregate through its descriptor alone (project/aggregate_signature.h).
TEST(Aggregate, EveryOneIsTypedByItsOwnDeclaration) {
  EXPECT_GE(aggregate_names().size(), 10U);
  for (const Component* component : components("aggregate")) {
    const Aggregate* aggregate = find_aggregate(component->name);
    ASSERT_NE(aggregate, nullptr) << component->name;
    EXPECT_EQ(find_aggregate_signature(component->name), &aggregate->signature) << component->name;
    EXPECT_EQ(aggregate->signature.result(std::nullopt).has_value(),
              !aggregate->signature.takes_argument)
        << component->name;
  }
  EXPECT_EQ(find_aggregate_signature("sums"), nullptr);
}

TEST(Aggregate, TypesOfResults) {
  auto result = [](std::string_view name, const std::optional<Type>& argument) {
    Result<Type> type = find_aggregate(name)->signature.result(argument);
    return type ? type->text() : "refused";
  };
  for (std::string_view name : {"min", "max", "first", "last"}) {
    EXPECT_EQ(result(name, Type::decimal(10, 2)), Type::float64().text()) << name;
    EXPECT_EQ(result(name, Type::date()), Type::date().text()) << name;
    EXPECT_EQ(result(name, Type::boolean()), Type::boolean().text()) << name;
    EXPECT_EQ(result(name, std::nullopt), "refused") << name;
  }
  for (std::string_view name : {"min", "max"}) EXPECT_EQ(result(name, Type::string()), "refused");
  for (std::string_view name : {"first", "last"})
    EXPECT_EQ(result(name, Type::string()), Type::string().text());
  EXPECT_EQ(result("distinct", Type::bytes()), Type::int64().text());
  EXPECT_EQ(result("sum", Type::boolean()), Type::int64().text());
  EXPECT_EQ(result("sum", Type::decimal(10, 2)), Type::float64().text());
  for (std::string_view name : {"min", "max", "first", "last", "distinct"})
    EXPECT_EQ(result(name, Type::list(Type::int64())), "refused") << name;
  for (std::string_view name : {"sum", "mean", "variance"}) {
    EXPECT_EQ(result(name, Type::string()), "refused") << name;
    EXPECT_EQ(result(name, Type::timestamp()), "refused") << name;
    EXPECT_NE(result(name, Type::boolean()), "refused") << name;
    EXPECT_TRUE(find_aggregate(name)->signature.sums) << name << ": a double needs a quantum";
  }
  for (std::string_view name : {"count", "time_since"}) {
    EXPECT_EQ(result(name, std::nullopt), Type::int64().text());
    EXPECT_EQ(result(name, Type::int64()), "refused");
  }
}

// Integers in the order of the doubles they stand for; the two zeros are one.
TEST(Aggregate, DoublesOrderAsIntegers) {
  const double ascending[] = {-1e308, -2.5, -0x1p-1074, 0.0, 0x1p-1074, 1.0, 2.5, 1e308};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i)
    EXPECT_LT(ordered_of_double(ascending[i]), ordered_of_double(ascending[i + 1]));
  for (double value : ascending) EXPECT_EQ(double_of_ordered(ordered_of_double(value)), value);
  EXPECT_EQ(ordered_of_double(-0.0), ordered_of_double(0.0));
}

}  // namespace
}  // namespace lode
