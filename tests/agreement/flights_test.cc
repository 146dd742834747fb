// The agreement of three on real flights (docs/semantics.md), as examples/flights has them on the
// file's own clock and on true UTC: every row placed in time and judged by lode's ingest and by
// DuckDB, and 100,000 sampled rows, each read four times: event at a time with 50 saves and loads
// and two shards, batch replay, and tests/reference/read_large.sql.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "features/history.h"
#include "features/live.h"
#include "ingest/arrivals.h"
#include "table/concatenate.h"
#include "table/duckdb.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::int64_t kAllRows = 3'000'000;
constexpr std::int64_t kRows = LODE_AGREEMENT_FLIGHTS;  // the first; fewer under a sanitizer
constexpr std::int64_t kSampled = kRows / 30;
constexpr std::int64_t kSaves = 50;
const std::string kFile =
    std::string(LODE_SOURCE_DIR) + "/third_party/prefix/share/vega-datasets/flights-3m.parquet";
const std::string kExample = std::string(LODE_SOURCE_DIR) + "/examples/flights/";

// One of the example's two projects, and what its lode.yaml says of time.
struct Clock {
  const char* name;
  const char* file;  // of examples/flights
  std::int64_t allowed_lateness_us;
  const char* zone;  // SQL; airport_zone is the origin's
  // Whether no row comes before one that was earlier: then a read by all rows of the file sees what
  // one by the rows up to its own does.
  bool in_order;
};
void PrintTo(const Clock& clock, std::ostream* out) { *out << clock.name; }
constexpr Clock kClocks[] = {{"Naive", "naive.yaml", 0, "'UTC'", true},
                             {"TrueUtc", "lode.yaml", 7 * 3'600'000'000LL, "airport_zone", false}};

std::string file_in(const TemporaryProject& folder) {
  return folder.root() / "data/flights-3m.parquet";
}

Status put_file(const Duck& duck, const TemporaryProject& folder) {
  std::filesystem::create_directories(folder.root() / "data");
  if (kRows == kAllRows) {
    std::filesystem::create_symlink(kFile, file_in(folder));
    return {};
  }
  return duck.execute(fmt::format(
      "COPY (SELECT * EXCLUDE file_row_number FROM read_parquet({}, file_row_number = true) "
      "WHERE file_row_number < {} ORDER BY file_row_number) TO {}",
      sql_literal(kFile), kRows, sql_literal(file_in(folder))));
}

// The example with the two views that are read, in a folder of its own.
std::shared_ptr<const Project> load_example(const Clock& clock, const TemporaryProject& folder) {
  folder.write("lode.yaml", read_text(kExample + clock.file));
  folder.write("airport-zones.csv", read_text(kExample + "airport-zones.csv"));
  std::shared_ptr<const Project> loaded = folder.load();
  if (loaded == nullptr) return nullptr;
  auto project = std::make_shared<Project>(*loaded);
  std::erase_if(project->views, [](const View& view) { return view.name.starts_with("leak"); });
  return project;
}

// What lode's ingest accepts of the file.
Result<Table> ingested(const Project& project) {
  const Source& source = project.sources[0];
  std::vector<Stretch> stretches(1);
  stretches[0].path = source.files[0].string();
  TRY(ArrivalReader reader, ArrivalReader::open(posix_files(), project, source, stretches, 0, 2));
  std::vector<Table> tables;
  while (true) {
    TRY(std::optional<ArrivalBatch> batch, reader.next());
    if (!batch) break;
    tables.push_back(std::move(batch->accepted));
  }
  TRY(Table joined, concatenate_and_drop(tables));
  return with_derived(project, source, std::move(joined));
}

// Rows spread over the whole file.
std::vector<std::int64_t> sampled_rows(std::int64_t rows) {
  std::vector<std::int64_t> out;
  for (std::int64_t i = 0; i < kSampled; ++i) out.push_back(i * (rows / kSampled) + i % 7);
  return out;
}

struct Read {
  const char* view;
  const char* key_column;
};
constexpr Read kReads[] = {{"departures", "origin"},
                           {"arrivals", "origin"},
                           {"departures", "destination"},
                           {"arrivals", "destination"}};

Status run_reference(const Duck& duck) {
  return duck.execute(read_text(std::string(LODE_SOURCE_DIR) + "/tests/reference/read_large.sql"));
}

// The reference's verdicts on the flights. Broken (2.4) is what the contract of lode.yaml refuses,
// what has no zone, and a local time that there never was: it reads back as another.
Status judge_by_reference(const Duck& duck, const Clock& clock, const std::string& file) {
  TRY_VOID(duck.execute(fmt::format(
      "CREATE TABLE flights AS SELECT file_row_number AS seq, epoch_us(date AT TIME ZONE {1}) AS "
      "t, "
      "origin, destination, delay::BIGINT AS delay, distance::BIGINT AS distance, NOT coalesce("
      "(date AT TIME ZONE {1}) AT TIME ZONE {1} = date AND "
      "regexp_full_match(origin, '[A-Z]{{3}}') AND regexp_full_match(destination, '[A-Z]{{3}}') "
      "AND "
      "distance BETWEEN 1 AND 6000 AND delay BETWEEN -120 AND 2000, false) AS broken "
      "FROM read_parquet({0}, file_row_number = true) LEFT JOIN "
      "(SELECT iata, zone AS airport_zone FROM read_csv({2})) ON origin = iata;"
      "CREATE TABLE sources AS SELECT 0::BIGINT AS stream, 'flights' AS source, "
      "{3}::BIGINT AS allowed_lateness, 300000000::BIGINT AS max_ahead, "
      "86400000000::BIGINT AS dedup_span, true AS id_is_position;"
      "CREATE TABLE quanta AS SELECT 0::BIGINT AS stream, 1.0::DOUBLE AS x_quantum;"
      "CREATE TABLE arrivals AS SELECT 0::BIGINT AS stream, seq, 'flights' AS source, 'p' AS part, "
      "'original' AS kind, seq AS id_n, NULL::VARCHAR AS id_s, t, t AS known, broken, "
      "origin AS key_a, destination AS key_b, NULL::DOUBLE AS x, (delay > 15)::BIGINT AS n, "
      "NULL::BOOLEAN AS b, NULL::BIGINT AS label_value, NULL::BIGINT AS label_known FROM flights;"
      "CREATE TABLE views AS SELECT 0::BIGINT AS stream, * FROM (VALUES "
      "('departures', 'source', 'outcomes', 'key_a', 'sliding', 7200000000::BIGINT, false, "
      "NULL::BIGINT, false, NULL::BIGINT), "
      "('arrivals', 'source', 'outcomes', 'key_b', 'sliding', 7200000000::BIGINT, false, "
      "NULL::BIGINT, false, NULL::BIGINT)) v(view, over_kind, source, key_col, window_kind, w, "
      "exact, last_n, include_current, distinct_limit);"
      "CREATE TABLE later AS FROM views; DELETE FROM views;"
      "CREATE TABLE reads(stream BIGINT, read_no BIGINT, view VARCHAR, key VARCHAR, t0 BIGINT, "
      "k BIGINT, s BIGINT)",
      sql_literal(file), clock.zone, sql_literal(kExample + "airport-zones.csv"),
      clock.allowed_lateness_us)));
  return run_reference(duck);
}

// The reference reads outcomes as records whose time is when they are known; they were judged.
Status put_outcomes(const Duck& duck) {
  return duck.execute(
      "CREATE OR REPLACE TABLE arrivals AS SELECT a.* REPLACE ('outcomes' AS source, "
      "a.t + (30 + floor(distance / 7.5))::BIGINT * 60000000 AS t, "
      "a.t + (30 + floor(distance / 7.5))::BIGINT * 60000000 AS known, "
      "verdict <> 'accepted' AS broken) "
      "FROM arrivals a JOIN verdicts v ON v.seq = a.seq JOIN flights f ON f.seq = a.seq;"
      "UPDATE sources SET source = 'outcomes', allowed_lateness = 1000000000000000, "
      "dedup_span = 1000000000000000;"
      "INSERT INTO views FROM later");
}

// Two reads a question where the clock is out of order: by all rows, as a training set reads, and
// by those up to the row's own, as a decision at its time would have.
Status put_reads(const Duck& duck, const Table& records, const std::vector<std::int64_t>& rows,
                 bool in_order) {
  ColumnBuilder stream(Type::int64());
  ColumnBuilder number(Type::int64());
  ColumnBuilder view(Type::string());
  ColumnBuilder key(Type::string());
  ColumnBuilder t0(Type::int64());
  ColumnBuilder s(Type::int64());
  std::int64_t next = 0;
  for (bool all : {true, false}) {
    if (!all && in_order) continue;
    for (const Read& read : kReads)
      for (std::int64_t row : rows) {
        stream.append_int64(0);
        number.append_int64(next++);
        view.append_string(read.view);
        key.append_string(records.find(read.key_column)->string(row));
        t0.append_int64(records.find(kTimeColumn)->int64(row));
        s.append_int64(all ? std::numeric_limits<std::int64_t>::max()
                           : records.find(kSeqColumn)->int64(row));
      }
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
  return duck.append("reads", table);
}

struct Counts {
  std::int64_t n = -1;
  std::int64_t late = -1;
  bool operator==(const Counts&) const = default;
};

using Answers = std::vector<Counts>;  // kReads x sampled rows

struct ReferenceReads {
  Answers by_all;
  Answers by_then;
};

Result<ReferenceReads> by_reference(const Duck& duck, const Table& records,
                                    const std::vector<std::int64_t>& rows, bool in_order) {
  TRY_VOID(put_outcomes(duck));
  TRY_VOID(put_reads(duck, records, rows, in_order));
  TRY_VOID(run_reference(duck));
  TRY(Table table, duck.query_all("SELECT cnt, sum_n_q FROM answers ORDER BY read_no"));
  ReferenceReads out;
  for (std::int64_t i = 0; i < table.rows; ++i) {
    bool all = std::cmp_less(i, std::size(kReads) * rows.size());
    (all ? out.by_all : out.by_then)
        .push_back(
            {table.columns[0].int64(i), static_cast<std::int64_t>(table.columns[1].decimal(i))});
  }
  if (in_order) out.by_then = out.by_all;
  return out;
}

Result<Answers> by_replay(const Project& project, const RecordTables& tables,
                          const std::vector<std::int64_t>& rows) {
  const Table& records = tables.at("flights");
  ThreadPool pool(2);
  CancelToken cancel;
  History history(project, tables, records.find(kSeqColumn)->int64(records.rows - 1), pool, cancel);
  TRY_VOID(history.plan());
  Column times = records.find(kTimeColumn)->take(rows);
  std::span t0(times.values.as<std::int64_t>(), rows.size());
  Answers out;
  for (const Read& read : kReads) {
    Column keys = records.find(read.key_column)->take(rows);
    TRY(Table values, history.read(*history.feature_plan().view(read.view), keys, t0, t0));
    for (std::int64_t i = 0; i < values.rows; ++i)
      out.push_back({values.columns[0].int64(i), values.columns[1].int64(i)});
  }
  return out;
}

// Rows go in up to and with the sampled one; then it is read, as a decision at that moment would,
// with all settled that no row can be accepted below.
Result<Answers> by_state(const Project& project, const Table& records,
                         const std::vector<std::int64_t>& rows) {
  const Column& times = *records.find(kTimeColumn);
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  TRY(std::unique_ptr<LiveEngine> live, LiveEngine::make(project, 2));
  Answers out(std::size(kReads) * rows.size());
  std::int64_t next = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Table part;
    part.schema = records.schema;
    part.rows = rows[i] + 1 - next;
    for (const Column& column : records.columns)
      part.columns.push_back(column.slice(next, part.rows));
    for (; next <= rows[i]; ++next) latest = std::max(latest, times.int64(next));
    TRY_VOID(live->apply(project.sources[0], part));
    std::int64_t t0 = times.int64(rows[i]);
    live->settle(project.sources[0], {latest - project.sources[0].allowed_lateness.us});
    if (i % (rows.size() / kSaves) == 0) {
      std::string bytes = live->save();
      TRY(live, LiveEngine::make(project, 2));
      TRY_VOID(live->load(bytes));
    }
    for (std::size_t r = 0; r < std::size(kReads); ++r) {
      auto answers = live->read(*live->feature_plan().view(kReads[r].view),
                                *records.find(kReads[r].key_column), rows[i], t0, t0);
      if (!answers) return fail(Code::kInternal, "row {} was not answered by state", rows[i]);
      out[r * rows.size() + i] = {(*answers)[0].integer, (*answers)[1].integer};
    }
  }
  return out;
}

// Every row of the file: whether it is accepted, and when it was.
void compare_verdicts(const Duck& duck, const Table& records) {
  auto counts = duck.query_all("SELECT verdict, count(*) FROM verdicts GROUP BY 1 ORDER BY 1");
  ASSERT_TRUE(counts) << counts.error().text();
  for (std::int64_t i = 0; i < counts->rows; ++i)
    fmt::print("  {}: {} rows\n", counts->columns[0].string(i), counts->columns[1].int64(i));
  auto accepted = duck.query_all(
      "SELECT f.seq, t FROM flights f JOIN verdicts v ON v.seq = f.seq "
      "WHERE verdict = 'accepted' ORDER BY f.seq");
  ASSERT_TRUE(accepted) << accepted.error().text();
  ASSERT_EQ(accepted->rows, records.rows);
  const Column& seq = *records.find(kSeqColumn);
  const Column& time = *records.find(kTimeColumn);
  for (std::int64_t i = 0; i < records.rows; ++i) {
    ASSERT_EQ(seq.int64(i), accepted->columns[0].int64(i)) << "record " << i;
    ASSERT_EQ(time.int64(i), accepted->columns[1].int64(i)) << "seq " << seq.int64(i);
  }
}

class AgreementOnFlights : public ::testing::TestWithParam<Clock> {};

TEST_P(AgreementOnFlights, OfThreeOnAHundredThousandRows) {
  if (!std::filesystem::exists(kFile)) GTEST_SKIP() << "no flights: ./dev setup --group demo";
  auto duck = Duck::open({.threads = 2});
  ASSERT_TRUE(duck) << duck.error().text();
  TemporaryProject folder;
  auto put = put_file(*duck, folder);
  ASSERT_TRUE(put) << put.error().text();
  std::shared_ptr<const Project> project = load_example(GetParam(), folder);
  ASSERT_NE(project, nullptr);
  auto records = ingested(*project);
  ASSERT_TRUE(records) << records.error().text();
  ASSERT_GT(records->rows, kRows - 10);
  auto judged = judge_by_reference(*duck, GetParam(), file_in(folder));
  ASSERT_TRUE(judged) << judged.error().text();
  compare_verdicts(*duck, *records);
  if (HasFatalFailure()) return;
  std::vector<std::int64_t> rows = sampled_rows(records->rows);
  auto reference = by_reference(*duck, *records, rows, GetParam().in_order);
  ASSERT_TRUE(reference) << reference.error().text();
  auto live = by_state(*project, *records, rows);
  ASSERT_TRUE(live) << live.error().text();
  RecordTables tables;
  tables.emplace("flights", *std::move(records));
  auto replay = by_replay(*project, tables, rows);
  ASSERT_TRUE(replay) << replay.error().text();
  ASSERT_EQ(reference->by_all.size(), 4U * kSampled);
  ASSERT_EQ(reference->by_then.size(), reference->by_all.size());
  ASSERT_EQ(live->size(), reference->by_all.size());
  ASSERT_EQ(replay->size(), reference->by_all.size());
  std::int64_t folded = 0;
  std::int64_t differ = 0;
  for (std::size_t i = 0; i < live->size(); ++i) {
    const Counts& all = reference->by_all[i];
    const Counts& then = reference->by_then[i];
    ASSERT_EQ((*replay)[i].n, all.n) << "read " << i;
    ASSERT_EQ((*replay)[i].late, all.late) << "read " << i;
    ASSERT_EQ((*live)[i].n, then.n) << "read " << i;
    ASSERT_EQ((*live)[i].late, then.late) << "read " << i;
    folded += all.n;
    differ += all == then ? 0 : 1;
  }
  fmt::print(
      "{} reads of {} rows agree three ways; {} records folded; {} reads see rows that came "
      "later in the file\n",
      live->size(), kSampled, folded, differ);
  EXPECT_GT(folded, 10 * kSampled);
  EXPECT_EQ(differ > kSampled / 100, !GetParam().in_order);
}

INSTANTIATE_TEST_SUITE_P(Clocks, AgreementOnFlights, ::testing::ValuesIn(kClocks),
                         [](const auto& clock) { return std::string(clock.param.name); });

}  // namespace
}  // namespace lode
