// What every registered drift detector keeps, run on each without being asked.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/component.h"
#include "base/random.h"
#include "monitor/drift.h"

namespace lode {
namespace {

struct Sums {
  std::vector<double> rows;
  std::vector<double> predicted;
  std::vector<double> observed;
  BinnedRows binned() const { return {rows, predicted, observed}; }
};

// Bins whose predictions are right: as many labels as were predicted.
Sums sums(std::vector<double> rows) {
  Sums out{.rows = std::move(rows), .predicted = {}, .observed = {}};
  for (std::size_t b = 0; b < out.rows.size(); ++b) {
    double rate = (static_cast<double>(b) + 0.5) / static_cast<double>(out.rows.size());
    out.predicted.push_back(rate * out.rows[b]);
    out.observed.push_back(rate * out.rows[b]);
  }
  return out;
}

double statistic(const DriftDetector& detector, const Sums& reference, const Sums& now) {
  return detector.statistic(reference.binned(), now.binned());
}

TEST(DriftContract, TheSameRowsHaveNotMoved) {
  Sums rows = sums({3, 0, 400, 1200, 77});
  for (const DriftDetector* detector : all_drift_detectors())
    EXPECT_NEAR(statistic(*detector, rows, rows), 0, 1e-12) << detector->name;
}

// Ten times the rows in the same shares: no drift, but for the half row that psi adds.
TEST(DriftContract, MoreOfTheSameIsNoDrift) {
  Sums few = sums({0, 1000, 2000, 4000});
  Sums many = sums({0, 10000, 20000, 40000});
  for (const DriftDetector* detector : all_drift_detectors())
    EXPECT_NEAR(statistic(*detector, few, many), 0, 0.002) << detector->name;
}

TEST(DriftContract, EachSeesWhatItIsThereFor) {
  Sums was = sums({0, 1000, 1000, 1000});
  Sums moved = sums({0, 200, 800, 2000});
  Sums wrong = was;
  for (double& predicted : wrong.predicted) predicted += 100;
  for (const DriftDetector* detector : all_drift_detectors()) {
    bool of_predictions = detector->of == DriftOf::kPredictions || detector->of == DriftOf::kLosses;
    double size = std::abs(statistic(*detector, was, of_predictions ? wrong : moved));
    EXPECT_GT(size, detector->least) << detector->name;
    // And is silent about what it is not there for; a loss has no other side.
    if (detector->of == DriftOf::kLosses) continue;
    double other = std::abs(statistic(*detector, was, of_predictions ? moved : wrong));
    EXPECT_NEAR(other, 0, 1e-12) << detector->name;
  }
}

TEST(DriftContract, FurtherIsMore) {
  Sums was = sums({0, 1000, 1000, 1000});
  for (const DriftDetector* detector : all_drift_detectors()) {
    double last = 0;
    for (double moved : {100.0, 200.0, 400.0, 800.0}) {
      Sums now = sums({0, 1000 - moved, 1000, 1000 + moved});
      for (double& predicted : now.predicted) predicted += moved;
      double size = std::abs(statistic(*detector, was, now));
      EXPECT_GT(size, last) << detector->name << " " << moved;
      last = size;
    }
  }
}

TEST(DriftContract, NothingOnASideAndEmptyBinsAreFinite) {
  Sums none = sums({0, 0, 0});
  Sums some = sums({5, 0, 7});
  Sums elsewhere = sums({0, 9, 0});
  for (const DriftDetector* detector : all_drift_detectors())
    for (const Sums* was : {&none, &some, &elsewhere})
      for (const Sums* now : {&none, &some, &elsewhere})
        EXPECT_TRUE(std::isfinite(statistic(*detector, *was, *now))) << detector->name;
}

TEST(DriftContract, EachSaysItsWeaknessAndItsCost) {
  EXPECT_GE(all_drift_detectors().size(), 6U);
  for (const Component* component : components("drift")) {
    EXPECT_NE(component->description.find("Weakness: "), std::string_view::npos) << component->name;
    EXPECT_NE(component->description.find("Cost: "), std::string_view::npos) << component->name;
    const auto* detector = static_cast<const DriftDetector*>(component->factory);
    EXPECT_EQ(component->name, detector->name);
    EXPECT_TRUE(detector->degree == 1 || detector->degree == 2) << component->name;
    EXPECT_GT(detector->least, 0) << component->name;
  }
}

TEST(DriftContract, AWrongNameHasTheNearest) {
  auto found = find_drift_detector("psy");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Code::kNotFound);
  EXPECT_NE(found.error().message().find("psi"), std::string::npos);
}

}  // namespace
}  // namespace lode
