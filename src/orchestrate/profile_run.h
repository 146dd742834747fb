// What the columns of a source's first file are like, for the report: of sources that declare
// `profile`. The file is looked through as `lode mine` looks at one, read as the source says, with
// the columns that no model uses and lode.yaml does not name among them.
#pragma once

#include <functional>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "insight/column_summary.h"
#include "orchestrate/report.h"
#include "orchestrate/stations.h"
#include "project/project.h"

namespace lode {

// What a column of the source's file is in the project: the time or the target of a label over it,
// what is split by, what a training set or a view over it reads, or nothing.
SummaryRole role_in_project(const Project& project, const Source& source, std::string_view column);

// `looked_through`: of the same file, or nullptr. kInvalid for a format that is neither csv nor
// parquet; else those of profile_table.
Result<TableSummary> profile_source(const Project& project, const Source& source,
                                    const TableProfile* looked_through, FileSystem& files,
                                    const CancelToken& cancel,
                                    const std::function<void(std::int64_t)>& advance);

struct ProfileMeans {
  FileSystem& files;
  Stations& stations;
  const CancelToken& cancel;
};

// Into the report, of every source that asks for one: made, each a station, or as it is kept where
// nothing of the source was read by this run and its columns are what they were.
Status profile_sources(const Project& project, const TableProfile* looked_through,
                       const ProfileMeans& means, RunReport& report);

// As the field "profile" of the open object; nothing where there is none.
void write_profiles(JsonWriter& json, const std::vector<TableSummary>& profiles);

}  // namespace lode
