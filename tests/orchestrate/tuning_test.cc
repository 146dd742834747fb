// The race of options on losses that are made up: what wins, what is dropped, how a clock ends it.
#include "orchestrate/tuning.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "base/hash.h"
#include "base/random.h"

namespace lode {
namespace {

using enum Search::Simpler;

constexpr std::array kOptions = {
    Option{.name = "x",
           .type = OptionType::kNumber,
           .fallback = "0.5",
           .doc = "",
           .search = {.least = 0, .most = 1, .simpler = kLess}},
    Option{.name = "y",
           .type = OptionType::kNumber,
           .fallback = "0.5",
           .doc = "",
           .search = {.least = 0, .most = 1}},
};
constexpr Component kComponent = {.kind = "algorithm",
                                  .name = "made",
                                  .summary = "",
                                  .description = "",
                                  .example = "",
                                  .options = kOptions};

double value_of(const OptionTexts& options, std::string_view name) {
  double value = 0.5;
  for (const auto& [option, text] : options)
    if (option == name) std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Rows of a block share their luck whatever the options; beside it each trial has its own.
class MadeFits : public FoldFits {
 public:
  using Loss = std::function<double(double x, double y)>;
  MadeFits(std::uint64_t seed, Loss loss, double noise = 0.1)
      : seed_(seed), loss_(std::move(loss)), noise_(noise), rows_(kBlocks, kRows) {}

  static constexpr std::size_t kBlocks = 60;
  static constexpr double kRows = 20;

  std::size_t folds() const override { return 3; }
  std::span<const double> rows(std::size_t) const override { return rows_; }
  Result<FoldLosses> losses(const OptionTexts& options, std::size_t fold) override {
    ++fits;
    if (before) before();
    if (end != nullptr) TRY_VOID(end->check());
    double x = value_of(options, "x");
    double y = value_of(options, "y");
    if (refuse && refuse(x)) return fail(Code::kInvalid, "x of {} is refused", x);
    Random common(seed_, fold);
    Random own(seed_, hash64(fmt::format("{} {} {}", x, y, fold)));
    FoldLosses out;
    for (std::size_t b = 0; b < kBlocks; ++b)
      out.push_back(kRows * (0.5 + 0.3 * normal(common) + loss_(x, y) + noise_ * normal(own)));
    return out;
  }

  int fits = 0;
  std::function<void()> before;
  const CancelToken* end = nullptr;  // that a fit is stopped by
  std::function<bool(double)> refuse;

 private:
  // A sum of four uniform draws, with a deviation of 1: near enough to a normal one.
  static double normal(Random& random) {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += random.unit() - 0.5;
    return sum * std::sqrt(3.0);
  }
  std::uint64_t seed_;
  Loss loss_;
  double noise_;
  std::vector<double> rows_;
};

SearchSpace space() { return SearchSpace::make(kComponent, {}, {}).value(); }

Tuned tuned(FoldFits& fits, std::int64_t trials, std::uint64_t seed = 1) {
  return tune(space(), {.seed = seed, .trials = trials}, fits, CancelToken()).value();
}

TEST(Tuning, FindsAPlantedOptimumAwayFromTheDefaults) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    MadeFits fits(seed,
                  [](double x, double y) { return (x - 0.9) * (x - 0.9) + (y - 0.2) * (y - 0.2); });
    Tuned result = tuned(fits, 30, seed);
    if (result.chosen == 0) continue;
    const OptionTexts& options = result.trials[result.chosen].options;
    double distance = std::hypot(value_of(options, "x") - 0.9, value_of(options, "y") - 0.2);
    found += distance < 0.25 ? 1 : 0;  // the defaults are .5 away
  }
  EXPECT_GE(found, 38) << "of 40";
}

// No option changes anything: the luckiest of 29 others looks better than the defaults by two
// standard errors in most searches, and is not taken in more than one of twenty.
TEST(Tuning, OfNoiseTheDefaultsAreKept) {
  int left = 0;
  int luckier = 0;
  constexpr int kSeeds = 400;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    MadeFits fits(seed, [](double, double) { return 0.0; });
    Tuned result = tuned(fits, 30, seed);
    left += result.chosen != 0 ? 1 : 0;
    bool lucky = false;
    for (const Trial& trial : result.trials)
      lucky = lucky || paired_loss(fits, result.trials[0], trial).p_better() < 0.025;
    luckier += lucky ? 1 : 0;
  }
  RecordProperty("left", left);
  RecordProperty("luckier", luckier);
  EXPECT_LE(left, kSeeds / 20) << "of " << kSeeds;
  EXPECT_GE(luckier, kSeeds / 4) << "else this shows nothing";
}

// Everything but the defaults is equally good: of what cannot be told apart x, which has a simple
// end, is small.
TEST(Tuning, TiesGoToTheSimplest) {
  double mean = 0;
  double simpler = 0;  // those that are worse than the best by chance
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    MadeFits fits(seed, [](double x, double y) { return x == 0.5 && y == 0.5 ? 0.3 : 0.0; });
    Tuned result = tuned(fits, 20, seed);
    ASSERT_NE(result.chosen, 0U);
    double chosen = value_of(result.trials[result.chosen].options, "x");
    mean += chosen / 20;
    for (const Trial& trial : result.trials)
      if (trial.state == TrialState::kFinished && value_of(trial.options, "x") < chosen)
        simpler += 1.0 / 20;
  }
  EXPECT_LT(simpler, 2);
  EXPECT_LT(mean, 0.15);
}

TEST(Tuning, WhatIsClearlyWorseIsDroppedAfterItsFirstFold) {
  MadeFits fits(3, [](double x, double) { return x > 0.6 ? 2.0 : 0.0; });
  Tuned result = tuned(fits, 12);
  int dropped = 0;
  for (const Trial& trial : result.trials) {
    bool bad = value_of(trial.options, "x") > 0.6;
    if (!bad) continue;
    EXPECT_EQ(trial.state, TrialState::kDropped);
    EXPECT_EQ(trial.losses.size(), 1U);
    ++dropped;
  }
  EXPECT_GE(dropped, 2);
  EXPECT_LE(fits.fits, 3 * 12 - 2 * dropped);
}

TEST(Tuning, OptionsThatAreRefusedAreToldAndTheOthersGoOn) {
  MadeFits fits(4, [](double, double) { return 0.0; });
  fits.refuse = [](double x) { return x > 0.7; };
  Tuned result = tuned(fits, 12);
  ASSERT_EQ(result.trials.size(), 12U);
  int refused = 0;
  for (const Trial& trial : result.trials)
    if (trial.state == TrialState::kRefused) {
      EXPECT_NE(trial.why.find("is refused"), std::string::npos);
      ++refused;
    }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(result.trials[0].state, TrialState::kFinished);
  fits.refuse = [](double) { return true; };
  auto none = tune(space(), {.trials = 12}, fits, CancelToken());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Code::kInvalid);
  EXPECT_EQ(none.error().message(), "x of 0.5 is refused");
}

// ---- the clock -------------------------------------------------------------------------------

struct TimedTuning {
  TimedTuning() {
    fits.before = [this] { clock.advance(seconds(2)); };
  }
  Result<Tuned> run(Duration most, std::int64_t trials = 1000) {
    CancelToken end = whole.within(clock, most);
    fits.end = &end;
    return tune(space(), {.trials = trials}, fits, end);
  }
  ManualClock clock{Timestamp{}};
  CancelToken whole;
  MadeFits fits{5, [](double x, double) { return (x - 0.8) * (x - 0.8); }};
};

// A fit takes 2 s: none is begun behind the end, so at most one reaches over it.
TEST(Tuning, EndsByTheClockWithinOneFit) {
  TimedTuning timed;
  Tuned result = timed.run(seconds(61)).value();
  EXPECT_EQ(result.end, TuningEnd::kTime);
  EXPECT_GE(timed.clock.steady_ns(), 61'000'000'000);
  EXPECT_LE(timed.clock.steady_ns(), 63'000'000'000);
  EXPECT_GE(result.trials.size(), 10U);
}

TEST(Tuning, SoManyTrialsAreTheSameHoweverTheyWereEnded) {
  TimedTuning timed;
  Tuned by_time = timed.run(seconds(100)).value();
  MadeFits fits(5, [](double x, double) { return (x - 0.8) * (x - 0.8); });
  Tuned by_number = tuned(fits, std::ssize(by_time.trials));
  ASSERT_EQ(by_time.trials.size(), by_number.trials.size());
  EXPECT_EQ(by_time.chosen, by_number.chosen);
  for (std::size_t i = 0; i < by_time.trials.size(); ++i) {
    EXPECT_EQ(by_time.trials[i].options, by_number.trials[i].options);
    EXPECT_EQ(by_time.trials[i].losses, by_number.trials[i].losses);
  }
}

TEST(Tuning, WithoutTimeForTheDefaultsNothingIsSaid) {
  TimedTuning timed;
  auto none = timed.run(seconds(3));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Code::kLimit);
  EXPECT_EQ(none.error().message(), "not one trial was finished in its time");
  TimedTuning just;
  Tuned one = just.run(seconds(7)).value();
  EXPECT_EQ(one.trials.size(), 1U);
  EXPECT_EQ(one.chosen, 0U);
  EXPECT_EQ(one.end, TuningEnd::kTime);
}

TEST(Tuning, StoppedOnRequestItIsNoResult) {
  TimedTuning timed;
  timed.fits.before = [&] {
    timed.clock.advance(seconds(1));
    if (timed.fits.fits == 7) timed.whole.cancel();
  };
  auto stopped = timed.run(seconds(1000));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

TEST(Tuning, AListIsTriedWholeAndTheFirstOfEqualsWins) {
  MadeFits fits(6, [](double x, double) { return x < 0.4 ? 0.1 : 0.0; }, 0);
  std::vector<OptionTexts> list = {{{"x", "0.1"}}, {{"x", "0.9"}}, {{"x", "0.9"}, {"z", "1"}}};
  Tuned result = try_all(list, fits).value();
  EXPECT_EQ(result.chosen, 1U);
  EXPECT_EQ(fits.fits, 9);
}

// Two blocks of one and three rows: differences of 1 and 5 in all, so 1.5 a row; what is left of
// them is -.5 and .5, so the error is sqrt(.5 * 2 / 1) / 4.
TEST(Tuning, APairedLossIsTheRatioOfSumsWithItsError) {
  struct TwoBlocks : FoldFits {
    std::vector<double> count = {1, 3};
    std::size_t folds() const override { return 1; }
    std::span<const double> rows(std::size_t) const override { return count; }
    Result<FoldLosses> losses(const OptionTexts&, std::size_t) override { return FoldLosses{}; }
  } fits;
  Trial first{.losses = {{1, 1}}};
  Trial second{.losses = {{2, 6}}};
  PairedLoss loss = paired_loss(fits, first, second);
  EXPECT_DOUBLE_EQ(loss.difference, 1.5);
  EXPECT_DOUBLE_EQ(loss.error, 0.25);
  // Student's t with one degree of freedom at 6: 1/2 - atan(6)/pi.
  EXPECT_NEAR(loss.p_worse(), 0.5 - std::atan(6.0) / 3.14159265358979323846, 1e-12);
  EXPECT_NEAR(loss.p_better(), 1 - loss.p_worse(), 1e-12);
}

}  // namespace
}  // namespace lode
