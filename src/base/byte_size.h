// Sizes as people write them, in flags and in lode.yaml. What is printed is telemetry/quantity.h's.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace lode {

// "512MiB", "4G", "1.5GB", "1000000": bytes. KB MB GB TB are powers of 1000; K M G T and KiB MiB
// GiB TiB of 1024. kInvalid otherwise, below 1 byte and beyond 2^53.
Result<std::int64_t> parse_size(std::string_view text);

}  // namespace lode
