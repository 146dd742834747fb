#include "cli/command.h"

#include <algorithm>
#include <cassert>

#include "cli/print_error.h"

namespace lode {
namespace {

constexpr Option kGlobals[] = {
    {.name = "json",
     .type = OptionType::kBool,
     .fallback = "false",
     .doc = "print one JSON document, also for an error; logs become JSON lines"},
    {.name = "quiet", .type = OptionType::kBool, .fallback = "false", .doc = "show no progress"},
    {.name = "threads",
     .type = OptionType::kInt,
     .fallback = "0",
     .doc = "threads to use at most; 0 is one a core",
     .least = 0,
     .most = 1024},
    {.name = "memory",
     .type = OptionType::kText,
     .fallback = "4GiB",
     .doc = "memory to use at most: 512MiB, 16GiB"},
    {.name = "log",
     .type = OptionType::kChoice,
     .fallback = "warn",
     .doc = "what is logged to standard error; LODE_LOG sets it too",
     .choices = "debug|info|warn|error|off"},
    {.name = "help", .type = OptionType::kBool, .fallback = "false", .doc = "explain; also -h"},
    {.name = "version", .type = OptionType::kBool, .fallback = "false", .doc = "print the version"},
};

}  // namespace

constinit const Component kGlobalFlags = {
    .kind = "program",
    .name = "lode",
    .summary = "raw events to decisions, in one program",
    .description = "",
    .example = "lode check examples/flights",
    .options = kGlobals,
};

const Command& command_of(const Component& component) {
  assert(component.kind == "command" && component.factory != nullptr);
  return *static_cast<const Command*>(component.factory);
}

std::span<const std::string> CommandContext::arguments(std::string_view name) const {
  auto found = std::ranges::find(positionals, name, [](const auto& entry) { return entry.first; });
  assert(found != positionals.end());
  return found->second;
}

const std::string& CommandContext::argument(std::string_view name) const {
  return arguments(name).front();
}

bool CommandContext::given(std::string_view positional) const {
  return std::ranges::find(defaulted, positional) == defaulted.end();
}

int CommandContext::report(std::span<const Error> errors) const {
  return print_errors(errors, json, out, err);
}

}  // namespace lode
