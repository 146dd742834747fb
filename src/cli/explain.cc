// lode explain: the records that made a feature's value.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "cli/explain_key.h"
#include "cli/project_argument.h"
#include "cli/shown_value.h"
#include "cli/text_table.h"
#include "features/history.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::size_t kShownRecords = 20;

// FEATURE: a view, or one of its values.
struct Asked {
  std::string view;
  std::string value;  // "" = all of the view's
};

Asked asked_of(const std::string& feature) {
  std::size_t dot = feature.find('.');
  if (dot == std::string::npos) return {feature, ""};
  return {feature.substr(0, dot), feature.substr(dot + 1)};
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  std::string_view near = nearest(word, known);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

// A value with the records that made it, oldest first.
struct Explained {
  std::string name;
  std::string text;  // "null", "OVER_LIMIT"
  Column column;     // one row: the value with its type; null also when it is over its limit
  std::vector<Contribution> records;
};

void sort_records(std::vector<Contribution>& records) {
  auto age = [](const Contribution& c) { return std::pair(c.time, c.seq); };
  std::ranges::sort(records, {}, age);
  auto same = std::ranges::unique(records, {}, &Contribution::seq);
  records.erase(same.begin(), same.end());
}

// "1h30m (5400000000 us)": a length of time as a person reads it, and as it is.
std::string duration_text(const Column& column) {
  std::int64_t us = 0;
  if (column.type.id == TypeId::kInt64) {
    us = column.int64(0);
  } else {
    double nearest_us = std::nearbyint(column.float64(0));
    if (!(std::abs(nearest_us) < 0x1p63)) return shown_value(column, 0);
    us = static_cast<std::int64_t>(nearest_us);
  }
  return fmt::format("{} ({} us)", text(Duration{us}), shown_value(column, 0));
}

// All values of a view at a key and a time, in the order of its schema.
Result<std::vector<Explained>> explain_all(History& history, const PlannedView& view,
                                           const Column& key, Timestamp t0) {
  TRY(std::vector<ExplainedValue> aggregates, history.explain(view, key, t0, t0));
  TRY(Table table, history.read(view, key, {{t0.us}}, {{t0.us}}));
  std::vector<Explained> values;
  for (ExplainedValue& aggregate : aggregates) {
    Column column = table.columns[values.size()];
    bool length = aggregate.is_duration && !column.is_null(0);
    std::string value = length ? duration_text(column) : aggregate.value;
    values.push_back({aggregate.name, value, std::move(column), std::move(aggregate.records)});
  }
  // A value that is an expression over others is made of the records that made those.
  for (const DerivedValue& derived : view.derived) {
    Explained out{derived.name, "", table.columns[values.size()], {}};
    out.text = out.column.is_null(0)         ? "null"
               : derived.value.is_duration() ? duration_text(out.column)
                                             : shown_value(out.column, 0);
    for (std::size_t input : derived.value.inputs())
      out.records.insert(out.records.end(), values[input].records.begin(),
                         values[input].records.end());
    values.push_back(std::move(out));
  }
  for (Explained& value : values) sort_records(value.records);
  return values;
}

// The declared columns of the records, to be shown beside.
class DeclaredColumns {
 public:
  DeclaredColumns(const Source& source, const Table& records)
      : seq_(*records.find(kSeqColumn)), rows_(records.rows) {
    for (const Field& field : source.columns.fields())
      if (const Column* column = records.find(field.name))
        columns_.emplace_back(field.name, column);
  }

  const std::vector<std::pair<std::string, const Column*>>& columns() const { return columns_; }
  // The row of a record, which is there: History read it from these.
  std::int64_t row_of(std::int64_t seq) const {
    const auto* begin = seq_.values.as<std::int64_t>();
    return std::lower_bound(begin, begin + rows_, seq) - begin;
  }

 private:
  const Column& seq_;
  std::int64_t rows_;
  std::vector<std::pair<std::string, const Column*>> columns_;
};

std::string explained_json(const CommandContext& context, const std::string& view, Timestamp t0,
                           const std::vector<Explained>& values, const DeclaredColumns& declared) {
  JsonWriter json;
  json.begin_object().field("view", view).field("key", context.argument("KEY"));
  json.field("time", text(t0)).key("values").begin_array();
  for (const Explained& value : values) {
    json.begin_object().field("name", value.name).key("value");
    write_value(json, value.column, 0);
    if (value.text == "OVER_LIMIT") json.field("over_limit", true);
    json.field("count", value.records.size()).key("records").begin_array();
    for (const Contribution& c : value.records) {
      json.begin_object()
          .field("seq", c.seq)
          .field("time", text(c.time))
          .field("known", text(c.known))
          .key("record")
          .begin_object();
      for (const auto& [name, column] : declared.columns()) {
        json.key(name);
        write_value(json, *column, declared.row_of(c.seq));
      }
      json.end_object().end_object();
    }
    json.end_array().end_object();
  }
  return json.end_array().end_object().take();
}

void print_records(Output& out, const std::vector<Contribution>& records,
                   const DeclaredColumns& declared, bool all) {
  std::vector<std::string> headers = {"seq", "time", "known"};
  for (const auto& [name, column] : declared.columns()) headers.push_back(name);
  TextTable table(headers);
  std::size_t first = all || records.size() <= kShownRecords ? 0 : records.size() - kShownRecords;
  for (std::size_t i = records.size(); i-- > first;) {
    const Contribution& c = records[i];
    // As `lode sql` shows it: a name, not a quantity.
    Cell seq = Cell::number(static_cast<double>(c.seq), 0);
    std::vector<Cell> cells = {std::move(seq), text(c.time), text(c.known)};
    for (const auto& [name, column] : declared.columns())
      cells.push_back(value_cell(*column, declared.row_of(c.seq)));
    table.row(std::move(cells));
  }
  if (table.rows() > 0) table.print(out);
  if (first > 0)
    out.print("the newest {} of {}; --all shows every one\n", kShownRecords, records.size());
}

// Values made by the same records stand above one table of them.
void print_explained(Output& out, const std::vector<Explained>& values,
                     const DeclaredColumns& declared, bool all) {
  auto seqs = [](const Explained& value) {
    std::vector<std::int64_t> list;
    for (const Contribution& c : value.records) list.push_back(c.seq);
    return list;
  };
  std::vector<bool> done(values.size(), false);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (done[i]) continue;
    if (i > 0) out.write("\n");
    for (std::size_t j = i; j < values.size(); ++j) {
      if (done[j] || seqs(values[j]) != seqs(values[i])) continue;
      done[j] = true;
      out.print("{} = {}\n", out.bold(values[j].name), values[j].text);
    }
    std::size_t count = values[i].records.size();
    out.print("made by {} record{}\n", count, count == 1 ? "" : "s");
    print_records(out, values[i].records, declared, all);
  }
}

Result<const View*> find_view(const Project& project, const std::string& name) {
  if (const View* view = project.view(name)) return view;
  std::vector<std::string_view> names;
  for (const View& known : project.views) names.push_back(known.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty() && names.empty()) hint = "; the project declares none";
  if (hint.empty()) hint = fmt::format("; there are {}", fmt::join(names, ", "));
  return fail(Code::kNotFound, "there is no feature view '{}'{}", name, hint);
}

Status keep_asked(std::vector<Explained>& values, const Asked& asked) {
  if (asked.value.empty()) return {};
  std::string names;
  for (const Explained& value : values) names += (names.empty() ? "" : ", ") + value.name;
  std::erase_if(values, [&](const Explained& value) { return value.name != asked.value; });
  if (!values.empty()) return {};
  return fail(Code::kNotFound, "view {} has no value '{}'; it has {}", asked.view, asked.value,
              names);
}

Result<Timestamp> time_of(const std::string& text) {
  auto time = parse_timestamp(text);
  if (!time) return fail(time.error().context("TIME"));
  return time->t;
}

Result<int> run(CommandContext& context) {
  auto loaded = project_of(context);
  if (!loaded) return loaded.error();
  const Project& project = **loaded;
  TRY(Timestamp t0, time_of(context.argument("TIME")));
  Asked asked = asked_of(context.argument("FEATURE"));
  TRY(const View* view, find_view(project, asked.view));
  const Label* label = view->over_label ? project.label(view->over) : nullptr;
  const Source& source = *project.source(label != nullptr ? label->about : view->over);
  TRY(bool read, has_records(project, context.files, source));
  if (!read)
    return fail(Code::kNotFound, "source {} has not been read yet; `lode run` does it",
                source.name);
  RecordTables records;
  MemoryBudget budget(context.limits.memory_bytes);
  SourceContext source_context{context.files, project, context.limits, context.cancel,
                               false,         {},      &budget};
  TRY(Records held, load_records(source, source_context));
  Table& table = held.table;
  std::int64_t cut = table.rows > 0 ? table.find(kSeqColumn)->int64(table.rows - 1) : 0;
  const Table& kept = records.emplace(source.name, std::move(table)).first->second;
  ThreadPool pool(context.limits.threads);
  History history(project, records, cut, pool, context.cancel, &budget);
  TRY_VOID(history.plan());
  const PlannedView& planned = *history.feature_plan().view(view->name);
  const Type& key_type = history.feature_plan().groups[planned.group]->key_type;
  TRY(Column key, explain_key(key_type, context.argument("KEY")));
  TRY(std::vector<Explained> values, explain_all(history, planned, key, t0));
  TRY_VOID(keep_asked(values, asked));
  DeclaredColumns declared(source, kept);
  if (context.json)
    context.out.write(explained_json(context, view->name, t0, values, declared) + "\n");
  else
    print_explained(context.out, values, declared, context.options.flag("all"));
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"FEATURE", "a feature view, or VIEW.VALUE"},
    {"KEY", "the key it is read at"},
    {"TIME", "when it is read, ISO 8601, UTC unless it says otherwise"},
    kProjectArgument};
constexpr Option kOptions[] = {
    {"all", OptionType::kBool, "false", "every record, not the newest 20; --json has them all"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "explain",
    .summary = "the value of a feature at a key and a time, and the records that made it",
    .description =
        "Reads as a training row at TIME would: what was known by then, over all accepted records "
        "of the last run. Of each record: its time, from when it could be used, and its declared "
        "columns.",
    .example = "lode explain departures.late ORD 2001-02-01T15:00Z examples/flights",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
