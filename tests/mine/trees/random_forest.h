// Forests and rows for tests of the scorer: every shape a trainer can make and some it would not.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

#include "base/random.h"
#include "mine/trees/forest.h"

namespace lode {

struct ForestShape {
  std::uint32_t features = 10;
  std::uint32_t categorical = 0;  // the last so many features
  std::uint32_t levels = 0;       // of each of those
  std::size_t trees = 20;
  std::uint32_t depth = 6;
  double early_leaf = 0.1;  // chance that a node above the bottom is a leaf
  std::uint32_t cuts = 50;  // thresholds to choose from, per feature; 0 = any number
};

inline float random_value(Random& random, const ForestShape& shape, std::uint32_t feature) {
  if (feature >= shape.features - shape.categorical)
    return static_cast<float>(random.below(shape.levels + 3));
  if (shape.cuts == 0) return static_cast<float>(random.unit() * 4 - 2);
  return static_cast<float>(static_cast<std::int64_t>(random.below(shape.cuts)) - shape.cuts / 2) /
         8;
}

inline std::uint32_t add_random_set(Random& random, Forest& forest, std::uint32_t levels) {
  std::set<std::uint32_t> codes;
  std::uint64_t count = random.below(levels + 1);
  for (std::uint64_t i = 0; i < count; ++i)
    codes.insert(static_cast<std::uint32_t>(random.below(levels)));
  forest.categories.insert(forest.categories.end(), codes.begin(), codes.end());
  forest.set_begin.push_back(static_cast<std::uint32_t>(forest.categories.size()));
  return static_cast<std::uint32_t>(forest.sets() - 1);
}

inline Forest random_forest(std::uint64_t seed, const ForestShape& shape) {
  Random random(seed);
  Forest forest;
  forest.features = shape.features;
  forest.base_margin = static_cast<float>(random.unit() - 0.5);
  for (std::size_t t = 0; t < shape.trees; ++t) {
    forest.roots.push_back(static_cast<std::uint32_t>(forest.nodes.size()));
    forest.nodes.emplace_back();
    std::vector<std::uint32_t> level = {forest.roots.back()};
    for (std::uint32_t depth = 0; !level.empty(); ++depth) {
      std::vector<std::uint32_t> next;
      for (std::uint32_t at : level) {
        TreeNode node;
        node.cover = static_cast<float>(random.unit());
        if (depth == shape.depth || random.chance(shape.early_leaf)) {
          node.value = static_cast<float>(random.unit() - 0.5);
          forest.nodes[at] = node;
          continue;
        }
        node.feature = static_cast<std::uint32_t>(random.below(shape.features));
        node.default_left = random.chance(0.5);
        if (node.feature >= shape.features - shape.categorical) {
          node.category_set = add_random_set(random, forest, shape.levels);
        } else {
          node.value = random_value(random, shape, node.feature);
        }
        node.left = static_cast<std::uint32_t>(forest.nodes.size());
        forest.nodes[at] = node;
        for (int child = 0; child < 2; ++child) {
          next.push_back(static_cast<std::uint32_t>(forest.nodes.size()));
          forest.nodes.emplace_back();
        }
      }
      level = std::move(next);
    }
  }
  return forest;
}

// Row-major; `missing` is the share of NaN. Codes may be unseen.
inline std::vector<float> random_rows(std::uint64_t seed, const ForestShape& shape,
                                      std::size_t rows, double missing) {
  Random random(seed, 1);
  std::vector<float> values;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::uint32_t f = 0; f < shape.features; ++f) {
      values.push_back(random.chance(missing) ? std::numeric_limits<float>::quiet_NaN()
                                              : random_value(random, shape, f));
    }
  }
  return values;
}

inline std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

}  // namespace lode
