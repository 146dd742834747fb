#include "orchestrate/kept_step.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

std::string golden() {
  return posix_files().read(LODE_SOURCE_DIR "/tests/orchestrate/golden/step-1").value();
}

KeptStep step() {
  return {{{"its data", content_hash("a")}, {"what watches it", content_hash("b")}},
          7,
          std::string("any\nbytes\0sum", 13)};
}

TEST(KeptStep, TheGoldenFileLoadsAndIsWhatIsWritten) {
  EXPECT_EQ(kept_step_text(step()), golden());
  auto read = parse_kept_step(golden());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->inputs, step().inputs);
  EXPECT_EQ(read->run, 7);
  EXPECT_EQ(read->outcome, step().outcome);
}

TEST(KeptStep, EveryFlippedBitIsNoticed) {
  const std::string good = golden();
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    auto parsed = parse_kept_step(bad);
    ASSERT_FALSE(parsed) << "bit " << i;
    EXPECT_EQ(parsed.error().code(), Code::kCorrupt) << "bit " << i;
  }
}

TEST(KeptStep, NothingShorterOrLongerIsTaken) {
  const std::string good = golden();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_kept_step(good.substr(0, size))) << size;
  EXPECT_FALSE(parse_kept_step(good + "\n"));
}

TEST(KeptStep, ALaterVersionIsRefusedAsOne) {
  std::string later = "lode-step 2\nrun 1\n";
  later += "sum " + text(content_hash(later)) + "\n";
  auto parsed = parse_kept_step(later);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code(), Code::kUnsupported);
}

TEST(KeptStep, SaysWhatChanged) {
  StepInput a{"its data", content_hash("1")};
  StepInput b{"its declaration", content_hash("2")};
  StepInput c{"the build of lode", content_hash("3")};
  auto other = [](StepInput one) {
    one.is = content_hash("another");
    return one;
  };
  EXPECT_EQ(what_changed({a, b, c}, {a, b, c}), "");
  EXPECT_EQ(what_changed({a, b, c}, {a, other(b), c}), "its declaration changed");
  EXPECT_EQ(what_changed({a, b, c}, {other(a), b, other(c)}),
            "its data and the build of lode changed");
  EXPECT_EQ(what_changed({a, b}, {a, b, c}), "the build of lode changed") << "one more";
  EXPECT_EQ(what_changed({a, b, c}, {a, b}), "the build of lode changed") << "one less";
  EXPECT_NE(hash_of({a, b}), hash_of({b, a}));
}

TEST(KeptStep, IsKeptByKindAndNameAndGoneWhenDamaged) {
  TemporaryProject folder;
  folder.write("lode.yaml",
               "lode: 1\nproject: shop\nsources:\n"
               "  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}\n");
  folder.write("a.csv", "at,n\n");
  auto project = folder.load();
  ASSERT_NE(project, nullptr);
  FileSystem& files = posix_files();
  EXPECT_FALSE(kept_step(files, *project, StepKind::kModel, "m"));
  ASSERT_TRUE(keep_step(files, *project, StepKind::kModel, "m", step()));
  ASSERT_TRUE(kept_step(files, *project, StepKind::kModel, "m"));
  EXPECT_EQ(kept_step(files, *project, StepKind::kModel, "m")->inputs, step().inputs);
  EXPECT_FALSE(kept_step(files, *project, StepKind::kWalk, "m"));
  std::string path = kept_step_path(*project, StepKind::kModel, "m");
  std::string bytes = files.read(path).value();
  bytes[20] ^= 1;
  ASSERT_TRUE(write_atomically(files, path, bytes));
  EXPECT_FALSE(kept_step(files, *project, StepKind::kModel, "m"));
}

TEST(KeptStep, TheBuildIsTheProgramsOwn) {
  EXPECT_EQ(build_of_lode(), build_of_lode());
  EXPECT_NE(build_of_lode(), content_hash(LODE_VERSION)) << "the linker leaves a build id";
}

}  // namespace
}  // namespace lode
