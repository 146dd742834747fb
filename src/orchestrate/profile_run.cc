#include "orchestrate/profile_run.h"

#include <algorithm>

#include "base/json.h"
#include "base/option_values.h"
#include "base/stored_values.h"
#include "ingest/csv_dialect.h"
#include "orchestrate/kept_step.h"

namespace lode {
namespace {

// Columns of which a report has pictures and values: a page of thousands would pass all bounds.
constexpr std::size_t kMostPictured = 200;

bool reads(const DeclaredExpression& expression, std::string_view column) {
  if (expression.expression.root() == nullptr) return false;
  std::vector<std::string> used = expression.expression.columns_used();
  return std::ranges::find(used, column) != used.end();
}

// Whether rows of the source are grouped by the column where they are split.
bool splits(const Project& project, const Source& source, std::string_view column) {
  return std::ranges::any_of(project.models, [&](const Model& model) {
    const TrainingSet* set = project.training_set(model.from);
    if (model.split.groups.empty() || set == nullptr || set->rows != source.name) return false;
    return std::ranges::any_of(set->columns, [&](const NamedExpression& one) {
      return one.name == model.split.groups && reads(one.value, column);
    });
  });
}

bool is_input(const Project& project, const Source& source, std::string_view column) {
  for (const TrainingSet& set : project.training)
    for (const NamedExpression& one : set.columns)
      if (set.rows == source.name && reads(one.value, column)) return true;
  for (const View& view : project.views) {
    if (view.over_label || view.over != source.name) continue;
    if (view.by == column) return true;
    for (const AggregateValue& value : view.values)
      if (value.argument && reads(*value.argument, column)) return true;
  }
  return false;
}

std::string format_of(const Source& source, const std::string& path) {
  if (!source.format.empty()) return source.format;
  return path.ends_with(".parquet") || path.ends_with(".pq") ? "parquet" : "csv";
}

Result<ProfileWishes> wishes_of(const Source& source, std::string_view format) {
  ProfileWishes wishes;
  if (format != "csv") return wishes;
  TRY(OptionValues options,
      OptionValues::parse(*find_component("decoder", "csv"), source.format_options));
  TRY(CsvDialect dialect, parse_csv_dialect(options));
  wishes.dates = dialect.dates;
  wishes.csv = {dialect.delimiter, dialect.quote, dialect.header, dialect.trim};
  wishes.nulls = dialect.nulls;
  wishes.quoted_nulls = dialect.quoted_nulls;
  return wishes;
}

TableSummary summary_of(const Project& project, const Source& source, const TableProfile& profile) {
  TableSummary out;
  out.source = source.name;
  out.file = base_name(source.files.front().string());
  out.files = std::ssize(source.files);
  out.rows = profile.rows;
  out.torn = profile.torn;
  out.unreadable = profile.unreadable;
  for (const ColumnProfile& column : profile.columns) {
    std::optional<std::size_t> declared = source.columns.find(column.name);
    std::string type = declared ? source.columns[*declared].type.text() : guessed_type(column);
    out.columns.push_back(summarise(column, type, role_in_project(project, source, column.name)));
    if (out.columns.size() <= kMostPictured) continue;
    out.columns.back().histogram.reset();
    out.columns.back().top.clear();
  }
  return out;
}

// What it follows from beside the file: how that is read, and what its columns are for.
StepInputs inputs_of(const Project& project, const Source& source) {
  std::string declared = format_of(source, source.files.front().string());
  for (const auto& [name, value] : source.format_options) declared += name + "\n" + value + "\n";
  for (const std::filesystem::path& file : source.files) declared += file.string() + "\n";
  for (const Field& field : source.columns.fields())
    declared += fmt::format("{}\n{}\n{}\n", field.name, field.type.text(),
                            summary_role_name(role_in_project(project, source, field.name)));
  return {{"its declaration", content_hash(declared)}, {"the build of lode", build_of_lode()}};
}

void write_histogram(JsonWriter& json, const HistogramSummary& histogram) {
  json.key("histogram")
      .begin_object()
      .field("from", histogram.from)
      .field("to", histogram.to)
      .key("rows")
      .begin_array();
  for (std::int64_t rows : histogram.rows) json.value(rows);
  json.end_array().end_object();
}

void write_column(JsonWriter& json, const ColumnSummary& column) {
  json.begin_object()
      .field("name", column.name)
      .field("type", column.type)
      .field("role", summary_role_name(column.role))
      .field("nulls", column.nulls)
      .field("distinct", column.distinct)
      .field("more_distinct", column.more_distinct)
      .field("hidden", column.hidden);
  if (column.numbers)
    json.key("numbers")
        .begin_object()
        .field("least", column.numbers->least)
        .field("lower", column.numbers->lower)
        .field("median", column.numbers->median)
        .field("upper", column.numbers->upper)
        .field("greatest", column.numbers->greatest)
        .end_object();
  if (!column.first.empty()) json.field("first", column.first).field("last", column.last);
  if (column.histogram) write_histogram(json, *column.histogram);
  if (!column.top.empty()) {
    json.key("top").begin_array();
    for (const ValueCount& value : column.top)
      json.begin_object().field("value", value.value).field("rows", value.rows).end_object();
    json.end_array().field("other_rows", column.other_rows);
  }
  json.key("warnings").begin_array();
  for (const ColumnWarning& warning : column.warnings)
    json.begin_object()
        .field("kind", warning.kind)
        .field("says", warning.says)
        .field("done", warning.done)
        .end_object();
  json.end_array().end_object();
}

}  // namespace

SummaryRole role_in_project(const Project& project, const Source& source, std::string_view column) {
  for (const Label& label : project.labels)
    if (label.about == source.name && reads(label.value, column)) return SummaryRole::kTarget;
  if (source.time == column) return SummaryRole::kTime;
  if (splits(project, source, column) || source.id == column || source.partition == column)
    return SummaryRole::kEntity;
  if (is_input(project, source, column)) return SummaryRole::kInput;
  for (const NamedExpression& derived : source.derive)
    if (reads(derived.value, column)) return SummaryRole::kInput;
  return SummaryRole::kLeftOut;
}

Result<TableSummary> profile_source(const Project& project, const Source& source,
                                    const TableProfile* looked_through, FileSystem& files,
                                    const CancelToken& cancel,
                                    const std::function<void(std::int64_t)>& advance) {
  if (looked_through != nullptr) {
    advance(looked_through->rows);
    return summary_of(project, source, *looked_through);
  }
  std::string path = source.files.front().string();
  std::string format = format_of(source, path);
  if (format != "csv" && format != "parquet")
    return fail(Error(Code::kInvalid,
                      fmt::format("source {} is profiled where it is csv or parquet, and it is {}",
                                  source.name, format),
                      {.line = source.place.line, .column = source.place.column}));
  TRY(ProfileWishes wishes, wishes_of(source, format));
  TRY(TableProfile profile, profile_table(files, path, wishes, cancel, advance));
  return summary_of(project, source, profile);
}

Status profile_sources(const Project& project, const TableProfile* looked_through,
                       const ProfileMeans& means, RunReport& report) {
  for (const Source& source : project.sources) {
    if (!source.profile) continue;
    StepInputs inputs = inputs_of(project, source);
    auto read = std::ranges::find(report.sources, source.name, &SourceReport::name);
    auto kept = kept_step(means.files, project, StepKind::kProfile, source.name);
    if (read->reused && kept && kept->inputs == inputs) {
      if (auto found = loaded_value<TableSummary>(kept->outcome)) {
        report.profiles.push_back(*std::move(found));
        continue;
      }
    }
    TRY_VOID(
        means.stations.run({.name = "profile " + source.name}, [&](Station& station) -> Status {
          auto advance = [&](std::int64_t rows) { station.advance(rows); };
          TRY(TableSummary made,
              profile_source(project, source, looked_through, means.files, means.cancel, advance));
          report.profiles.push_back(std::move(made));
          return {};
        }));
    TRY_VOID(keep_step(means.files, project, StepKind::kProfile, source.name,
                       {inputs, report.run, stored_value(report.profiles.back())}));
  }
  return {};
}

void write_profiles(JsonWriter& json, const std::vector<TableSummary>& profiles) {
  if (profiles.empty()) return;
  json.key("profile").begin_array();
  for (const TableSummary& table : profiles) {
    json.begin_object()
        .field("source", table.source)
        .field("file", table.file)
        .field("files", table.files)
        .field("rows", table.rows)
        .field("torn", table.torn)
        .field("unreadable", table.unreadable)
        .key("columns")
        .begin_array();
    for (const ColumnSummary& column : table.columns) write_column(json, column);
    json.end_array().end_object();
  }
  json.end_array();
}

}  // namespace lode
