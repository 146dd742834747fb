#include "orchestrate/score_records.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "table/duckdb.h"

namespace lode {
namespace {

// Asked of a zone by name at the most; of more keys, everything is read.
constexpr std::size_t kMostKeys = 5'000;

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
      TRY_VOID(load(name, {arrivals_.through, std::nullopt, {}}));
      TRY(out_.blocks[name], grown(question_.project, source(name), out_.tables.at(name), -1, {}));
    }
    return std::move(out_);
  }

  Result<ScoringRecords> changed(const std::vector<ScoredSource>& before) {
    for (const std::string& name : question_.sources()) {
      wanted_[name] = {{arrivals_.after + 1, arrivals_.through}};
      read_[name] = wanted_[name];
      TRY_VOID(load(name, {arrivals_.through, wanted_[name], {}}));
      auto scored = std::ranges::find(before, name, &ScoredSource::name);
      TRY(out_.blocks[name], grown(question_.project, source(name), out_.tables.at(name),
                                   arrivals_.after, scored->blocks));
    }
    for (const std::unique_ptr<Group>& group : plan_.groups) {
      TRY(out_.touched.emplace_back(),
          TouchedKeys::find(question_.project, *group, out_.tables.at(group->source->name),
                            arrivals_));
    }
    // First rows that read a touched key, wherever they are; then what all due rows see.
    want_rows(before);
    TRY_VOID(load_again(question_.set.rows));
    TRY_VOID(want_what_is_seen(before));
    for (const std::string& name : question_.sources()) TRY_VOID(load_again(name));
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

  // If more is wanted than was read.
  Status load_again(const std::string& name) {
    std::vector<SeqRange> ranges = merged(wanted_[name]);
    const std::string& keys = keys_[name];
    if (ranges == read_[name] && keys.empty()) return {};
    read_[name] = ranges;
    return load(name, {arrivals_.through, std::move(ranges), keys});
  }

  void want_rows(const std::vector<ScoredSource>& before) {
    std::vector<TimeSpan> touched;
    for (const TouchedKeys& keys : out_.touched)
      for (const TimeSpan& span : keys.spans()) touched.push_back(span);
    want(question_.set.rows, "", merged(std::move(touched)), before);
  }

  // What the due rows read reaches back as far as windows do; without an edge, to all of their
  // keys.
  Status want_what_is_seen(const std::vector<ScoredSource>& before) {
    const Table& records = out_.tables.at(question_.set.rows);
    TRY(SetRows all, rows_of_set(question_.project, question_.set, records, arrivals_.through));
    Table rows = take_rows(records, all.row);
    TRY(DueRows due, due_rows(question_, plan_, out_.touched, records, all, rows, arrivals_));
    std::vector<std::int64_t> wanted;
    for (std::int64_t i = 0; i < rows.rows; ++i)
      if (due.due(static_cast<std::size_t>(i))) wanted.push_back(i);
    Table asking = take_rows(rows, wanted);
    for (std::size_t g = 0; g < plan_.groups.size(); ++g) {
      const Group& group = *plan_.groups[g];
      bool bounded = last_seeing(group, 0) != kForever;
      if (!bounded) {
        TRY(bool by_key, want_keys(g, asking));
        if (by_key) continue;
      }
      std::vector<TimeSpan> seen;
      const Column& time = *asking.find(kTimeColumn);
      for (std::int64_t i = 0; i < asking.rows; ++i)
        seen.push_back({lowest_seen(group, time.int64(i)), time.int64(i)});
      want(group.source->name, clock_of(group), merged(std::move(seen)), before);
    }
    return {};
  }

  // The records of the keys that the rows read, whenever they were; false where that cannot be
  // asked of the zone: a derived column, or too many keys.
  Result<bool> want_keys(std::size_t number, const Table& asking) {
    const Group& group = *plan_.groups[number];
    TypeId type = group.key_type.id;
    if (!group.source->columns.find(group.by) ||
        (type != TypeId::kString && type != TypeId::kInt64))
      return false;
    std::set<std::string> keys;
    for (const ViewRead& read : view_reads(question_.set, plan_)) {
      if (read.group != number) continue;
      TRY(BoundExpression bound, bind(read.key, asking.schema, bind_options(question_.source())));
      TRY(Column values, bound.evaluate(asking));
      for (std::int64_t i = 0; i < values.length && keys.size() <= kMostKeys; ++i)
        if (!values.is_null(i))
          keys.insert(type == TypeId::kString ? sql_literal(values.string(i))
                                              : fmt::format("{}", values.int64(i)));
    }
    if (keys.size() > kMostKeys) return false;
    if (keys.empty()) return true;
    std::string& wanted = keys_[group.source->name];
    wanted += fmt::format("{}{} IN ({})", wanted.empty() ? "" : " OR ", sql_identifier(group.by),
                          fmt::join(keys, ", "));
    return true;
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
  std::map<std::string, std::vector<SeqRange>> wanted_;  // of each source
  std::map<std::string, std::vector<SeqRange>> read_;
  std::map<std::string, std::string> keys_;  // as a condition, beside what is wanted
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

Result<DueRows> due_rows(const ScoreQuestion& question, const FeaturePlan& plan,
                         const std::vector<TouchedKeys>& touched, const Table& records,
                         const SetRows& set_rows, const Table& rows, const Arrivals& arrivals) {
  DueRows out;
  out.own.assign(static_cast<std::size_t>(rows.rows), 0);
  out.reread = out.own;
  TRY(out.changes, own_changes(records, arrivals));
  for (std::size_t i = 0; i < out.own.size(); ++i)
    if (std::ranges::binary_search(out.changes.touched, set_rows.order[i])) out.own[i] = 1;
  const auto* times = rows.find(kTimeColumn)->values.as<std::int64_t>();
  std::vector<std::int64_t> t0(times, times + rows.rows);
  for (const ViewRead& read : view_reads(question.set, plan)) {
    const TouchedKeys& keys = touched[read.group];
    if (keys.none()) continue;
    TRY(BoundExpression bound, bind(read.key, rows.schema, bind_options(question.source())));
    TRY(Column values, bound.evaluate(rows));
    keys.mark(values, t0, out.reread);
  }
  return out;
}

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
