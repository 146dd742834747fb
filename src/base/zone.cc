#include "base/zone.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/component.h"
#include "base/tzif.h"

// The packed zones, from cmake/tzdata.cmake and tools/pack_tzdata.py (which describes the layout).
extern "C" {
extern const char lode_tzdata_begin[];
extern const char lode_tzdata_end[];
}

namespace lode {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
// Farther from UTC no local clock can be (RFC 8536 allows less than 26 h).
constexpr std::int64_t kMostOffsetSeconds = 26 * 3'600;

std::int64_t floor_seconds(std::int64_t us) { return us / kMicros - (us % kMicros < 0 ? 1 : 0); }

// The blob of the binary: a sorted list of names, each with the place of its TZif bytes. Zones are
// parsed when first asked for and kept for ever.
class PackedZones {
 public:
  static PackedZones& instance() {
    static PackedZones zones;
    return zones;
  }

  std::string_view version() const { return version_; }
  const std::vector<std::string_view>& names() const { return names_; }

  Result<const Zone*> find(std::string_view name) {
    auto found = std::ranges::lower_bound(names_, name);
    if (found == names_.end() || *found != name) return unknown(name);
    auto index = static_cast<std::size_t>(found - names_.begin());
    if (const Zone* zone = zones_[index].load(std::memory_order_acquire)) return zone;
    std::lock_guard lock(mutex_);
    if (const Zone* zone = zones_[index].load(std::memory_order_relaxed)) return zone;
    TRY(Zone parsed, Zone::parse(name, contents_[index]));
    owned_.push_back(std::make_unique<const Zone>(std::move(parsed)));
    zones_[index].store(owned_.back().get(), std::memory_order_release);
    return owned_.back().get();
  }

 private:
  PackedZones()
      : blob_(lode_tzdata_begin, static_cast<std::size_t>(lode_tzdata_end - lode_tzdata_begin)) {
    std::size_t at = 0;
    assert(blob_.substr(0, 8) == "LODETZ1\n");
    at += 8;
    version_ = slice(number(at), number(at + 4));
    at += 8;
    std::uint32_t count = number(at);
    at += 4;
    for (std::uint32_t i = 0; i < count; ++i, at += 16) {
      names_.push_back(slice(number(at), number(at + 4)));
      contents_.push_back(slice(number(at + 8), number(at + 12)));
    }
    zones_ = std::vector<std::atomic<const Zone*>>(count);
  }

  std::uint32_t number(std::size_t at) const {
    std::uint32_t value = 0;
    assert(at + sizeof(value) <= blob_.size());
    std::memcpy(&value, blob_.data() + at, sizeof(value));
    return value;
  }
  std::string_view slice(std::size_t at, std::size_t size) const {
    assert(at + size <= blob_.size());
    return blob_.substr(at, size);
  }
  std::unexpected<Error> unknown(std::string_view name) const {
    std::string_view near = nearest(name, names_);
    if (near.empty())
      return fail(Code::kInvalid,
                  "unknown time zone '{}'; use an IANA name such as America/New_York or UTC", name);
    return fail(Code::kInvalid, "unknown time zone '{}'; did you mean '{}'?", name, near);
  }

  std::string_view blob_;
  std::string_view version_;
  std::vector<std::string_view> names_;
  std::vector<std::string_view> contents_;
  std::vector<std::atomic<const Zone*>> zones_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<const Zone>> owned_;
};

}  // namespace

Result<Zone> Zone::parse(std::string_view name, std::string_view tzif) {
  auto periods = parse_tzif(tzif);
  if (!periods) return fail(periods.error().context(name));
  Zone zone;
  zone.name_ = name;
  zone.starts_ = std::move(periods->starts);
  zone.offsets_ = std::move(periods->offsets);
  zone.repeats_ = periods->repeats;
  return zone;
}

std::size_t Zone::period_at(std::int64_t utc_seconds) const {
  auto after = std::upper_bound(starts_.begin() + 1, starts_.end(), utc_seconds);
  return static_cast<std::size_t>(after - starts_.begin()) - 1;
}

std::int64_t Zone::cycles_past_end(std::int64_t seconds) const {
  if (!repeats_ || seconds < starts_.back()) return 0;
  return (seconds - starts_.back()) / kZoneCycleSeconds + 1;
}

Duration Zone::offset_at(Timestamp t) const {
  std::int64_t second = floor_seconds(t.us);
  second -= cycles_past_end(second) * kZoneCycleSeconds;
  return seconds(offsets_[period_at(second)]);
}

std::int64_t Zone::to_local(Timestamp t) const { return (t + offset_at(t)).us; }

LocalTime Zone::to_utc(std::int64_t local_us) const {
  std::int64_t local = floor_seconds(local_us);
  local -= cycles_past_end(local) * kZoneCycleSeconds;
  auto at_offset = [local_us](std::int32_t offset) {
    return Timestamp{local_us} - seconds(offset);
  };

  // Every period that some offset could place this reading in; mostly one, rarely two.
  std::size_t first = period_at(local - kMostOffsetSeconds);
  int hits = 0;
  LocalTime result;
  std::size_t i = first;
  for (; i < starts_.size() && starts_[i] <= local + kMostOffsetSeconds; ++i) {
    std::int64_t utc = local - offsets_[i];
    bool ended = i + 1 < starts_.size() && utc >= starts_[i + 1];
    if (utc < starts_[i] || ended) continue;
    if (++hits == 1) result.utc = at_offset(offsets_[i]);
  }
  if (hits > 1) result.kind = LocalTime::kAmbiguous;
  if (hits > 0) return result;

  // In a gap: the period before it is the last whose own clock had passed its end by this reading.
  result.kind = LocalTime::kMissing;
  std::size_t before = first;
  for (std::size_t j = first; j + 1 < i; ++j)
    if (local - offsets_[j] >= starts_[j + 1]) before = j;
  result.utc = at_offset(offsets_[before]);
  return result;
}

Result<const Zone*> find_zone(std::string_view name) { return PackedZones::instance().find(name); }

std::vector<std::string_view> zone_names() { return PackedZones::instance().names(); }

std::string_view zone_data_version() { return PackedZones::instance().version(); }

}  // namespace lode
