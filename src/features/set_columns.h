// The columns of a training set for rows that are given: each expression over the row, and over
// reads of views at the row's own time (docs/semantics.md 8.3). One definition for rows that are
// learnt from and rows that are scored.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "features/history.h"

namespace lode {

// Reads already answered, by rows, view and key expression: training sets of one run often share
// them.
struct CachedRead {
  std::string view;
  Table values;
  std::int64_t over_limit = 0;  // values of it that were over their limit
  MemoryBudget::Hold hold;
};
using ReadCache = std::map<std::string, CachedRead, std::less<>>;

class SetColumns {
 public:
  // `rows` has the columns of Project::record_schema of the set's source; it need not be among the
  // history's own records. `cache` is of these rows alone. All but `rows` must outlive it.
  SetColumns(const TrainingSet& set, History& history, ReadCache& cache, Table rows);

  // Evaluates all columns, into schema() and columns(). Errors: an expression that fails on a row
  // (with its place in the project), kLimit, kCancelled. Cost: O(rows + facts) for each view and
  // key expression.
  Status make();

  const Table& rows() const { return rows_; }  // with what was read beside
  const std::vector<std::int64_t>& time() const { return t0_; }
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<Column>& columns() const { return columns_; }
  // Values over their limit in the reads the columns are made of.
  std::int64_t over_limit() const { return over_limit_; }

 private:
  Result<const Table*> view_read(const PlannedView& view, const NodePtr& key);
  const PlannedView* view_of(const Node& node) const;
  Result<Expression> with_reads(const Expression& expression);
  void add_to_rows(const std::string& name, const Column& column);
  Status add_column(const NamedExpression& column);

  const TrainingSet& set_;
  History& history_;
  ReadCache& cache_;
  const Source& source_;
  Table rows_;
  std::vector<std::int64_t> t0_;
  std::set<std::string> counted_;  // reads whose values over their limit are in over_limit_
  std::int64_t over_limit_ = 0;
  std::vector<Field> fields_;
  std::vector<Column> columns_;
};

}  // namespace lode
