// Which rows of a question are to be scored, and the scoring of them in pieces.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "features/history.h"
#include "features/set_columns.h"
#include "features/set_rows.h"
#include "orchestrate/column_scorer.h"
#include "orchestrate/score_records.h"
#include "orchestrate/score_report.h"
#include "orchestrate/score_why.h"

namespace lode {

struct ScoreWork {
  SetRows rows;                      // of the records that were read
  std::vector<std::int64_t> scored;  // positions among them, by time and then order
  std::vector<std::int64_t> gone;    // orders of rows that may have a score and are not asked about
};

// Counts what it finds in `report`. Errors: an expression that fails on a record.
Result<ScoreWork> work_of(const ScoreQuestion& question, const FeaturePlan& plan,
                          const ScoringRecords& records, const Arrivals& arrivals, bool all,
                          ScoreReport& report);

// What rows are scored with.
struct ScoringMeans {
  const ScoreQuestion& question;
  ThreadPool& pool;
  const CancelToken& cancel;
  MemoryBudget& budget;
  const ScoreWhy* why = nullptr;  // where the question asks for drivers
};

// The model's columns of rows of the question's source, made and scored together: every view read
// at the row's own time from `history` (docs/semantics.md 8.3). One score a row. Counts missing and
// unseen values, and values over their limit, in `report`.
struct TableScores {
  std::vector<double> scores;
  Column entity;             // if the question has one
  std::vector<Column> kept;  // of ScoreQuestion::kept
  std::vector<Column> why;   // of why_fields, if the question asks for drivers
};
Result<TableScores> score_table(const ScoringMeans& means, Table rows, History& history,
                                ScoreReport& report);

// Entries of the log (serve/score_log.h), without their numbers. Of rows scored, whose records are
// `rows`; and of rows that have no score any more.
Table scored_entries(const ScoreQuestion& question, const Table& rows,
                     std::span<const std::int64_t> orders, const TableScores& scored);
Result<Table> gone_entries(const ScoreQuestion& question, std::span<const std::int64_t> orders);

}  // namespace lode
