// lode score: a model's scores of a project's rows or of a file's, into a file others read.
#include "cli/project_argument.h"
#include "cli/score_text.h"
#include "orchestrate/score_run.h"
#include "orchestrate/scores_run.h"

namespace lode {
namespace {

constexpr std::string_view kNone = "none";

// MODEL and then FILE, PROJECT or both: a project is a folder or a lode.yaml, a file is neither.
struct Asked {
  std::string file;
  std::string project = ".";
};

bool is_project(FileSystem& files, const std::string& path) {
  auto info = files.info(path);
  return (info && info->kind == FileInfo::kDirectory) || path.ends_with(".yaml") ||
         path.ends_with(".yml");
}

Result<Asked> asked(const CommandContext& context) {
  Asked out;
  bool project = false;
  for (const std::string& word : context.arguments("FILE")) {
    if (is_project(context.files, word)) {
      if (project) return fail(Code::kInvalid, "{} and {} are two projects", out.project, word);
      out.project = word;
      project = true;
      continue;
    }
    if (!out.file.empty())
      return fail(Code::kInvalid, "one file is scored at a time, not {} and {}", out.file, word);
    out.file = word;
  }
  if (out.file.empty()) return out;
  TRY(bool there, exists(context.files, out.file));
  if (!there) return fail(Code::kNotFound, "there is no file {}", out.file);
  return out;
}

Result<std::optional<ScoreTarget>> target_of(const CommandContext& context,
                                             const std::string& model) {
  const std::string& path = context.options.text("out");
  if (path == kNone) return std::nullopt;
  ScoreTarget target;
  target.path = path;
  TRY(target.format, score_format(path, context.options.text("to")));
  target.table = context.options.text("table");
  if (target.table == kNone) target.table = model.substr(0, model.find('@'));
  target.overwrite = context.options.flag("overwrite");
  return target;
}

// Of scores that lode.yaml declares, whose rows and files it says.
Result<ScoreRequest> declared_request(const CommandContext& context, const ScoringJob& job,
                                      const Asked& what) {
  for (std::string_view flag : {"all", "changed", "overwrite"})
    if (context.options.flag(flag))
      return fail(Code::kInvalid,
                  "'{}' is declared in lode.yaml, which says its rows and files; "
                  "--{} is for `lode score MODEL`",
                  job.name, flag);
  if (context.options.integer("why") != 0)
    return fail(Code::kInvalid, "'{}' is declared in lode.yaml, where `why` says how many drivers",
                job.name);
  if (!what.file.empty() || context.options.text("out") != kNone)
    return fail(Code::kInvalid,
                "'{}' is declared in lode.yaml, which says its rows and files; `lode score {}` "
                "scores a FILE or writes --out",
                job.name, job.model);
  return request_of(job);
}

Result<ScoreRequest> model_request(const CommandContext& context, const Asked& what) {
  ScoreRequest request;
  request.model = context.argument("MODEL");
  request.file = what.file;
  request.all = context.options.flag("all");
  request.changed = context.options.flag("changed");
  if (request.changed && !request.file.empty())
    return fail(Code::kInvalid, "--changed is about the project's rows; of a file all are scored");
  TRY(std::optional<ScoreTarget> target, target_of(context, request.model));
  if (target) request.targets.push_back(*std::move(target));
  return request;
}

Result<int> run(CommandContext& context) {
  TRY(Asked what, asked(context));
  auto project = project_at(context, what.project);
  if (!project) return project.error();
  const ScoringJob* job = (*project)->scoring_job(context.argument("MODEL"));
  TRY(ScoreRequest request,
      job == nullptr ? model_request(context, what) : declared_request(context, *job, what));
  request.full = context.options.flag("full");
  request.block = context.options.integer("block");
  if (job == nullptr) request.why = context.options.integer("why");
  RunContext run_context{context.files,  context.clock,    context.limits,
                         context.cancel, context.progress, context.options.flag("replace")};
  TRY(ScoreReport report, score_project(**project, request, run_context));
  if (context.json)
    context.out.write(score_json(report) + "\n");
  else
    print_scores(context.out, report);
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"MODEL",
     "a model's NAME (its champion, else its newest version), NAME@VERSION or NAME@ALIAS; or the "
     "name of scores that lode.yaml declares"},
    {"FILE",
     "rows to score instead of the project's, with the columns of their source; and the "
     "project, a lode.yaml or the folder that holds one, if it is not in this folder",
     Positional::Count::kAny}};
constexpr Option kOptions[] = {
    {"out", OptionType::kText, kNone,
     "write the scores into this file; without it they are kept "
     "in the project alone"},
    {"to", OptionType::kText, "auto",
     "what the file is: parquet, csv or duckdb; auto goes by the "
     "ending of its name"},
    {"table", OptionType::kText, kNone, "the table in a DuckDB file; none is the model's name"},
    {"overwrite", OptionType::kBool, "false", "replace the file or the table if it is there"},
    {"all", OptionType::kBool, "false", "score rows that have a label too"},
    {"changed", OptionType::kBool, "false",
     "write only the rows that were scored now, and those that have no score any more, with none"},
    {"why", OptionType::kInt, "0",
     "so many drivers of each score beside it: columns why_1 and why_1_by, what it adds to the "
     "model's margin",
     0, kMostWhy},
    {"full", OptionType::kBool, "false", "score all rows anew, whatever is kept"},
    {"block", OptionType::kInt, "65536",
     "rows that become durable together: what a killed job may have to do again", 1, 16777216},
    {"replace", OptionType::kBool, "false",
     "read sources anew whose files changed other than by growing; their old rows are void"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kWork, .positionals = kPositionals, .read_only = false, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "score",
    .summary = "score rows with a stored model: only what changed, or a file of rows",
    .description =
        "Reads what is new in the sources, then scores the rows of the model's training set that "
        "have no label yet. Rows scored before are left alone unless they have another version, or "
        "what was known of their keys at their time has changed since: what comes out is equal to "
        "scoring all of them, to the bit. Scores are calibrated as the model is stored, and "
        "decided "
        "by its threshold if it has one. A job that was killed goes on where it was. With FILE "
        "the rows of that file are scored, by the same features, and nothing is kept. Scores that "
        "lode.yaml declares under `scores` are brought up to date and given out as it says.",
    .example = "lode score returns --out scores.parquet",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
