#include "cli/verdict_text.h"

#include "cli/metric_text.h"
#include "cli/text_table.h"

namespace lode {
namespace {

std::string standing(const Leaderboard& board, const LeaderboardRow& row) {
  if (row.suspected) return "suspected of a leak";
  if (row.model == board.winner) return "wins";
  return row.tied ? "tied with the best" : "";
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
    TextTable table(
        {"model", "algorithm", std::string(metric_title(board.metric)), "behind the best", ""});
    for (const LeaderboardRow& row : board.rows)
      table.row({row.model, row.algorithm, metric_interval(board.metric, row.value),
                 row.behind_best.value == 0 ? "" : metric_difference(board.metric, row.behind_best),
                 standing(board, row)});
    table.print(out);
  }
}

}  // namespace lode
