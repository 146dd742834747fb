#include "orchestrate/run_diff.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/stored_json.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

// What a run said of its sources, training sets and models, by section and thing.
using Said = std::map<std::pair<std::string, std::string>, std::string>;

constexpr std::pair<std::string_view, std::string_view> kTold[] = {
    {"sources", "rows"},     {"sources", "accepted"},  {"training", "dataset"},
    {"training", "rows"},    {"models", "version"},    {"models", "content"},
    {"models", "algorithm"}, {"models", "train_rows"}, {"models", "test_rows"}};

// A scalar as it stands, a text without its quotes.
std::string shown(const JsonValue& value) {
  return value.kind == JsonValue::Kind::kString ? value.text : std::string(value.raw);
}

void add_metrics(const JsonValue& model, const std::string& name, Said& out) {
  const JsonValue* metrics = model.find("metrics");
  const JsonValue* test = metrics == nullptr ? nullptr : metrics->find("test");
  if (test == nullptr) return;
  for (const auto& [metric, estimate] : test->members)
    if (const JsonValue* value = estimate.find("value"))
      out[{"models", fmt::format("{}: {}", name, metric)}] = shown(*value);
}

Result<Said> said_by(const Project& project, const RunRecord& run, const DiffMeans& means,
                     Diff& out) {
  Said said;
  std::int64_t number = 0;
  std::from_chars(run.id.data(), run.id.data() + run.id.size(), number);
  auto kept = read_report(means.files, project, number);
  if (!kept && kept.error().code() == Code::kNotFound) {
    out.notes.push_back(
        fmt::format("run {} kept no report: it was not done, or made by an older "
                    "lode",
                    run.id));
    return said;
  }
  if (!kept) return fail(kept.error());
  TRY(JsonValue json, parse_json(*kept));
  for (const auto& [list, field] : kTold) {
    const JsonValue* items = json.find(list);
    if (items == nullptr) continue;
    for (const JsonValue& item : items->items) {
      const JsonValue* name = item.find("name");
      const JsonValue* value = item.find(field);
      if (name != nullptr && value != nullptr)
        said[{std::string(list), fmt::format("{}: {}", name->text, field)}] = shown(*value);
    }
  }
  if (const JsonValue* models = json.find("models"))
    for (const JsonValue& model : models->items)
      if (const JsonValue* name = model.find("name")) add_metrics(model, name->text, said);
  if (const JsonValue* lode = json.find("lode")) said[{"code", "lode"}] = shown(*lode);
  return said;
}

double seconds_of(const RunRecord& run) {
  return run.ended ? static_cast<double>((*run.ended - run.started).us) / 1e6 : 0;
}

void add_times(const RunRecord& a, const RunRecord& b, Diff& out) {
  DiffSection times{.name = "seconds", .counts = false};
  times.lines.push_back(
      {"whole run", fmt::format("{:.2f}", seconds_of(a)), fmt::format("{:.2f}", seconds_of(b))});
  std::vector<std::string> order;
  std::map<std::string, std::pair<double, double>> seconds;
  for (const RunRecord* run : {&a, &b})
    for (const StationRecord& station : run->stations) {
      auto [at, is_new] = seconds.try_emplace(station.name, 0, 0);
      if (is_new) order.push_back(station.name);
      (run == &a ? at->second.first : at->second.second) += station.seconds;
    }
  for (const std::string& name : order)
    if (std::max(seconds[name].first, seconds[name].second) >= 0.1)
      times.lines.push_back({name, fmt::format("{:.2f}", seconds[name].first),
                             fmt::format("{:.2f}", seconds[name].second)});
  out.sections.push_back(std::move(times));
}

}  // namespace

Status diff_runs(const Project& project, const RunRecord& a, const RunRecord& b,
                 const DiffMeans& means, Diff& out) {
  DiffSection run{.name = "run"};
  auto put = [&](std::string what, std::string_view first, std::string_view second) {
    if (first != second)
      run.lines.push_back({std::move(what), std::string(first), std::string(second)});
  };
  put("command", a.command, b.command);
  put("state", run_state_text(a), run_state_text(b));
  put("error", a.error, b.error);
  out.sections.push_back(std::move(run));
  TRY(Said first, said_by(project, a, means, out));
  TRY(Said second, said_by(project, b, means, out));
  if (first.empty() || second.empty()) first = second = {};
  Said all = first;
  all.insert(second.begin(), second.end());
  for (const auto& [key, ignored] : all) {
    const auto& [section, what] = key;
    std::string before = first.contains(key) ? first[key] : "";
    std::string after = second.contains(key) ? second[key] : "";
    if (before == after) continue;
    auto at = std::ranges::find(out.sections, section, &DiffSection::name);
    if (at == out.sections.end()) at = out.sections.insert(at, DiffSection{.name = section});
    at->lines.push_back({what, before, after});
  }
  add_times(a, b, out);
  return {};
}

}  // namespace lode
