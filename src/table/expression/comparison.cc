// = <> < <= > >=, is [not] distinct from, is null, in, greatest, least, nullif: all that orders
// values or asks whether they are equal. NaN equals NaN and is greater than every other double, as
// in DuckDB.
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

template <typename T>
bool equal(T a, T b) {
  return a == b;
}
template <>
bool equal(double a, double b) {
  return (a == b) | ((a != a) & (b != b));
}

template <typename T>
bool less(T a, T b) {
  return a < b;
}
template <>
bool less(double a, double b) {
  return (a < b) | ((a == a) & (b != b));
}

template <typename T>
bool unequal(T a, T b) {
  return !equal(a, b);
}
template <typename T>
bool less_equal(T a, T b) {
  return !less(b, a);
}
template <typename T>
bool greater(T a, T b) {
  return less(b, a);
}
template <typename T>
bool greater_equal(T a, T b) {
  return !less(a, b);
}

struct Equal {
  template <typename T>
  static bool of(T a, T b) {
    return equal(a, b);
  }
};
struct Unequal {
  template <typename T>
  static bool of(T a, T b) {
    return unequal(a, b);
  }
};
struct Less {
  template <typename T>
  static bool of(T a, T b) {
    return less(a, b);
  }
};
struct LessEqual {
  template <typename T>
  static bool of(T a, T b) {
    return less_equal(a, b);
  }
};
struct Greater {
  template <typename T>
  static bool of(T a, T b) {
    return greater(a, b);
  }
};
struct GreaterEqual {
  template <typename T>
  static bool of(T a, T b) {
    return greater_equal(a, b);
  }
};

using Byte = std::uint8_t;
using i64 = std::int64_t;

// Calls make<T>() with the C++ type that vectors of `id` hold, nullptr for list and struct.
template <typename Make>
BatchKernel for_type(TypeId id, Make make) {
  switch (id) {
    case TypeId::kBool:
      return make.template operator()<Byte>();
    case TypeId::kInt64:
    case TypeId::kTimestamp:
      return make.template operator()<i64>();
    case TypeId::kDouble:
      return make.template operator()<double>();
    case TypeId::kDecimal:
      return make.template operator()<Int128>();
    case TypeId::kString:
    case TypeId::kBytes:
      return make.template operator()<Text>();
    case TypeId::kDate:
      return make.template operator()<std::int32_t>();
    case TypeId::kList:
    case TypeId::kStruct:
      break;
  }
  return nullptr;
}

// All arguments at one type that can be ordered; no kernel yet.
Result<Resolution> at_common_type(const Request& request, std::size_t least_arguments) {
  if (request.size() < least_arguments) return no_overload(request);
  std::optional<ValueType> type = common_type(request.arguments);
  if (!type || vector_width(type->type.id) == 0) return no_overload(request);
  Resolution resolution;
  resolution.parameters.assign(request.size(), *type);
  resolution.result = *type;
  return resolution;
}

template <typename Operation>
Result<Resolution> compare(const Request& request) {
  if (request.size() != 2) return no_overload(request);
  TRY(Resolution resolution, at_common_type(request, 2));
  resolution.kernel = for_type(resolution.result.type.id, []<typename T>() {
    return map<Byte(T, T), &Operation::template of<T>>;
  });
  resolution.result = ValueType{Type::boolean()};
  return resolution;
}

bool valid_at(const Vector& vector, i64 i) {
  return vector.valid == nullptr || vector.valid[i] != 0;
}

template <typename T, bool negate>
i64 distinct_rows(Call& call) {
  const Vector& a = *call.arguments[0];
  const Vector& b = *call.arguments[1];
  for (i64 i = 0; i < call.rows; ++i) {
    bool va = valid_at(a, i);
    bool vb = valid_at(b, i);
    bool same = va == vb && (!va || equal(a.as<T>()[i], b.as<T>()[i]));
    call.out->as<Byte>()[i] = same != negate;
  }
  return -1;
}

template <bool negate>
Result<Resolution> distinct(const Request& request) {
  if (request.size() != 2) return no_overload(request);
  TRY(Resolution resolution, at_common_type(request, 2));
  resolution.kernel = for_type(resolution.result.type.id, []<typename T>() -> BatchKernel {
    return &distinct_rows<T, negate>;
  });
  resolution.result = ValueType{Type::boolean()};
  return resolution;
}

i64 is_null_rows(Call& call) {
  const Vector& a = *call.arguments[0];
  for (i64 i = 0; i < call.rows; ++i) call.out->as<Byte>()[i] = !valid_at(a, i);
  return -1;
}

Result<Resolution> is_null(const Request& request) {
  if (request.size() != 1) return no_overload(request);
  return Resolution{.parameters = {request.type(0)},
                    .result = ValueType{Type::boolean()},
                    .kernel = &is_null_rows};
}

// True if equal to a listed value, else null if any comparison was with a null, else false.
template <typename T>
i64 in_rows(Call& call) {
  Byte* out = call.out->as<Byte>();
  const Vector& value = *call.arguments[0];
  std::size_t count = call.node->arguments.size();
  for (i64 i = 0; i < call.rows; ++i) out[i] = 0;
  for (std::size_t k = 1; k < count; ++k) {
    const T* a = value.as<T>();
    const Vector& listed = *call.arguments[k];
    const T* b = listed.as<T>();
    for (i64 i = 0; i < call.rows; ++i)
      out[i] = out[i] | (valid_at(listed, i) && equal(a[i], b[i]));
  }
  for (i64 i = 0; i < call.rows; ++i) {
    bool unknown = !valid_at(value, i);
    for (std::size_t k = 1; k < count && !unknown; ++k)
      unknown = out[i] == 0 && !valid_at(*call.arguments[k], i);
    if (unknown) call.make_valid()[i] = 0;
  }
  return -1;
}

Result<Resolution> in_list(const Request& request) {
  TRY(Resolution resolution, at_common_type(request, 2));
  resolution.kernel =
      for_type(resolution.result.type.id, []<typename T>() -> BatchKernel { return &in_rows<T>; });
  resolution.result = ValueType{Type::boolean()};
  return resolution;
}

// The largest (smallest) of the values that are not null.
template <typename T, bool largest>
i64 extreme_rows(Call& call) {
  T* out = call.out->as<T>();
  Byte* valid = call.make_valid();
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = T{};
    valid[i] = 0;
  }
  for (std::size_t k = 0; k < call.node->arguments.size(); ++k) {
    const Vector& from = *call.arguments[k];
    for (i64 i = 0; i < call.rows; ++i) {
      if (!valid_at(from, i)) continue;
      T value = from.as<T>()[i];
      if (valid[i] == 0 || (largest ? less(out[i], value) : less(value, out[i]))) out[i] = value;
      valid[i] = 1;
    }
  }
  return -1;
}

template <bool largest>
Result<Resolution> extreme(const Request& request) {
  TRY(Resolution resolution, at_common_type(request, 1));
  resolution.kernel = for_type(resolution.result.type.id, []<typename T>() -> BatchKernel {
    return &extreme_rows<T, largest>;
  });
  return resolution;
}

// The result keeps a's own type; the comparison is made at the common one (arguments 1 and 2).
template <typename T>
i64 nullif_rows(Call& call) {
  const Vector& a = *call.arguments[0];
  const Vector& b = *call.arguments[1];
  T* out = call.out->as<T>();
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = a.as<T>()[i];
    bool same = valid_at(a, i) && valid_at(b, i) && equal(a.as<T>()[i], b.as<T>()[i]);
    if (same || !valid_at(a, i)) call.make_valid()[i] = 0;
  }
  return -1;
}

Result<Resolution> nullif(const Request& request) {
  if (request.size() != 2) return no_overload(request);
  TRY(Resolution resolution, at_common_type(request, 2));
  resolution.kernel = for_type(resolution.result.type.id,
                               []<typename T>() -> BatchKernel { return &nullif_rows<T>; });
  return resolution;
}

constexpr std::string_view kGroup = "Comparison";
constexpr std::string_view kStrict =
    "Text is not compared with a number: cast one. A constant text takes the other side's type.";

constexpr Function kEqual = {kGroup, "a = b", {}, compare<Equal>, NullRule::kPropagate,
                             {},     kStrict};
constexpr Component kEqualComponent = function_component(
    "=", "Whether two values are equal (also written ==).", "origin = 'ATL'", kEqual);
const Registration equal_registration(kEqualComponent);

constexpr Function kUnequal = {kGroup, "a <> b", {}, compare<Unequal>, NullRule::kPropagate,
                               {},     kStrict};
constexpr Component kUnequalComponent = function_component(
    "<>", "Whether two values differ (also written !=).", "origin <> destination", kUnequal);
const Registration unequal_registration(kUnequalComponent);

constexpr Function kLess = {kGroup, "a < b", {}, compare<Less>, NullRule::kPropagate, {}, kStrict};
constexpr Component kLessComponent = function_component(
    "<", "Order: numbers with NaN greatest, text by its bytes, false before true.", "delay < 0",
    kLess);
const Registration less_registration(kLessComponent);

constexpr Function kLessEqual = {kGroup, "a <= b", {}, compare<LessEqual>, NullRule::kPropagate,
                                 {},     kStrict};
constexpr Component kLessEqualComponent =
    function_component("<=", "Less than or equal.", "delay <= 15", kLessEqual);
const Registration less_equal_registration(kLessEqualComponent);

constexpr Function kGreater = {kGroup, "a > b", {}, compare<Greater>, NullRule::kPropagate,
                               {},     kStrict};
constexpr Component kGreaterComponent =
    function_component(">", "Greater than.", "delay > 15", kGreater);
const Registration greater_registration(kGreaterComponent);

constexpr Function kGreaterEqual = {
    kGroup, "a >= b", {}, compare<GreaterEqual>, NullRule::kPropagate, {}, kStrict};
constexpr Component kGreaterEqualComponent =
    function_component(">=", "Greater than or equal.", "delay >= 15", kGreaterEqual);
const Registration greater_equal_registration(kGreaterEqualComponent);

constexpr Function kDistinct = {kGroup, "a is distinct from b", {}, distinct<true>, NullRule::kOwn};
constexpr Component kDistinctComponent = function_component(
    "is distinct from", "Like <>, with null a value like any other: never null itself.",
    "origin is distinct from planned", kDistinct);
const Registration distinct_registration(kDistinctComponent);

constexpr Function kNotDistinct = {
    kGroup, "a is not distinct from b", {}, distinct<false>, NullRule::kOwn};
constexpr Component kNotDistinctComponent =
    function_component("is not distinct from",
                       "Like =, with null equal to null: never null itself. x is true means this.",
                       "origin is not distinct from planned", kNotDistinct);
const Registration not_distinct_registration(kNotDistinctComponent);

constexpr Function kIsNull = {kGroup, "a is null, a is not null", {}, is_null, NullRule::kOwn};
constexpr Component kIsNullComponent =
    function_component("is null", "Whether a value is missing.", "delay is not null", kIsNull);
const Registration is_null_registration(kIsNullComponent);

constexpr Function kIn = {kGroup, "a in (b, c, ...), a not in (...)", {}, in_list, NullRule::kOwn};
constexpr Component kInComponent = function_component(
    "in", "Whether a equals a listed value; null if it equals none and one of them is null.",
    "origin in ('ATL', 'ORD')", kIn);
const Registration in_registration(kInComponent);

constexpr std::string_view kOfDurations =
    "Durations by their length; DuckDB says that 1 day is greater than 25 hours.";
constexpr Function kGreatest = {kGroup, "greatest(a, b, ...)", {}, extreme<true>, NullRule::kOwn,
                                {},     kOfDurations};
constexpr Component kGreatestComponent = function_component(
    "greatest", "The largest of the values that are not null; NaN is the largest double.",
    "greatest(delay, 0)", kGreatest);
const Registration greatest_registration(kGreatestComponent);

constexpr Function kLeast = {kGroup, "least(a, b, ...)", {}, extreme<false>, NullRule::kOwn,
                             {},     kOfDurations};
constexpr Component kLeastComponent = function_component(
    "least", "The smallest of the values that are not null.", "least(delay, 180)", kLeast);
const Registration least_registration(kLeastComponent);

constexpr Function kNullif = {
    kGroup,
    "nullif(a, b)",
    {},
    nullif,
    NullRule::kOwn,
    {},
    "When the types differ the result has the type both are compared at; DuckDB keeps a's."};
constexpr Component kNullifComponent =
    function_component("nullif", "Null if a = b, else a.", "nullif(delay, -999)", kNullif);
const Registration nullif_registration(kNullifComponent);

}  // namespace
}  // namespace lode
