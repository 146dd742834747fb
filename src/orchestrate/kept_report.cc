#include "orchestrate/kept_report.h"

#include "base/hash.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::string_view kMagic = "lode-run-report ";
constexpr std::string_view kHead = "lode-run-report 1\n";
constexpr std::string_view kSum = "\nsum ";

std::string sum_line(std::string_view before) {
  return fmt::format("sum {}\n", text(content_hash(before)));
}

std::unexpected<Error> damaged() {
  return fail(Code::kCorrupt,
              "the report kept of this run is damaged; remove the file, and `lode run` again makes "
              "a report of a new run");
}

}  // namespace

std::string kept_report_path(const Project& project, std::int64_t run) {
  return state_path(project, fmt::format("reports/{}", run));
}

std::string kept_report_text(std::string_view json) {
  std::string out = fmt::format("{}{}\n", kHead, json);
  return out + sum_line(out);
}

Result<std::string> parse_kept_report(std::string_view text) {
  std::size_t at = text.rfind(kSum);
  if (!text.starts_with(kMagic) || at == text.npos) return damaged();
  std::string_view before = text.substr(0, at + 1);
  if (text.substr(at + 1) != sum_line(before)) return damaged();
  if (!before.starts_with(kHead))
    return fail(Code::kUnsupported,
                "the report kept of this run has the format '{}', this lode knows 'lode-run-report "
                "1'; use a newer lode",
                before.substr(0, before.find('\n')));
  std::string_view json = before.substr(kHead.size());
  json.remove_suffix(1);
  if (json.empty() || json.find('\n') != json.npos) return damaged();
  return std::string(json);
}

Status keep_report(FileSystem& files, const Project& project, std::int64_t run,
                   std::string_view json) {
  std::string path = kept_report_path(project, run);
  TRY_VOID(files.make_directories(parent_directory(path)));
  return write_atomically(files, path, kept_report_text(json));
}

Result<std::string> read_report(FileSystem& files, const Project& project, std::int64_t run) {
  std::string path = kept_report_path(project, run);
  TRY(bool there, exists(files, path));
  if (!there)
    return fail(Code::kNotFound,
                "nothing is kept of what run {} said: an older lode made it, or '{}' was removed; "
                "`lode run` makes a new one",
                run, path);
  TRY(std::string text, files.read(path));
  auto json = parse_kept_report(text);
  if (!json) return fail(json.error().at({.file = path}));
  return json;
}

}  // namespace lode
