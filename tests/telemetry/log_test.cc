#include "telemetry/log.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace lode {
namespace {

class LogTest : public testing::Test {
 protected:
  Log make(LogLevel level, LogFormat format = LogFormat::kLogfmt) {
    return Log(level, format, [this](std::string_view line) { lines_ += line; }, clock_);
  }

  ManualClock clock_{Timestamp{981'000'062'345'678}};  // 2001-02-01T04:01:02.345678Z
  std::string lines_;
};

TEST_F(LogTest, LogfmtQuotesWhatNeedsIt) {
  Log log = make(LogLevel::kInfo);
  log.info("rows_set_aside", {{"source", "flights"},
                              {"rows", std::int64_t{12}},
                              {"share", 0.25},
                              {"final", true},
                              {"why", "'abc' is no \"number\"\nat all"},
                              {"empty", ""}});
  EXPECT_EQ(lines_,
            "time=2001-02-01T04:01:02.345678Z level=info event=rows_set_aside source=flights "
            "rows=12 share=0.25 final=true why=\"'abc' is no \\\"number\\\"\\nat all\" "
            "empty=\"\"\n");
}

TEST_F(LogTest, JsonIsOneObjectALine) {
  Log log = make(LogLevel::kDebug, LogFormat::kJson);
  log.debug("opened", {{"path", "a b.csv"}, {"size_bytes", std::uint64_t{18446744073709551615U}}});
  log.error("closed");
  EXPECT_EQ(lines_, R"({"time":"2001-02-01T04:01:02.345678Z","level":"debug","event":"opened",)"
                    R"("path":"a b.csv","size_bytes":18446744073709551615})"
                    "\n"
                    R"({"time":"2001-02-01T04:01:02.345678Z","level":"error","event":"closed"})"
                    "\n");
}

TEST_F(LogTest, LevelsBelowAreSilent) {
  Log log = make(LogLevel::kWarn);
  log.debug("a");
  log.info("b");
  EXPECT_EQ(lines_, "");
  log.warn("c");
  EXPECT_NE(lines_.find("event=c"), std::string::npos);
  EXPECT_FALSE(log.enabled(LogLevel::kInfo));
  EXPECT_FALSE(make(LogLevel::kOff).enabled(LogLevel::kError));
  EXPECT_FALSE(make(LogLevel::kOff).enabled(LogLevel::kOff));
}

TEST_F(LogTest, SecretsDoNotReachTheSink) {
  Log log = make(LogLevel::kInfo);
  log.info("connecting", {{"url", "postgres://ada:hunter2@db.example/flights?x=1"},
                          {"Api-Key", "abcdef"},
                          {"kafka_password", "hunter2"},
                          {"tokens", 5}});
  EXPECT_EQ(lines_.find("hunter2"), std::string::npos) << lines_;
  EXPECT_EQ(lines_.find("abcdef"), std::string::npos) << lines_;
  EXPECT_NE(lines_.find("url=\"postgres://***@db.example/flights?x=1\""), std::string::npos)
      << lines_;
  EXPECT_NE(lines_.find("tokens=5"), std::string::npos) << "numbers are no secrets";
}

TEST(WithoutSecrets, UrlsInsideTexts) {
  EXPECT_EQ(without_secrets("why", "cannot reach http://a:b@h/x or redis://:p@ss@h2:1"),
            "cannot reach http://***@h/x or redis://***@h2:1");
  EXPECT_EQ(without_secrets("why", "see https://example.org/a@b"), "see https://example.org/a@b");
  EXPECT_EQ(without_secrets("why", "no url: me@example.org"), "no url: me@example.org");
  EXPECT_EQ(without_secrets("why", "cut short://"), "cut short://");
}

TEST(LogLevel, Names) {
  EXPECT_EQ(parse_log_level("info").value(), LogLevel::kInfo);
  EXPECT_EQ(parse_log_level("off").value(), LogLevel::kOff);
  EXPECT_EQ(parse_log_level("warm").error().message(),
            "'warm' is no log level; did you mean 'warn'?");
  EXPECT_EQ(parse_log_level("verbose").error().message(),
            "'verbose' is no log level; there are debug, info, warn, error, off");
}

TEST_F(LogTest, LinesOfThreadsDoNotMix) {
  std::vector<std::string> pieces;
  Log log(
      LogLevel::kInfo, LogFormat::kLogfmt,
      [&](std::string_view line) { pieces.emplace_back(line); }, clock_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) log.info("tick", {{"i", i}});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(pieces.size(), 2000U);
  for (const std::string& piece : pieces) EXPECT_EQ(piece.find('\n'), piece.size() - 1);
}

}  // namespace
}  // namespace lode
