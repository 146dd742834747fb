#include "ingest/row_arrivals.h"

#include <array>
#include <cstring>

#include "base/hash.h"

namespace lode {
namespace {

// Bytes that are equal exactly when two values of a column are (docs/semantics.md 3.3).
void append_value(std::string& out, const Column& column, std::int64_t row) {
  if (column.is_null(row)) {
    out += '\0';
    return;
  }
  out += '\1';
  std::array<char, 16> bytes{};
  std::size_t size = 8;
  switch (column.type.id) {
    case TypeId::kBool:
      bytes[0] = column.boolean(row) ? 1 : 0;
      size = 1;
      break;
    case TypeId::kString:
    case TypeId::kBytes: {
      std::string_view text = column.string(row);
      std::uint64_t length = text.size();
      std::memcpy(bytes.data(), &length, 8);
      out.append(bytes.data(), 8);
      out += text;
      return;
    }
    case TypeId::kDouble: {
      double value = column.float64(row);
      if (value == 0) value = 0;  // -0.0
      std::memcpy(bytes.data(), &value, 8);
      break;
    }
    case TypeId::kDate: {
      std::int32_t days_count = column.date(row);
      std::memcpy(bytes.data(), &days_count, 4);
      size = 4;
      break;
    }
    case TypeId::kDecimal: {
      Int128 value = column.decimal(row);
      std::memcpy(bytes.data(), &value, 16);
      size = 16;
      break;
    }
    default: {
      std::int64_t value = column.int64(row);
      std::memcpy(bytes.data(), &value, 8);
      break;
    }
  }
  out.append(bytes.data(), size);
}

// A word that is not declared marks nothing, an empty text least of all.
bool is_word(const std::string& declared, std::string_view text) {
  return !declared.empty() && text == declared;
}

}  // namespace

RecordKind record_kind(const Source& source, const Column* column, std::int64_t row) {
  if (!source.change || column->is_null(row)) return RecordKind::kOriginal;
  std::string_view word = column->string(row);
  if (is_word(source.change->correction, word)) return RecordKind::kCorrection;
  return is_word(source.change->retraction, word) ? RecordKind::kRetraction : RecordKind::kOriginal;
}

RowArrivals::RowArrivals(const Source& source, const Table& table)
    : source_(source),
      table_(table),
      change_(source.change ? table.find(source.change->column) : nullptr),
      id_(source.id.empty() ? nullptr : table.find(source.id)),
      partition_(source.partition.empty() ? nullptr : table.find(source.partition)),
      time_(source.timeless() ? nullptr : table.find(source.time)),
      known_(table.find(kKnownColumn)) {}

PayloadHash RowArrivals::payload_of(std::int64_t row) {
  scratch_.clear();
  for (std::size_t c = 0; c < source_.columns.size(); ++c) {
    const std::string& name = source_.columns[c].name;
    if (name == source_.partition || (source_.change && name == source_.change->column)) continue;
    append_value(scratch_, table_.columns[c], row);
  }
  std::uint64_t high = hash64(std::string_view(scratch_));
  scratch_ += '\2';
  return {high, hash64(std::string_view(scratch_))};
}

Arrival RowArrivals::at(std::int64_t row) {
  Arrival arrival;
  arrival.kind = record_kind(source_, change_, row);
  if (partition_ != nullptr && !partition_->is_null(row))
    arrival.partition = partition_->string(row);
  arrival.known = known_->int64(row);
  arrival.t = time_ == nullptr || time_->is_null(row) ? arrival.known : time_->int64(row);
  if (id_ == nullptr) return arrival;
  if (id_->type.id == TypeId::kString) {
    id_bytes_ = id_->string(row);
  } else {
    std::int64_t number = id_->int64(row);
    id_bytes_.assign(reinterpret_cast<const char*>(&number), sizeof number);
  }
  arrival.id = id_bytes_;
  arrival.payload = payload_of(row);
  return arrival;
}

}  // namespace lode
