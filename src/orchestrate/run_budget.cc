#include "orchestrate/run_budget.h"

#include <fmt/format.h>

#include <algorithm>

#include "telemetry/quantity.h"

namespace lode {
namespace {

std::string seconds_text(double seconds) {
  return short_duration({static_cast<std::int64_t>(seconds * 1e6)});
}

std::string bytes_text(double bytes) { return short_bytes(static_cast<std::int64_t>(bytes)); }

double in_seconds(Duration duration) { return static_cast<double>(duration.us) * 1e-6; }

// "time is 1m 0s", "cost is 0.50 EUR": the limits that so much would pass.
struct Passed {
  std::string limit;
  std::string would;  // "3 min 20 s"
};
std::vector<Passed> passed_by(const Project& project, double seconds, double read, double written) {
  const Budget& budget = project.budget;
  std::vector<Passed> passed;
  if (budget.time.us > 0 && seconds > in_seconds(budget.time))
    passed.push_back({fmt::format("time is {}", text(budget.time)), seconds_text(seconds)});
  double cost = cost_of(project, seconds);
  if (budget.cost > 0 && cost > budget.cost)
    passed.push_back(
        {fmt::format("cost is {}", money_text(budget.cost, project.price.currency)),
         fmt::format("{} ({})", money_text(cost, project.price.currency), seconds_text(seconds))});
  if (budget.read > 0 && read > static_cast<double>(budget.read))
    passed.push_back({fmt::format("read is {}", short_bytes(budget.read)),
                      fmt::format("{} of files", bytes_text(read))});
  if (budget.write > 0 && written > static_cast<double>(budget.write))
    passed.push_back({fmt::format("write is {}", short_bytes(budget.write)),
                      fmt::format("{} of disk", bytes_text(written))});
  return passed;
}

std::string step_text(StepKind kind, std::string_view name) {
  return kind == StepKind::kLeaderboards ? "leaderboards"
                                         : fmt::format("{} {}", step_kind_name(kind), name);
}

// The step that takes most of it.
std::string most_of_it(const RunPlan& plan, const std::vector<StepPrice>& prices) {
  auto most = std::ranges::max_element(prices, {}, &StepPrice::seconds);
  const PlannedStep& step = plan.steps[static_cast<std::size_t>(most - prices.begin())];
  return fmt::format("most of it {}: {}, {}", step_text(step.kind, step.name),
                     seconds_text(most->seconds), most->says);
}

}  // namespace

std::vector<std::string> over_budget(const Project& project, const RunPlan& plan,
                                     const std::vector<StepPrice>& prices) {
  std::vector<std::string> over;
  if (!project.budget.declared() || prices.empty()) return over;
  RunPrice run = price_of_run(plan, prices);
  for (const Passed& passed :
       passed_by(project, run.sum.seconds, run.sum.bytes_read, run.sum.bytes_written))
    over.push_back(fmt::format("{}, and the run would take about {} ({})", passed.limit,
                               passed.would, most_of_it(plan, prices)));
  double step_limit = in_seconds(project.budget.step);
  for (std::size_t i = 0; i < prices.size(); ++i)
    if (step_limit > 0 && prices[i].seconds > step_limit)
      over.push_back(fmt::format("step is {}, and {} would take about {} ({})",
                                 text(project.budget.step),
                                 step_text(plan.steps[i].kind, plan.steps[i].name),
                                 seconds_text(prices[i].seconds), prices[i].says));
  return over;
}

Error RunBudget::refusal(std::string what) const {
  return Error(Code::kLimit,
               fmt::format("over budget: {}; `lode plan` shows the estimate, --over-budget makes "
                           "it all the same",
                           what),
               {.file = project_.file.string(),
                .line = project_.budget.place.line,
                .column = project_.budget.place.column});
}

Status RunBudget::check_run(const RunPlan& plan, std::vector<StepPrice> prices) {
  std::vector<std::string> over = over_budget(project_, plan, prices);
  set(plan, std::move(prices));
  if (over.empty()) return {};
  std::string what = over[0];
  for (std::size_t i = 1; i < over.size(); ++i) what += "; " + over[i];
  return fail(refusal(what + "; nothing was begun"));
}

void RunBudget::set(const RunPlan& plan, std::vector<StepPrice> prices) {
  prices_.clear();
  for (std::size_t i = 0; i < prices.size(); ++i)
    if (plan.steps[i].due)
      prices_.push_back({{plan.steps[i].kind, plan.steps[i].name}, std::move(prices[i])});
}

Status RunBudget::check_step(StepKind kind, std::string_view name, const Spent& spent) const {
  auto found = std::ranges::find_if(prices_, [&](const auto& one) {
    return one.first.first == kind && one.first.second == name;
  });
  if (found == prices_.end()) return {};
  const StepPrice& price = found->second;
  std::string would = fmt::format("{} would take about {} ({})", step_text(kind, name),
                                  seconds_text(price.seconds), price.says);
  constexpr std::string_view kKept = "it was not begun, and what was made before it is kept";
  if (project_.budget.step.us > 0 && price.seconds > in_seconds(project_.budget.step))
    return fail(
        refusal(fmt::format("step is {}, and {}; {}", text(project_.budget.step), would, kKept)));
  // What files were read of is behind: only a source that is about to be read adds to it.
  std::vector<Passed> passed = passed_by(project_, spent.seconds + price.seconds, price.bytes_read,
                                         static_cast<double>(spent.written) + price.bytes_written);
  if (passed.empty()) return {};
  return fail(refusal(fmt::format("{}; {} went, and {}: {} in all; {}", passed[0].limit,
                                  seconds_text(spent.seconds), would, passed[0].would, kKept)));
}

}  // namespace lode
