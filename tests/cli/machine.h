// A machine for tests of the command line: memory in place of a terminal, a clock that stands.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/program.h"

namespace lode {

struct Ran {
  int exit = 0;
  std::string out;
  std::string err;
};

struct TestMachine {
  OutputTraits traits;
  std::map<std::string, std::string> variables;
  CancelToken cancel;

  Ran run(std::vector<std::string> words) const {
    MemoryOutput out(traits);
    MemoryOutput err(traits);
    ManualClock clock(Timestamp{});
    Machine machine{
        .out = out,
        .err = err,
        .files = posix_files(),
        .clock = clock,
        .environment = [this](const char* name) -> std::optional<std::string> {
          auto found = variables.find(name);
          if (found == variables.end()) return std::nullopt;
          return found->second;
        },
        .cancel = cancel,
        .cores = 3,
    };
    int exit = run_program(words, machine);
    return {exit, out.text(), err.text()};
  }
};

inline Ran run_lode(std::vector<std::string> words) { return TestMachine().run(std::move(words)); }

}  // namespace lode
