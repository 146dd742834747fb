#include "cli/verdict_text.h"

#include "cli/text_table.h"

namespace lode {
namespace {

std::string interval(const Estimate& e, bool with_sign) {
  if (with_sign) return fmt::format("{:+.4g} [{:+.4g}, {:+.4g}]", e.value, e.low, e.high);
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", e.value, e.low, e.high);
}

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
    out.print("\n{}\n",
              out.bold(fmt::format("Leaderboard of {}, by {}", board.label, board.metric)));
    TextTable table({"model", "algorithm", board.metric, "behind the best", ""});
    for (const LeaderboardRow& row : board.rows)
      table.row({row.model, row.algorithm, interval(row.value, false),
                 row.behind_best.value == 0 ? "" : interval(row.behind_best, true),
                 standing(board, row)});
    table.print(out);
  }
}

}  // namespace lode
