// Encoders: columns of a training set as numbers and categories an algorithm can take
// (docs/semantics.md 9). An encoder is a component of kind "encoder"; it is fitted on training rows
// only, by construction: fit() is given nothing else.
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
#include "base/stored_bytes.h"
#include "table/column.h"

namespace lode {

// What a column became: numbers, codes of categories, or bags of weighted terms.
struct EncodedNumbers {
  std::string name;
  std::vector<double> values;  // NaN = missing
};
struct EncodedCodes {
  std::string name;
  std::vector<std::string> levels;
  std::vector<std::int32_t> codes;
};
struct EncodedBags {
  std::string name;
  std::shared_ptr<const std::vector<std::string>> terms;
  std::vector<std::int64_t> begin;  // rows + 1: row i has the entries [begin[i], begin[i + 1])
  std::vector<std::uint32_t> term;  // ascending within a row
  std::vector<double> weight;
};
struct Encoded {
  std::vector<EncodedNumbers> numbers;
  std::vector<EncodedCodes> codes;
  std::vector<EncodedBags> bags;
  std::int64_t unseen = 0;   // rows whose level was not among the fitted ones, or rare there
  std::int64_t missing = 0;  // nulls
};

// Rows of one column that an encoder may learn from.
struct FitRows {
  const Column& column;
  std::span<const std::int64_t> rows;  // of the column
  std::span<const double> target;      // one for each of `rows`
  std::uint64_t seed;                  // for folds
};

class FittedEncoder {
 public:
  virtual ~FittedEncoder() = default;
  // Any rows of any column of the fitted type.
  virtual Encoded encode(const Column& column, std::span<const std::int64_t> rows) const = 0;
  // The rows it was fitted on, as a model should be trained on them (out of fold differs).
  virtual Encoded encode_fitted(const FitRows& fitted) const {
    return encode(fitted.column, fitted.rows);
  }
  // For people: what was fitted, as one JSON object.
  virtual void describe(JsonWriter& json) const = 0;
  // Name of the component that reads `store` back.
  virtual std::string_view component() const = 0;
  // The payload of the stored form (encoder_bytes.h): all that encode() depends on, to the bit.
  virtual void store(ByteWriter& writer) const = 0;
};

// The behaviour behind a component of kind "encoder".
struct Encoder {
  // kInvalid when the column's type cannot be encoded this way.
  Result<std::unique_ptr<FittedEncoder>> (*fit)(const std::string& name, const FitRows& fitted,
                                                const OptionValues& options);
  // The payload that store() wrote; it is not trusted.
  Result<std::unique_ptr<FittedEncoder>> (*load)(const std::string& name, ByteReader& payload);
};

// Fits by name; columns nobody chose an encoder for go through default_encoder().
Result<std::unique_ptr<FittedEncoder>> fit_encoder(
    std::string_view encoder, std::span<const std::pair<std::string, std::string>> options,
    const std::string& column_name, const FitRows& fitted);
// "number" for numbers, bools and times; "ordinal" for texts.
std::string_view default_encoder(const Type& type);

// How many of the rows are null: Encoded::missing.
std::int64_t nulls_among(const Column& column, std::span<const std::int64_t> rows);

// The levels of a column as texts: "\0null" for null. Levels order by number where the type has
// one, else by bytes.
class Levels {
 public:
  // Levels of the fitted rows in order, with their numbers of rows.
  explicit Levels(const FitRows& fitted);
  std::size_t size() const { return texts_.size(); }
  const std::string& text(std::size_t level) const { return texts_[level]; }
  std::int64_t count(std::size_t level) const { return counts_[level]; }
  // Level of each row, -1 for one that was not fitted.
  std::vector<std::int64_t> of(const Column& column, std::span<const std::int64_t> rows) const;

  // The stored form; levels read back have no counts. kCorrupt unless they are in order.
  void store(ByteWriter& writer) const;
  static Result<Levels> load(ByteReader& reader);

 private:
  Levels() = default;
  std::vector<std::string> texts_;
  std::vector<std::int64_t> counts_;
  bool numeric_ = false;
  std::vector<std::int64_t> numbers_;  // of the levels, ascending, when the type is numeric
  std::int64_t null_level_ = -1;
};

}  // namespace lode
