// What this binary is made of: kept with every model it makes, so that it can be told years later
// what made it.
#pragma once

#include <string>
#include <string_view>

namespace lode {

struct BuildInfo {
  std::string_view version;   // of lode: "0.1.0"
  std::string_view commit;    // 40 hexadecimal digits, "+" behind them if files differed from it;
                              // "unknown" where there was no git
  std::string_view compiler;  // "GNU 12.2.0"
};

// Threads: any. The texts live as long as the program.
BuildInfo build_info();

// What runs it, as far as it may matter to who makes a model again.
struct MachineInfo {
  std::string system;        // "Linux 6.1.0 x86_64"; "unknown" if it does not say
  std::string distribution;  // "Debian GNU/Linux 12 (bookworm)"; "" if it does not say
  int processors = 0;
};
MachineInfo machine_info();

}  // namespace lode
