// What a learning algorithm is: a component (kind "algorithm") that turns a labelled matrix into a
// model, and a model that scores rows, describes itself and can be stored. Everything here is
// common to all of them: an algorithm adds one .cc, and the contract suite (tests/contract) runs on
// it.
//
// Guarantees every algorithm keeps: the same seed, data and options give the same bytes on any
// number of threads (a third-party trainer says where it does not); a row scores the same alone and
// in a batch; a stored model scores as before; weight 2 is the row twice.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/json.h"
#include "base/option_values.h"
#include "base/parallel.h"
#include "base/stored_bytes.h"
#include "judge/sample.h"
#include "mine/design.h"

namespace lode {

struct Algorithm;
struct Forest;

// What every model carries, whatever its algorithm.
struct ModelHead {
  const Algorithm* algorithm = nullptr;
  std::shared_ptr<const DesignSchema> schema;
  std::vector<std::string> notes;  // what a reader must know: "column x is constant: left out"
};

// Immutable once fitted or loaded; any thread may score with it.
class FittedModel {
 public:
  explicit FittedModel(ModelHead head) : head_(std::move(head)) {}
  virtual ~FittedModel() = default;
  FittedModel(const FittedModel&) = delete;
  FittedModel& operator=(const FittedModel&) = delete;

  // out[i] = score of row i: a probability for classification, a value for regression. kInvalid:
  // another schema than the model's, other sizes, values the algorithm cannot take (with the row
  // and column); `out` is then undefined. Allocates nothing when the matrix has the model's own
  // schema.
  Status predict(const DesignMatrix& rows, std::span<double> out) const;

  // The stored form: docs/formats/model.md. Read back by load_model.
  std::string serialize() const;
  // One JSON object: algorithm, notes, and what the algorithm has to show (coefficients, fit).
  std::string describe() const;

  // What the model is made of, for who explains it: trees, a sum of one term a column, or (both
  // nothing) neither.
  virtual const Forest* forest() const { return nullptr; }
  virtual bool additive() const { return false; }
  // Of an additive model: out[i * columns + j] = what column j (numeric columns, then categories,
  // then bags) of row i adds to the row's margin: log-odds where scores are probabilities, else the
  // score. What the terms leave of the margin is the same for all rows, and is returned. Errors:
  // those of predict; kUnsupported for a model that is no such sum.
  Result<double> terms(const DesignMatrix& rows, std::span<double> out) const;

  const Algorithm& algorithm() const { return *head_.algorithm; }
  const std::shared_ptr<const DesignSchema>& schema() const { return head_.schema; }
  const std::vector<std::string>& notes() const { return head_.notes; }

 protected:
  // Rows are checked already; fails only for what the algorithm alone can know.
  virtual Status score(const DesignMatrix& rows, std::span<double> out) const = 0;
  virtual Result<double> write_terms(const DesignMatrix& rows, std::span<double> out) const;
  virtual void write(ByteWriter& writer) const = 0;
  virtual void describe(JsonWriter& json) const = 0;  // fields of the open object

 private:
  ModelHead head_;
};

struct FitContext {
  std::uint64_t seed;
  ThreadPool& pool;
  const CancelToken& cancel;
};

// Properties that the contract suite holds every algorithm to (docs/properties-mining.md), and that
// one may keep less than to the bit if it says so.
enum class Property : std::uint8_t {
  kRowOrder,     // P1: rows in another order
  kColumnOrder,  // P2: columns in another order, under other names
  kWeights,      // P5: weight k as k copies of the row
  kSeed,         // P7: another seed
  kAffine,       // P11: a column shifted and scaled
  kRelabelling,  // P12: labels 0 and 1 exchanged; a number's shifted and scaled
};
std::string_view property_name(Property property);  // "row order"

// Measured by the suite, which also fails where one above rounding is a hundred times smaller than
// said.
struct Deviation {
  Property property;
  double tolerance;  // how far scores may lie apart: root mean square over rows, in standard
                     // deviations of the labels
  std::string_view why;
};

// What the Component of an algorithm points to with `factory`.
struct Algorithm {
  std::string_view name;
  std::uint32_t version;  // of the payload `write` makes; `load` reads this and all before
  bool takes_missing;     // NaN in training and scoring, code -1 in training; code -1 in scoring is
                          // the model's own matter
  bool binary;            // labels are 0 and 1, scores are probabilities
  // The data have passed check(LabelledMatrix). Notes go into `head`, which the model takes.
  Result<std::unique_ptr<FittedModel>> (*fit)(const LabelledMatrix& data,
                                              const OptionValues& options,
                                              const FitContext& context, ModelHead head);
  // The payload is not trusted: anything that would make scoring unsafe is kCorrupt.
  Result<std::unique_ptr<FittedModel>> (*load)(ByteReader& payload, std::uint32_t version,
                                               ModelHead head);
  bool baseline = false;  // what a model must beat to be worth anything: it learns from no column
  std::span<const Deviation> deviations = {};  // what is not among them is kept to the bit
  bool takes_bags = false;                     // columns of bags, in training and scoring
  // About how long a fit takes on two cores, within a few times: for who has never made one
  // (orchestrate/step_price.h). nullptr: next to nothing.
  double (*seconds)(const OptionValues& options, double rows, double columns) = nullptr;

  Task task() const { return binary ? Task::kBinary : Task::kNumber; }
};

struct FitOptions {
  std::uint64_t seed = 1;
  std::vector<std::pair<std::string, std::string>> options;  // of the algorithm, as texts
  CancelToken cancel;
};

// kNotFound with the nearest name, or all of them.
Result<const Component*> find_algorithm(std::string_view name);
// What it learns; labels where there is no such algorithm, which is told by who fits it.
Task task_of(std::string_view algorithm);

// Trains. kNotFound for the algorithm, kInvalid for options and data (check(LabelledMatrix), and
// what the algorithm itself refuses, such as one class), kCancelled.
Result<std::unique_ptr<FittedModel>> fit_model(std::string_view algorithm,
                                               const LabelledMatrix& data,
                                               const FitOptions& options, ThreadPool& pool);

// Reads a stored model of any algorithm. kCorrupt for damaged bytes, kUnsupported for those of a
// newer lode or an algorithm this binary does not have. Safe on hostile bytes.
Result<std::unique_ptr<FittedModel>> load_model(std::string_view bytes);

}  // namespace lode
