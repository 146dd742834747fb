#include "cli/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace lode {
namespace {

TEST(SignalsDeathTest, TheFirstSignalAsksTheSecondEnds) {
  for (int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          CancelToken token = cancel_on_signals();
          if (token.cancelled()) std::_Exit(1);
          std::raise(signal);
          std::_Exit(token.cancelled() ? 0 : 2);
        },
        testing::ExitedWithCode(0), "stopping; the same signal again ends at once");
    EXPECT_EXIT(
        {
          (void)cancel_on_signals();
          std::raise(signal);
          std::raise(signal);
          std::_Exit(0);
        },
        testing::KilledBySignal(signal), "stopping");
  }
}

// A write beyond the limit of a file's size is an error, and does not end the process.
TEST(Signals, AFileThatMayNotGrowIsNoEnd) {
  EXPECT_EXIT(
      {
        (void)cancel_on_signals();
        std::raise(SIGXFSZ);
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lode
