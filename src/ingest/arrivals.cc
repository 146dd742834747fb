#include "ingest/arrivals.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "ingest/row_arrivals.h"
#include "ingest/stretches.h"
#include "table/expression.h"
#include "table/failing_rows.h"

namespace lode {
namespace {

constexpr std::int64_t kRowBits = 40;  // position ids: file number above, row number below

Column int64_column(const Type& type, const std::vector<std::int64_t>& values) {
  Column column;
  column.type = type;
  column.length = static_cast<std::int64_t>(values.size());
  column.values = Buffer::allocate(column.length * 8);
  if (!values.empty()) std::memcpy(column.values.mutable_data(), values.data(), values.size() * 8);
  return column;
}

Table take_rows(const Table& table, std::span<const std::int64_t> rows) {
  Table out;
  out.schema = table.schema;
  out.rows = static_cast<std::int64_t>(rows.size());
  for (const Column& column : table.columns) out.columns.push_back(column.take(rows));
  return out;
}

void add_column(Table& table, std::string_view name, Column column) {
  std::vector<Field> fields = table.schema.fields();
  fields.push_back({std::string(name), column.type});
  table.schema = Schema(std::move(fields));
  table.columns.push_back(std::move(column));
}

}  // namespace

std::string_view cause_name(SetAsideCause cause) {
  constexpr std::array<std::string_view, 7> kNames = {
      "unreadable", "time", "contract", "duplicate", "conflict", "future", "late"};
  return kNames[static_cast<std::size_t>(cause)];
}

Result<Table> with_derived(const Project& project, const Source& source, Table records) {
  for (const NamedExpression& derived : source.derive) {
    auto place = [&](const Error& error) {
      return fail(error.context("column " + derived.name)
                      .at({.file = project.file.string(),
                           .line = derived.value.place.line,
                           .column = derived.value.place.column}));
    };
    auto bound = bind(derived.value.expression, records.schema, bind_options(source));
    if (!bound) return place(bound.error());
    auto column = bound->evaluate(records);
    if (!column) return fail(column.error().context("column " + derived.name));
    add_column(records, derived.name, *std::move(column));
  }
  return records;
}

struct ArrivalReader::State {
  State(const Project& p, const Source& s, StretchReader r)
      : project(p),
        source(s),
        reader(std::move(r)),
        acceptance({s.allowed_lateness, s.max_ahead, s.dedup_span, s.id.empty()}) {}

  const Project& project;
  const Source& source;
  StretchReader reader;
  RowCheck check;
  Acceptance acceptance;
  RowZones zones;

  // ---- one batch on its way ----
  Table table;                    // rows still in the running
  std::vector<std::int64_t> row;  // their row numbers in the file
  std::vector<std::int64_t> seq;
  std::int64_t file = 0;  // number and name
  std::string file_name;
  ArrivalBatch out;

  void set_aside(std::int64_t position, SetAsideCause cause, std::string field,
                 std::string reason) {
    auto i = static_cast<std::size_t>(position);
    SetAside aside;
    aside.seq = seq[i];
    aside.cause = cause;
    aside.file = file_name;
    aside.row = row[i];
    aside.field = std::move(field);
    aside.reason = std::move(reason);
    out.set_aside.push_back(std::move(aside));
  }

  // Keeps only the positions in `kept`.
  void keep(const std::vector<std::int64_t>& kept) {
    if (std::cmp_equal(kept.size(), table.rows)) return;
    table = take_rows(table, kept);
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> seqs;
    for (std::int64_t i : kept) {
      rows.push_back(row[static_cast<std::size_t>(i)]);
      seqs.push_back(seq[static_cast<std::size_t>(i)]);
    }
    row = std::move(rows);
    seq = std::move(seqs);
  }

  // Sets aside positions for which `reason(i)` gives a text.
  template <typename Reason>
  void filter(SetAsideCause cause, const std::string& field, Reason reason) {
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < table.rows; ++i) {
      if (std::optional<std::string> why = reason(i))
        set_aside(i, cause, field, *std::move(why));
      else
        kept.push_back(i);
    }
    keep(kept);
  }

  bool is_retraction(std::int64_t i) const {
    if (!source.change) return false;
    return record_kind(source, table.find(source.change->column), i) == RecordKind::kRetraction;
  }

  // Evaluates over the rows in the running; those on which it fails are set aside.
  Result<Column> evaluate(const DeclaredExpression& expression, const Table& over,
                          SetAsideCause cause, const std::string& field) {
    TRY(BoundExpression bound, bind(expression.expression, over.schema, bind_options(source)));
    auto column = bound.evaluate(over);
    if (column || column.error().where().offset < 0) return column;
    TRY(std::vector<FailingRow> failing, failing_rows(bound, over));
    auto next = failing.begin();
    std::vector<std::int64_t> others;
    filter(cause, field, [&](std::int64_t i) -> std::optional<std::string> {
      if (next != failing.end() && next->row == i) return (next++)->reason;
      others.push_back(i);
      return std::nullopt;
    });
    return bound.evaluate(take_rows(over, others));
  }

  Status read(const StretchBatch& next) {
    const Batch& batch = next.batch;
    std::int64_t first_seq = next.first_seq;
    file = next.file;
    file_name = next.file_name;
    out = ArrivalBatch{};
    out.first_seq = first_seq;
    out.rows_read = batch.rows_read;
    table = batch.table;
    row = batch.row_numbers();
    seq.clear();
    for (std::int64_t r : row) seq.push_back(first_seq + r - batch.first_row);
    for (const BrokenRow& broken : batch.broken)
      out.set_aside.push_back({.seq = first_seq + broken.row - batch.first_row,
                               .cause = SetAsideCause::kUnreadable,
                               .file = file_name,
                               .row = broken.row,
                               .line = broken.line,
                               .field = broken.field,
                               .reason = broken.reason,
                               .raw = broken.raw});
    TRY_VOID(place_in_time(batch.naive));
    TRY_VOID(find_known());
    TRY_VOID(hold_against_contract());
    TRY_VOID(hold_against_check());
    judge();
    finish();
    return {};
  }

  // A retraction needs no columns but its id and what its known time is made of: without times,
  // nothing of it is to be placed.
  bool needs_no_zone(std::int64_t i) const {
    if (!is_retraction(i)) return false;
    for (std::size_t c = 0; c < source.columns.size(); ++c)
      if (source.columns[c].type.id == TypeId::kTimestamp && !table.columns[c].is_null(i))
        return false;
    return true;
  }

  // Turns local readings into instants and keeps the reading of the time column as _local.
  Status place_in_time(const std::vector<bool>& naive) {
    const std::string& time = source.time;
    if (!source.timeless())
      filter(SetAsideCause::kTime, time, [&](std::int64_t i) -> std::optional<std::string> {
        if (!table.find(time)->is_null(i) || is_retraction(i)) return std::nullopt;
        return "no event time";
      });
    const Column* key =
        source.zone.kind == ZoneRule::Kind::kLookup ? table.find(source.zone.lookup_key) : nullptr;
    std::vector<const Zone*> zone(static_cast<std::size_t>(table.rows), nullptr);
    if (!zones.utc()) {
      filter(SetAsideCause::kTime, source.zone.lookup_key,
             [&](std::int64_t i) -> std::optional<std::string> {
               if (zones.zone(key, i) != nullptr || needs_no_zone(i)) return std::nullopt;
               if (key->is_null(i)) return "no time zone: the look-up key is null";
               return fmt::format("no time zone for '{}' in {}", key->string(i),
                                  source.zone.lookup_file.filename().string());
             });
      zone.resize(static_cast<std::size_t>(table.rows));
      key = key == nullptr ? nullptr : table.find(source.zone.lookup_key);
      for (std::int64_t i = 0; i < table.rows; ++i)
        zone[static_cast<std::size_t>(i)] = zones.zone(key, i);
    }
    std::vector<std::int64_t> local(static_cast<std::size_t>(table.rows), 0);
    std::vector<bool> missing(static_cast<std::size_t>(table.rows), false);
    for (std::size_t c = 0; c < source.columns.size(); ++c) {
      if (source.columns[c].type.id != TypeId::kTimestamp) continue;
      bool is_time = source.columns[c].name == time;
      if (zones.utc() && !is_time) continue;
      std::vector<std::int64_t> utc;
      const Column& column = table.columns[c];
      for (std::int64_t i = 0; i < table.rows; ++i) {
        auto at = static_cast<std::size_t>(i);
        std::int64_t value = column.is_null(i) ? 0 : column.int64(i);
        std::int64_t reading = value;
        if (zone[at] != nullptr && naive[c]) {
          LocalTime instant = zone[at]->to_utc(value);
          if (instant.kind == LocalTime::kMissing && !column.is_null(i)) missing[at] = true;
          value = instant.utc.us;
        } else if (zone[at] != nullptr) {
          reading = zone[at]->to_local({value});
        }
        utc.push_back(value);
        if (is_time) local[at] = reading;
      }
      Column placed = int64_column(Type::timestamp(), utc);
      placed.validity = column.validity;
      placed.null_count = column.null_count;
      table.columns[c] = std::move(placed);
    }
    add_column(table, kLocalColumn, int64_column(Type::timestamp(), local));
    filter(SetAsideCause::kTime, time, [&](std::int64_t i) -> std::optional<std::string> {
      if (!missing[static_cast<std::size_t>(i)]) return std::nullopt;
      return "a local time that does not exist: the clocks were set forward over it";
    });
    return {};
  }

  Status find_known() {
    if (source.timeless()) {
      add_column(table, kKnownColumn, no_times());
      return {};
    }
    const Column* time = table.find(source.time);
    if (source.known.mode == KnownRule::Mode::kAssumed) {
      filter(SetAsideCause::kTime, source.time, [&](std::int64_t i) -> std::optional<std::string> {
        return time->is_null(i) ? std::optional<std::string>(
                                      "a retraction without a time, whose "
                                      "known time is assumed")
                                : std::nullopt;
      });
      add_column(table, kKnownColumn, *table.find(source.time));
      return {};
    }
    TRY(Table derived, derived_table());
    TRY(Column known, evaluate(*source.known.expression, derived, SetAsideCause::kTime, "known"));
    add_column(table, kKnownColumn, known);
    filter(SetAsideCause::kTime, "known", [&](std::int64_t i) -> std::optional<std::string> {
      return table.find(kKnownColumn)->is_null(i)
                 ? std::optional<std::string>("the known time is null")
                 : std::nullopt;
    });
    return {};
  }

  // One instant for all rows of a source without a time.
  Column no_times() const {
    return int64_column(Type::timestamp(),
                        std::vector<std::int64_t>(static_cast<std::size_t>(table.rows), 0));
  }

  // The table with derived columns; rows on which one fails are set aside.
  Result<Table> derived_table() {
    Table full = table;
    for (const NamedExpression& derived : source.derive) {
      std::int64_t before = table.rows;
      TRY(Column column, evaluate(derived.value, full, SetAsideCause::kContract, derived.name));
      if (table.rows != before) return derived_table();
      add_column(full, derived.name, std::move(column));
    }
    return full;
  }

  Status hold_against_contract() {
    TRY(Table full, derived_table());
    for (const Rule& rule : source.contract) {
      std::int64_t before = table.rows;
      auto evaluated = evaluate(rule.expression, full, SetAsideCause::kContract, rule.column);
      if (!evaluated) return fail(evaluated.error().context("contract rule " + rule.name));
      const Column& holds = *evaluated;
      if (table.rows != before) {
        TRY(full, derived_table());
      }
      std::vector<std::int64_t> kept;
      for (std::int64_t i = 0; i < table.rows; ++i) {
        if (is_retraction(i) || holds.is_null(i) || holds.boolean(i))
          kept.push_back(i);
        else
          set_aside(i, SetAsideCause::kContract, rule.column, "breaks the rule " + rule.name);
      }
      if (std::cmp_equal(kept.size(), table.rows)) continue;
      keep(kept);
      full = take_rows(full, kept);
    }
    return {};
  }

  Status hold_against_check() {
    if (!check) return {};
    while (table.rows > 0) {
      TRY(Table records, with_derived(project, source, as_records()));
      TRY(std::vector<RowFault> faults, check(records));
      if (faults.empty()) return {};
      std::vector<const RowFault*> of_row(static_cast<std::size_t>(table.rows), nullptr);
      for (const RowFault& fault : faults) of_row[static_cast<std::size_t>(fault.row)] = &fault;
      std::vector<std::int64_t> kept;
      for (std::int64_t i = 0; i < table.rows; ++i) {
        const RowFault* fault = of_row[static_cast<std::size_t>(i)];
        if (fault == nullptr)
          kept.push_back(i);
        else
          set_aside(i, SetAsideCause::kContract, fault->field, fault->reason);
      }
      keep(kept);
    }
    return {};
  }

  void judge() {
    if (!source.id.empty())
      filter(SetAsideCause::kUnreadable, source.id,
             [&](std::int64_t i) -> std::optional<std::string> {
               return table.find(source.id)->is_null(i) ? std::optional<std::string>("no id")
                                                        : std::nullopt;
             });
    RowArrivals arrivals(source, table);
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < table.rows; ++i) {
      Arrival arrival = arrivals.at(i);
      Verdict verdict = acceptance.judge(arrival);
      if (verdict == Verdict::kAccepted)
        kept.push_back(i);
      else
        set_aside_judged(i, verdict, arrival);
    }
    keep(kept);
  }

  void set_aside_judged(std::int64_t i, Verdict verdict, const Arrival& arrival) {
    switch (verdict) {
      case Verdict::kDuplicate:
        return set_aside(i, SetAsideCause::kDuplicate, source.id, "the same record came before");
      case Verdict::kConflict:
        return set_aside(i, SetAsideCause::kConflict, source.id,
                         "another record came before under this id");
      case Verdict::kFuture:
        return set_aside(i, SetAsideCause::kFuture, source.time,
                         fmt::format("its time {} lies more than {} after its known time {}",
                                     text(Timestamp{arrival.t}), text(source.max_ahead),
                                     text(Timestamp{arrival.known})));
      default:
        return set_aside(
            i, SetAsideCause::kLate, source.time,
            fmt::format("its time {} lies before the watermark {}", text(Timestamp{arrival.t}),
                        text(*acceptance.watermark(arrival.partition))));
    }
  }

  // System columns first, then the declared ones.
  Table as_records() const {
    std::vector<std::int64_t> kinds;
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> times;
    const Column* time = source.timeless() ? nullptr : table.find(source.time);
    const Column* known = table.find(kKnownColumn);
    const Column* change = source.change ? table.find(source.change->column) : nullptr;
    for (std::int64_t i = 0; i < table.rows; ++i) {
      kinds.push_back(static_cast<std::int64_t>(record_kind(source, change, i)));
      ids.push_back((file << kRowBits) | row[static_cast<std::size_t>(i)]);
      times.push_back(time == nullptr || time->is_null(i) ? known->int64(i) : time->int64(i));
    }
    Table accepted;
    accepted.rows = table.rows;
    add_column(accepted, kSeqColumn, int64_column(Type::int64(), seq));
    add_column(accepted, kKindColumn, int64_column(Type::int64(), kinds));
    add_column(accepted, kIdColumn,
               source.id.empty() ? int64_column(Type::int64(), ids) : *table.find(source.id));
    add_column(accepted, kTimeColumn, int64_column(Type::timestamp(), times));
    add_column(accepted, kKnownColumn, *known);
    add_column(accepted, kLocalColumn, *table.find(kLocalColumn));
    for (std::size_t c = 0; c < source.columns.size(); ++c)
      add_column(accepted, source.columns[c].name, table.columns[c]);
    return accepted;
  }

  void finish() {
    std::ranges::stable_sort(out.set_aside, {}, &SetAside::seq);
    out.accepted = as_records();
  }
};

namespace {

Status check_source(const Source& source) {
  if (source.known.mode == KnownRule::Mode::kRecorded)
    return fail(Code::kUnsupported,
                "source {}: files do not record when their rows arrived; say known: assumed, or an "
                "expression",
                source.name);
  for (const auto& file : source.files) {
    auto checked = check_format(file.string(), read_options(source, 1));
    if (!checked) return fail(checked.error().context("source " + source.name));
  }
  return {};
}

}  // namespace

Status check_sources(const Project& project) {
  for (const Source& source : project.sources) {
    auto checked = check_source(source);
    if (checked) continue;
    return fail(checked.error().at(
        {.file = project.file.string(), .line = source.place.line, .column = source.place.column}));
  }
  return {};
}

ArrivalReader::ArrivalReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArrivalReader::ArrivalReader(ArrivalReader&&) noexcept = default;
ArrivalReader::~ArrivalReader() = default;
const Acceptance& ArrivalReader::acceptance() const { return state_->acceptance; }

const std::vector<StretchRead>& ArrivalReader::done() const { return state_->reader.done(); }

Result<ArrivalReader> ArrivalReader::open(FileSystem& files, const Project& project,
                                          const Source& source, std::vector<Stretch> stretches,
                                          std::int64_t first_seq, int threads, RowCheck check) {
  TRY_VOID(check_source(source));
  auto state = std::make_unique<State>(
      project, source, StretchReader(files, source, std::move(stretches), first_seq, threads));
  state->check = std::move(check);
  TRY(state->zones, RowZones::open(files, source));
  return ArrivalReader(std::move(state));
}

std::vector<std::string> ArrivalReader::columns_to_restore(const Source& source) {
  std::vector<std::string> names;
  for (const Field& field : source.columns.fields()) names.push_back(field.name);
  names.emplace_back(kSeqColumn);
  names.emplace_back(kKnownColumn);
  return names;
}

void ArrivalReader::restore(const Table& accepted) {
  RowArrivals arrivals(state_->source, accepted);
  for (std::int64_t i = 0; i < accepted.rows; ++i) state_->acceptance.count(arrivals.at(i));
}

Result<std::optional<ArrivalBatch>> ArrivalReader::next() {
  State& s = *state_;
  TRY(std::optional<StretchBatch> batch, s.reader.next());
  if (!batch) return std::nullopt;
  TRY_VOID(s.read(*batch));
  return std::move(s.out);
}

}  // namespace lode
