// lode functions: what an expression in lode.yaml can call.
#include "base/json.h"
#include "cli/command.h"
#include "cli/text_table.h"
#include "table/expression.h"

namespace lode {
namespace {

bool wanted(const Component& function, std::string_view word) {
  return word.empty() || function.name.contains(word) || function.summary.contains(word);
}

void write_json(CommandContext& context, const std::vector<const Component*>& functions) {
  JsonWriter json;
  json.begin_object().key("functions").begin_array();
  for (const Component* function : functions) {
    json.begin_object()
        .field("name", function->name)
        .field("signature", function->description)
        .field("summary", function->summary)
        .field("example", function->example)
        .end_object();
  }
  json.end_array().end_object();
  context.out.write(json.take() + "\n");
}

Result<int> run(CommandContext& context) {
  if (context.options.flag("markdown")) {
    if (context.json) return fail(Code::kInvalid, "--markdown is text; leave out --json");
    context.out.write(expressions_reference());
    return kExitDone;
  }
  std::vector<const Component*> functions;
  for (const Component* function : components("function"))
    if (wanted(*function, context.argument("WORD"))) functions.push_back(function);
  if (context.json) {
    write_json(context, functions);
    return kExitDone;
  }
  if (functions.empty())
    return fail(Code::kNotFound,
                "no function has '{}' in its name or summary; `lode functions` "
                "lists all",
                context.argument("WORD"));
  TextTable table({"function", "example", "what it gives"});
  for (const Component* function : functions)
    table.row({function->description, function->example, function->summary});
  table.print(context.out);
  return kExitDone;
}

constexpr Option kOptions[] = {
    {.name = "markdown",
     .type = OptionType::kBool,
     .fallback = "false",
     .doc = "print docs/reference/expressions.md instead, with all the rules"}};
constexpr Positional kPositionals[] = {{.name = "WORD",
                                        .doc = "only functions with this in their name or summary",
                                        .count = Positional::Count::kOptional}};
constexpr Command kCommand = {
    .group = CommandGroup::kReference, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "functions",
    .summary = "list the functions of expressions",
    .description =
        "What may stand in the expressions of lode.yaml: SQL's syntax and these functions.",
    .example = "lode functions hour",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
