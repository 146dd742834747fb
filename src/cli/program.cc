#include "cli/program.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

#include "base/json.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/help_text.h"
#include "cli/print_error.h"

namespace lode {
namespace {

// A line of log must not be appended to a half-drawn bar: the bar is wiped and comes back.
TextSink log_sink(Output& err) {
  return [&err](std::string_view line) {
    err.write(err.traits().terminal ? fmt::format("\r\x1b[K{}", line) : std::string(line));
    (void)err.flush();
  };
}

TextSink progress_sink(Output& err) {
  return [&err](std::string_view text) {
    err.write(text);
    (void)err.flush();
  };
}

std::unique_ptr<Progress> make_progress(const Arguments& arguments, Machine& machine) {
  if (arguments.globals.flag("json") || arguments.globals.flag("quiet")) return nullptr;
  const OutputTraits& traits = machine.err.traits();
  if (traits.terminal)
    return terminal_progress(progress_sink(machine.err), machine.clock, traits.columns);
  return plain_progress(progress_sink(machine.err), machine.clock);
}

Result<LogLevel> wanted_level(const Arguments& arguments, const Machine& machine) {
  std::optional<std::string> variable = machine.environment("LODE_LOG");
  if (arguments.log_given || !variable || variable->empty())
    return parse_log_level(arguments.globals.text("log"));
  auto level = parse_log_level(*variable);
  if (!level) return fail(level.error().context("LODE_LOG"));
  return level;
}

// Exceptions do not leave a command; one that does is out of memory or a bug.
Result<int> run_guarded(const Command& command, CommandContext& context) {
  try {
    return command.run(context);
  } catch (const std::bad_alloc&) {
    return fail(Code::kLimit, "out of memory; give less work or more --memory");
  } catch (const std::exception& thrown) {
    return fail(Code::kInternal, "an exception reached the top: {}", thrown.what());
  }
}

Result<int> run_command(Arguments& arguments, Machine& machine) {
  bool json = arguments.globals.flag("json");
  TRY(LogLevel level, wanted_level(arguments, machine));
  Log log(level, json ? LogFormat::kJson : LogFormat::kLogfmt, log_sink(machine.err),
          machine.clock);
  std::unique_ptr<Progress> progress = make_progress(arguments, machine);
  MetricRegistry metrics;
  Tracer tracer(machine.clock);
  auto threads = static_cast<int>(arguments.globals.integer("threads"));
  CommandContext context{
      .options = std::move(arguments.options),
      .positionals = std::move(arguments.positionals),
      .defaulted = std::move(arguments.defaulted),
      .out = machine.out,
      .err = machine.err,
      .json = json,
      .quiet = arguments.globals.flag("quiet"),
      .limits = {.threads = threads > 0 ? threads : std::max(machine.cores, 1),
                 .memory_bytes = arguments.memory_bytes},
      .files = machine.files,
      .clock = machine.clock,
      .progress = progress ? *progress : silent_progress(),
      .log = log,
      .metrics = metrics,
      .tracer = tracer,
      .cancel = machine.cancel,
  };
  return run_guarded(command_of(*arguments.command), context);
}

// With --json, words for people become one field of an object.
void print_words(Machine& machine, bool json, std::string_view field, std::string_view text) {
  if (!json) {
    machine.out.write(text);
    return;
  }
  JsonWriter writer;
  writer.begin_object().field(field, text).end_object();
  machine.out.write(writer.take() + "\n");
}

Result<int> run_words(std::span<const std::string> words, Machine& machine) {
  TRY(Arguments arguments, parse_arguments(words));
  bool json = arguments.globals.flag("json");
  if (arguments.globals.flag("version")) {
    print_words(machine, json, "version", json ? LODE_VERSION : "lode " LODE_VERSION "\n");
    return kExitDone;
  }
  if (arguments.globals.flag("help") || arguments.command == nullptr) {
    const Component* command = arguments.command;
    print_words(machine, json, "help", command ? command_help(*command) : program_help());
    return kExitDone;
  }
  return run_command(arguments, machine);
}

}  // namespace

int run_program(std::span<const std::string> words, Machine& machine) {
  bool json = wants_json(words);
  Result<int> status = run_words(words, machine);
  int exit = status ? *status : print_errors({&status.error(), 1}, json, machine.out, machine.err);
  // Results that never arrived are a failure, whatever the command thought.
  Status flushed = machine.out.flush();
  if (!flushed && exit == kExitDone)
    exit = print_errors({&flushed.error(), 1}, false, machine.out, machine.err);
  (void)machine.err.flush();
  return exit;
}

}  // namespace lode
