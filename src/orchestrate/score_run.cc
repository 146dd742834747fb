#include "orchestrate/score_run.h"

#include <algorithm>
#include <filesystem>

#include "orchestrate/leftovers.h"
#include "orchestrate/run_log.h"
#include "orchestrate/score_pass.h"
#include "orchestrate/scores_run.h"
#include "orchestrate/source_run.h"
#include "project/lock.h"
#include "telemetry/counted_files.h"
#include "telemetry/metrics.h"

namespace lode {
namespace {

// Scores are not written over what rows are read from, whatever may be replaced.
Status check_not_read(const Project& project, const ScoreRequest& request) {
  auto place = [](const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal();
  };
  for (const ScoreTarget& target : request.targets) {
    std::filesystem::path path = place(target.path);
    if (!request.file.empty() && path == place(request.file))
      return fail(Code::kInvalid, "{} is the file that is scored; write the scores into another",
                  target.path);
    for (const Source& source : project.sources)
      if (std::ranges::any_of(source.files, [&](const auto& file) { return place(file) == path; }))
        return fail(Code::kInvalid,
                    "{} is a file of the source '{}'; write the scores into another", target.path,
                    source.name);
  }
  return {};
}

class ScoreRun {
 public:
  ScoreRun(const Project& project, const ScoreRequest& request, const RunContext& context)
      : project_(project),
        request_(request),
        context_(context),
        budget_(context.limits.memory_bytes),
        pool_(context.limits.threads),
        written_(metrics_.counter("lode_bytes_written_total", "bytes written into files")),
        files_(context.files, written_),
        stations_({context.clock, context.progress, context.cancel, budget_, written_},
                  [this](const StationRecord& station) { return log_->station(station); }) {}

  Result<ScoreReport> run() {
    // What can be refused is refused before anything is read.
    TRY_VOID(check_not_read(project_, request_));
    TRY(ScoreQuestion question, ask(project_, context_.files, context_.clock, request_));
    if (request_.name.empty())
      for (const ScoreTarget& target : request_.targets)
        TRY_VOID(check_target(context_.files, target));
    TRY(ProjectLock lock, ProjectLock::take(files_, project_.root));
    TRY_VOID(remove_leftovers(files_, project_));
    TRY(RunLog log, RunLog::begin(files_, project_, context_.clock, kScoreCommand));
    log_ = &log;
    ScoreReport report;
    Status outcome = work(question, report);
    TRY_VOID(log.end(outcome));
    return report;
  }

 private:
  Status work(const ScoreQuestion& question, ScoreReport& report) {
    TRY_VOID(check_sources(project_));
    std::int64_t held = 0;
    for (const Source& source : project_.sources) {
      TRY(std::int64_t accepted, ingest(source));
      held += accepted;
    }
    ScoreContext scoring{files_,          project_, context_.clock, context_.limits,
                         context_.cancel, budget_,  pool_,          stations_};
    const ScoringJob* job = project_.scoring_job(request_.name);
    TRY(report, job == nullptr
                    ? score_pass(scoring, request_, question, read_)
                    : make_scores(scoring, *job, request_, read_, log_->number(), nullptr));
    tell_whole(report, held);
    return log_->scoring(report);
  }

  Result<std::int64_t> ingest(const Source& source) {
    std::int64_t accepted = 0;
    TRY_VOID(stations_.run({.name = "ingest " + source.name}, [&](Station& station) -> Status {
      SourceContext context{files_,           project_, context_.limits, context_.cancel,
                            context_.replace, {},       &budget_};
      context.advance = [&](std::int64_t rows) { station.advance(rows); };
      TRY(std::int64_t next_seq, next_free_seq(files_, project_));
      TRY(SourceRun run, ingest_source(source, next_seq, context));
      station.read_bytes(run.report.reused ? 0 : run.report.bytes);
      read_.next_seq = std::max(read_.next_seq, run.next_seq);
      read_.zones.emplace(source.name, run.zone);
      accepted = run.report.accepted;
      return {};
    }));
    return accepted;
  }

  // The report is about all of the call, what it read of the sources with it.
  void tell_whole(ScoreReport& report, std::int64_t held) {
    report.records_held = held;
    report.stations = stations_.done();
    report.seconds = stations_.seconds();
    report.bytes_read = 0;
    report.cpu_seconds = 0;
    for (const StationRecord& station : report.stations) {
      report.bytes_read += station.bytes_read;
      report.cpu_seconds += station.cpu_seconds;
    }
    report.bytes_written = static_cast<std::int64_t>(written_.value());
  }

  const Project& project_;
  const ScoreRequest& request_;
  const RunContext& context_;
  MemoryBudget budget_;
  ThreadPool pool_;
  MetricRegistry metrics_;
  Counter& written_;
  CountedFiles files_;
  Stations stations_;
  RunLog* log_ = nullptr;  // of run(), while it goes on
  ReadSources read_;
};

}  // namespace

Result<ScoreReport> score_project(const Project& project, const ScoreRequest& request,
                                  const RunContext& context) {
  return ScoreRun(project, request, context).run();
}

}  // namespace lode
