#include "base/byte_size.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace lode {

Result<std::int64_t> parse_size(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  constexpr double kKibi = 1024;
  constexpr std::array<Unit, 14> kUnits = {{
      {"", 1},
      {"B", 1},
      {"KB", 1e3},
      {"MB", 1e6},
      {"GB", 1e9},
      {"TB", 1e12},
      {"KiB", kKibi},
      {"MiB", kKibi * kKibi},
      {"GiB", 0x1p30},
      {"TiB", 0x1p40},
      {"K", kKibi},
      {"M", kKibi * kKibi},
      {"G", 0x1p30},
      {"T", 0x1p40},
  }};
  double number = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  auto found = std::ranges::find(kUnits, unit, &Unit::name);
  if (error != std::errc() || found == kUnits.end())
    return fail(Code::kInvalid, "'{}' is no size; write it as 512MiB or 4GiB", text);
  double bytes = std::floor(number * found->bytes);
  if (!(bytes >= 1 && bytes <= 0x1p53))
    return fail(Code::kInvalid, "'{}' is outside 1 byte .. 8192TiB", text);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace lode
