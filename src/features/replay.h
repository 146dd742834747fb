// Batch replay: reads answered from facts, key by key. The same KeyState as live, fed in the order
// in which facts become visible; of keys whose facts are ever hidden again (corrections,
// retractions, relabelling) they also go out when they are.
//
// Guarantee: answers depend on facts and reads alone, never on threads or on the order of reads.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "features/facts.h"

namespace lode {

// Facts sorted by key, and within a key by the time they can first be seen.
struct SortedFacts {
  Facts facts;                      // `key` is empty: the offsets say it
  std::vector<std::int64_t> first;  // of each key, and one past the last
  std::int64_t key_count() const { return static_cast<std::int64_t>(first.size()) - 1; }
};

SortedFacts sort_facts(const Facts& facts, std::int64_t key_count, const Layout& layout,
                       ThreadPool& pool);

// Reads of one group at keys numbered like its facts (-1 = a key without facts).
struct Reads {
  std::vector<std::int64_t> key;
  std::vector<std::int64_t> t0;
  std::vector<std::int64_t> k;
  std::size_t size() const { return key.size(); }
};

// Called once for each read, from any thread; layout.parts.size() parts.
using ReadSink = std::function<void(std::size_t read, std::span<const Parts> parts)>;

// What a replay did; the same on any number of threads.
struct ReplayCounts {
  std::int64_t folded = 0;    // facts that went into the state of their key
  std::int64_t hidden = 0;    // and came out again, being hidden by a later version
  std::int64_t answered = 0;  // reads
  std::int64_t refolded = 0;  // of them by folding the key's facts anew, not from its state
  ReplayCounts& operator+=(const ReplayCounts& other);
};

// Errors: kLimit from KeyState::insert, kCancelled.
Result<ReplayCounts> replay_reads(const Layout& layout, const SortedFacts& sorted,
                                  const Reads& reads, ThreadPool& pool, const CancelToken& cancel,
                                  const ReadSink& sink);

// The plain fold of docs/semantics.md 6 over facts [begin, end) at (t0, k). Cost: O(end - begin).
void fold_facts(const Layout& layout, const Facts& facts, std::int64_t begin, std::int64_t end,
                std::int64_t t0, std::int64_t k, std::span<Parts> out);

// The facts that made the parts of one window, in fold order: `lode explain`.
std::vector<std::int64_t> facts_in_window(const Layout& layout, const Facts& facts,
                                          std::int64_t begin, std::int64_t end,
                                          const RingWindow& window, std::int64_t t0,
                                          std::int64_t k);

}  // namespace lode
