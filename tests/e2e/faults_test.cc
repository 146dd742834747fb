// What goes wrong outside of lode, and what `lode run` and those who look make of it: processes
// that were killed, disks that are full. covers: orchestrate/leftovers
#include <algorithm>

#include "tests/e2e/process.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

class Faults : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  // Paths of the files below .lode, sorted.
  std::vector<std::string> kept_files() const {
    std::vector<std::string> out;
    std::filesystem::path root = folder_.path() + "/.lode";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
      if (entry.is_regular_file())
        out.push_back(std::filesystem::relative(entry.path(), root).string());
    std::ranges::sort(out);
    return out;
  }

  ScratchFolder folder_;
};

// A kill leaves unfinished files under temporary names wherever something was being written.
TEST_F(Faults, WhatAKillLeftIsRemovedByTheNextRun) {
  ASSERT_EQ(lode({"run"}).exit, 0);
  std::vector<std::string> wanted = kept_files();
  for (const char* left :
       {".lode/.lock.pid.99-0.tmp", ".lode/shop/models/.abc.99-1.tmp",
        ".lode/shop/receipts/.orders.99-2.tmp", ".lode/shop/training/.orders.receipt.99-3.tmp",
        ".lode/shop/scores/.base.receipt.99-4.tmp", ".lode/shop/tmp/.part.99-0.tmp",
        ".lode/shop/tmp/duckdb_temp_storage_DEFAULT-0.tmp", ".lode/shop/raw/orders/.HEAD.99-5.tmp",
        ".lode/shop/raw/orders/parts/.abc.parquet.99-6.tmp",
        ".lode/shop/aside/orders/manifests/.abc.json.99-7.tmp"})
    folder_.write(left, "half");
  folder_.write(".lode/mine.txt", "not lode's");
  ASSERT_EQ(lode({"run"}).exit, 0);
  wanted.push_back("mine.txt");
  std::ranges::sort(wanted);
  EXPECT_EQ(kept_files(), wanted);
}

}  // namespace
}  // namespace lode
