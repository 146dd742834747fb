#include "mine/trees/forest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/file.h"
#include "base/hash.h"
#include "tests/mine/trees/small_forest.h"

namespace lode {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

float margin_of(const Forest& forest, float x0, float x1) {
  float row[] = {x0, x1};
  return plain_margin(forest, row);
}

TEST(Forest, WalksByHand) {
  Forest forest = small_forest();
  ASSERT_TRUE(check(forest)) << check(forest).error().text();
  EXPECT_EQ(margin_of(forest, 0.25F, 1), 0.125F - 1 + 0.25F);
  EXPECT_EQ(margin_of(forest, 0.5F, 1), 0.125F + 4 + 0.25F);  // equal to the threshold: right
  EXPECT_EQ(margin_of(forest, 0.5F, 2), 0.125F + 2 + 0.25F);
  EXPECT_EQ(margin_of(forest, 0.5F, 3.75F), 0.125F + 4 + 0.25F);  // the fraction is dropped
  EXPECT_EQ(margin_of(forest, kMissing, 3), 0.125F + 4 + 0.25F);
  EXPECT_EQ(margin_of(forest, 1, kMissing), 0.125F + 2 + 0.25F);
  EXPECT_EQ(margin_of(forest, 1, -1), 0.125F + 2 + 0.25F);
  EXPECT_EQ(margin_of(forest, 1, 16777216), 0.125F + 2 + 0.25F);
  EXPECT_EQ(tree_depth(forest, 0), 2U);
  EXPECT_EQ(tree_depth(forest, 1), 0U);
}

TEST(Forest, CheckFindsWhatAReaderMustNotMeet) {
  auto broken = [](std::function<void(Forest&)> breaking) {
    Forest forest = small_forest();
    breaking(forest);
    Status status = check(forest);
    return status ? std::string("accepted") : status.error().message();
  };
  EXPECT_EQ(broken([](Forest& f) { f.nodes[2].left = 1; }),
            "the children of node 2 of the tree model are outside its tree");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[2].left = 4; }),
            "the children of node 2 of the tree model are outside its tree");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[0].left = 3; }),
            "node 3 of the tree model has two parents");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[2] = {.value = 1}; }),
            "node 3 of the tree model cannot be reached");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[0].feature = 2; }),
            "node 0 of the tree model splits feature 2 of 2");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[2].category_set = 1; }),
            "node 2 of the tree model names category set 1 of 1");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[1].category_set = 0; }),
            "leaf 1 of the tree model names a category set");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[0].value = kMissing; }),
            "node 0 of the tree model holds a number that is not finite");
  EXPECT_EQ(broken([](Forest& f) { f.nodes[5].value = INFINITY; }),
            "node 5 of the tree model holds a number that is not finite");
  EXPECT_EQ(broken([](Forest& f) { f.base_margin = kMissing; }),
            "the tree model's base margin is not finite");
  EXPECT_EQ(broken([](Forest& f) { f.categories = {3, 3}; }),
            "category set 0 of the tree model is not ascending below 16777216");
  EXPECT_EQ(broken([](Forest& f) { f.categories = {3, 1U << 24}; }),
            "category set 0 of the tree model is not ascending below 16777216");
  EXPECT_EQ(broken([](Forest& f) { f.set_begin = {0, 3}; }),
            "the tree model's table of category sets does not add up");
  EXPECT_EQ(broken([](Forest& f) { f.roots = {0, 6}; }), "tree 1 of the tree model has no nodes");
  EXPECT_EQ(broken([](Forest& f) { f.roots = {}; }),
            "the tree model has nodes that belong to no tree");
  EXPECT_EQ(
      broken([](Forest& f) { f.features = 1U << 21; }),
      "the tree model has 6 nodes and 2097152 features; the limits are 4294967280 and 1048576");
}

TEST(ForestFormat, ReadsBackWhatItWrote) {
  Forest forest = small_forest();
  EXPECT_EQ(decode_forest(encode_forest(forest)).value(), forest);
  Forest empty;
  EXPECT_EQ(decode_forest(encode_forest(empty)).value(), empty);
}

TEST(ForestFormat, GoldenFileLoadsForEver) {
  std::string bytes = posix_files().read(LODE_SOURCE_DIR "/tests/golden/tree-model-v1.bin").value();
  EXPECT_EQ(decode_forest(bytes).value(), small_forest());
  EXPECT_EQ(encode_forest(small_forest()), bytes);
}

TEST(ForestFormat, DamageIsFound) {
  std::string bytes = encode_forest(small_forest());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto cut = decode_forest(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code(), Code::kCorrupt);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    ASSERT_FALSE(decode_forest(damaged)) << i;
  }
}

TEST(ForestFormat, NamesALaterVersion) {
  std::string bytes = encode_forest(small_forest());
  bytes[8] = 2;
  EXPECT_EQ(decode_forest(bytes).error().code(), Code::kUnsupported);
  EXPECT_EQ(decode_forest(bytes).error().message(),
            "the tree model has format version 2, this lode reads up to 1: use a newer lode");
}

}  // namespace
}  // namespace lode
