// The program without its process: words in, exit status out. main() gives it the real machine,
// tests a made one.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "cli/output.h"

namespace lode {

struct Machine {
  Output& out;
  Output& err;
  FileSystem& files;
  Clock& clock;
  std::function<std::optional<std::string>(const char*)> environment;
  CancelToken cancel;
  int cores = 1;
};

// Runs one command line (without the program's name) and returns the exit status. Never throws.
int run_program(std::span<const std::string> words, Machine& machine);

}  // namespace lode
