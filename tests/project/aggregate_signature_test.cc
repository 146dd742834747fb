// project/ types aggregates without knowing features/; here the two are held against each other.
#include "project/aggregate_signature.h"

#include <gtest/gtest.h>

#include "features/aggregate.h"

namespace lode {
namespace {

TEST(AggregateSignature, AgreesWithTheAggregates) {
  EXPECT_EQ(aggregate_signature_names(), aggregate_names());
  std::vector<std::optional<Type>> arguments = {std::nullopt,
                                                Type::boolean(),
                                                Type::int64(),
                                                Type::float64(),
                                                Type::decimal(10, 2),
                                                Type::string(),
                                                Type::bytes(),
                                                Type::date(),
                                                Type::timestamp(),
                                                Type::list(Type::int64()),
                                                Type::structure({{"a", Type::int64()}})};
  for (std::string_view name : aggregate_signature_names()) {
    const AggregateSignature* signature = find_aggregate_signature(name);
    const Aggregate* aggregate = find_aggregate(name);
    ASSERT_TRUE(signature && aggregate) << name;
    EXPECT_EQ(signature->takes_argument, aggregate->takes_argument) << name;
    EXPECT_EQ(signature->sums, aggregate->sums) << name;
    for (const std::optional<Type>& argument : arguments) {
      Result<Type> ours = signature->result(argument);
      Result<Type> theirs = aggregate->result(argument);
      std::string of = fmt::format("{}({})", name, argument ? argument->text() : "");
      ASSERT_EQ(ours.has_value(), theirs.has_value()) << of;
      if (ours) {
        EXPECT_EQ(ours->text(), theirs->text()) << of;
      } else {
        EXPECT_EQ(ours.error().message(), theirs.error().message()) << of;
      }
    }
  }
}

}  // namespace
}  // namespace lode
