#include "cli/metric_text.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(MetricText, WhatIsInTheTargetsUnitHasFourDigitsWhateverItsSize) {
  EXPECT_EQ(metric_interval("rmse", {1529.3, 1268.4, 1766.8}), "1529 [1268, 1767]");
  EXPECT_EQ(metric_interval("mae", {28.256, 24.3, 32.3}), "28.26 [24.30, 32.30]");
  EXPECT_EQ(metric_interval("pinball_p50", {0.00012345, 0.0001, 0.0002}),
            "0.0001234 [0.0001000, 0.0002000]");
  EXPECT_EQ(metric_interval("rmse", {0, 0, 0}), "0.0000 [0.0000, 0.0000]");
  EXPECT_EQ(metric_interval("r2", {0.22915, -0.031, 0.4559}), "0.2291 [-0.0310, 0.4559]");
  EXPECT_EQ(metric_interval("auc", {0.73149, 0.724, 0.7386}), "0.7315 [0.7240, 0.7386]");
}

TEST(MetricText, ADifferenceIsAsFineAsItsInterval) {
  EXPECT_EQ(metric_difference("rmse", {-1166, -1482.2, -887}), "-1166 [-1482, -887]");
  EXPECT_EQ(metric_difference("rmse", {0.5, -84.44, 405.4}), "+0.5 [-84.4, +405.4]");
  EXPECT_EQ(metric_difference("log_loss", {-0.0158, -0.0167, -0.015}),
            "-0.0158 [-0.0167, -0.0150]");
}

TEST(MetricText, TasksOfARunAreThoseOfItsModels) {
  RunReport report;
  EXPECT_TRUE(tasks_of(report).empty());
  report.models.emplace_back().task = Task::kNumber;
  EXPECT_EQ(tasks_of(report), std::vector<Task>{Task::kNumber});
  report.models.emplace_back();
  EXPECT_EQ(tasks_of(report), (std::vector<Task>{Task::kBinary, Task::kNumber}));
}

}  // namespace
}  // namespace lode
