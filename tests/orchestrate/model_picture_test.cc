#include "orchestrate/model_picture.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"

namespace lode {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kDay = 86'400'000'000;

TEST(ModelPicture, SaysFromWhenTheRowsAreAndHowTheyScored) {
  std::vector<std::int64_t> time;  // rows of the table, on days 0 .. 9, not in order
  for (int i = 0; i < 10; ++i) time.push_back((i * 7 % 10) * kDay);
  std::vector<std::int64_t> train = {0, 3, 6};          // days 0, 1, 2
  std::vector<std::int64_t> test = {2, 4, 5, 7, 8, 9};  // days 4, 8, 5, 9, 6, 3
  std::vector<double> test_scores = {0.1234567891, 0.4, 0.4, 0.8, 0.8, 0.8};
  Outcomes labels{.label = {0, 0, 1, 1, 1, 0}};
  Split split;
  split.train.end = Timestamp{3 * kDay};
  split.test.begin = Timestamp{3 * kDay};
  ThreadPool pool(2);
  Blocks days = block_per_row(6);
  Result<ModelPicture> picture = picture_of(
      {split, true, time, train, test, test_scores, labels, days}, {.replicates = 100}, pool, {});
  ASSERT_TRUE(picture) << picture.error().text();
  JsonWriter writer;
  writer.begin_object();
  write_picture(writer, *picture);
  Json json = Json::parse(writer.end_object().take());
  EXPECT_EQ(json["split"]["train"]["declared"], "..1970-01-04");
  EXPECT_EQ(json["split"]["test"]["declared"], "1970-01-04..");
  EXPECT_EQ(json["split"]["train"]["last"].get<std::string>().substr(0, 10), "1970-01-03");
  EXPECT_EQ(json["split"]["test"]["first"].get<std::string>().substr(0, 10), "1970-01-04");
  EXPECT_EQ(json["split"]["test"]["last"].get<std::string>().substr(0, 10), "1970-01-10");
  const Json& thresholds = json["profile"]["thresholds"];
  ASSERT_EQ(thresholds.size(), 3U);
  EXPECT_EQ(thresholds[0]["threshold"], 0.123457) << "six decimals";
  EXPECT_EQ(thresholds[2]["recall"], 0.666667);
  EXPECT_EQ(thresholds[2]["false_positive_rate"], 0.333333);
  EXPECT_EQ(json["profile"]["periods"].size(), 1U);
  EXPECT_EQ(json["profile"]["periods"][0]["rows"], 6);
  std::int64_t rows = 0;
  for (const Json& bin : json["profile"]["calibration"]) rows += bin["rows"].get<std::int64_t>();
  EXPECT_EQ(rows, 6);
}

TEST(ModelPicture, NumbersOfAnySizeKeepSevenDigits) {
  std::vector<std::int64_t> time = {0, kDay, 2 * kDay, 3 * kDay};
  std::vector<std::int64_t> train = {0, 1};
  std::vector<std::int64_t> test = {2, 3};
  std::vector<double> test_scores = {1.23456789e-9, 1.23456789e-9};
  Outcomes numbers{.task = Task::kNumber, .number = {3e-9, 4.0000000001e-9}};
  ThreadPool pool(1);
  Blocks rows = block_per_row(2);
  ModelPicture picture = picture_of({{}, true, time, train, test, test_scores, numbers, rows},
                                    {.replicates = 100}, pool, {})
                             .value();
  JsonWriter writer;
  writer.begin_object();
  write_picture(writer, picture);
  Json json = Json::parse(writer.end_object().take())["profile"];
  EXPECT_FALSE(json.contains("thresholds"));
  EXPECT_EQ(json["calibration"][0]["predicted"], 1.234568e-9);
  EXPECT_EQ(json["calibration"][0]["observed"], 3.5e-9);
  EXPECT_EQ(json["calibration"][0]["tenth"], 3.1e-9);
  EXPECT_EQ(json["periods"][0]["rmse"], 2.319953e-9);  // of errors 1.76543211e-9, 2.7654321101e-9
  EXPECT_FALSE(json["periods"][0].contains("log_loss"));
}

TEST(ModelPicture, RangesAsTheProjectHasThem) {
  EXPECT_EQ(range_text({}), "..");
  EXPECT_EQ(range_text({Timestamp{0}, Timestamp{kDay}}), "1970-01-01..1970-01-02");
}

TEST(ModelPicture, SplitsAtRandomSaySo) {
  Split split;
  split.random = 0.2;
  EXPECT_EQ(train_text(split), "the rest");
  EXPECT_EQ(test_text(split), "0.2 at random");
  split.groups = "customer";
  EXPECT_EQ(test_text(split), "0.2 at random by customer");
}

}  // namespace
}  // namespace lode
