// The feature engine over recorded history: reads of any view at any keys and times, answered by
// batch replay of the accepted records up to a cut. Training sets are made of its reads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "features/plan.h"
#include "features/replay.h"

namespace lode {

// The accepted records of each source, in seq order, with the columns of Project::record_schema.
using RecordTables = std::map<std::string, Table, std::less<>>;

// A record that made a value, for `lode explain`.
struct Contribution {
  std::int64_t seq = 0;  // of the record
  Timestamp time{};      // τ
  Timestamp known{};     // from when it could be used
};

struct ExplainedValue {
  std::string name;
  std::string value;         // as text; "null", "OVER_LIMIT"
  bool is_duration = false;  // the value is in microseconds
  std::vector<Contribution> records;
};

class History {
 public:
  // All arguments must outlive it. Nothing is computed before it is asked for. What it keeps and
  // needs meanwhile is held of `budget`, if one is given: kLimit where it would not fit.
  History(const Project& project, const RecordTables& records, std::int64_t cut, ThreadPool& pool,
          const CancelToken& cancel, MemoryBudget* budget = nullptr);
  ~History();

  // kInvalid with the view's place when a view cannot be planned.
  Status plan();
  const FeaturePlan& feature_plan() const { return plan_; }

  // Lets go of what is kept for views other than these; it is made again when it is asked for.
  void keep_only(const std::vector<std::string>& views);
  // Another cut, over what the tables hold now.
  void recut(std::int64_t cut);

  // One row a read: the view's values, then its derived values (PlannedView::schema). `keys` has
  // the type of the view's key column. Values over their limit are null and counted in
  // over_limit().
  Result<Table> read(const PlannedView& view, const Column& keys, std::span<const std::int64_t> t0,
                     std::span<const std::int64_t> k);
  std::int64_t over_limit() const { return over_limit_; }
  // Of all reads so far.
  const ReplayCounts& counts() const { return counts_; }
  // Facts made for replay so far: versions of records or labels, once for each group of views.
  std::int64_t facts_made() const { return facts_made_; }

  // The values of one read and the records that made each.
  Result<std::vector<ExplainedValue>> explain(const PlannedView& view, const Column& key,
                                              Timestamp t0, Timestamp k);

  const RecordTables& records() const { return records_; }
  const Project& project() const { return project_; }
  ThreadPool& pool() const { return pool_; }
  const CancelToken& cancel() const { return cancel_; }
  std::int64_t cut() const { return cut_; }
  MemoryBudget& budget() const { return *budget_; }

 private:
  struct GroupFacts {
    KeyIndex keys;
    SortedFacts sorted;
    MemoryBudget::Hold hold;
  };
  Result<const GroupFacts*> facts_of(std::size_t group);

  const Project& project_;
  const RecordTables& records_;
  std::int64_t cut_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  mutable MemoryBudget unlimited_;
  MemoryBudget* budget_;
  TextPool texts_;
  FeaturePlan plan_;
  std::vector<std::unique_ptr<GroupFacts>> facts_;
  std::int64_t over_limit_ = 0;
  ReplayCounts counts_;
  std::int64_t facts_made_ = 0;
};

}  // namespace lode
