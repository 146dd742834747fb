// lode explain: the records that made a feature's value.
#include <algorithm>
#include <charconv>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "features/history.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::size_t kShownRecords = 20;

struct Asked {
  std::string view;
  std::string value;  // "" = all of the view's
};

Asked asked_of(const std::string& feature) {
  std::size_t dot = feature.find('.');
  if (dot == std::string::npos) return {feature, ""};
  return {feature.substr(0, dot), feature.substr(dot + 1)};
}

// One row with the key, as the view's key column has it.
Result<Column> key_column(const Type& type, const std::string& key) {
  ColumnBuilder builder(type);
  if (type.id == TypeId::kString || type.id == TypeId::kBytes) {
    builder.append_string(key);
    return builder.finish();
  }
  std::int64_t number = 0;
  auto [end, status] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (type.id != TypeId::kInt64 || status != std::errc() || end != key.data() + key.size())
    return fail(Code::kInvalid, "'{}' is no key of type {}", key, type.text());
  builder.append_int64(number);
  return builder.finish();
}

std::string explained_json(const std::string& view, const std::string& key, Timestamp t0,
                           const std::vector<ExplainedValue>& values) {
  JsonWriter json;
  json.begin_object().field("view", view).field("key", key).field("time", text(t0));
  json.key("values").begin_array();
  for (const ExplainedValue& value : values) {
    json.begin_object().field("name", value.name).field("value", value.value);
    json.key("records").begin_array();
    for (const Contribution& c : value.records)
      json.begin_object()
          .field("seq", c.seq)
          .field("time", text(c.time))
          .field("known", text(c.known))
          .end_object();
    json.end_array().end_object();
  }
  return json.end_array().end_object().take();
}

void print_explained(Output& out, const std::vector<ExplainedValue>& values, bool all) {
  for (const ExplainedValue& value : values) {
    out.print("{} = {}, made by {} records\n", out.bold(value.name), value.value,
              value.records.size());
    std::size_t first =
        all || value.records.size() <= kShownRecords ? 0 : value.records.size() - kShownRecords;
    TextTable table({"seq", "time", "known"});
    for (std::size_t i = first; i < value.records.size(); ++i)
      table.row({value.records[i].seq, text(value.records[i].time), text(value.records[i].known)});
    if (table.rows() > 0) table.print(out);
    if (first > 0) out.print("the newest {}; --all shows every one\n", kShownRecords);
  }
}

Result<int> run(CommandContext& context) {
  auto loaded = project_of(context);
  if (!loaded) return loaded.error();
  const Project& project = **loaded;
  TRY(ParsedTime time, parse_timestamp(context.argument("TIME")));
  Asked asked = asked_of(context.argument("FEATURE"));
  const View* view = project.view(asked.view);
  if (view == nullptr) {
    std::vector<std::string_view> names;
    for (const View& known : project.views) names.push_back(known.name);
    std::string_view near = nearest(asked.view, names);
    return fail(Code::kNotFound, "there is no feature view '{}'{}", asked.view,
                near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
  }
  const Label* label = view->over_label ? project.label(view->over) : nullptr;
  const Source& source = *project.source(label != nullptr ? label->about : view->over);
  SourceContext source_context{context.files, project, context.limits, context.cancel, false, {}};
  RecordTables records;
  TRY(Table table, load_records(source, source_context));
  std::int64_t cut = table.rows > 0 ? table.find(kSeqColumn)->int64(table.rows - 1) : 0;
  records.emplace(source.name, std::move(table));
  ThreadPool pool(context.limits.threads);
  History history(project, records, cut, pool, context.cancel);
  TRY_VOID(history.plan());
  const PlannedView& planned = *history.feature_plan().view(view->name);
  TRY(Column key,
      key_column(history.feature_plan().groups[planned.group]->key_type, context.argument("KEY")));
  TRY(std::vector<ExplainedValue> values, history.explain(planned, key, time.t, time.t));
  if (!asked.value.empty()) {
    std::erase_if(values, [&](const ExplainedValue& v) { return v.name != asked.value; });
    if (values.empty())
      return fail(Code::kNotFound, "view {} has no value '{}' that is made of records", asked.view,
                  asked.value);
  }
  if (context.json)
    context.out.write(explained_json(view->name, context.argument("KEY"), time.t, values) + "\n");
  else
    print_explained(context.out, values, context.options.flag("all"));
  return kExitDone;
}

constexpr Positional kPositionals[] = {
    {"FEATURE", "a feature view, or VIEW.VALUE"},
    {"KEY", "the key it is read at"},
    {"TIME", "when it is read, ISO 8601, UTC unless it says otherwise"},
    kProjectArgument};
constexpr Option kOptions[] = {
    {"all", OptionType::kBool, "false", "every record, not the newest 20"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "explain",
    .summary = "the value of a feature at a key and a time, and the records that made it",
    .description =
        "Reads with k = TIME over all accepted records. `lode sql` shows the records themselves: "
        "SELECT * FROM raw.SOURCE WHERE _seq = ...",
    .example = "lode explain departures.late ORD '2001-02-01 15:00' examples/flights",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
