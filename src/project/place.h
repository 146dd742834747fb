// Where a declaration stands in its file. Of its own header, so that the YAML layer need not know
// what a project is.
#pragma once

#include <compare>

namespace lode {

// 1-based; columns count characters (code points), as editors do.
struct Place {
  int line = 0;
  int column = 0;
  auto operator<=>(const Place&) const = default;
};

}  // namespace lode
