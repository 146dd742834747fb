#include "telemetry/span.h"

#include <gtest/gtest.h>

#include <thread>

namespace lode {
namespace {

TEST(Span, RecordsTimeParentAndAttributes) {
  ManualClock clock(Timestamp{1'000'000});
  Tracer tracer(clock);
  {
    Span run = tracer.span("run");
    clock.advance(milliseconds(5));
    {
      Span read = run.child("read");
      read.set("rows", std::int64_t{3}).set("file", std::string("a.csv"));
      clock.advance(milliseconds(7));
    }
    clock.advance(milliseconds(1));
    run.set("ok", true);
  }
  auto spans = tracer.finished();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].name, "read");
  EXPECT_EQ(spans[0].id, 2U);
  EXPECT_EQ(spans[0].parent, 1U);
  EXPECT_EQ(spans[0].start, Timestamp{1'005'000});
  EXPECT_EQ(spans[0].duration_ns, 7'000'000);
  ASSERT_EQ(spans[0].attributes.size(), 2U);
  EXPECT_EQ(spans[0].attributes[0], (std::pair<std::string, SpanValue>("rows", std::int64_t{3})));
  EXPECT_EQ(spans[0].attributes[1],
            (std::pair<std::string, SpanValue>("file", std::string("a.csv"))));
  EXPECT_EQ(spans[1].name, "run");
  EXPECT_EQ(spans[1].parent, 0U);
  EXPECT_EQ(spans[1].duration_ns, 13'000'000);
}

TEST(Span, EndsOnce) {
  ManualClock clock{Timestamp{}};
  Tracer tracer(clock);
  Span first = tracer.span("a");
  clock.advance(microseconds(3));
  Span span = std::move(first);
  EXPECT_EQ(span.end(), 3000);
  clock.advance(microseconds(3));
  EXPECT_EQ(span.end(), 3000);
  EXPECT_EQ(span.child("late").id(), 2U) << "an ended span still names its children";
  EXPECT_EQ(tracer.finished().size(), 2U);
  EXPECT_EQ(tracer.finished()[1].parent, span.id());
}

TEST(Tracer, TakenSpansAreGone) {
  ManualClock clock{Timestamp{}};
  Tracer tracer(clock, 2);
  for (const char* name : {"a", "b", "c"}) tracer.span(name);
  std::vector<SpanRecord> taken = tracer.take_finished();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].name, "b") << "oldest end first, also when the ring went round";
  EXPECT_EQ(taken[1].name, "c");
  EXPECT_TRUE(tracer.finished().empty());
  for (const char* name : {"d", "e", "f"}) tracer.span(name);
  taken = tracer.take_finished();
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].name, "e");
  EXPECT_EQ(taken[1].id, 6U);
}

TEST(Tracer, OldSpansGiveWay) {
  ManualClock clock{Timestamp{}};
  Tracer tracer(clock, 3);
  for (int i = 0; i < 5; ++i) tracer.span("s" + std::to_string(i));
  auto spans = tracer.finished();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].name, "s2");
  EXPECT_EQ(spans[1].name, "s3");
  EXPECT_EQ(spans[2].name, "s4");
  EXPECT_EQ(tracer.dropped(), 2U);
}

TEST(Tracer, ManyThreads) {
  ManualClock clock{Timestamp{}};
  Tracer tracer(clock, 10'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) tracer.span("tick").set("i", std::int64_t{i});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tracer.finished().size(), 4000U);
  EXPECT_EQ(tracer.dropped(), 0U);
}

}  // namespace
}  // namespace lode
