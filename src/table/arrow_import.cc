#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "table/arrow.h"

namespace lode {
namespace {

using i64 = std::int64_t;

constexpr int kDeepest = 32;

struct Release {
  ArrowSchema* schema;
  ArrowArray* array;
  ~Release() {
    if (schema != nullptr && schema->release != nullptr) schema->release(schema);
    if (array != nullptr && array->release != nullptr) array->release(array);
  }
};

void set_bit(Buffer& bits, i64 i) {
  std::uint8_t* data = bits.mutable_data();
  data[i >> 3] = static_cast<std::uint8_t>(data[i >> 3] | (1U << (i & 7)));
}

// Rows [begin, begin + count) of one array, begin counted from the array's own offset.
class Importer {
 public:
  Importer(const ArrowSchema& schema, const ArrowArray& array, i64 begin, i64 count, int depth)
      : schema_(schema),
        array_(array),
        count_(count),
        depth_(depth),
        format_(schema.format == nullptr ? "" : schema.format) {
    if (__builtin_add_overflow(array.offset, begin, &first_)) first_ = -1;
  }

  Result<Column> run() {
    if (depth_ > kDeepest) return fail(Code::kLimit, "Arrow types nested over {} deep", kDeepest);
    TRY_VOID(check_shape());
    TRY(Column column, schema_.dictionary != nullptr ? dictionary() : values());
    column.length = count_;
    if (column.null_count == 0) add_validity(column);
    return column;
  }

 private:
  template <typename... Args>
  std::unexpected<Error> broken(fmt::format_string<Args...> format, Args&&... args) const {
    return fail(Code::kInvalid, "Arrow column '{}' ({}): {}",
                schema_.name == nullptr ? "" : schema_.name, format_,
                fmt::format(format, std::forward<Args>(args)...));
  }

  // --- shape ---

  Status check_shape() const {
    if (array_.release == nullptr || schema_.release == nullptr)
      return broken("was released already");
    if (array_.length < 0 || array_.offset < 0 || array_.null_count < -1)
      return broken("a negative length, offset or null count");
    if (array_.offset > std::numeric_limits<i64>::max() - array_.length)
      return broken("offset and length overflow");
    if (count_ < 0 || first_ < array_.offset || count_ > array_.offset + array_.length - first_)
      return broken("has {} rows where its parent needs more", array_.length);
    if (array_.n_buffers < 0 || (array_.n_buffers > 0 && array_.buffers == nullptr))
      return broken("its buffers are missing");
    if (array_.n_children != schema_.n_children)
      return broken("schema and array differ in children");
    for (i64 i = 0; i < array_.n_children; ++i)
      if (array_.children == nullptr || schema_.children == nullptr ||
          array_.children[i] == nullptr || schema_.children[i] == nullptr)
        return broken("a child is missing");
    if ((array_.dictionary == nullptr) != (schema_.dictionary == nullptr))
      return broken("schema and array differ in having a dictionary");
    return {};
  }

  Status expect(i64 buffers, i64 children) const {
    if (array_.n_buffers != buffers)
      return broken("has {} buffers, not {}", array_.n_buffers, buffers);
    if (array_.n_children != children)
      return broken("has {} children, not {}", array_.n_children, children);
    for (i64 i = 1; i < buffers; ++i)
      if (array_.buffers[i] == nullptr && count_ > 0 && !(i == 2 && buffers == 3))
        return broken("buffer {} is missing", i);
    return {};
  }

  template <typename T>
  T at(i64 buffer, i64 i) const {  // memory of others need not be aligned
    T value;
    std::memcpy(&value, static_cast<const char*>(array_.buffers[buffer]) + i * i64{sizeof(T)},
                sizeof(T));
    return value;
  }

  bool valid(i64 i) const {
    const auto* bits =
        array_.n_buffers > 0 ? static_cast<const std::uint8_t*>(array_.buffers[0]) : nullptr;
    return bits == nullptr || array_.null_count == 0 || bit_at(bits, first_ + i);
  }

  void add_validity(Column& column) const {
    for (i64 i = 0; i < count_; ++i)
      if (!valid(i)) ++column.null_count;
    if (column.null_count == 0) return;
    column.validity = Buffer::allocate((count_ + 7) / 8);
    for (i64 i = 0; i < count_; ++i)
      if (valid(i)) set_bit(column.validity, i);
  }

  // --- values ---

  Result<Column> values() const {
    if (format_ == "b") return booleans();
    if (format_ == "l") return copied<i64>(Type::int64());
    if (format_ == "g") return copied<double>(Type::float64());
    if (format_ == "f")
      return converted<float, double>(Type::float64(), [](float x, double& out) {
        out = x;
        return true;
      });
    if (format_.size() == 1 &&
        std::string_view("cCsSiIL").find(format_[0]) != std::string_view::npos)
      return integers();
    if (format_ == "u") return characters<std::int32_t>(Type::string());
    if (format_ == "U") return characters<i64>(Type::string());
    if (format_ == "z") return characters<std::int32_t>(Type::bytes());
    if (format_ == "Z") return characters<i64>(Type::bytes());
    if (format_.starts_with("w:")) return fixed_bytes();
    if (format_.starts_with("d:")) return decimals();
    if (format_ == "tdD") return copied<std::int32_t>(Type::date());
    if (format_ == "tdm") return dates_of_milliseconds();
    if (format_.starts_with("ts")) return timestamps();
    if (format_ == "+l" || format_ == "+m") return lists<std::int32_t>();
    if (format_ == "+L") return lists<i64>();
    if (format_.starts_with("+w:")) return fixed_lists();
    if (format_ == "+s") return structs();
    return fail(
        Code::kUnsupported,
        "Arrow column '{}' has type '{}', which lode does not read; cast it to int64, double, "
        "decimal128, utf8, binary, date32, timestamp, list or struct",
        schema_.name == nullptr ? "" : schema_.name, format_);
  }

  Column empty(Type type) const {
    Column column;
    column.type = std::move(type);
    column.length = count_;
    return column;
  }

  Result<Column> booleans() const {
    TRY_VOID(expect(2, 0));
    Column column = empty(Type::boolean());
    column.values = Buffer::allocate((count_ + 7) / 8);
    const auto* bits = static_cast<const std::uint8_t*>(array_.buffers[1]);
    for (i64 i = 0; i < count_; ++i)
      if (bit_at(bits, first_ + i)) set_bit(column.values, i);
    return column;
  }

  template <typename T>
  Result<Column> copied(Type type) const {
    TRY_VOID(expect(2, 0));
    Column column = empty(std::move(type));
    column.values = Buffer::allocate(count_ * i64{sizeof(T)});
    if (count_ > 0)
      std::memcpy(column.values.mutable_data(),
                  static_cast<const char*>(array_.buffers[1]) + first_ * i64{sizeof(T)},
                  static_cast<std::size_t>(count_) * sizeof(T));
    return column;
  }

  // convert(From, To&) -> bool; false = the value does not fit. Nulls become 0.
  template <typename From, typename To, typename Convert>
  Result<Column> converted(Type type, Convert convert) const {
    TRY_VOID(expect(2, 0));
    Column column = empty(std::move(type));
    column.values = Buffer::allocate(count_ * i64{sizeof(To)});
    To* out = column.values.template mutable_as<To>();
    for (i64 i = 0; i < count_; ++i)
      if (valid(i) && !convert(at<From>(1, first_ + i), out[i]))
        return broken("row {} does not fit {}", i, column.type.text());
    return column;
  }

  template <typename From>
  Result<Column> widened() const {
    return converted<From, i64>(Type::int64(), [](From x, i64& out) {
      out = static_cast<i64>(x);
      return std::in_range<i64>(x);
    });
  }

  Result<Column> integers() const {
    switch (format_[0]) {
      case 'c':
        return widened<std::int8_t>();
      case 'C':
        return widened<std::uint8_t>();
      case 's':
        return widened<std::int16_t>();
      case 'S':
        return widened<std::uint16_t>();
      case 'i':
        return widened<std::int32_t>();
      case 'I':
        return widened<std::uint32_t>();
      case 'L':
        return widened<std::uint64_t>();
      default:
        return widened<i64>();
    }
  }

  Result<i64> number(std::string_view text) const {
    i64 value = 0;
    auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (bad != std::errc() || end != text.data() + text.size() || value < 0)
      return broken("the format is malformed");
    return value;
  }

  Result<Column> decimals() const {
    std::string_view rest = std::string_view(format_).substr(2);
    std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) return broken("the format is malformed");
    std::size_t second = rest.find(',', comma + 1);
    TRY(i64 precision, number(rest.substr(0, comma)));
    TRY(i64 scale, number(rest.substr(comma + 1, second - comma - 1)));
    i64 bits = 128;
    if (second != std::string_view::npos) {
      TRY(bits, number(rest.substr(second + 1)));
    }
    if (precision < 1 || precision > 38 || scale > precision)
      return broken("lode holds decimals of 38 digits, with a scale from 0 to the precision");
    Type type =
        Type::decimal(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
    auto widen = [](auto x, Int128& out) {
      out = x;
      return true;
    };
    if (bits == 32) return converted<std::int32_t, Int128>(type, widen);
    if (bits == 64) return converted<i64, Int128>(type, widen);
    Int128 limit = 1;
    for (i64 i = 0; i < precision; ++i) limit *= 10;
    if (bits == 128)
      return converted<Int128, Int128>(type, [limit](Int128 x, Int128& out) {
        out = x;
        return x < limit && x > -limit;
      });
    return broken("decimals of {} bits are not read; cast to decimal128", bits);
  }

  Result<Column> dates_of_milliseconds() const {
    return converted<i64, std::int32_t>(Type::date(), [](i64 ms, std::int32_t& out) {
      constexpr i64 kDay = 86'400'000;
      i64 days = ms / kDay - (ms % kDay < 0 ? 1 : 0);
      out = static_cast<std::int32_t>(days);
      return std::in_range<std::int32_t>(days);
    });
  }

  Result<Column> timestamps() const {
    if (format_.size() < 4 || format_[3] != ':') return broken("the format is malformed");
    Type type = Type::timestamp();
    switch (format_[2]) {
      case 'u':
        return copied<i64>(type);
      case 's':
        return converted<i64, i64>(
            type, [](i64 x, i64& out) { return !__builtin_mul_overflow(x, i64{1'000'000}, &out); });
      case 'm':
        return converted<i64, i64>(
            type, [](i64 x, i64& out) { return !__builtin_mul_overflow(x, i64{1'000}, &out); });
      case 'n':  // only what is whole microseconds; rounding is the sender's to decide
        return converted<i64, i64>(type, [](i64 x, i64& out) {
          out = x / 1'000;
          return x % 1'000 == 0;
        });
      default:
        return broken("the format is malformed");
    }
  }

  // Offsets from 0, of `count_` + 1 places; kInvalid if they go back or pass 2^31 - 1.
  template <typename Offset>
  Result<Buffer> rebased_offsets(i64& begin) const {
    Buffer offsets = Buffer::allocate((count_ + 1) * 4);
    begin = 0;
    if (count_ == 0) return offsets;
    begin = at<Offset>(1, first_);
    if (begin < 0) return broken("a negative offset");
    i64 previous = begin;
    for (i64 i = 1; i <= count_; ++i) {
      i64 next = at<Offset>(1, first_ + i);
      if (next < previous) return broken("offsets go back at row {}", i - 1);
      if (next - begin > std::numeric_limits<std::int32_t>::max())
        return fail(Code::kLimit,
                    "Arrow column '{}' holds over 2 GiB in one batch; send smaller batches",
                    schema_.name == nullptr ? "" : schema_.name);
      offsets.mutable_as<std::int32_t>()[i] = static_cast<std::int32_t>(next - begin);
      previous = next;
    }
    return offsets;
  }

  template <typename Offset>
  Result<Column> characters(Type type) const {
    TRY_VOID(expect(3, 0));
    Column column = empty(std::move(type));
    i64 begin = 0;
    TRY(column.offsets, rebased_offsets<Offset>(begin));
    i64 size = column.offsets.as<std::int32_t>()[count_];
    if (size > 0 && array_.buffers[2] == nullptr) return broken("buffer 2 is missing");
    column.values = Buffer::allocate(size);
    if (size > 0)
      std::memcpy(column.values.mutable_data(), static_cast<const char*>(array_.buffers[2]) + begin,
                  static_cast<std::size_t>(size));
    return column;
  }

  Result<Column> fixed_bytes() const {
    TRY_VOID(expect(2, 0));
    TRY(i64 width, number(std::string_view(format_).substr(2)));
    if (width > 0 && count_ > std::numeric_limits<std::int32_t>::max() / width)
      return fail(Code::kLimit, "over 2 GiB of bytes in one batch; send smaller batches");
    Column column = empty(Type::bytes());
    column.offsets = Buffer::allocate((count_ + 1) * 4);
    for (i64 i = 0; i <= count_; ++i)
      column.offsets.mutable_as<std::int32_t>()[i] = static_cast<std::int32_t>(i * width);
    column.values = Buffer::allocate(count_ * width);
    if (count_ * width > 0)
      std::memcpy(column.values.mutable_data(),
                  static_cast<const char*>(array_.buffers[1]) + first_ * width,
                  static_cast<std::size_t>(count_ * width));
    return column;
  }

  // --- nested ---

  Result<Column> child(i64 i, i64 begin, i64 count) const {
    return Importer(*schema_.children[i], *array_.children[i], begin, count, depth_ + 1).run();
  }

  template <typename Offset>
  Result<Column> lists() const {
    TRY_VOID(expect(2, 1));
    i64 begin = 0;
    TRY(Buffer offsets, rebased_offsets<Offset>(begin));
    TRY(Column elements, child(0, begin, offsets.as<std::int32_t>()[count_]));
    Column column = empty(Type::list(elements.type));
    column.offsets = std::move(offsets);
    column.children.push_back(std::move(elements));
    return column;
  }

  Result<Column> fixed_lists() const {
    TRY_VOID(expect(1, 1));
    TRY(i64 width, number(std::string_view(format_).substr(3)));
    if (width > 0 && count_ + first_ > std::numeric_limits<std::int32_t>::max() / width)
      return fail(Code::kLimit, "over 2^31 list elements in one batch; send smaller batches");
    TRY(Column elements, child(0, first_ * width, count_ * width));
    Column column = empty(Type::list(elements.type));
    column.offsets = Buffer::allocate((count_ + 1) * 4);
    for (i64 i = 0; i <= count_; ++i)
      column.offsets.mutable_as<std::int32_t>()[i] = static_cast<std::int32_t>(i * width);
    column.children.push_back(std::move(elements));
    return column;
  }

  Result<Column> structs() const {
    TRY_VOID(expect(1, schema_.n_children));
    std::vector<Field> fields;
    std::vector<Column> children;
    for (i64 i = 0; i < array_.n_children; ++i) {
      TRY(Column column, child(i, first_, count_));
      const char* name = schema_.children[i]->name;
      fields.push_back({name == nullptr ? "" : name, column.type});
      children.push_back(std::move(column));
    }
    Column column = empty(Type::structure(std::move(fields)));
    column.children = std::move(children);
    return column;
  }

  // --- dictionaries ---

  // Strings keep their dictionary; of any other type the values are put in place.
  Result<Column> dictionary() const {
    if (format_.size() != 1 ||
        std::string_view("cCsSiIlL").find(format_[0]) == std::string_view::npos)
      return broken("dictionary codes are integers");
    TRY(Column codes, integers());
    TRY(Column words,
        Importer(*schema_.dictionary, *array_.dictionary, 0, array_.dictionary->length, depth_ + 1)
            .run());
    std::vector<i64> rows(static_cast<std::size_t>(count_));
    for (i64 i = 0; i < count_; ++i) {
      i64 code = codes.int64(i);
      if (valid(i) && (code < 0 || code >= words.length))
        return broken("code {} at row {} is outside of the dictionary of {}", code, i,
                      words.length);
      rows[static_cast<std::size_t>(i)] = valid(i) ? code : -1;
    }
    if (words.type.id != TypeId::kString || words.dictionary || words.null_count > 0 ||
        words.length > std::numeric_limits<std::int32_t>::max())
      return words.take(rows);
    Column column = empty(Type::string());
    column.values = Buffer::allocate(count_ * 4);
    for (i64 i = 0; i < count_; ++i)
      column.values.mutable_as<std::int32_t>()[i] =
          static_cast<std::int32_t>(std::max<i64>(0, rows[static_cast<std::size_t>(i)]));
    column.dictionary = std::make_shared<const Column>(std::move(words));
    return column;
  }

  const ArrowSchema& schema_;
  const ArrowArray& array_;
  i64 count_;
  int depth_;
  std::string format_;
  i64 first_ = 0;  // place in the buffers; -1 if there is none
};

}  // namespace

Result<Column> import_column(ArrowSchema* schema, ArrowArray* array) {
  Release release{schema, array};
  if (schema->release == nullptr || array->release == nullptr)
    return fail(Code::kInvalid, "the Arrow structs were released already");
  return Importer(*schema, *array, 0, array->length, 0).run();
}

Result<Table> import_table(ArrowSchema* schema, ArrowArray* array) {
  if (schema->format == nullptr || std::string_view(schema->format) != "+s") {
    Release release{schema, array};
    return fail(Code::kInvalid, "a record batch is a struct array (+s)");
  }
  TRY(Column batch, import_column(schema, array));
  if (batch.null_count > 0)
    return fail(Code::kInvalid, "a record batch has no null rows of its own");
  Table table;
  table.rows = batch.length;
  for (std::size_t i = 0; i < batch.children.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if ((*batch.type.children)[i].name == (*batch.type.children)[j].name)
        return fail(Code::kInvalid, "two columns are named '{}'", (*batch.type.children)[i].name);
  table.schema = Schema(*batch.type.children);
  table.columns = std::move(batch.children);
  return table;
}

}  // namespace lode
