#include "orchestrate/kept_rows.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "project/project.h"

namespace lode {
namespace {

Column whole_numbers(std::span<const std::int64_t> values, Type type) {
  Column column;
  column.type = std::move(type);
  column.length = static_cast<std::int64_t>(values.size());
  column.values = Buffer::allocate_unset(column.length * 8);
  if (!values.empty()) std::memcpy(column.values.mutable_data(), values.data(), values.size() * 8);
  return column;
}

Column numbers(std::span<const double> values) {
  Column column;
  column.type = Type::float64();
  column.length = static_cast<std::int64_t>(values.size());
  column.values = Buffer::allocate_unset(column.length * 8);
  if (!values.empty()) std::memcpy(column.values.mutable_data(), values.data(), values.size() * 8);
  return column;
}

template <typename T>
std::vector<T> picked(std::span<const T> values, std::span<const std::int64_t> rows) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (std::int64_t row : rows) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

void add_column(Table& table, std::vector<Field>& fields, std::string name, Column column) {
  fields.push_back({std::move(name), column.type});
  table.columns.push_back(std::move(column));
}

// Rows of a training set stand in the order of their originals; a zone wants that of their seqs,
// which differs when a correction is read in an original's place.
void sort_by_seq(Table& table) {
  const auto* seq = table.columns[0].values.as<std::int64_t>();
  if (std::is_sorted(seq, seq + table.rows)) return;
  std::vector<std::int64_t> order(static_cast<std::size_t>(table.rows));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::int64_t row) { return seq[row]; });
  for (Column& column : table.columns) column = column.take(order);
}

}  // namespace

std::string kept_name(const Schema& schema, std::string name) {
  while (schema.find(name)) name.insert(name.begin(), '_');
  return name;
}

Table training_rows(const TrainingTable& training) {
  const Schema& own = training.columns.schema;
  Table table;
  std::vector<Field> fields;
  table.rows = training.columns.rows;
  add_column(table, fields, std::string(kSeqColumn), whole_numbers(training.seq, Type::int64()));
  add_column(table, fields, std::string(kTimeColumn),
             whole_numbers(training.time, Type::timestamp()));
  add_column(table, fields, kept_name(own, "target"), numbers(training.target));
  add_column(table, fields, kept_name(own, "known"),
             whole_numbers(training.known, Type::timestamp()));
  for (std::size_t c = 0; c < own.size(); ++c)
    add_column(table, fields, own[c].name, training.columns.columns[c]);
  table.schema = Schema(std::move(fields));
  sort_by_seq(table);
  return table;
}

Table score_rows(const TrainingTable& training, std::span<const std::int64_t> test_rows,
                 std::span<const double> scores) {
  Table table;
  std::vector<Field> fields;
  table.rows = static_cast<std::int64_t>(test_rows.size());
  add_column(table, fields, std::string(kSeqColumn),
             whole_numbers(picked<std::int64_t>(training.seq, test_rows), Type::int64()));
  add_column(table, fields, std::string(kTimeColumn),
             whole_numbers(picked<std::int64_t>(training.time, test_rows), Type::timestamp()));
  add_column(table, fields, "target", numbers(picked<double>(training.target, test_rows)));
  add_column(table, fields, "score", numbers(scores));
  table.schema = Schema(std::move(fields));
  sort_by_seq(table);
  return table;
}

}  // namespace lode
