// What was given of a source, from which files, under which seqs, and what was made of it. Written
// last, so that a zone without its receipt is the leftover of a crash; seqs are given by it, once.
// Format: docs/formats/receipt.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "ingest/reader.h"

namespace lode {

struct Receipt {
  struct File {
    ContentHash hash;                   // of its first `bytes` bytes
    std::string name;                   // as declared, relative to the project
    std::int64_t bytes = -1;            // -1: not written down (version 1)
    std::optional<ReadPosition> end{};  // where it can be read on when it has grown
    bool operator==(const File&) const = default;
  };
  // Rows of one file with consecutive seqs, behind those of its stretches before.
  struct Stretch {
    std::int64_t file = 0;  // its place among `files`
    std::int64_t first_seq = 0;
    std::int64_t rows = 0;
    bool operator==(const Stretch&) const = default;
  };

  ContentHash definition;              // of the source's declaration
  std::vector<File> files{};           // in the order they were first given: their numbers
  std::vector<Stretch> stretches{};    // by ascending seq
  std::int64_t next_seq = 0;           // the source holds no seq from here on
  std::optional<ContentHash> zone{};   // name of the raw zone; nothing: it is being made
  std::optional<ContentHash> aside{};  // name of the zone of rows set aside, if there are any
  bool operator==(const Receipt&) const = default;

  std::int64_t rows() const;       // set aside or not
  std::int64_t first_seq() const;  // next_seq if there are no rows
};

std::string receipt_text(const Receipt& receipt);
// kCorrupt for anything receipt_text, of this version or an older one, does not write;
// kUnsupported for a later version.
Result<Receipt> parse_receipt(std::string_view text);

}  // namespace lode
