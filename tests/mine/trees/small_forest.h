// A forest small enough to be worked out by hand, with every kind of node.
#pragma once

#include "mine/trees/forest.h"

namespace lode {

// Tree 1: x0 < 0.5 (missing right)? -1 : (x1 in {1, 3} (missing left)? 4 : 2).  Tree 2: 0.25.
inline Forest small_forest() {
  Forest forest;
  forest.objective = Forest::Objective::kLogistic;
  forest.features = 2;
  forest.base_margin = 0.125F;
  forest.roots = {0, 5};
  forest.nodes = {
      {.value = 0.5F, .left = 1, .feature = 0, .default_left = false, .gain = 8, .cover = 10},
      {.value = -1, .cover = 6},
      {.left = 3, .feature = 1, .category_set = 0, .default_left = true, .gain = 3, .cover = 4},
      {.value = 2, .cover = 1},
      {.value = 4, .cover = 3},
      {.value = 0.25F, .cover = 10},
  };
  forest.set_begin = {0, 2};
  forest.categories = {1, 3};
  return forest;
}

}  // namespace lode
