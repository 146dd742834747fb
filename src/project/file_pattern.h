// Paths with `*` and `?` as lode.yaml names its files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace lode {

// `*` is any run of characters, `?` any one character (a byte outside ASCII), everything else
// itself. O(length of name times number of stars).
bool matches_pattern(std::string_view name, std::string_view pattern);

// The files that match, sorted by path (by bytes); each part of the path may be a pattern, but `*`
// does not cross '/' and does not match a leading '.'. A path without `*` and `?` is that file.
// kNotFound when there is none; kLimit beyond 100 000.
Result<std::vector<std::string>> find_files(FileSystem& files, const std::string& root,
                                            std::string_view pattern);

}  // namespace lode
