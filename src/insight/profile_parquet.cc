// The profile of a Parquet file: its columns by its own schema, its rows through the decoder that
// will read them again.
#include <algorithm>
#include <array>

#include "ingest/parquet_convert.h"
#include "ingest/reader.h"
#include "insight/table_profile.h"
#include "table/duckdb.h"

namespace lode {
namespace {

// The type to declare for a column of this SQL type, or "" for one that is no single value.
std::string declared_type(std::string_view source) {
  if (source.ends_with("]")) return "";
  for (std::string_view name :
       {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
    if (source == name) return "int64";
  if (source == "UBIGINT") return "decimal(20,0)";
  if (source == "FLOAT" || source == "DOUBLE") return "double";
  if (source == "BOOLEAN") return "bool";
  constexpr std::string_view kDecimal = "DECIMAL";
  if (source.starts_with(kDecimal)) return "decimal" + std::string(source.substr(kDecimal.size()));
  if (source == "DATE" || source.starts_with("TIMESTAMP")) return "timestamp";
  if (source == "VARCHAR" || source == "JSON" || source == "UUID") return "string";
  return "";
}

struct Columns {
  std::vector<std::string> names;
  std::vector<std::string> types;  // to declare; "" = no single value
};

Result<Columns> describe(const std::string& path) {
  TRY(Duck duck, Duck::open());
  TRY(Table described, duck.query_all(fmt::format("DESCRIBE SELECT * FROM read_parquet({})",
                                                  parquet_path_literal(path))));
  Columns columns;
  for (std::int64_t i = 0; i < described.rows; ++i) {
    columns.names.emplace_back(described.columns[0].string(i));
    columns.types.push_back(declared_type(described.columns[1].string(i)));
  }
  return columns;
}

class ParquetProfiler {
 public:
  ParquetProfiler(Columns columns, const CancelToken& cancel,
                  const std::function<void(std::int64_t)>& advance)
      : columns_(std::move(columns)), cancel_(cancel), advance_(advance) {
    for (const std::string& name : columns_.names)
      counters_.emplace_back(name, most_distinct(columns_.names.size()),
                             most_sampled(columns_.names.size()));
  }

  Result<TableProfile> run(FileSystem& files, const std::string& path) {
    ReadOptions options{.format = "parquet"};
    std::vector<Field> wanted;
    for (std::size_t c = 0; c < columns_.names.size(); ++c) {
      if (columns_.types[c].empty()) continue;
      TRY(Type type, parse_type(columns_.types[c]));
      wanted.push_back({columns_.names[c], type});
      read_.push_back(c);
    }
    options.wanted = Schema(std::move(wanted));
    out_.parquet = true;
    if (!read_.empty()) {
      TRY(std::unique_ptr<RecordReader> reader, open_reader(files, path, options));
      TRY_VOID(read_all(*reader));
    }
    for (std::size_t c = 0; c < counters_.size(); ++c) {
      out_.columns.push_back(counters_[c].take(DateForm::kIso));
      // A text is read as what it says, like one of a CSV file.
      bool text = columns_.types[c] == "string";
      out_.columns.back().type = text                        ? std::string()
                                 : columns_.types[c].empty() ? std::string(kNoSingleValue)
                                                             : columns_.types[c];
    }
    return std::move(out_);
  }

 private:
  Status read_all(RecordReader& reader) {
    while (true) {
      TRY_VOID(cancel_.check());
      TRY(std::optional<Batch> batch, reader.next());
      if (!batch) return {};
      out_.rows += batch->rows_read;
      if (!batch->broken.empty() && out_.unreadable == 0)
        out_.unreadable_why =
            fmt::format("column {}: {}", batch->broken[0].field, batch->broken[0].reason);
      out_.unreadable += std::ssize(batch->broken);
      for (std::size_t i = 0; i < read_.size(); ++i)
        add(batch->table.columns[i], batch->naive[i], counters_[read_[i]]);
      advance_(batch->rows_read);
    }
  }

  static void add(const Column& column, bool naive, ColumnCounter& counter) {
    for (std::int64_t row = 0; row < column.length; ++row) {
      if (column.is_null(row)) {
        counter.add_null();
        continue;
      }
      if (column.type.id == TypeId::kString) {
        counter.add_value(column.string(row));
        continue;
      }
      std::string text = value_text(column, row);
      if (naive && text.ends_with('Z')) text.pop_back();
      counter.add_value(text);
    }
  }

  Columns columns_;
  const CancelToken& cancel_;
  const std::function<void(std::int64_t)>& advance_;
  std::vector<ColumnCounter> counters_;  // a column of the file each
  std::vector<std::size_t> read_;        // the columns of which values are read
  TableProfile out_;
};

}  // namespace

Result<TableProfile> profile_parquet(FileSystem& files, const std::string& path,
                                     const CancelToken& cancel,
                                     const std::function<void(std::int64_t)>& advance) {
  TRY(Columns columns, describe(path));
  TRY_VOID(check_column_count(columns.names.size(), path));
  return ParquetProfiler(std::move(columns), cancel, advance).run(files, path);
}

}  // namespace lode
