// What every registered algorithm that lets options be searched keeps: its search starts at its
// defaults, and whatever lies in it can be fitted and scores.
#include <gtest/gtest.h>

#include <atomic>

#include "judge/log_loss.h"
#include "mine/search.h"
#include "mine/search_space.h"
#include "tests/contract/algorithm_contract.h"

namespace lode {
namespace {

class TuningContract : public AlgorithmContract {
 protected:
  static SearchSpace space() { return SearchSpace::make(*GetParam(), {}, {}).value(); }
  static Result<std::unique_ptr<FittedModel>> fit_with(const Rows& rows, OptionTexts options) {
    ThreadPool pool(1);
    return fit_model(algorithm().name, rows.data(),
                     {.seed = 1, .options = std::move(options), .cancel = {}}, pool);
  }
};

TEST_P(TuningContract, StartsAtTheDefaults) {
  SearchSpace all = space();
  OptionTexts at_start = all.options(all.start());
  Rows rows = signal_rows(500);
  EXPECT_EQ(fit_with(rows, at_start).value()->serialize(), fitted(rows)->serialize());
  for (const auto& [name, text] : at_start)
    EXPECT_EQ(std::stod(text),
              std::stod(std::string(
                  std::ranges::find(GetParam()->options, name, &Option::name)->fallback)))
        << name;
}

TEST_P(TuningContract, RangesLieInsideTheOptions) {
  for (const Option& option : GetParam()->options) {
    if (!option.search.searched()) continue;
    EXPECT_TRUE(option.type == OptionType::kInt || option.type == OptionType::kNumber)
        << option.name;
    EXPECT_GE(option.search.least, option.least) << option.name;
    EXPECT_LE(option.search.most, option.most) << option.name;
    EXPECT_TRUE(!option.search.log || option.search.least > 0) << option.name;
    EXPECT_TRUE(!option.search.also_zero || (option.search.log && option.least <= 0))
        << option.name;
  }
}

TEST_P(TuningContract, CornersAndPointsFitAndScore) {
  Rows rows = signal_rows(400);
  SearchSpace all = space();
  std::vector<std::vector<double>> points = {std::vector<double>(all.axes(), 0),
                                             std::vector<double>(all.axes(), 1)};
  for (std::uint64_t n = 1; n <= 6; ++n) points.push_back(next_point(all.axes(), 1, n, 0, {}));
  for (const std::vector<double>& point : points) {
    auto model = fit_with(rows, all.options(point));
    ASSERT_TRUE(model) << model.error().text();
    for (double score : scores(**model, rows)) EXPECT_TRUE(std::isfinite(score));
  }
}

// A clock that moves whenever it is read: what asks its token once a round ends in the middle.
class CountingClock final : public Clock {
 public:
  Timestamp now() const override { return {0}; }
  std::int64_t steady_ns() const override { return ++reads_ * 1'000'000; }

 private:
  mutable std::atomic<std::int64_t> reads_ = 0;
};

TEST_P(TuningContract, AFitEndsInItsMiddleWhenItsTimeIsOver) {
  Rows rows = signal_rows(3000);
  ThreadPool pool(1);
  auto timed = [&](Duration most) {
    CountingClock clock;
    CancelToken end = CancelToken().within(clock, most);
    auto model =
        fit_model(algorithm().name, rows.data(), {.seed = 1, .options = {}, .cancel = end}, pool);
    return std::pair(std::move(model), clock.steady_ns() / 1'000'000);
  };
  auto [whole, asked] = timed(days(1));
  ASSERT_TRUE(whole);
  RecordProperty("asked", static_cast<int>(asked));
  ASSERT_GE(asked, 6) << "it asks too seldom whether to go on";
  auto [half, asked_until] = timed(milliseconds(asked / 2));
  ASSERT_FALSE(half);
  EXPECT_EQ(half.error().code(), Code::kLimit) << half.error().text();
  EXPECT_LE(asked_until, asked / 2 + 3) << "it ends where it learns of it";
  for (const Option& option : GetParam()->options)
    if (option.name == "rounds" || option.name == "trees") {
      EXPECT_GE(asked, std::stoi(std::string(option.fallback))) << "once a tree";
    }
}

TEST_P(TuningContract, TheSimplestPointIsNoBetterOnTheRowsItIsFittedOn) {
  Rows rows = signal_rows(2000);
  SearchSpace all = space();
  std::vector<double> simplest = all.start();
  std::vector<double> other = all.start();
  std::size_t axis = 0;
  for (const Option& option : GetParam()->options) {
    if (!option.search.searched()) continue;
    if (option.search.simpler == Search::Simpler::kLess) simplest[axis] = 0, other[axis] = 1;
    if (option.search.simpler == Search::Simpler::kMore) simplest[axis] = 1, other[axis] = 0;
    ++axis;
  }
  EXPECT_LT(all.complexity(simplest), all.complexity(other));
  auto loss = [&](const std::vector<double>& point) {
    std::vector<double> found = scores(*fit_with(rows, all.options(point)).value(), rows);
    double sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i)
      sum += algorithm().binary ? log_loss_of(found[i], static_cast<std::uint8_t>(rows.label[i]))
                                : (found[i] - rows.label[i]) * (found[i] - rows.label[i]);
    return sum;
  };
  EXPECT_GE(loss(simplest), loss(other));
}

std::vector<const Component*> searched_algorithms() {
  std::vector<const Component*> out = components("algorithm");
  std::erase_if(out, [](const Component* one) {
    return std::ranges::none_of(one->options, [](const Option& o) { return o.search.searched(); });
  });
  return out;
}

INSTANTIATE_TEST_SUITE_P(Registered, TuningContract, testing::ValuesIn(searched_algorithms()),
                         algorithm_test_name);

}  // namespace
}  // namespace lode
