#include "orchestrate/kept_report.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kJson = R"({"project":"shop","run":1,"note":"a\nsum b é"})";

std::string golden() {
  return posix_files().read(LODE_SOURCE_DIR "/tests/orchestrate/golden/run-report-1").value();
}

TEST(KeptReport, TheGoldenFileLoadsAndIsWhatIsWritten) {
  EXPECT_EQ(parse_kept_report(golden()).value(), kJson);
  EXPECT_EQ(kept_report_text(kJson), golden());
}

TEST(KeptReport, EveryFlippedBitIsNoticed) {
  const std::string good = golden();
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    auto parsed = parse_kept_report(bad);
    ASSERT_FALSE(parsed) << "bit " << i;
    EXPECT_EQ(parsed.error().code(), Code::kCorrupt) << "bit " << i;
  }
}

TEST(KeptReport, NothingShorterOrLongerIsTaken) {
  const std::string good = golden();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_kept_report(good.substr(0, size))) << size;
  EXPECT_FALSE(parse_kept_report(good + "\n"));
  EXPECT_FALSE(parse_kept_report(kept_report_text("{}\n{}"))) << "one document, one line";
  EXPECT_FALSE(parse_kept_report(kept_report_text("")));
}

TEST(KeptReport, ALaterVersionIsRefusedAsOne) {
  std::string later = "lode-run-report 2\n{}\n";
  later += "sum " + text(content_hash(later)) + "\n";
  auto parsed = parse_kept_report(later);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Code::kUnsupported);
  EXPECT_NE(parsed.error().message().find("lode-run-report 2"), std::string::npos);
}

TEST(KeptReport, IsKeptByRunAndReadBack) {
  TemporaryProject folder;
  folder.write("lode.yaml",
               "lode: 1\nproject: shop\nsources:\n"
               "  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}\n");
  folder.write("a.csv", "at,n\n");
  auto project = folder.load();
  ASSERT_NE(project, nullptr);
  auto missing = read_report(posix_files(), *project, 7);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_NE(missing.error().message().find("run 7"), std::string::npos);
  ASSERT_TRUE(keep_report(posix_files(), *project, 7, kJson));
  EXPECT_EQ(read_report(posix_files(), *project, 7).value(), kJson);
  ASSERT_TRUE(write_atomically(posix_files(), kept_report_path(*project, 7), "{}"));
  auto damaged = read_report(posix_files(), *project, 7);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), Code::kCorrupt);
  EXPECT_TRUE(damaged.error().where().file.ends_with("reports/7")) << damaged.error().text();
}

}  // namespace
}  // namespace lode
