// A source's files as an arrival list gave them: stretches of consecutive rows, each of one file,
// with a seq for each row. A file that grew has several (docs/semantics.md 2.5).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "ingest/reader.h"
#include "project/project.h"

namespace lode {

// What is to be read of one file. It begins where the stretch before it of the same file ended, or
// at `from`, or at the file's beginning.
struct Stretch {
  std::string path;
  std::int64_t file = 0;        // its number among the source's files, in the order first given
  std::uint64_t end_byte = 0;   // of the file; 0: where it ends. A packed file counts packed
  std::int64_t rows = -1;       // how many; -1: all there are
  std::int64_t first_seq = -1;  // -1: behind the stretch before
  std::optional<ReadPosition> from{};
  std::optional<ReadPosition> end{};  // where the file ended then, if it has grown since
};

// What came of it.
struct StretchRead {
  std::int64_t file = 0;
  std::int64_t first_seq = 0;
  std::int64_t rows = 0;
  std::optional<ReadPosition> end{};  // nothing for a file that cannot be read on
};

// Rows of a stretch, row by row: those of `batch` have seqs from first_seq on.
struct StretchBatch {
  Batch batch;
  std::int64_t first_seq = 0;
  std::int64_t file = 0;
  std::string file_name;  // without its folder
};

// How a source's files are read, whole.
ReadOptions read_options(const Source& source, int threads);

// Belongs to one thread. Memory: as RecordReader.
class StretchReader {
 public:
  // `first_seq` is that of the first stretch, if it has none of its own.
  StretchReader(FileSystem& files, const Source& source, std::vector<Stretch> stretches,
                std::int64_t first_seq, int threads);

  // Errors: as open_reader and RecordReader::next.
  Result<std::optional<StretchBatch>> next();
  // The stretches read to their end, in order. One may have fewer rows than it was asked for.
  const std::vector<StretchRead>& done() const { return done_; }

 private:
  Status begin(const Stretch& stretch);
  void end(const Stretch& stretch);

  FileSystem& files_;
  const Source& source_;
  std::vector<Stretch> stretches_;
  int threads_;
  std::size_t at_ = 0;
  std::unique_ptr<RecordReader> reader_;  // of the stretch under way
  std::int64_t next_seq_;
  StretchRead now_;
  std::map<std::int64_t, std::optional<ReadPosition>> ends_;  // by file
  std::vector<StretchRead> done_;
};

}  // namespace lode
