// The agreement of three on real flights (docs/semantics.md): 100,000 sampled rows, each read four
// times as examples/flights/naive.yaml does; event at a time with 50 saves and loads and two
// shards, batch replay, and tests/reference/read_large.sql.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "features/history.h"
#include "features/live.h"
#include "table/duckdb.h"

namespace lode {
namespace {

constexpr std::int64_t kSampled = 100'000;
constexpr std::int64_t kSaves = 50;
const std::string kFile =
    std::string(LODE_SOURCE_DIR) + "/third_party/prefix/share/vega-datasets/flights-3m.parquet";

DeclaredExpression declared(const std::string& text) { return {text, *parse_expression(text), {}}; }

// The views of the example over its label, on the file's own clock.
std::shared_ptr<const Project> flights_project() {
  auto project = std::make_shared<Project>();
  project->name = "flights";
  Source source;
  source.name = "flights";
  source.columns = Schema({{"date", Type::timestamp()},
                           {"delay", Type::int64()},
                           {"distance", Type::int64()},
                           {"origin", Type::string()},
                           {"destination", Type::string()}});
  source.time = "date";
  project->sources.push_back(source);
  project->labels.push_back({"late",
                             {},
                             "flights",
                             declared("delay > 15"),
                             declared("date + minutes(30 + floor(distance / 7.5))")});
  for (const std::string by : {"origin", "destination"}) {
    View view;
    view.name = by == "origin" ? "departures" : "arrivals";
    view.over = "late";
    view.over_label = true;
    view.by = by;
    view.windows = {Window{.kind = Window::Kind::kSliding, .width = minutes(120)}};
    view.values = {{"n", {}, "count", std::nullopt, 0}, {"late", {}, "sum", declared("value"), 0}};
    project->views.push_back(std::move(view));
  }
  return project;
}

Result<Table> load_flights(const Duck& duck) {
  return duck.query_all(fmt::format(
      "SELECT file_row_number AS _seq, 0::BIGINT AS _kind, file_row_number AS _id, date AS _t, "
      "date AS _known, date AS _local, date, delay::BIGINT AS delay, distance::BIGINT AS distance, "
      "origin, destination FROM read_parquet({}, file_row_number = true) ORDER BY _seq",
      sql_literal(kFile)));
}

// Sampled rows: every 30th of a span in the middle, so that folds stay within the reference's
// means.
std::vector<std::int64_t> sampled_rows(std::int64_t rows) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < kSampled; ++i) out.push_back(i * (rows / kSampled) + i % 7);
  return out;
}

struct Read {
  std::size_t view;
  const char* key_column;
};
constexpr Read kReads[] = {{0, "origin"}, {1, "origin"}, {0, "destination"}, {1, "destination"}};

std::string script(const std::string& name) {
  std::ifstream in(std::string(LODE_SOURCE_DIR) + "/tests/reference/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The reference reads outcomes as records whose time is when they are known.
Status put_reference_inputs(const Duck& duck) {
  return duck.execute(fmt::format(
      "CREATE TABLE sources AS SELECT 0::BIGINT AS stream, 'outcomes' AS source, "
      "1000000000000000::BIGINT AS allowed_lateness, 0::BIGINT AS max_ahead, "
      "1000000000000000::BIGINT AS dedup_span, true AS id_is_position;"
      "CREATE TABLE quanta AS SELECT 0::BIGINT AS stream, 1.0::DOUBLE AS x_quantum;"
      "CREATE TABLE arrivals AS SELECT 0::BIGINT AS stream, file_row_number AS seq, 'outcomes' AS "
      "source, 'p' AS part, 'original' AS kind, file_row_number AS id_n, NULL::VARCHAR AS id_s, "
      "epoch_us(date) + (30 + floor(distance / 7.5))::BIGINT * 60000000 AS t, "
      "epoch_us(date) + (30 + floor(distance / 7.5))::BIGINT * 60000000 AS known, "
      "false AS broken, origin AS key_a, destination AS key_b, NULL::DOUBLE AS x, "
      "(delay > 15)::BIGINT AS n, NULL::BOOLEAN AS b, NULL::BIGINT AS label_value, "
      "NULL::BIGINT AS label_known FROM read_parquet({0}, file_row_number = true);"
      "CREATE TABLE views AS SELECT 0::BIGINT AS stream, * FROM (VALUES "
      "('departures', 'source', 'outcomes', 'key_a', 'sliding', 7200000000::BIGINT, false, "
      "NULL::BIGINT, false, NULL::BIGINT), "
      "('arrivals', 'source', 'outcomes', 'key_b', 'sliding', 7200000000::BIGINT, false, "
      "NULL::BIGINT, false, NULL::BIGINT)) v(view, over_kind, source, key_col, window_kind, w, "
      "exact, last_n, include_current, distinct_limit)",
      sql_literal(kFile)));
}

Status put_reads(const Duck& duck, const Table& records, const std::vector<std::int64_t>& rows) {
  ColumnBuilder stream(Type::int64());
  ColumnBuilder number(Type::int64());
  ColumnBuilder view(Type::string());
  ColumnBuilder key(Type::string());
  ColumnBuilder t0(Type::int64());
  ColumnBuilder s(Type::int64());
  std::int64_t next = 0;
  for (const Read& read : kReads)
    for (std::int64_t row : rows) {
      stream.append_int64(0);
      number.append_int64(next++);
      view.append_string(read.view == 0 ? "departures" : "arrivals");
      key.append_string(records.find(read.key_column)->string(row));
      t0.append_int64(records.find(kTimeColumn)->int64(row));
      s.append_int64(records.rows - 1);
    }
  Table table;
  table.rows = next;
  table.columns = {stream.finish(), number.finish(), view.finish(), key.finish(), t0.finish()};
  table.columns.push_back(table.columns[4]);  // k = t0
  table.columns.push_back(s.finish());
  table.schema = Schema({{"stream", Type::int64()},
                         {"read_no", Type::int64()},
                         {"view", Type::string()},
                         {"key", Type::string()},
                         {"t0", Type::int64()},
                         {"k", Type::int64()},
                         {"s", Type::int64()}});
  TRY_VOID(duck.create_table("reads", table.schema));
  return duck.append("reads", table);
}

struct Counts {
  std::int64_t n = -1;
  std::int64_t late = -1;
  bool operator==(const Counts&) const = default;
};

using Answers = std::vector<Counts>;  // kReads x sampled rows

Result<Answers> by_reference(const Duck& duck, const Table& records,
                             const std::vector<std::int64_t>& rows) {
  TRY_VOID(put_reference_inputs(duck));
  TRY_VOID(put_reads(duck, records, rows));
  TRY_VOID(duck.execute(script("read_large.sql")));
  TRY(Table table, duck.query_all("SELECT cnt, sum_n_q FROM answers ORDER BY read_no"));
  Answers out;
  for (std::int64_t i = 0; i < table.rows; ++i)
    out.push_back(
        {table.columns[0].int64(i), static_cast<std::int64_t>(table.columns[1].decimal(i))});
  return out;
}

Result<Answers> by_replay(const Project& project, const RecordTables& tables,
                          const std::vector<std::int64_t>& rows) {
  const Table& records = tables.at("flights");
  ThreadPool pool(2);
  CancelToken cancel;
  History history(project, tables, records.rows - 1, pool, cancel);
  TRY_VOID(history.plan());
  Column times = records.find(kTimeColumn)->take(rows);
  std::span t0(times.values.as<std::int64_t>(), rows.size());
  Answers out;
  for (const Read& read : kReads) {
    Column keys = records.find(read.key_column)->take(rows);
    TRY(Table values, history.read(history.feature_plan().views[read.view], keys, t0, t0));
    for (std::int64_t i = 0; i < values.rows; ++i)
      out.push_back({values.columns[0].int64(i), values.columns[1].int64(i)});
  }
  return out;
}

// Rows go in up to and with the sampled one; then it is read, as a decision at that moment would.
Result<Answers> by_state(const Project& project, const Table& records,
                         const std::vector<std::int64_t>& rows) {
  TRY(std::unique_ptr<LiveEngine> live, LiveEngine::make(project, 2));
  Answers out(std::size(kReads) * rows.size());
  std::int64_t next = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Table part;
    part.schema = records.schema;
    part.rows = rows[i] + 1 - next;
    for (const Column& column : records.columns)
      part.columns.push_back(column.slice(next, part.rows));
    next = rows[i] + 1;
    TRY_VOID(live->apply(project.sources[0], part));
    std::int64_t t0 = records.find(kTimeColumn)->int64(rows[i]);
    live->settle(project.sources[0], {t0});
    if (i % (rows.size() / kSaves) == 0) {
      std::string bytes = live->save();
      TRY(live, LiveEngine::make(project, 2));
      TRY_VOID(live->load(bytes));
    }
    for (std::size_t r = 0; r < std::size(kReads); ++r) {
      auto answers = live->read(live->feature_plan().views[kReads[r].view],
                                *records.find(kReads[r].key_column), rows[i], t0, t0);
      if (!answers) return fail(Code::kInternal, "row {} was not answered by state", rows[i]);
      out[r * rows.size() + i] = {(*answers)[0].integer, (*answers)[1].integer};
    }
  }
  return out;
}

TEST(AgreementOnFlights, OfThreeOnAHundredThousandRows) {
  if (!std::filesystem::exists(kFile)) GTEST_SKIP() << "no flights: ./dev setup --group test";
  auto duck = Duck::open({.threads = 2});
  ASSERT_TRUE(duck) << duck.error().text();
  auto records = load_flights(*duck);
  ASSERT_TRUE(records) << records.error().text();
  ASSERT_EQ(records->rows, 3'000'000);
  std::shared_ptr<const Project> project = flights_project();
  std::vector<std::int64_t> rows = sampled_rows(records->rows);
  auto reference = by_reference(*duck, *records, rows);
  ASSERT_TRUE(reference) << reference.error().text();
  auto live = by_state(*project, *records, rows);
  ASSERT_TRUE(live) << live.error().text();
  RecordTables tables;
  tables.emplace("flights", *std::move(records));
  auto replay = by_replay(*project, tables, rows);
  ASSERT_TRUE(replay) << replay.error().text();
  ASSERT_EQ(reference->size(), 4U * kSampled);
  ASSERT_EQ(live->size(), reference->size());
  ASSERT_EQ(replay->size(), reference->size());
  std::int64_t folded = 0;
  for (std::size_t i = 0; i < reference->size(); ++i) {
    ASSERT_EQ((*replay)[i].n, (*reference)[i].n) << "read " << i;
    ASSERT_EQ((*replay)[i].late, (*reference)[i].late) << "read " << i;
    ASSERT_EQ((*live)[i].n, (*reference)[i].n) << "read " << i;
    ASSERT_EQ((*live)[i].late, (*reference)[i].late) << "read " << i;
    folded += (*reference)[i].n;
  }
  fmt::print("{} reads of {} rows agree three ways; {} records folded\n", reference->size(),
             kSampled, folded);
  EXPECT_GT(folded, 1'000'000);
}

}  // namespace
}  // namespace lode
