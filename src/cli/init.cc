// lode init: a lode.yaml for a file, without running anything.
#include <filesystem>

#include "base/json.h"
#include "cli/mined_project.h"
#include "insight/project_text.h"

namespace lode {
namespace {

Result<int> run(CommandContext& context) {
  const std::string& path = context.argument("FILE");
  const std::string& out = context.options.text("out");
  TRY(MinedFile mined, look_through(context, path));
  std::filesystem::path folder = std::filesystem::absolute(out).parent_path();
  std::string named = std::filesystem::absolute(path).lexically_relative(folder).generic_string();
  TRY_VOID(write_new_file(context.files, out, project_text(mined.profile, mined.plan, named)));
  if (context.json) {
    JsonWriter json;
    json.begin_object().field("project", out).key("decisions").begin_array();
    for (const std::string& decision : mined.plan.decisions) json.value(decision);
    json.end_array().key("warnings").begin_array();
    for (const std::string& warning : mined.plan.warnings) json.value(warning);
    json.end_array().end_object();
    context.out.write(json.take() + "\n");
    return kExitDone;
  }
  for (const std::string& decision : mined.plan.decisions) context.out.print("  {}\n", decision);
  for (const std::string& warning : mined.plan.warnings)
    context.out.print("  {}: {}\n", context.out.bold("mind"), warning);
  context.out.print("{} is written; next: lode run{}\n", out, out == "lode.yaml" ? "" : " " + out);
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"FILE", "a text or Parquet file of rows, such as orders.csv"}};
constexpr std::array kOptions = with_mining_options(std::array{Option{
    "out", OptionType::kText, "lode.yaml", "the file that is written; it must not be there"}});
constexpr Command kCommand = {.group = CommandGroup::kWork,
                              .positionals = kPositionals,
                              .read_only = false,
                              .run = run,
                              .repeated = kRepeatedMiningOptions};

constinit const Component kComponent = {
    .kind = "command",
    .name = "init",
    .summary = "write a lode.yaml for a file: types, roles, split and models guessed",
    .description =
        "Looks through the file once and writes down what it takes it for: types of columns, which "
        "of them is a time, an entity, a category, a text or only tells rows apart, how rows are "
        "split, which models are fitted. `lode run` then does what `lode mine` does, with the same "
        "report. Each decision is said with the flag, or stands in the file, where it is changed.",
    .example = "lode init orders.csv --target returned",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
