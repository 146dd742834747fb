#include "ingest/rows_hash.h"

#include <cstring>

namespace lode {
namespace {

template <typename T>
void put(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

// One value: a sign of its being there, then its bytes, with a length where that differs.
void put_value(const Column& column, std::int64_t row, std::string& out) {
  bool null = column.is_null(row);
  out += null ? '\0' : '\1';
  if (null) return;
  switch (column.type.id) {
    case TypeId::kBool:
      out += column.boolean(row) ? '\1' : '\0';
      return;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      return put(out, column.int64(row));
    case TypeId::kDouble:
      return put(out, column.float64(row));
    case TypeId::kDecimal:
      return put(out, column.decimal(row));
    case TypeId::kDate:
      return put(out, column.date(row));
    case TypeId::kString:
    case TypeId::kBytes:
      put(out, static_cast<std::uint32_t>(column.string(row).size()));
      out += column.string(row);
      return;
    case TypeId::kList: {
      const auto* offsets = column.offsets.as<std::int32_t>();
      put(out, std::int64_t{offsets[row + 1] - offsets[row]});
      for (std::int64_t i = offsets[row]; i < offsets[row + 1]; ++i)
        put_value(column.children[0], i, out);
      return;
    }
    case TypeId::kStruct:
      for (const Column& field : column.children) put_value(field, row, out);
      return;
  }
}

// The same as put_value of each row.
template <typename T>
void put_fixed(const Column& column, std::string& out) {
  const T* values = column.values.as<T>();
  out.resize(static_cast<std::size_t>(column.length) * (1 + sizeof(T)));
  char* at = out.data();
  for (std::int64_t row = 0; row < column.length; ++row) {
    *at = column.is_null(row) ? '\0' : '\1';
    if (*at++ == '\0') continue;
    std::memcpy(at, values + row, sizeof(T));
    at += sizeof(T);
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

void put_column(const Column& column, std::string& out) {
  out.clear();
  switch (column.type.id) {
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      return put_fixed<std::int64_t>(column, out);
    case TypeId::kDouble:
      return put_fixed<double>(column, out);
    case TypeId::kDate:
      return put_fixed<std::int32_t>(column, out);
    default:
      for (std::int64_t row = 0; row < column.length; ++row) put_value(column, row, out);
  }
}

}  // namespace

RowsHasher::RowsHasher(const Schema& schema) : columns_(schema.size()) {
  for (const Field& field : schema.fields()) {
    about_.add_field(field.name);
    about_.add_field(field.type.text());
  }
}

void RowsHasher::add(const Batch& batch) {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    put_column(batch.table.columns[c], buffer_);
    columns_[c].add(buffer_);
  }
  for (const BrokenRow& broken : batch.broken) {
    about_.add_field(static_cast<std::uint64_t>(broken.row));
    about_.add_field(broken.field);
    about_.add_field(broken.reason);
    about_.add_field(broken.raw);
  }
  rows_ += batch.rows_read;
}

ContentHash RowsHasher::hash() const {
  ContentHasher whole(about_);
  whole.add_field(static_cast<std::uint64_t>(rows_));
  for (const ContentHasher& column : columns_) {
    ContentHash hash = ContentHasher(column).finish();
    whole.add(
        std::string_view(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()));
  }
  return whole.finish();
}

}  // namespace lode
