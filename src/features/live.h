// The feature engine event by event: accepted records go into the state of their keys as they come,
// and reads are answered from it at once. What state cannot answer (a read below what is settled, a
// key touched by a correction) it says so, and features/history.h answers by replay: both give the
// same value (docs/semantics.md 6).
//
// Keys are spread over shards by hash; a shard is independent of the others. Threads: one at a
// time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/key_table.h"
#include "features/plan.h"

namespace lode {

class LiveEngine {
 public:
  // `project` must outlive it. kInvalid as make_feature_plan.
  static Result<std::unique_ptr<LiveEngine>> make(const Project& project, int shards);

  // Accepted records of one source, in seq order, with the columns of Project::record_schema.
  Status apply(const Source& source, const Table& records);
  // No read of this source's views comes below t any more.
  void settle(const Source& source, Timestamp t);

  // The view's values (not the derived ones) at (t0, k) and s = everything applied; nothing when
  // replay must answer. `key` is a column of the key's type, read at `row`.
  std::optional<std::vector<Answer>> read(const PlannedView& view, const Column& key,
                                          std::int64_t row, std::int64_t t0, std::int64_t k);

  // All state as bytes, and back into a fresh engine of the same project with any number of shards:
  // docs/formats/state.md. Hostile bytes give kCorrupt and leave the engine empty.
  std::string save() const;
  Status load(std::string_view bytes);

  const FeaturePlan& feature_plan() const { return plan_; }
  const TextPool& texts() const { return texts_; }
  std::int64_t keys() const;

 private:
  // Records of changing sources leave a trace by id, so that a correction finds the key it leaves.
  struct Trace {
    std::vector<std::int64_t> keys;  // numbers of the keys it was under
    bool changed = false;
  };
  struct GroupState {
    std::vector<KeyTable> shards;
    std::set<std::int64_t> touched;  // keys that replay answers
    std::map<std::string, Trace, std::less<>> traces;
    std::int64_t settled = kNoValue;
  };

  explicit LiveEngine(int shards) : shard_count_(shards) {}
  Status apply_to(std::size_t group, const Table& records);
  static void leave_trace(GroupState& state, const std::string& id, std::optional<std::int64_t> key,
                          RecordKind kind);
  Status put(std::size_t group, std::int64_t key, const Entry& entry);
  std::size_t shard_of(std::int64_t key) const;
  std::string key_bytes(const Group& group, std::int64_t key) const;
  std::optional<std::int64_t> key_of_bytes(const Group& group, std::string_view bytes);
  void forget();
  Status load_groups(std::string_view bytes);
  std::optional<std::int64_t> key_number(const Group& group, const Column& key,
                                         std::int64_t row) const;

  int shard_count_;
  TextPool texts_;
  FeaturePlan plan_;
  std::vector<GroupState> states_;
  std::vector<Parts> parts_;
};

}  // namespace lode
