#include "features/training_set.h"

#include <utility>

#include "features/set_rows.h"

namespace lode {
namespace {

// Bytes a row while rows are chosen, for versions, their order, labels and what is chosen; and
// behind that, for what is chosen.
constexpr std::int64_t kChoosingBytes = 104;
constexpr std::int64_t kChosenBytes = 48;

double target_at(const Column& label, std::int64_t row) {
  switch (label.type.id) {
    case TypeId::kBool:
      return label.boolean(row) ? 1.0 : 0.0;
    case TypeId::kInt64:
      return static_cast<double>(label.int64(row));
    default:
      return label.float64(row);
  }
}

// Positions among the rows of those that are learnt from.
std::vector<std::int64_t> kept_rows(const SetRows& rows, const std::optional<Column>& where,
                                    TrainingTable& out) {
  std::vector<std::int64_t> kept;
  kept.reserve(rows.row.size());
  for (std::int64_t i = 0; i < rows.size(); ++i) {
    if (where && (where->is_null(i) || !where->boolean(i))) {
      ++out.left_out_by_where;
    } else if (rows.label_row[static_cast<std::size_t>(i)] < 0) {
      ++out.without_label;
    } else {
      kept.push_back(i);
    }
  }
  return kept;
}

void fill(const SetRows& rows, const SetColumns& made, const std::vector<std::int64_t>& kept,
          TrainingTable& out) {
  bool all = std::cmp_equal(kept.size(), rows.size());
  out.columns.schema = Schema(made.fields());
  out.columns.rows = static_cast<std::int64_t>(kept.size());
  for (const Column& column : made.columns())
    out.columns.columns.push_back(all ? column : column.take(kept));
  const Column* seq = made.rows().find(kSeqColumn);
  out.target.reserve(kept.size());
  out.known.reserve(kept.size());
  out.time.reserve(kept.size());
  out.seq.reserve(kept.size());
  for (std::int64_t i : kept) {
    auto row = static_cast<std::size_t>(i);
    out.target.push_back(target_at(rows.label, rows.label_row[row]));
    out.known.push_back(rows.label_known[row]);
    out.time.push_back(made.time()[row]);
    out.seq.push_back(seq->int64(i));
  }
}

}  // namespace

Result<TrainingTable> build_training_set(const TrainingSet& set, History& history,
                                         ReadCache& cache) {
  auto found = history.records().find(set.rows);
  if (found == history.records().end())
    return fail(Code::kNotFound, "source {} has no records; ingest it first", set.rows);
  const Table& records = found->second;
  const Project& project = history.project();
  TrainingTable out;
  TRY(out.hold, history.budget().hold("training set " + set.name, records.rows * kChoosingBytes));
  TRY(SetRows rows, rows_of_set(project, set, records, history.cut()));
  std::int64_t width = 32 + 8 * static_cast<std::int64_t>(set.columns.size());
  TRY_VOID(out.hold.resize(records.rows * (kChosenBytes + width)));
  out.retracted = rows.retracted;
  out.timed = !project.source(set.rows)->timeless();
  SetColumns made(set, history, cache, take_rows(records, rows.row));
  TRY(std::optional<Column> where, where_of_set(project, set, made.rows()));
  std::vector<std::int64_t> kept = kept_rows(rows, where, out);
  TRY_VOID(made.make());
  fill(rows, made, kept, out);
  out.over_limit = made.over_limit();
  TRY_VOID(out.hold.resize(bytes_of(out.columns) + 32 * out.columns.rows));
  return out;
}

}  // namespace lode
