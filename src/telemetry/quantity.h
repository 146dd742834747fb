// Numbers as people read them: in progress lines, summaries and reports. For eyes only; machines
// get the plain number (base/json.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace lode {

// 1234567 -> "1,234,567"; the sign stays in front.
std::string with_thousands(std::int64_t number);
// Three significant digits and a unit of thousands: 999 -> "999", 2134567 -> "2.13 M", 0.5 ->
// "0.5". Units k, M, G, T. Not for negative numbers; "?" for what is not finite.
std::string short_number(double number);
// Powers of 1024 with one digit behind the point: 1536 -> "1.5 KiB", 12 -> "12 B".
std::string short_bytes(std::int64_t bytes);
// Two units at most: "350 ms", "1.4 s", "12 s", "3 min 20 s", "1 h 05 min", "4 d 02 h".
std::string short_duration(Duration duration);

}  // namespace lode
