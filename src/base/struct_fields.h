// The fields of a plain struct as arguments, in order, so that what holds for every
// field (storing it, comparing it) is written once, and a field added later is not forgotten.
//
// For aggregates without base classes, bit fields and C arrays (std::array does), of at most 64
// fields. All of it happens at compile time.
#pragma once

#include <cstddef>
#include <type_traits>

namespace lode {
namespace struct_fields {

struct Anything {
  template <typename T>
  operator T() const;  // NOLINT: stands for a field of any type; never called
};

template <typename T, typename... Fields>
concept TakesFields = requires { T{Fields{}...}; };

// How many fields T can be made from: as many as it has.
template <typename T, typename... Fields>
constexpr std::size_t count() {
  if constexpr (TakesFields<T, Fields..., Anything>)
    return count<T, Fields..., Anything>();
  else
    return sizeof...(Fields);
}

}  // namespace struct_fields

template <typename T>
concept PlainStruct = std::is_aggregate_v<T> && std::is_class_v<T>;

template <PlainStruct T>
inline constexpr std::size_t kFields = struct_fields::count<std::remove_const_t<T>>();

// clang-format off
#define LODE_NAMES_1 f1
#define LODE_NAMES_2 LODE_NAMES_1, f2
#define LODE_NAMES_3 LODE_NAMES_2, f3
#define LODE_NAMES_4 LODE_NAMES_3, f4
#define LODE_NAMES_5 LODE_NAMES_4, f5
#define LODE_NAMES_6 LODE_NAMES_5, f6
#define LODE_NAMES_7 LODE_NAMES_6, f7
#define LODE_NAMES_8 LODE_NAMES_7, f8
#define LODE_NAMES_9 LODE_NAMES_8, f9
#define LODE_NAMES_10 LODE_NAMES_9, f10
#define LODE_NAMES_11 LODE_NAMES_10, f11
#define LODE_NAMES_12 LODE_NAMES_11, f12
#define LODE_NAMES_13 LODE_NAMES_12, f13
#define LODE_NAMES_14 LODE_NAMES_13, f14
#define LODE_NAMES_15 LODE_NAMES_14, f15
#define LODE_NAMES_16 LODE_NAMES_15, f16
#define LODE_NAMES_17 LODE_NAMES_16, f17
#define LODE_NAMES_18 LODE_NAMES_17, f18
#define LODE_NAMES_19 LODE_NAMES_18, f19
#define LODE_NAMES_20 LODE_NAMES_19, f20
#define LODE_NAMES_21 LODE_NAMES_20, f21
#define LODE_NAMES_22 LODE_NAMES_21, f22
#define LODE_NAMES_23 LODE_NAMES_22, f23
#define LODE_NAMES_24 LODE_NAMES_23, f24
#define LODE_NAMES_25 LODE_NAMES_24, f25
#define LODE_NAMES_26 LODE_NAMES_25, f26
#define LODE_NAMES_27 LODE_NAMES_26, f27
#define LODE_NAMES_28 LODE_NAMES_27, f28
#define LODE_NAMES_29 LODE_NAMES_28, f29
#define LODE_NAMES_30 LODE_NAMES_29, f30
#define LODE_NAMES_31 LODE_NAMES_30, f31
#define LODE_NAMES_32 LODE_NAMES_31, f32
#define LODE_NAMES_33 LODE_NAMES_32, f33
#define LODE_NAMES_34 LODE_NAMES_33, f34
#define LODE_NAMES_35 LODE_NAMES_34, f35
#define LODE_NAMES_36 LODE_NAMES_35, f36
#define LODE_NAMES_37 LODE_NAMES_36, f37
#define LODE_NAMES_38 LODE_NAMES_37, f38
#define LODE_NAMES_39 LODE_NAMES_38, f39
#define LODE_NAMES_40 LODE_NAMES_39, f40
#define LODE_NAMES_41 LODE_NAMES_40, f41
#define LODE_NAMES_42 LODE_NAMES_41, f42
#define LODE_NAMES_43 LODE_NAMES_42, f43
#define LODE_NAMES_44 LODE_NAMES_43, f44
#define LODE_NAMES_45 LODE_NAMES_44, f45
#define LODE_NAMES_46 LODE_NAMES_45, f46
#define LODE_NAMES_47 LODE_NAMES_46, f47
#define LODE_NAMES_48 LODE_NAMES_47, f48
#define LODE_NAMES_49 LODE_NAMES_48, f49
#define LODE_NAMES_50 LODE_NAMES_49, f50
#define LODE_NAMES_51 LODE_NAMES_50, f51
#define LODE_NAMES_52 LODE_NAMES_51, f52
#define LODE_NAMES_53 LODE_NAMES_52, f53
#define LODE_NAMES_54 LODE_NAMES_53, f54
#define LODE_NAMES_55 LODE_NAMES_54, f55
#define LODE_NAMES_56 LODE_NAMES_55, f56
#define LODE_NAMES_57 LODE_NAMES_56, f57
#define LODE_NAMES_58 LODE_NAMES_57, f58
#define LODE_NAMES_59 LODE_NAMES_58, f59
#define LODE_NAMES_60 LODE_NAMES_59, f60
#define LODE_NAMES_61 LODE_NAMES_60, f61
#define LODE_NAMES_62 LODE_NAMES_61, f62
#define LODE_NAMES_63 LODE_NAMES_62, f63
#define LODE_NAMES_64 LODE_NAMES_63, f64
#define LODE_FIELDS(n)            \
  if constexpr (kFields<T> == n) { \
    auto& [LODE_NAMES_##n] = value; \
    return visit(LODE_NAMES_##n); \
  } else

// visit(field, field, ...), once.
template <PlainStruct T, typename Visit>
constexpr decltype(auto) with_fields(T& value, Visit&& visit) {
  if constexpr (kFields<T> == 0) { (void)value; return visit(); } else
  LODE_FIELDS(1) LODE_FIELDS(2) LODE_FIELDS(3) LODE_FIELDS(4) LODE_FIELDS(5)
  LODE_FIELDS(6) LODE_FIELDS(7) LODE_FIELDS(8) LODE_FIELDS(9) LODE_FIELDS(10)
  LODE_FIELDS(11) LODE_FIELDS(12) LODE_FIELDS(13) LODE_FIELDS(14) LODE_FIELDS(15)
  LODE_FIELDS(16) LODE_FIELDS(17) LODE_FIELDS(18) LODE_FIELDS(19) LODE_FIELDS(20)
  LODE_FIELDS(21) LODE_FIELDS(22) LODE_FIELDS(23) LODE_FIELDS(24) LODE_FIELDS(25)
  LODE_FIELDS(26) LODE_FIELDS(27) LODE_FIELDS(28) LODE_FIELDS(29) LODE_FIELDS(30)
  LODE_FIELDS(31) LODE_FIELDS(32) LODE_FIELDS(33) LODE_FIELDS(34) LODE_FIELDS(35)
  LODE_FIELDS(36) LODE_FIELDS(37) LODE_FIELDS(38) LODE_FIELDS(39) LODE_FIELDS(40)
  LODE_FIELDS(41) LODE_FIELDS(42) LODE_FIELDS(43) LODE_FIELDS(44) LODE_FIELDS(45)
  LODE_FIELDS(46) LODE_FIELDS(47) LODE_FIELDS(48) LODE_FIELDS(49) LODE_FIELDS(50)
  LODE_FIELDS(51) LODE_FIELDS(52) LODE_FIELDS(53) LODE_FIELDS(54) LODE_FIELDS(55)
  LODE_FIELDS(56) LODE_FIELDS(57) LODE_FIELDS(58) LODE_FIELDS(59) LODE_FIELDS(60)
  LODE_FIELDS(61) LODE_FIELDS(62) LODE_FIELDS(63) LODE_FIELDS(64)
  static_assert(kFields<T> <= 64, "a struct of more than 64 fields");
}
#undef LODE_NAMES_1
#undef LODE_NAMES_2
#undef LODE_NAMES_3
#undef LODE_NAMES_4
#undef LODE_NAMES_5
#undef LODE_NAMES_6
#undef LODE_NAMES_7
#undef LODE_NAMES_8
#undef LODE_NAMES_9
#undef LODE_NAMES_10
#undef LODE_NAMES_11
#undef LODE_NAMES_12
#undef LODE_NAMES_13
#undef LODE_NAMES_14
#undef LODE_NAMES_15
#undef LODE_NAMES_16
#undef LODE_NAMES_17
#undef LODE_NAMES_18
#undef LODE_NAMES_19
#undef LODE_NAMES_20
#undef LODE_NAMES_21
#undef LODE_NAMES_22
#undef LODE_NAMES_23
#undef LODE_NAMES_24
#undef LODE_NAMES_25
#undef LODE_NAMES_26
#undef LODE_NAMES_27
#undef LODE_NAMES_28
#undef LODE_NAMES_29
#undef LODE_NAMES_30
#undef LODE_NAMES_31
#undef LODE_NAMES_32
#undef LODE_NAMES_33
#undef LODE_NAMES_34
#undef LODE_NAMES_35
#undef LODE_NAMES_36
#undef LODE_NAMES_37
#undef LODE_NAMES_38
#undef LODE_NAMES_39
#undef LODE_NAMES_40
#undef LODE_NAMES_41
#undef LODE_NAMES_42
#undef LODE_NAMES_43
#undef LODE_NAMES_44
#undef LODE_NAMES_45
#undef LODE_NAMES_46
#undef LODE_NAMES_47
#undef LODE_NAMES_48
#undef LODE_NAMES_49
#undef LODE_NAMES_50
#undef LODE_NAMES_51
#undef LODE_NAMES_52
#undef LODE_NAMES_53
#undef LODE_NAMES_54
#undef LODE_NAMES_55
#undef LODE_NAMES_56
#undef LODE_NAMES_57
#undef LODE_NAMES_58
#undef LODE_NAMES_59
#undef LODE_NAMES_60
#undef LODE_NAMES_61
#undef LODE_NAMES_62
#undef LODE_NAMES_63
#undef LODE_NAMES_64
#undef LODE_FIELDS
// clang-format on

}  // namespace lode
