// What every registered leak detector keeps, run on each without being asked.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

std::string told(const LeakFinding& finding) {
  std::string text = finding.why_not;
  for (const LeakSuspect& suspect : finding.suspects) {
    text += "\n" + suspect.column + ": " + suspect.sentence;
    for (const LeakFigure& figure : suspect.figures)
      text += fmt::format("\n  {} {} {} {} {}", figure.name, figure.value, figure.low.value_or(-1),
                          figure.high.value_or(-1), figure.p.value_or(-1));
    text += fmt::format("\n  {} rows", suspect.test_rows.size());
  }
  return text;
}

LeakFinding found(const LeakDetector& detector, const LeakageInput& input, int threads = 2) {
  ThreadPool pool(threads);
  Result<LeakFinding> finding = detect_leak(detector, input, {}, pool);
  EXPECT_TRUE(finding.has_value()) << detector.name << ": " << finding.error().text();
  return finding.value_or(LeakFinding{});
}

TEST(LeakDetectorContract, NoneSuspectsTenCleanSets) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    LeakRows rows = clean_rows(seed);
    for (const LeakDetector* detector : all_leak_detectors()) {
      LeakFinding finding = found(*detector, rows.input());
      EXPECT_TRUE(finding.looked) << detector->name << finding.why_not;
      EXPECT_TRUE(finding.suspects.empty())
          << "seed " << seed << ", " << detector->name << told(finding);
    }
  }
}

TEST(LeakDetectorContract, NoneSuspectsFewRowsManyColumnsOrRowsThatCoincide) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    LeakRows wide = clean_rows(seed, 60);
    Random random(seed, 3);
    for (int i = 0; i < 500; ++i)
      wide.add("more " + std::to_string(i), Type::float64(),
               [&](ColumnBuilder& cells, std::int64_t) {
                 if (random.chance(0.3)) return cells.append_null();
                 cells.append_double(random.unit());
               });
    LeakRows coinciding = coinciding_rows(seed);
    for (const LeakDetector* detector : all_leak_detectors())
      for (const LeakRows* rows : {&wide, &coinciding}) {
        LeakFinding finding = found(*detector, rows->input());
        EXPECT_TRUE(finding.suspects.empty())
            << "seed " << seed << ", " << detector->name << told(finding);
      }
  }
}

TEST(LeakDetectorContract, NoRowsFewRowsAndOneClassAreNoErrors) {
  for (std::int64_t count : {0, 1, 2, 3, 40}) {
    LeakRows rows = clean_rows(1, count);
    rows.target.assign(static_cast<std::size_t>(count), 1);
    if (rows.train.empty() || rows.test.empty()) {
      rows.train.clear();
      rows.test.clear();
    }
    for (const LeakDetector* detector : all_leak_detectors())
      EXPECT_TRUE(found(*detector, rows.input()).suspects.empty()) << detector->name << count;
  }
}

TEST(LeakDetectorContract, NoColumnsAndColumnsOfNothingAreNoErrors) {
  LeakRows rows = clean_rows(1, 200);
  rows.value_times.clear();
  rows.features.schema = {};
  rows.features.columns.clear();
  for (const LeakDetector* detector : all_leak_detectors())
    EXPECT_TRUE(found(*detector, rows.input()).suspects.empty()) << detector->name;
  rows.add("nothing", Type::float64(),
           [](ColumnBuilder& cells, std::int64_t) { cells.append_null(); });
  rows.add("constant", Type::int64(),
           [](ColumnBuilder& cells, std::int64_t) { cells.append_int64(7); });
  rows.add("infinite", Type::float64(), [](ColumnBuilder& cells, std::int64_t row) {
    cells.append_double(row % 2 == 0 ? INFINITY : -INFINITY);
  });
  rows.add("list", Type::list(Type::int64()), [](ColumnBuilder& cells, std::int64_t row) {
    cells.child(0).append_int64(row);
    cells.append_list();
  });
  for (const LeakDetector* detector : all_leak_detectors())
    EXPECT_TRUE(found(*detector, rows.input()).suspects.empty()) << detector->name;
}

TEST(LeakDetectorContract, WithoutWhatIsOptionalEachLooksOrSaysWhatIsMissing) {
  LeakRows rows = clean_rows(1, 400);
  LeakageInput bare{.features = &rows.features, .target = rows.target};
  for (const LeakDetector* detector : all_leak_detectors()) {
    LeakFinding finding = found(*detector, bare);
    EXPECT_EQ(finding.looked, finding.why_not.empty()) << detector->name;
    EXPECT_TRUE(finding.suspects.empty()) << detector->name << told(finding);
  }
}

// A set with every leak at once, so that every detector has something to say.
TEST(LeakDetectorContract, TheSameOnAnyNumberOfThreadsAndAgain) {
  LeakRows rows = clean_rows(2, 3000);
  rows.add_numbers("copy", [&](std::int64_t row) { return rows.positive(row) ? 1.0 : 0.0; });
  rows.add("filled later", Type::float64(), [&](ColumnBuilder& cells, std::int64_t row) {
    if (!rows.positive(row)) return cells.append_null();
    cells.append_double(1);
  });
  for (const LeakDetector* detector : all_leak_detectors()) {
    std::string once = told(found(*detector, rows.input(), 1));
    EXPECT_EQ(once, told(found(*detector, rows.input(), 1))) << detector->name;
    EXPECT_EQ(once, told(found(*detector, rows.input(), 4))) << detector->name;
  }
}

TEST(LeakDetectorContract, EachSaysItsMethodItsCostAndWhatItCannotSee) {
  EXPECT_EQ(all_leak_detectors().size(), 12U);  // one more by construction: docs/guides/leakage.md
  for (const Component* component : components("leak_detector")) {
    EXPECT_NE(component->description.find("Cannot see: "), std::string_view::npos)
        << component->name;
    EXPECT_NE(component->description.find("Cost: "), std::string_view::npos) << component->name;
    EXPECT_EQ(component->name, static_cast<const LeakDetector*>(component->factory)->name);
  }
}

TEST(LeakDetectorContract, EachStopsOnRequest) {
  LeakRows rows = clean_rows(1, 100);
  ThreadPool pool(1);
  CancelToken cancel;
  cancel.cancel();
  for (const LeakDetector* detector : all_leak_detectors()) {
    Result<LeakFinding> finding = detect_leak(*detector, rows.input(), {}, pool, cancel);
    ASSERT_FALSE(finding.has_value()) << detector->name;
    EXPECT_EQ(finding.error().code(), Code::kCancelled) << detector->name;
  }
}

}  // namespace
}  // namespace lode
