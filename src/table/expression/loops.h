// The loops that kernels are made of: an operation on values becomes a loop over vectors. Dense and
// without branches where the operation allows it, so that the compiler can vectorise.
//
//   map<double(double), [](double x) { return std::sqrt(x); }>          cannot fail
//   map_or_null<int64(int64, int64), [](auto a, auto b, auto& out) {...}>   false = null
//   map_or_fail<...>                                                     false = the row fails
//   map_text<[](Arena&, std::string_view) {...}, std::string_view>       makes strings
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "table/expression/program.h"

namespace lode {

template <typename Signature, auto operation>
struct Loop;

template <typename R, typename... A, auto operation>
struct Loop<R(A...), operation> {
  using Indices = std::index_sequence_for<A...>;

  static std::int64_t map(Call& call) { return map(call, Indices{}); }
  static std::int64_t map_or_null(Call& call) { return map_or_null(call, Indices{}); }
  static std::int64_t map_or_fail(Call& call) { return map_or_fail(call, Indices{}); }
  static std::int64_t map_text(Call& call) { return map_text(call, Indices{}); }

 private:
  template <std::size_t... k>
  static std::int64_t map(Call& call, std::index_sequence<k...>) {
    R* out = call.out->as<R>();
    [](std::int64_t rows, R* __restrict result, const A*... in) {
      // Blocks of a constant size: g++ -O2 vectorises no other loops.
      constexpr std::int64_t kBlock = 64;
      std::int64_t i = 0;
      for (; i + kBlock <= rows; i += kBlock)
        for (std::int64_t j = 0; j < kBlock; ++j)
          result[i + j] = static_cast<R>(operation(in[i + j]...));
      for (; i < rows; ++i) result[i] = static_cast<R>(operation(in[i]...));
    }(call.rows, out, call.arguments[k]->template as<A>()...);
    return -1;
  }

  template <std::size_t... k>
  static std::int64_t map_or_null(Call& call, std::index_sequence<k...>) {
    R* out = call.out->as<R>();
    for (std::int64_t i = 0; i < call.rows; ++i) {
      out[i] = R{};
      if (!operation(call.arguments[k]->template as<A>()[i]..., out[i])) call.make_valid()[i] = 0;
    }
    return -1;
  }

  template <std::size_t... k>
  static std::int64_t map_or_fail(Call& call, std::index_sequence<k...>) {
    R* out = call.out->as<R>();
    for (std::int64_t i = 0; i < call.rows; ++i) {
      out[i] = R{};
      if (!operation(call.arguments[k]->template as<A>()[i]..., out[i]) && call.wanted(i)) return i;
    }
    return -1;
  }

  template <std::size_t... k>
  static std::int64_t map_text(Call& call, std::index_sequence<k...>) {
    auto* out = call.out->as<std::string_view>();
    for (std::int64_t i = 0; i < call.rows; ++i) {
      out[i] = {};
      if (!call.wanted(i)) continue;
      if (!operation(*call.arena, call.arguments[k]->template as<A>()[i]..., out[i])) return i;
    }
    return -1;
  }
};

template <typename Signature, auto operation>
constexpr BatchKernel map = &Loop<Signature, operation>::map;
template <typename Signature, auto operation>
constexpr BatchKernel map_or_null = &Loop<Signature, operation>::map_or_null;
template <typename Signature, auto operation>
constexpr BatchKernel map_or_fail = &Loop<Signature, operation>::map_or_fail;
// Signature std::string_view(A...); operation(Arena&, A..., std::string_view& out) -> bool.
template <typename Signature, auto operation>
constexpr BatchKernel map_text = &Loop<Signature, operation>::map_text;

using Text = std::string_view;

}  // namespace lode
