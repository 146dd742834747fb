// The records a scoring job needs: all of them, or where scores are there already those that came
// since and those that the rows to be scored anew can see.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/history.h"
#include "orchestrate/score_question.h"
#include "orchestrate/source_run.h"
#include "serve/changes.h"
#include "serve/score_state.h"

namespace lode {

struct ScoringRecords {
  RecordTables tables;
  std::map<std::string, MemoryBudget::Hold, std::less<>> holds;  // of each table
  // Of each group of views, what the arrivals touched; empty when all rows are scored.
  std::vector<TouchedKeys> touched;
  // Of each source, as they are at the cut: for the next job.
  std::map<std::string, RecordBlocks, std::less<>> blocks;
  std::int64_t records = 0;  // read
  std::int64_t bytes = 0;    // of Parquet files that had to be opened
};

// Rows of the set among those records to be scored: with a new version themselves, or with a read
// of a touched key at a time when it may show. By position in `rows`.
struct DueRows {
  std::vector<std::uint8_t> own;
  std::vector<std::uint8_t> reread;
  OwnChanges changes;
  bool due(std::size_t i) const { return own[i] != 0 || reread[i] != 0; }
};
// `rows` are those of `set_rows`, taken of `records`. Errors: an expression that fails on a row.
Result<DueRows> due_rows(const ScoreQuestion& question, const FeaturePlan& plan,
                         const std::vector<TouchedKeys>& touched, const Table& records,
                         const SetRows& set_rows, const Table& rows, const Arrivals& arrivals);

// `before`: the blocks at arrivals.after, or nullptr for everything. Errors: as load_records.
Result<ScoringRecords> records_for(const ScoreQuestion& question, const FeaturePlan& plan,
                                   const Arrivals& arrivals,
                                   const std::vector<ScoredSource>* before,
                                   const SourceContext& context);

// Of tables the records that reads of a stretch of time can see. Both arguments must outlive it.
class SeenRecords {
 public:
  // Errors: an expression that fails on a record. O(records).
  static Result<SeenRecords> make(const ScoreQuestion& question, const FeaturePlan& plan,
                                  const RecordTables& tables);
  // Those that reads at times in the span can see, and all of ids that have a correction or a
  // retraction: reads of these are reads of all. O(records).
  RecordTables between(const TimeSpan& span) const;

 private:
  SeenRecords(const FeaturePlan& plan, const RecordTables& tables)
      : plan_(&plan), tables_(&tables) {}
  const FeaturePlan* plan_;
  const RecordTables* tables_;
  std::vector<std::vector<std::int64_t>> readings_;  // of each group's clock, one a record
  std::map<std::string, std::vector<std::uint8_t>, std::less<>> changed_;  // by id, of each table
};

// Whether every window has a lower edge in time.
bool is_bounded(const FeaturePlan& plan);

}  // namespace lode
