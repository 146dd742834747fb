#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lode {
namespace {

constexpr std::size_t kBuffer = 64 * 1024;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// NO_COLOR: https://no-color.org.
OutputTraits traits_of(int descriptor) {
  OutputTraits traits;
  if (::isatty(descriptor) == 0) return traits;
  const char* term = std::getenv("TERM");
  traits.terminal = term != nullptr && std::strcmp(term, "dumb") != 0;
  traits.colours = traits.terminal && !is_set("NO_COLOR");
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) traits.columns = size.ws_col;
  return traits;
}

}  // namespace

DescriptorOutput::DescriptorOutput(int descriptor)
    : Output(traits_of(descriptor)), descriptor_(descriptor) {}

void DescriptorOutput::write(std::string_view text) {
  std::lock_guard lock(mutex_);
  buffer_ += text;
  if (traits().terminal || buffer_.size() >= kBuffer) flush_locked();
}

Status DescriptorOutput::flush() {
  std::lock_guard lock(mutex_);
  flush_locked();
  if (error_ == 0) return {};
  return fail(Code::kIo, "the output could not be written: {}", std::strerror(error_));
}

void DescriptorOutput::flush_locked() {
  std::string_view rest = buffer_;
  while (!rest.empty() && error_ == 0) {
    ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

}  // namespace lode
