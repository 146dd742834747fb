// Stored models of every algorithm: bytes with a right checksum load or are refused; what loads is
// written as it was, describes itself, and scores a row or refuses it.
#include <limits>

#include "base/file.h"
#include "base/json.h"
#include "base/stored_json.h"
#include "features/encoder_bytes.h"
#include "mine/algorithm.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

void score(const FittedModel& model) {
  std::size_t numeric = model.schema()->numeric.size();
  std::size_t categories = model.schema()->categories.size();
  if (model.schema()->columns() > 10'000) return;
  std::vector<std::int64_t> begin = {0, 1};
  std::vector<std::uint32_t> term = {0};
  std::vector<double> weight = {0.5};
  std::vector<BagRows> bags(model.schema()->bags.size(), BagRows{begin, term, weight});
  for (double value : {0.0, -1e300, std::numeric_limits<double>::quiet_NaN()})
    for (std::int32_t code : {-1, 0}) {
      std::vector<double> values(numeric, value);
      std::vector<std::int32_t> codes(categories, code);
      double out = 0;
      (void)model.predict({model.schema(), 1, values, codes, bags}, {&out, 1});
    }
}

void run(std::string_view bytes) {
  (void)load_model(bytes);
  std::string sealed = with_checksum(bytes);
  auto model = load_model(sealed);
  if (!model) {
    EXPECT_TRUE(model.error().code() == Code::kCorrupt ||
                model.error().code() == Code::kUnsupported || model.error().code() == Code::kLimit)
        << model.error().text();
    return;
  }
  std::string saved = (*model)->serialize();
  auto again = load_model(saved);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ((*again)->serialize(), saved);
  EXPECT_FALSE((*model)->describe().empty());
  score(**model);
}

// A stored model is its header, then these.
std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (const char* name :
       {"logistic-1", "logistic-2", "logistic-2-bags", "linear-1", "random_forest-1"})
    out.push_back(without_checksum(source_file(fmt::format("tests/mine/golden/{}.model", name))));
  std::string folder = LODE_SOURCE_DIR "/tests/e2e/golden/project-1/state/shop/models";
  for (const std::string& name : posix_files().list(folder).value_or(std::vector<std::string>())) {
    std::string bytes = posix_files().read(join_path(folder, name)).value_or("");
    std::size_t own = bytes.find("LODEMODL");
    if (own != std::string::npos) out.push_back(without_checksum(bytes.substr(own)));
  }
  return out;
}

const Registration registration({"model", run, seeds});

// ---- the encoders beside them
// ---------------------------------------------------------------------------------------

void run_encoders(std::string_view bytes) {
  auto encoders = load_encoders(with_checksum(bytes));
  if (!encoders) {
    EXPECT_TRUE(encoders.error().code() == Code::kCorrupt ||
                encoders.error().code() == Code::kUnsupported)
        << encoders.error().text();
    return;
  }
  std::string saved = serialize_encoders(*encoders);
  auto again = load_encoders(saved);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(serialize_encoders(*again), saved);
}

std::vector<std::string> encoder_seeds() {
  return {without_checksum(source_file("tests/features/golden/encoders-1.bin")),
          without_checksum(source_file("tests/features/golden/encoders-text-1.bin"))};
}

const Registration encoder_registration({"encoders", run_encoders, encoder_seeds});

// ---- the JSON in front of them, and of run records
// -------------------------------------------------

void run_json(std::string_view bytes) {
  auto json = parse_json(bytes);
  if (!json) {
    EXPECT_EQ(json.error().code(), Code::kCorrupt) << json.error().text();
    return;
  }
  (void)json->find("metrics");
}

std::vector<std::string> json_seeds() {
  std::vector<std::string> out = {
      R"({"metrics":{"test":{"auc":{"value":0.7,"low":0.6,"high":1e-3}}},"notes":["aé\n"]})",
      R"([null,true,false,-0.0,1E5,"😀"])"};
  std::string folder = LODE_SOURCE_DIR "/tests/e2e/golden/project-1/state/shop/models";
  for (const std::string& name : posix_files().list(folder).value_or(std::vector<std::string>())) {
    std::string bytes = posix_files().read(join_path(folder, name)).value_or("");
    std::size_t begin = bytes.find('{');
    std::size_t own = bytes.find("LODEMODL");
    if (begin < own) out.push_back(bytes.substr(begin, own - begin));
  }
  return out;
}

const Registration json_registration({"stored_json", run_json, json_seeds});

}  // namespace
}  // namespace lode::fuzz
