// The bytes of a whole engine's state: docs/formats/state.md. Keys are stored as what they are, not
// as their numbers here, sorted, so that the same state has the same bytes whatever its history.
#include <algorithm>
#include <cstring>

#include "features/live.h"

namespace lode {
namespace {

// The last byte is the version; every version begins with the others and ends with the checksum.
constexpr std::string_view kMagic = "LODESTATE1";
constexpr std::string_view kMagicOfAll = "LODESTATE";

class Writer {
 public:
  void number(std::int64_t value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void bytes(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    out_ += value;
  }
  void raw(std::string_view value) { out_ += value; }
  std::string sealed() {
    number(static_cast<std::int64_t>(hash64(std::string_view(out_))));
    return std::move(out_);
  }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<std::int64_t> number() {
    std::int64_t value = 0;
    if (bytes_.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::optional<std::string_view> bytes() {
    std::optional<std::int64_t> size = number();
    if (!size || *size < 0 || std::cmp_greater(*size, bytes_.size())) return std::nullopt;
    std::string_view value = bytes_.substr(0, static_cast<std::size_t>(*size));
    bytes_.remove_prefix(value.size());
    return value;
  }
  // A count of things that take at least one byte each.
  std::optional<std::int64_t> count() {
    std::optional<std::int64_t> value = number();
    if (!value || *value < 0 || std::cmp_greater(*value, bytes_.size())) return std::nullopt;
    return value;
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

bool text_key(const Group& group) {
  return group.key_type.id == TypeId::kString || group.key_type.id == TypeId::kBytes;
}

}  // namespace

// A key as bytes that mean the same in any engine.
std::string LiveEngine::key_bytes(const Group& group, std::int64_t key) const {
  if (text_key(group)) return std::string(texts_.text(key));
  return std::string(reinterpret_cast<const char*>(&key), sizeof key);
}

std::optional<std::int64_t> LiveEngine::key_of_bytes(const Group& group, std::string_view bytes) {
  if (text_key(group)) return texts_.intern(bytes);
  std::int64_t key = 0;
  if (bytes.size() != sizeof key) return std::nullopt;
  std::memcpy(&key, bytes.data(), sizeof key);
  return key;
}

std::string LiveEngine::save() const {
  Writer out;
  out.raw(kMagic);
  out.number(static_cast<std::int64_t>(states_.size()));
  for (std::size_t g = 0; g < states_.size(); ++g) {
    const Group& group = *plan_.groups[g];
    const GroupState& state = states_[g];
    out.number(state.settled);
    std::map<std::string, std::string> keys;
    for (const KeyTable& shard : state.shards)
      shard.each([&](std::int64_t key, const KeyState& key_state) {
        keys.emplace(key_bytes(group, key), key_state.save(group.layout));
      });
    out.number(static_cast<std::int64_t>(keys.size()));
    for (const auto& [key, bytes] : keys) {
      out.bytes(key);
      out.bytes(bytes);
    }
    std::set<std::string> touched;
    for (std::int64_t key : state.touched) touched.insert(key_bytes(group, key));
    out.number(static_cast<std::int64_t>(touched.size()));
    for (const std::string& key : touched) out.bytes(key);
    out.number(static_cast<std::int64_t>(state.traces.size()));
    for (const auto& [id, trace] : state.traces) {
      out.bytes(id);
      out.number(trace.changed ? 1 : 0);
      out.number(static_cast<std::int64_t>(trace.keys.size()));
      for (std::int64_t key : trace.keys) out.bytes(key_bytes(group, key));
    }
  }
  return out.sealed();
}

void LiveEngine::forget() {
  for (GroupState& state : states_) {
    state = GroupState{};
    state.shards.resize(static_cast<std::size_t>(shard_count_));
  }
}

Status LiveEngine::load(std::string_view bytes) {
  forget();
  Status loaded = load_groups(bytes);
  if (!loaded) forget();
  return loaded;
}

Status LiveEngine::load_groups(std::string_view bytes) {
  auto corrupt = [] {
    return fail(Code::kCorrupt, "stored state is damaged or of other features; rebuild by replay");
  };
  if (bytes.size() < kMagic.size() + 8 || !bytes.starts_with(kMagicOfAll)) return corrupt();
  std::int64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  if (sum != static_cast<std::int64_t>(hash64(bytes.substr(0, bytes.size() - 8)))) return corrupt();
  if (!bytes.starts_with(kMagic))
    return fail(
        Code::kUnsupported,
        "stored state of version {}, and this lode reads version 1; use the lode that wrote "
        "it, or rebuild by replay",
        bytes[kMagicOfAll.size()]);
  Reader in(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - 8));
  std::optional<std::int64_t> groups = in.number();
  if (!groups || std::cmp_not_equal(*groups, states_.size())) return corrupt();
  for (std::size_t g = 0; g < states_.size(); ++g) {
    const Group& group = *plan_.groups[g];
    GroupState& state = states_[g];
    std::optional<std::int64_t> settled = in.number();
    std::optional<std::int64_t> keys = in.count();
    if (!settled || !keys) return corrupt();
    state.settled = *settled;
    for (std::int64_t i = 0; i < *keys; ++i) {
      std::optional<std::string_view> key = in.bytes();
      std::optional<std::string_view> saved = in.bytes();
      if (!key || !saved) return corrupt();
      std::optional<std::int64_t> number = key_of_bytes(group, *key);
      if (!number) return corrupt();
      KeyState& loaded = state.shards[shard_of(*number)].at(*number, group.layout);
      TRY_VOID(loaded.load(group.layout, *saved, texts_));
    }
    std::optional<std::int64_t> touched = in.count();
    for (std::int64_t i = 0; touched && i < *touched; ++i) {
      std::optional<std::string_view> key = in.bytes();
      std::optional<std::int64_t> number = key ? key_of_bytes(group, *key) : std::nullopt;
      if (!number) return corrupt();
      state.touched.insert(*number);
    }
    std::optional<std::int64_t> traces = in.count();
    if (!touched || !traces) return corrupt();
    for (std::int64_t i = 0; i < *traces; ++i) {
      std::optional<std::string_view> id = in.bytes();
      std::optional<std::int64_t> changed = in.number();
      std::optional<std::int64_t> trace_keys = in.number();
      if (!id || !changed || !trace_keys) return corrupt();
      Trace& trace = state.traces[std::string(*id)];
      trace.changed = *changed != 0;
      for (std::int64_t k = 0; k < *trace_keys; ++k) {
        std::optional<std::string_view> key = in.bytes();
        std::optional<std::int64_t> number = key ? key_of_bytes(group, *key) : std::nullopt;
        if (!number) return corrupt();
        trace.keys.push_back(*number);
      }
    }
  }
  return in.at_end() ? Status{} : corrupt();
}

}  // namespace lode
