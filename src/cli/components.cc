// lode components: everything lode.yaml can choose between, with its options.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.h"
#include "cli/command.h"
#include "cli/help_text.h"
#include "cli/text_table.h"

namespace lode {
namespace {

struct Kind {
  std::string_view name;
  std::string_view meaning;
};
// Commands and functions have listings of their own (lode help, lode functions).
constexpr std::array<Kind, 8> kKinds = {{
    {"decoder", "how a file is read"},
    {"aggregate", "what a feature keeps of its window"},
    {"encoder", "columns as numbers for an algorithm"},
    {"algorithm", "what makes a model of rows"},
    {"metric", "how good a model is"},
    {"leak_detector", "what could make a figure too good"},
    {"drift", "how far rows have moved from those of a reference"},
    {"trigger", "what makes challengers be trained anew"},
}};

std::string_view type_word(OptionType type) {
  constexpr std::array<std::string_view, 6> kWords = {"bool", "int",    "number",
                                                      "text", "choice", "duration"};
  return kWords[static_cast<std::size_t>(type)];
}

std::string_view simpler_end(const Search& search) {
  if (search.simpler == Search::Simpler::kNeither) return "neither";
  return search.simpler == Search::Simpler::kLess ? "least" : "most";
}

void write_search(JsonWriter& json, const Search& search) {
  json.key("search")
      .begin_object()
      .field("least", search.least)
      .field("most", search.most)
      .field("by_factors", search.log)
      .field("also_zero", search.also_zero)
      .field("simpler_end", simpler_end(search))
      .end_object();
}

// Where `tune` looks: "0, 0.1 .. 1000 by factors".
std::string search_text(const Search& search) {
  if (!search.searched()) return "";
  return fmt::format("{}{} .. {}{}", search.also_zero ? "0, " : "", search.least, search.most,
                     search.log ? " by factors" : "");
}

void write_option(JsonWriter& json, const Option& option) {
  json.begin_object().field("name", option.name).field("type", type_word(option.type));
  if (!option.fallback.empty()) json.field("default", option.fallback);
  if (option.least > -1e308) json.field("least", option.least);
  if (option.most < 1e308) json.field("most", option.most);
  if (!option.choices.empty()) json.field("choices", option.choices);
  if (option.search.searched()) write_search(json, option.search);
  json.field("doc", option.doc).end_object();
}

void write_component(JsonWriter& json, const Component& component) {
  json.begin_object()
      .field("kind", component.kind)
      .field("name", component.name)
      .field("summary", component.summary)
      .field("description", component.description)
      .field("example", component.example);
  json.key("options").begin_array();
  for (const Option& option : component.options) write_option(json, option);
  json.end_array().end_object();
}

std::string range_text(const Option& option) {
  if (option.type == OptionType::kChoice) return std::string(option.choices);
  std::string least = option.least > -1e308 ? fmt::format("{}", option.least) : "";
  std::string most = option.most < 1e308 ? fmt::format("{}", option.most) : "";
  if (least.empty() && most.empty()) return "";
  return fmt::format("{} .. {}", least, most);
}

void explain(Output& out, const Component& component) {
  out.print("{} {}: {}\n\n", component.kind, component.name, component.summary);
  out.print("{}\n", wrapped(component.description, 90, 0));
  if (!component.options.empty()) {
    bool searched =
        std::ranges::any_of(component.options, [](const Option& o) { return o.search.searched(); });
    std::vector<std::string> headers = {"option", "type", "default", "range"};
    if (searched) headers.emplace_back("searched by tune");
    headers.emplace_back("");
    TextTable options(headers);
    for (const Option& option : component.options) {
      std::vector<Cell> row = {option.name, type_word(option.type),
                               option.fallback.empty() ? "required" : option.fallback,
                               range_text(option)};
      if (searched) row.emplace_back(search_text(option.search));
      row.emplace_back(option.doc);
      options.row(std::move(row));
    }
    options.print(out);
    out.write("\n");
  }
  out.print("example: {}\n", component.example);
}

std::unexpected<Error> unknown(std::string_view what, std::string_view word,
                               std::span<const std::string_view> known) {
  std::string_view guess = nearest(word, known);
  if (!guess.empty())
    return fail(Code::kNotFound, "there is no {} '{}'; did you mean '{}'?", what, word, guess);
  return fail(Code::kNotFound, "there is no {} '{}'; there are {}", what, word,
              fmt::join(known, ", "));
}

// All components of the kind and name, where those are not "".
Result<std::vector<const Component*>> chosen(std::string_view kind, std::string_view name) {
  std::vector<const Component*> found;
  std::vector<std::string_view> kinds;
  std::vector<std::string_view> names;
  for (const Kind& known : kKinds) {
    kinds.push_back(known.name);
    if (!kind.empty() && known.name != kind) continue;
    for (const Component* component : components(known.name)) {
      names.push_back(component->name);
      if (name.empty() || component->name == name) found.push_back(component);
    }
  }
  if (!kind.empty() && std::ranges::find(kinds, kind) == kinds.end())
    return unknown("kind", kind, kinds);
  if (!name.empty() && found.empty()) return unknown(kind, name, names);
  return found;
}

Result<int> run(CommandContext& context) {
  TRY(auto found, chosen(context.argument("KIND"), context.argument("NAME")));
  if (context.json) {
    JsonWriter json;
    json.begin_object().key("components").begin_array();
    for (const Component* component : found) write_component(json, *component);
    json.end_array().end_object();
    context.out.write(json.take() + "\n");
    return kExitDone;
  }
  if (context.given("NAME")) {
    explain(context.out, *found.front());
    return kExitDone;
  }
  std::string_view gap;
  for (const Kind& kind : kKinds) {
    TextTable table({fmt::format("{} ({})", kind.name, kind.meaning), "what it is"});
    for (const Component* component : found)
      if (component->kind == kind.name) table.row({component->name, component->summary});
    if (table.rows() == 0) continue;
    context.out.write(gap);
    table.print(context.out);
    gap = "\n";
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {{.name = "KIND",
                                        .doc = "decoder, aggregate, encoder, algorithm or metric",
                                        .count = Positional::Count::kOptional},
                                       {.name = "NAME",
                                        .doc = "one of them, to see its options",
                                        .count = Positional::Count::kOptional}};
constexpr Command kCommand = {
    .group = CommandGroup::kReference, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "components",
    .summary = "list what lode.yaml can choose between, with options",
    .description =
        "Decoders, aggregates, encoders, algorithms and metrics. With a kind and a name: "
        "everything "
        "about one, with its options, their ranges and defaults.",
    .example = "lode components algorithm logistic",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
