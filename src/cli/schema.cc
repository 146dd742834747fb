// lode schema: the JSON schema of lode.yaml, for editors.
#include "cli/command.h"
#include "project/project.h"

namespace lode {
namespace {

Result<int> run(CommandContext& context) {
  std::string text = context.options.flag("markdown") ? project_reference() : project_json_schema();
  if (context.options.flag("markdown") && context.json)
    return fail(Code::kInvalid, "--markdown is text; leave out --json");
  context.out.write(text);
  if (!text.ends_with('\n')) context.out.write("\n");
  return kExitDone;
}

constexpr Option kOptions[] = {
    {.name = "markdown",
     .type = OptionType::kBool,
     .fallback = "false",
     .doc = "print docs/reference/lode-yaml.md instead, the same for people"}};
constexpr Command kCommand = {
    .group = CommandGroup::kReference, .positionals = {}, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "schema",
    .summary = "print the JSON schema of lode.yaml",
    .description =
        "JSON Schema 2020-12. With it an editor completes keys, shows their documentation and "
        "marks "
        "mistakes while they are typed. In VS Code with the YAML extension: `yaml.schemas: "
        "{\"./lode.schema.json\": \"lode.yaml\"}`.",
    .example = "lode schema > lode.schema.json",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
