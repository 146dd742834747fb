// Aggregates: what a feature value is, given the parts a window keeps. The engine maintains a small
// fixed set of parts exactly under insertion, eviction and merge; an aggregate names the parts it
// needs and finishes them into one value with at most one rounding (docs/semantics.md 7). So a new
// aggregate over known parts is one file in features/aggregate/.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "features/exact.h"
#include "project/aggregate_signature.h"
#include "table/type.h"

namespace lode {

// A value as it is kept: quanta of a sum, a double mapped to an ordered integer, an integer, a
// number for a text. This one stands for null.
inline constexpr std::int64_t kNoValue = std::numeric_limits<std::int64_t>::min();

// The parts a window keeps of one value expression.
enum Part : std::uint16_t {
  kPartRows = 1,     // records in the window, nulls included
  kPartCount = 2,    // values not null
  kPartSum = 4,      // of quanta
  kPartSquares = 8,  // of quanta
  kPartLeast = 16,
  kPartGreatest = 32,
  kPartFirst = 64,      // of the first record, may be null
  kPartLast = 128,      // of the last record, may be null
  kPartDistinct = 256,  // number of different values not null
  kPartLastTime = 512,  // τ of the last record
};
using PartSet = std::uint16_t;

struct Parts {
  std::int64_t rows = 0;
  std::int64_t count = 0;
  Int128 sum = 0;
  Int256 squares;
  std::int64_t least = kNoValue;
  std::int64_t greatest = kNoValue;
  std::int64_t first = kNoValue;
  std::int64_t last = kNoValue;
  std::int64_t distinct = 0;
  std::int64_t last_time = kNoValue;
  bool distinct_over_limit = false;
};

// How a value expression is kept.
enum class Keep : std::uint8_t {
  kQuanta,   // int64, bool, decimal, double by its quantum: may be summed
  kOrdered,  // a double without a quantum, mapped so that integer order is numeric order
  kInteger,  // timestamp, date: compared, never summed
  kText,     // string, bytes: a number in the engine's text pool, compared by bytes
};

struct Kept {
  Keep keep = Keep::kInteger;
  Type type;  // of the expression
  Quantum quantum;
};

// A finished value: 16 bytes, so that it travels in registers.
struct Answer {
  enum class Kind : std::uint8_t { kNull, kInt64, kDouble, kText, kOverLimit };
  Kind kind = Kind::kNull;
  // kInt64: also bool, date, timestamp; kText: its number in the pool; kDouble: its bits.
  std::int64_t integer = 0;
  double number() const { return std::bit_cast<double>(integer); }

  static Answer null() { return {}; }
  static Answer of(std::int64_t value) { return {Kind::kInt64, value}; }
  static Answer of(double value) { return {Kind::kDouble, std::bit_cast<std::int64_t>(value)}; }
  static Answer over_limit() { return {Kind::kOverLimit, 0}; }
  bool operator==(const Answer&) const = default;
};

// The behaviour behind a component of kind "aggregate".
struct Aggregate {
  AggregateSignature signature;  // the component's `signature`, by which project/ types it
  PartSet parts;
  Answer (*finish)(const Parts& parts, const Kept& kept, std::int64_t t0);
};

// By name; nullptr if there is none.
const Aggregate* find_aggregate(std::string_view name);
std::vector<std::string_view> aggregate_names();

// A kept value as the answer it stands for (used by min, max, first, last).
Answer answer_of_kept(std::int64_t value, const Kept& kept);

// Doubles as integers whose order is the numeric order; -0.0 and 0.0 are one. NaN has no place.
std::int64_t ordered_of_double(double value);
double double_of_ordered(std::int64_t ordered);

}  // namespace lode
