#include "table/concatenate.h"

#include <cstring>
#include <limits>

namespace lode {
namespace {

using Columns = std::vector<const Column*>;

int value_width(TypeId id) {
  switch (id) {
    case TypeId::kDate:
      return 4;
    case TypeId::kDecimal:
      return 16;
    default:
      return 8;
  }
}

void set_bit(Buffer& bits, std::int64_t i) {
  bits.mutable_data()[i >> 3] =
      static_cast<std::uint8_t>(bits.mutable_data()[i >> 3] | (1U << (i & 7)));
}

Status join(const Columns& parts, Column& out);

Status join_validity(const Columns& parts, Column& out) {
  if (out.null_count == 0) return {};
  out.validity = Buffer::allocate((out.length + 7) / 8);
  std::int64_t at = 0;
  for (const Column* part : parts)
    for (std::int64_t i = 0; i < part->length; ++i, ++at)
      if (!part->is_null(i)) set_bit(out.validity, at);
  return {};
}

bool shared_dictionary(const Columns& parts) {
  for (const Column* part : parts)
    if (part->dictionary == nullptr || part->dictionary != parts.front()->dictionary) return false;
  return true;
}

Status join_strings(const Columns& parts, Column& out) {
  std::int64_t bytes = 0;
  for (const Column* part : parts)
    for (std::int64_t i = 0; i < part->length; ++i)
      if (!part->is_null(i)) bytes += static_cast<std::int64_t>(part->string(i).size());
  if (bytes > std::numeric_limits<std::int32_t>::max())
    return fail(Code::kLimit, "a string column of {} bytes passes 2 GiB; read fewer rows at a time",
                bytes);
  out.offsets = Buffer::allocate((out.length + 1) * 4);
  out.values = Buffer::allocate(bytes);
  std::int32_t at = 0;
  std::int64_t row = 0;
  for (const Column* part : parts) {
    for (std::int64_t i = 0; i < part->length; ++i) {
      std::string_view text = part->is_null(i) ? std::string_view() : part->string(i);
      if (!text.empty()) std::memcpy(out.values.mutable_data() + at, text.data(), text.size());
      at += static_cast<std::int32_t>(text.size());
      out.offsets.mutable_as<std::int32_t>()[++row] = at;
    }
  }
  return {};
}

// The children of lists and structs, joined one by one.
Status join_children(const Columns& parts, Column& out) {
  for (std::size_t c = 0; c < parts.front()->children.size(); ++c) {
    Columns children;
    for (const Column* part : parts) children.push_back(&part->children[c]);
    out.children.emplace_back();
    TRY_VOID(join(children, out.children.back()));
  }
  return {};
}

Status join_lists(const Columns& parts, Column& out) {
  out.offsets = Buffer::allocate((out.length + 1) * 4);
  std::int64_t row = 0;
  std::int32_t base = 0;
  for (const Column* part : parts) {
    const auto* offsets = part->offsets.as<std::int32_t>();
    for (std::int64_t i = 0; i < part->length; ++i)
      out.offsets.mutable_as<std::int32_t>()[++row] = base + offsets[i + 1] - offsets[0];
    base += part->length == 0 ? 0 : offsets[part->length] - offsets[0];
  }
  return join_children(parts, out);
}

void join_fixed(const Columns& parts, int width, Column& out) {
  out.values = Buffer::allocate(out.length * width);
  std::int64_t at = 0;
  for (const Column* part : parts) {
    if (part->length == 0) continue;
    std::memcpy(out.values.mutable_data() + at, part->values.data(),
                static_cast<std::size_t>(part->length * width));
    at += part->length * width;
  }
}

Status join(const Columns& parts, Column& out) {
  out.type = parts.front()->type;
  for (const Column* part : parts) {
    out.length += part->length;
    out.null_count += part->null_count;
  }
  TRY_VOID(join_validity(parts, out));
  switch (out.type.id) {
    case TypeId::kBool: {
      out.values = Buffer::allocate((out.length + 7) / 8);
      std::int64_t at = 0;
      for (const Column* part : parts)
        for (std::int64_t i = 0; i < part->length; ++i, ++at)
          if (part->boolean(i)) set_bit(out.values, at);
      return {};
    }
    case TypeId::kString:
    case TypeId::kBytes:
      if (!shared_dictionary(parts)) return join_strings(parts, out);
      out.dictionary = parts.front()->dictionary;
      join_fixed(parts, 4, out);
      return {};
    case TypeId::kList:
      return join_lists(parts, out);
    case TypeId::kStruct:
      return join_children(parts, out);
    default:
      join_fixed(parts, value_width(out.type.id), out);
      return {};
  }
}

}  // namespace

Result<Table> concatenate(std::span<const Table> tables) {
  std::vector<Table> parts(tables.begin(), tables.end());  // the columns share their buffers
  return concatenate_and_drop(parts);
}

Result<Table> concatenate_and_drop(std::vector<Table>& tables) {
  if (tables.empty()) return Table{};
  Table out;
  out.schema = tables.front().schema;
  for (const Table& table : tables) out.rows += table.rows;
  for (std::size_t c = 0; c < out.schema.size(); ++c) {
    if (tables.size() == 1) {
      out.columns.push_back(std::move(tables.front().columns[c]));
      continue;
    }
    Columns parts;
    for (const Table& table : tables) parts.push_back(&table.columns[c]);
    out.columns.emplace_back();
    TRY_VOID(join(parts, out.columns.back()));
    for (Table& table : tables) table.columns[c] = Column();
  }
  tables.clear();
  return out;
}

}  // namespace lode
