// What a report draws of a model beyond its metrics: from when its rows are, and what its scores
// look like. In the JSON of a run alone, not in the model's record: a picture is for eyes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "judge/bootstrap.h"
#include "judge/score_profile.h"
#include "project/project.h"

namespace lode {

class JsonWriter;

struct SplitPicture {
  std::string declared;  // "..2001-01-29" or "0.2 at random", as lode.yaml has it
  bool timed = true;     // its rows have a time
  Timestamp first{};     // least and greatest of them
  Timestamp last{};
};

struct ModelPicture {
  SplitPicture train;
  SplitPicture test;
  ScoreProfile profile;
  Task task = Task::kBinary;
};

// "..2001-01-29", with the time of day where there is one.
std::string range_text(const TimeRange& range);
// Which rows a split trains on and tests on: ranges, or "the rest" and "0.2 at random by customer".
std::string train_text(const Split& split);
std::string test_text(const Split& split);

struct PicturedModel {
  const Split& split;
  bool timed;                           // without times there are no periods
  std::span<const std::int64_t> time;   // of the table's rows
  std::span<const std::int64_t> train;  // rows of the table
  std::span<const std::int64_t> test;
  std::span<const double> test_scores;
  const Outcomes& outcomes;  // of the test
  const Blocks& test_blocks;
};

// Errors and cost: those of profile_scores.
Result<ModelPicture> picture_of(const PicturedModel& model, const BootstrapOptions& options,
                                ThreadPool& pool, const CancelToken& cancel);

// Fields "split" and "profile" of the open object. Shares and scores have six decimals; numbers and
// guesses of them, which may be of any size, seven digits.
void write_picture(JsonWriter& json, const ModelPicture& picture);

}  // namespace lode
