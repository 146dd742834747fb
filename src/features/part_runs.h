// The arithmetic of running parts over runs of entries, compiled for each set of parts: what moves
// a window's cursors. The same parts one value at a time are in features/running_parts.h.
#pragma once

#include "features/layout.h"

namespace lode {

// For count, sum, squares, least and greatest in `parts`; the others need no words.
RunKernels run_kernels(PartSet parts);

}  // namespace lode
