// The decoder "parquet": DuckDB scans, in file order; lode checks that nothing changes on the way.
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "base/component.h"
#include "ingest/parquet_convert.h"
#include "ingest/reader.h"
#include "ingest/rows_hash.h"
#include "table/duckdb.h"

namespace lode {
namespace {

using Clock = ParquetColumn::Clock;

class ParquetReader final : public RecordReader {
 public:
  ParquetReader(TableStream stream, std::vector<ParquetColumn> plans, const ReadOptions& options)
      : stream_(std::move(stream)),
        plans_(std::move(plans)),
        schema_(options.wanted),
        from_(options.from),
        hasher_(options.wanted) {
    constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
    begin_row_ = from_ ? from_->row : 0;
    end_row_ = options.rows < 0 ? kAll : begin_row_ + options.rows;
    if (options.end) end_row_ = std::min(end_row_, options.end->row);
  }

  // The rows before the first wanted one are read too: their values are part of the hash.
  Result<std::optional<Batch>> next() override {
    while (true) {
      if (from_ && next_row_ == begin_row_) TRY_VOID(check_beginning());
      TRY(std::optional<Table> raw, next_raw());
      if (!raw) break;
      bool wanted = next_row_ >= begin_row_;
      TRY(Batch batch, batch_of(*raw));
      hasher_.add(batch);
      if (wanted) return batch;
    }
    if (next_row_ >= begin_row_) return std::nullopt;
    return fail(Code::kConflict, "the file has fewer rows than when it was read");
  }

  std::optional<ReadPosition> position() const override {
    return ReadPosition{0, next_row_, 1, {}, ReadPosition::Ending::kSettled, hasher_.hash()};
  }

 private:
  Status check_beginning() {
    std::optional<ContentHash> before = std::exchange(from_, std::nullopt)->before;
    if (!before || before == hasher_.hash()) return {};
    return fail(Code::kConflict, "the file changed since it was read");
  }

  // The next rows, none of them on both sides of begin_row_ or of end_row_.
  Result<std::optional<Table>> next_raw() {
    std::optional<Table> raw = std::exchange(pending_, std::nullopt);
    if (next_row_ >= end_row_) return std::nullopt;
    if (!raw) {
      TRY(raw, stream_.next());
      if (!raw) return std::nullopt;
      TRY_VOID(check_order(*raw));
    }
    std::int64_t stop = next_row_ < begin_row_ ? std::min(begin_row_, end_row_) : end_row_;
    std::int64_t most = stop - next_row_;
    if (raw->rows <= most) return raw;
    pending_ = part_of(*raw, most, raw->rows - most);
    return part_of(*raw, 0, most);
  }

  static Table part_of(const Table& table, std::int64_t begin, std::int64_t rows) {
    Table part{table.schema, {}, rows};
    for (const Column& column : table.columns) part.columns.push_back(column.slice(begin, rows));
    return part;
  }

  Result<Batch> batch_of(const Table& raw) {
    Batch batch;
    batch.first_row = next_row_;
    batch.rows_read = raw.rows;
    batch.table.schema = schema_;
    batch.table.rows = raw.rows;
    std::map<std::int64_t, BrokenRow> broken;  // by row; the first column at fault counts
    for (std::size_t i = 0; i < plans_.size(); ++i) convert(raw, i, batch.table, broken);
    if (!broken.empty()) set_aside(std::move(broken), batch);
    for (const ParquetColumn& plan : plans_)
      batch.naive.push_back(plan.clock == Clock::kNaive || plan.clock == Clock::kUnknown);
    next_row_ += raw.rows;
    return batch;
  }

  // The last column is the file's own numbering: the ids of records hang on it.
  Status check_order(const Table& raw) const {
    const Column& numbers = raw.columns.back();
    const auto* number = numbers.values.as<std::int64_t>();
    bool in_order = true;
    for (std::int64_t i = 0; i < raw.rows; ++i) in_order &= number[i] == next_row_ + i;
    if (in_order) return {};
    return fail(Code::kInternal, "DuckDB did not deliver row {} and those behind it in file order",
                next_row_);
  }

  void convert(const Table& raw, std::size_t i, Table& out,
               std::map<std::int64_t, BrokenRow>& broken) {
    std::vector<ConvertFault> faults;
    out.columns.push_back(convert_parquet(plans_[i], raw.columns[i], faults));
    for (ConvertFault& fault : faults) {
      auto [at, is_new] = broken.try_emplace(fault.row);
      if (!is_new) continue;
      at->second.row = next_row_ + fault.row;
      at->second.field = plans_[i].name;
      at->second.reason = std::move(fault.reason);
      at->second.raw = row_text(raw, fault.row);
    }
  }

  std::string row_text(const Table& raw, std::int64_t row) const {
    std::string line;
    for (std::size_t i = 0; i < plans_.size() && line.size() < kRawTextMax; ++i)
      line += fmt::format("{}{}={}", i == 0 ? "" : ", ", plans_[i].name,
                          value_text(raw.columns[i], row));
    return raw_text(line);
  }

  static void set_aside(std::map<std::int64_t, BrokenRow> broken, Batch& batch) {
    std::vector<std::int64_t> rows;
    for (auto& [row, reason] : broken) {
      rows.push_back(row);
      batch.broken.push_back(std::move(reason));
    }
    batch.table = without_rows(batch.table, rows);
  }

  TableStream stream_;
  std::vector<ParquetColumn> plans_;
  Schema schema_;
  std::optional<ReadPosition> from_;  // until it is reached
  std::int64_t begin_row_ = 0;        // the first that is wanted
  std::int64_t end_row_ = 0;          // the first behind them
  std::int64_t next_row_ = 0;
  std::optional<Table> pending_;  // rows of the stream behind those given
  RowsHasher hasher_;
};

Result<std::vector<ParquetColumn>> plan_columns(const Table& described, const Schema& wanted) {
  std::vector<std::string_view> known;
  for (std::int64_t i = 0; i < described.rows; ++i) known.push_back(described.columns[0].string(i));
  std::vector<ParquetColumn> plans;
  for (const Field& field : wanted.fields()) {
    auto found = std::ranges::find(known, field.name);
    if (found == known.end()) return fail(missing_column(field.name, known));
    TRY(plans.emplace_back(),
        plan_parquet_column(field, described.columns[1].string(found - known.begin())));
  }
  return plans;
}

// Lists and structs come as the file has them; they must be what is declared.
Status check_nested(const Schema& selected, const Schema& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    bool nested = wanted[i].type.id == TypeId::kList || wanted[i].type.id == TypeId::kStruct;
    if (nested && selected[i].type != wanted[i].type)
      return fail(Code::kInvalid,
                  "column '{0}' is {1} in the file and {2} by declaration; declare {1}",
                  wanted[i].name, selected[i].type.text(), wanted[i].type.text());
  }
  return {};
}

Result<std::unique_ptr<RecordReader>> open_parquet(FileSystem& files, const std::string& path,
                                                   const ReadOptions& options,
                                                   const OptionValues&) {
  TRY(FileInfo info, files.info(path));
  if (info.kind != FileInfo::kFile) return fail(Code::kInvalid, "'{}' is no file", path);
  TRY(Duck duck, Duck::open({.threads = options.threads}));
  std::string file = parquet_path_literal(path);
  TRY(Table described,
      duck.query_all(fmt::format("DESCRIBE SELECT * FROM read_parquet({})", file)));
  TRY(std::vector<ParquetColumn> plans, plan_columns(described, options.wanted));
  std::string columns;
  for (const ParquetColumn& plan : plans) columns += plan.sql + ", ";
  TRY(TableStream stream,
      duck.query(
          fmt::format("SELECT {}file_row_number FROM read_parquet({}, file_row_number = true)",
                      columns, file),
          {.rows_per_table = options.rows_per_batch, .infinities_as_extremes = true}));
  TRY_VOID(check_nested(stream.schema(), options.wanted));
  return std::make_unique<ParquetReader>(std::move(stream), std::move(plans), options);
}

// From the footer alone.
Result<std::int64_t> count_parquet(const std::string& path) {
  TRY(Duck duck, Duck::open());
  TRY(Table counted, duck.query_all(fmt::format("SELECT count(*) FROM read_parquet({})",
                                                parquet_path_literal(path))));
  return counted.columns[0].values.as<std::int64_t>()[0];
}

constexpr std::array<std::string_view, 2> kEndings = {".parquet", ".pq"};
constexpr Decoder kDecoder = {
    .endings = kEndings, .open = open_parquet, .check = nullptr, .count = count_parquet};
constinit const Component kComponent = {
    .kind = "decoder",
    .name = "parquet",
    .summary = "Apache Parquet files, read by DuckDB",
    .description =
        "Rows come in file order. Columns are found by name, case counts. A column is read as its "
        "declared type only where that is exact: integers as int64, double or decimal; decimals as "
        "decimal or int64; doubles as int64 when whole; every timestamp as microseconds; a date as "
        "a "
        "timestamp at midnight; a string as any type its text has. A value that would change sets "
        "its row aside. Timestamps without a zone, and dates, are readings of the source's clock.",
    .example = "files: flights.parquet",
    .options = {},
    .factory = &kDecoder,
};
const Registration kRegistration(kComponent);

}  // namespace
}  // namespace lode
