// Time zones by name, from one pinned edition of the IANA data that is part of the binary. The
// zones of the machine are never read, so a local hour in a training set rebuilds the same
// anywhere.
//
// Format: TZif version 2+ (RFC 8536); after its last transition a zone follows its POSIX TZ footer.
// Threads: zones are parsed once on first use, under a lock, and immutable then.
// Cost: find_zone is a map look-up; a conversion is one binary search, about 20 ns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace lode {

// What a local reading means.
struct LocalTime {
  enum Kind : std::uint8_t {
    kUnique,
    kAmbiguous,  // the clock was set back over it; utc is the first of the two instants
    kMissing,    // the clock was set forward past it; utc is by the offset before the gap
  };
  Timestamp utc;
  Kind kind = kUnique;
};

class Zone {
 public:
  // From the bytes of a TZif file. kCorrupt, with the reason, for anything malformed.
  static Result<Zone> parse(std::string_view name, std::string_view tzif);

  const std::string& name() const { return name_; }
  // Local time minus UTC in force at t: -18 000 s in New York in winter.
  Duration offset_at(Timestamp t) const;
  // Microseconds of the local clock since its own 1970-01-01 00:00 (see civil_from_micros).
  std::int64_t to_local(Timestamp t) const;
  LocalTime to_utc(std::int64_t local_us) const;

 private:
  Zone() = default;
  std::size_t period_at(std::int64_t utc_seconds) const;
  // How many cycles of 400 years a time must be moved back to lie before the last known start.
  std::int64_t cycles_past_end(std::int64_t seconds) const;

  std::string name_;
  // Period i runs from starts_[i] (UTC seconds, ascending; the first is the beginning of time) to
  // starts_[i + 1] with offsets_[i] seconds east of UTC. The footer's rule is rolled out for 400
  // years, after which the calendar repeats.
  std::vector<std::int64_t> starts_;
  std::vector<std::int32_t> offsets_;
  bool repeats_ = false;
};

// The zone of an IANA name ("America/New_York", "UTC"; links too). kInvalid for an unknown name,
// with the nearest known one. The pointer is valid for ever.
Result<const Zone*> find_zone(std::string_view name);
// All names, sorted.
std::vector<std::string_view> zone_names();
// Edition of the data, such as "2025b": part of the name of every data set that used a zone.
std::string_view zone_data_version();

}  // namespace lode
