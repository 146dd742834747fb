// A hash of rows as they were read: equal exactly when the same rows, with the same values, were
// read and set aside, however they came in batches. By it a file that was written anew with more
// rows is known to begin with those it had (ingest/parquet.cc).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "ingest/reader.h"

namespace lode {

// Belongs to one thread. Cost: about 1 GB/s of values.
class RowsHasher {
 public:
  explicit RowsHasher(const Schema& schema);
  // The rows behind those added before.
  void add(const Batch& batch);
  // Of all rows added; more may follow.
  ContentHash hash() const;

 private:
  ContentHasher about_;                 // the schema, then the rows set aside
  std::vector<ContentHasher> columns_;  // each by itself, so that batches do not show
  std::int64_t rows_ = 0;
  std::string buffer_;
};

}  // namespace lode
