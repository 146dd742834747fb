// How fast does the raw zone come back into the feature engine?
//
//   replay [--tiny]
//
// Three million records of a source like examples/flights (a text id and key, a time, two numbers,
// a label half an hour later) are written as a raw zone. Read back and applied to the engine
// (three windows of count, sum, mean and max of one value and of the label by key), one thread.
// Beside it: DuckDB's own scan of the same columns of the same files, and the engine alone over
// tables in memory. The aim is 1.5 times their sum or less. What is kept stands in replay.bench/
// beside the program.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/random.h"
#include "features/live.h"
#include "lake/parquet_zone.h"
#include "project/project.h"
#include "table/duckdb.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"text(lode: 1
project: replay
sources:
  flights:
    files: flights.csv
    columns: {flight: string, at: timestamp, origin: string, delay: int64, distance: int64,
              landed: timestamp}
    time: at
    id: flight
labels:
  late: {about: flights, value: delay >= 15, known: landed}
features:
  usual:
    over: flights
    by: origin
    windows: [1h, 1d, 7d]
    values: {n: count(), miles: sum(distance), far: mean(distance), farthest: max(distance)}
  lateness:
    over: late
    by: origin
    windows: [1h, 1d, 7d]
    values: {n: count(), rate: mean(value)}
)text";

constexpr std::int64_t kBatch = 65'536;
constexpr std::int64_t kSecond = 1'000'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Records [begin, begin + count): a flight every five seconds from one of 300 origins.
Table make_records(const Schema& schema, std::int64_t begin, std::int64_t count, Random& random) {
  std::vector<ColumnBuilder> builders;
  for (const Field& field : schema.fields()) builders.emplace_back(field.type);
  for (std::int64_t i = begin; i < begin + count; ++i) {
    std::int64_t at = i * 5 * kSecond;
    auto delay = static_cast<std::int64_t>(random.below(90)) - 30;
    std::string flight = fmt::format("2001-{}", i);
    std::string origin = fmt::format("K{:03}", std::min(random.below(300), random.below(300)));
    for (std::size_t c = 0; c < schema.size(); ++c) {
      const std::string& name = schema[c].name;
      ColumnBuilder& out = builders[c];
      if (name == kSeqColumn)
        out.append_int64(i);
      else if (name == kKindColumn)
        out.append_int64(static_cast<std::int64_t>(RecordKind::kOriginal));
      else if (name == kIdColumn || name == "flight")
        out.append_string(flight);
      else if (name == "origin")
        out.append_string(origin);
      else if (name == "delay")
        out.append_int64(delay);
      else if (name == "distance")
        out.append_int64(static_cast<std::int64_t>(random.below(2'500)));
      else if (name == "landed")
        out.append_int64(at + (5'400 + delay * 60) * kSecond);
      else
        out.append_int64(at);  // event time, known, local
    }
  }
  Table table;
  table.schema = schema;
  table.rows = count;
  for (ColumnBuilder& builder : builders) table.columns.push_back(builder.finish());
  return table;
}

// The seconds it took, and a hash of what the engine was left with.
struct Applied {
  double seconds = 0;
  std::uint64_t state = 0;
};

struct Bench {
  std::filesystem::path folder;
  std::shared_ptr<const Project> project;
  std::int64_t records = 0;

  ZoneOptions options() const { return {.scratch = (folder / "tmp").string()}; }
  const Source& source() const { return project->sources[0]; }

  Status write() const;
  Result<Applied> replay() const;
  Result<Applied> engine(const std::vector<Table>& tables) const;
  Result<double> scan() const;
  Result<std::vector<Table>> tables() const;
};

Status Bench::write() const {
  std::filesystem::create_directories(folder / "tmp");
  TRY(ParquetZone zone, ParquetZone::open((folder / "raw").string(), options()));
  TRY(ZoneWriter writer, zone.write());
  TRY(Schema schema, project->record_schema(source()));
  Random random(11);
  for (std::int64_t begin = 0; begin < records; begin += kBatch)
    TRY_VOID(writer.append(make_records(schema, begin, std::min(kBatch, records - begin), random)));
  TRY_VOID(writer.commit());
  return {};
}

Result<Applied> Bench::replay() const {
  TRY(std::unique_ptr<LiveEngine> engine, LiveEngine::make(*project, 1));
  auto start = std::chrono::steady_clock::now();
  TRY(ParquetZone zone, ParquetZone::open((folder / "raw").string(), options()));
  TRY(ZoneStream stream, zone.read());
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) break;
    TRY_VOID(engine->apply(source(), *table));
  }
  return Applied{seconds_since(start), hash64(engine->save())};
}

Result<Applied> Bench::engine(const std::vector<Table>& tables) const {
  TRY(std::unique_ptr<LiveEngine> engine, LiveEngine::make(*project, 1));
  auto start = std::chrono::steady_clock::now();
  for (const Table& table : tables) TRY_VOID(engine->apply(source(), table));
  return Applied{seconds_since(start), hash64(engine->save())};
}

Result<std::vector<Table>> Bench::tables() const {
  TRY(ParquetZone zone, ParquetZone::open((folder / "raw").string(), options()));
  TRY(ZoneStream stream, zone.read());
  std::vector<Table> tables;
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) return tables;
    tables.push_back(*std::move(table));
  }
}

// Every column of every part read by DuckDB, nothing kept: what it must decode to take a maximum.
Result<double> Bench::scan() const {
  TRY(Duck duck, Duck::open({.threads = 1}));
  TRY(Schema schema, project->record_schema(source()));
  std::string columns;
  for (const Field& field : schema.fields())
    columns += fmt::format("{}max({})", columns.empty() ? "" : ", ", sql_identifier(field.name));
  std::string sql = fmt::format("SELECT {} FROM read_parquet({})", columns,
                                sql_literal((folder / "raw" / "**" / "*.parquet").string()));
  auto start = std::chrono::steady_clock::now();
  TRY_VOID(duck.query_all(sql));
  return seconds_since(start);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

Status run(const Bench& bench, std::size_t repeats) {
  TRY_VOID(bench.write());
  TRY(std::vector<Table> tables, bench.tables());
  std::vector<double> replay;
  std::vector<double> engine;
  std::vector<double> scan;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < repeats; ++i) {
    TRY(Applied whole, bench.replay());
    TRY(Applied alone, bench.engine(tables));
    TRY(double scanned, bench.scan());
    if (whole.state != alone.state)
      return fail(Code::kInternal, "replayed and applied state differ");
    replay.push_back(whole.seconds);
    engine.push_back(alone.seconds);
    scan.push_back(scanned);
    ratios.push_back(whole.seconds / (alone.seconds + scanned));
  }
  auto line = [&](std::string_view name, const std::vector<double>& seconds) {
    fmt::print("{:<28} {:6.2f} s  {:5.2f} M records/s\n", name, median(seconds),
               static_cast<double>(bench.records) / median(seconds) / 1e6);
  };
  line("raw zone into the engine", replay);
  line("engine alone", engine);
  line("DuckDB's scan alone", scan);
  auto [least, most] = std::ranges::minmax(ratios);
  fmt::print("replay / (scan + engine)     {:.2f} [{:.2f}..{:.2f}]\n", median(ratios), least, most);
  return {};
}

int main_of(bool tiny) {
  if (auto version = Duck::version(); !version) {
    fmt::print(stderr, "skipped: {}\n", version.error().text());
    return 77;
  }
  std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "replay.bench";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  Status done = write_atomically(posix_files(), (folder / "lode.yaml").string(), kProject);
  // The records are made here; the file only has to be there.
  if (done) done = write_atomically(posix_files(), (folder / "flights.csv").string(), "");
  auto project = load_project((folder / "lode.yaml").string());
  if (!project) {
    fmt::print(stderr, "{}\n", project.error().errors.front().text());
    return 1;
  }
  Bench bench{folder, *project, tiny ? 20'000 : 3'000'000};
  if (done) done = run(bench, tiny ? 1 : 5);
  if (!done) fmt::print(stderr, "{}\n", done.error().text());
  std::filesystem::remove_all(folder);
  return done ? 0 : 1;
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  return lode::main_of(argc > 1 && std::string_view(argv[1]) == "--tiny");
}
