#include "orchestrate/score_job.h"

#include <algorithm>
#include <optional>

#include "orchestrate/score_records.h"
#include "orchestrate/score_work.h"
#include "serve/score_compaction.h"
#include "serve/score_log.h"
#include "serve/score_state.h"

namespace lode {
namespace {

// Blocks whose columns are made together where windows are bounded: views are read once for them.
constexpr std::int64_t kBlocksTogether = 4;

template <typename Kept>
Result<std::optional<Kept>> read_kept(FileSystem& files, const std::string& path,
                                      Result<Kept> (*parse)(std::string_view)) {
  TRY(bool there, exists(files, path));
  if (!there) return std::nullopt;
  TRY(std::string bytes, files.read(path));
  auto parsed = parse(bytes);
  if (!parsed) return fail(parsed.error().at({.file = path}));
  return std::optional<Kept>(*std::move(parsed));
}

class KeptScores {
 public:
  KeptScores(const ScoreMeans& means, const RawZones& zones, std::int64_t cut)
      : means_(means),
        question_(means.question),
        zones_(zones),
        cut_(cut),
        folder_(means.request.name.empty()
                    ? kept_scores_path(means.project, means.question.record.name, means.request.all,
                                       means.request.why)
                    : declared_scores_path(means.project, means.request.name)) {}

  Result<Table> run() {
    TRY(plan_, make_feature_plan(question_.project, texts_));
    TRY_VOID(means_.files.make_directories(folder_));
    if (means_.request.full) TRY_VOID(forget());
    TRY(state_, read_kept<ScoreState>(means_.files, state_path(), parse_score_state));
    TRY(std::optional<ScoreJob> killed,
        read_kept<ScoreJob>(means_.files, job_path(), parse_score_job));
    TRY_VOID(remove_what_a_kill_left(killed));
    if (killed) TRY_VOID(go_on(*killed));
    if (!killed && state_) TRY_VOID(compact());
    TRY(std::string why, why_all());
    if (!why.empty())
      TRY_VOID(begin(all_rows(why)));
    else if (state_->cut < cut_)
      TRY_VOID(begin(what_came_since()));
    return scores();
  }

 private:
  std::string state_path() const { return join_path(folder_, "state"); }
  std::string job_path() const { return join_path(folder_, "job"); }
  std::string log_path(std::int64_t generation) const {
    return generation_path(folder_, generation);
  }

  Result<ZoneOptions> log_options() const {
    ZoneOptions options;
    options.scratch = lode::state_path(means_.project, "tmp");
    options.files = &means_.files;
    options.threads = means_.limits.threads;
    TRY_VOID(means_.files.make_directories(options.scratch));
    return options;
  }
  Result<ScoreLog> open_log(std::int64_t generation) const {
    TRY(ZoneOptions options, log_options());
    return ScoreLog::open(log_path(generation), std::move(options));
  }

  Status remove_what_a_kill_left(const std::optional<ScoreJob>& killed) const {
    std::vector<std::int64_t> kept;
    if (state_) kept.push_back(state_->generation);
    if (killed) kept.push_back(killed->generation);
    return remove_other_generations(means_.files, folder_, kept);
  }

  // It saves reading later on: where there is no room for it now, scoring goes on without.
  Status compact() {
    TRY(ScoreLog log, open_log(state_->generation));
    if (!compaction_pays(*state_, log.parts())) return {};
    Status done = means_.stations.run(
        {.name = means_.station("compact"), .total = state_->rows, .unit = "rows"},
        [&](Station& station) -> Status {
          TRY(MemoryBudget::Hold hold,
              means_.budget.hold("scores of model " + question_.record.name,
                                 state_->entries * entry_bytes()));
          TRY(ZoneOptions options, log_options());
          TRY(ScoreState next, compact_scores(means_.files, folder_, *state_, options));
          means_.report.compacted = state_->entries - next.entries;
          state_ = std::move(next);
          station.advance(state_->rows);
          return {};
        });
    if (done || done.error().code() != Code::kLimit) return done;
    return remove_other_generations(means_.files, folder_, {state_->generation});
  }

  // --full: nothing of what is kept counts, not even what is damaged.
  Status forget() const {
    TRY_VOID(remove_tree(means_.files, folder_));
    return means_.files.make_directories(folder_);
  }

  Status remove_job() const {
    TRY_VOID(means_.files.remove(job_path()));
    return means_.files.sync_directory(folder_);
  }

  // Whether the sources have only grown since.
  Result<std::string> replaced(const std::string& name, const ContentHash& zone) const {
    auto now = zones_.find(name);
    if (now == zones_.end()) return name;
    if (now->second == zone) return std::string();
    ZoneOptions options;
    options.files = &means_.files;
    TRY(ParquetZone raw,
        ParquetZone::open(raw_zone_path(means_.project, *means_.project.source(name)), options));
    TRY(bool grew, raw.grew_from(zone));
    return grew ? std::string() : name;
  }

  template <typename Kept>
  std::string differs(const Kept& kept) const {
    if (kept.content != question_.record.content)
      return kept.version == question_.record.version
                 ? "the model is another"
                 : fmt::format("model changed {} -> {}", kept.version, question_.record.version);
    if (kept.definition != question_.definition)
      return "the declaration of the rows or their columns changed";
    if (kept.threshold != question_.threshold_text())
      return fmt::format("threshold changed {} -> {}", kept.threshold, question_.threshold_text());
    return "";
  }

  // Why all rows are due; "" if only what changed is.
  Result<std::string> why_all() const {
    if (means_.request.full) return std::string("asked for by --full");
    if (!state_) return std::string("none is kept");
    if (std::string why = differs(*state_); !why.empty()) return why;
    for (const ScoredSource& source : state_->sources) {
      TRY(std::string name, replaced(source.name, source.zone));
      if (!name.empty()) return fmt::format("source {} was read anew", name);
    }
    return std::string();
  }

  ScoreJob job() const {
    ScoreJob job;
    job.model = question_.record.name;
    job.version = question_.record.version;
    job.content = question_.record.content;
    job.definition = question_.definition;
    job.threshold = question_.threshold_text();
    job.cut = cut_;
    job.block = means_.request.block;
    for (const std::string& name : question_.sources())
      job.sources.emplace_back(name, zones_.find(name)->second);
    return job;
  }

  ScoreJob all_rows(std::string why) const {
    ScoreJob out = job();
    out.generation = state_ ? state_->generation + 1 : 1;
    out.why = std::move(why);
    return out;
  }

  ScoreJob what_came_since() const {
    ScoreJob out = job();
    out.generation = state_->generation;
    out.after = state_->cut;
    out.base = state_->entries;
    out.base_log = state_->log;
    return out;
  }

  Status begin(const ScoreJob& job) {
    if (job.base == 0) TRY_VOID(remove_tree(means_.files, log_path(job.generation)));
    TRY_VOID(write_atomically(means_.files, job_path(), score_job_text(job)));
    return perform(job);
  }

  // Goes on with a job that was killed, if what it was to do still is to be done.
  Status go_on(const ScoreJob& job) {
    bool done = state_ && state_->generation == job.generation && state_->cut >= job.cut;
    bool same = differs(job).empty() && (job.after < 0 || (state_ && state_->cut == job.after &&
                                                           state_->generation == job.generation));
    for (const auto& [name, zone] : job.sources) {
      TRY(std::string other, replaced(name, zone));
      same = same && other.empty();
    }
    if (done) return remove_job();
    if (same) {
      TRY(ScoreLog log, open_log(job.generation));
      means_.report.resumed = log.entries() - job.base;
      return perform(job);
    }
    if (job.base_log) {
      TRY(ScoreLog log, open_log(job.generation));
      TRY_VOID(log.go_back(*job.base_log));
    } else {
      TRY_VOID(remove_tree(means_.files, log_path(job.generation)));
    }
    return remove_job();
  }

  Status perform(const ScoreJob& job) {
    if (!since_ || job.base == 0) since_ = job.base;
    if (!job.why.empty()) means_.report.why_all = job.why;
    Arrivals arrivals{job.after, job.cut};
    ScoringRecords records;
    TRY_VOID(means_.stations.run(
        {.name = means_.station("read records")}, [&](Station& station) -> Status {
          SourceContext context = means_.source_context();
          context.advance = [&](std::int64_t rows) { station.advance(rows); };
          const auto* before = job.after < 0 ? nullptr : &state_->sources;
          TRY(records, records_for(question_, plan_, arrivals, before, context));
          station.read_bytes(records.bytes);
          means_.report.records += records.records;
          return {};
        }));
    TRY(ScoreLog log, open_log(job.generation));
    TRY(ScoreWork work,
        work_of(question_, plan_, records, arrivals, means_.request.all, means_.report));
    TRY(std::int64_t rows, find_gone(job, log, work));
    TRY_VOID(append(job, records, work, log));
    // What was refused, now or before the job was killed, has no score.
    if (!means_.report.refused.empty() || means_.report.resumed > 0) {
      TRY(std::vector<std::int64_t> live, log.current_rows(log.entries()));
      rows = std::ssize(live);
    }
    return end(job, records, log, rows);
  }

  // Leaves in work.gone those that have a score. Returns how many rows will.
  Result<std::int64_t> find_gone(const ScoreJob& job, ScoreLog& log, ScoreWork& work) const {
    std::int64_t before = job.after < 0 ? 0 : state_->rows;
    std::vector<std::int64_t> older;
    std::int64_t fresh = 0;
    for (std::int64_t i : work.scored) {
      std::int64_t order = work.rows.order[static_cast<std::size_t>(i)];
      if (order > job.after)
        ++fresh;
      else
        older.push_back(order);
    }
    if (older.empty() && work.gone.empty()) return before + fresh;
    TRY(std::vector<std::int64_t> live, log.current_rows(job.base));
    auto stands = [&](std::int64_t order) { return std::ranges::binary_search(live, order); };
    std::erase_if(work.gone, [&](std::int64_t order) { return !stands(order); });
    std::int64_t back = std::ranges::count_if(older, [&](std::int64_t o) { return !stands(o); });
    means_.report.gone += std::ssize(work.gone);
    return before + fresh + back - std::ssize(work.gone);
  }

  // Entries first to come: of rows that are gone, then of scored ones. Those the log has are left.
  Status append(const ScoreJob& job, const ScoringRecords& records, const ScoreWork& work,
                ScoreLog& log) {
    auto gone = std::ssize(work.gone);
    std::int64_t total = gone + std::ssize(work.scored);
    std::int64_t done = log.entries() - job.base;
    if (done > total)
      return fail(Code::kCorrupt,
                  "more scores are kept than there were to be; `lode score --full` "
                  "makes them anew");
    if (done < gone) {
      if (done != 0) return fail(Code::kCorrupt, "half of what is gone is kept; --full mends it");
      TRY(Table entries, gone_entries(question_, work.gone));
      TRY_VOID(log.append(std::move(entries)));
      done = gone;
    }
    return means_.stations.run(
        {.name = means_.station("score"), .total = total - done}, [&](Station& station) -> Status {
          TRY(SeenRecords seen, SeenRecords::make(question_, plan_, records.tables));
          std::span<const std::int64_t> left(work.scored);
          left = left.subspan(static_cast<std::size_t>(done - gone));
          std::size_t together = is_bounded(plan_)
                                     ? static_cast<std::size_t>(kBlocksTogether * job.block)
                                     : std::max<std::size_t>(left.size(), 1);
          for (std::size_t at = 0; at < left.size(); at += together) {
            TRY_VOID(means_.cancel.check());
            TRY_VOID(score_stretch(job, records, seen, work,
                                   left.subspan(at, std::min(together, left.size() - at)), log,
                                   station));
          }
          return {};
        });
  }

  // Rows near each other in time: their columns are made together, and become durable block by
  // block.
  Status score_stretch(const ScoreJob& job, const ScoringRecords& records, const SeenRecords& seen,
                       const ScoreWork& work, std::span<const std::int64_t> positions,
                       ScoreLog& log, Station& station) {
    const Table& all = records.tables.at(question_.set.rows);
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> orders;
    for (std::int64_t i : positions) {
      rows.push_back(work.rows.row[static_cast<std::size_t>(i)]);
      orders.push_back(work.rows.order[static_cast<std::size_t>(i)]);
    }
    Table taken;
    taken.schema = all.schema;
    taken.rows = std::ssize(rows);
    for (const Column& column : all.columns) taken.columns.push_back(column.take(rows));
    const Column& time = *taken.find(kTimeColumn);
    RecordTables read = seen.between({time.int64(0), time.int64(taken.rows - 1)});
    History history(question_.project, read, job.cut, means_.pool, means_.cancel, &means_.budget);
    TRY_VOID(history.plan());
    TRY(TableScores scored,
        score_table({question_, means_.pool, means_.cancel, means_.budget, means_.why}, taken,
                    history, means_.report));
    Table entries = scored_entries(question_, taken, orders, scored);
    for (std::int64_t at = 0; at < entries.rows; at += job.block) {
      TRY_VOID(means_.cancel.check());
      std::int64_t count = std::min(job.block, entries.rows - at);
      Table block{entries.schema, {}, count};
      for (const Column& column : entries.columns) block.columns.push_back(column.slice(at, count));
      TRY_VOID(log.append(std::move(block)));
      means_.report.scored += count;
      station.advance(count);
    }
    return {};
  }

  Status end(const ScoreJob& job, ScoringRecords& records, const ScoreLog& log, std::int64_t rows) {
    ScoreState next;
    next.model = job.model;
    next.version = job.version;
    next.content = job.content;
    next.definition = job.definition;
    next.threshold = job.threshold;
    next.generation = job.generation;
    next.cut = job.cut;
    next.entries = log.entries();
    next.rows = rows;
    next.log = log.name();
    for (const auto& [name, zone] : job.sources)
      next.sources.push_back({name, zone, std::move(records.blocks.at(name))});
    TRY_VOID(write_atomically(means_.files, state_path(), score_state_text(next)));
    TRY_VOID(remove_job());
    if (state_ && state_->generation != next.generation)
      TRY_VOID(remove_tree(means_.files, log_path(state_->generation)));
    state_ = std::move(next);
    return {};
  }

  // Of an entry while the last one of each row is found, texts beside it being short.
  std::int64_t entry_bytes() const {
    return 80 + 48 * std::ssize(question_.kept) + 48 * question_.why;
  }

  // What is given out.
  Result<Table> scores() {
    means_.report.standing = state_->rows;
    std::int64_t since = means_.request.changed ? since_.value_or(state_->entries) : 0;
    if (state_->entries == since) return gone_entries(question_, {});
    TRY(ScoreLog log, open_log(state_->generation));
    TRY(MemoryBudget::Hold hold, means_.budget.hold("scores of model " + question_.record.name,
                                                    (state_->entries - since) * entry_bytes()));
    if (means_.request.changed) return log.changed(since, state_->entries);
    return log.current(state_->entries);
  }

  const ScoreMeans& means_;
  const ScoreQuestion& question_;
  const RawZones& zones_;
  std::int64_t cut_;
  std::string folder_;
  TextPool texts_;
  FeaturePlan plan_;
  std::optional<ScoreState> state_;
  std::optional<std::int64_t> since_;  // entries before what this call did
};

}  // namespace

std::string kept_scores_path(const Project& project, std::string_view model, bool all,
                             std::int64_t why) {
  return state_path(project, fmt::format("kept_scores/{}/{}{}", model, all ? "all" : "unlabelled",
                                         why > 0 ? fmt::format("-why{}", why) : ""));
}

std::string declared_scores_path(const Project& project, std::string_view name) {
  return state_path(project, fmt::format("declared_scores/{}", name));
}

Result<Table> score_kept(const ScoreMeans& means, const RawZones& zones, std::int64_t cut) {
  return KeptScores(means, zones, cut).run();
}

}  // namespace lode
