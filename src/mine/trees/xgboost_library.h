// XGBoost's own library, opened when first needed, behind the few calls lode makes. The adapter
// (xgboost.cc) trains through it; tests and benchmarks hold the scorer against it.
//
// Errors: kUnavailable if the library is missing (the message says how to get it), kInvalid for
// what the library refuses, with its own words. Threads: a booster belongs to one thread at a time.
// The library's log messages are dropped.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace lode {

// Rows in row-major order, missing = NaN; infinities are refused by the library.
struct XgboostRows {
  std::span<const float> values;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<bool> categorical = {};       // by column; empty = all numeric
  std::span<const float> label = {};        // training: one a row
  std::span<const float> weight = {};       // empty = 1 each
  std::span<const float> base_margin = {};  // empty = from the model
};

class XgboostBooster {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  // A booster about to be trained on `data`, which is copied by the library.
  static Result<XgboostBooster> create(const XgboostRows& data, const Parameters& parameters);
  // A new booster on the rows and labels of `other`, one trained or to be trained, each row with
  // another weight; the histograms' thresholds stay those of `other`. Weights are the matrix's, so
  // `other` must not be trained any further.
  static Result<XgboostBooster> again(const XgboostBooster& other, std::span<const float> weight,
                                      const Parameters& parameters);
  // A saved model (JSON or UBJSON), for prediction on one thread.
  static Result<XgboostBooster> load(std::string_view model);

  // The next boosting round; only after create.
  Status update();

  // The model as UBJSON, or as JSON.
  Result<std::string> save(bool json = false) const;
  // Margins through a DMatrix.
  Result<std::vector<float>> margins(const XgboostRows& rows) const;
  // Margins without one (XGBoosterPredictFromDense), the library's fastest way: `rows` row-major.
  Status margins_in_place(const float* rows, std::size_t count, std::size_t columns,
                          float* out) const;

  XgboostBooster(XgboostBooster&&) noexcept;
  XgboostBooster& operator=(XgboostBooster&&) noexcept;
  ~XgboostBooster();

 private:
  struct Handles;
  explicit XgboostBooster(std::unique_ptr<Handles> handles);
  static Result<XgboostBooster> on(std::unique_ptr<Handles> handles, const Parameters& parameters);
  std::unique_ptr<Handles> handles_;
  int rounds_ = 0;
};

// "3.2.0", of the library that is or can be opened.
Result<std::string> xgboost_version();

}  // namespace lode
