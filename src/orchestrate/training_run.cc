#include "orchestrate/training_run.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "orchestrate/kept_training.h"
#include "project/definition.h"

namespace lode {
namespace {

// DuckDB while a zone is read.
constexpr std::int64_t kReadingBytes = std::int64_t{64} << 20;
constexpr std::int64_t kRowBytes = 32;    // _seq, _t, target, known
constexpr std::int64_t kValueBytes = 16;  // of a column: a number, or a text and where it is

// Lets go of what no set behind the first `done` reads.
void forget(std::size_t done, History& history, ReadCache& cache) {
  std::vector<std::string> views;
  const std::vector<TrainingSet>& sets = history.project().training;
  for (std::size_t i = done; i < sets.size(); ++i)
    for (std::string& view : views_read(sets[i])) views.push_back(std::move(view));
  history.keep_only(views);
  std::erase_if(cache, [&](const auto& read) {
    return std::ranges::find(views, read.second.view) == views.end();
  });
}

}  // namespace

Status TrainingRun::build(const SetNames& sets, const RecordTables& records, std::int64_t cut) {
  when_known_ = read_outcomes_when_known(project_);
  // Only the sets that are wanted, each behind the one that is held against it.
  std::erase_if(when_known_.project.training, [&](const TrainingSet& set) {
    if (sets.contains(set.name)) return false;
    return std::ranges::none_of(when_known_.set_of, [&](const auto& of) {
      return of.second == set.name && sets.contains(of.first);
    });
  });
  const Project& project = when_known_.project;
  History history(project, records, cut, means_.pool, means_.cancel, &means_.budget);
  TRY_VOID(history.plan());
  ReadCache cache;
  for (std::size_t i = 0; i < project.training.size(); ++i) {
    const TrainingSet& set = project.training[i];
    ReplayCounts before = history.counts();
    std::int64_t facts = history.facts_made();
    bool declared = project_.training_set(set.name) != nullptr;
    Status made = make(set, history, cache);
    if (!made && made.error().code() == Code::kLimit) {
      // Those that nobody declared are only there to be held against others: they give way.
      if (declared && !forget_when_known()) return made;
      if (declared) made = make(set, history, cache);
      if (!declared) made = {};
    }
    TRY_VOID(made);
    look_for_outcomes(set, records);
    count(set, before, history.counts(), history.facts_made() - facts);
    forget(i + 1, history, cache);
  }
  return {};
}

Status TrainingRun::make(const TrainingSet& set, History& history, ReadCache& cache) {
  return means_.stations.run({.name = "training set " + set.name}, [&](Station& station) -> Status {
    TRY(TrainingTable table, build_training_set(set, history, cache));
    station.advance(table.columns.rows);
    tables_.emplace(set.name, std::move(table));
    return {};
  });
}

Status TrainingRun::restore(const TrainingSet& set, std::int64_t rows) {
  return means_.stations.run(
      {.name = "training set " + set.name + ": read"}, [&](Station& station) -> Status {
        TRY(Schema declared, project_.training_schema(set));
        std::vector<std::string> columns;
        for (const Field& field : declared.fields()) columns.push_back(field.name);
        // Parts stand twice while they are joined.
        std::int64_t width = kRowBytes + kValueBytes * std::ssize(columns);
        TRY(MemoryBudget::Hold hold,
            means_.budget.hold("training set " + set.name, kReadingBytes + 2 * rows * width));
        Limits limits{.threads = means_.pool.threads()};
        TRY(TrainingTable table, kept_training(project_, means_.files, set, limits, columns));
        std::int64_t bytes = bytes_of(table.columns) + kRowBytes * table.columns.rows;
        TRY_VOID(hold.resize(bytes));
        table.hold = std::move(hold);
        station.read_bytes(bytes);
        station.advance(table.columns.rows);
        auto placed = tables_.emplace(set.name, std::move(table)).first;
        leakage_.try_emplace(set.name, placed->second).first->second.from_the_past =
            columns_of_views(set);
        return {};
      });
}

// Whether there were any. For want of memory.
bool TrainingRun::forget_when_known() {
  for (auto& [name, leaks] : leakage_) {
    leaks.when_known = nullptr;
    leaks.why_not_known = "there was no memory for its training set";
  }
  return std::erase_if(tables_, [&](const auto& table) {
           return project_.training_set(table.first) == nullptr;
         }) > 0;
}

void TrainingRun::look_for_outcomes(const TrainingSet& set, const RecordTables& records) {
  constexpr std::int64_t kMostReads = 200'000;
  if (project_.training_set(set.name) == nullptr) return;
  const TrainingTable& table = tables_.at(set.name);
  LeakageSet& leaks = leakage_.try_emplace(set.name, table).first->second;
  leaks.reads = declared_outcome_reads(project_, set);
  leaks.from_the_past = columns_of_views(set);
  if (leaks.reads.empty()) return;
  leaks.early = early_reads(table, records.find(set.rows)->second, kMostReads);
  auto repaired = when_known_.set_of.find(set.name);
  if (repaired == when_known_.set_of.end()) return;
  if (auto found = tables_.find(repaired->second); found != tables_.end())
    leaks.when_known = &found->second;
  else
    leaks.why_not_known = "there was no memory for its training set";
}

void TrainingRun::count(std::string_view name, std::string_view help, const std::string& set,
                        std::int64_t value) {
  means_.metrics.counter(name, help, {{"set", set}}).add(static_cast<std::uint64_t>(value));
}

// Views that sets share are counted with the first.
void TrainingRun::count(const TrainingSet& set, const ReplayCounts& before,
                        const ReplayCounts& after, std::int64_t facts) {
  count("lode_facts_replayed_total", "versions of records and labels made ready for replay",
        set.name, facts);
  count("lode_facts_folded_total", "facts that went into the state of a key", set.name,
        after.folded - before.folded);
  count("lode_facts_hidden_total", "facts that came out again, a later version hiding them",
        set.name, after.hidden - before.hidden);
  count("lode_reads_answered_total", "reads of views", set.name, after.answered - before.answered);
  count("lode_reads_refolded_total", "reads answered by folding a key's facts anew", set.name,
        after.refolded - before.refolded);
}

}  // namespace lode
