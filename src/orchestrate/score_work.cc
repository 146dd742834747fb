#include "orchestrate/score_work.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "serve/score_log.h"

namespace lode {
namespace {

Column whole_numbers(std::span<const std::int64_t> values) {
  Column column;
  column.type = Type::int64();
  column.length = std::ssize(values);
  column.values = Buffer::allocate_unset(column.length * 8);
  if (!values.empty()) std::memcpy(column.values.mutable_data(), values.data(), values.size() * 8);
  return column;
}

// A row that was refused has no score.
Column scores_of(std::span<const double> values) {
  ColumnBuilder builder(Type::float64());
  builder.reserve(std::ssize(values));
  for (double value : values) {
    if (std::isnan(value))
      builder.append_null();
    else
      builder.append_double(value);
  }
  return builder.finish();
}

Column decisions(std::span<const double> scores, const std::optional<double>& threshold) {
  ColumnBuilder builder(Type::boolean());
  for (double score : scores) {
    if (threshold && !std::isnan(score))
      builder.append_bool(score >= *threshold);
    else
      builder.append_null();
  }
  return builder.finish();
}

Column nulls(const Type& type, std::size_t rows) {
  ColumnBuilder builder(type);
  for (std::size_t i = 0; i < rows; ++i) builder.append_null();
  return builder.finish();
}

void add_column(Table& table, std::vector<Field>& fields, std::string_view name, Column column) {
  fields.push_back({std::string(name), column.type});
  table.columns.push_back(std::move(column));
}

// Counts a row the model cannot score, such as one with a missing value that it takes none of.
void refuse(const ScoreQuestion& question, const Error& error, std::int64_t seq,
            ScoreReport& report) {
  // "row 3, column 'share': missing": the row is of the piece that was tried.
  std::string_view said = error.message();
  if (std::size_t comma = said.find(", "); said.starts_with("row ") && comma != said.npos)
    said.remove_prefix(comma + 2);
  std::string reason(said);
  auto same = [&](const RefusedRows& r) { return r.cause == kNotScored && r.field == reason; };
  auto found = std::ranges::find_if(report.refused, same);
  if (found == report.refused.end()) {
    report.refused.push_back(
        {question.set.rows, std::string(kNotScored), reason, 0, fmt::format("seq {}", seq)});
    found = std::prev(report.refused.end());
  }
  ++found->rows;
}

// Scores rows; where the model refuses, halves until it is known which rows those are.
class Scoring {
 public:
  Scoring(const ScoringMeans& means, const ColumnScorer& scorer, const Column& seq,
          ScoreReport& report)
      : means_(means), scorer_(scorer), seq_(seq), report_(report) {
    report.columns.resize(scorer.encoders.size());
    for (std::size_t i = 0; i < scorer.encoders.size(); ++i)
      report.columns[i].name = scorer.encoders[i].column.name;
  }

  Status run(std::span<const std::int64_t> rows, std::span<double> out) {
    auto counts = score_rows(scorer_, rows, out, means_.pool, means_.cancel);
    if (counts) {
      for (std::size_t i = 0; i < counts->size(); ++i) {
        report_.columns[i].missing += (*counts)[i].missing;
        report_.columns[i].unseen += (*counts)[i].unseen;
      }
      return {};
    }
    if (counts.error().code() != Code::kInvalid || rows.empty()) return fail(counts.error());
    if (rows.size() == 1) {
      out[0] = std::numeric_limits<double>::quiet_NaN();
      refuse(means_.question, counts.error(), seq_.int64(rows[0]), report_);
      return {};
    }
    std::size_t half = rows.size() / 2;
    TRY_VOID(run(rows.first(half), out.first(half)));
    return run(rows.subspan(half), out.subspan(half));
  }

 private:
  const ScoringMeans& means_;
  const ColumnScorer& scorer_;
  const Column& seq_;
  ScoreReport& report_;
};

}  // namespace

Result<ScoreWork> work_of(const ScoreQuestion& question, const FeaturePlan& plan,
                          const ScoringRecords& records, const Arrivals& arrivals, bool all,
                          ScoreReport& report) {
  const Table& table = records.tables.at(question.set.rows);
  bool everything = arrivals.after < 0;
  ScoreWork out;
  TRY(out.rows, rows_of_set(question.project, question.set, table, arrivals.through));
  Table rows = take_rows(table, out.rows.row);
  TRY(std::optional<Column> where, where_of_set(question.project, question.set, rows));
  DueRows due;
  if (!everything) {
    TRY(due, due_rows(question, plan, records.touched, table, out.rows, rows, arrivals));
  }
  const auto* time = rows.find(kTimeColumn)->values.as<std::int64_t>();
  std::vector<std::int64_t> asked;  // orders of the touched rows that are asked about
  for (std::int64_t i = 0; i < out.rows.size(); ++i) {
    auto at = static_cast<std::size_t>(i);
    std::int64_t order = out.rows.order[at];
    bool touched = everything || due.own[at] != 0;
    if (!touched && due.reread[at] == 0) continue;
    bool kept = !where || (!where->is_null(i) && where->boolean(i));
    bool early = question.since && time[i] < question.since->us;
    bool labelled = out.rows.label_row[at] >= 0;
    if (early) ++report.before;
    if (early) continue;
    if (!kept) ++report.left_out;
    if (kept && labelled && !all) ++report.labelled;
    if (!kept || (labelled && !all)) continue;
    out.scored.push_back(i);
    if (touched) asked.push_back(order);
    if (order > arrivals.after)
      ++report.fresh;
    else
      ++(touched ? report.corrected : report.reread);
  }
  std::ranges::sort(out.scored, {}, [&](std::int64_t i) {
    return std::pair(time[i], out.rows.order[static_cast<std::size_t>(i)]);
  });
  std::ranges::sort(asked);
  for (std::int64_t order : due.changes.older)
    if (!std::ranges::binary_search(asked, order)) out.gone.push_back(order);
  return out;
}

Result<TableScores> score_table(const ScoringMeans& means, Table rows, History& history,
                                ScoreReport& report) {
  const ScoreQuestion& question = means.question;
  ReadCache cache;
  SetColumns made(question.set, history, cache, std::move(rows));
  TRY_VOID(made.make());
  report.over_limit += made.over_limit();
  Table table;
  table.schema = Schema(made.fields());
  table.columns = made.columns();
  table.rows = made.rows().rows;
  std::vector<std::size_t> columns;
  for (const ColumnEncoder& encoder : question.stored.encoders)
    columns.push_back(*table.schema.find(encoder.column.name));
  std::vector<std::int64_t> positions(static_cast<std::size_t>(table.rows));
  for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<std::int64_t>(i);
  TableScores out;
  out.scores.resize(positions.size());
  ColumnScorer scorer{table, columns, question.stored.encoders, *question.stored.model,
                      &question.stored.calibrator};
  Scoring scoring(means, scorer, *made.rows().find(kSeqColumn), report);
  TRY_VOID(scoring.run(positions, out.scores));
  if (!question.entity.empty()) out.entity = table.columns[*table.schema.find(question.entity)];
  for (const std::string& name : question.kept)
    out.kept.push_back(table.columns[*table.schema.find(name)]);
  if (means.why != nullptr) {
    TRY(out.why, means.why->explain(scorer, positions, out.scores, means.pool, means.cancel));
  }
  return out;
}

Table scored_entries(const ScoreQuestion& question, const Table& rows,
                     std::span<const std::int64_t> orders, const TableScores& scored) {
  Table out;
  std::vector<Field> fields;
  out.rows = rows.rows;
  add_column(out, fields, kRowColumn, whole_numbers(orders));
  add_column(out, fields, "seq", *rows.find(kSeqColumn));
  if (!question.source().id.empty()) add_column(out, fields, "id", *rows.find(kIdColumn));
  if (!question.source().timeless()) add_column(out, fields, "time", *rows.find(kTimeColumn));
  if (!question.entity.empty()) add_column(out, fields, "entity", scored.entity);
  for (std::size_t i = 0; i < question.kept.size(); ++i)
    add_column(out, fields, question.kept[i], scored.kept[i]);
  add_column(out, fields, kScoreColumn, scores_of(scored.scores));
  add_column(out, fields, "decision", decisions(scored.scores, question.threshold));
  std::vector<Field> why = why_fields(question.why);
  for (std::size_t i = 0; i < scored.why.size(); ++i)
    add_column(out, fields, why[i].name, scored.why[i]);
  out.schema = Schema(std::move(fields));
  return out;
}

Result<Table> gone_entries(const ScoreQuestion& question, std::span<const std::int64_t> orders) {
  const Source& source = question.source();
  TRY(Schema record, question.project.record_schema(source));
  Table out;
  std::vector<Field> fields;
  out.rows = std::ssize(orders);
  add_column(out, fields, kRowColumn, whole_numbers(orders));
  add_column(out, fields, "seq", nulls(Type::int64(), orders.size()));
  if (!source.id.empty())
    add_column(out, fields, "id", nulls(record[*record.find(kIdColumn)].type, orders.size()));
  if (!source.timeless()) add_column(out, fields, "time", nulls(Type::timestamp(), orders.size()));
  TRY(Schema columns, question.project.training_schema(question.set));
  auto add_none = [&](std::string_view name, const std::string& of) {
    add_column(out, fields, name, nulls(columns[*columns.find(of)].type, orders.size()));
  };
  if (!question.entity.empty()) add_none("entity", question.entity);
  for (const std::string& name : question.kept) add_none(name, name);
  add_column(out, fields, kScoreColumn, nulls(Type::float64(), orders.size()));
  add_column(out, fields, "decision", nulls(Type::boolean(), orders.size()));
  if (question.why > 0)
    for (const Field& field : why_fields(question.why))
      add_column(out, fields, field.name, nulls(field.type, orders.size()));
  out.schema = Schema(std::move(fields));
  return out;
}

}  // namespace lode
