// A version of a model as one file, with all that is known of it, out of one project and into
// another. Format: docs/formats/archive.md.
//
// Parts: version.json (the record, judgement, card and thresholds with it), lineage.json,
// definitions.json (texts of all declarations its lineage names), dataset.json (figures of the data
// set's columns; no rows), history.json (what happened to the model), model.bin (the stored model
// with its encoders and calibrator), and card.md for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/time.h"
#include "lake/runs.h"
#include "project/project.h"

namespace lode {

// The bytes of the file. `card`: the model's card as Markdown, or "". kNotFound, kCorrupt: the
// stored model is gone or damaged.
Result<std::string> export_model(const Project& project, FileSystem& files, MetadataStore& store,
                                 const Clock& clock, const ModelRecord& record,
                                 std::string_view card);

struct ImportedModel {
  ModelRecord record;     // as it stands here
  bool was_here = false;  // the newest version of its name was this one already
  LineageModel from{};    // as it was called there
  std::string project{};  // there
};

// Adds what is in the archive as a version of `name` ("": its own), run 0 of this project. Its
// lineage says where it came from, and the history it had there is kept with the event that says
// so. The caller holds the project's lock. Everything is checked before anything is written:
// kInvalid, kCorrupt, kUnsupported as parse_archive and parse_stored_model, and kCorrupt for parts
// that do not belong together.
Result<ImportedModel> import_model(const Project& project, FileSystem& files, MetadataStore& store,
                                   const Clock& clock, std::string_view archive, std::string name,
                                   std::string actor);

}  // namespace lode
