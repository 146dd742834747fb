#include "orchestrate/score_file.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "ingest/arrivals.h"
#include "orchestrate/score_records.h"
#include "orchestrate/score_work.h"
#include "serve/score_log.h"
#include "table/concatenate.h"

namespace lode {
namespace {

// Rows whose columns are made together.
constexpr std::int64_t kRowsTogether = std::int64_t{1} << 18;

using Names = std::set<std::string, std::less<>>;

// The columns a row needs to be scored, derived ones and what they are made of among them.
Names needed_columns(const ScoreQuestion& question) {
  const Source& source = question.source();
  Names needed;
  auto add = [&](const Expression& expression) {
    for (const std::string& name : expression.columns_used()) needed.insert(name);
  };
  for (const NamedExpression& column : question.set.columns) add(column.value.expression);
  if (question.set.where) add(question.set.where->expression);
  if (source.known.expression) add(source.known.expression->expression);
  if (!source.timeless()) needed.insert(source.time);
  if (source.zone.kind == ZoneRule::Kind::kLookup) needed.insert(source.zone.lookup_key);
  if (!source.id.empty()) needed.insert(source.id);
  // Those derived later are made of those before.
  for (std::size_t i = source.derive.size(); i-- > 0;)
    if (needed.contains(source.derive[i].name)) add(source.derive[i].value.expression);
  return needed;
}

// The source as it is declared, of the file's rows: each counts, whatever came before it.
Source source_of_file(const ScoreQuestion& question, const std::string& path) {
  Names needed = needed_columns(question);
  Source out = question.source();
  auto unneeded = [&](std::string_view name) { return !needed.contains(name); };
  std::vector<Field> columns = out.columns.fields();
  std::erase_if(columns, [&](const Field& field) { return unneeded(field.name); });
  out.columns = Schema(std::move(columns));
  std::erase_if(out.derive, [&](const NamedExpression& one) { return unneeded(one.name); });
  std::erase_if(out.contract, [&](const Rule& rule) {
    return std::ranges::any_of(rule.expression.expression.columns_used(), unneeded);
  });
  std::filesystem::path file = std::filesystem::absolute(path);
  bool alike = !out.files.empty() && out.files.front().extension() == file.extension();
  if (!alike) {
    out.format.clear();
    out.format_options.clear();
  }
  out.files = {file};
  out.id.clear();
  out.partition.clear();
  out.change.reset();
  out.allowed_lateness = days(4'000'000);
  out.dedup_span = out.allowed_lateness;
  return out;
}

class FileScores {
 public:
  FileScores(const ScoreMeans& means, std::int64_t cut)
      : means_(means),
        question_(means.question),
        cut_(cut),
        project_(question_.project),
        source_(source_of_file(question_, means.request.file)) {
    *std::ranges::find(project_.sources, source_.name, &Source::name) = source_;
  }

  Result<Table> run() {
    TRY(plan_, make_feature_plan(question_.project, texts_));
    TRY_VOID(means_.stations.run({.name = "read " + base_name(means_.request.file)},
                                 [&](Station& station) { return read(station); }));
    TRY_VOID(leave_out());
    TRY_VOID(means_.stations.run({.name = "read records"},
                                 [&](Station& station) { return load(station); }));
    TRY_VOID(means_.stations.run({.name = "score", .total = rows_.rows},
                                 [&](Station& station) { return score(station); }));
    means_.report.why_all = "they are rows of a file of their own";
    means_.report.fresh = rows_.rows;
    return without_refused(std::move(scores_));
  }

 private:
  static Table without_refused(Table scores) {
    const Column& score = *scores.find(kScoreColumn);
    if (score.null_count == 0) return scores;
    std::vector<std::int64_t> kept;
    for (std::int64_t row = 0; row < scores.rows; ++row)
      if (!score.is_null(row)) kept.push_back(row);
    return take_rows(scores, kept);
  }

  void refuse(const SetAside& aside) {
    std::vector<RefusedRows>& refused = means_.report.refused;
    auto same = [&](const RefusedRows& r) {
      return r.cause == cause_name(aside.cause) && r.field == aside.field;
    };
    auto found = std::ranges::find_if(refused, same);
    if (found == refused.end()) {
      std::string place = aside.line > 0 ? fmt::format("{}:{}", aside.file, aside.line)
                                         : fmt::format("{} row {}", aside.file, aside.row);
      refused.push_back({source_.name, std::string(cause_name(aside.cause)), aside.field, 0,
                         fmt::format("{}: {}", place, aside.reason)});
      found = std::prev(refused.end());
    }
    ++found->rows;
  }

  Status read(Station& station) {
    TRY(FileInfo info, means_.files.info(means_.request.file));
    station.read_bytes(static_cast<std::int64_t>(info.size));
    TRY(ArrivalReader reader,
        ArrivalReader::open(means_.files, project_, source_,
                            {{.path = source_.files.front().string()}}, 0, means_.limits.threads));
    std::vector<Table> tables;
    while (true) {
      TRY(std::optional<ArrivalBatch> batch, reader.next());
      if (!batch) break;
      TRY_VOID(means_.cancel.check());
      station.advance(batch->rows_read);
      for (const SetAside& aside : batch->set_aside) refuse(aside);
      if (batch->accepted.rows > 0) tables.push_back(std::move(batch->accepted));
    }
    if (tables.empty()) return nothing_to_score();
    TRY(Table joined, concatenate_and_drop(tables));
    TRY(rows_, with_derived(project_, source_, std::move(joined)));
    return {};
  }

  Status nothing_to_score() const {
    const std::vector<RefusedRows>& refused = means_.report.refused;
    if (refused.empty()) return fail(Code::kInvalid, "{} holds no rows", means_.request.file);
    return fail(Code::kInvalid, "no row of {} can be scored; of the first, {}{}{}",
                means_.request.file, refused.front().field.empty() ? "" : "column ",
                refused.front().field.empty() ? "" : refused.front().field + ", ",
                refused.front().example);
  }

  Status leave_out() {
    TRY(std::optional<Column> where, where_of_set(project_, question_.set, rows_));
    if (!where) return {};
    std::vector<std::int64_t> kept;
    for (std::int64_t i = 0; i < rows_.rows; ++i)
      if (!where->is_null(i) && where->boolean(i)) kept.push_back(i);
    means_.report.left_out = rows_.rows - std::ssize(kept);
    rows_ = take_rows(rows_, kept);
    return {};
  }

  // What views read; a model without any reads nothing.
  Status load(Station& station) {
    for (const std::unique_ptr<Group>& group : plan_.groups) {
      const std::string& name = group->source->name;
      if (records_.contains(name)) continue;
      TRY(Records read, load_records(*group->source, means_.source_context(), {.cut = cut_}));
      station.advance(read.table.rows);
      station.read_bytes(read.bytes_read);
      means_.report.records += read.table.rows;
      records_.emplace(name, std::move(read.table));
      holds_.push_back(std::move(read.hold));
    }
    return {};
  }

  // In the order of time, so that what a stretch reads is near together; given back in the file's.
  Status score(Station& station) {
    const Column& time = *rows_.find(kTimeColumn);
    std::vector<std::int64_t> order(static_cast<std::size_t>(rows_.rows));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
    std::ranges::sort(order, {}, [&](std::int64_t i) { return std::pair(time.int64(i), i); });
    TRY(SeenRecords seen, SeenRecords::make(question_, plan_, records_));
    std::int64_t together = is_bounded(plan_) ? kRowsTogether : rows_.rows;
    std::vector<Table> scored;
    for (std::int64_t at = 0; at < rows_.rows; at += together) {
      TRY_VOID(means_.cancel.check());
      std::span<const std::int64_t> rows(order);
      rows = rows.subspan(static_cast<std::size_t>(at),
                          static_cast<std::size_t>(std::min(together, rows_.rows - at)));
      TRY(scored.emplace_back(), score_stretch(rows, seen));
      station.advance(std::ssize(rows));
    }
    TRY(Table all, concatenate_and_drop(scored));
    std::vector<std::int64_t> back(order.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    scores_ = take_rows(all, back);
    means_.report.scored = scores_.rows;
    return {};
  }

  Result<Table> score_stretch(std::span<const std::int64_t> rows, const SeenRecords& seen) {
    Table taken{rows_.schema, {}, std::ssize(rows)};
    for (const Column& column : rows_.columns) taken.columns.push_back(column.take(rows));
    const Column& time = *taken.find(kTimeColumn);
    RecordTables read = seen.between({time.int64(0), time.int64(taken.rows - 1)});
    History history(question_.project, read, cut_, means_.pool, means_.cancel, &means_.budget);
    TRY_VOID(history.plan());
    TRY(TableScores scored,
        score_table({question_, means_.pool, means_.cancel, means_.budget, means_.why}, taken,
                    history, means_.report));
    std::vector<std::int64_t> numbers;
    for (std::int64_t row = 0; row < taken.rows; ++row)
      numbers.push_back(taken.find(kSeqColumn)->int64(row));
    if (!question_.source().id.empty())
      taken.columns[*taken.schema.find(kIdColumn)] = *taken.find(question_.source().id);
    return scored_entries(question_, taken, numbers, scored);
  }

  const ScoreMeans& means_;
  const ScoreQuestion& question_;
  std::int64_t cut_;
  Project project_;  // whose source is the file
  Source source_;
  TextPool texts_;
  FeaturePlan plan_;
  Table rows_;
  RecordTables records_;
  std::vector<MemoryBudget::Hold> holds_;
  Table scores_;
};

}  // namespace

Result<Table> score_file(const ScoreMeans& means, std::int64_t cut) {
  return FileScores(means, cut).run();
}

}  // namespace lode
