// lode report: what a run found, as one HTML file.
#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/report_page.h"
#include "cli/run_argument.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

constexpr std::string_view kDefaultOut = "PROJECT-run-NUMBER.html";

// Runs a report may be asked of without naming it: so many of the newest.
constexpr int kLookedAt = 1000;

Result<RunRecord> newest_done(MetadataStore& store, const Project& project) {
  TRY(std::vector<RunRecord> runs, store.runs(project.name, kLookedAt));
  auto done = std::ranges::find_if(runs, [](const RunRecord& run) {
    return run.state == RunState::kSucceeded && run.command == kRunCommand;
  });
  if (done != runs.end()) return *done;
  return fail(Code::kNotFound,
              "no run of project {} has been done to its end; `lode runs` says what came of them",
              project.name);
}

Result<RunRecord> asked_for(MetadataStore& store, FileSystem& files, const Project& project,
                            const std::string& number) {
  if (number.empty()) return newest_done(store, project);
  std::vector<RunRecord> one(1);
  TRY(one[0], store.run(number));
  find_interrupted(files, project, one);
  if (one[0].command != kRunCommand)
    return fail(Code::kNotFound,
                "run {} is of `lode {}`, which has no report; `lode runs {}` shows it", number,
                one[0].command, number);
  if (one[0].state == RunState::kSucceeded) return one[0];
  std::string_view state = run_state_text(one[0]);
  return fail(Code::kNotFound, "run {} is {}, so there is no report of it{}{}", number, state,
              one[0].error.empty() ? "" : ": ", one[0].error);
}

Result<int> run(CommandContext& context) {
  TRY(AskedRun asked, asked_run(context));
  auto project = project_at(context, asked.project);
  if (!project) return project.error();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  TRY(RunRecord record, asked_for(*store, context.files, **project, asked.number));
  std::int64_t number = 0;
  std::from_chars(record.id.data(), record.id.data() + record.id.size(), number);
  TRY(std::string json, read_report(context.files, **project, number));
  const std::string& out = context.options.text("out");
  if (context.json && out == kDefaultOut) {
    context.out.write(json + "\n");
    return kExitDone;
  }
  std::string path =
      out == kDefaultOut ? fmt::format("{}-run-{}.html", (*project)->name, number) : out;
  TRY_VOID(write_report(context.files, path, json));
  if (context.json) {
    context.out.write(json + "\n");
  } else {
    context.out.print("{}: run {} of {}\n", path, number, (*project)->name);
  }
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    kProjectArgument,
    {kRunArgument, "the run; the newest that is done if it is not said",
     Positional::Count::kOptional}};
constexpr Option kOptions[] = {
    {"out", OptionType::kText, kDefaultOut, "the file, which is replaced if it is there"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = false, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "report",
    .summary = "make the report of a run: one HTML file",
    .description =
        "`lode report 3` makes that of run 3 of the project in this folder, without running "
        "anything: a run keeps what it has to say. The file holds everything it needs and fetches "
        "nothing; it can be mailed, printed and read in the dark. With --json the document that "
        "the "
        "page is drawn from is printed instead, byte for byte what `lode run --json` printed; the "
        "page is written as well if --out is given.",
    .example = "lode report examples/flights --out flights.html",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
