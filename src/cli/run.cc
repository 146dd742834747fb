// lode run: brings everything a project declares up to date once, and says what came of it.
#include "orchestrate/run.h"

#include "cli/project_argument.h"
#include "cli/report_page.h"
#include "cli/run_summary.h"
#include "orchestrate/run_json.h"

namespace lode {
namespace {

constexpr std::string_view kNoReport = "none";

Result<int> run(CommandContext& context) {
  RunTime time{context.options.duration("time_limit"), context.clock.steady_ns()};
  auto project = project_of(context);
  if (!project) return project.error();
  RunContext run_context{context.files,
                         context.clock,
                         context.limits,
                         context.cancel,
                         context.progress,
                         context.options.flag("replace"),
                         context.options.flag("again"),
                         time,
                         context.options.flag("over_budget")};
  TRY(RunReport report, run_project(**project, run_context));
  if (const std::string& page = context.options.text("report"); page != kNoReport)
    TRY_VOID(write_report(context.files, page, run_json(report)));
  if (context.json) {
    context.out.write(run_json(report) + "\n");
  } else {
    print_run(context.out, report);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {kProjectArgument};
constexpr Option kOptions[] = {
    {"again", OptionType::kBool, "false", "make what is up to date again too"},
    {"replace", OptionType::kBool, "false",
     "read sources anew whose files changed other than by growing; their old rows are void"},
    {"time_limit", OptionType::kDuration, "0s",
     "stop when so much time has passed, such as 10m; searches for options take less of it. 0s: "
     "none"},
    {"over_budget", OptionType::kBool, "false",
     "make what is due although the estimate is over the project's budget"},
    {"report", OptionType::kText, kNoReport,
     "write the report of the run into this HTML file; `lode report` does it later"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kWork, .positionals = kPositionals, .read_only = false, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "run",
    .summary = "bring a project up to date once: sources, features, models",
    .description =
        "Reads the sources into the raw zone, sets aside what breaks a contract, makes training "
        "sets as they could have been known at each row's time, fits the models and judges them "
        "on later rows. Everything it keeps is in .lode beside lode.yaml; removing that undoes "
        "it. The same inputs give the same names and hashes on any number of threads.",
    .example = "lode run examples/flights",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
