// Facts: the accepted records of a source, as a group keeps them. A fact is one version of one
// record (or of its label) with the interval of k in which it is the visible one; a read folds the
// facts of its key whose interval holds k (docs/semantics.md 4 and 5).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "features/key_state.h"
#include "features/plan.h"
#include "table/column.h"

namespace lode {

inline constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

// A version of an instance, by its row in the table of accepted records.
struct Version {
  std::int64_t row = 0;
  std::int64_t visible_from = 0;       // its known
  std::int64_t visible_to = kForever;  // exclusive: from there a higher-ranking one is read
  std::int64_t instance = 0;           // running number over all instances, in order of first seq
  std::int64_t order_seq = 0;          // seq of the instance's original (or first version)
  bool retraction = false;
};

// The versions of all instances among accepted records with seq <= cut, sorted by instance, then
// rank (docs/semantics.md 4.1 to 4.3). `records` has the columns of Project::record_schema, in seq
// order. O(n) when there are no corrections, else O(n log n).
Result<std::vector<Version>> versions_of(const Table& records, std::int64_t cut);

// Facts as columns. Values are row-major: values[fact * slots + slot].
struct Facts {
  std::vector<std::int64_t> key;  // dense key number; facts with a null key are not here
  std::vector<std::int64_t> time;
  std::vector<std::int64_t> visible_from;
  std::vector<std::int64_t> visible_to;  // empty when every fact is visible for ever
  std::vector<std::int64_t> id;          // empty unless the layout stores order
  std::vector<std::int64_t> seq;         // the same; the instance's order_seq
  std::vector<std::int64_t> row;         // row of the record, for `lode explain`
  std::vector<std::int64_t> values;

  std::size_t size() const { return time.size(); }
};

// Key values as dense numbers. Text keys and integer keys; O(1) a look-up.
class KeyIndex {
 public:
  // Number of the key in row i, making one if it is new; -1 for null.
  std::int64_t add(const Column& keys, std::int64_t i);
  // The same without making one: -1 for null and for unknown keys.
  std::int64_t find(const Column& keys, std::int64_t i) const;
  std::int64_t size() const { return next_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };
  static std::int64_t integer_key(const Column& keys, std::int64_t i);

  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> texts_;
  std::unordered_map<std::int64_t, std::int64_t> integers_;
  std::int64_t next_ = 0;
};

// Numbers for all rows of a key column at once; dictionary columns look up each entry once.
std::vector<std::int64_t> add_keys(KeyIndex& index, const Column& keys);
std::vector<std::int64_t> find_keys(const KeyIndex& index, const Column& keys);

// The facts of a group from the accepted records of its source, cut included. `texts` takes text
// values and ids. Errors: a value off its quantum or out of 63 bits, with the row's seq and field.
Result<Facts> make_facts(const Group& group, const Table& records, std::int64_t cut, KeyIndex& keys,
                         TextPool& texts);

// Rows whose value cannot be kept: kept_values would refuse the column.
std::vector<std::int64_t> unkeepable_rows(const Column& column, const Kept& kept);

// A column of kept values (docs/semantics.md 7.2): kNoValue for null.
Result<std::vector<std::int64_t>> kept_values(const Column& column, const Kept& kept,
                                              TextPool& texts);

}  // namespace lode
