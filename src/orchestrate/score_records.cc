#include "orchestrate/score_records.h"

#include <algorithm>

namespace lode {
namespace {

std::vector<std::string> clocks_of(const Project& project, std::string_view source) {
  std::vector<std::string> clocks = {""};
  for (const Label& label : project.labels)
    if (label.about == source) clocks.push_back(label.name);
  return clocks;
}

// The records behind `after`, added to the blocks of those before.
Result<RecordBlocks> grown(const Project& project, const Source& source, const Table& records,
                           std::int64_t after, RecordBlocks blocks) {
  if (blocks.clocks.empty()) blocks.clocks = clocks_of(project, source.name);
  const Column& seq = *records.find(kSeqColumn);
  std::vector<std::int64_t> fresh;
  for (std::int64_t row = 0; row < records.rows; ++row)
    if (seq.int64(row) > after) fresh.push_back(row);
  Table added = take_rows(records, fresh);
  std::vector<std::vector<std::int64_t>> readings;
  for (const std::string& clock : blocks.clocks) {
    TRY(readings.emplace_back(), clock_readings(project, source, clock, added));
  }
  blocks.add(added, readings);
  return blocks;
}

class Loading {
 public:
  Loading(const ScoreQuestion& question, const FeaturePlan& plan, const Arrivals& arrivals,
          const SourceContext& context)
      : question_(question), plan_(plan), arrivals_(arrivals), context_(context) {}

  Result<ScoringRecords> all() {
    for (const std::string& name : question_.sources()) {
      TRY_VOID(load(name, {.cut = arrivals_.through}));
      TRY(out_.blocks[name], grown(question_.project, source(name), out_.tables.at(name), -1, {}));
    }
    return std::move(out_);
  }

  Result<ScoringRecords> changed(const std::vector<ScoredSource>& before) {
    for (const std::string& name : question_.sources()) {
      wanted_[name] = {{arrivals_.after + 1, arrivals_.through}};
      TRY_VOID(load(name, {arrivals_.through, wanted_[name]}));
      auto scored = std::ranges::find(before, name, &ScoredSource::name);
      TRY(out_.blocks[name], grown(question_.project, source(name), out_.tables.at(name),
                                   arrivals_.after, scored->blocks));
    }
    for (const std::unique_ptr<Group>& group : plan_.groups) {
      TRY(out_.touched.emplace_back(),
          TouchedKeys::find(question_.project, *group, out_.tables.at(group->source->name),
                            arrivals_));
    }
    TRY_VOID(want_what_is_seen(before));
    for (const std::string& name : question_.sources()) {
      std::vector<SeqRange> ranges = merged(wanted_[name]);
      if (ranges.size() == 1 && ranges[0].first == arrivals_.after + 1) continue;
      TRY_VOID(load(name, {arrivals_.through, std::move(ranges)}));
    }
    return std::move(out_);
  }

 private:
  const Source& source(const std::string& name) const { return *question_.project.source(name); }

  Status load(const std::string& name, const RecordsWanted& wanted) {
    out_.tables.erase(name);
    out_.holds.erase(name);
    TRY(Records records, load_records(source(name), context_, wanted));
    out_.records += records.table.rows;
    out_.bytes += records.bytes_read;
    if (context_.advance) context_.advance(records.table.rows);
    out_.tables.emplace(name, std::move(records.table));
    out_.holds.emplace(name, std::move(records.hold));
    return {};
  }

  // The rows that are to be scored are new, or read a touched key at a time when it may show; what
  // they read reaches back as far as the windows do.
  Status want_what_is_seen(const std::vector<ScoredSource>& before) {
    std::vector<TimeSpan> touched;
    for (const TouchedKeys& keys : out_.touched)
      for (const TimeSpan& span : keys.spans()) touched.push_back(span);
    touched = merged(std::move(touched));
    want(question_.set.rows, "", touched, before);
    TRY(std::vector<TimeSpan> reads, own_times());
    reads.insert(reads.end(), touched.begin(), touched.end());
    reads = merged(std::move(reads));
    for (const std::unique_ptr<Group>& group : plan_.groups) {
      std::vector<TimeSpan> seen;
      for (const TimeSpan& span : reads)
        seen.push_back({lowest_seen(*group, span.first), span.last});
      want(group->source->name, clock_of(*group), merged(std::move(seen)), before);
    }
    return {};
  }

  // When the rows are that have a new version themselves.
  Result<std::vector<TimeSpan>> own_times() const {
    const Table& records = out_.tables.at(question_.set.rows);
    TRY(OwnChanges own, own_changes(records, arrivals_));
    TRY(SetRows rows, rows_of_set(question_.project, question_.set, records, arrivals_.through));
    const Column& time = *records.find(kTimeColumn);
    std::vector<TimeSpan> times;
    for (std::int64_t i = 0; i < rows.size(); ++i) {
      auto at = static_cast<std::size_t>(i);
      if (!std::ranges::binary_search(own.touched, rows.order[at])) continue;
      std::int64_t t0 = time.int64(rows.row[at]);
      times.push_back({t0, t0});
    }
    return times;
  }

  void want(const std::string& name, std::string_view clock, const std::vector<TimeSpan>& spans,
            const std::vector<ScoredSource>& before) {
    auto scored = std::ranges::find(before, name, &ScoredSource::name);
    for (const SeqRange& range : scored->blocks.seqs_of(clock, spans))
      wanted_[name].push_back({range.first, std::min(range.last, arrivals_.after)});
  }

  const ScoreQuestion& question_;
  const FeaturePlan& plan_;
  Arrivals arrivals_;
  const SourceContext& context_;
  ScoringRecords out_;
  std::map<std::string, std::vector<SeqRange>> wanted_;
};

// Of which ids there is a correction or a retraction, one a record.
std::vector<std::uint8_t> of_changed_ids(const Table& records) {
  std::vector<std::uint8_t> changed(static_cast<std::size_t>(records.rows), 0);
  const Column& kind = *records.find(kKindColumn);
  KeyIndex ids;
  const Column& id = *records.find(kIdColumn);
  for (std::int64_t row = 0; row < records.rows; ++row)
    if (kind.int64(row) != 0) ids.add(id, row);
  if (ids.size() == 0) return changed;
  std::vector<std::int64_t> number = find_keys(ids, id);
  for (std::size_t row = 0; row < changed.size(); ++row) changed[row] = number[row] >= 0 ? 1 : 0;
  return changed;
}

}  // namespace

Result<ScoringRecords> records_for(const ScoreQuestion& question, const FeaturePlan& plan,
                                   const Arrivals& arrivals,
                                   const std::vector<ScoredSource>* before,
                                   const SourceContext& context) {
  Loading loading(question, plan, arrivals, context);
  return before == nullptr ? loading.all() : loading.changed(*before);
}

Result<SeenRecords> SeenRecords::make(const ScoreQuestion& question, const FeaturePlan& plan,
                                      const RecordTables& tables) {
  SeenRecords out(plan, tables);
  for (const std::unique_ptr<Group>& group : plan.groups) {
    TRY(out.readings_.emplace_back(),
        clock_readings(question.project, *group->source, clock_of(*group),
                       tables.at(group->source->name)));
  }
  for (const auto& [name, records] : tables) out.changed_[name] = of_changed_ids(records);
  return out;
}

RecordTables SeenRecords::between(const TimeSpan& span) const {
  RecordTables out;
  for (const auto& [name, records] : *tables_) {
    std::vector<std::uint8_t> wanted = changed_.at(name);
    for (std::size_t g = 0; g < plan_->groups.size(); ++g) {
      const Group& group = *plan_->groups[g];
      if (group.source->name != name) continue;
      std::int64_t lowest = lowest_seen(group, span.first);
      for (std::size_t row = 0; row < wanted.size(); ++row)
        if (readings_[g][row] >= lowest && readings_[g][row] <= span.last) wanted[row] = 1;
    }
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < wanted.size(); ++row)
      if (wanted[row] != 0) rows.push_back(static_cast<std::int64_t>(row));
    out.emplace(name, take_rows(records, rows));
  }
  return out;
}

bool is_bounded(const FeaturePlan& plan) {
  return std::ranges::all_of(plan.groups, [](const std::unique_ptr<Group>& group) {
    return last_seeing(*group, 0) != kForever;
  });
}

}  // namespace lode
