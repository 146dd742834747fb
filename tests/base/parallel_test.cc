#include "base/parallel.h"

#include <gtest/gtest.h>

#include <new>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lode {
namespace {

class ParallelTest : public testing::TestWithParam<int> {
 protected:
  ThreadPool pool_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Threads, ParallelTest, testing::Values(1, 2, 3, 8));

TEST_P(ParallelTest, RunsEveryTaskOnce) {
  EXPECT_EQ(pool_.threads(), GetParam());
  for (std::size_t tasks : {0, 1, 2, 7, 1000}) {
    std::vector<std::atomic<int>> runs(tasks);
    EXPECT_TRUE(parallel_for(pool_, tasks, [&](std::size_t i) { ++runs[i]; }).has_value());
    for (const auto& count : runs) EXPECT_EQ(count, 1);
  }
}

TEST_P(ParallelTest, TheLowestErrorWins) {
  for (int round = 0; round < 50; ++round) {
    std::vector<std::atomic<int>> runs(500);
    Status status = parallel_for(pool_, runs.size(), [&](std::size_t i) -> Status {
      ++runs[i];
      if (i == 123 || i == 124 || i == 300) return fail(Code::kInvalid, "task {}", i);
      return {};
    });
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().message(), "task 123");
    for (std::size_t i = 0; i <= 123; ++i) EXPECT_EQ(runs[i], 1) << i;
  }
}

TEST_P(ParallelTest, ExceptionsBecomeErrors) {
  auto thrown = [&](auto exception) {
    return parallel_for(pool_, 3,
                        [&](std::size_t i) {
                          if (i == 1) throw exception;
                        })
        .error();
  };
  EXPECT_EQ(thrown(std::bad_alloc()).code(), Code::kLimit);
  EXPECT_EQ(thrown(std::runtime_error("broken")).message(), "a task threw: broken");
  EXPECT_EQ(thrown(7).code(), Code::kInternal);
}

TEST_P(ParallelTest, CancelStopsBetweenTasks) {
  CancelToken cancel;
  std::atomic<int> runs = 0;
  Status status = parallel_for(
      pool_, 10'000,
      [&](std::size_t) {
        int n = ++runs;
        if (n == 5) cancel.cancel();
        while (n > 5 && !cancel.cancelled()) std::this_thread::yield();
      },
      cancel);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), Code::kCancelled);
  EXPECT_GE(runs, 5);
  EXPECT_LE(runs, 5 + GetParam() - 1);  // one for each other thread was under way
}

TEST_P(ParallelTest, CancelBeforeAndAfter) {
  CancelToken cancel;
  EXPECT_TRUE(parallel_for(pool_, 2, [](std::size_t) {}, cancel).has_value());
  cancel.cancel();
  int runs = 0;
  EXPECT_EQ(parallel_for(
                pool_, 2, [&](std::size_t) { ++runs; }, cancel)
                .error()
                .code(),
            Code::kCancelled);
  EXPECT_EQ(runs, 0);
  EXPECT_TRUE(parallel_for(pool_, 0, [](std::size_t) {}, cancel).has_value());
  EXPECT_EQ(CancelToken(cancel).check().error().code(), Code::kCancelled);
}

TEST(CancelTokenTest, EndsByTheClockInsideTheTokenItWasMadeFrom) {
  ManualClock clock(Timestamp{});
  CancelToken whole;
  EXPECT_EQ(whole.time_left(), CancelToken::kForever);
  CancelToken run = whole.within(clock, seconds(10));
  CancelToken part = run.within(clock, seconds(4));
  CancelToken longer = run.within(clock, days(100'000'000));
  EXPECT_EQ(part.time_left(), seconds(4));
  EXPECT_EQ(longer.time_left(), seconds(10));
  clock.advance(milliseconds(3'999));
  EXPECT_TRUE(part.check());
  clock.advance(milliseconds(1));
  EXPECT_TRUE(part.cancelled());
  EXPECT_FALSE(part.stopped());
  EXPECT_EQ(part.check().error().code(), Code::kLimit);
  EXPECT_TRUE(run.check());
  EXPECT_EQ(run.time_left(), seconds(6));
  clock.set(Timestamp{days(1).us});  // the time of day may jump, the end does not
  EXPECT_FALSE(run.cancelled());
  clock.advance(seconds(60));
  EXPECT_EQ(run.time_left(), Duration{});
  EXPECT_EQ(longer.check().error().code(), Code::kLimit);
  EXPECT_TRUE(whole.check());
}

TEST(CancelTokenTest, OneRequestStopsAllThatHaveAnEnd) {
  ManualClock clock(Timestamp{});
  CancelToken whole;
  CancelToken part = whole.within(clock, seconds(1));
  whole.cancel();
  EXPECT_EQ(part.check().error().code(), Code::kCancelled);
  clock.advance(seconds(2));
  EXPECT_EQ(part.check().error().code(), Code::kCancelled) << "a request goes before the time";
}

TEST_P(ParallelTest, TheTimeEndsBetweenTasks) {
  ManualClock clock(Timestamp{});
  CancelToken cancel = CancelToken().within(clock, seconds(5));
  std::atomic<int> runs = 0;
  Status status = parallel_for(
      pool_, 10'000,
      [&](std::size_t) {
        if (++runs == 5) clock.advance(seconds(5));
        while (runs > 5 && !cancel.cancelled()) std::this_thread::yield();
      },
      cancel);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), Code::kLimit);
  EXPECT_LE(runs, 5 + GetParam() - 1);
}

TEST_P(ParallelTest, NestsWithoutDeadlock) {
  std::vector<std::size_t> sums(16);
  Status status = parallel_for(pool_, sums.size(), [&](std::size_t i) -> Status {
    std::vector<std::size_t> parts(32);
    TRY_VOID(parallel_for(pool_, parts.size(), [&](std::size_t j) { parts[j] = i * j; }));
    sums[i] = std::accumulate(parts.begin(), parts.end(), std::size_t{0});
    return {};
  });
  EXPECT_TRUE(status.has_value());
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_EQ(sums[i], i * 496);  // 0 + ... + 31
}

TEST_P(ParallelTest, SeveralCallersShareThePool) {
  std::vector<std::atomic<int>> runs(4);
  {
    std::vector<std::jthread> callers;
    for (std::size_t c = 0; c < runs.size(); ++c)
      callers.emplace_back([&, c] {
        for (int round = 0; round < 20; ++round)
          EXPECT_TRUE(parallel_for(pool_, 100, [&](std::size_t) { ++runs[c]; }).has_value());
      });
  }
  for (const auto& count : runs) EXPECT_EQ(count, 2000);
}

TEST(WaitFor, EndsWithTheTimeOrWithTheRequest) {
  ASSERT_TRUE(wait_for(system_clock(), Duration{}, CancelToken()));
  std::int64_t began = system_clock().steady_ns();
  ASSERT_TRUE(wait_for(system_clock(), milliseconds(120), CancelToken()));
  EXPECT_GE(system_clock().steady_ns() - began, 120'000'000);
  CancelToken cancel;
  cancel.cancel();
  Status stopped = wait_for(system_clock(), hours(1), cancel);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), Code::kCancelled);
}

TEST(ThreadPool, OtherThreadsDoWork) {
  ThreadPool pool(2);
  // Two tasks that wait for each other can only end on two threads.
  std::atomic<int> arrived = 0;
  Status status = parallel_for(pool, 2, [&](std::size_t) {
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_TRUE(status.has_value());
}

TEST(ThreadPool, NeverFewerThanOneThread) {
  EXPECT_EQ(ThreadPool(0).threads(), 1);
  EXPECT_EQ(ThreadPool(-3).threads(), 1);
}

}  // namespace
}  // namespace lode
