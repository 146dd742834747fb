#include "table/column.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <new>

namespace lode {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::int64_t kPadding = 64;

// Bytes of one fixed-width value; 0 for bit-packed, variable-width and nested types.
std::int64_t width_of(TypeId id) {
  switch (id) {
    case TypeId::kInt64:
    case TypeId::kDouble:
    case TypeId::kTimestamp:
      return 8;
    case TypeId::kDecimal:
      return 16;
    case TypeId::kDate:
      return 4;
    default:
      return 0;
  }
}

bool has_characters(TypeId id) { return id == TypeId::kString || id == TypeId::kBytes; }

void set_bit(std::uint8_t* bits, std::int64_t i) {
  bits[i >> 3] = static_cast<std::uint8_t>(bits[i >> 3] | (1U << (i & 7)));
}

std::int64_t bytes_of_bits(std::int64_t bits) { return (bits + 7) / 8; }

}  // namespace

Buffer Buffer::allocate(std::int64_t size) {
  Buffer buffer = allocate_unset(size);
  std::memset(buffer.mutable_data(), 0, static_cast<std::size_t>(size));
  return buffer;
}

Buffer Buffer::allocate_unset(std::int64_t size) {
  assert(size >= 0);
  // Padding covers whole vectors read past the end, and keeps data() non-null for size 0.
  auto room = static_cast<std::size_t>((size + kPadding + 63) / 64 * 64);
  void* memory = ::operator new(room, std::align_val_t(kAlignment));
  auto used = static_cast<std::size_t>(size);
  std::memset(static_cast<char*>(memory) + used, 0, room - used);
  std::shared_ptr<const void> owner(
      memory, [](void* p) { ::operator delete(p, std::align_val_t(kAlignment)); });
  return wrap(memory, size, std::move(owner));
}

Buffer Buffer::wrap(const void* data, std::int64_t size, std::shared_ptr<const void> owner) {
  Buffer buffer;
  buffer.data_ = static_cast<const std::uint8_t*>(data);
  buffer.size_ = size;
  buffer.owner_ = std::move(owner);
  return buffer;
}

std::string_view Column::string(std::int64_t i) const {
  const Column* column = this;
  if (dictionary) {
    i = values.as<std::int32_t>()[i];
    column = dictionary.get();
    if (column->length == 0) return {};  // only under nulls
  }
  const std::int32_t* offset = column->offsets.as<std::int32_t>() + i;
  return {reinterpret_cast<const char*>(column->values.data()) + offset[0],
          static_cast<std::size_t>(offset[1] - offset[0])};
}

const Column* Table::find(std::string_view name) const {
  std::optional<std::size_t> at = schema.find(name);
  return at ? &columns[*at] : nullptr;
}

std::int64_t bytes_of(const Column& column) {
  std::int64_t bytes = column.validity.size() + column.values.size() + column.offsets.size();
  for (const Column& child : column.children) bytes += bytes_of(child);
  return column.dictionary == nullptr ? bytes : bytes + bytes_of(*column.dictionary);
}

std::int64_t bytes_of(const Table& table) {
  std::int64_t bytes = 0;
  for (const Column& column : table.columns) bytes += bytes_of(column);
  return bytes;
}

namespace {

// Rows of `column` that take() wants, without the negative ones: what nested children need.
struct Gather {
  const Column& from;
  std::span<const std::int64_t> rows;
  Column to;

  bool present(std::size_t i) const { return rows[i] >= 0 && !from.is_null(rows[i]); }

  void validity() {
    bool any = static_cast<bool>(from.validity);
    for (std::int64_t row : rows) any = any || row < 0;
    if (!any) return;
    to.validity = Buffer::allocate(bytes_of_bits(to.length));
    std::uint8_t* bits = to.validity.mutable_data();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (present(i))
        set_bit(bits, static_cast<std::int64_t>(i));
      else
        ++to.null_count;
    }
    if (to.null_count == 0) to.validity = {};
  }

  template <typename T>
  void fixed() {
    to.values = Buffer::allocate_unset(to.length * static_cast<std::int64_t>(sizeof(T)));
    T* out = to.values.mutable_as<T>();
    const T* in = from.values.as<T>();
    for (std::size_t i = 0; i < rows.size(); ++i) out[i] = rows[i] < 0 ? T{} : in[rows[i]];
  }

  void bits() {
    to.values = Buffer::allocate(bytes_of_bits(to.length));
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i] >= 0 && from.boolean(rows[i]))
        set_bit(to.values.mutable_data(), static_cast<std::int64_t>(i));
  }

  void characters() {
    const std::int32_t* in = from.offsets.as<std::int32_t>();
    to.offsets = Buffer::allocate((to.length + 1) * 4);
    auto* out = to.offsets.mutable_as<std::int32_t>();
    std::int64_t size = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (present(i)) size += in[rows[i] + 1] - in[rows[i]];
      assert(size <= std::numeric_limits<std::int32_t>::max());
      out[i + 1] = static_cast<std::int32_t>(size);
    }
    to.values = Buffer::allocate_unset(size);
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (out[i + 1] > out[i])
        std::memcpy(to.values.mutable_data() + out[i], from.values.data() + in[rows[i]],
                    static_cast<std::size_t>(out[i + 1] - out[i]));
  }

  void lists() {
    const std::int32_t* in = from.offsets.as<std::int32_t>();
    to.offsets = Buffer::allocate((to.length + 1) * 4);
    auto* out = to.offsets.mutable_as<std::int32_t>();
    std::vector<std::int64_t> elements;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (present(i))
        for (std::int32_t e = in [rows[i]]; e < in[rows[i] + 1]; ++e) elements.push_back(e);
      out[i + 1] = static_cast<std::int32_t>(elements.size());
    }
    to.children.push_back(from.children[0].take(elements));
  }

  void structs() {
    for (const Column& child : from.children) to.children.push_back(child.take(rows));
  }
};

}  // namespace

Column Column::take(std::span<const std::int64_t> rows) const {
  Gather gather{*this, rows, {}};
  gather.to.type = type;
  gather.to.length = static_cast<std::int64_t>(rows.size());
  gather.to.dictionary = dictionary;
  gather.validity();
  switch (type.id) {
    case TypeId::kBool:
      gather.bits();
      break;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      gather.fixed<std::int64_t>();
      break;
    case TypeId::kDouble:
      gather.fixed<double>();
      break;
    case TypeId::kDecimal:
      gather.fixed<Int128>();
      break;
    case TypeId::kDate:
      gather.fixed<std::int32_t>();
      break;
    case TypeId::kString:
    case TypeId::kBytes:
      if (dictionary)
        gather.fixed<std::int32_t>();
      else
        gather.characters();
      break;
    case TypeId::kList:
      gather.lists();
      break;
    case TypeId::kStruct:
      gather.structs();
      break;
  }
  return std::move(gather.to);
}

namespace {

// `count` bits from `begin` on, moved to begin at 0.
Buffer copy_bits(const Buffer& from, std::int64_t begin, std::int64_t count) {
  Buffer to = Buffer::allocate(bytes_of_bits(count));
  std::uint8_t* out = to.mutable_data();
  if ((begin & 7) == 0) {
    std::memcpy(out, from.data() + begin / 8, static_cast<std::size_t>(bytes_of_bits(count)));
    if (count & 7)
      out[count / 8] = static_cast<std::uint8_t>(out[count / 8] & ((1 << (count & 7)) - 1));
    return to;
  }
  for (std::int64_t i = 0; i < count; ++i)
    if (bit_at(from.data(), begin + i)) set_bit(out, i);
  return to;
}

Buffer copy_bytes(const Buffer& from, std::int64_t begin, std::int64_t size) {
  Buffer to = Buffer::allocate_unset(size);
  if (size > 0) std::memcpy(to.mutable_data(), from.data() + begin, static_cast<std::size_t>(size));
  return to;
}

std::int64_t count_zero_bits(const Buffer& bits, std::int64_t count) {
  std::int64_t ones = 0;
  for (std::int64_t i = 0; i < bytes_of_bits(count); ++i)
    ones += __builtin_popcount(bits.data()[i]);
  return count - ones;
}

}  // namespace

Column Column::slice(std::int64_t begin, std::int64_t count) const {
  assert(begin >= 0 && count >= 0 && begin + count <= length);
  if (begin == 0 && count == length) return *this;
  Column to;
  to.type = type;
  to.length = count;
  to.dictionary = dictionary;
  if (validity && null_count > 0) {
    to.validity = copy_bits(validity, begin, count);
    to.null_count = count_zero_bits(to.validity, count);
    if (to.null_count == 0) to.validity = {};
  }
  std::int64_t width = dictionary ? 4 : width_of(type.id);
  if (width > 0) {
    to.values = copy_bytes(values, begin * width, count * width);
  } else if (type.id == TypeId::kBool) {
    to.values = copy_bits(values, begin, count);
  } else if (type.id == TypeId::kStruct) {
    for (const Column& child : children) to.children.push_back(child.slice(begin, count));
  } else {
    const std::int32_t* in = offsets.as<std::int32_t>() + begin;
    to.offsets = Buffer::allocate((count + 1) * 4);
    auto* out = to.offsets.mutable_as<std::int32_t>();
    for (std::int64_t i = 0; i <= count; ++i) out[i] = in[i] - in[0];
    if (has_characters(type.id))
      to.values = copy_bytes(values, in[0], in[count] - in[0]);
    else
      to.children.push_back(children[0].slice(in[0], in[count] - in[0]));
  }
  return to;
}

namespace {

// A growing buffer; zeroed where nothing was written.
class Growing {
 public:
  void reserve(std::int64_t size) {
    if (size <= buffer_.size()) return;
    Buffer larger = Buffer::allocate(std::max(size, buffer_.size() * 2));
    if (used_ > 0)
      std::memcpy(larger.mutable_data(), buffer_.data(), static_cast<std::size_t>(used_));
    buffer_ = std::move(larger);
  }
  void append(const void* data, std::size_t size) {
    reserve(used_ + static_cast<std::int64_t>(size));
    if (size > 0) std::memcpy(buffer_.mutable_data() + used_, data, size);
    used_ += static_cast<std::int64_t>(size);
  }
  void append_bit(std::int64_t at, bool value) {
    reserve(bytes_of_bits(at + 1));
    used_ = bytes_of_bits(at + 1);
    if (value) set_bit(buffer_.mutable_data(), at);
  }
  // The bytes so far as a Buffer of exactly their size; this is empty again.
  Buffer take() {
    if (!buffer_) buffer_ = Buffer::allocate(0);
    auto whole = std::make_shared<Buffer>(std::move(buffer_));
    Buffer out = Buffer::wrap(whole->data(), used_, whole);
    buffer_ = {};
    used_ = 0;
    return out;
  }
  std::int64_t used() const { return used_; }

 private:
  Buffer buffer_;
  std::int64_t used_ = 0;
};

}  // namespace

struct ColumnBuilder::State {
  Type type;
  std::int64_t length = 0;
  std::int64_t nulls = 0;
  Growing validity;
  Growing values;
  Growing offsets;
  std::vector<ColumnBuilder> children;

  explicit State(Type t) : type(std::move(t)) {
    if (type.children)
      for (const Field& field : *type.children) children.emplace_back(field.type);
    start();
  }

  void start() {
    std::int32_t zero = 0;
    if (has_characters(type.id) || type.id == TypeId::kList) offsets.append(&zero, 4);
  }

  void close(bool present) {
    // The validity bitmap is begun by the first null; all before it are present.
    if (!present && nulls == 0)
      for (std::int64_t i = 0; i < length; ++i) validity.append_bit(i, true);
    if (!present) ++nulls;
    if (nulls > 0) validity.append_bit(length, present);
    ++length;
  }

  template <typename T>
  void append(T value, bool present) {
    values.append(&value, sizeof(T));
    close(present);
  }

  void close_offset(std::int64_t end, bool present) {
    assert(end <= std::numeric_limits<std::int32_t>::max());
    auto offset = static_cast<std::int32_t>(end);
    offsets.append(&offset, 4);
    close(present);
  }
};

ColumnBuilder::ColumnBuilder(Type type) : state_(std::make_unique<State>(std::move(type))) {}
ColumnBuilder::~ColumnBuilder() = default;
ColumnBuilder::ColumnBuilder(ColumnBuilder&&) noexcept = default;
ColumnBuilder& ColumnBuilder::operator=(ColumnBuilder&&) noexcept = default;

void ColumnBuilder::reserve(std::int64_t rows) {
  std::int64_t width = width_of(state_->type.id);
  if (width > 0) state_->values.reserve(rows * width);
  if (has_characters(state_->type.id) || state_->type.id == TypeId::kList)
    state_->offsets.reserve((rows + 1) * 4);
}

void ColumnBuilder::append_null() {
  switch (state_->type.id) {
    case TypeId::kBool:
      state_->values.append_bit(state_->length, false);
      state_->close(false);
      break;
    case TypeId::kInt64:
    case TypeId::kTimestamp:
    case TypeId::kDouble:
      state_->append(std::int64_t{0}, false);
      break;
    case TypeId::kDecimal:
      state_->append(Int128{0}, false);
      break;
    case TypeId::kDate:
      state_->append(std::int32_t{0}, false);
      break;
    case TypeId::kString:
    case TypeId::kBytes:
      state_->close_offset(state_->values.used(), false);
      break;
    case TypeId::kList:
      state_->close_offset(state_->children[0].length(), false);
      break;
    case TypeId::kStruct:
      for (ColumnBuilder& child : state_->children) child.append_null();
      state_->close(false);
      break;
  }
}

void ColumnBuilder::append_bool(bool value) {
  assert(state_->type.id == TypeId::kBool);
  state_->values.append_bit(state_->length, value);
  state_->close(true);
}

void ColumnBuilder::append_int64(std::int64_t value) {
  assert(state_->type.id == TypeId::kInt64 || state_->type.id == TypeId::kTimestamp);
  state_->append(value, true);
}

void ColumnBuilder::append_double(double value) {
  assert(state_->type.id == TypeId::kDouble);
  state_->append(value, true);
}

void ColumnBuilder::append_decimal(Int128 value) {
  assert(state_->type.id == TypeId::kDecimal);
  state_->append(value, true);
}

void ColumnBuilder::append_date(std::int32_t days) {
  assert(state_->type.id == TypeId::kDate);
  state_->append(days, true);
}

void ColumnBuilder::append_string(std::string_view value) {
  assert(has_characters(state_->type.id));
  state_->values.append(value.data(), value.size());
  state_->close_offset(state_->values.used(), true);
}

ColumnBuilder& ColumnBuilder::child(std::size_t i) { return state_->children[i]; }

void ColumnBuilder::append_list() {
  assert(state_->type.id == TypeId::kList);
  state_->close_offset(state_->children[0].length(), true);
}

void ColumnBuilder::append_struct() {
  assert(state_->type.id == TypeId::kStruct);
  for ([[maybe_unused]] ColumnBuilder& child : state_->children)
    assert(child.length() == state_->length + 1);
  state_->close(true);
}

std::int64_t ColumnBuilder::length() const { return state_->length; }

Column ColumnBuilder::finish() {
  Column column;
  column.type = state_->type;
  column.length = state_->length;
  column.null_count = state_->nulls;
  if (state_->nulls > 0) column.validity = state_->validity.take();
  if (state_->type.id != TypeId::kList && state_->type.id != TypeId::kStruct)
    column.values = state_->values.take();
  if (state_->offsets.used() > 0) column.offsets = state_->offsets.take();
  for (ColumnBuilder& child : state_->children) column.children.push_back(child.finish());
  state_->length = 0;
  state_->nulls = 0;
  state_->start();
  return column;
}

}  // namespace lode
