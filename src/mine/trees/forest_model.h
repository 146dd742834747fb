// What models of trees share, whoever grew them: a Forest that is scored by mine/trees/scorer.h and
// stored.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "mine/algorithm.h"
#include "mine/trees/forest.h"

namespace lode {

struct ForestParts {
  Forest forest;
  std::string library;  // version of XGBoost that trained it
  std::string saved;    // the model as XGBoost saved it (UBJSON), for export; or nothing
};

// Scores are sigmoid(margin) where the forest's objective is logistic, else the margin; that of a
// binary algorithm is kept within 0 and 1.
std::unique_ptr<FittedModel> forest_model(ModelHead head, ForestParts parts);

// Payload: docs/formats/model.md. kCorrupt also for a forest of another objective, or that reads
// another number of columns.
Result<std::unique_ptr<FittedModel>> load_forest_model(ByteReader& payload,
                                                       Forest::Objective objective, ModelHead head);

}  // namespace lode
