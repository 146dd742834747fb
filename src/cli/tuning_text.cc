#include "cli/tuning_text.h"

#include <algorithm>
#include <cmath>

#include "cli/metric_text.h"
#include "cli/text_table.h"

namespace lode {
namespace {

constexpr std::size_t kMostShown = 8;  // trials of a model

bool searched(const ModelReport& model) {
  return model.tuning.asked() && model.tuning.why_not.empty();
}

std::string loss_text(const TuningReport& tuning, double loss) {
  if (std::isnan(loss)) return "-";
  return tuning.metric == "log_loss" ? fmt::format("{:.5f}", loss) : digits_text(loss);
}

// "30 of 40 trials, 12 dropped"
std::string trials_text(const TuningReport& tuning) {
  auto dropped = std::ranges::count(tuning.trials, "dropped", &TrialReport::state);
  auto refused = std::ranges::count(tuning.trials, "refused", &TrialReport::state);
  std::string out = fmt::format("{} of {}", tuning.trials.size(), tuning.most);
  if (dropped > 0) out += fmt::format(", {} dropped", dropped);
  if (refused > 0) out += fmt::format(", {} refused", refused);
  return out;
}

std::string time_text(const TuningReport& tuning) {
  std::string out = fmt::format("{:.1f} s", tuning.seconds);
  if (tuning.limit.us > 0)
    out += fmt::format(" of {:.1f}", static_cast<double>(tuning.limit.us) * 1e-6);
  return out;
}

std::string test_text(const TuningReport& tuning) {
  for (const TuningTest& test : tuning.test)
    if (test.metric == tuning.metric) return metric_difference(test.metric, test.difference);
  return tuning.chosen == 0 ? "as declared" : "-";
}

void print_trials(Output& out, const ModelReport& model) {
  const TuningReport& tuning = model.tuning;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < tuning.trials.size(); ++i)
    if (tuning.trials[i].state == "finished") order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return tuning.trials[i].loss; });
  std::vector<std::string> headers = {model.name, "loss"};
  for (const auto& [name, value] : tuning.trials[0].options) headers.push_back(name);
  TextTable table(headers);
  for (std::size_t at = 0; at < order.size(); ++at) {
    std::size_t i = order[at];
    if (at >= kMostShown && i != 0 && i != tuning.chosen) continue;
    std::string name = i == 0 ? "trial 1, declared" : fmt::format("trial {}", i + 1);
    if (i == tuning.chosen) name += ", chosen";
    std::vector<Cell> row = {name, loss_text(tuning, tuning.trials[i].loss)};
    for (const auto& [option, value] : tuning.trials[i].options) row.emplace_back(value);
    table.row(std::move(row));
  }
  out.write("\n");
  table.print(out);
}

}  // namespace

void print_given_up(Output& out, const RunReport& report) {
  if (report.given_up.empty()) return;
  out.print("\n{}\n",
            out.bold(fmt::format("Given up for the limit of {}", text(report.time_limit))));
  for (const std::string& what : report.given_up) out.print("{}\n", what);
}

void print_tuning(Output& out, const RunReport& report) {
  if (std::ranges::none_of(report.models, [](const auto& m) { return m.tuning.asked(); })) return;
  out.print("\n{}\n", out.bold("Options tried"));
  TextTable table({"model", "trials", "time", "rows scored", "on the test rows"});
  for (const ModelReport& model : report.models)
    if (searched(model))
      table.row({model.name, trials_text(model.tuning), time_text(model.tuning), model.tuning.rows,
                 test_text(model.tuning)});
  if (table.rows() > 0) table.print(out);
  for (const ModelReport& model : report.models)
    if (model.tuning.asked()) out.print("{}: {}\n", model.name, model.tuning.says);
  for (const ModelReport& model : report.models)
    if (searched(model) && model.tuning.trials.size() > 1) print_trials(out, model);
}

}  // namespace lode
