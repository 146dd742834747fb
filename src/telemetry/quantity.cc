#include "telemetry/quantity.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string_view>

namespace lode {

std::string with_thousands(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string short_number(double number) {
  if (!std::isfinite(number)) return "?";
  constexpr std::array<std::string_view, 5> kUnits = {"", " k", " M", " G", " T"};
  std::size_t unit = 0;
  // 999.5 would be rounded to 1000: it takes the next unit already.
  while (number >= 999.5 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  // Beyond the last unit all digits are shown, never an exponent.
  if (number >= 999.5) return fmt::format("{:.0f}{}", number, kUnits[unit]);
  return fmt::format("{:.3g}{}", number, kUnits[unit]);
}

std::string short_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto number = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (number >= 1023.95 && unit + 1 < kUnits.size()) {
    number /= 1024;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.1f} {}", number, kUnits[unit]);
}

std::string short_duration(Duration duration) {
  std::int64_t us = duration.us < 0 ? 0 : duration.us;
  if (us < 999'500) return fmt::format("{} ms", (us + 500) / 1000);
  if (us < 9'950'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  std::int64_t s = us / 1'000'000 + (us % 1'000'000 >= 500'000 ? 1 : 0);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{} h {:02} min", s / 3600, s % 3600 / 60);
  return fmt::format("{} d {:02} h", s / 86'400, s % 86'400 / 3600);
}

}  // namespace lode
