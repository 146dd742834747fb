// The folder of state that the first version left of a small project: every stored format in its
// place. It must be read for ever, by those who look and by the next run.
// (docs/formats; single formats have golden files of their own beside their tests.)
#include <gtest/gtest.h>

#include <filesystem>

#include "base/hash.h"
#include "mine/algorithm.h"
#include "tests/cli/machine.h"
#include "tests/e2e/process.h"

namespace lode {
namespace {

namespace fs = std::filesystem;

class GoldenProject : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* file : {"lode.yaml", "orders.csv"})
      fs::copy(std::string(kGolden) + file, folder_.path() + "/" + file);
    fs::copy(std::string(kGolden) + "state", folder_.path() + "/.lode",
             fs::copy_options::recursive);
  }
  Ran lode(std::vector<std::string> words) const {
    words.push_back(folder_.path());
    return run_lode(std::move(words));
  }
  std::string rows(const std::string& table) const {
    Ran ran = lode({"sql", "SELECT count(*) AS n FROM " + table, "--json"});
    return ran.exit == 0 ? ran.out : ran.err + ran.out;
  }

  static constexpr const char* kGolden = LODE_SOURCE_DIR "/tests/e2e/golden/project-1/";
  ScratchFolder folder_;
};

TEST_F(GoldenProject, IsReadByWhoLooks) {
  EXPECT_EQ(rows("raw.orders"), "{\"rows\":[{\"n\":897}]}\n");
  EXPECT_EQ(rows("aside.orders"), "{\"rows\":[{\"n\":3}]}\n");
  EXPECT_EQ(rows("training.orders"), "{\"rows\":[{\"n\":897}]}\n");
  for (const char* model : {"base", "returns", "trees", "targeted"})
    EXPECT_EQ(rows(std::string("scores.") + model), "{\"rows\":[{\"n\":329}]}\n");
  EXPECT_EQ(rows("meta.runs"), "{\"rows\":[{\"n\":1}]}\n");
  EXPECT_EQ(rows("meta.models"), "{\"rows\":[{\"n\":4}]}\n");
  Ran sum =
      lode({"sql", "SELECT sum(amount)::BIGINT AS a, max(_t) AS t FROM raw.orders", "--json"});
  EXPECT_EQ(sum.out, "{\"rows\":[{\"a\":87427,\"t\":\"2020-01-30T23:12:00Z\"}]}\n");
  for (const char* model : {"base", "returns", "trees", "targeted"}) {
    Ran shown = lode({"model", "show", model, "--json"});
    EXPECT_EQ(shown.exit, 0) << shown.out;
    EXPECT_NE(shown.out.find("\"encoders\":[{"), std::string::npos) << shown.out;
  }
  EXPECT_NE(lode({"runs"}).out.find("done"), std::string::npos);
  EXPECT_EQ(lode({"explain", "history.n_all", "c3", "2020-01-15 12:00"}).exit, 0);
}

TEST_F(GoldenProject, TheNextRunGoesOnFromIt) {
  Ran run = lode({"run", "--json"});
  ASSERT_EQ(run.exit, 0) << run.out;
  EXPECT_NE(run.out.find("\"run\":2,"), std::string::npos) << run.out.substr(0, 200);
  EXPECT_NE(run.out.find("\"rows\":900,\"accepted\":897"), std::string::npos) << run.out;
  EXPECT_EQ(rows("raw.orders"), "{\"rows\":[{\"n\":897}]}\n");
}

// Every algorithm's model, as `lode run` stores it.
TEST_F(GoldenProject, EveryStoredModelLoads) {
  std::string folder = folder_.path() + "/.lode/shop/models";
  std::vector<std::string> names = posix_files().list(folder).value();
  ASSERT_EQ(names.size(), 4U);
  for (const std::string& name : names) {
    std::string bytes = posix_files().read(folder + "/" + name).value();
    EXPECT_EQ(text(content_hash(bytes)), name);
    std::size_t line = bytes.find('\n');
    std::size_t header = std::stoul(bytes.substr(std::string("lode-model 1 ").size(), line));
    std::string own = bytes.substr(line + 1 + header);
    auto model = load_model(own);
    ASSERT_TRUE(model) << name << ": " << model.error().text();
    // Written again in the algorithm's version of today it is the same model.
    std::string today = (*model)->serialize();
    auto again = load_model(today).value();
    EXPECT_EQ(again->serialize(), today) << name;
    EXPECT_EQ(again->describe(), (*model)->describe()) << name;
  }
}

}  // namespace
}  // namespace lode
