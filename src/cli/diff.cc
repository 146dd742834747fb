// lode diff: what is not the same in two models, data sets, declarations or runs.
#include "orchestrate/diff.h"

#include <cmath>

#include "base/json.h"
#include "cli/project_argument.h"
#include "cli/text_table.h"
#include "orchestrate/report.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

void write_sections(JsonWriter& json, const Diff& diff) {
  json.key("sections").begin_array();
  for (const DiffSection& section : diff.sections) {
    json.begin_object()
        .field("name", section.name)
        .field("counts", section.counts)
        .key("lines")
        .begin_array();
    for (const DiffLine& line : section.lines)
      json.begin_object()
          .field("what", line.what)
          .field("a", line.a)
          .field("b", line.b)
          .end_object();
    json.end_array().end_object();
  }
  json.end_array();
}

void write_columns(JsonWriter& json, const Diff& diff) {
  json.key("columns").begin_array();
  for (const DiffColumn& column : diff.columns) {
    json.begin_object()
        .field("name", column.name)
        .field("type_a", column.type_a)
        .field("type_b", column.type_b)
        .field("missing_a", column.missing_a)
        .field("missing_b", column.missing_b)
        .field("mean_a", column.mean_a)
        .field("mean_b", column.mean_b)
        .field("deviation_a", column.deviation_a)
        .field("deviation_b", column.deviation_b)
        .key("drift")
        .begin_object();
    for (const auto& [name, value] : column.drift) json.field(name, value);
    json.end_object().end_object();
  }
  json.end_array();
}

std::string diff_json(const Diff& diff) {
  JsonWriter json;
  json.begin_object()
      .field("kind", diff.kind)
      .field("a", diff.a)
      .field("b", diff.b)
      .field("same", diff.same());
  write_sections(json, diff);
  json.key("metrics").begin_array();
  for (const DiffMetric& metric : diff.metrics) {
    json.begin_object()
        .field("name", metric.name)
        .field("a", metric.a)
        .field("b", metric.b)
        .key("difference");
    write_estimate(json, metric.difference);
    json.field("clear", metric.clear).field("better", metric.better).end_object();
  }
  json.end_array();
  write_columns(json, diff);
  json.key("notes").begin_array();
  for (const std::string& note : diff.notes) json.value(note);
  json.end_array().key("affected").begin_array();
  for (const std::string& model : diff.affected) json.value(model);
  return json.end_array().end_object().take();
}

// A hash is known by its first digits.
std::string shown(const std::string& value) {
  constexpr std::size_t kHash = 64;
  constexpr std::size_t kDigits = 12;
  bool hash =
      value.size() == kHash && value.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (value.empty()) return "-";
  return hash ? value.substr(0, kDigits) : value;
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.6g}", value); }

std::string two(const std::string& a, const std::string& b) {
  return a == b ? a : fmt::format("{} -> {}", a, b);
}

void print_columns(Output& out, const Diff& diff) {
  if (diff.columns.empty()) return;
  out.print("\n{}\n", out.bold("columns"));
  TextTable table({"column", "type", "missing", "mean", "deviation", "drift"});
  for (const DiffColumn& column : diff.columns) {
    std::string drift;
    for (const auto& [name, value] : column.drift)
      drift += fmt::format("{}{} {:.4f}", drift.empty() ? "" : ", ", name, value);
    table.row({column.name, two(shown(column.type_a), shown(column.type_b)),
               two(number(column.missing_a), number(column.missing_b)),
               two(number(column.mean_a), number(column.mean_b)),
               two(number(column.deviation_a), number(column.deviation_b)), drift});
  }
  table.print(out);
}

void print_metrics(Output& out, const Diff& diff) {
  if (diff.metrics.empty()) return;
  out.print("\n{}\n", out.bold("metrics"));
  TextTable table({"metric", diff.a, diff.b, "difference", ""});
  for (const DiffMetric& metric : diff.metrics) {
    const Estimate& d = metric.difference;
    table.row({metric.name, number(metric.a), number(metric.b),
               std::isnan(d.value)
                   ? std::string()
                   : fmt::format("{:+.5f} [{:+.5f}, {:+.5f}]", d.value, d.low, d.high),
               metric.clear ? (metric.better ? "better" : "worse") : ""});
  }
  table.print(out);
}

void print_diff(Output& out, const Diff& diff) {
  if (diff.same())
    out.print("{} and {} are the same\n", diff.a, diff.b);
  else
    out.print("{} against {}\n", out.bold(diff.a), out.bold(diff.b));
  for (const DiffSection& section : diff.sections) {
    out.print("\n{}\n", out.bold(section.name));
    TextTable table({"what", "first", "second"});
    for (const DiffLine& line : section.lines) table.row({line.what, shown(line.a), shown(line.b)});
    table.print(out);
  }
  print_columns(out, diff);
  print_metrics(out, diff);
  if (!diff.affected.empty()) {
    std::string models;
    for (const std::string& model : diff.affected) models += (models.empty() ? "" : ", ") + model;
    out.print("\nModels made of either: {}\n", models);
  }
  for (const std::string& note : diff.notes) out.print("\nNote: {}\n", note);
}

Result<int> run(CommandContext& context) {
  auto project = project_of(context);
  if (!project) return project.error();
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  TRY(Diff diff, diff_of(**project, context.argument("A"), context.argument("B"),
                         {context.files, *store, context.clock, context.limits, context.cancel}));
  if (context.json)
    context.out.write(diff_json(diff) + "\n");
  else
    print_diff(context.out, diff);
  return diff.same() ? kExitDone : kExitNo;
}

constexpr Positional kPositionals[] = {
    {"A",
     "a model (NAME, NAME@VERSION, NAME@ALIAS), run:NUMBER, dataset:HASH or dataset:SET, or "
     "view:NAME, view:NAME@HASH and so for source, label and training"},
    {"B", "another of the same kind"},
    kProjectArgument};
constexpr Command kCommand = {
    .group = CommandGroup::kLook, .positionals = kPositionals, .read_only = true, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "diff",
    .summary = "what is not the same in two models, data sets, features or runs",
    .description =
        "Of models: options, encoders, declarations line by line, sources, data sets, code, "
        "machine and libraries, and metrics with their paired difference where both were tested "
        "on the same rows. Of data sets: columns and types, rows, and each column's missing share, "
        "mean and deviation; where the rows of both are kept also which are in one alone and how "
        "far the columns drifted (PSI, KS, JS). Of a feature view or another declaration: what is "
        "declared otherwise, as it is now or as a model was made by it, and which models that "
        "touches. Of runs: what they made; times are told and are no difference. Exit status 0: "
        "the same; 1: not.",
    .example = "lode diff windows@1 windows@2 examples/flights",
    .options = {},
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
