#include "project/definition_text.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace lode {
namespace {

constexpr int kDeepest = 16;
constexpr std::string_view kNamed[] = {"source", "label", "view", "training", "model"};

using Lines = std::vector<std::pair<std::string_view, std::string_view>>;

// Lines of "key length:value"; nothing where the text is not made of them.
std::optional<Lines> split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    std::size_t colon = text.find(':');
    std::size_t blank = text.substr(0, colon).rfind(' ');
    if (colon == std::string_view::npos || blank == std::string_view::npos) return std::nullopt;
    std::size_t size = 0;
    auto [end, status] = std::from_chars(text.data() + blank + 1, text.data() + colon, size);
    if (status != std::errc() || end != text.data() + colon) return std::nullopt;
    std::string_view rest = text.substr(colon + 1);
    if (size >= rest.size() || rest[size] != '\n') return std::nullopt;
    lines.emplace_back(text.substr(0, blank), rest.substr(0, size));
    text = rest.substr(size + 1);
  }
  return lines;
}

void add_lines(const Lines& lines, const std::string& before, int deep,
               std::vector<DefinitionLine>& out) {
  for (const auto& [key, value] : lines) {
    std::optional<Lines> inner;
    if (deep < kDeepest && !value.empty()) inner = split_lines(value);
    if (!inner) {
      out.push_back({before + std::string(key), std::string(value)});
      continue;
    }
    const auto& [kind, name] = inner->front();
    bool named = std::ranges::find(kNamed, kind) != std::end(kNamed);
    std::string path = named ? fmt::format("{} {}", kind, name) : std::string(key);
    if (named) inner->erase(inner->begin());
    add_lines(*inner, before + path + " / ", deep + 1, out);
  }
}

struct BothSides {
  std::string before;
  std::string after;
};

void add_value(std::string& to, const std::string& value) {
  to += (to.empty() ? "" : ", ") + value;
}

Result<TimeRange> parse_range(std::string_view text) {
  std::size_t dots = text.find("..");
  if (dots == std::string_view::npos)
    return fail(Code::kCorrupt, "'{}' is no range of a definition", text);
  TimeRange range;
  auto take = [](std::string_view part, std::optional<Timestamp>& out) -> Status {
    if (part.empty()) return {};
    Result<ParsedTime> time = parse_timestamp(part);
    if (!time) return fail(Code::kCorrupt, "'{}' is no time of a definition", part);
    out = time->t;
    return {};
  };
  TRY_VOID(take(text.substr(0, dots), range.begin));
  TRY_VOID(take(text.substr(dots + 2), range.end));
  return range;
}

}  // namespace

Result<std::vector<DefinitionLine>> definition_lines(std::string_view text) {
  std::optional<Lines> lines = split_lines(text);
  if (!lines) return fail(Code::kCorrupt, "this is no text of a declaration");
  std::vector<DefinitionLine> out;
  add_lines(*lines, "", 0, out);
  return out;
}

Result<std::vector<DefinitionChange>> definition_changes(std::string_view before,
                                                         std::string_view after) {
  TRY(std::vector<DefinitionLine> old_lines, definition_lines(before));
  TRY(std::vector<DefinitionLine> new_lines, definition_lines(after));
  std::vector<std::string> order;
  std::map<std::string, BothSides> values;
  for (const DefinitionLine& line : old_lines) {
    if (!values.contains(line.path)) order.push_back(line.path);
    add_value(values[line.path].before, line.value);
  }
  for (const DefinitionLine& line : new_lines) {
    if (!values.contains(line.path)) order.push_back(line.path);
    add_value(values[line.path].after, line.value);
  }
  std::vector<DefinitionChange> out;
  for (const std::string& path : order) {
    const BothSides& both = values.at(path);
    if (both.before != both.after) out.push_back({path, both.before, both.after});
  }
  return out;
}

Result<Split> split_of_definition(std::string_view model_text) {
  TRY(std::vector<DefinitionLine> lines, definition_lines(model_text));
  Split out;
  for (const DefinitionLine& line : lines) {
    if (line.path == "train") {
      TRY(out.train, parse_range(line.value));
    } else if (line.path == "test") {
      TRY(out.test, parse_range(line.value));
    } else if (line.path == "random") {
      auto [end, status] =
          std::from_chars(line.value.data(), line.value.data() + line.value.size(), out.random);
      if (status != std::errc()) return fail(Code::kCorrupt, "'{}' is no share", line.value);
    } else if (line.path == "groups") {
      out.groups = line.value;
    }
  }
  return out;
}

}  // namespace lode
