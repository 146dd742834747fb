// The windows a feature view can declare; docs/semantics.md 6.4 says what is inside.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace lode {

struct Window {
  enum class Kind : std::uint8_t { kSliding, kTumbling, kLast, kAll };
  Kind kind = Kind::kAll;
  Duration width{};        // sliding, tumbling
  std::int64_t count = 0;  // last n
  bool exact = false;      // sliding over 24 h without panes
  std::string suffix{};    // "_1h": appended to value names when a view has several windows

  bool paned() const { return kind == Kind::kSliding && !exact && width.us > 86'400'000'000; }
};

}  // namespace lode
