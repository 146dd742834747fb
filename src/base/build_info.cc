// build_info() itself is made by cmake/write_build_info.cmake.
#include "base/build_info.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <thread>

#include "base/file.h"

namespace lode {

MachineInfo machine_info() {
  MachineInfo out;
  out.system = "unknown";
  utsname name{};
  if (::uname(&name) == 0)
    out.system = fmt::format("{} {} {}", name.sysname, name.release, name.machine);
  constexpr std::string_view kKey = "PRETTY_NAME=\"";
  std::string release = posix_files().read("/etc/os-release").value_or("");
  std::size_t at = release.find(kKey);
  if (at != std::string::npos) {
    at += kKey.size();
    out.distribution = release.substr(at, release.find('"', at) - at);
  }
  out.processors = static_cast<int>(std::thread::hardware_concurrency());
  return out;
}

}  // namespace lode
