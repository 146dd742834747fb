// The program `lode`: the real machine, and the words of the command line.
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "cli/program.h"
#include "cli/signals.h"

namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

int main(int count, char** words) {
  // Large blocks go back to the system when they are freed: --memory is about what is resident.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 8 << 20);
  lode::DescriptorOutput out(STDOUT_FILENO);
  lode::DescriptorOutput err(STDERR_FILENO);
  lode::Machine machine{
      .out = out,
      .err = err,
      .files = lode::posix_files(),
      .clock = lode::system_clock(),
      .environment = environment,
      .cancel = lode::cancel_on_signals(),
      .cores = static_cast<int>(std::thread::hardware_concurrency()),
  };
  return lode::run_program(std::vector<std::string>(words + 1, words + count), machine);
}
