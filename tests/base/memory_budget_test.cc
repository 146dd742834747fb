#include "base/memory_budget.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

TEST(MemoryBudget, HoldsAreGivenBack) {
  MemoryBudget budget(100 * kMiB);
  {
    auto a = budget.hold("a", 60 * kMiB);
    ASSERT_TRUE(a);
    auto b = budget.hold("b", 40 * kMiB);
    ASSERT_TRUE(b) << "all of it may be held";
    EXPECT_EQ(budget.free(), 0);
    MemoryBudget::Hold moved = *std::move(a);
    EXPECT_EQ(budget.free(), 0) << "moving counts nothing twice";
    ASSERT_TRUE(moved.resize(10 * kMiB));
    EXPECT_EQ(budget.free(), 50 * kMiB);
  }
  EXPECT_EQ(budget.free(), 100 * kMiB);
  EXPECT_EQ(budget.peak(), 100 * kMiB);
}

TEST(MemoryBudget, ALapHasItsOwnPeak) {
  MemoryBudget budget(100 * kMiB);
  MemoryBudget::Hold stays = *budget.hold("stays", 10 * kMiB);
  {
    auto goes = *budget.hold("goes", 50 * kMiB);
  }
  EXPECT_EQ(budget.take_lap_peak(), 60 * kMiB);
  EXPECT_EQ(budget.take_lap_peak(), 10 * kMiB) << "what is still held counts from the beginning";
  {
    auto goes = *budget.hold("goes", 20 * kMiB);
  }
  stays.release();
  EXPECT_EQ(budget.take_lap_peak(), 30 * kMiB);
  EXPECT_EQ(budget.take_lap_peak(), 0);
  EXPECT_EQ(budget.peak(), 60 * kMiB);
}

// What thirty million rows said to the default: the figure is the flag's, to be typed as it stands.
TEST(MemoryBudget, SaysWhatTheDefaultWouldHaveToBe) {
  MemoryBudget budget(4096 * kMiB);
  auto records = budget.hold("records of flights", 2700 * kMiB);
  auto more = budget.hold("reading view departures", 2350 * kMiB);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().message(),
            "reading view departures would take about 2.29 GiB more, and of --memory 4.00 GiB "
            "there are 1.36 GiB left (held: records of flights 2.64 GiB); give --memory 5120MiB "
            "or more, or fewer rows or columns");
  MemoryBudget advised(5120 * kMiB);
  auto first = advised.hold("records of flights", 2700 * kMiB);
  ASSERT_TRUE(first);
  EXPECT_TRUE(advised.hold("reading view departures", 2350 * kMiB));
}

TEST(MemoryBudget, WhatDoesNotFitIsRefusedWithFigures) {
  MemoryBudget budget(1000 * kMiB);
  auto records = budget.hold("records", 700 * kMiB);
  ASSERT_TRUE(records);
  auto more = budget.hold("the training set", 500 * kMiB);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), Code::kLimit);
  EXPECT_EQ(more.error().message(),
            "the training set would take about 500 MiB more, and of --memory 0.98 GiB there are "
            "300 MiB left (held: records 700 MiB); give --memory 1280MiB or more, or fewer rows or "
            "columns");
  EXPECT_EQ(budget.free(), 300 * kMiB) << "nothing of it is held";
  ASSERT_FALSE(records->resize(1001 * kMiB));
  EXPECT_EQ(records->bytes(), 700 * kMiB) << "as it was";
  ASSERT_TRUE(records->resize(1000 * kMiB));
}

}  // namespace
}  // namespace lode
