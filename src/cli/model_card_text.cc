#include "cli/model_card_text.h"

#include <fmt/format.h>

#include "base/time.h"

namespace lode {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (std::string_view("\\`*_[]<>#|").find(c) != std::string_view::npos) out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string member(const JsonValue& object, std::string_view name) {
  const JsonValue* found = object.find(name);
  return found == nullptr ? std::string() : found->text;
}

}  // namespace

std::string model_card_text(const ModelRecord& model, const JsonValue& sections) {
  std::string out =
      fmt::format("# Model card: {}, version {}\n\n", escaped(model.name), model.version);
  out += fmt::format("Made {} by run {}; content `{}`, data set `{}`.\n", text(model.created),
                     model.run, text(model.content), model.dataset);
  for (const JsonValue& section : sections.items) {
    out += fmt::format("\n## {}\n\n", escaped(member(section, "heading")));
    const JsonValue* lines = section.find("lines");
    if (lines == nullptr) continue;
    for (const JsonValue& line : lines->items) {
      const JsonValue* blank = line.find("blank");
      bool to_fill = blank != nullptr && blank->raw == "true";
      out +=
          fmt::format("- {}{}\n", to_fill ? "**TO FILL IN:** " : "", escaped(member(line, "text")));
    }
  }
  return out;
}

}  // namespace lode
