#include "orchestrate/run_retries.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrate/run_log.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

constexpr Duration kLongestWait = hours(1);

// The number of the run that has just ended; 0 if it left no record.
std::int64_t newest_run(const Project& project, FileSystem& files) {
  auto store = open_run_records(files, project);
  if (!store) return 0;
  auto runs = (*store)->runs(project.name, 1);
  return !runs || runs->empty() ? 0 : run_number(runs->front()).value_or(0);
}

}  // namespace

Result<RunReport> run_project(const Project& project, const RunContext& context) {
  RunContext attempt = context;
  std::vector<std::string> retried;
  Duration wait = project.retries.wait;
  std::int64_t began = context.clock.steady_ns();
  std::int64_t known = newest_run(project, context.files);
  for (int left = project.retries.times;; --left) {
    Result<RunReport> report = run_once(project, attempt, retried);
    // What else goes wrong goes wrong again: a file that is not as declared, a limit, a budget.
    if (report || report.error().code() != Code::kIo || left == 0) return report;
    std::int64_t run = newest_run(project, context.files);
    retried.push_back(
        fmt::format("{}: {}; begun again after {}",
                    run > known ? fmt::format("run {} failed", run) : "a run could not begin",
                    report.error().text(), short_duration(wait)));
    TRY_VOID(context.wait ? context.wait(wait) : wait_for(context.clock, wait, context.cancel));
    wait = std::min(wait + wait, kLongestWait);
    if (attempt.made_since == 0 && run > known) attempt.made_since = run;
    known = std::max(known, run);
    attempt.spent_seconds = static_cast<double>(context.clock.steady_ns() - began) * 1e-9;
  }
}

}  // namespace lode
