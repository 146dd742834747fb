#include <algorithm>
#include <tuple>

#include "features/facts.h"

namespace lode {
namespace {

struct RecordColumns {
  const Column* seq;
  const Column* kind;
  const Column* id;
  const Column* known;
};

Result<RecordColumns> record_columns(const Table& records) {
  RecordColumns columns{records.find(kSeqColumn), records.find(kKindColumn),
                        records.find(kIdColumn), records.find(kKnownColumn)};
  if (columns.seq == nullptr || columns.kind == nullptr || columns.id == nullptr ||
      columns.known == nullptr)
    return fail(Code::kInternal, "records without their _seq, _kind, _id and _known columns");
  return columns;
}

RecordKind kind_of(const Column& kinds, std::int64_t row) {
  return static_cast<RecordKind>(kinds.int64(row));
}

// A version's place among those of its instance: the original first, the others by seq.
auto rank(const Column& kinds, const Version& v) {
  return std::tuple(v.instance, kind_of(kinds, v.row) != RecordKind::kOriginal, v.row);
}

// Versions of an instance hide those below them from the time they are known.
void set_intervals(std::vector<Version>& versions) {
  for (std::size_t i = versions.size(); i-- > 1;) {
    Version& lower = versions[i - 1];
    const Version& higher = versions[i];
    if (lower.instance == higher.instance)
      lower.visible_to = std::min(higher.visible_from, higher.visible_to);
  }
}

struct NewestInstance {
  std::int64_t instance = 0;
  bool has_original = false;
};

}  // namespace

Result<std::vector<Version>> versions_of(const Table& records, std::int64_t cut) {
  TRY(RecordColumns columns, record_columns(records));
  bool changes = false;
  std::vector<Version> versions;
  versions.reserve(static_cast<std::size_t>(records.rows));
  for (std::int64_t row = 0; row < records.rows && columns.seq->int64(row) <= cut; ++row) {
    Version v;
    v.row = v.instance = row;
    v.visible_from = columns.known->int64(row);
    v.order_seq = columns.seq->int64(row);
    RecordKind kind = kind_of(*columns.kind, row);
    v.retraction = kind == RecordKind::kRetraction;
    changes = changes || kind != RecordKind::kOriginal;
    versions.push_back(v);
  }
  if (!changes) return versions;  // every accepted original is an instance of its own

  KeyIndex ids;
  std::vector<NewestInstance> newest;
  std::int64_t instances = 0;
  std::vector<std::int64_t> order_seq;
  for (Version& v : versions) {
    auto id = static_cast<std::size_t>(ids.add(*columns.id, v.row));
    bool original = kind_of(*columns.kind, v.row) == RecordKind::kOriginal;
    bool seen = id < newest.size();
    if (!seen) newest.emplace_back();
    NewestInstance& n = newest[id];
    if (!seen || (original && n.has_original)) {
      n = {instances++, false};
      order_seq.push_back(v.order_seq);
    }
    if (original) {
      n.has_original = true;
      order_seq[static_cast<std::size_t>(n.instance)] = v.order_seq;
    }
    v.instance = n.instance;
  }
  for (Version& v : versions) v.order_seq = order_seq[static_cast<std::size_t>(v.instance)];
  std::ranges::sort(versions, {}, [&](const Version& v) { return rank(*columns.kind, v); });
  set_intervals(versions);
  return versions;
}

// ---- keys
// ----------------------------------------------------------------------------------------

std::int64_t KeyIndex::add(const Column& keys, std::int64_t i) {
  if (keys.is_null(i)) return -1;
  if (keys.type.id == TypeId::kString || keys.type.id == TypeId::kBytes) {
    auto found = texts_.find(keys.string(i));
    if (found != texts_.end()) return found->second;
    texts_.emplace(std::string(keys.string(i)), next_);
    return next_++;
  }
  auto [place, is_new] = integers_.try_emplace(integer_key(keys, i), next_);
  if (is_new) ++next_;
  return place->second;
}

std::int64_t KeyIndex::find(const Column& keys, std::int64_t i) const {
  if (keys.is_null(i)) return -1;
  if (keys.type.id == TypeId::kString || keys.type.id == TypeId::kBytes) {
    auto found = texts_.find(keys.string(i));
    return found == texts_.end() ? -1 : found->second;
  }
  auto found = integers_.find(integer_key(keys, i));
  return found == integers_.end() ? -1 : found->second;
}

std::int64_t KeyIndex::integer_key(const Column& keys, std::int64_t i) {
  switch (keys.type.id) {
    case TypeId::kBool:
      return keys.boolean(i) ? 1 : 0;
    case TypeId::kDate:
      return keys.date(i);
    case TypeId::kDouble:
      return ordered_of_double(keys.float64(i));
    default:
      return keys.int64(i);
  }
}

namespace {

template <typename Number>
std::vector<std::int64_t> numbers_of(const Column& keys, Number number) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(keys.length));
  if (keys.dictionary == nullptr) {
    for (std::int64_t i = 0; i < keys.length; ++i)
      out[static_cast<std::size_t>(i)] = number(keys, i);
    return out;
  }
  // Each entry once, at its first use: entries that no row uses get no number.
  constexpr std::int64_t kUnasked = -2;
  std::vector<std::int64_t> of_code(static_cast<std::size_t>(keys.dictionary->length), kUnasked);
  const auto* codes = keys.values.as<std::int32_t>();
  for (std::int64_t i = 0; i < keys.length; ++i) {
    std::int64_t& slot = of_code[static_cast<std::size_t>(keys.is_null(i) ? 0 : codes[i])];
    if (keys.is_null(i)) {
      out[static_cast<std::size_t>(i)] = -1;
      continue;
    }
    if (slot == kUnasked) slot = number(*keys.dictionary, codes[i]);
    out[static_cast<std::size_t>(i)] = slot;
  }
  return out;
}

}  // namespace

std::vector<std::int64_t> add_keys(KeyIndex& index, const Column& keys) {
  return numbers_of(keys, [&](const Column& c, std::int64_t i) { return index.add(c, i); });
}

std::vector<std::int64_t> find_keys(const KeyIndex& index, const Column& keys) {
  return numbers_of(keys, [&](const Column& c, std::int64_t i) { return index.find(c, i); });
}

}  // namespace lode
