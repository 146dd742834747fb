// The page of a run: web/ as one HTML file without anything to fetch, and the run's JSON inside it.
// The file without a run (web/built/report.html) is part of the binary; decision 008 says why it is
// committed.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace lode {

// The page without a run.
std::string_view report_template();

// JSON as text of a <script>: nothing in it can end the element or begin a comment, and it is still
// the same JSON. Cost: a copy.
std::string json_in_script(std::string_view json);

// The whole page. `json` is one document of orchestrate/run_json.h.
std::string report_page(std::string_view json);
// Writes it into a file, which is replaced if it is there. Errors: those of write_atomically, with
// the path.
Status write_report(FileSystem& files, const std::string& path, std::string_view json);

}  // namespace lode
