#include "cli/registry_archive.h"

#include "base/json.h"
#include "base/stored_json.h"
#include "cli/model_card_text.h"
#include "cli/person.h"
#include "orchestrate/model_archive.h"
#include "orchestrate/run_log.h"
#include "project/lock.h"
#include "registry/registry.h"

namespace lode {

Result<int> export_to_file(CommandContext& context, const Project& project, MetadataStore& store,
                           const std::string& reference, const std::string& path) {
  TRY(ModelRecord record, Registry(store, project.name, context.clock).find(reference));
  TRY(bool there, exists(context.files, path));
  if (there)
    return fail(
        Error(Code::kConflict, "there is such a file already; give another name", {.file = path}));
  TRY(JsonValue judgement, parse_json(record.metrics_json));
  const JsonValue* sections = judgement.find("card");
  std::string card = sections == nullptr ? "" : model_card_text(record, *sections);
  TRY(std::string bytes, export_model(project, context.files, store, context.clock, record, card));
  TRY_VOID(write_atomically(context.files, path, bytes));
  if (context.json)
    context.out.write(JsonWriter()
                          .begin_object()
                          .field("model", record.name)
                          .field("version", record.version)
                          .field("content", text(record.content))
                          .field("file", path)
                          .field("bytes", bytes.size())
                          .field("archive", text(content_hash(bytes)))
                          .end_object()
                          .take() +
                      "\n");
  else
    context.out.print(
        "{} version {} is in {}, {} bytes; `lode registry import {}` in another "
        "project takes it\n",
        record.name, record.version, path, bytes.size(), path);
  return kExitDone;
}

Result<int> import_from_file(CommandContext& context, const Project& project,
                             const std::string& path) {
  TRY(std::string bytes, context.files.read(path));
  TRY(ProjectLock lock, ProjectLock::take(context.files, project.root));
  std::string records = run_records_path(project);
  TRY_VOID(context.files.make_directories(parent_directory(records)));
  TRY(std::unique_ptr<MetadataStore> store, open_sqlite_store(records));
  const std::string& name = context.options.text("name");
  auto imported = import_model(project, context.files, *store, context.clock, bytes,
                               name == "its own" ? "" : name, person(context));
  if (!imported) return fail(imported.error().at({.file = path}));
  const ModelRecord& record = imported->record;
  if (context.json)
    context.out.write(JsonWriter()
                          .begin_object()
                          .field("model", record.name)
                          .field("version", record.version)
                          .field("content", text(record.content))
                          .field("was_here", imported->was_here)
                          .field("from_project", imported->project)
                          .field("from_model", imported->from.name)
                          .field("from_version", imported->from.version)
                          .end_object()
                          .take() +
                      "\n");
  else if (imported->was_here)
    context.out.print("it is here already: {} version {}\n", record.name, record.version);
  else
    context.out.print(
        "{} version {}, which was {} version {} of project {}; "
        "`lode registry promote {}@{}` makes it live\n",
        record.name, record.version, imported->from.name, imported->from.version, imported->project,
        record.name, record.version);
  return kExitDone;
}

}  // namespace lode
