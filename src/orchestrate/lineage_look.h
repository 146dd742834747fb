// Lineage asked for in both directions: what a model version was made of and what of that has
// changed since; and which versions a source, a file, a data set or a declaration went into.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "lake/runs.h"
#include "project/project.h"
#include "registry/registry.h"

namespace lode {

// Something that went into a version and is not as it was.
struct LineageChange {
  std::string kind;  // "source", "file", "label", "view", "training", "model"
  std::string name;
  std::string what;  // "is declared otherwise now"
};

// The project as it stands, to hold lineages against.
class ProjectNow {
 public:
  // Cost: reads definitions and receipts; files are read when they are asked about.
  static Result<ProjectNow> look(FileSystem& files, const Project& project);

  // What of the lineage is not as it was, the most basic first. A file is hashed as far as it was
  // read, once: about 1 GB/s. Errors: those of reading a file that is there.
  Result<std::vector<LineageChange>> changes(const ModelLineage& lineage);

 private:
  ProjectNow(FileSystem& files, const Project& project) : files_(&files), project_(&project) {}
  Result<std::string> change_of(const LineageFile& file);

  FileSystem* files_;
  const Project* project_;
  std::map<std::pair<std::string, std::string>, ContentHash> definitions_;  // by kind and name
  std::map<std::string, ContentHash> zones_;                                // of sources
  std::map<std::pair<std::string, ContentHash>, std::string> seen_;         // what became of files
};

// What a lineage is asked about, other than a model.
struct LineageSubject {
  std::string kind;  // "source", "file", "dataset", "label", "view", "training"
  std::string name;  // of a data set its whole hash
};

// Where a subject went in.
struct LineageUse {
  ModelRecord model;
  std::vector<std::string> aliases{};  // that mean this version
  bool newest = false;                 // of its name
  std::string as{};                    // the subject's version: a zone, a file's or text's hash
  std::vector<LineageChange> changes{};
};

// "source:flights", "file:flights.csv", "dataset:8b84" (a prefix of the name, or a training set's
// name for its newest), "view:carrier"; or a bare name where it is one thing alone among what
// models were made of. kNotFound says what there is, kInvalid names the kinds a bare name may mean.
Result<LineageSubject> find_subject(std::string_view reference,
                                    const std::vector<ModelRecord>& models);

// All versions the subject went into, by name and version; `now` may be nullptr: then nothing is
// said of changes. Versions made before lineage was kept are in no answer.
Result<std::vector<LineageUse>> uses_of(const LineageSubject& subject, MetadataStore& store,
                                        const Project& project, ProjectNow* now);

// Of scorings, by the order of runs: those by a version; those that read the subject, a source or a
// file, or wrote it. A file is meant by its path or, where no path is given, by its name.
std::vector<ScoringRecord> scorings_by(const ModelRecord& model,
                                       std::vector<ScoringRecord> scorings);
std::vector<ScoringRecord> scorings_of(const LineageSubject& subject,
                                       std::vector<ScoringRecord> scorings);
// As find_subject, of what was scored or written by a scoring; nothing where there is no such.
std::optional<LineageSubject> find_scored(std::string_view reference,
                                          const std::vector<ScoringRecord>& scorings);

// Aliases that mean a version.
std::vector<std::string> aliases_of(const Standing& standing, std::int64_t version);

}  // namespace lode
