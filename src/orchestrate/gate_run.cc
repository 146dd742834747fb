#include "orchestrate/gate_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/json.h"
#include "base/stored_json.h"
#include "evaluate/alpha_ledger.h"
#include "judge/metric.h"
#include "orchestrate/gate_slices.h"
#include "orchestrate/version_rows.h"

namespace lode {
namespace {

std::string named(const ModelRecord& record) {
  return fmt::format("{}@{}", record.name, record.version);
}

// All that makes it the same question, rows apart.
std::string question_json(const GateQuestion& question) {
  JsonWriter json;
  json.begin_object()
      .field("challenger", text(question.challenger.content))
      .field("champion", text(question.champion.content))
      .field("metric", question.policy.metric)
      .field("least_effect", question.policy.least_effect)
      .key("guards")
      .begin_object();
  for (const GateGuard& guard : question.policy.guards) json.field(guard.metric, guard.margin);
  json.end_object()
      .field("slice_margin", question.policy.slice_margin)
      .field("least_blocks", question.policy.least_blocks)
      .field("alpha", question.alpha)
      .key("slices")
      .begin_array();
  for (const std::string& column : question.slices) json.value(column);
  return json.end_array().end_object().take();
}

// A look on record, as far as the ledger and a repeated question need it.
struct KnownLook {
  std::int64_t event = 0;
  std::string question;
  std::string rows;
  std::string source;
  Period period;
  double alpha = 0;
};

std::optional<KnownLook> known_look(const ModelEvent& event) {
  if (event.kind != ModelEventKind::kGate) return std::nullopt;
  Result<JsonValue> details = parse_json(event.details_json);
  if (!details) return std::nullopt;
  KnownLook look;
  look.event = event.number;
  if (const JsonValue* question = details->find("question")) look.question = question->raw;
  const JsonValue* rows = details->find("evidence");
  if (rows == nullptr) return std::nullopt;
  auto text_of = [&](std::string_view name) {
    const JsonValue* found = rows->find(name);
    return found == nullptr ? std::string() : found->text;
  };
  look.rows = text_of("named");
  look.source = text_of("source");
  Result<ParsedTime> first = parse_timestamp(text_of("first"));
  Result<ParsedTime> last = parse_timestamp(text_of("last"));
  look.alpha = details->at("alpha");
  if (!first || !last || !(look.alpha > 0)) return std::nullopt;
  look.period = {first->t, last->t + microseconds(1)};
  return look;
}

class Gate {
 public:
  Gate(const Project& project, const GateQuestion& question, const GateMeans& means)
      : project_(project), question_(question), means_(means), pool_(means.limits.threads) {}

  Result<GateAnswer> ask(const Act& act) {
    const ModelRecord& challenger = question_.challenger;
    if (challenger.content == question_.champion.content)
      return fail(Code::kInvalid, "{} and {} are one model: there is nothing to decide",
                  named(challenger), named(question_.champion));
    TRY(std::vector<ModelEvent> seen, means_.store.model_events(project_.name, ""));
    TRY(rows_, rows_of_both(project_, means_.files, {challenger, question_.champion},
                            question_.slices, means_.limits, means_.cancel));
    answer_.source = rows_.source;
    answer_.block_unit = rows_.block_unit;
    span_of_rows();
    double alpha = alpha_among(seen);
    TRY(answer_.decision, decide_with(alpha));
    TRY(answer_.challenger, measure(rows_.first));
    TRY(answer_.champion, measure(rows_.second));
    if (!answer_.again) TRY_VOID(record(act, seen));
    return std::move(answer_);
  }

 private:
  void span_of_rows() {
    answer_.first = Timestamp::latest();
    answer_.last = Timestamp::earliest();
    for (std::int64_t row : rows_.rows) {
      Timestamp t{rows_.training.time[static_cast<std::size_t>(row)]};
      answer_.first = std::min(answer_.first, t);
      answer_.last = std::max(answer_.last, t);
    }
  }

  double alpha_among(const std::vector<ModelEvent>& events) {
    AlphaLedger ledger(question_.alpha);
    std::string asked = question_json(question_);
    for (const ModelEvent& event : events) {
      std::optional<KnownLook> look = known_look(event);
      if (!look || look->source != rows_.source) continue;
      if (look->question == asked && look->rows == text(rows_.named)) {
        answer_.again = true;
        answer_.event = look->event;
        return look->alpha;
      }
      ledger.spend(look->period, look->alpha);
    }
    return ledger.allowed({answer_.first, answer_.last + microseconds(1)});
  }

  Result<GateDecision> decide_with(double alpha) {
    GateEvidence evidence{
        .champion = rows_.second,
        .challenger = rows_.first,
        .label = rows_.outcomes.label,
        .number = rows_.outcomes.number,
        .blocks = &rows_.blocks,
        .slices = gate_slices(rows_.training.columns, rows_.rows, question_.slices),
        .same_contract = rows_.same_contract,
        .alpha = alpha,
        .seed = question_.challenger.seed};
    return decide(question_.policy, evidence, pool_, means_.cancel);
  }

  Result<double> measure(const std::vector<double>& scores) {
    TRY(const Metric* metric, find_metric(question_.policy.metric));
    auto value = evaluate(*metric, rows_.outcomes.with(scores));
    return value ? *value : std::numeric_limits<double>::quiet_NaN();
  }

  // Decided by what was seen: where another event came in between, the alpha may be wrong.
  Status record(const Act& act, const std::vector<ModelEvent>& seen) {
    JsonWriter json;
    json.begin_object().key("question").raw(question_json(question_)).key("evidence");
    json.begin_object()
        .field("source", rows_.source)
        .field("named", text(rows_.named))
        .field("first", text(answer_.first))
        .field("last", text(answer_.last))
        .end_object();
    write_decision(json, answer_.decision);
    ModelEvent event{.project = project_.name,
                     .model = question_.challenger.name,
                     .kind = ModelEventKind::kGate,
                     .name = named(question_.champion),
                     .version = question_.challenger.version,
                     .value = std::string(gate_verdict_name(answer_.decision.verdict)),
                     .at = means_.clock.now(),
                     .actor = act.actor,
                     .why = answer_.decision.why,
                     .details_json = json.end_object().take()};
    std::int64_t last = seen.empty() ? 0 : seen.back().number;
    if (!seen.empty()) event.at = std::max(event.at, seen.back().at);
    TRY(answer_.event, means_.store.add_model_event(event, last));
    return {};
  }

  const Project& project_;
  const GateQuestion& question_;
  const GateMeans& means_;
  ThreadPool pool_;
  VersionRows rows_;
  GateAnswer answer_;
};

void write_side(JsonWriter& json, std::string_view key, const ModelRecord& record, double value) {
  json.key(key)
      .begin_object()
      .field("name", record.name)
      .field("version", record.version)
      .field("content", text(record.content))
      .field("value", value)
      .end_object();
}

}  // namespace

GatePolicy default_policy(Task task) {
  GatePolicy policy;
  if (task == Task::kBinary) return policy;
  policy.metric = "rmse";
  policy.guards.clear();
  return policy;
}

Result<GateAnswer> ask_gate(const Project& project, const GateQuestion& question, const Act& act,
                            const GateMeans& means) {
  return Gate(project, question, means).ask(act);
}

void write_answer(JsonWriter& json, const GateQuestion& question, const GateAnswer& answer) {
  write_side(json, "challenger", question.challenger, answer.challenger);
  write_side(json, "champion", question.champion, answer.champion);
  json.field("metric", question.policy.metric)
      .field("source", answer.source)
      .field("first", text(answer.first))
      .field("last", text(answer.last))
      .field("block_unit", answer.block_unit)
      .field("event", answer.event)
      .field("asked_before", answer.again);
  write_decision(json, answer.decision);
}

}  // namespace lode
