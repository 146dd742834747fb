// Stored calibrators: bytes with a right checksum load or are refused; what loads is written as it
// was, and gives probabilities that do not descend.
#include <fmt/format.h>

#include <limits>

#include "evaluate/calibrator.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

void run(std::string_view bytes) {
  (void)load_calibrator(bytes);
  auto calibrator = load_calibrator(with_checksum(bytes));
  if (!calibrator) {
    EXPECT_TRUE(calibrator.error().code() == Code::kCorrupt ||
                calibrator.error().code() == Code::kUnsupported)
        << calibrator.error().text();
    return;
  }
  std::string saved = calibrator->serialize();
  auto again = load_calibrator(saved);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->serialize(), saved);
  EXPECT_FALSE(calibrator->describe().empty());
  const double large = std::numeric_limits<double>::max();
  double last = 0;
  for (double score : {-large, -1.0, 0.0, 1e-300, 0.1, 0.5, 0.9, 1.0, 1e9, large}) {
    double p = calibrator->probability(score);
    if (needs_probability(calibrator->kind()) && (score < 0 || score > 1)) {
      EXPECT_TRUE(p != p);
      continue;
    }
    EXPECT_TRUE(p >= last - 1e-12 && p <= 1) << calibrator->describe() << " at " << score;
    last = p;
  }
}

std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (CalibratorKind kind : kAllCalibrators)
    out.push_back(without_checksum(source_file(
        fmt::format("tests/evaluate/golden/calibrator-1-{}.bin", calibrator_name(kind)))));
  return out;
}

const Registration registration({"calibrator", run, seeds});

}  // namespace
}  // namespace lode::fuzz
