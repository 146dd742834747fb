// What the runs of a project have left in its state, as tables: raw records, rows set aside,
// training sets and the scores of models on their test rows. A run keeps them here, and those who
// look (`lode sql`, a console) find them here.
//
// Below .lode/PROJECT/: the zones (lake/parquet_zone.h) raw/SOURCE, aside/SOURCE, training/SET and
// scores/MODEL, and stored models as models/CONTENT.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "evaluate/calibrator.h"
#include "features/encoder_bytes.h"
#include "mine/algorithm.h"
#include "project/project.h"
#include "table/column.h"

namespace lode {

std::string training_path(const Project& project, std::string_view set);
std::string scores_path(const Project& project, std::string_view model);
std::string model_path(const Project& project, std::string_view content);

// Whether the zone at `path` is what was made of `name`, a content hash, and whole: then it need
// not be written again. Cost: reads its files, about 1 GB/s.
bool is_kept(FileSystem& files, const std::string& path, std::string_view name);
// Writes `rows` as the zone at `path` in place of what was there, then a receipt beside it that
// says it was made of `name`. The caller holds the project's lock. After a crash at any point
// is_kept is false. One thread; docs/formats/raw-zone.md.
Status keep(const Project& project, FileSystem& files, const std::string& path,
            std::string_view name, const Table& rows);

// A zone that holds something.
struct StoredZone {
  std::string group;  // "raw", "aside", "training", "scores"
  std::string name;   // of the source, the training set or the model
  std::int64_t rows = 0;
  std::vector<std::string> parts{};  // paths of its Parquet files, in seq order
  bool one_schema = true;            // of all parts
};
// Every part of the zone against its hash. kCorrupt names the file and what to do. About 1 GB/s.
Status check_zone(const Project& project, FileSystem& files, const StoredZone& zone);
// Those of what the project declares. A source without rows set aside has no zone "aside".
Result<std::vector<StoredZone>> stored_zones(const Project& project, FileSystem& files);

// Whether a run has read the source: then load_records has what it accepted.
Result<bool> has_records(const Project& project, FileSystem& files, const Source& source);

// The JSON in front of a stored model: its definition, data set, encoders and what was fitted.
// kNotFound, kCorrupt.
Result<std::string> stored_model_header(const Project& project, FileSystem& files,
                                        const ContentHash& content);

// A stored model, ready to score rows of the columns its encoders name.
struct StoredModel {
  std::string header;  // the JSON
  std::vector<ColumnEncoder> encoders;
  std::unique_ptr<FittedModel> model;
  Calibrator calibrator{};  // that its scores go through
};
// Of the bytes of such a file, wherever they come from. kCorrupt; kUnsupported for format 1, which
// lacks the encoders, and for one of a newer lode.
Result<StoredModel> parse_stored_model(std::string bytes);
// kNotFound, and as above.
Result<StoredModel> load_stored_model(const Project& project, FileSystem& files,
                                      const ContentHash& content);

}  // namespace lode
