#include "project/file_pattern.h"

#include <algorithm>

namespace lode {
namespace {

constexpr std::size_t kMostFiles = 100'000;

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// The directories (or files, at the last part) that `part` names in each of `bases`.
Result<std::vector<std::string>> step(FileSystem& files, const std::vector<std::string>& bases,
                                      std::string_view part) {
  std::vector<std::string> found;
  for (const std::string& base : bases) {
    if (!is_pattern(part)) {
      found.push_back(join_path(base, part));
      continue;
    }
    Result<std::vector<std::string>> names = files.list(base);
    if (!names) continue;  // not a directory, or gone: matches nothing
    for (const std::string& name : *names) {
      if (name.starts_with('.') && !part.starts_with('.')) continue;
      if (matches_pattern(name, part)) found.push_back(join_path(base, name));
    }
    if (found.size() > kMostFiles)
      return fail(Code::kLimit, "more than {} files match '{}'", kMostFiles, part);
  }
  return found;
}

}  // namespace

bool matches_pattern(std::string_view name, std::string_view pattern) {
  // Greedy with one point of return: a later star makes all earlier choices moot.
  std::size_t n = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after_star = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Result<std::vector<std::string>> find_files(FileSystem& files, const std::string& root,
                                            std::string_view pattern) {
  std::vector<std::string> paths = {pattern.starts_with('/') ? "/" : root};
  std::size_t at = 0;
  while (at < pattern.size()) {
    std::size_t end = std::min(pattern.find('/', at), pattern.size());
    std::string_view part = pattern.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    TRY(paths, step(files, paths, part));
  }
  std::vector<std::string> found;
  for (const std::string& path : paths) {
    Result<FileInfo> info = files.info(path);
    if (info && info->kind == FileInfo::kFile) found.push_back(path);
  }
  if (found.empty())
    return fail(Code::kNotFound, "no file {} '{}', taken from the project's folder",
                is_pattern(pattern) ? "matches" : "is at", pattern);
  std::ranges::sort(found);
  return found;
}

}  // namespace lode
