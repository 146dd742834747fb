#include "base/error.h"

#include <array>

namespace lode {
namespace {

struct CodeRow {
  std::string_view name;
  int exit;
};

// In the order of Code. Exit statuses start at 2; 1 is left for "the answer is no" (a failed gate).
constexpr std::array<CodeRow, 10> kCodes = {{
    {"invalid", 2},
    {"not_found", 3},
    {"conflict", 4},
    {"limit", 5},
    {"corrupt", 6},
    {"io", 7},
    {"unavailable", 8},
    {"unsupported", 9},
    {"cancelled", 10},
    {"internal", 70},
}};

}  // namespace

std::string_view code_name(Code code) { return kCodes[static_cast<std::size_t>(code)].name; }
int exit_code(Code code) { return kCodes[static_cast<std::size_t>(code)].exit; }

std::string Where::text() const {
  std::string out = file;
  if (line > 0) out += fmt::format(":{}", line);
  if (line > 0 && column > 0) out += fmt::format(":{}", column);
  if (offset >= 0) out += fmt::format("{}offset {}", out.empty() ? "" : " ", offset);
  if (!field.empty()) out += fmt::format("{}field {}", out.empty() ? "" : " ", field);
  return out;
}

Error::Error(Code code, std::string message, Where where)
    : detail_(std::make_shared<const Detail>(Detail{code, std::move(message), std::move(where)})) {}

Error Error::at(Where place) const {
  if (!where().empty()) return *this;
  return Error(code(), message(), std::move(place));
}

Error Error::context(std::string_view prefix) const {
  return Error(code(), fmt::format("{}: {}", prefix, message()), where());
}

std::string Error::text() const {
  if (where().empty()) return message();
  return fmt::format("{}: {}", where().text(), message());
}

}  // namespace lode
