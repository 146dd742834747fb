#include "orchestrate/model_picture.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"

namespace lode {
namespace {

SplitPicture split_picture(std::string declared, std::span<const std::int64_t> time,
                           std::span<const std::int64_t> rows) {
  SplitPicture picture{std::move(declared), true, Timestamp::latest(), Timestamp::earliest()};
  for (std::int64_t row : rows) {
    Timestamp at{time[static_cast<std::size_t>(row)]};
    picture.first = std::min(picture.first, at);
    picture.last = std::max(picture.last, at);
  }
  return picture;
}

// Curves have many points: digits nobody can see would be most of the page.
double six_decimals(double value) { return std::round(value * 1e6) / 1e6; }
double seven_digits(double value) {
  std::string digits = fmt::format("{:.7g}", value);
  double rounded = value;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return rounded;
}

void write_split(JsonWriter& json, std::string_view name, const SplitPicture& split) {
  json.key(name)
      .begin_object()
      .field("declared", split.declared)
      .field("first", split.timed ? text(split.first) : "none")
      .field("last", split.timed ? text(split.last) : "none")
      .end_object();
}

void write_thresholds(JsonWriter& json, const std::vector<ThresholdPoint>& thresholds) {
  json.key("thresholds").begin_array();
  for (const ThresholdPoint& point : thresholds)
    json.begin_object()
        .field("threshold", six_decimals(point.threshold))
        .field("flagged", six_decimals(point.flagged))
        .field("recall", six_decimals(point.recall))
        .field("false_positive_rate", six_decimals(point.false_positive_rate))
        .field("precision", six_decimals(point.precision))
        .end_object();
  json.end_array();
}

void write_calibration(JsonWriter& json, const ModelPicture& picture) {
  bool numbers = picture.task == Task::kNumber;
  auto rounded = numbers ? seven_digits : six_decimals;
  json.key("calibration").begin_array();
  for (const CalibrationPoint& point : picture.profile.calibration) {
    json.begin_object()
        .field("rows", point.rows)
        .field("predicted", rounded(point.predicted))
        .field("observed", rounded(point.observed.value))
        .field("low", rounded(point.observed.low))
        .field("high", rounded(point.observed.high));
    if (numbers)
      json.field("tenth", rounded(point.tenth)).field("ninetieth", rounded(point.ninetieth));
    json.end_object();
  }
  json.end_array();
}

void write_periods(JsonWriter& json, const ModelPicture& picture) {
  bool numbers = picture.task == Task::kNumber;
  auto rounded = numbers ? seven_digits : six_decimals;
  json.key("periods").begin_array();
  for (const PeriodScores& period : picture.profile.periods)
    json.begin_object()
        .field("begin", text(period.begin))
        .field("end", text(period.end))
        .field("rows", period.rows)
        .field("predicted", rounded(period.predicted))
        .field("observed", rounded(period.observed))
        .field(numbers ? "rmse" : "log_loss", rounded(period.loss))
        .end_object();
  json.end_array();
}

}  // namespace

std::string range_text(const TimeRange& range) {
  // Midnight is not worth its digits.
  auto short_text = [](const std::optional<Timestamp>& t) {
    if (!t) return std::string();
    std::string full = text(*t);
    return full.ends_with("T00:00:00Z") ? full.substr(0, full.size() - 10) : full;
  };
  return fmt::format("{}..{}", short_text(range.begin), short_text(range.end));
}

std::string train_text(const Split& split) {
  return split.random > 0 ? std::string("the rest") : range_text(split.train);
}
std::string test_text(const Split& split) {
  if (split.random == 0) return range_text(split.test);
  return fmt::format("{} at random{}", split.random,
                     split.groups.empty() ? "" : " by " + split.groups);
}

Result<ModelPicture> picture_of(const PicturedModel& model, const BootstrapOptions& options,
                                ThreadPool& pool, const CancelToken& cancel) {
  ModelPicture picture;
  picture.train = split_picture(train_text(model.split), model.time, model.train);
  picture.test = split_picture(test_text(model.split), model.time, model.test);
  std::vector<Timestamp> times;
  times.reserve(model.test.size());
  for (std::int64_t row : model.test) times.push_back({model.time[static_cast<std::size_t>(row)]});
  picture.task = model.outcomes.task;
  ProfiledRows rows{model.outcomes.with(model.test_scores), times};
  TRY(picture.profile, profile_scores(rows, model.test_blocks, options, pool, cancel));
  if (model.timed) return picture;
  picture.profile.periods.clear();
  picture.train.timed = false;
  picture.test.timed = false;
  return picture;
}

void write_picture(JsonWriter& json, const ModelPicture& picture) {
  json.key("split").begin_object();
  write_split(json, "train", picture.train);
  write_split(json, "test", picture.test);
  json.end_object().key("profile").begin_object();
  if (picture.task == Task::kBinary) write_thresholds(json, picture.profile.thresholds);
  write_calibration(json, picture);
  write_periods(json, picture);
  json.end_object();
}

}  // namespace lode
