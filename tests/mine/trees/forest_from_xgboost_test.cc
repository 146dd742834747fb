// Reading XGBoost's saved models. The two files are one model of 3 trees over a number, a category
// of 9 levels and a number, saved by XGBoost 3.2.0 (nthread 1, seed 1) as JSON and as UBJSON; the
// margins are what its predict(output_margin=True) gave.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/file.h"
#include "base/random.h"
#include "mine/trees/forest.h"
#include "mine/trees/scorer.h"

namespace lode {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

std::string golden(std::string_view ending) {
  return posix_files()
      .read(std::string(LODE_SOURCE_DIR "/tests/golden/xgboost-3.2.0-small.") + std::string(ending))
      .value();
}

// `text` with the first `from` replaced.
std::string with(std::string text, std::string_view from, std::string_view to) {
  std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string_view bytes) {
  auto forest = forest_from_xgboost(bytes);
  return forest ? "accepted" : forest.error().message();
}

TEST(ForestFromXgboost, ReadsBothForms) {
  Forest forest = forest_from_xgboost(golden("json")).value();
  EXPECT_EQ(forest_from_xgboost(golden("ubj")).value(), forest);
  EXPECT_EQ(forest.objective, Forest::Objective::kLogistic);
  EXPECT_EQ(forest.features, 3U);
  EXPECT_EQ(forest.trees(), 3U);
  EXPECT_EQ(forest.nodes.size(), 15U + 11U + 13U);
  EXPECT_EQ(forest.nodes[0].value, 0.31256282F);
  EXPECT_EQ(forest.nodes[0].feature, 2U);
  auto set = forest.categories_of(forest.nodes[1].category_set);
  EXPECT_EQ(std::vector(set.begin(), set.end()), (std::vector<std::uint32_t>{0, 1, 3, 4, 6, 7}));
}

TEST(ForestFromXgboost, GivesXgboostsMargins) {
  Forest forest = forest_from_xgboost(golden("json")).value();
  struct Expected {
    float row[3];
    std::uint32_t margin;
  };
  for (const Expected& expected : std::initializer_list<Expected>{
           {{0, 0, 0}, 0xbfab8560},
           {{1.5F, 1, -1}, 0xbf1d6351},
           {{kMissing, 2, 0.25F}, 0x3f77961f},
           {{-2, kMissing, 1}, 0xbf302300},
           {{0.5F, 8, -0.5F}, 0x3f857f4e},
           {{0, 77, 0}, 0x3f77961f},
       }) {
    EXPECT_EQ(std::bit_cast<std::uint32_t>(plain_margin(forest, expected.row)), expected.margin)
        << expected.row[0] << ", " << expected.row[1] << ", " << expected.row[2];
  }
}

TEST(ForestFromXgboost, BaseScoreBecomesAMargin) {
  std::string json = golden("json");
  EXPECT_EQ(forest_from_xgboost(with(json, "[4.3666667E-1]", "[5E-1]"))->base_margin, 0.0F);
  EXPECT_EQ(forest_from_xgboost(with(json, "[4.3666667E-1]", "5E-1"))->base_margin,
            0.0F);  // before 3.1
  // 1 / 0.25 - 1 = 3, ln 3 = 1.0986123 in float32
  EXPECT_EQ(forest_from_xgboost(with(json, "[4.3666667E-1]", "[2.5E-1]"))->base_margin,
            -1.0986123F);
  std::string regression = with(json, "binary:logistic", "reg:squarederror");
  EXPECT_EQ(forest_from_xgboost(regression)->base_margin, 0.43666667F);
}

TEST(ForestFromXgboost, SaysWhatItDoesNotRead) {
  std::string json = golden("json");
  auto refused = [&](std::string_view from, std::string_view to) {
    auto forest = forest_from_xgboost(with(json, from, to));
    EXPECT_FALSE(forest);
    return forest
               ? ""
               : fmt::format("{}: {}", code_name(forest.error().code()), forest.error().message());
  };
  EXPECT_EQ(refused("binary:logistic", "multi:softprob"),
            "unsupported: the XGBoost model has objective multi:softprob: binary:logistic and "
            "reg:squarederror are supported");
  EXPECT_EQ(
      refused("\"num_class\":\"0\"", "\"num_class\":\"3\""),
      "unsupported: the XGBoost model has num_class = 3: models with one output are supported");
  EXPECT_EQ(refused("\"name\":\"gbtree\"", "\"name\":\"dart\""),
            "unsupported: the XGBoost model was made by booster dart: gbtree is supported");
  EXPECT_EQ(refused("[4.3666667E-1]", "[1E-1,2E-1]"),
            "unsupported: the XGBoost model has several base scores ([1E-1,2E-1]): models with one "
            "output are supported");
  EXPECT_EQ(
      refused("\"enc\":[]", "\"enc\":[{\"offsets\":[1]}]"),
      "unsupported: the XGBoost model recodes categories by name; train it on category codes");
  EXPECT_EQ(refused("[4.3666667E-1]", "[1]"),
            "corrupt: the XGBoost model is malformed: base_score is not a probability");
}

TEST(ForestFromXgboost, RefusesMalformedTrees) {
  std::string json = golden("json");
  auto refused = [&](std::string_view from, std::string_view to) {
    return error_of(with(json, from, to));
  };
  constexpr std::string_view kLeft = "\"left_children\":[1,3,5";
  EXPECT_EQ(refused(kLeft, "\"left_children\":[0,3,5"),
            "the XGBoost model is malformed: a node has two parents");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[1,0,5"),
            "the XGBoost model is malformed: a node has two parents");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[1,15,5"),
            "the XGBoost model is malformed: child 15 is not below 15");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[1,-7,5"),
            "the XGBoost model is malformed: child -7 is not below 15");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[1,2.5,5"),
            "the XGBoost model is malformed: child 2.5 is not below 15");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[1,3"),
            "the XGBoost model is malformed: a tree's arrays differ in length");
  EXPECT_EQ(refused(kLeft, "\"left_children\":[\"1\",3,5"),
            "the XGBoost model is malformed: an array mixes numbers with other values");
  EXPECT_EQ(refused("\"split_indices\":[2,", "\"split_indices\":[3,"),
            "the XGBoost model is malformed: feature 3 is not below 3");
  EXPECT_EQ(refused("\"split_conditions\":[", "\"split_conditions\":[1e99,"),
            "the XGBoost model is malformed: a number is outside the range of float32");
  EXPECT_EQ(refused("\"categories_nodes\":[1,", "\"categories_nodes\":[2,"),
            "the XGBoost model is malformed: a categorical split has no categories");
  EXPECT_EQ(refused("\"categories\":[0,", "\"categories\":[16777216,"),
            "the XGBoost model is malformed: category 16777216 is not below 16777216");
  EXPECT_EQ(refused("\"categories_sizes\":[6,", "\"categories_sizes\":[11,"),
            "the XGBoost model is malformed: category count 11 is not below 11");
  EXPECT_EQ(refused("\"split_conditions\":", "\"split_conditionz\":"),
            "the XGBoost model is malformed: 'split_conditions' is missing");
  EXPECT_EQ(refused("\"default_left\":[0", "\"default_left\":[null"),
            "the XGBoost model is malformed: an array mixes numbers with other values");
}

TEST(ForestFromXgboost, RefusesWhatIsNoModel) {
  for (std::string_view bytes :
       {"", "{", "{}", "[]", "{\"learner\":{}}", "null", "hello", "{\"a\":1"})
    EXPECT_NE(error_of(bytes), "accepted") << bytes;
  // Nested past the limit, in both forms; a counted array of 2^62 nulls in twelve bytes.
  EXPECT_EQ(error_of("{\"a\":" + std::string(100000, '[')),
            "the XGBoost model is malformed: it is nested too deeply");
  EXPECT_EQ(error_of("{i\x01"
                     "a" +
                     std::string(100000, '[')),
            "the XGBoost model is malformed: it is nested too deeply");
  std::string counted = std::string(
                            "{i\x01"
                            "a[$Z#L\x40",
                            9) +
                        std::string(7, '\0') + "}";
  EXPECT_EQ(error_of(counted),
            "the XGBoost model is malformed: it announces more values than it holds");
}

TEST(ForestFromXgboost, LongChainsAreNoProblem) {
  // A tree of 30,001 nodes in one line: deep walks must not be recursive.
  constexpr int kSplits = 15000;
  std::string left, right, feature, condition, zero, ones;
  for (int i = 0; i <= 2 * kSplits; ++i) {
    bool split = i % 2 == 0 && i < 2 * kSplits;
    std::string comma = i == 0 ? "" : ",";
    left += comma + (split ? std::to_string(i + 1) : "-1");
    right += comma + (split ? std::to_string(i + 2) : "-1");
    condition += comma + std::to_string(split ? i : i + 1) + ".0";
    zero += comma + "0";
  }
  std::string json =
      R"({"learner":{"gradient_booster":{"model":{"trees":[{"left_children":[)" + left +
      R"(],"right_children":[)" + right + R"(],"split_indices":[)" + zero +
      R"(],"split_conditions":[)" + condition + R"(],"default_left":[)" + zero +
      R"(],"loss_changes":[)" + zero + R"(],"sum_hessian":[)" + zero +
      R"(]}]},"name":"gbtree"},"learner_model_param":{"base_score":"0","num_class":"0",)"
      R"("num_feature":"1","num_target":"1"},"objective":{"name":"reg:squarederror"}}})";
  Forest forest = forest_from_xgboost(json).value();
  EXPECT_EQ(tree_depth(forest, 0), static_cast<std::uint32_t>(kSplits));
  float row = 1000;  // goes right at thresholds 0, 2, .. 1000, then left to the leaf of node 1003
  EXPECT_EQ(plain_margin(forest, std::span(&row, 1)), 1004.0F);
  EXPECT_EQ(Scorer::compile(forest).margin(&row), 1004.0F);
}

// ---- replay of damaged bytes: never a crash, and what is accepted scores like the plain walk
// --------

std::string damage(std::string bytes, Random& random) {
  constexpr std::string_view kTokens[] = {
      "[",           "]", "{", "}", "-1", "1e39", "NaN",
      "99999999999", "$", "#", "l", "\"", ",",    "\x7f\xff\xff\xff"};
  for (std::uint64_t i = 0, n = 1 + random.below(3); i < n && !bytes.empty(); ++i) {
    std::size_t at = random.below(bytes.size());
    switch (random.below(5)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 2:
        bytes.insert(at, kTokens[random.below(std::size(kTokens))]);
        break;
      case 3:
        bytes.erase(at, 1 + random.below(8));
        break;
      default:
        bytes.resize(random.chance(0.1) ? at : bytes.size());
        break;
    }
  }
  return bytes;
}

void use(const Forest& forest) {
  ASSERT_TRUE(check(forest));
  ASSERT_EQ(decode_forest(encode_forest(forest)).value(), forest);
  std::vector<float> row(forest.features, 0.5F);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(Scorer::compile(forest).margin(row.data())),
            std::bit_cast<std::uint32_t>(plain_margin(forest, row)));
}

TEST(ForestFromXgboost, DamagedBytesNeverCrash) {
  for (std::string_view form : {"json", "ubj"}) {
    std::string bytes = golden(form);
    Random random(20261124, form == "json" ? 1 : 2);
    int accepted = 0;
    for (int i = 0; i < 5000; ++i) {
      auto forest = forest_from_xgboost(damage(bytes, random));
      if (!forest) continue;
      ++accepted;
      use(*forest);
    }
    EXPECT_GT(accepted, 100) << form;  // the replay reaches past the parser
  }
}

}  // namespace
}  // namespace lode
