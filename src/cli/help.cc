// lode help: all commands, or one.
#include "base/json.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/help_text.h"

namespace lode {
namespace {

Result<int> run(CommandContext& context) {
  std::string text;
  if (context.options.flag("markdown")) {
    text = commands_reference();
  } else if (context.given("COMMAND")) {
    TRY(const Component* command, find_command(context.argument("COMMAND")));
    text = command_help(*command);
  } else {
    text = program_help();
  }
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("help", text).end_object();
    text = json.take() + "\n";
  }
  context.out.write(text);
  return kExitDone;
}

constexpr Option kOptions[] = {{.name = "markdown",
                                .type = OptionType::kBool,
                                .fallback = "false",
                                .doc = "print docs/reference/commands.md, which has all commands"}};
constexpr Positional kPositionals[] = {
    {.name = "COMMAND", .doc = "a command to explain", .count = Positional::Count::kOptional}};
constexpr Command kCommand = {
    .group = CommandGroup::kReference, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "help",
    .summary = "explain the program, or a command",
    .description = "The same as --help behind a command.",
    .example = "lode help check",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
