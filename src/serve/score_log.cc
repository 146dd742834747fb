#include "serve/score_log.h"

#include <algorithm>
#include <numeric>

#include "table/concatenate.h"

namespace lode {
namespace {

// Positions of the entries that count, by ascending row.
std::vector<std::int64_t> last_entries(const Table& log, bool gone_too) {
  const Column& row = *log.find(kRowColumn);
  const Column& score = *log.find(kScoreColumn);
  std::vector<std::int64_t> order(static_cast<std::size_t>(log.rows));
  std::iota(order.begin(), order.end(), 0);
  // Entries stand by ascending _entry: of one row the last one counts.
  std::ranges::sort(order, {}, [&](std::int64_t i) { return std::pair(row.int64(i), i); });
  std::vector<std::int64_t> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    bool last = i + 1 == order.size() || row.int64(order[i + 1]) != row.int64(order[i]);
    if (last && (gone_too || !score.is_null(order[i]))) out.push_back(order[i]);
  }
  return out;
}

}  // namespace

Result<ScoreLog> ScoreLog::open(std::string directory, ZoneOptions options) {
  options.seq_column = kEntryColumn;
  TRY(ParquetZone zone, ParquetZone::open(std::move(directory), std::move(options)));
  return ScoreLog(std::move(zone));
}

Status ScoreLog::append(Table block) {
  if (block.rows == 0) return {};
  Column entry;
  entry.type = Type::int64();
  entry.length = block.rows;
  entry.values = Buffer::allocate(block.rows * 8);
  std::iota(entry.values.mutable_as<std::int64_t>(),
            entry.values.mutable_as<std::int64_t>() + block.rows, entries());
  std::vector<Field> fields = {{std::string(kEntryColumn), Type::int64()}};
  fields.insert(fields.end(), block.schema.fields().begin(), block.schema.fields().end());
  block.schema = Schema(std::move(fields));
  block.columns.insert(block.columns.begin(), std::move(entry));
  TRY(ZoneWriter writer, zone_.write());
  TRY_VOID(writer.append(block));
  auto written = writer.commit();
  return written ? Status() : fail(written.error());
}

Result<Table> ScoreLog::read(const SeqRange& entries, std::vector<std::string> columns) {
  ZoneRead what;
  what.columns = std::move(columns);
  what.first_seq = entries.first;
  what.last_seq = entries.last;
  TRY(ZoneStream stream, zone_.read(what));
  std::vector<Table> tables;
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) break;
    tables.push_back(*std::move(table));
  }
  return concatenate_and_drop(tables);
}

Result<Table> ScoreLog::current(std::int64_t entries) {
  if (entries == 0) return Table();
  return last_of({0, entries - 1}, false);
}

Result<Table> ScoreLog::changed(std::int64_t since, std::int64_t entries) {
  if (entries == since) return Table();
  return last_of({since, entries - 1}, true);
}

Result<Table> ScoreLog::last_of(const SeqRange& entries, bool gone_too) {
  TRY(Table log, read(entries, {}));
  std::vector<std::int64_t> wanted = last_entries(log, gone_too);
  Table out;
  std::vector<Field> fields;
  for (std::size_t c = 0; c < log.columns.size(); ++c) {
    if (log.schema[c].name == kEntryColumn) continue;
    fields.push_back(log.schema[c]);
    out.columns.push_back(log.columns[c].take(wanted));
  }
  out.schema = Schema(std::move(fields));
  out.rows = static_cast<std::int64_t>(wanted.size());
  return out;
}

Result<std::vector<std::int64_t>> ScoreLog::current_rows(std::int64_t entries) {
  std::vector<std::int64_t> out;
  if (entries == 0) return out;
  TRY(Table log, read({0, entries - 1}, {std::string(kRowColumn), std::string(kScoreColumn)}));
  for (std::int64_t i : last_entries(log, false)) out.push_back(log.columns[0].int64(i));
  return out;
}

}  // namespace lode
