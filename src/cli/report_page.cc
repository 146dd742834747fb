#include "cli/report_page.h"

#include <cassert>

// Placed into the binary by cmake/report_page.cmake.
extern "C" const char lode_report_template_begin[];
extern "C" const char lode_report_template_end[];

namespace lode {
namespace {

// Stands once in the template, where the JSON belongs (web/report.html).
constexpr std::string_view kPlace = "\"the JSON of a run\"";

}  // namespace

std::string_view report_template() {
  return {lode_report_template_begin, lode_report_template_end};
}

std::string json_in_script(std::string_view json) {
  constexpr std::string_view kSeparators = "\xe2\x80";  // of U+2028 and U+2029, with a third byte
  std::string out;
  out.reserve(json.size() + json.size() / 64);
  for (std::size_t i = 0; i < json.size(); ++i) {
    // '<' and the separators stand only within strings of JSON, where an escape means the same.
    if (json[i] == '<') {
      out += "\\u003c";
    } else if (json.substr(i).starts_with(kSeparators) && i + 2 < json.size() &&
               (json[i + 2] == '\xa8' || json[i + 2] == '\xa9')) {
      out += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::string report_page(std::string_view json) {
  std::string_view page = report_template();
  std::size_t at = page.find(kPlace);
  assert(at != page.npos);
  std::string out(page.substr(0, at));
  out += json_in_script(json);
  out += page.substr(at + kPlace.size());
  return out;
}

Status write_report(FileSystem& files, const std::string& path, std::string_view json) {
  Status written = write_atomically(files, path, report_page(json));
  if (written) return {};
  return fail(written.error().code(), "the report cannot be written to '{}': {}", path,
              written.error().message());
}

}  // namespace lode
