// lode registry: which version of a model an alias means, tags and approvals, and their history.
#include "registry/registry.h"

#include "base/json.h"
#include "cli/person.h"
#include "cli/project_argument.h"
#include "cli/registry_archive.h"
#include "cli/text_table.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

struct Asked {
  CommandContext& context;
  const Project& project;
  MetadataStore& store;
  Registry& registry;
  std::span<const std::string> names;  // of the action
  Act act;
  std::string alias;
};

void write_event_of_model(JsonWriter& json, const ModelEvent& event) {
  json.begin_object().field("model", event.model);
  write_event(json, event);
  json.end_object();
}

std::string event_text(const ModelEvent& event) {
  switch (event.kind) {
    case ModelEventKind::kAlias:
      if (event.version == 0) return fmt::format("{} is no version any more", event.name);
      return fmt::format("{} {} version {}", event.name,
                         event.value == "rollback" ? "went back to" : "is", event.version);
    case ModelEventKind::kTag:
      return event.value.empty()
                 ? fmt::format("version {} has no tag {} any more", event.version, event.name)
                 : fmt::format("version {} has tag {} '{}'", event.version, event.name,
                               event.value);
    case ModelEventKind::kApproval:
      return fmt::format("version {} is approved for {}", event.version, event.name);
    case ModelEventKind::kGate:
      return fmt::format("version {} against {}: the gate says {}", event.version, event.name,
                         event.value);
  }
  return "";
}

Result<int> told(const Asked& asked, const ModelEvent& event) {
  if (asked.context.json) {
    JsonWriter json;
    write_event_of_model(json, event);
    asked.context.out.write(json.take() + "\n");
  } else {
    asked.context.out.print("model {}: {}\n", event.model, event_text(event));
  }
  return kExitDone;
}

Result<int> promote(const Asked& asked) {
  TRY(ModelEvent event, asked.registry.promote(asked.names[0], asked.alias, asked.act));
  return told(asked, event);
}

Result<int> roll_back(const Asked& asked) {
  TRY(ModelEvent event, asked.registry.roll_back(asked.names[0], asked.alias, asked.act));
  return told(asked, event);
}

Result<int> tag(const Asked& asked) {
  const std::string& tag = asked.names[1];
  std::size_t equals = tag.find('=');
  if (equals == std::string::npos)
    return fail(Code::kInvalid, "'{}' is no tag; write NAME=VALUE, or NAME= to take it away", tag);
  TRY(ModelEvent event,
      asked.registry.tag(asked.names[0], tag.substr(0, equals), tag.substr(equals + 1), asked.act));
  return told(asked, event);
}

Result<int> approve(const Asked& asked) {
  TRY(ModelEvent event,
      asked.registry.approve(asked.names[0], asked.context.options.text("stage"), asked.act));
  return told(asked, event);
}

Result<int> history(const Asked& asked) {
  TRY(ModelRecord model, asked.registry.find(asked.names[0]));
  TRY(std::vector<ModelEvent> events, asked.registry.history(model.name));
  if (asked.context.json) {
    JsonWriter json;
    json.begin_object().field("model", model.name).key("aliases").begin_object();
    for (const auto& [alias, version] : standing_of(events).aliases) json.field(alias, version);
    json.end_object().key("events").begin_array();
    for (const ModelEvent& event : events) write_event_of_model(json, event);
    asked.context.out.write(json.end_array().end_object().take() + "\n");
    return kExitDone;
  }
  if (events.empty()) {
    asked.context.out.print("model {} has no history yet: no alias, tag or approval\n", model.name);
    return kExitDone;
  }
  TextTable table({"event", "at", "what", "by", "why"});
  for (const ModelEvent& event : events)
    table.row(
        {event.number, text(event.at).substr(0, 19), event_text(event), event.actor, event.why});
  table.print(asked.context.out);
  return kExitDone;
}

Result<int> export_version(const Asked& asked) {
  return export_to_file(asked.context, asked.project, asked.store, asked.names[0], asked.names[1]);
}

struct Action {
  std::string_view name;
  std::size_t names;  // arguments before the project
  std::string_view usage;
  Result<int> (*run)(const Asked& asked);
};
constexpr Action kActions[] = {
    {"promote", 1, "MODEL[@VERSION]", promote},
    {"rollback", 1, "MODEL", roll_back},
    {"tag", 2, "MODEL[@VERSION] NAME=VALUE", tag},
    {"approve", 1, "MODEL[@VERSION]", approve},
    {"history", 1, "MODEL", history},
    {"export", 2, "MODEL[@VERSION] FILE", export_version},
    {"import", 1, "FILE", nullptr},  // needs no records to be there
};

Result<int> run(CommandContext& context) {
  const std::string& wanted = context.argument("ACTION");
  std::span<const std::string> rest = context.arguments("REST");
  const Action* action = nullptr;
  std::string all;
  for (const Action& one : kActions) {
    if (one.name == wanted) action = &one;
    all += fmt::format("{}{}", all.empty() ? "" : ", ", one.name);
  }
  if (action == nullptr)
    return fail(Code::kInvalid, "'{}' is nothing a registry does; it does {}", wanted, all);
  if (rest.size() < action->names)
    return fail(Code::kInvalid,
                "write `lode registry {} {} [PROJECT]`; `lode model list` lists "
                "models",
                action->name, action->usage);
  if (rest.size() > action->names + 1)
    return fail(Code::kInvalid, "'{}' is one argument too many", rest.back());
  auto project = project_at(context, rest.size() > action->names ? rest[action->names] : ".");
  if (!project) return project.error();
  if (action->run == nullptr) return import_from_file(context, **project, rest[0]);
  TRY(std::unique_ptr<MetadataStore> store, open_run_records(context.files, **project));
  Registry registry(*store, (*project)->name, context.clock);
  return action->run({context,
                      **project,
                      *store,
                      registry,
                      rest.first(action->names),
                      {.actor = person(context), .why = context.options.text("why")},
                      context.options.text("alias")});
}

constexpr Positional kPositionals[] = {
    {"ACTION", "promote, rollback, tag, approve, history, export or import"},
    {"REST",
     "the model, as NAME, NAME@VERSION or NAME@ALIAS; for tag NAME=VALUE, for export "
     "a file; for import the file alone; then a lode.yaml or its folder",
     Positional::Count::kAny}};
constexpr Option kOptions[] = {
    {"alias", OptionType::kText, "champion", "promote, rollback: which alias"},
    {"stage", OptionType::kText, "production", "approve: what it is approved for"},
    {"why", OptionType::kText, "not said", "the reason, kept with the event"},
    {"by", OptionType::kText, "me", "who does it; me is the user who is logged in"},
    {"name", OptionType::kText, "its own", "import: what the model is called here"},
};
constexpr Command kCommand = {
    .group = CommandGroup::kWork, .positionals = kPositionals, .read_only = false, .run = run};

constinit const Component kComponent = {
    .kind = "command",
    .name = "registry",
    .summary = "say which version of a model is live; tags, approvals, and what was live when",
    .description =
        "`lode registry promote MODEL[@VERSION]` makes a version the champion (or another "
        "--alias), "
        "`rollback MODEL` goes back to the one before, `tag` and `approve` say more of a version, "
        "and `history MODEL` shows all that was done, by whom and why. Each is one event that is "
        "there or not; two people who change the same models at once cannot both win: the second "
        "is told to look again. `export MODEL FILE` writes a version with everything that is known "
        "of "
        "it into one archive (no rows of data), and `import FILE` in another project adds it as a "
        "version there: whole, or not at all.",
    .example = "lode registry promote windows@2 examples/flights --why 'better by .003 AUC'",
    .options = kOptions,
    .factory = &kCommand,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
