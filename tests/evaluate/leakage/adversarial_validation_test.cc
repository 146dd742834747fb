// Rows whose side of the split shows, and rows evenly drawn.
#include <gtest/gtest.h>

#include "tests/evaluate/leakage_rows.h"

namespace lode {
namespace {

constexpr const char* kWhole = "AUC of telling test from training rows";

// Test rows went through another machine, which leaves a trace without any order: two bands.
LeakRows with_trace(std::uint64_t seed, double how_often) {
  LeakRows rows = clean_rows(seed);
  rows.split_at_random(seed);
  Random random(seed, 41);
  rows.add_numbers("machine", [&](std::int64_t row) {
    bool test = std::ranges::binary_search(rows.test, row) && random.chance(how_often);
    double place = random.unit();
    return test ? 0.4 + 0.2 * place : place;
  });
  return rows;
}

TEST(AdversarialValidation, AColumnThatKnowsTheSideOfARandomSplitIsNamed) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = with_trace(seed, 0.9);
    LeakFinding finding = leak_finding("adversarial_validation", rows.input());
    ASSERT_EQ(leak_columns(finding), std::vector<std::string>{""}) << seed;
    EXPECT_TRUE(finding.notes.empty());
    const auto& figures = finding.suspects[0].figures;
    ASSERT_GE(figures.size(), 2U);
    EXPECT_EQ(figures[1].name, "AUC of machine");
    // A test row lies in the band with .92, a training row with .2.
    EXPECT_NEAR(figures[1].value, 0.5 + (0.92 - 0.2) / 2, 0.03);
    EXPECT_NE(finding.suspects[0].sentence.find("machine"), std::string::npos);
  }
}

TEST(AdversarialValidation, NearMissAFaintTrace) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    LeakRows rows = with_trace(seed, 0.1);
    EXPECT_TRUE(leak_finding("adversarial_validation", rows.input()).suspects.empty()) << seed;
  }
}

TEST(AdversarialValidation, ASplitThatDrawsRowsEvenlyIsNotSuspected) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    LeakRows rows = clean_rows(seed);
    rows.split_at_random(seed);
    LeakFinding finding = leak_finding("adversarial_validation", rows.input());
    EXPECT_TRUE(finding.suspects.empty() && finding.notes.empty()) << seed;
  }
}

// Behind in time an id that counts on tells the sides, which is honest: a note.
TEST(AdversarialValidation, InASplitByTimeItIsANoteAndAccusesNobody) {
  LeakRows rows = clean_rows(1);
  LeakFinding finding = leak_finding("adversarial_validation", rows.input());
  EXPECT_TRUE(finding.suspects.empty());
  ASSERT_EQ(finding.notes.size(), 1U);
  EXPECT_NE(finding.notes[0].sentence.find("most by id"), std::string::npos);
  EXPECT_TRUE(columns_to_leave_out(std::vector<LeakFinding>{finding}).empty());
  EXPECT_EQ(finding.notes[0].figures[0].name, kWhole);
  EXPECT_GT(finding.notes[0].figures[0].value, 0.95);
}

}  // namespace
}  // namespace lode
