// What binding makes of an expression: a tree of typed operations over vectors, and how a kernel,
// the inner loop of one operation, is called. Everything here is fixed before the first row is
// seen.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "table/expression.h"

namespace lode {

// The type of a value inside an expression: a Type, or one of two that columns do not have. A null
// written as such takes whatever type is wanted; a duration is int64 microseconds with rules of its
// own (timestamp + duration) and leaves the expression as int64.
struct ValueType {
  enum class Special : std::uint8_t { kNone, kNull, kDuration };
  Type type;
  Special special = Special::kNone;

  static ValueType null() { return {Type::int64(), Special::kNull}; }
  static ValueType duration() { return {Type::int64(), Special::kDuration}; }
  bool is_null() const { return special == Special::kNull; }
  bool is(TypeId id) const { return special == Special::kNone && type.id == id; }
  bool operator==(const ValueType&) const = default;
  std::string text() const;
};

// Bytes of one value in a vector: bool 1 (0 or 1), date 4, int64, timestamp, double 8, decimal 16,
// string and bytes a std::string_view.
std::int64_t vector_width(TypeId id);

// Values of one operation for the rows under way. `valid` has one byte a row, nullptr = no nulls.
struct Vector {
  void* data = nullptr;
  std::uint8_t* valid = nullptr;

  template <typename T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

// Characters of strings made during one batch. Grows to what a batch needs, then allocates no more.
class Arena {
 public:
  char* allocate(std::size_t size);
  void clear();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

struct BoundNode;

struct Call {
  const BoundNode* node = nullptr;
  std::int64_t rows = 0;
  const Vector* const* arguments = nullptr;
  Vector* out = nullptr;
  std::uint8_t* validity_room = nullptr;  // for a kernel that makes nulls where out->valid is none
  const std::uint8_t* active = nullptr;   // rows whose value is wanted; nullptr = all
  Arena* arena = nullptr;

  // Whether a failure in row i matters: wanted, and not null already.
  bool wanted(std::int64_t i) const {
    return (active == nullptr || active[i] != 0) && (out->valid == nullptr || out->valid[i] != 0);
  }
  // Validity that can be written, all valid if there was none.
  std::uint8_t* make_valid() {
    if (out->valid == nullptr) {
      out->valid = validity_room;
      for (std::int64_t i = 0; i < rows; ++i) out->valid[i] = 1;
    }
    return out->valid;
  }
};

// Computes out->data (and clears bits of out->valid). Returns -1, or the first wanted row that
// fails. Rows that are null or not wanted may hold any bytes, except that string views must be
// readable.
using BatchKernel = std::int64_t (*)(Call&);

enum class NullRule : std::uint8_t {
  kPropagate,  // null if an argument is; the evaluator has set out->valid
  kOwn,        // the kernel decides, out->valid comes as nullptr
};

struct BoundNode {
  enum class Kind : std::uint8_t {
    kConstant,  // literal
    kInput,     // a column: input
    kShared,    // the value of another node that is evaluated before: share_of
    kCall,      // kernel over arguments
    kCase,      // arguments: when, then, when, then, ..., else; a row takes the first true when
    kCoalesce,  // the first argument that is not null
    kAnd,       // the right side is wanted only where the left does not decide
    kOr,
  };
  Kind kind = Kind::kConstant;
  ValueType type;
  std::string name;  // for messages
  std::vector<std::shared_ptr<const BoundNode>> arguments;
  std::vector<std::shared_ptr<const BoundNode>> first;  // kCase: evaluated before (CASE's operand)
  Literal literal;
  std::size_t input = 0;
  const BoundNode* share_of = nullptr;
  BatchKernel kernel = nullptr;
  NullRule nulls = NullRule::kPropagate;
  bool can_fail = false;    // anywhere below, too
  std::string_view reason;  // what a failure of the kernel means
  std::shared_ptr<const void>
      prepared;          // what the kernel made of its constants: a regex, a pattern
  std::size_t slot = 0;  // its registers in an Evaluator
  std::int64_t line = 1;
  std::int64_t column = 1;
};
using BoundPtr = std::shared_ptr<const BoundNode>;

// A column read: position in the schema, then positions of struct fields below it.
struct Input {
  std::vector<std::size_t> path;
  Type type;
};

struct Program {
  BoundPtr root;
  Type type;  // of the result as a column
  std::vector<Input> inputs;
  std::size_t slots = 0;
};

}  // namespace lode
