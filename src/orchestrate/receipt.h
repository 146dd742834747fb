// What was ingested from a source, and from what: written last, so that a zone without its receipt
// is the leftover of a crash. Format: docs/formats/receipt.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"

namespace lode {

struct Receipt {
  struct File {
    ContentHash hash;
    std::string name;  // relative to the project
    bool operator==(const File&) const = default;
  };
  ContentHash definition;  // of the source's declaration
  std::vector<File> files{};
  ContentHash zone;                    // name of the raw zone
  std::optional<ContentHash> aside{};  // name of the zone of rows set aside, if there are any
  std::int64_t first_seq = 0;
  std::int64_t rows = 0;  // set aside or not
  bool operator==(const Receipt&) const = default;
};

std::string receipt_text(const Receipt& receipt);
// kCorrupt for anything receipt_text does not write, kUnsupported for a receipt of a newer lode.
Result<Receipt> parse_receipt(std::string_view text);

}  // namespace lode
