#include "features/history.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "base/time.h"

namespace lode {
namespace {

// One output column, written by row from any thread: values, and a byte a row that says which are
// set (bits of one byte would be shared by threads).
class AnswerColumn {
 public:
  AnswerColumn(const Type& type, std::size_t rows) : type_(type), set_(rows, 0) {
    values_.resize(rows, 0);
  }

  // False when the answer is over its limit.
  bool put(std::size_t row, const Answer& answer) {
    switch (answer.kind) {
      case Answer::Kind::kNull:
        return true;
      case Answer::Kind::kOverLimit:
        return false;
      case Answer::Kind::kDouble:
      case Answer::Kind::kInt64:
      case Answer::Kind::kText:
        values_[row] = answer.integer;
        break;
    }
    set_[row] = 1;
    return true;
  }

  Column finish(const TextPool& texts) const {
    bool plain =
        type_.id == TypeId::kInt64 || type_.id == TypeId::kDouble || type_.id == TypeId::kTimestamp;
    if (!plain) return built(texts);
    Column column;
    column.type = type_;
    column.length = static_cast<std::int64_t>(values_.size());
    column.values = Buffer::allocate(column.length * 8);
    if (!values_.empty())
      std::memcpy(column.values.mutable_data(), values_.data(), values_.size() * 8);
    for (std::uint8_t set : set_) column.null_count += set == 0 ? 1 : 0;
    if (column.null_count == 0) return column;
    column.validity = Buffer::allocate((column.length + 7) / 8);
    std::uint8_t* bits = column.validity.mutable_data();
    for (std::size_t i = 0; i < set_.size(); ++i)
      bits[i >> 3] = static_cast<std::uint8_t>(bits[i >> 3] | (set_[i] << (i & 7)));
    return column;
  }

 private:
  Column built(const TextPool& texts) const {
    ColumnBuilder builder(type_);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (set_[i] == 0) {
        builder.append_null();
      } else if (type_.id == TypeId::kBool) {
        builder.append_bool(values_[i] != 0);
      } else if (type_.id == TypeId::kDate) {
        builder.append_date(static_cast<std::int32_t>(values_[i]));
      } else {
        builder.append_string(texts.text(values_[i]));
      }
    }
    return builder.finish();
  }

  Type type_;
  std::vector<std::int64_t> values_;
  std::vector<std::uint8_t> set_;
};

// Words of a fact: key, time, visible from, row, [visible to], [id, seq], values.
std::int64_t fact_words(const Group& group) {
  return 4 + (group.source->change ? 1 : 0) + (group.layout.store_order ? 2 : 0) +
         static_cast<std::int64_t>(group.layout.slots.size());
}

// Values that are expressions over the others.
Status add_derived(const PlannedView& view, Table& table) {
  for (const DerivedValue& derived : view.derived) {
    table.schema = Schema(std::vector<Field>(
        view.schema.fields().begin(),
        view.schema.fields().begin() + static_cast<std::ptrdiff_t>(table.columns.size())));
    auto column = derived.value.evaluate(table);
    if (!column)
      return fail(column.error().context("view " + view.view->name + " value " + derived.name));
    table.columns.push_back(*std::move(column));
  }
  table.schema = view.schema;
  return {};
}

std::string answer_text(const Answer& answer, const Type& type, const TextPool& texts) {
  switch (answer.kind) {
    case Answer::Kind::kNull:
      return "null";
    case Answer::Kind::kOverLimit:
      return "OVER_LIMIT";
    case Answer::Kind::kDouble:
      return fmt::format("{}", answer.number());
    case Answer::Kind::kText:
      return std::string(texts.text(answer.integer));
    case Answer::Kind::kInt64:
      break;
  }
  if (type.id == TypeId::kTimestamp) return text(Timestamp{answer.integer});
  if (type.id == TypeId::kBool) return answer.integer != 0 ? "true" : "false";
  if (type.id == TypeId::kDate) return text(Timestamp{answer.integer * days(1).us}).substr(0, 10);
  return fmt::format("{}", answer.integer);
}

}  // namespace

History::History(const Project& project, const RecordTables& records, std::int64_t cut,
                 ThreadPool& pool, const CancelToken& cancel, MemoryBudget* budget)
    : project_(project),
      records_(records),
      cut_(cut),
      pool_(pool),
      cancel_(cancel),
      unlimited_(std::numeric_limits<std::int64_t>::max()),
      budget_(budget != nullptr ? budget : &unlimited_) {}

History::~History() = default;

Status History::plan() {
  TRY(plan_, make_feature_plan(project_, texts_));
  facts_.resize(plan_.groups.size());
  return {};
}

void History::keep_only(const std::vector<std::string>& views) {
  std::vector<bool> kept(facts_.size(), false);
  for (const std::string& name : views)
    if (const PlannedView* view = plan_.view(name)) kept[view->group] = true;
  for (std::size_t i = 0; i < facts_.size(); ++i)
    if (!kept[i]) facts_[i].reset();
}

void History::recut(std::int64_t cut) {
  cut_ = cut;
  for (auto& facts : facts_) facts.reset();
}

Result<const History::GroupFacts*> History::facts_of(std::size_t number) {
  std::unique_ptr<GroupFacts>& cached = facts_[number];
  if (cached != nullptr) return cached.get();
  const Group& group = *plan_.groups[number];
  auto records = records_.find(group.source->name);
  if (records == records_.end())
    return fail(Code::kNotFound, "source {} has no records; ingest it first", group.source->name);
  auto made = std::make_unique<GroupFacts>();
  // First versions and the facts made from them; then facts, their order and facts sorted.
  std::int64_t words = fact_words(group);
  std::int64_t row_bytes =
      std::max(8 * words + static_cast<std::int64_t>(sizeof(Version)), 16 * words + 16);
  std::string what = fmt::format("features over {} by {}", group.source->name, group.by);
  TRY(made->hold, budget_->hold(what, records->second.rows * row_bytes));
  TRY(Facts facts, make_facts(group, records->second, cut_, made->keys, texts_));
  made->sorted = sort_facts(facts, made->keys.size(), group.layout, pool_);
  TRY_VOID(made->hold.resize(static_cast<std::int64_t>(facts.size()) * 8 * words));
  facts_made_ += static_cast<std::int64_t>(facts.size());
  cached = std::move(made);
  return cached.get();
}

Result<Table> History::read(const PlannedView& view, const Column& keys,
                            std::span<const std::int64_t> t0, std::span<const std::int64_t> k) {
  const Group& group = *plan_.groups[view.group];
  TRY(const GroupFacts* facts, facts_of(view.group));
  // Until the columns of values are made, every value has a word and a byte.
  auto values = static_cast<std::int64_t>(view.values.size());
  auto columns = static_cast<std::int64_t>(view.schema.size());
  TRY(MemoryBudget::Hold hold, budget_->hold("reading view " + view.view->name,
                                             keys.length * (40 + 9 * values + 8 * columns)));
  Reads reads;
  reads.key = find_keys(facts->keys, keys);
  reads.t0.assign(t0.begin(), t0.end());
  reads.k.assign(k.begin(), k.end());
  std::vector<AnswerColumn> answers;
  for (const PlannedValue& value : view.values) answers.emplace_back(value.type, reads.size());
  std::atomic<std::int64_t> over_limit = 0;
  auto answer = [&](std::size_t read, std::span<const Parts> parts) {
    for (std::size_t v = 0; v < view.values.size(); ++v) {
      const PlannedValue& value = view.values[v];
      const Parts& part = parts[static_cast<std::size_t>(value.part)];
      if (!answers[v].put(read, value.aggregate->finish(part, value.kept, reads.t0[read])))
        ++over_limit;
    }
  };
  TRY(ReplayCounts counts,
      replay_reads(group.layout, facts->sorted, reads, pool_, cancel_, answer));
  counts_ += counts;
  over_limit_ += over_limit;
  Table table;
  table.rows = static_cast<std::int64_t>(reads.size());
  for (const AnswerColumn& column : answers) table.columns.push_back(column.finish(texts_));
  TRY_VOID(add_derived(view, table));
  return table;
}

Result<std::vector<ExplainedValue>> History::explain(const PlannedView& view, const Column& key,
                                                     Timestamp t0, Timestamp k) {
  const Group& group = *plan_.groups[view.group];
  TRY(const GroupFacts* facts, facts_of(view.group));
  std::int64_t number = facts->keys.find(key, 0);
  std::int64_t begin = 0;
  std::int64_t end = 0;
  if (number >= 0) {
    begin = facts->sorted.first[static_cast<std::size_t>(number)];
    end = facts->sorted.first[static_cast<std::size_t>(number) + 1];
  }
  const Facts& all = facts->sorted.facts;
  const Column* seq = records_.find(group.source->name)->second.find(kSeqColumn);
  std::vector<Parts> parts(group.layout.parts.size());
  fold_facts(group.layout, all, begin, end, t0.us, k.us, parts);
  std::vector<ExplainedValue> explained;
  for (const PlannedValue& value : view.values) {
    auto part = static_cast<std::size_t>(value.part);
    ExplainedValue out;
    out.name = value.name;
    out.is_duration = value.is_duration;
    out.value =
        answer_text(value.aggregate->finish(parts[part], value.kept, t0.us), value.type, texts_);
    auto window = static_cast<std::size_t>(group.layout.parts[part].window);
    for (std::int64_t f : facts_in_window(group.layout, all, begin, end,
                                          group.layout.windows[window], t0.us, k.us)) {
      auto i = static_cast<std::size_t>(f);
      out.records.push_back({seq->int64(all.row[i]), {all.time[i]}, {all.visible_from[i]}});
    }
    explained.push_back(std::move(out));
  }
  return explained;
}

}  // namespace lode
