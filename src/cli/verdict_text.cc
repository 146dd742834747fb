#include "cli/verdict_text.h"

#include "cli/metric_text.h"
#include "cli/text_table.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

std::string standing(const Leaderboard& board, const LeaderboardRow& row) {
  if (row.suspected) return "suspected of a leak";
  if (row.model == board.winner) return "wins";
  if (row.model == board.chosen) return "chosen, and not confirmed";
  return row.tied ? "tied with the best" : "";
}

// What the last column and "out of fold" go by.
std::string how_chosen(const Leaderboard& board) {
  if (board.chosen.empty()) return "";
  if (board.chosen_out_of_fold)
    return fmt::format(
        "the winner is chosen by {} training rows, out of fold ({}), and then judged on the test "
        "rows\n",
        with_thousands(board.chosen_rows), board.chosen_how);
  return fmt::format(
      "the winner is chosen by the same test rows, so its figure flatters it a little: {}\n",
      board.chosen_how);
}

void print_curve(Output& out, const Leaderboard& board) {
  const LearningCurve& curve = board.curve;
  if (curve.model.empty()) return;
  if (!curve.says.empty()) out.print("{}\n", curve.says);
  if (!curve.why_not.empty())
    out.print("no learning curve of {}: {}\n", curve.model, curve.why_not);
  if (curve.points.empty()) return;
  TextTable table({"training rows", std::string(metric_title(curve.metric)), "more than all"});
  for (const LearningPoint& point : curve.points)
    table.row({point.rows,
               point.why_not.empty() ? metric_interval(curve.metric, point.value) : point.why_not,
               point.share == 1 || !point.why_not.empty()
                   ? ""
                   : metric_difference(curve.metric, point.more)});
  table.print(out);
}

}  // namespace

void print_verdict(Output& out, const RunReport& report) {
  if (report.leaderboards.empty() && report.notes.empty()) return;
  out.print("\n{}\n", out.bold("Verdict"));
  for (const Leaderboard& board : report.leaderboards)
    out.print("does a model help? {}\n", board.says);
  for (const std::string& note : report.notes) out.print("  {}\n", note);
}

void print_leaderboards(Output& out, const RunReport& report) {
  for (const Leaderboard& board : report.leaderboards) {
    out.print("\n{}\n", out.bold(fmt::format("Leaderboard of {}", board.label)));
    std::vector<std::string> heads = {"model", "algorithm", std::string(metric_title(board.metric)),
                                      "behind the best", ""};
    if (board.chosen_out_of_fold) heads.insert(heads.end() - 1, "out of fold");
    TextTable table(heads);
    for (const LeaderboardRow& row : board.rows) {
      std::vector<Cell> cells = {
          row.model, row.algorithm, metric_interval(board.metric, row.value),
          row.behind_best.value == 0 ? "" : metric_difference(board.metric, row.behind_best),
          standing(board, row)};
      if (board.chosen_out_of_fold)
        cells.insert(cells.end() - 1,
                     row.suspected ? "" : metric_interval(board.metric, row.chosen_value));
      table.row(cells);
    }
    table.print(out);
    out.print("{}", how_chosen(board));
    print_curve(out, board);
  }
}

}  // namespace lode
