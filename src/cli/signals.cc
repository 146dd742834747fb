#include "cli/signals.h"

#include <unistd.h>

#include <csignal>

namespace lode {
namespace {

const CancelToken* signal_token = nullptr;

// Only what is safe in a signal handler: a store to a lock-free atomic, and write().
void on_signal(int) {
  signal_token->cancel();
  constexpr char kText[] = "\nstopping; the same signal again ends at once\n";
  [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, kText, sizeof(kText) - 1);
}

}  // namespace

CancelToken cancel_on_signals() {
  static const CancelToken token;
  signal_token = &token;
  struct sigaction action{};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // A file that may not grow further is then an error of the write, which says what to do.
  ::signal(SIGXFSZ, SIG_IGN);
  return token;
}

}  // namespace lode
