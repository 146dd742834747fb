#include "orchestrate/score_pass.h"

#include <algorithm>
#include <optional>

#include "orchestrate/score_file.h"
#include "orchestrate/score_job.h"
#include "orchestrate/score_why.h"
#include "orchestrate/source_run.h"
#include "serve/score_log.h"

namespace lode {
namespace {

class ScorePass {
 public:
  ScorePass(const ScoreContext& context, const ScoreRequest& request, const ScoreQuestion& question)
      : context_(context),
        request_(request),
        question_(question),
        begun_(context.stations.done().size()),
        began_(context.stations.seconds()) {}

  Result<ScoreReport> run(const ReadSources& read) {
    describe();
    TRY_VOID(note_inputs(read));
    if (question_.why > 0) {
      TRY(why_, ScoreWhy::make(context_.project, context_.files, context_.limits, question_,
                               context_.pool, context_.cancel));
      means_.why = &*why_;
    }
    TRY(Table scores, request_.file.empty() ? score_kept(means_, read.zones, read.next_seq - 1)
                                            : score_file(means_, read.next_seq - 1));
    count_flagged(scores);
    if (!request_.targets.empty()) {
      Table given = given_out(std::move(scores));
      for (const ScoreTarget& target : request_.targets) TRY_VOID(write(given, target));
    }
    count_stations();
    return std::move(report_);
  }

 private:
  void describe() {
    report_.project = context_.project.name;
    report_.name = request_.name;
    report_.model = question_.record.name;
    report_.version = question_.record.version;
    report_.content = text(question_.record.content);
    report_.algorithm = question_.record.algorithm;
    report_.from = question_.set.name;
    report_.threshold = question_.threshold;
    if (!request_.file.empty())
      report_.selection = "rows of " + base_name(request_.file);
    else
      report_.selection = request_.all ? "all rows" : "rows without a label";
    if (request_.since) report_.selection += " since " + text(*request_.since);
  }

  Status note_inputs(const ReadSources& read) {
    for (const std::string& source : question_.sources())
      report_.read.push_back({"source", source, text(read.zones.find(source)->second)});
    if (request_.file.empty()) return {};
    TRY(std::string bytes, context_.files.read(request_.file));
    report_.read.push_back({"file", request_.file, text(content_hash(bytes))});
    return {};
  }

  void count_flagged(const Table& scores) {
    if (!request_.file.empty()) report_.standing = scores.rows;
    const Column* decision = scores.find("decision");
    for (std::int64_t row = 0; row < scores.rows; ++row)
      if (!decision->is_null(row) && decision->boolean(row)) ++report_.flagged;
  }

  Status write(const Table& scores, const ScoreTarget& target) {
    return context_.stations.run(
        {.name = means_.station("write " + base_name(target.path)), .total = scores.rows},
        [&](Station& station) -> Status {
          station.advance(scores.rows);
          report_.outputs.push_back(target.path);
          std::string scratch = state_path(context_.project, "tmp");
          TRY_VOID(context_.files.make_directories(scratch));
          TRY_VOID(write_scores(context_.files, scores, target, scratch));
          report_.written.push_back(left_in(context_.files, target));
          return {};
        });
  }

  // As others are given them: with the model that made them, and without what is the log's own.
  Table given_out(Table scores) const {
    ColumnBuilder model(Type::string());
    std::string name = question_.model_text();
    for (std::int64_t row = 0; row < scores.rows; ++row) model.append_string(name);
    std::vector<Field> fields = scores.schema.fields();
    fields.push_back({"model", Type::string()});
    scores.schema = Schema(std::move(fields));
    scores.columns.push_back(model.finish());
    std::vector<std::string> wanted = request_.columns;
    if (wanted.empty()) {
      for (const Field& field : scores.schema.fields())
        if (field.name != kRowColumn) wanted.push_back(field.name);
    } else if (question_.why > 0) {
      for (const Field& field : why_fields(question_.why)) wanted.push_back(field.name);
    }
    Table out{{}, {}, scores.rows};
    std::vector<Field> given;
    for (const std::string& column : wanted) {
      std::size_t at = *scores.schema.find(column);
      given.push_back(scores.schema[at]);
      out.columns.push_back(scores.columns[at]);
    }
    out.schema = Schema(std::move(given));
    return out;
  }

  void count_stations() {
    const std::vector<StationRecord>& done = context_.stations.done();
    report_.stations.assign(done.begin() + static_cast<std::ptrdiff_t>(begun_), done.end());
    for (const StationRecord& station : report_.stations) {
      report_.bytes_read += station.bytes_read;
      report_.bytes_written += station.bytes_written;
      report_.cpu_seconds += station.cpu_seconds;
    }
    report_.seconds = context_.stations.seconds() - began_;
  }

  const ScoreContext& context_;
  const ScoreRequest& request_;
  const ScoreQuestion& question_;
  std::size_t begun_;  // stations before it
  double began_;
  ScoreReport report_;
  std::optional<ScoreWhy> why_;
  ScoreMeans means_{context_.files,    context_.project, question_,       request_,
                    context_.limits,   context_.cancel,  context_.budget, context_.pool,
                    context_.stations, report_};
};

}  // namespace

ScoredThing left_in(FileSystem& files, const ScoreTarget& target) {
  if (target.format == ScoreFormat::kDuckDb)
    return {"table", fmt::format("{}#{}", target.path, target.table),
            has_target(files, target) ? "there" : ""};
  auto bytes = files.read(target.path);
  return {"file", target.path, bytes ? text(content_hash(*bytes)) : ""};
}

Result<ScoreReport> score_pass(const ScoreContext& context, const ScoreRequest& request,
                               const ScoreQuestion& question, const ReadSources& read) {
  return ScorePass(context, request, question).run(read);
}

}  // namespace lode
