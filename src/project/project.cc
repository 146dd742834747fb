#include "project/project.h"

#include <algorithm>

#include "base/file.h"
#include "project/aggregate_signature.h"
#include "project/loading.h"

namespace lode {
namespace {

constexpr std::int64_t kVersion = 1;

template <typename T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  auto found = std::ranges::find(all, name, &T::name);
  return found == all.end() ? nullptr : &*found;
}

Schema with_fields(const Schema& schema, std::vector<Field> more) {
  std::vector<Field> fields = schema.fields();
  for (Field& field : more) fields.push_back(std::move(field));
  return Schema(std::move(fields));
}

void check_version(Loading& loading, const CheckedMap& part) {
  std::optional<std::int64_t> version = part.whole("lode");
  if (version && *version != kVersion)
    loading.problems().add(
        part.find("lode")->place,
        fmt::format("the file is written for version {} of lode.yaml; this lode reads "
                    "version {}",
                    *version, kVersion));
}

void check_project_name(Loading& loading, const CheckedMap& part) {
  const YamlNode* node = part.find("project");
  if (!node) return;
  std::string plain = node->text;
  std::ranges::replace(plain, '-', '_');
  if (!is_name(plain))
    loading.problems().add(
        node->place,
        fmt::format("'{}' is no project name; use a-z, 0-9, _ and -, a letter first", node->text));
}

void load_sections(Loading& loading, const YamlNode& root) {
  CheckedMap part(loading.shape, root);
  check_version(loading, part);
  check_project_name(loading, part);
  loading.project.name = part.text("project");
  if (const YamlNode* notes = part.find("notes"))
    for (const YamlNode& note : notes->items)
      if (note.scalar()) loading.project.notes.push_back(note.text);
  if (const YamlNode* node = part.find("sources")) load_sources(loading, *node);
  if (const YamlNode* node = part.find("labels")) load_labels(loading, *node);
  if (const YamlNode* node = part.find("features")) load_views(loading, *node);
  if (const YamlNode* node = part.find("training")) load_training(loading, *node);
  if (const YamlNode* node = part.find("models")) load_models(loading, *node);
  if (const YamlNode* node = part.find("retraining")) load_retraining(loading, *node);
  if (const YamlNode* node = part.find("scores")) load_scores(loading, *node, part.find("sources"));
  if (const YamlNode* node = part.find("monitor"); node && node->map())
    load_monitor(loading, *node);
  load_budget(loading, part);
}

// The file itself: `path`, or lode.yaml in the folder `path`.
Result<std::string> find_project_file(FileSystem& files, const std::filesystem::path& path) {
  auto info = files.info(path.string());
  if (!info && info.error().code() == Code::kNotFound)
    return fail(Code::kNotFound,
                "there is no file or folder {}; give a lode.yaml, or the folder that holds one",
                path.string());
  if (!info) return fail(info.error());
  if (info->kind != FileInfo::kDirectory) return path.string();
  std::string file = join_path(path.string(), "lode.yaml");
  if (!files.info(file))
    return fail(Code::kNotFound,
                "there is no lode.yaml in {}; give its path, or write one: docs/guides/tutorial.md "
                "shows how",
                path.string());
  return file;
}

struct Opened {
  std::string file;
  YamlNode root;
};

Result<Opened> open_project(FileSystem& files, const std::filesystem::path& path) {
  TRY(std::string file, find_project_file(files, path));
  TRY(std::string bytes, files.read(file));
  TRY(YamlNode root, parse_yaml(bytes, file));
  return Opened{std::move(file), std::move(root)};
}

}  // namespace

const Source* Project::source(std::string_view wanted) const { return find_named(sources, wanted); }
const Label* Project::label(std::string_view wanted) const { return find_named(labels, wanted); }
const View* Project::view(std::string_view wanted) const { return find_named(views, wanted); }
const TrainingSet* Project::training_set(std::string_view wanted) const {
  return find_named(training, wanted);
}
const Model* Project::model(std::string_view wanted) const { return find_named(models, wanted); }
const ScoringJob* Project::scoring_job(std::string_view wanted) const {
  return find_named(scores, wanted);
}

BindOptions bind_options(const Source& source) {
  return {.time_column = source.time, .local_column = std::string(kLocalColumn)};
}

Result<Schema> Project::record_schema(const Source& source) const {
  Schema records = with_fields(Schema(record_fields(source)), source.columns.fields());
  for (const NamedExpression& derived : source.derive) {
    TRY(BoundExpression bound, bind(derived.value.expression, records, bind_options(source)));
    records = with_fields(records, {{derived.name, bound.type()}});
  }
  return records;
}

Result<Schema> Project::folded_schema(const View& view) const {
  const Label* about = view.over_label ? label(view.over) : nullptr;
  const Source* from = source(about ? about->about : view.over);
  if (!from)
    return fail(Code::kNotFound, "the feature view '{}' is over '{}', which is not there",
                view.name, view.over);
  TRY(Schema records, record_schema(*from));
  if (!about) return records;
  TRY(BoundExpression value, bind(about->value.expression, records, bind_options(*from)));
  return with_fields(records, {{"value", value.type()}});
}

Result<Schema> Project::value_schema(const View& view) const {
  TRY(Schema folded, folded_schema(view));
  const Label* about = view.over_label ? label(view.over) : nullptr;
  const Source* from = source(about ? about->about : view.over);
  std::vector<Field> fields;
  for (const AggregateValue& value : view.values) {
    const AggregateSignature* signature = find_aggregate_signature(value.aggregate);
    if (!signature)
      return fail(Code::kUnsupported,
                  "the aggregate {} says no types: it was registered without a signature",
                  value.aggregate);
    std::optional<Type> argument;
    if (value.argument) {
      TRY(BoundExpression bound, bind(value.argument->expression, folded, bind_options(*from)));
      argument = bound.type();
    }
    TRY(Type type, signature->result(argument));
    for (const Window& window : view.windows) fields.push_back({value.name + window.suffix, type});
  }
  Schema aggregates(fields);
  for (const NamedExpression& derived : view.derived) {
    TRY(BoundExpression bound, bind(derived.value.expression, aggregates));
    fields.push_back({derived.name, bound.type()});
  }
  return Schema(std::move(fields));
}

Result<Schema> Project::training_schema(const TrainingSet& set) const {
  const Source* rows = source(set.rows);
  if (!rows)
    return fail(Code::kNotFound, "the training set '{}' has rows of '{}', which is not there",
                set.name, set.rows);
  TRY(Schema schema, record_schema(*rows));
  std::vector<Field> fields;
  for (const NamedExpression& column : set.columns) {
    std::vector<Field> reads;
    Expression plain = column.value.expression.rewrite([&](const NodePtr& node) -> NodePtr {
      if (node->kind != Node::Kind::kField || node->arguments[0]->kind != Node::Kind::kSubscript)
        return nullptr;
      const View* read = view(node->arguments[0]->arguments[0]->name);
      Result<Schema> values = read ? value_schema(*read) : fail(Code::kNotFound, "");
      std::string read_name = Expression(node).text();
      auto at = values ? values->find(node->name) : std::nullopt;
      if (at && !Schema(reads).find(read_name)) reads.push_back({read_name, (*values)[*at].type});
      return column_node(read_name);
    });
    TRY(BoundExpression bound,
        bind(plain, with_fields(schema, std::move(reads)), bind_options(*rows)));
    fields.push_back({column.name, bound.type()});
  }
  return Schema(std::move(fields));
}

std::expected<std::shared_ptr<const Project>, ProjectErrors> load_project(
    const std::filesystem::path& path) {
  FileSystem& files = posix_files();
  Result<Opened> opened = open_project(files, path);
  if (!opened) return std::unexpected(ProjectErrors{{opened.error()}});

  Problems problems(opened->file);
  Shape shape(problems);
  shape.check(opened->root, project_section());
  std::error_code ignored;
  Loading loading(shape, files);
  loading.project.file = std::filesystem::absolute(opened->file, ignored).lexically_normal();
  loading.project.root = loading.project.file.parent_path();
  load_sections(loading, opened->root);
  if (!problems.empty()) return std::unexpected(ProjectErrors{problems.sorted()});
  return std::make_shared<const Project>(std::move(loading.project));
}

}  // namespace lode
