// What a function of the expression language declares: its overloads, its documentation, its rule
// for nulls. One registration line a function puts it into the language and into the reference.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/component.h"
#include "table/expression/program.h"

namespace lode {

// One way to call a function. A letter a type:
//   b bool  i int64  d double  s string  y bytes  a date  t timestamp  u duration
// An argument is converted if it is null, or int64 or decimal to d, or date to t, or a constant
// string to a or t; the overload with the fewest conversions wins, then the first.
struct Overload {
  std::string_view parameters;
  char result;
  BatchKernel kernel;
  std::string_view fails = {};  // why, if of all the function's overloads this one can fail
};

// Asked by a function whose types the letters cannot say.
struct Request {
  std::string_view name;
  std::span<const BoundPtr> arguments;

  const ValueType& type(std::size_t i) const { return arguments[i]->type; }
  std::size_t size() const { return arguments.size(); }
  // The constant an argument is, or nullptr.
  const Literal* constant(std::size_t i) const {
    return arguments[i]->kind == BoundNode::Kind::kConstant ? &arguments[i]->literal : nullptr;
  }
};

struct Resolution {
  std::vector<ValueType> parameters;  // what each argument is converted to
  ValueType result;
  BatchKernel kernel = nullptr;
  BoundNode::Kind kind = BoundNode::Kind::kCall;
  bool can_fail = false;
  std::shared_ptr<const void> prepared = {};
  std::string_view fails = {};  // why; the function's own reason if empty
};

using Resolve = Result<Resolution> (*)(const Request&);

struct Function {
  std::string_view group;      // heading in the reference
  std::string_view signature;  // "substring(text, begin [, length])"
  std::span<const Overload> overloads;
  Resolve resolve = nullptr;  // asked first; an answer without parameters leaves it to overloads
  NullRule nulls = NullRule::kPropagate;
  std::string_view fails = {};  // when the kernel can fail: the reason, "is out of int64's range"
  std::string_view difference = {};  // from DuckDB; "" = none
};

// The function of a name in lower case, or nullptr.
const Function* find_function(std::string_view name);

constexpr Component function_component(std::string_view name, std::string_view summary,
                                       std::string_view example, const Function& function) {
  return {.kind = "function",
          .name = name,
          .summary = summary,
          .description = function.signature,
          .example = example,
          .options = {},
          .factory = &function};
}

// The overload, or what the function's own resolver says.
Result<Resolution> resolve_call(const Function& function, const Request& request);

// "no '+' for (string, int64)": what every resolver answers when the types do not fit.
std::unexpected<Error> no_overload(const Request& request);

// The type two values are brought to before they are compared or chosen between, or nothing.
std::optional<ValueType> common_type(const BoundPtr& a, const BoundPtr& b);
std::optional<ValueType> common_type(std::span<const BoundPtr> values);

// A kernel that converts `from` to `to`, with its reason if it can fail; nullptr kernel if there is
// none. Implicit conversions are a subset of these.
struct Cast {
  BatchKernel kernel = nullptr;
  bool can_fail = false;
  std::string_view reason = {};
};
Cast find_cast(const ValueType& from, const ValueType& to, bool try_cast);

}  // namespace lode
