// lode version: what this binary is, for a bug report and for scripts.
#include "base/build_info.h"
#include "base/cpu.h"
#include "base/json.h"
#include "base/zone.h"
#include "cli/command.h"
#include "project/definition.h"

namespace lode {
namespace {

Result<int> run(CommandContext& context) {
  if (context.json) {
    JsonWriter json;
    json.begin_object()
        .field("version", LODE_VERSION)
        .field("semantics", kEngineSemanticsVersion)
        .field("time_zones", zone_data_version())
        .field("kernel", kernel_name(best_kernel()))
        .field("compiler", build_info().compiler)
        .field("commit", build_info().commit)
        .end_object();
    context.out.write(json.take() + "\n");
    return kExitDone;
  }
  context.out.print("lode        {}\n", LODE_VERSION);
  context.out.print("semantics   {}\n", kEngineSemanticsVersion);
  context.out.print("time zones  {}\n", zone_data_version());
  context.out.print("kernel      {}\n", kernel_name(best_kernel()));
  context.out.print("compiler    {}\n", build_info().compiler);
  context.out.print("commit      {}\n", build_info().commit);
  return kExitDone;
}

constexpr Command kCommand = {
    .group = CommandGroup::kReference, .positionals = {}, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "version",
    .summary = "what this binary is",
    .description =
        "The version of lode; that of its engine's semantics and of its time-zone data, which are "
        "part of the name of every data set; the vector instructions it uses on this machine, "
        "which "
        "change no result.",
    .example = "lode version",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
