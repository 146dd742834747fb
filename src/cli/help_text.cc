#include "cli/help_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/command.h"

namespace lode {
namespace {

constexpr std::size_t kWidth = 90;
constexpr std::array<std::pair<CommandGroup, std::string_view>, 3> kGroups = {{
    {CommandGroup::kWork, "work"},
    {CommandGroup::kLook, "look"},
    {CommandGroup::kReference, "reference"},
}};

std::string_view value_word(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "";
    case OptionType::kInt:
      return " N";
    case OptionType::kNumber:
      return " X";
    case OptionType::kText:
      return " TEXT";
    case OptionType::kChoice:
      return " WORD";
    case OptionType::kDuration:
      return " TIME";
  }
  return "";
}

std::string flag_of(const Option& option) {
  std::string name(option.name);
  std::ranges::replace(name, '_', '-');
  return fmt::format("--{}{}", name, value_word(option.type));
}

// What is said of a flag behind its doc: "one of a, b; default b".
std::string limits_of(const Option& option) {
  std::vector<std::string> parts;
  if (option.type == OptionType::kChoice) {
    std::string choices(option.choices);
    std::ranges::replace(choices, '|', ' ');
    parts.push_back(fmt::format("one of: {}", choices));
  }
  bool ranged = option.type == OptionType::kInt || option.type == OptionType::kNumber;
  if (ranged && option.least > -1e308 && option.most < 1e308)
    parts.push_back(fmt::format("{} .. {}", option.least, option.most));
  if (ranged && option.least > -1e308 && option.most >= 1e308)
    parts.push_back(fmt::format("at least {}", option.least));
  if (option.fallback.empty()) {
    parts.emplace_back("required");
  } else if (option.type != OptionType::kBool || option.fallback == "true") {
    parts.push_back(fmt::format("default {}", option.fallback));
  }
  return parts.empty() ? "" : fmt::format(" ({})", fmt::join(parts, "; "));
}

std::string limits_of(const Positional& positional) {
  if (positional.fallback.empty()) return "";
  return fmt::format(" (default {})", positional.fallback);
}

// Two columns, the second wrapped.
std::string listing(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::size_t left = 0;
  for (const auto& [name, doc] : entries) left = std::max(left, name.size());
  std::string out;
  for (const auto& [name, doc] : entries) {
    std::string text = wrapped(doc, kWidth, left + 4);
    out += fmt::format("  {:<{}}  {}", name, left, text.substr(left + 4));
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> flag_entries(const Component& component) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const Option& option : component.options)
    entries.emplace_back(flag_of(option), fmt::format("{}{}", option.doc, limits_of(option)));
  return entries;
}

std::vector<std::pair<std::string, std::string>> positional_entries(const Component& component) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const Positional& positional : command_of(component).positionals)
    entries.emplace_back(positional.name,
                         fmt::format("{}{}", positional.doc, limits_of(positional)));
  return entries;
}

std::vector<const Component*> commands_of(CommandGroup group) {
  std::vector<const Component*> found;
  for (const Component* component : components("command"))
    if (command_of(*component).group == group) found.push_back(component);
  return found;
}

std::string reference_table(std::string_view head,
                            const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return "";
  std::string out = fmt::format("| {} | |\n|---|---|\n", head);
  for (const auto& [name, doc] : entries) {
    std::string escaped;
    for (char c : doc) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
    out += fmt::format("| `{}` | {} |\n", name, escaped);
  }
  return out + "\n";
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::string line;
  auto end_line = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line;
    out += '\n';
    line.clear();
  };
  while (!text.empty()) {
    std::size_t feed = text.find('\n');
    std::string_view paragraph = text.substr(0, feed);
    text = feed == text.npos ? "" : text.substr(feed + 1);
    while (!paragraph.empty()) {
      std::size_t blank = paragraph.find(' ');
      std::string_view word = paragraph.substr(0, blank);
      paragraph = blank == paragraph.npos ? "" : paragraph.substr(blank + 1);
      if (word.empty()) continue;
      if (!line.empty() && indent + line.size() + 1 + word.size() > width) end_line();
      if (!line.empty()) line += ' ';
      line += word;
    }
    end_line();
  }
  return out;
}

std::string usage_of(const Component& component) {
  std::string out(component.name);
  for (const Positional& positional : command_of(component).positionals) {
    switch (positional.count) {
      case Positional::Count::kOne:
        out += fmt::format(" {}", positional.name);
        break;
      case Positional::Count::kOptional:
        out += fmt::format(" [{}]", positional.name);
        break;
      case Positional::Count::kAny:
        out += fmt::format(" [{}...]", positional.name);
        break;
    }
  }
  return out + " [FLAGS]";
}

std::string program_help() {
  std::string out =
      fmt::format("lode: {}\n\nusage: lode COMMAND [ARGUMENTS] [FLAGS]\n", kGlobalFlags.summary);
  std::size_t left = 0;
  for (const Component* component : components("command"))
    left = std::max(left, component->name.size());
  for (const auto& [group, heading] : kGroups) {
    std::vector<const Component*> found = commands_of(group);
    if (found.empty()) continue;
    out += fmt::format("\n{}\n", heading);
    for (const Component* component : found)
      out += fmt::format("  {:<{}}  {}\n", component->name, left, component->summary);
  }
  out += "\nflags of every command\n" + listing(flag_entries(kGlobalFlags));
  out += fmt::format("\nexample: {}\nMore: lode help COMMAND\n", kGlobalFlags.example);
  return out;
}

std::string command_help(const Component& component) {
  std::string out = fmt::format("lode {}: {}\n\nusage: lode {}\n", component.name,
                                component.summary, usage_of(component));
  if (!component.description.empty()) out += "\n" + wrapped(component.description, kWidth, 0);
  auto positionals = positional_entries(component);
  if (!positionals.empty()) out += "\narguments\n" + listing(positionals);
  if (!component.options.empty()) out += "\nflags\n" + listing(flag_entries(component));
  out += "\nflags of every command\n" + listing(flag_entries(kGlobalFlags));
  return out + fmt::format("\nexample: {}\n", component.example);
}

std::string commands_reference() {
  std::string out =
      "# Commands\n\n"
      "Made from the descriptors by `lode help --markdown`; do not edit. Every command has "
      "`--help` "
      "and `--json`;\nwhat it ends with is in [exit-codes.md](exit-codes.md).\n\n";
  out += reference_table("flags of every command", flag_entries(kGlobalFlags));
  for (const auto& [group, heading] : kGroups) {
    for (const Component* component : commands_of(group)) {
      out += fmt::format("## lode {}\n\n{}.\n\n```\nlode {}\n```\n\n", component->name,
                         component->summary, usage_of(*component));
      if (!component->description.empty()) out += fmt::format("{}\n\n", component->description);
      out += reference_table("argument", positional_entries(*component));
      out += reference_table("flag", flag_entries(*component));
      out += fmt::format("Example: `{}`\n\n", component->example);
    }
  }
  out.pop_back();
  return out;
}

}  // namespace lode
