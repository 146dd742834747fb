// A run on any number of threads leaves the same files and says the same figures: each from
// nothing, in a folder of its own. All of examples/flights with LODE_FULL=1 (two runs; ./dev demo
// brings the data), a small project always.
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Left {
  std::map<std::string, std::string> files;  // below .lode, by name: the hash of their bytes
  Json said;
};

// Takes away what differs from run to run: times, memory, and who held the lock.
void forget_the_machine(Json& said) {
  for (const char* field :
       {"started", "seconds", "own_seconds", "training_seconds", "memory_held", "resident_peak"})
    said.erase(field);
  for (Json& station : said["stations"])
    for (const char* field : {"seconds", "cpu_seconds", "memory", "started"}) station.erase(field);
  Json counters = Json::array();
  for (const Json& counter : said["counters"])
    if (!counter["name"].get<std::string>().starts_with("lode_memory_"))
      counters.push_back(counter);
  said["counters"] = counters;
}

Left run_fresh(const std::string& folder, int threads) {
  fs::remove_all(folder + "/.lode");
  ProcessResult ran =
      run_binary({"run", "--json", "--quiet", "--threads", std::to_string(threads)}, folder);
  EXPECT_EQ(ran.exit, 0) << ran.err << ran.out.substr(0, 500);
  Left left;
  left.said = Json::parse(ran.out, nullptr, false);
  if (left.said.is_object()) forget_the_machine(left.said);
  fs::path state = folder + "/.lode";
  for (const auto& entry : fs::recursive_directory_iterator(state)) {
    std::string name = entry.path().lexically_relative(state).string();
    if (!entry.is_regular_file() || name == "lock.pid" || name.ends_with("runs.sqlite")) continue;
    if (entry.path().parent_path().filename() == "reports") continue;  // what was said, with times
    left.files[name] = text(content_hash(posix_files().read(entry.path().string()).value()));
  }
  return left;
}

void expect_same(const Left& one, const Left& other) {
  EXPECT_EQ(one.files, other.files);
  ASSERT_TRUE(one.said.is_object() && other.said.is_object());
  for (const auto& [field, value] : one.said.items()) EXPECT_EQ(value, other.said[field]) << field;
  EXPECT_EQ(one.said.size(), other.said.size());
}

TEST(Threads, LeaveTheSameOfASmallProject) {
  ScratchFolder folder;
  folder.write("lode.yaml", shop_project());
  folder.write("orders.csv", shop_orders());
  Left one = run_fresh(folder.path(), 1);
  // A receipt, HEAD, manifest and part of each of raw, aside, training and two scores, two models.
  EXPECT_GE(one.files.size(), 20U);
  for (int threads : {2, 5}) {
    SCOPED_TRACE(threads);
    expect_same(one, run_fresh(folder.path(), threads));
  }
}

TEST(Threads, LeaveTheSameOfTheFlights) {
  if (std::getenv("LODE_FULL") == nullptr)
    GTEST_SKIP() << "two runs of 3 million rows: LODE_FULL=1 asks for it";
  const fs::path data =
      LODE_SOURCE_DIR "/third_party/prefix/share/vega-datasets/flights-3m.parquet";
  if (!fs::exists(data)) GTEST_SKIP() << "no " << data << ": ./dev setup --group demo brings it";
  ScratchFolder folder;
  for (const auto& entry : fs::directory_iterator(LODE_SOURCE_DIR "/examples/flights"))
    if (entry.is_regular_file()) fs::copy(entry.path(), folder.path());
  fs::create_directories(folder.path() + "/data");
  fs::create_symlink(data, folder.path() + "/data/flights-3m.parquet");
  Left one = run_fresh(folder.path(), 1);
  EXPECT_GE(one.files.size(), 70U);
  expect_same(one, run_fresh(folder.path(), 2));
}

}  // namespace
}  // namespace lode
