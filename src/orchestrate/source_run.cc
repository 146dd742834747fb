#include "orchestrate/source_run.h"

#include <algorithm>
#include <optional>

#include "features/value_check.h"
#include "ingest/arrivals.h"
#include "lake/parquet_zone.h"
#include "orchestrate/receipt.h"
#include "orchestrate/source_plan.h"
#include "project/definition.h"
#include "table/concatenate.h"
#include "table/duckdb.h"

namespace lode {
namespace {

// DuckDB and batches of rows, while a zone is read or written.
constexpr std::int64_t kLibraryBytes = std::int64_t{64} << 20;
constexpr std::int64_t kIdBytes = 112;  // of one id in Acceptance

std::string receipt_path(const Project& project, const Source& source) {
  return state_path(project, "receipts/" + source.name);
}

std::string zone_text(const ZoneRule& zone) {
  switch (zone.kind) {
    case ZoneRule::Kind::kConstant:
      return zone.constant;
    case ZoneRule::Kind::kLookup:
      return "by " + zone.lookup_key;
    default:
      return "UTC";
  }
}

// Rows set aside as a table: what `lode sql` shows of them.
Table aside_table(const std::vector<SetAside>& rows) {
  ColumnBuilder seq(Type::int64());
  ColumnBuilder row(Type::int64());
  ColumnBuilder line(Type::int64());
  ColumnBuilder cause(Type::string());
  ColumnBuilder file(Type::string());
  ColumnBuilder field(Type::string());
  ColumnBuilder reason(Type::string());
  ColumnBuilder raw(Type::bytes());
  for (const SetAside& aside : rows) {
    seq.append_int64(aside.seq);
    cause.append_string(cause_name(aside.cause));
    file.append_string(aside.file);
    row.append_int64(aside.row);
    line.append_int64(aside.line);
    field.append_string(aside.field);
    reason.append_string(aside.reason);
    raw.append_string(aside.raw);
  }
  Table table;
  table.rows = static_cast<std::int64_t>(rows.size());
  table.schema = Schema({{std::string(kSeqColumn), Type::int64()},
                         {"cause", Type::string()},
                         {"file", Type::string()},
                         {"row", Type::int64()},
                         {"line", Type::int64()},
                         {"field", Type::string()},
                         {"reason", Type::string()},
                         {"raw", Type::bytes()}});
  table.columns = {seq.finish(),  cause.finish(), file.finish(),   row.finish(),
                   line.finish(), field.finish(), reason.finish(), raw.finish()};
  return table;
}

SetAside aside_at(const Table& table, std::int64_t i) {
  SetAside aside;
  aside.seq = table.columns[0].int64(i);
  aside.file = table.columns[2].string(i);
  aside.row = table.columns[3].int64(i);
  aside.line = table.columns[4].int64(i);
  aside.field = table.columns[5].string(i);
  aside.reason = table.columns[6].string(i);
  return aside;
}

void count_aside(SourceReport& source, std::string_view cause, const SetAside& aside) {
  auto same = [&](const SetAsideReport& r) { return r.cause == cause && r.field == aside.field; };
  auto found = std::ranges::find_if(source.set_aside, same);
  if (found == source.set_aside.end())
    source.set_aside.push_back({std::string(cause), aside.field, 1, aside});
  else
    ++found->rows;
}

// Nothing if it is not there.
Result<std::optional<Receipt>> read_receipt(FileSystem& files, const std::string& path) {
  TRY(bool there, exists(files, path));
  if (!there) return std::nullopt;
  TRY(std::string bytes, files.read(path));
  auto receipt = parse_receipt(bytes);
  if (!receipt) return fail(receipt.error().at({.file = path}));
  return *std::move(receipt);
}

// What of the declaration its rows follow from.
Result<ContentHash> declared_as(const Source& source, const SourceContext& context) {
  TRY(std::string definition, source_definition(source, context.files));
  TRY(ValueCheck check, ValueCheck::make(context.project, source));
  return content_hash(definition + check.definition());
}

class Ingest {
 public:
  Ingest(const Source& source, std::int64_t next_seq, const SourceContext& context)
      : source_(source), next_seq_(next_seq), context_(context) {
    run_.report.name = source.name;
    run_.report.zone = zone_text(source.zone);
    run_.report.timed = !source.timeless();
    run_.report.known = source.known.expression ? source.known.expression->text : "assumed on time";
    if (source.timeless()) run_.report.known = "no time";
    for (const auto& file : source.files) run_.report.files.push_back(file.filename().string());
  }

  Result<SourceRun> run() {
    TRY(check_, ValueCheck::make(context_.project, source_));
    TRY(ContentHash hash, declared_as(source_, context_));
    TRY(std::optional<Receipt> old, read_receipt(context_.files, receipt_file()));
    TRY(plan_, plan_source(context_.files, context_.project, source_, hash, old, next_seq_,
                           context_.limits.threads, context_.replace));
    for (const SourcePlan::File& file : plan_.declared) run_.report.bytes += file.now.bytes;
    if (old) receipt_ = *old;
    receipt_.definition = hash;
    if (old) TRY_VOID(go_back_to_receipt());
    if (plan_.kind == SourcePlan::Kind::kReuse) {
      run_.report.reused = true;
      return summed_up();
    }
    TRY_VOID(context_.files.make_directories(parent_directory(receipt_file())));
    TRY(bool as_due, read());
    if (!as_due) {
      read_afresh(next_seq_, plan_);
      TRY(as_due, read());
    }
    TRY_VOID(write_receipt());
    return summed_up();
  }

 private:
  std::string receipt_file() const { return receipt_path(context_.project, source_); }
  std::string raw_path() const { return raw_zone_path(context_.project, source_); }
  std::string aside_path() const { return aside_zone_path(context_.project, source_); }
  Status write_receipt() const {
    return write_atomically(context_.files, receipt_file(), receipt_text(receipt_));
  }

  // What a crash left behind the receipt is taken back.
  Status go_back_to_receipt() const {
    if (!receipt_.zone) return {};
    TRY_VOID(go_back(raw_path(), receipt_.zone));
    return go_back(aside_path(), receipt_.aside);
  }

  Status go_back(const std::string& path, const std::optional<ContentHash>& name) const {
    TRY(bool there, exists(context_.files, path));
    if (!name) return there ? remove_tree(context_.files, path) : Status();
    TRY(ParquetZone zone, ParquetZone::open(path, zone_options()));
    if (zone.name() == name) return {};
    auto gone_back = zone.go_back(*name);
    if (gone_back) return {};
    return fail(Error(Code::kCorrupt,
                      "the zone is not the one its receipt names; remove .lode and run again",
                      {.file = path}));
  }

  // Removes the zones. The receipt stands meanwhile, without them: what has a seq keeps it.
  Status start_anew() {
    receipt_.zone.reset();
    receipt_.aside.reset();
    if (plan_.kind == SourcePlan::Kind::kFresh) {
      receipt_.files.clear();
      receipt_.stretches.clear();
      receipt_.next_seq = next_seq_;
    }
    TRY(bool there, exists(context_.files, receipt_file()));
    if (there) TRY_VOID(write_receipt());
    for (const std::string& path : {raw_path(), aside_path()}) {
      TRY(bool zone, exists(context_.files, path));
      if (zone) TRY_VOID(remove_tree(context_.files, path));
    }
    if (plan_.kind == SourcePlan::Kind::kAgain) receipt_.stretches.clear();
    return {};
  }

  ZoneOptions zone_options() const {
    ZoneOptions options;
    options.scratch = state_path(context_.project, "tmp");
    options.files = &context_.files;
    options.threads = context_.limits.threads;
    options.memory_limit_bytes = hold_.bytes();
    return options;
  }

  // A part is gathered in DuckDB, which writes what does not fit into this into its scratch files.
  Status hold_memory() {
    hold_.release();
    ids_.release();
    std::int64_t width = 8 * static_cast<std::int64_t>(6 + 2 * source_.columns.size());
    std::int64_t wanted = kLibraryBytes + zone_options().rows_per_part * width / 2;
    std::int64_t bytes = std::max(kLibraryBytes, std::min(wanted, context_.budget->free()));
    TRY(hold_, context_.budget->hold("reading source " + source_.name, bytes));
    if (source_.id.empty()) return {};
    TRY(ids_, context_.budget->hold("ids of source " + source_.name, 0));
    return {};
  }

  RowCheck row_check() const {
    return [this](const Table& records) -> Result<std::vector<RowFault>> {
      TRY(std::vector<ValueFault> found, check_->faults(records));
      std::vector<RowFault> faults;
      for (ValueFault& fault : found)
        faults.push_back({fault.row, std::move(fault.field), std::move(fault.reason)});
      return faults;
    };
  }

  // What was accepted earlier, for those that come now to be judged behind it.
  Status restore(ParquetZone& raw, ArrivalReader& reader) const {
    if (raw.manifest().parts.empty()) return {};
    ZoneRead what;
    what.columns = ArrivalReader::columns_to_restore(source_);
    TRY(ZoneStream stream, raw.read(what));
    while (true) {
      TRY(std::optional<Table> table, stream.next());
      if (!table) return {};
      reader.restore(*table);
    }
  }

  std::unexpected<Error> nothing_accepted(const std::optional<SetAside>& first) const {
    if (!first)
      return fail(Code::kInvalid, "source {}: its files hold no rows: {}", source_.name,
                  source_.files.empty() ? "there are none" : source_.files.front().string());
    std::string place = first->line > 0 ? fmt::format("{}:{}", first->file, first->line)
                                        : fmt::format("{} row {}", first->file, first->row);
    return fail(Code::kInvalid, "source {}: none of its {} rows can be used; the first, {}{}{}: {}",
                source_.name, receipt_.rows(), place, first->field.empty() ? "" : ", column ",
                first->field, first->reason);
  }

  // Reads what is planned and commits it to the zones; false, and nothing committed, if rows that
  // have seqs did not come.
  Result<bool> read() {
    run_.report.rows_read = 0;
    if (plan_.kind != SourcePlan::Kind::kAppend) TRY_VOID(start_anew());
    TRY_VOID(hold_memory());
    TRY_VOID(context_.files.make_directories(zone_options().scratch));
    TRY(ParquetZone raw, ParquetZone::open(raw_path(), zone_options()));
    TRY(ParquetZone aside, ParquetZone::open(aside_path(), zone_options()));
    TRY(ZoneWriter raw_writer, raw.write());
    TRY(ZoneWriter aside_writer, aside.write());
    TRY(ArrivalReader reader,
        ArrivalReader::open(context_.files, context_.project, source_, plan_.stretches, next_seq_,
                            context_.limits.threads, row_check()));
    TRY_VOID(restore(raw, reader));
    std::optional<SetAside> first_aside;
    std::int64_t accepted = raw.manifest().rows();
    while (true) {
      TRY(std::optional<ArrivalBatch> batch, reader.next());
      if (!batch) break;
      TRY_VOID(context_.cancel.check());
      run_.report.rows_read += batch->rows_read;
      accepted += batch->accepted.rows;
      TRY_VOID(ids_.resize(accepted * kIdBytes));
      if (batch->accepted.rows > 0) TRY_VOID(raw_writer.append(batch->accepted));
      if (!batch->set_aside.empty()) {
        TRY_VOID(aside_writer.append(aside_table(batch->set_aside)));
        if (!first_aside) first_aside = batch->set_aside.front();
      }
      if (context_.advance) context_.advance(batch->rows_read);
    }
    if (!put_read(plan_, reader.done(), receipt_)) return false;
    if (accepted == 0) return nothing_accepted(first_aside);
    if (first_aside) {
      TRY(receipt_.aside, aside_writer.commit());
    }
    TRY(receipt_.zone, raw_writer.commit());
    return true;
  }

  // The report, from what is stored.
  Result<SourceRun> summed_up() {
    run_.zone = *receipt_.zone;
    run_.next_seq = receipt_.next_seq;
    run_.report.rows = receipt_.rows();
    TRY(ParquetZone raw, ParquetZone::open(raw_path(), zone_options()));
    run_.report.accepted = raw.manifest().rows();
    if (!receipt_.aside) return std::move(run_);
    TRY(ParquetZone aside, ParquetZone::open(aside_path(), zone_options()));
    TRY(ZoneStream stream, aside.read());
    while (true) {
      TRY(std::optional<Table> table, stream.next());
      if (!table) break;
      for (std::int64_t i = 0; i < table->rows; ++i)
        count_aside(run_.report, table->columns[1].string(i), aside_at(*table, i));
    }
    return std::move(run_);
  }

  const Source& source_;
  std::int64_t next_seq_;
  const SourceContext& context_;
  SourceRun run_;
  Receipt receipt_;
  SourcePlan plan_;
  MemoryBudget::Hold hold_;
  MemoryBudget::Hold ids_;
  std::optional<ValueCheck> check_;
};

}  // namespace

std::string state_path(const Project& project, std::string_view name) {
  return join_path((project.root / ".lode" / project.name).string(), name);
}

std::string raw_zone_path(const Project& project, const Source& source) {
  return state_path(project, "raw/" + source.name);
}

std::string aside_zone_path(const Project& project, const Source& source) {
  return state_path(project, "aside/" + source.name);
}

Result<std::int64_t> next_free_seq(FileSystem& files, const Project& project) {
  std::string folder = state_path(project, "receipts");
  TRY(bool there, exists(files, folder));
  if (!there) return 0;
  TRY(std::vector<std::string> names, files.list(folder));
  std::int64_t next = 0;
  for (const std::string& name : names) {
    if (is_leftover(name)) continue;
    TRY(std::optional<Receipt> receipt, read_receipt(files, join_path(folder, name)));
    if (receipt) next = std::max(next, receipt->next_seq);
  }
  return next;
}

Result<SourceLook> look_at_source(const Source& source, std::int64_t next_seq,
                                  const SourceContext& context) {
  TRY(ContentHash definition, declared_as(source, context));
  TRY(std::optional<Receipt> old,
      read_receipt(context.files, receipt_path(context.project, source)));
  TRY(SourcePlan plan, plan_source(context.files, context.project, source, definition, old,
                                   next_seq, context.limits.threads, context.replace));
  SourceLook look;
  look.name = source.name;
  look.due = plan.kind != SourcePlan::Kind::kReuse;
  for (const SourcePlan::File& file : plan.declared) look.bytes += file.now.bytes;
  if (look.due) look.due_bytes = look.bytes;
  if (!old) {
    look.why = "never read";
    return look;
  }
  look.rows = old->rows();
  look.next_seq = old->next_seq;
  look.zone = old->zone;
  std::int64_t before = 0;
  for (const Receipt::File& file : old->files) before += std::max<std::int64_t>(0, file.bytes);
  switch (plan.kind) {
    case SourcePlan::Kind::kReuse:
      look.why = "unchanged";
      break;
    case SourcePlan::Kind::kAppend:
      look.due_bytes = std::max<std::int64_t>(0, look.bytes - before);
      look.why = "there is more of it";
      break;
    case SourcePlan::Kind::kAgain:
      look.why = old->zone ? "its declaration changed" : "its reading was interrupted";
      break;
    case SourcePlan::Kind::kFresh:
      look.why = "its files changed";
      break;
  }
  return look;
}

Result<SourceRun> ingest_source(const Source& source, std::int64_t next_seq,
                                const SourceContext& context) {
  return Ingest(source, next_seq, context).run();
}

namespace {

// Of no rows.
Table empty_table(const Schema& schema) {
  Table table;
  table.schema = schema;
  for (const Field& field : schema.fields())
    table.columns.push_back(ColumnBuilder(field.type).finish());
  return table;
}

bool is_opened(const ZonePart& part, const ZoneRead& what) {
  if (part.first_seq > what.last_seq) return false;
  return !what.ranges || !what.or_where.empty() ||
         std::ranges::any_of(*what.ranges, [&](const SeqRange& range) {
           return part.last_seq >= range.first && part.first_seq <= range.last;
         });
}

// The ids that have a correction or a retraction, as an SQL condition.
std::string of_changed_ids(const ParquetZone& zone) {
  std::string parts;
  for (const ZonePart& part : zone.manifest().parts)
    parts += fmt::format("{}{}", parts.empty() ? "" : ", ", sql_literal(zone.part_path(part)));
  return fmt::format("{0} IN (SELECT {0} FROM read_parquet([{1}]) WHERE {2} <> 0)",
                     sql_identifier(kIdColumn), parts, sql_identifier(kKindColumn));
}

}  // namespace

Result<Records> load_records(const Source& source, const SourceContext& context,
                             const RecordsWanted& wanted) {
  ZoneOptions options;
  options.scratch = state_path(context.project, "tmp");
  options.files = &context.files;
  options.threads = context.limits.threads;
  TRY(ParquetZone zone, ParquetZone::open(raw_zone_path(context.project, source), options));
  // By name, in the order declared: a zone keeps the order it was written in.
  ZoneRead what;
  for (std::string_view name :
       {kSeqColumn, kKindColumn, kIdColumn, kTimeColumn, kKnownColumn, kLocalColumn})
    what.columns.emplace_back(name);
  for (const Field& field : source.columns.fields()) what.columns.push_back(field.name);
  what.last_seq = wanted.cut;
  what.ranges = wanted.ranges;
  what.or_where = wanted.or_where;
  if (wanted.ranges && source.change)
    what.or_where += (what.or_where.empty() ? "" : " OR ") + of_changed_ids(zone);
  TRY(ZoneStream stream, zone.read(what));
  Records records;
  for (const ZonePart& part : zone.manifest().parts)
    if (is_opened(part, what)) records.bytes_read += part.bytes;
  TRY(records.hold, context.budget->hold("records of " + source.name, kLibraryBytes));
  std::vector<Table> tables;
  std::int64_t bytes = 0;
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) break;
    bytes += bytes_of(*table);
    // One column of all stands twice while they are joined.
    TRY_VOID(records.hold.resize(bytes + bytes / static_cast<std::int64_t>(what.columns.size()) +
                                 kLibraryBytes));
    tables.push_back(*std::move(table));
  }
  if (tables.empty()) tables.push_back(empty_table(stream.schema()));
  TRY(Table joined, concatenate_and_drop(tables));
  auto derived = static_cast<std::int64_t>(source.derive.size());
  TRY_VOID(records.hold.resize(bytes_of(joined) + 8 * joined.rows * derived));
  TRY(records.table, with_derived(context.project, source, std::move(joined)));
  TRY_VOID(records.hold.resize(bytes_of(records.table)));
  return records;
}

}  // namespace lode
