// SIGINT and SIGTERM as a request to stop: the work ends at its next check, with its files whole.
#pragma once

#include "base/parallel.h"

namespace lode {

// The token both signals cancel. A second signal of the same kind ends the process at once. Called
// once, by main().
CancelToken cancel_on_signals();

}  // namespace lode
