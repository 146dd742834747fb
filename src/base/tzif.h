// Reads the file format of compiled time zones into a plain list of offsets. Only base/zone uses
// it; it stands apart because its input may be hostile and is fuzzed alone.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

// Period i runs from starts[i] (UTC seconds, strictly ascending, the first is the least int64) to
// starts[i + 1], with offsets[i] seconds east of UTC; the last has no end.
struct ZonePeriods {
  std::vector<std::int64_t> starts;
  std::vector<std::int32_t> offsets;
  // The rule of the footer was rolled out: from starts.back() - kZoneCycleSeconds on, all repeats.
  bool repeats = false;
};

// 400 Gregorian years, which are a whole number of weeks too.
inline constexpr std::int64_t kZoneCycleSeconds = std::int64_t{146'097} * 86'400;

// TZif version 2 or later (RFC 8536) without leap seconds. A footer with daylight saving time is
// rolled out for 401 years behind the last transition. kCorrupt, with the reason, for anything
// else.
Result<ZonePeriods> parse_tzif(std::string_view bytes);

}  // namespace lode
