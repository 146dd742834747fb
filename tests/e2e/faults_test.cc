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
  // Paths of the files below .lode, sorted; what each run has said counts the runs, so without it.
  std::vector<std::string> kept_files() const {
    std::vector<std::string> out;
    std::filesystem::path root = folder_.path() + "/.lode";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
      if (entry.is_regular_file() && (entry.path().parent_path().filename() != "reports" ||
                                      entry.path().filename().string().starts_with('.')))
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
        ".lode/shop/scores/.base.receipt.99-4.tmp", ".lode/shop/reports/.1.99-8.tmp",
        ".lode/shop/tmp/.part.99-0.tmp", ".lode/shop/tmp/duckdb_temp_storage_DEFAULT-0.tmp",
        ".lode/shop/raw/orders/.HEAD.99-5.tmp", ".lode/shop/raw/orders/parts/.abc.parquet.99-6.tmp",
        ".lode/shop/aside/orders/manifests/.abc.json.99-7.tmp"})
    folder_.write(left, "half");
  folder_.write(".lode/mine.txt", "not lode's");
  ASSERT_EQ(lode({"run"}).exit, 0);
  wanted.push_back("mine.txt");
  std::ranges::sort(wanted);
  EXPECT_EQ(kept_files(), wanted);
}

// ---- full disks
// ---------------------------------------------------------------------------------------

// The disk full from one write after another on, DuckDB's and SQLite's writes included.
TEST_F(Faults, AFullDiskIsSaidAndNothingIsLost) {
#ifdef LODE_SANITIZED
  GTEST_SKIP() << "a sanitizer wants to be the first library of a process";
#endif
  std::string counted = folder_.path() + "/writes";
  std::string preload = "export LD_PRELOAD=" LODE_FULL_DISK_PRELOAD "; ";
  ProcessResult whole = run_binary(
      {"run", "--json"}, folder_.path(),
      preload + "export LODE_TEST_WRITES_TO=" + counted + " LODE_TEST_FULL_AFTER=1000000; ");
  ASSERT_EQ(whole.exit, 0) << whole.err;
  std::vector<std::string> names = names_in(whole.out);
  std::vector<std::string> files = kept_files();
  int writes = std::stoi(posix_files().read(counted).value());
  ASSERT_GT(writes, 100);
  for (int at = 0; at < writes; at += 1 + writes / 13) {
    std::filesystem::remove_all(folder_.path() + "/.lode");
    ProcessResult full = run_binary({"run"}, folder_.path(),
                                    preload + fmt::format("export LODE_TEST_FULL_AFTER={}; ", at));
    // SQLite does not tell why a sync failed; then it is kIo.
    EXPECT_TRUE(full.exit == exit_code(Code::kLimit) || full.exit == exit_code(Code::kIo))
        << "write " << at << ": " << full.exit << full.err;
    EXPECT_NE(full.err.find(".lode"), std::string::npos) << full.err;
    EXPECT_NE(full.err.find("make room"), std::string::npos) << full.err;
    int looked = lode({"sql", "SELECT 1"}).exit;
    EXPECT_TRUE(looked == 0 || looked == exit_code(Code::kNotFound)) << looked;
    ProcessResult again = lode({"run", "--json"});
    ASSERT_EQ(again.exit, 0) << "write " << at << ": " << again.err;
    ASSERT_EQ(names_in(again.out), names) << "write " << at;
    ASSERT_EQ(kept_files(), files) << "write " << at;
  }
}

// The same through the system: a file may not grow beyond a limit (also what a quota does).
TEST_F(Faults, AFileThatMayNotGrowIsAnErrorAndNoSignal) {
  ProcessResult whole = lode({"run", "--json"});
  ASSERT_EQ(whole.exit, 0) << whole.err;
  std::vector<int> limits = {0, 1, 4, 8, 12, 16};  // of 512 or 1024 bytes, as the shell has it
#ifdef LODE_SANITIZED
  limits.erase(limits.begin());  // the thread sanitizer writes a file of its own before main
#endif
  for (int blocks : limits) {
    std::filesystem::remove_all(folder_.path() + "/.lode");
    ProcessResult full =
        run_binary({"run", "--json"}, folder_.path(), fmt::format("ulimit -f {}; ", blocks));
    EXPECT_TRUE(full.exit == exit_code(Code::kLimit) || full.exit == exit_code(Code::kIo))
        << blocks << ": " << full.exit << full.err << full.out;
    EXPECT_NE(full.out.find(".lode"), std::string::npos) << blocks << ": " << full.out;
    EXPECT_NE(full.out.find("make room"), std::string::npos) << blocks << ": " << full.out;
    ProcessResult again = lode({"run", "--json"});
    ASSERT_EQ(again.exit, 0) << again.err << again.out;
    ASSERT_EQ(names_in(again.out), names_in(whole.out)) << blocks;
  }
}

}  // namespace
}  // namespace lode
