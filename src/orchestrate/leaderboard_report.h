// What a leaderboard says, as values. Differences are of the metric, on the same rows and draws;
// less of it is better.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "judge/bootstrap.h"

namespace lode {

class JsonWriter;

struct LeaderboardRow {
  std::string model;
  std::string algorithm;
  Estimate value{};        // of the metric
  Estimate behind_best{};  // this less the best, on the same rows and draws; 0 of the best itself
  bool tied = false;       // it cannot be told apart from the best
  bool suspected = false;  // of a leak: it cannot win
};

// Models judged on the same rows of one label. The winner is, of those that cannot be told apart
// from the best, the baseline, else the one that lode.yaml declares first among those that are
// better than it: put simple models first.
struct Leaderboard {
  enum class Verdict : std::uint8_t {
    kYes,         // the winner is better than the baseline
    kNo,          // none is
    kNoBaseline,  // nothing says what knowing nothing is worth
    kSuspected,   // all that could win are suspected of leaks
  };
  std::string label;
  std::string metric;  // less of it is better
  std::int64_t test_rows = 0;
  std::vector<LeaderboardRow> rows{};  // the best first, the suspected last
  std::string winner{};
  std::string baseline{};
  Estimate gain{};  // of the winner over the baseline; above 0 is better
  Verdict verdict = Verdict::kNoBaseline;
  std::string says{};  // the verdict as a sentence or two
};

// As the field "leaderboards" of the open object.
void write_leaderboards(JsonWriter& json, const std::vector<Leaderboard>& boards);

}  // namespace lode
