// A command of the program: one .cc with a Component of kind "command", whose options are its flags
// and whose factory is a Command. Parsing, help, "did you mean" and docs/reference/commands.md come
// from these; nothing else has to be edited.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/file.h"
#include "base/option_values.h"
#include "base/parallel.h"
#include "base/time.h"
#include "cli/output.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"
#include "telemetry/progress.h"
#include "telemetry/span.h"

namespace lode {

// An argument without a flag, such as PROJECT.
struct Positional {
  enum class Count : std::uint8_t { kOne, kOptional, kAny };  // kAny (0 and up) only at the end
  std::string_view name;                                      // in capitals, as help shows it
  std::string_view doc;                                       // one line
  Count count = Count::kOne;
  std::string_view fallback = {};  // of kOptional: what stands when it is not given
};

// Everything a command may touch, already checked against its descriptor. What it needs from the
// machine comes from here, never from the process.
struct CommandContext {
  OptionValues options;  // its flags, with defaults
  std::vector<std::pair<std::string_view, std::vector<std::string>>> positionals;
  std::vector<std::string_view> defaulted;  // positionals that were not given

  Output& out;  // results; with `json` exactly one JSON document and a line end, written at the end
  Output& err;  // what is not a result
  bool json;
  bool quiet;
  Limits limits;
  FileSystem& files;
  Clock& clock;
  Progress& progress;
  Log& log;
  MetricRegistry& metrics;
  Tracer& tracer;
  CancelToken cancel;  // set by the first SIGINT or SIGTERM

  // The value of a positional of kOne or kOptional; of kAny all of them. Names are the
  // descriptor's.
  const std::string& argument(std::string_view name) const;
  std::span<const std::string> arguments(std::string_view name) const;
  bool given(std::string_view positional) const;  // on the command line

  // Prints errors as the program prints its own and returns the exit status of the first. For
  // commands that have more than one; a single one is simply returned.
  int report(std::span<const Error> errors) const;
};

// Exit statuses of a command; errors have their own (docs/reference/exit-codes.md).
inline constexpr int kExitDone = 0;
inline constexpr int kExitNo = 1;  // all went well, and the answer is no: a gate not passed

enum class CommandGroup : std::uint8_t { kWork, kLook, kReference };  // headings of `lode help`

struct Command {
  CommandGroup group;
  std::span<const Positional> positionals;
  bool read_only;  // changes no file; tests hold it to that
  // The exit status; an error is printed by the caller.
  Result<int> (*run)(CommandContext& context);
  // Flags that may be given again; their texts come joined by line ends.
  std::span<const std::string_view> repeated = {};
};

const Command& command_of(const Component& component);  // of kind "command"

// Flags every command has.
extern const Component kGlobalFlags;

}  // namespace lode
