// What models of trees share, whoever grew them: a Forest that is scored by mine/trees/scorer.h and
// stored; and the rows such a trainer in XGBoost's library is given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "mine/algorithm.h"
#include "mine/trees/forest.h"
#include "mine/trees/xgboost_library.h"

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

// Data in float32 and the library's view of them.
struct TreeTraining {
  std::vector<float> values;
  std::vector<float> label;
  std::vector<float> weight;
  XgboostRows view;

  // kInvalid: no columns, a number or label too large for float32; of a binary algorithm one class.
  static Result<std::unique_ptr<TreeTraining>> of(const LabelledMatrix& data,
                                                  const Algorithm& algorithm);
};

// Makes the forest's margins the library's own, to the bit, on a sample of the training rows. The
// one thing our reader may get wrong by a bit is the base margin, since the library takes the C
// library's logarithm; so its neighbours are tried. Anything else that differs is a bug of ours
// (kInternal), and no model leaves here that would score differently from the one that was trained.
Status match_margins(const XgboostBooster& booster, const XgboostRows& data, Forest& forest);

}  // namespace lode
