#include "orchestrate/run_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace lode {
namespace {

constexpr Duration kLeastForReport = milliseconds(150);
constexpr std::int64_t kReportShare = 25;    // of the limit, one part in so many
constexpr std::int64_t kOvertimeShare = 13;  // the same, behind the limit

}  // namespace

TimePlan::TimePlan(const Clock& clock, const RunTime& time, const CancelToken& cancel)
    : clock_(clock), time_(time), whole_(cancel), models_(cancel) {
  if (!limited()) return;
  Duration limit = time_.limit;
  if (!time_.give_up) {
    models_ = whole_ = cancel.within(clock, left(limit));
    return;
  }
  Duration report = std::max(kLeastForReport, {limit.us / kReportShare});
  whole_ = cancel.within(clock, left(limit + Duration{limit.us / kOvertimeShare}));
  models_ = whole_.within(clock, left(limit - report));
}

Duration TimePlan::left(Duration of) const {
  Duration passed{(clock_.steady_ns() - time_.began_ns) / 1000};
  return std::max(of - passed, Duration{});
}

Status TimePlan::given_up(Status outcome, std::string_view what, RunReport& report) const {
  if (outcome || !give_up() || outcome.error().code() != Code::kLimit || !models_.cancelled() ||
      whole_.cancelled())
    return outcome;
  report.given_up.push_back(fmt::format("{}: no time was left for it", what));
  return {};
}

CancelToken TimePlan::share(double part) const {
  if (!limited()) return models_;
  auto left = static_cast<double>(models_.time_left().us);
  return models_.within(clock_, {static_cast<std::int64_t>(left * part)});
}

double part_of_time(const Project& project, const Model& model, const RunTime& time) {
  constexpr std::int64_t kUntuned = 20;  // one part in so many of the limit
  double own = 0;
  double all = 0;
  bool behind = false;
  for (const Model& one : project.models) {
    behind = behind || &one == &model;
    Duration wanted = one.tune ? one.tune->time : Duration{};
    auto weight = static_cast<double>(std::max(wanted.us, time.limit.us / kUntuned));
    if (&one == &model) own = weight;
    if (behind) all += weight;
  }
  return own / std::max(all, 1.0);
}

Error time_is_over(const RunTime& time, std::string_view station, const RunReport& report,
                   const Project& project) {
  std::string what = fmt::format("--time-limit {} was over at '{}'", text(time.limit), station);
  if (time.give_up)
    return Error(Code::kLimit,
                 fmt::format("{}, before {}; give more", what,
                             report.models.empty() ? "a model was made" : "the report was made"));
  return Error(Code::kLimit,
               fmt::format("{}; kept: what was read of {} of {} sources, {} of {} models; the same "
                           "command again, with more time, does not read again what was read",
                           what, report.sources.size(), project.sources.size(),
                           report.models.size(), project.models.size()));
}

Status check_models_left(RunReport& report) {
  if (report.given_up.empty()) return {};
  if (report.models.empty())
    return fail(Code::kLimit, "not one model could be made within --time-limit {}; give more",
                text(report.time_limit));
  if (report.models.size() == 1)
    report.given_up.push_back(fmt::format(
        "a verdict: {} alone was made, and nothing is there to hold it against; give more time",
        report.models[0].name));
  return {};
}

}  // namespace lode
