#include "telemetry/progress.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace lode {
namespace {

class ProgressTest : public testing::Test {
 protected:
  TextSink sink() {
    return [this](std::string_view text) { pieces_.emplace_back(text); };
  }
  std::string all() const {
    std::string out;
    for (const std::string& piece : pieces_) out += piece;
    return out;
  }

  ManualClock clock_{Timestamp{}};
  std::vector<std::string> pieces_;
};

TEST_F(ProgressTest, TerminalRedrawsOneLine) {
  auto progress = terminal_progress(sink(), clock_, 80);
  progress->begin("accept", 3'000'000, "rows");
  clock_.advance(milliseconds(99));
  progress->advance(500'000);  // too early to draw again
  clock_.advance(milliseconds(901));
  progress->advance(1'000'000);
  clock_.advance(seconds(1));
  progress->advance(1'500'000);
  progress->end();
  EXPECT_EQ(pieces_,
            (std::vector<std::string>{
                "\raccept        [--------------------]   0%  0 of 3,000,000 rows\x1b[K",
                // 1.5 M in 1 s: the other half takes another second. "1.0 s left" does not fit.
                "\raccept        [##########----------]  50%  1,500,000 of 3,000,000 rows\x1b[K",
                "\raccept        [####################] 100%  3,000,000 rows  1.5 M rows/s\x1b[K",
                "\raccept        3,000,000 rows  2.0 s  1.5 M rows/s\x1b[K\n",
            }));
}

TEST_F(ProgressTest, WideTerminalsShowRateAndTimeLeft) {
  auto progress = terminal_progress(sink(), clock_, 120);
  progress->begin("fold", 1000, "rows");
  clock_.advance(seconds(30));
  progress->advance(250);
  EXPECT_EQ(pieces_.back(),
            "\rfold          [#####---------------]  25%  250 of 1,000 rows  8.33 rows/s  "
            "1 min 30 s left\x1b[K");
}

TEST_F(ProgressTest, UnknownTotalsShowTimeTaken) {
  auto progress = terminal_progress(sink(), clock_, 80);
  progress->begin("read", std::nullopt, "rows");
  clock_.advance(seconds(2));
  progress->advance(4000);
  EXPECT_EQ(pieces_.back(), "\rread          4,000 rows  2 k rows/s  2.0 s\x1b[K");
}

TEST_F(ProgressTest, LinesNeverReachTheLastColumn) {
  for (int columns : {0, 20, 33, 41, 60, 79}) {
    pieces_.clear();
    auto progress = terminal_progress(sink(), clock_, columns);
    progress->begin("a station with quite a long name", 1'000'000'000'000, "records");
    clock_.advance(seconds(10));
    progress->advance(1'234'567);
    progress->end();
    for (std::string piece : pieces_) {
      piece = piece.substr(1, piece.find("\x1b[K") - 1);
      EXPECT_LT(piece.size(), static_cast<std::size_t>(std::max(columns, 20))) << piece;
    }
  }
}

TEST_F(ProgressTest, PipesGetALineEveryTenSeconds) {
  auto progress = plain_progress(sink(), clock_);
  progress->begin("accept", 100, "rows");
  for (int i = 0; i < 25; ++i) {
    clock_.advance(seconds(1));
    progress->advance(2);
  }
  progress->end();
  EXPECT_EQ(all(),
            "accept: started, 100 rows\n"
            "accept: 20 of 100 rows (20%), 2 rows/s, 40 s left\n"
            "accept: 40 of 100 rows (40%), 2 rows/s, 30 s left\n"
            "accept: 50 of 100 rows in 25 s, 2 rows/s\n");
}

TEST_F(ProgressTest, ANewStationEndsTheOpenOne) {
  auto progress = plain_progress(sink(), clock_);
  progress->advance(7);  // before any station: nothing
  progress->end();
  progress->begin("read", std::nullopt, "rows");
  progress->begin("fold", std::nullopt, "rows");
  progress->advance(3);
  progress->end();
  progress->end();
  EXPECT_EQ(all(),
            "read: started\n"
            "read: 0 rows in 0 ms\n"
            "fold: started\n"
            "fold: 3 rows in 0 ms\n");
}

TEST_F(ProgressTest, AStationEndsOnEveryWayOut) {
  auto progress = plain_progress(sink(), clock_);
  {
    ProgressStation station(*progress, "read", 5, "rows");
  }
  EXPECT_EQ(pieces_.back(), "read: 0 of 5 rows in 0 ms\n");
}

TEST_F(ProgressTest, CountsFromManyThreads) {
  auto progress = plain_progress(sink(), clock_);
  progress->begin("fold", 40'000, "rows");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) progress->advance(1);
    });
  for (std::thread& thread : threads) thread.join();
  progress->end();
  EXPECT_EQ(pieces_.back(), "fold: 40,000 rows in 0 ms\n");
}

}  // namespace
}  // namespace lode
