// A bit flipped in every file a run leaves: each command says so, naming the file and what to do,
// or answers as before because the bit means nothing to it. What can be made again, `lode run`
// makes. In process, through the program's own entrance: there are hundreds of commands to give.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "tests/cli/machine.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

namespace fs = std::filesystem;

class FlippedBits : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
    ASSERT_EQ(lode({"run", "--json"}).exit, 0);
    fs::copy(state(), kept(), fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(kept()))
      if (entry.is_regular_file()) files_.push_back(fs::relative(entry.path(), kept()).string());
    std::ranges::sort(files_);
    for (const auto& words : looks()) before_.push_back(lode(words));
    for (const Ran& ran : before_) ASSERT_EQ(ran.exit, 0) << ran.err;
    names_ = names_of(lode({"run", "--json"}));
    ASSERT_EQ(names_.size(), 8U);
    restore();
  }

  std::string state() const { return folder_.path() + "/.lode"; }
  std::string kept() const { return folder_.path() + "/kept"; }
  Ran lode(std::vector<std::string> words) const {
    words.push_back(folder_.path());
    return run_lode(std::move(words));
  }
  void restore() const {
    fs::remove_all(state());
    fs::copy(kept(), state(), fs::copy_options::recursive);
  }
  void flip(const std::string& file, Random& random) const {
    std::string path = state() + "/" + file;
    std::string bytes = posix_files().read(path).value();
    char& byte = bytes[random.below(bytes.size())];
    byte = static_cast<char>(byte ^ (1 << random.below(8)));
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  // Who looks at what is kept; together they read every zone, model and record.
  static std::vector<std::vector<std::string>> looks() {
    std::string rows = "SELECT 0 AS n, 0 AS hash";
    for (const char* table : {"raw.orders", "aside.orders", "training.orders", "scores.base",
                              "scores.returns", "meta.stations", "meta.metrics"})
      rows += fmt::format(" UNION ALL SELECT count(*), sum(hash(t)) FROM {} t", table);
    return {{"sql", rows, "--csv"},
            {"runs"},
            {"report", "--json"},
            {"model", "list"},
            {"model", "show", "base"},
            {"model", "show", "returns"},
            {"explain", "history.n_all", "c3", "2020-01-15 12:00"}};
  }
  // Names of data sets and contents of models.
  static std::vector<std::string> names_of(const Ran& ran) {
    std::vector<std::string> out;
    for (std::string_view key : {"\"dataset\":\"", "\"content\":\""})
      for (std::size_t at = 0; (at = ran.out.find(key, at)) != std::string::npos; ++at)
        out.push_back(ran.out.substr(at + key.size(), 64));
    return out;
  }
  // It failed as it should, and says with what.
  static void expect_told(const Ran& ran, const std::string& file, const std::string& what) {
    std::string said = ran.err + ran.out;
    EXPECT_TRUE(ran.exit == 6 ||
                (file.ends_with("runs.sqlite") && (ran.exit == 7 || ran.exit == 9)))
        << what << " with a bit of " << file << ": exit " << ran.exit << " " << said;
    EXPECT_NE(said.find(fs::path(file).filename().string()), std::string::npos)
        << what << " does not name " << file << ": " << said;
    bool remedy = false;
    for (const char* word : {"remove", "run", "restore", "newer lode"})
      remedy = remedy || said.find(word) != std::string::npos;
    EXPECT_TRUE(remedy) << what << " does not say what to do about " << file << ": " << said;
  }

  // Gives every command with a bit of the file flipped; returns how many noticed.
  int try_commands(const std::string& file) {
    int noticed = 0;
    std::vector<std::vector<std::string>> words = looks();
    for (std::size_t i = 0; i < words.size(); ++i) {
      Ran ran = lode(words[i]);
      if (ran.exit == 0) {
        EXPECT_EQ(ran.out, before_[i].out) << words[i][0] << " with a bit of " << file;
      } else {
        expect_told(ran, file, words[i][0] + " " + words[i].back());
        ++noticed;
      }
    }
    return noticed;
  }

  ScratchFolder folder_;
  std::vector<std::string> files_;
  std::vector<Ran> before_;
  std::vector<std::string> names_;
};

bool holds(const std::string& file, std::string_view part) {
  return file.find(part) != std::string::npos;
}

TEST_F(FlippedBits, EachFileIsCheckedByWhoReadsIt) {
  ASSERT_GT(files_.size(), 20U);
  Random random(8);
  int flips = std::getenv("LODE_FULL") != nullptr ? 20 : 1;
  for (const std::string& file : files_) {
    if (fs::file_size(kept() + "/" + file) == 0) continue;  // the lock: nothing to flip
    bool records = holds(file, "runs.sqlite");
    for (int i = 0; i < flips * (records ? 6 : 1); ++i) {
      flip(file, random);
      int noticed = try_commands(file);
      Ran run = lode({"run", "--json"});
      bool rebuilt = holds(file, "/training/") || holds(file, "/scores/") ||
                     holds(file, "/models/") || holds(file, "/steps/") || holds(file, "lock.pid");
      if (run.exit == 0) {
        EXPECT_EQ(names_of(run), names_) << file;
        // What an earlier run said is read by who asks for its report alone, records by who needs
        // them: a run in which all is up to date does not.
        bool said = holds(file, "/reports/") || holds(file, "/raw/");
        EXPECT_TRUE(rebuilt || records || said) << "a run took " << file << " as it was";
      } else {
        expect_told(run, file, "run");
        EXPECT_FALSE(rebuilt) << "a run could have made " << file << " again: " << run.out;
      }
      // Receipts and steps are read by runs alone, the process id by nobody but who finds the lock
      // taken.
      if (!records && !holds(file, "receipt") && !holds(file, "/steps/") &&
          !holds(file, "lock.pid")) {
        EXPECT_GT(noticed, 0) << "nobody noticed " << file;
      }
      if (rebuilt) {
        EXPECT_EQ(posix_files().read(state() + "/" + file).value().size(),
                  posix_files().read(kept() + "/" + file).value().size());
        EXPECT_EQ(lode(looks()[0]).exit, 0) << "after making " << file << " again";
      }
      restore();
    }
  }
}

}  // namespace
}  // namespace lode
