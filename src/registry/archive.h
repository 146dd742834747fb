// An archive of named parts in one file that any `tar` opens, and that is whole or refused: an
// index with the hash of every part, and the hash of the index. Format: docs/formats/archive.md.
//
// Threads: pure functions. Memory: the bytes, once more while they are put together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace lode {

struct ArchivePart {
  std::string name;   // letters, digits, '.', '-' and '_', 90 at most; not "lode-archive..."
  std::string bytes;  // less than 8 GiB
  bool operator==(const ArchivePart&) const = default;
};

// kInvalid: a name that is none, or comes twice. Equal parts give equal bytes.
Result<std::string> archive_bytes(const std::vector<ArchivePart>& parts);

// The parts of such bytes, in order. kInvalid: these are no archive of lode. kCorrupt, with what is
// wrong: cut off, or a bit is not what it was; anything archive_bytes does not write. kUnsupported:
// of a newer version. Cost: hashes everything, 1 GB/s.
Result<std::vector<ArchivePart>> parse_archive(std::string_view bytes);

}  // namespace lode
