#include "features/live.h"

#include <algorithm>
#include <cstring>

#include "features/facts.h"

namespace lode {
namespace {

struct LabelValues {
  Column value;
  Column known;
};

// The table a group's slots read, without corrections: the records, and the label's value.
struct Prepared {
  Table table;
  std::optional<LabelValues> label;
};

Result<Prepared> prepare(const Group& group, const Table& records) {
  Prepared out;
  out.table = records;
  if (group.label == nullptr) return out;
  LabelValues label;
  TRY(label.value, group.label_value->evaluate(records));
  TRY(label.known, group.label_known->evaluate(records));
  out.table.schema = group.schema;
  out.table.columns.push_back(label.value);
  out.label = std::move(label);
  return out;
}

bool is_text(const Type& type) { return type.id == TypeId::kString || type.id == TypeId::kBytes; }

std::string id_text(const Column& ids, std::int64_t row) {
  if (ids.type.id == TypeId::kString) return std::string(ids.string(row));
  std::int64_t number = ids.int64(row);
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

Result<std::unique_ptr<LiveEngine>> LiveEngine::make(const Project& project, int shards) {
  std::unique_ptr<LiveEngine> engine(new LiveEngine(std::max(shards, 1)));
  TRY(engine->plan_, make_feature_plan(project, engine->texts_));
  for (std::size_t g = 0; g < engine->plan_.groups.size(); ++g) {
    engine->states_.emplace_back();
    engine->states_.back().shards.resize(static_cast<std::size_t>(engine->shard_count_));
  }
  return engine;
}

std::size_t LiveEngine::shard_of(std::int64_t key) const {
  return static_cast<std::size_t>(hash64(static_cast<std::uint64_t>(key) ^ 0x9e3779b97f4a7c15U) %
                                  static_cast<std::uint64_t>(shard_count_));
}

// The number of a key that has been seen; a read must not remember keys it asks for.
std::optional<std::int64_t> LiveEngine::key_number(const Group& group, const Column& key,
                                                   std::int64_t row) const {
  if (key.is_null(row)) return std::nullopt;
  switch (group.key_type.id) {
    case TypeId::kString:
    case TypeId::kBytes:
      return texts_.find(key.string(row));
    case TypeId::kBool:
      return key.boolean(row) ? 1 : 0;
    case TypeId::kDate:
      return key.date(row);
    case TypeId::kDouble:
      return ordered_of_double(key.float64(row));
    default:
      return key.int64(row);
  }
}

Status LiveEngine::put(std::size_t group, std::int64_t key, const Entry& entry) {
  GroupState& state = states_[group];
  const Layout& layout = plan_.groups[group]->layout;
  KeyState& key_state = state.shards[shard_of(key)].at(key, layout);
  if (state.settled != kNoValue) key_state.settle(layout, state.settled);
  return key_state.insert(layout, entry);
}

Status LiveEngine::apply(const Source& source, const Table& records) {
  for (std::size_t g = 0; g < plan_.groups.size(); ++g)
    if (plan_.groups[g]->source->name == source.name) TRY_VOID(apply_to(g, records));
  return {};
}

namespace {

// The columns every table of accepted records has.
struct RecordColumns {
  explicit RecordColumns(const Table& records)
      : seq(records.find(kSeqColumn)),
        kind(records.find(kKindColumn)),
        id(records.find(kIdColumn)),
        time(records.find(kTimeColumn)),
        known(records.find(kKnownColumn)) {}
  const Column* seq;
  const Column* kind;
  const Column* id;
  const Column* time;
  const Column* known;
};

}  // namespace

Status LiveEngine::apply_to(std::size_t number, const Table& records) {
  const Group& group = *plan_.groups[number];
  GroupState& state = states_[number];
  const Layout& layout = group.layout;
  TRY(Prepared prepared, prepare(group, records));
  std::vector<std::vector<std::int64_t>> slots;
  for (std::size_t s = 0; s < group.slots.size(); ++s) {
    TRY(Column column, group.slots[s].evaluate(prepared.table));
    TRY(std::vector<std::int64_t> kept, kept_values(column, layout.slots[s], texts_));
    slots.push_back(std::move(kept));
  }
  const Column& keys = *prepared.table.find(group.by);
  RecordColumns columns(records);
  std::vector<std::int64_t> values(slots.size());
  for (std::int64_t i = 0; i < records.rows; ++i) {
    if (is_text(group.key_type) && !keys.is_null(i)) texts_.intern(keys.string(i));
    std::optional<std::int64_t> key = key_number(group, keys, i);
    auto kind = static_cast<RecordKind>(columns.kind->int64(i));
    if (group.source->change) leave_trace(state, id_text(*columns.id, i), key, kind);
    if (kind != RecordKind::kOriginal || !key) continue;
    Entry entry;
    entry.time = columns.time->int64(i);
    entry.known = columns.known->int64(i);
    if (prepared.label) {
      if (prepared.label->known.is_null(i) || prepared.label->value.is_null(i)) continue;
      entry.time = entry.known = std::max(prepared.label->known.int64(i), entry.known);
    }
    if (layout.store_order) {
      entry.id = columns.id->type.id == TypeId::kString ? texts_.intern(columns.id->string(i))
                                                        : columns.id->int64(i);
      entry.seq = columns.seq->int64(i);
    }
    for (std::size_t s = 0; s < slots.size(); ++s)
      values[s] = slots[s][static_cast<std::size_t>(i)];
    entry.values = values.data();
    TRY_VOID(put(number, *key, entry));
  }
  return {};
}

void LiveEngine::leave_trace(GroupState& state, const std::string& id,
                             std::optional<std::int64_t> key, RecordKind kind) {
  Trace& trace = state.traces[id];
  if (key) trace.keys.push_back(*key);
  trace.changed = trace.changed || kind != RecordKind::kOriginal;
  if (trace.changed) state.touched.insert(trace.keys.begin(), trace.keys.end());
}

void LiveEngine::settle(const Source& source, Timestamp t) {
  for (std::size_t g = 0; g < plan_.groups.size(); ++g)
    if (plan_.groups[g]->source->name == source.name)
      states_[g].settled = std::max(states_[g].settled, t.us);
}

std::optional<std::vector<Answer>> LiveEngine::read(const PlannedView& view, const Column& key,
                                                    std::int64_t row, std::int64_t t0,
                                                    std::int64_t k) {
  const Group& group = *plan_.groups[view.group];
  GroupState& state = states_[view.group];
  parts_.assign(group.layout.parts.size(), Parts{});
  std::optional<std::int64_t> number = key_number(group, key, row);
  if (number) {
    if (state.touched.contains(*number)) return std::nullopt;
    if (state.settled != kNoValue && (t0 < state.settled || k < state.settled)) return std::nullopt;
    KeyState* found = state.shards[shard_of(*number)].find(*number);
    if (found != nullptr && !found->read(group.layout, t0, k, parts_)) return std::nullopt;
  }
  std::vector<Answer> answers;
  for (const PlannedValue& value : view.values)
    answers.push_back(
        value.aggregate->finish(parts_[static_cast<std::size_t>(value.part)], value.kept, t0));
  return answers;
}

std::int64_t LiveEngine::keys() const {
  std::int64_t total = 0;
  for (const GroupState& state : states_)
    for (const KeyTable& shard : state.shards) total += shard.size();
  return total;
}

}  // namespace lode
