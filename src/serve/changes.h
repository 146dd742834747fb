// What arrivals behind a cut change in the scores of a question's rows: rows that are new, have
// another version, or whose views read otherwise than before (docs/semantics.md 4 to 6). All other
// rows have the scores they had.
//
// A read of a view at (key, t0, k = t0) changes only if a version that arrived behind the cut was
// known by t0, and it or what it hides lies in the key's window at t0. So the keys of all versions
// of every record that has a new one are noted, with the times between which they may show.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "features/history.h"
#include "features/set_rows.h"
#include "serve/record_blocks.h"

namespace lode {

// Arrivals with after < seq <= through are the new ones.
struct Arrivals {
  std::int64_t after = -1;
  std::int64_t through = 0;
};

// The keys of one group of views whose reads may have changed.
class TouchedKeys {
 public:
  // `records` of the group's source, closed by ids: of an id with a correction or a retraction all
  // of them are there. Errors: an expression that fails on a record.
  static Result<TouchedKeys> find(const Project& project, const Group& group, const Table& records,
                                  const Arrivals& arrivals);

  bool none() const { return spans_.empty(); }
  // The times of reads that may have changed, whatever their key.
  std::vector<TimeSpan> spans() const { return merged(spans_); }
  // For each row, whether a read at its key and time may have changed: `touched` is set where so.
  void mark(const Column& keys, const std::vector<std::int64_t>& t0,
            std::vector<std::uint8_t>& touched) const;

 private:
  void add(std::int64_t key, const TimeSpan& span);
  KeyIndex keys_;
  std::vector<TimeSpan> spans_;  // of reads, by key
};

// Instances of the set's source with a new version, by the seqs of their originals
// (SetRows::order).
struct OwnChanges {
  std::vector<std::int64_t> touched;  // ascending
  // Seqs of their older versions: an instance may have stood under another one of them before, when
  // its original came behind its correction. Ascending.
  std::vector<std::int64_t> older;
};
Result<OwnChanges> own_changes(const Table& records, const Arrivals& arrivals);

}  // namespace lode
