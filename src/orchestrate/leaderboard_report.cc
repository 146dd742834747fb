#include "orchestrate/leaderboard_report.h"

#include <array>

#include "base/json.h"
#include "orchestrate/report.h"

namespace lode {
namespace {

std::string_view verdict_name(Leaderboard::Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames = {"yes", "no", "no baseline", "suspected"};
  return kNames[static_cast<std::size_t>(verdict)];
}

}  // namespace

void write_leaderboards(JsonWriter& json, const std::vector<Leaderboard>& boards) {
  json.key("leaderboards").begin_array();
  for (const Leaderboard& board : boards) {
    json.begin_object()
        .field("label", board.label)
        .field("metric", board.metric)
        .field("test_rows", board.test_rows)
        .field("helps", verdict_name(board.verdict))
        .field("says", board.says)
        .field("winner", board.winner)
        .field("chosen", board.chosen)
        .field("chosen_by", board.chosen_out_of_fold ? "training rows" : "test rows")
        .field("chosen_rows", board.chosen_rows)
        .field("chosen_how", board.chosen_how)
        .field("baseline", board.baseline)
        .key("gain");
    write_estimate(json, board.gain);
    json.key("models").begin_array();
    for (const LeaderboardRow& row : board.rows) {
      json.begin_object()
          .field("model", row.model)
          .field("algorithm", row.algorithm)
          .field("suspected", row.suspected)
          .field("tied_with_best", row.tied)
          .key("value");
      write_estimate(json, row.value);
      json.key("behind_best");
      write_estimate(json, row.behind_best);
      json.key("chosen_by");
      write_estimate(json, row.chosen_value);
      json.key("chosen_behind_best");
      write_estimate(json, row.chosen_behind);
      json.end_object();
    }
    json.end_array();
    write_learning_curve(json, board.curve);
    json.end_object();
  }
  json.end_array();
}

}  // namespace lode
