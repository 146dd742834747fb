// What is to be read of a source: its files as they are, held against the receipt of what was read
// before. Files that continue are read on; what was given a seq keeps it (docs/semantics.md 2.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "ingest/stretches.h"
#include "orchestrate/receipt.h"
#include "project/project.h"

namespace lode {

struct SourcePlan {
  enum class Kind : std::uint8_t {
    kReuse,   // nothing: the zone is what the receipt says
    kAppend,  // only what is new, behind what is there
    kAgain,   // everything, under the seqs it has: the declaration changed, or a crash came between
    kFresh,   // everything, under new seqs: it was never read, or what was read does not count
  };
  Kind kind = Kind::kFresh;
  struct File {
    std::string path;
    Receipt::File now;  // `end` as it was when it was read, if it was
  };
  std::vector<File> declared{};        // as lode.yaml has them
  std::vector<Receipt::File> files{};  // by number, as they are now
  std::vector<Stretch> stretches{};    // to read, in order
  // How many rows the first of them must have, by the receipt; if they do not, the declaration
  // splits the files into other rows, and the seqs they had mean nothing.
  std::vector<std::int64_t> due{};
};

// The files are hashed as far as they reach now: later ones may be longer, and nothing behind is
// read. `next_seq` is the project's first free seq. kConflict, with the file's name, when a file
// changed or is gone and `replace` is not set. One pass over the bytes, 1 GB/s; a packed or a
// Parquet file that is not as it was is also read as far as it was, to see that it begins with
// that.
Result<SourcePlan> plan_source(FileSystem& files, const Project& project, const Source& source,
                               const ContentHash& definition, const std::optional<Receipt>& old,
                               std::int64_t next_seq, int threads, bool replace);

// Makes it a plan that reads everything under new seqs.
void read_afresh(std::int64_t next_seq, SourcePlan& plan);

// The stretches and ends of files that came of it; false when rows were due that did not come.
bool put_read(const SourcePlan& plan, const std::vector<StretchRead>& done, Receipt& receipt);

}  // namespace lode
