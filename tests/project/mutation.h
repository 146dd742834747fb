// A text with a few random edits, of the kind that break YAML: for replayed fuzzing.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/random.h"

namespace lode {

inline std::string mutated(std::string text, Random& random) {
  static constexpr std::string_view kPieces = "{}[]:,-?&*!|>'\"%@`# \n\t\r\\~.0aé\x80";
  int edits = 1 + static_cast<int>(random.below(4));
  for (int i = 0; i < edits && !text.empty(); ++i) {
    std::size_t at = random.below(text.size());
    std::size_t length = std::min<std::size_t>(1 + random.below(12), text.size() - at);
    switch (random.below(4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, 1, kPieces[random.below(kPieces.size())]);
        break;
      case 2:
        text[at] = kPieces[random.below(kPieces.size())];
        break;
      default:
        text.insert(random.below(text.size()), text.substr(at, length));
    }
  }
  return text;
}

}  // namespace lode
