// Columns of a training set through their encoders to a model's scores: the same steps for a model
// just fitted and for one read back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "evaluate/calibrator.h"
#include "features/encoder_bytes.h"
#include "mine/algorithm.h"
#include "table/column.h"

namespace lode {

// A design with the memory its spans point to.
struct Design {
  DesignMatrix matrix;
  std::vector<double> values;
  std::vector<std::int32_t> codes;
  std::vector<EncodedBags> bags;
  std::vector<BagRows> bag_rows;
};

// Encoded columns side by side; without a schema they make one.
Design design_of(std::vector<Encoded> encoded, std::int64_t rows,
                 std::shared_ptr<const DesignSchema> schema);

struct ColumnScorer {
  const Table& table;
  std::span<const std::size_t> columns;  // of the table, one for each encoder
  std::span<const ColumnEncoder> encoders;
  const FittedModel& model;
  const Calibrator* calibrator = nullptr;  // what its scores go through, if anything
};

struct EncodedCount {
  std::int64_t missing = 0;  // nulls
  std::int64_t unseen = 0;   // levels that were not among the fitted ones, or rare there
};

// Rows of the table as the model is given them. `counts`, if there: of each encoder, added to.
Design encode_rows(const ColumnScorer& scorer, std::span<const std::int64_t> rows,
                   std::vector<EncodedCount>* counts = nullptr);

// Scores rows of the table in pieces, so that the encoded form of millions need not stand in memory
// at once; a score does not depend on the pieces. Returns a count for each encoder. Errors: as
// FittedModel::predict and Calibrator::apply; kCancelled.
Result<std::vector<EncodedCount>> score_rows(const ColumnScorer& scorer,
                                             std::span<const std::int64_t> rows,
                                             std::span<double> out, ThreadPool& pool,
                                             const CancelToken& cancel);

}  // namespace lode
