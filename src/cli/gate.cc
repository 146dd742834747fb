// lode gate: whether a version of a model may take another's place.
#include <charconv>

#include "base/json.h"
#include "cli/person.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "mine/algorithm.h"
#include "orchestrate/gate_run.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < list.size();) {
    std::size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) out.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

// "calibration_error=0.01,brier=0.002".
Result<std::vector<GateGuard>> guards_of(const std::string& list) {
  std::vector<GateGuard> guards;
  for (const std::string& word : words_of(list)) {
    std::size_t equals = word.find('=');
    GateGuard guard{.metric = word.substr(0, equals)};
    const char* end = word.data() + word.size();
    if (equals == std::string::npos) end = nullptr;
    auto [stopped, status] = equals == std::string::npos
                                 ? std::from_chars_result{nullptr, std::errc::invalid_argument}
                                 : std::from_chars(word.data() + equals + 1, end, guard.margin);
    if (status != std::errc() || stopped != end)
      return fail(Code::kInvalid, "'{}' is no guard; write METRIC=MARGIN, several with commas",
                  word);
    guards.push_back(std::move(guard));
  }
  return guards;
}

// What is live of the challenger's name, or what was named.
Result<ModelRecord> champion_of(CommandContext& context, Registry& registry,
                                const ModelRecord& challenger) {
  const std::string& against = context.options.text("against");
  if (against != kChampion) return registry.find(against);
  auto champion = registry.find(fmt::format("{}@{}", challenger.name, kChampion));
  if (champion || champion.error().code() != Code::kNotFound) return champion;
  return fail(Code::kInvalid,
              "model {} has no champion yet; say --against NAME@VERSION, or make one: "
              "`lode registry promote {}@{}`",
              challenger.name, challenger.name, challenger.version);
}

Result<GateQuestion> question_of(CommandContext& context, Registry& registry) {
  GateQuestion question;
  TRY(question.challenger, registry.find(context.argument("CHALLENGER")));
  TRY(question.champion, champion_of(context, registry, question.challenger));
  question.policy = default_policy(task_of(question.challenger.algorithm));
  const std::string& metric = context.options.text("metric");
  if (metric != "auto") question.policy.metric = metric;
  const std::string& guards = context.options.text("guards");
  if (guards == "none") {
    question.policy.guards.clear();
  } else if (guards != "auto") {
    TRY(question.policy.guards, guards_of(guards));
  }
  question.policy.least_effect = context.options.number("least-effect");
  question.policy.slice_margin = context.options.number("slice-margin");
  question.alpha = context.options.number("alpha");
  if (context.options.text("slices") != "none")
    question.slices = words_of(context.options.text("slices"));
  return question;
}

void print_answer(Output& out, const GateQuestion& question, const GateAnswer& answer,
                  bool promoted) {
  const GateDecision& decision = answer.decision;
  out.print("{}: {}\n", out.bold(gate_verdict_name(decision.verdict)), decision.why);
  TextTable table({"", "version", question.policy.metric});
  table.row(
      {question.challenger.name, question.challenger.version, Cell::number(answer.challenger, 5)});
  table.row({question.champion.name, question.champion.version, Cell::number(answer.champion, 5)});
  table.print(out);
  for (const GateCheck& check : decision.checks) out.print("  {}\n", check.sentence);
  if (!decision.unjudged.empty())
    out.print("  slices that could not be judged: {}\n", unjudged_text(decision));
  out.print("{} rows of {} that both were tested on, {} blocks by {}, alpha {:.4g} of this look\n",
            decision.rows, answer.source, decision.blocks, answer.block_unit, decision.alpha);
  if (answer.again)
    out.print("Asked before: this is the answer of event {}, and took no alpha.\n", answer.event);
  if (promoted)
    out.print("{} version {} is its champion now.\n", question.challenger.name,
              question.challenger.version);
  else if (decision.verdict == GateVerdict::kPromote)
    out.print("Nothing was promoted: --promote does it, or `lode registry promote {}@{}`.\n",
              question.challenger.name, question.challenger.version);
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  Registry registry(*store, (*project)->name, context.clock);
  TRY(GateQuestion question, question_of(context, registry));
  GateMeans means{context.files, *store, context.clock, context.limits, context.cancel};
  TRY(GateAnswer answer, ask_gate(**project, question, {person(context), ""}, means));
  bool promote =
      context.options.flag("promote") && answer.decision.verdict == GateVerdict::kPromote;
  if (promote) {
    TRY(Standing standing, registry.standing(question.challenger.name));
    auto now = standing.aliases.find(std::string(kChampion));
    if (now == standing.aliases.end() || now->second != question.challenger.version) {
      JsonWriter details;
      details.begin_object();
      write_answer(details, question, answer);
      details.end_object();
      TRY(ModelEvent event,
          registry.promote(
              fmt::format("{}@{}", question.challenger.name, question.challenger.version),
              kChampion, {"gate", answer.decision.why, details.take()}));
    }
  }
  if (context.json) {
    JsonWriter json;
    json.begin_object();
    write_answer(json, question, answer);
    json.field("promoted", promote).end_object();
    context.out.write(json.take() + "\n");
  } else {
    print_answer(context.out, question, answer, promote);
  }
  return answer.decision.verdict == GateVerdict::kPromote ? kExitDone : kExitNo;
}

constexpr Positional kPositionals[] = {
    {"CHALLENGER", "the model that may take the place: NAME, NAME@VERSION or NAME@ALIAS"},
    kProjectArgument};
constexpr Option kOptions[] = {
    {"against", OptionType::kText, "champion",
     "the model it is held against, as CHALLENGER; champion is that of its own name"},
    {"promote", OptionType::kBool, "false", "make it the champion if the gate says so"},
    {"metric", OptionType::kText, "auto",
     "what it must be better on; auto is log_loss, of numbers rmse"},
    {"guards", OptionType::kText, "auto",
     "METRIC=MARGIN with commas: no worse by more; auto is calibration_error=0.01, of numbers "
     "none"},
    {"least-effect", OptionType::kNumber, "0",
     "the least gain worth a change, in the metric's unit", 0},
    {"slices", OptionType::kText, "none",
     "columns of its training set, with commas: no value of them may be shown to be worse"},
    {"slice-margin", OptionType::kNumber, "0.02", "by how much, in the metric's unit", 0},
    {"alpha", OptionType::kNumber, "0.05", "the chance of error of all looks at the same rows",
     1e-6, 0.49},
    {"by", OptionType::kText, "me", "who asks; me is the user who is logged in"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kWork, .positionals = kPositionals, .read_only = false, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "gate",
    .summary = "whether a version of a model may take the champion's place",
    .description =
        "Holds two versions against each other on the rows that both were tested on and neither "
        "was "
        "trained on, as kept by the last run. Exit status 0: promote; 1: keep the champion, or not "
        "decided yet (--json says which, and how many more labels it takes). The answer stands in "
        "`lode registry history`. All looks at the same rows share alpha, those on record among "
        "them; the same question asked again is answered as before and takes none.",
    .example = "lode gate windows --against static examples/flights --promote",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
