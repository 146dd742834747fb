#include "orchestrate/source_run.h"

#include <algorithm>
#include <optional>

#include "features/value_check.h"
#include "ingest/arrivals.h"
#include "lake/parquet_zone.h"
#include "orchestrate/receipt.h"
#include "project/definition.h"
#include "table/concatenate.h"

namespace lode {
namespace {

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

Result<ContentHash> hash_of(FileSystem& files, const std::string& path) {
  TRY(MappedFile mapped, files.map(path));
  return content_hash(mapped.bytes());
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

class Ingest {
 public:
  Ingest(const Source& source, std::int64_t first_seq, const SourceContext& context)
      : source_(source), context_(context) {
    run_.first_seq = first_seq;
    run_.report.name = source.name;
    run_.report.zone = zone_text(source.zone);
    run_.report.known = source.known.expression ? source.known.expression->text : "assumed on time";
    for (const auto& file : source.files) run_.report.files.push_back(file.filename().string());
  }

  Result<SourceRun> run() {
    TRY_VOID(describe_inputs());
    TRY(std::optional<Receipt> old, read_receipt());
    if (old && old->definition == receipt_.definition && old->files == receipt_.files &&
        old->first_seq == run_.first_seq) {
      receipt_ = *old;
      run_.report.reused = true;
      return summed_up();
    }
    if (old) TRY_VOID(check_replaceable(*old));
    TRY_VOID(start_anew());
    TRY_VOID(read_files());
    TRY_VOID(write_atomically(context_.files, receipt_path(context_.project, source_),
                              receipt_text(receipt_)));
    return summed_up();
  }

 private:
  Status describe_inputs() {
    TRY(std::string definition, source_definition(source_, context_.files));
    TRY(check_, ValueCheck::make(context_.project, source_));
    receipt_.definition = content_hash(definition + check_->definition());
    receipt_.first_seq = run_.first_seq;
    for (const auto& file : source_.files) {
      TRY(ContentHash hash, hash_of(context_.files, file.string()));
      std::string name = std::filesystem::relative(file, context_.project.root).string();
      receipt_.files.push_back({hash, std::move(name)});
    }
    return {};
  }

  Result<std::optional<Receipt>> read_receipt() const {
    std::string path = receipt_path(context_.project, source_);
    TRY(bool there, exists(context_.files, path));
    if (!there) return std::nullopt;
    TRY(std::string bytes, context_.files.read(path));
    auto receipt = parse_receipt(bytes);
    if (!receipt) return fail(receipt.error().at({.file = path}));
    return *receipt;
  }

  // A declaration may change: its rows are judged again. A file may not: its rows have been
  // counted.
  Status check_replaceable(const Receipt& old) const {
    if (context_.replace) return {};
    for (const Receipt::File& file : receipt_.files) {
      auto before = std::ranges::find(old.files, file.name, &Receipt::File::name);
      if (before == old.files.end() || before->hash == file.hash) continue;
      return fail(Error(Code::kConflict,
                        "the file changed since it was read, and what was made of it would change "
                        "without a trace; to read it anew: lode run --replace",
                        {.file = file.name}));
    }
    return {};
  }

  Status start_anew() {
    FileSystem& files = context_.files;
    std::string receipt = receipt_path(context_.project, source_);
    TRY(bool there, exists(files, receipt));
    if (there) {
      TRY_VOID(files.remove(receipt));
      TRY_VOID(files.sync_directory(parent_directory(receipt)));
    }
    for (const std::string& path :
         {raw_zone_path(context_.project, source_), aside_zone_path(context_.project, source_)}) {
      TRY(bool zone, exists(files, path));
      if (zone) TRY_VOID(remove_tree(files, path));
    }
    return files.make_directories(parent_directory(receipt));
  }

  ZoneOptions zone_options() const {
    ZoneOptions options;
    options.scratch = state_path(context_.project, "tmp");
    options.files = &context_.files;
    options.threads = context_.limits.threads;
    return options;
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

  Status read_files() {
    TRY_VOID(context_.files.make_directories(zone_options().scratch));
    TRY(ParquetZone raw,
        ParquetZone::open(raw_zone_path(context_.project, source_), zone_options()));
    TRY(ParquetZone aside,
        ParquetZone::open(aside_zone_path(context_.project, source_), zone_options()));
    TRY(ZoneWriter raw_writer, raw.write());
    TRY(ZoneWriter aside_writer, aside.write());
    TRY(ArrivalReader reader,
        ArrivalReader::open(context_.files, context_.project, source_, run_.first_seq,
                            context_.limits.threads, row_check()));
    bool any_aside = false;
    std::int64_t accepted = 0;
    while (true) {
      TRY(std::optional<ArrivalBatch> batch, reader.next());
      if (!batch) break;
      TRY_VOID(context_.cancel.check());
      receipt_.rows += batch->rows_read;
      accepted += batch->accepted.rows;
      if (batch->accepted.rows > 0) TRY_VOID(raw_writer.append(batch->accepted));
      if (!batch->set_aside.empty()) {
        TRY_VOID(aside_writer.append(aside_table(batch->set_aside)));
        any_aside = true;
      }
      if (context_.advance) context_.advance(batch->rows_read);
    }
    if (accepted == 0)
      return fail(Code::kInvalid,
                  "source {}: none of its {} rows can be used; see `lode check`, and the first "
                  "lines of {}",
                  source_.name, receipt_.rows,
                  source_.files.empty() ? "its files" : source_.files.front().string());
    if (any_aside) {
      TRY(receipt_.aside, aside_writer.commit());
    }
    TRY(receipt_.zone, raw_writer.commit());
    return {};
  }

  // The report, from what is stored.
  Result<SourceRun> summed_up() {
    run_.zone = receipt_.zone;
    run_.next_seq = run_.first_seq + receipt_.rows;
    run_.report.rows = receipt_.rows;
    TRY(ParquetZone raw,
        ParquetZone::open(raw_zone_path(context_.project, source_), zone_options()));
    if (!raw.name() || *raw.name() != receipt_.zone)
      return fail(Error(Code::kCorrupt,
                        "the raw zone is not the one its receipt names; remove .lode and run again",
                        {.file = raw_zone_path(context_.project, source_)}));
    run_.report.accepted = raw.manifest().rows();
    if (!receipt_.aside) return std::move(run_);
    TRY(ParquetZone aside,
        ParquetZone::open(aside_zone_path(context_.project, source_), zone_options()));
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
  const SourceContext& context_;
  SourceRun run_;
  Receipt receipt_;
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

Result<SourceRun> ingest_source(const Source& source, std::int64_t first_seq,
                                const SourceContext& context) {
  return Ingest(source, first_seq, context).run();
}

Result<Table> load_records(const Source& source, const SourceContext& context) {
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
  TRY(ZoneStream stream, zone.read(what));
  std::vector<Table> tables;
  while (true) {
    TRY(std::optional<Table> table, stream.next());
    if (!table) break;
    tables.push_back(*std::move(table));
  }
  TRY(Table records, concatenate(tables));
  return with_derived(context.project, source, std::move(records));
}

}  // namespace lode
