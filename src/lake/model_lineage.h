// Where a version of a model comes from: what it was made of, by which code, where, and what it was
// held against. Recorded once, when the version is made, and never changed.
//
// Declarations are named by the hash of their canonical text (project/definition.h); the texts are
// kept once each (DefinitionRecord), so that two versions of a feature can be held against each
// other for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "base/time.h"

namespace lode {

class JsonWriter;
struct JsonValue;

struct LineageFile {
  std::string name;     // as declared, relative to the project
  ContentHash content;  // of its first `bytes` bytes
  std::int64_t bytes = 0;
  std::int64_t rows = 0;  // read from it
  bool operator==(const LineageFile&) const = default;
};

struct LineageSource {
  std::string name;
  ContentHash zone;           // of the raw zone whose rows went in
  std::int64_t rows = 0;      // given
  std::int64_t accepted = 0;  // of them
  std::vector<LineageFile> files{};
  bool operator==(const LineageSource&) const = default;
};

// A version of a declaration.
struct LineageDefinition {
  std::string kind;  // "source", "label", "view", "training", "model"
  std::string name;
  ContentHash hash;  // of its text
  std::string
      of{};  // what it is over: of a label and a training set a source, of a view also a label
  bool operator==(const LineageDefinition&) const = default;
};

// Another version of a model.
struct LineageModel {
  std::string name;
  std::int64_t version = 0;
  ContentHash content{};
  bool operator==(const LineageModel&) const = default;
};

// Where an imported version was made.
struct LineageOrigin {
  std::string project;
  LineageModel model{};  // as it was called there
  std::int64_t run = 0;  // of that project, which made it
  Timestamp created{};   // when that was
  Timestamp exported{};
  ContentHash archive{};  // of the whole file it came in
  bool operator==(const LineageOrigin&) const = default;
};

struct ModelLineage {
  bool recorded = false;  // false: made by a lode that kept none; nothing below means anything then
  std::string training;   // the training set; what it held is the record's `dataset`
  std::int64_t rows = 0;  // of the set
  std::int64_t train_rows = 0;
  std::int64_t test_rows = 0;
  std::optional<ContentHash> tested{};  // of the test rows' seqs: equal for the same rows
  std::int64_t cut = 0;                 // the last seq there was
  std::string semantics;                // of the engine
  std::string time_zones;               // edition of the zone data
  std::vector<LineageSource> sources{};
  std::vector<LineageDefinition> definitions{};
  std::vector<std::pair<std::string, std::string>> encoders{};  // of columns
  std::string lode;
  std::string commit;
  std::string compiler;
  std::string system;
  std::string distribution;
  int processors = 0;
  std::optional<LineageModel> compared_with{};  // the model it was held against when it was made
  std::optional<LineageModel> before{};         // the champion of its name, else the newest
  std::optional<LineageOrigin> origin{};
  bool operator==(const ModelLineage&) const = default;
};

// As one JSON object; of a lineage that was not recorded `{}`.
std::string lineage_json(const ModelLineage& lineage);
// Members that are not known are passed over, missing ones are as in a new ModelLineage. kCorrupt
// for what is no such object.
Result<ModelLineage> parse_lineage(std::string_view json);

// The text of a declaration, by its hash.
struct DefinitionRecord {
  std::string kind;
  std::string name;
  ContentHash hash;  // of `text`
  std::string text;
  bool operator==(const DefinitionRecord&) const = default;
};

// What is kept of a data set when its rows are gone.
struct DatasetColumn {
  std::string name;
  std::string type;
  std::int64_t nulls = 0;
  double mean = 0;  // of numbers, dates in days, times in microseconds, bools as 0 and 1; else NaN
  double deviation = 0;
  bool operator==(const DatasetColumn& other) const;  // NaN is NaN
};
struct DatasetRecord {
  std::string project{};
  std::string name{};      // content hash, as in ModelRecord
  std::string training{};  // the set's name
  std::string run{};       // that made it first
  std::int64_t rows = 0;
  double target_mean = 0;
  std::vector<DatasetColumn> columns{};
  bool operator==(const DatasetRecord& other) const = default;
};

std::string dataset_columns_json(const std::vector<DatasetColumn>& columns);
Result<std::vector<DatasetColumn>> parse_dataset_columns(std::string_view json);

}  // namespace lode
