// lode mine: from a file alone to models, judged, with a verdict.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/mined_project.h"
#include "cli/report_page.h"
#include "cli/run_summary.h"
#include "cli/sample_file.h"
#include "insight/project_text.h"
#include "orchestrate/run.h"
#include "orchestrate/run_json.h"

namespace lode {
namespace {

constexpr std::string_view kNone = "none";

// Where the run keeps what it makes: beside the saved project, or for its own time.
class MiningFolder {
 public:
  MiningFolder(FileSystem& files, std::string path, bool kept)
      : files_(files), path_(std::move(path)), kept_(kept) {}
  MiningFolder(const MiningFolder&) = delete;
  MiningFolder& operator=(const MiningFolder&) = delete;
  ~MiningFolder() {
    if (!kept_) (void)remove_tree(files_, path_);
  }

 private:
  FileSystem& files_;
  std::string path_;
  bool kept_;
};

// One that nobody has: an earlier process of the same number may have been killed.
Result<std::string> scratch_folder() {
  std::string path = (std::filesystem::temp_directory_path() / "lode-mine-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr)
    return fail(Code::kIo, "no folder can be made as '{}': {}", path, std::strerror(errno));
  return path;
}

// Said of the user's file: the project it broke on is gone with its folder.
std::unexpected<Error> refuse(const MinedFile& mined, const Error& error) {
  std::string hint;
  if (error.code() == Code::kInvalid && mined.plan.test_from)
    hint = fmt::format("; it is judged on the rows from {} on (--time none splits at random)",
                       text(*mined.plan.test_from).substr(0, 10));
  return fail(Error(error.code(), error.message() + hint, {.file = mined.profile.path}));
}

Result<RunReport> mine(CommandContext& context, const MinedFile& mined, const std::string& root,
                       const std::string& saved, const RunTime& time) {
  std::filesystem::path data = std::filesystem::absolute(mined.profile.path).lexically_normal();
  bool kept = saved != kNone;
  std::string file = kept ? saved : join_path(root, "lode.yaml");
  TRY_VOID(context.files.make_directories(root));
  std::string named = kept ? data.lexically_relative(root).generic_string() : data.string();
  TRY_VOID(write_new_file(context.files, file,
                          project_text(mined.profile, mined.plan, named, time.limit)));
  auto project = load_project(file);
  // What lode wrote itself: a mistake in it is lode's.
  if (!project)
    return fail(
        Error(Code::kInternal,
              "the project made of this file is not one: " + project.error().errors.front().text(),
              {.file = mined.profile.path}));
  RunContext run_context{context.files,    context.clock, context.limits, context.cancel,
                         context.progress, false,         false,          time};
  run_context.looked_through = &mined.profile;
  auto report = run_project(**project, run_context);
  return report || kept ? std::move(report) : refuse(mined, report.error());
}

Result<MinedFile> look_through_sample(CommandContext& context, const std::string& folder) {
  TRY(std::string path, write_sample(context.files, folder));
  if (!context.json && !context.quiet) context.out.print("{}\n", kSampleText);
  return look_through(context, path, kSampleTarget);
}

// What a reader does next with what was found.
void print_next(Output& out, const RunReport& report, const std::string& saved,
                const std::string& page) {
  out.print("\n{}\n", out.bold("Next"));
  if (page == kNone) out.print("see it drawn: the same with --report page.html\n");
  if (saved == kNone)
    out.print("keep it, to edit and to run again: the same with --save lode.yaml, or lode init\n");
  else
    out.print("edit {0}, then lode run {0}\n", saved);
  if (saved != kNone && !report.leaderboards.empty())
    out.print("what the model is, for who answers for it: lode model card {} {}\n",
              report.leaderboards[0].winner, saved);
}

Result<int> run(CommandContext& context) {
  RunTime time{context.options.duration("time_limit"), context.clock.steady_ns(), true};
  bool given = context.given("FILE");
  const std::string& path = context.argument("FILE");
  const std::string& saved = context.options.text("save");
  const std::string& page = context.options.text("report");
  bool kept = saved != kNone;
  std::string root = std::filesystem::absolute(saved).parent_path().string();
  if (!kept) {
    TRY(root, scratch_folder());
  }
  MiningFolder folder(context.files, root, kept);
  CancelToken whole = context.cancel;
  if (time.limit.us > 0) context.cancel = whole.within(context.clock, time.limit);
  TRY(MinedFile mined, given ? look_through(context, path) : look_through_sample(context, root));
  context.cancel = whole;
  TRY(RunReport report, mine(context, mined, root, saved, time));
  if (page != kNone) TRY_VOID(write_report(context.files, page, run_json(report)));
  if (context.json) {
    context.out.write(run_json(report) + "\n");
    return kExitDone;
  }
  print_run(context.out, report);
  print_next(context.out, report, saved, page);
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"FILE", "a text or Parquet file of rows, such as orders.csv; without it a sample lode has",
     Positional::Count::kOptional}};
constexpr std::array kOptions = with_mining_options(
    std::array{Option{"save", OptionType::kText, kNone,
                      "keep the project under this name, and what it made beside it"},
               Option{"report", OptionType::kText, kNone, "write the report into this HTML file"},
               Option{"time_limit", OptionType::kDuration, "0s",
                      "what the whole may take, such as 60s: options are searched in it, and what "
                      "there is no time for is left out and named. 0s: no search, no limit"}});
constexpr Command kCommand = {.group = CommandGroup::kWork,
                              .positionals = kPositionals,
                              .read_only = false,
                              .run = run,
                              .repeated = kRepeatedMiningOptions};

constinit const Component kComponent = {
    .kind = "command",
    .name = "mine",
    .summary = "learn from a file alone: does a model help, by how much, what to distrust",
    .description =
        "Guesses types, roles, time and entity (each with the flag that decides otherwise), splits "
        "honestly, fits a baseline and models of growing size, judges them on rows they have not "
        "seen and says what came of it. The file is only read. Without --save nothing is left but "
        "the report; with it the project can be edited and run again with `lode run`.",
    .example = "lode mine orders.csv --target returned --report orders.html",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
