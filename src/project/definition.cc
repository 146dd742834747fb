#include "project/definition.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "base/zone.h"

namespace lode {
namespace {

constexpr std::uint64_t kMostLookupBytes = 64'000'000;

// Lines of "key value". A value is written with its length, so that no text can pass for another.
class Canon {
 public:
  void put(std::string_view key, std::string_view value) {
    lines_.push_back(fmt::format("{} {}:{}\n", key, value.size(), value));
  }
  void put(std::string_view key, std::int64_t value) { put(key, fmt::format("{}", value)); }
  void put(std::string_view key, Duration value) { put(key, lode::text(value)); }
  void put(std::string_view key, const DeclaredExpression& value) {
    put(key, value.expression.text());
  }
  // Lines whose order means nothing.
  void put_sorted(Canon part) {
    std::ranges::sort(part.lines_);
    for (std::string& line : part.lines_) lines_.push_back(std::move(line));
  }
  std::string text() const {
    std::string all;
    for (const std::string& line : lines_) all += line;
    return all;
  }

 private:
  std::vector<std::string> lines_;
};

std::string shortest(double value) {
  char digits[32];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, error == std::errc() ? end : digits);
}

std::string range_text(const TimeRange& range) {
  return (range.begin ? text(*range.begin) : "") + ".." + (range.end ? text(*range.end) : "");
}

Status put_zone(Canon& canon, const ZoneRule& zone, FileSystem& files) {
  switch (zone.kind) {
    case ZoneRule::Kind::kUtc:
      canon.put("zone", "UTC");
      return {};
    case ZoneRule::Kind::kConstant:
      canon.put("zone", zone.constant);
      break;
    case ZoneRule::Kind::kLookup: {
      TRY(FileInfo info, files.info(zone.lookup_file.string()));
      if (info.size > kMostLookupBytes)
        return fail(Code::kLimit, "the zone look-up {} has more than {} bytes",
                    zone.lookup_file.string(), kMostLookupBytes);
      TRY(std::string bytes, files.read(zone.lookup_file.string()));
      canon.put("zone.lookup", text(content_hash(bytes)));
      canon.put("zone.key", zone.lookup_key);
      break;
    }
  }
  canon.put("zone.data", zone_data_version());
  return {};
}

void put_known(Canon& canon, const KnownRule& known) {
  switch (known.mode) {
    case KnownRule::Mode::kRecorded:
      canon.put("known", "recorded");
      return;
    case KnownRule::Mode::kAssumed:
      canon.put("known", "assumed");
      return;
    case KnownRule::Mode::kExpression:
      canon.put("known.expression", *known.expression);
      return;
  }
}

std::string window_text(const Window& window) {
  switch (window.kind) {
    case Window::Kind::kSliding:
      // Up to a day a window is exact whether it says so or not (docs/semantics.md 6.4).
      return fmt::format("sliding {}{}", text(window.width), window.paned() ? " paned" : "");
    case Window::Kind::kTumbling:
      return fmt::format("tumbling {}", text(window.width));
    case Window::Kind::kLast:
      return fmt::format("last {}", window.count);
    case Window::Kind::kAll:
      return "all";
  }
  return {};
}

std::string aggregate_text(const AggregateValue& value) {
  Canon canon;
  canon.put("aggregate", value.aggregate);
  if (value.argument) canon.put("argument", *value.argument);
  if (value.quantum != 0) canon.put("quantum", shortest(value.quantum));
  return canon.text();
}

Result<std::string> origin_definition(const Project& project, std::string_view name,
                                      FileSystem& files) {
  if (const Label* label = project.label(name)) return label_definition(project, *label, files);
  if (const Source* source = project.source(name)) return source_definition(*source, files);
  return fail(Code::kNotFound, "the project has no source or label '{}'", name);
}

}  // namespace

Result<std::string> source_definition(const Source& source, FileSystem& files) {
  Canon canon;
  canon.put("source", source.name);
  canon.put("semantics", kEngineSemanticsVersion);
  canon.put("format", source.format);
  for (const auto& [name, value] : source.format_options) canon.put("format." + name, value);
  // In order: a file without a header says nothing else of which column is which.
  for (const Field& field : source.columns.fields())
    canon.put("column." + field.name, field.type.text());
  canon.put("time", source.time);
  TRY_VOID(put_zone(canon, source.zone, files));
  put_known(canon, source.known);
  canon.put("id", source.id);
  canon.put("partition", source.partition);
  if (source.change) {
    canon.put("change", source.change->column);
    canon.put("change.correction", source.change->correction);
    canon.put("change.retraction", source.change->retraction);
  }
  canon.put("allowed_lateness", source.allowed_lateness);
  canon.put("max_ahead", source.max_ahead);
  canon.put("dedup_span", source.dedup_span);
  Canon derived;
  for (const NamedExpression& column : source.derive)
    derived.put("derive." + column.name, column.value);
  canon.put_sorted(std::move(derived));
  Canon rules;
  for (const Rule& rule : source.contract) rules.put("rule", rule.expression);
  canon.put_sorted(std::move(rules));
  return canon.text();
}

Result<std::string> label_definition(const Project& project, const Label& label,
                                     FileSystem& files) {
  const Source* source = project.source(label.about);
  if (!source) return fail(Code::kNotFound, "the project has no source '{}'", label.about);
  TRY(std::string about, source_definition(*source, files));
  Canon canon;
  canon.put("label", label.name);
  canon.put("about", about);
  canon.put("value", label.value);
  canon.put("known", label.known);
  return canon.text();
}

Result<std::string> view_definition(const Project& project, const View& view, FileSystem& files) {
  TRY(std::string over, origin_definition(project, view.over, files));
  Canon canon;
  canon.put("view", view.name);
  canon.put("over", over);
  canon.put("by", view.by);
  Canon windows;
  // The suffix stands for the names of the values, which readers use.
  for (const Window& window : view.windows)
    windows.put("window" + window.suffix, window_text(window));
  canon.put_sorted(std::move(windows));
  canon.put("include_current", std::int64_t{view.include_current});
  canon.put("distinct_limit", view.distinct_limit);
  Canon values;
  for (const AggregateValue& value : view.values)
    values.put("value." + value.name, aggregate_text(value));
  for (const NamedExpression& value : view.derived)
    values.put("derived." + value.name, value.value);
  canon.put_sorted(std::move(values));
  return canon.text();
}

std::vector<std::string> views_read(const TrainingSet& set) {
  std::set<std::string> names;
  for (const NamedExpression& column : set.columns)
    column.value.expression.visit([&](const Node& node) {
      if (node.kind == Node::Kind::kSubscript) names.insert(node.arguments[0]->name);
    });
  return {names.begin(), names.end()};
}

Result<std::string> training_definition(const Project& project, const TrainingSet& set,
                                        FileSystem& files) {
  const Label* label = project.label(set.label);
  if (!label) return fail(Code::kNotFound, "the project has no label '{}'", set.label);
  Canon canon;
  canon.put("training", set.name);
  canon.put("rows", set.rows);
  TRY(std::string target, label_definition(project, *label, files));
  canon.put("label", target);
  canon.put("where", set.where ? set.where->expression.text() : std::string());
  for (const NamedExpression& column : set.columns)
    canon.put("column." + column.name, column.value);
  for (const std::string& name : views_read(set)) {
    const View* view = project.view(name);
    if (!view) return fail(Code::kNotFound, "the project has no feature view '{}'", name);
    TRY(std::string definition, view_definition(project, *view, files));
    canon.put("read", definition);
  }
  return canon.text();
}

std::string model_definition(const Model& model) {
  Canon canon;
  canon.put("model", model.name);
  canon.put("from", model.from);
  canon.put("algorithm", model.algorithm);
  for (const std::string& column : model.columns) canon.put("column", column);
  Canon encoders;
  for (const EncoderChoice& choice : model.encode) {
    Canon one;
    one.put("encoder", choice.encoder);
    Canon options;
    for (const auto& [name, value] : choice.options) options.put("option." + name, value);
    one.put_sorted(std::move(options));
    encoders.put("encode." + choice.column, one.text());
  }
  canon.put_sorted(std::move(encoders));
  Canon options;
  for (const auto& [name, value] : model.options) options.put("option." + name, value);
  canon.put_sorted(std::move(options));
  canon.put("train", range_text(model.split.train));
  canon.put("test", range_text(model.split.test));
  canon.put("embargo", model.split.embargo);
  canon.put("purge", std::int64_t{model.split.purge});
  if (model.split.random > 0) {
    canon.put("random", fmt::format("{}", model.split.random));
    canon.put("stratified", std::int64_t{model.split.stratified});
    canon.put("exchangeable", std::int64_t{model.split.exchangeable});
  }
  if (!model.split.groups.empty()) canon.put("groups", model.split.groups);
  if (model.choose) {
    canon.put("choose.fit", range_text(model.choose->fit));
    canon.put("choose.on", range_text(model.choose->on));
    for (const auto& [name, values] : model.choose->grid)
      for (const std::string& value : values) canon.put("choose." + name, value);
  }
  if (model.tune) {
    if (model.tune->time.us > 0) canon.put("tune.time", model.tune->time);
    canon.put("tune.trials", model.tune->trials);
    canon.put("tune.folds", model.tune->folds);
    for (const std::string& option : model.tune->options) canon.put("tune.option", option);
  }
  if (model.calibrate != "none") canon.put("calibrate", model.calibrate);
  canon.put("seed", fmt::format("{}", model.seed));
  canon.put("threads", std::int64_t{model.threads});
  return canon.text();
}

}  // namespace lode
