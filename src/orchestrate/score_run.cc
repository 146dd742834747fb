#include "orchestrate/score_run.h"

#include <algorithm>

#include "base/process_usage.h"
#include "orchestrate/leftovers.h"
#include "orchestrate/score_file.h"
#include "orchestrate/score_job.h"
#include "orchestrate/stations.h"
#include "project/lock.h"
#include "serve/score_log.h"
#include "telemetry/counted_files.h"
#include "telemetry/metrics.h"

namespace lode {
namespace {

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
                  [this](const StationRecord& station) -> Status {
                    report_.bytes_read += station.bytes_read;
                    return {};
                  }) {}

  Result<ScoreReport> run() {
    TRY(ScoreQuestion question, ask(project_, context_.files, context_.clock, request_.model));
    describe(question);
    if (request_.target) TRY_VOID(check_target(context_.files, *request_.target));
    TRY(ProjectLock lock, ProjectLock::take(files_, project_.root));
    TRY_VOID(remove_leftovers(files_, project_));
    TRY_VOID(check_sources(project_));
    for (const Source& source : project_.sources) TRY_VOID(ingest(source));
    ScoreMeans means{files_,          project_, question, request_,  context_.limits,
                     context_.cancel, budget_,  pool_,    stations_, report_};
    TRY(Table scores, request_.file.empty() ? score_kept(means, zones_, next_seq_ - 1)
                                            : score_file(means, next_seq_ - 1));
    count_flagged(scores);
    if (request_.target) TRY_VOID(write(question, std::move(scores)));
    report_.stations = stations_.done();
    report_.seconds = stations_.seconds();
    for (const StationRecord& station : report_.stations)
      report_.cpu_seconds += station.cpu_seconds;
    report_.bytes_written = static_cast<std::int64_t>(written_.value());
    return std::move(report_);
  }

 private:
  void describe(const ScoreQuestion& question) {
    report_.project = project_.name;
    report_.model = question.record.name;
    report_.version = question.record.version;
    report_.content = text(question.record.content);
    report_.algorithm = question.record.algorithm;
    report_.from = question.set.name;
    report_.threshold = question.threshold;
    if (!request_.file.empty())
      report_.selection = "rows of " + base_name(request_.file);
    else
      report_.selection = request_.all ? "all rows" : "rows without a label";
  }

  Status ingest(const Source& source) {
    return stations_.run({.name = "ingest " + source.name}, [&](Station& station) -> Status {
      SourceContext context{files_,           project_, context_.limits, context_.cancel,
                            context_.replace, {},       &budget_};
      context.advance = [&](std::int64_t rows) { station.advance(rows); };
      TRY(std::int64_t next_seq, next_free_seq(files_, project_));
      TRY(SourceRun run, ingest_source(source, next_seq, context));
      station.read_bytes(run.report.reused ? 0 : run.report.bytes);
      next_seq_ = std::max(next_seq_, run.next_seq);
      zones_.emplace(source.name, run.zone);
      report_.records_held += run.report.accepted;
      return {};
    });
  }

  void count_flagged(const Table& scores) {
    if (!request_.file.empty()) report_.standing = scores.rows;
    const Column* decision = scores.find("decision");
    for (std::int64_t row = 0; row < scores.rows; ++row)
      if (!decision->is_null(row) && decision->boolean(row)) ++report_.flagged;
  }

  Status write(const ScoreQuestion& question, Table scores) {
    return stations_.run(
        {.name = "write " + base_name(request_.target->path), .total = scores.rows},
        [&](Station& station) -> Status {
          station.advance(scores.rows);
          report_.output = request_.target->path;
          std::string scratch = state_path(project_, "tmp");
          TRY_VOID(files_.make_directories(scratch));
          return write_scores(files_, given_out(question, std::move(scores)), *request_.target,
                              scratch);
        });
  }

  // As others are given them: with the model that made them, and without what is the log's own.
  static Table given_out(const ScoreQuestion& question, Table scores) {
    std::vector<Field> fields;
    std::vector<Column> columns;
    for (std::size_t c = 0; c < scores.columns.size(); ++c) {
      if (scores.schema[c].name == kRowColumn) continue;
      fields.push_back(scores.schema[c]);
      columns.push_back(std::move(scores.columns[c]));
    }
    ColumnBuilder model(Type::string());
    std::string name = question.model_text();
    for (std::int64_t row = 0; row < scores.rows; ++row) model.append_string(name);
    fields.push_back({"model", Type::string()});
    columns.push_back(model.finish());
    return {Schema(std::move(fields)), std::move(columns), scores.rows};
  }

  const Project& project_;
  const ScoreRequest& request_;
  const RunContext& context_;
  MemoryBudget budget_;
  ThreadPool pool_;
  MetricRegistry metrics_;
  Counter& written_;
  CountedFiles files_;
  ScoreReport report_;
  Stations stations_;
  std::map<std::string, ContentHash, std::less<>> zones_;
  std::int64_t next_seq_ = 0;
};

}  // namespace

Result<ScoreReport> score_project(const Project& project, const ScoreRequest& request,
                                  const RunContext& context) {
  return ScoreRun(project, request, context).run();
}

}  // namespace lode
