// What a run said of itself, kept beside its record: the JSON of orchestrate/run_json.h, so that a
// report can be made again at any time. Format: docs/formats/run-report.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "project/project.h"

namespace lode {

// Where it is: reports/RUN in the project's folder of state.
std::string kept_report_path(const Project& project, std::int64_t run);

// The bytes of the file. `json` is one JSON document on one line.
std::string kept_report_text(std::string_view json);
// The JSON of such bytes. kCorrupt for anything kept_report_text does not write; kUnsupported for a
// later version.
Result<std::string> parse_kept_report(std::string_view text);

// Replaces what is there, atomically. Errors: those of write_atomically.
Status keep_report(FileSystem& files, const Project& project, std::int64_t run,
                   std::string_view json);
// kNotFound, with what to do, when the run kept none; kCorrupt and kUnsupported as above, with the
// file's name.
Result<std::string> read_report(FileSystem& files, const Project& project, std::int64_t run);

}  // namespace lode
