// The agreement of three on random streams (docs/semantics.md): event at a time with reads between,
// settled by watermarks and ticks, saves and loads, and shards; batch replay, many reads a call;
// and the reference in SQL. Every value of every read is compared with what the reference's exact
// ingredients finish into.
// covers: features/facts, features/layout, features/plan, features/replay
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "features/history.h"
#include "features/live.h"
#include "tests/agreement/reference.h"
#include "tests/agreement/stream.h"

namespace lode::agreement {
namespace {

constexpr std::uint64_t kAllStreams = 1000;
constexpr std::uint64_t kStreams = LODE_AGREEMENT_STREAMS;  // fewer where a sanitizer is at work
constexpr std::uint64_t kBatches = 4;
constexpr std::uint64_t kBatch = kStreams / kBatches;  // streams the reference takes at once
// What a batch must have seen of each kind of trouble, or it would prove nothing about it.
constexpr std::int64_t kEnough = 100 * kStreams / kAllStreams;

struct Tally {
  std::int64_t reads = 0;
  std::int64_t values = 0;
  std::int64_t by_state = 0;
  std::int64_t by_replay = 0;
  std::int64_t saves = 0;
  std::int64_t calls = 0;  // of replay; those that asked a key at several points
  std::int64_t several_points = 0;
  std::int64_t several_keys = 0;
  std::int64_t moving_ticks = 0;   // ticks that moved the source's watermark
  std::int64_t below_settled = 0;  // records accepted below what their source had settled
  std::int64_t below_tick = 0;     // those of them below what a tick had settled
  std::map<std::string, std::int64_t> verdicts;
  std::map<std::string, std::int64_t> not_empty;  // reads that folded something, by window kind
};

// What each value of a view must be, by the reference.
Result<std::vector<Answer>> expected(const PlannedView& view, const ReferenceAnswers& reference,
                                     std::int64_t row, std::int64_t t0) {
  std::vector<Answer> out;
  for (std::size_t v = 0; v < view.values.size(); ++v) {
    const PlannedValue& value = view.values[v];
    std::string column = value.name.find('_') == std::string::npos || value.name == "time_since"
                             ? ""
                             : value.name.substr(value.name.rfind('_') + 1);
    if (column == "value") column = "v";
    TRY(ReferenceParts parts, parts_at(reference.answers, row, column, value.kept, t0));
    out.push_back(value.aggregate->finish(parts.parts, value.kept, t0));
  }
  return out;
}

std::string shown(const Answer& a) {
  return fmt::format("kind {} integer {} number {}", static_cast<int>(a.kind), a.integer,
                     a.number());
}

Answer answer_at(const Column& column, std::int64_t row) {
  if (column.is_null(row)) return Answer::null();
  switch (column.type.id) {
    case TypeId::kDouble:
      return Answer::of(column.float64(row));
    case TypeId::kBool:
      return Answer::of(std::int64_t{column.boolean(row) ? 1 : 0});
    default:
      return Answer::of(column.int64(row));
  }
}

// Reads that replay is asked at once: one view, one cut.
struct Call {
  explicit Call(std::span<const StreamRead> reads) {
    ColumnBuilder builder(Type::string());
    for (const StreamRead& read : reads) {
      read.key ? builder.append_string(*read.key) : builder.append_null();
      t0.push_back(read.t0);
      k.push_back(read.k);
    }
    keys = builder.finish();
  }
  Column keys;
  std::vector<std::int64_t> t0;
  std::vector<std::int64_t> k;
};

class StreamRun {
 public:
  StreamRun(const Project& project, const Stream& stream, const ReferenceAnswers& reference,
            std::int64_t first_answer, std::uint64_t seed, ThreadPool& pool, Tally& tally)
      : project_(project),
        stream_(stream),
        reference_(reference),
        first_answer_(first_answer),
        settles_by_watermark_(seed % 4 < 2),
        random_(seed, 77),
        pool_(pool),
        tally_(tally),
        taker_(project, stream.rules),
        verdicts_(judge(project, stream)) {}

  void run(const std::vector<std::string>& reference_verdicts) {
    ASSERT_EQ(verdicts_.size(), reference_verdicts.size());
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      ASSERT_EQ(verdict_name(verdicts_[i]), reference_verdicts[i]) << "seq " << i;
      ++tally_.verdicts[reference_verdicts[i]];
    }
    records_["events"] = records_of(project_, stream_, verdicts_, 0, stream_.arrivals.size());
    CancelToken cancel;
    History history(project_, records_, 0, pool_, cancel);
    ASSERT_TRUE(history.plan());
    auto made = LiveEngine::make(project_, 2);
    ASSERT_TRUE(made);
    std::unique_ptr<LiveEngine> live = *std::move(made);
    std::size_t next = 0;
    for (std::size_t begin = 0; begin < stream_.reads.size();) {
      const StreamRead& first = stream_.reads[begin];
      std::size_t end = begin + 1;
      while (end < stream_.reads.size() && stream_.reads[end].s == first.s &&
             stream_.reads[end].view == first.view)
        ++end;
      bool recut = next == 0 || std::cmp_less_equal(next, first.s);
      for (; next < stream_.arrivals.size() && std::cmp_less_equal(next, first.s); ++next) {
        apply(*live, next);
        if (::testing::Test::HasFatalFailure()) return;
      }
      if (recut) history.recut(first.s);
      compare(live, history, begin, end);
      if (::testing::Test::HasFatalFailure()) return;
      begin = end;
    }
  }

 private:
  void apply(LiveEngine& live, std::size_t i) {
    const StreamArrival& arrival = stream_.arrivals[i];
    ASSERT_EQ(taker_.take(arrival), verdicts_[i]);
    Table one = records_of(project_, stream_, verdicts_, i, i + 1);
    if (one.rows > 0) {
      if (arrival.kind == RecordKind::kOriginal && settled_ && arrival.t < *settled_) {
        ++tally_.below_settled;
        if (ticked_ && arrival.t < *ticked_) ++tally_.below_tick;
      }
      auto applied = live.apply(project_.sources[0], one);
      ASSERT_TRUE(applied) << applied.error().text();
    }
    // Settling early only sends reads to replay; it never changes a value.
    if (!settles_by_watermark_) {
      if (random_.chance(0.05)) settle(live, arrival.t - 40'000'000);
      return;
    }
    if (taker_.watermark()) settle(live, *taker_.watermark());
    while (next_tick_ < stream_.ticks.size() &&
           std::cmp_equal(stream_.ticks[next_tick_].after, i)) {
      taker_.tick(stream_.ticks[next_tick_++]);
      if (!taker_.watermark() || (settled_ && *taker_.watermark() <= *settled_)) continue;
      settle(live, *taker_.watermark());
      ticked_ = settled_;
      ++tally_.moving_ticks;
    }
  }

  void settle(LiveEngine& live, std::int64_t t) {
    if (settled_ && t <= *settled_) return;
    live.settle(project_.sources[0], {t});
    settled_ = t;
  }

  void save_and_load(std::unique_ptr<LiveEngine>& live) {
    std::string bytes = live->save();
    auto other = LiveEngine::make(project_, random_.chance(0.5) ? 2 : 3);
    ASSERT_TRUE(other);
    auto loaded = (*other)->load(bytes);
    ASSERT_TRUE(loaded) << loaded.error().text();
    ASSERT_EQ((*other)->save(), bytes);
    live = *std::move(other);
    ++tally_.saves;
  }

  void compare(std::unique_ptr<LiveEngine>& live, History& history, std::size_t begin,
               std::size_t end) {
    std::span reads = std::span(stream_.reads).subspan(begin, end - begin);
    const PlannedView& view = history.feature_plan().views[reads[0].view];
    Call call(reads);
    count_call(reads);
    std::int64_t over_before = history.over_limit();
    auto replayed = history.read(view, call.keys, call.t0, call.k);
    ASSERT_TRUE(replayed) << replayed.error().text();
    ASSERT_EQ(replayed->rows, std::ssize(reads));
    std::int64_t over_limit = 0;
    for (std::size_t i = 0; i < reads.size(); ++i) {
      if (random_.chance(0.08)) save_and_load(live);
      if (::testing::Test::HasFatalFailure()) return;
      auto row = static_cast<std::int64_t>(i);
      std::int64_t answer = first_answer_ + static_cast<std::int64_t>(begin + i);
      auto wanted = expected(view, reference_, answer, reads[i].t0);
      ASSERT_TRUE(wanted) << wanted.error().text();
      for (const Answer& value : *wanted)
        over_limit += value.kind == Answer::Kind::kOverLimit ? 1 : 0;
      compare_replayed(view, reads[i], *replayed, row, *wanted);
      compare_live(*live, reads[i], call.keys, row, *wanted);
      if (::testing::Test::HasFatalFailure()) return;
      ++tally_.reads;
      if (reference_.answers.find("cnt")->int64(answer) > 0)
        ++tally_.not_empty[fmt::format("{} {}", view.view->over_label ? "label" : "source",
                                       static_cast<int>(view.view->windows[0].kind))];
    }
    ASSERT_EQ(history.over_limit() - over_before, over_limit);
  }

  static std::string where(const PlannedView& view, std::size_t v, const StreamRead& read) {
    return fmt::format("view {} ({} by {}) value {} key {} t0 {} k {} s {}", view.view->name,
                       view.view->over, view.view->by, view.values[v].name,
                       read.key.value_or("null"), read.t0, read.k, read.s);
  }

  void compare_replayed(const PlannedView& view, const StreamRead& read, const Table& replayed,
                        std::int64_t row, const std::vector<Answer>& wanted) {
    for (std::size_t v = 0; v < wanted.size(); ++v) {
      bool over = wanted[v].kind == Answer::Kind::kOverLimit;
      Answer batch = answer_at(replayed.columns[v], row);
      ASSERT_EQ(batch, over ? Answer::null() : wanted[v])
          << where(view, v, read) << ": replay " << shown(batch) << ", reference "
          << shown(wanted[v]);
      ++tally_.values;
    }
  }

  void compare_live(LiveEngine& live, const StreamRead& read, const Column& keys, std::int64_t row,
                    const std::vector<Answer>& wanted) {
    const PlannedView& view = live.feature_plan().views[read.view];
    auto answers = live.read(view, keys, row, read.t0, read.k);
    ++(answers ? tally_.by_state : tally_.by_replay);
    if (!answers) return;
    for (std::size_t v = 0; v < wanted.size(); ++v)
      ASSERT_EQ((*answers)[v], wanted[v])
          << where(view, v, read) << ": live " << shown((*answers)[v]) << ", reference "
          << shown(wanted[v]);
  }

  void count_call(std::span<const StreamRead> reads) {
    std::map<std::string, std::set<std::int64_t>> points;
    for (const StreamRead& read : reads)
      if (read.key) points[*read.key].insert(read.t0);
    ++tally_.calls;
    if (points.size() > 1) ++tally_.several_keys;
    if (std::ranges::any_of(points, [](const auto& key) { return key.second.size() > 1; }))
      ++tally_.several_points;
  }

  const Project& project_;
  const Stream& stream_;
  const ReferenceAnswers& reference_;
  std::int64_t first_answer_;
  bool settles_by_watermark_;  // else now and then at any time
  Random random_;
  ThreadPool& pool_;
  Tally& tally_;
  StreamTaker taker_;
  std::vector<Verdict> verdicts_;
  RecordTables records_;
  std::size_t next_tick_ = 0;
  std::optional<std::int64_t> settled_;
  std::optional<std::int64_t> ticked_;  // the last a tick settled
};

void show(const Tally& tally) {
  fmt::print("{} of {} streams\n", kBatch, kAllStreams / kBatches);
  fmt::print("{} reads, {} values compared; {} reads answered by state, {} by replay; {} saves\n",
             tally.reads, tally.values, tally.by_state, tally.by_replay, tally.saves);
  fmt::print("{} calls of replay, {} with several points of a key, {} with several keys\n",
             tally.calls, tally.several_points, tally.several_keys);
  fmt::print(
      "{} ticks moved a watermark; {} records came below what was settled, {} of them by "
      "a tick\n",
      tally.moving_ticks, tally.below_settled, tally.below_tick);
  for (const auto& [verdict, count] : tally.verdicts)
    fmt::print("  {}: {} arrivals\n", verdict, count);
}

void expect_enough(Tally& tally) {
  for (const char* verdict : {"accepted", "duplicate", "conflict", "future", "late"})
    EXPECT_GT(tally.verdicts[verdict], kEnough) << verdict;
  EXPECT_EQ(tally.not_empty.size(), 8U) << "every kind of window over both origins";
  for (const auto& [kind, count] : tally.not_empty) EXPECT_GT(count, kEnough) << kind;
  EXPECT_GT(tally.by_state, 10 * kEnough);
  EXPECT_GT(tally.by_replay, 10 * kEnough);
  EXPECT_GT(tally.saves, kEnough);
  EXPECT_GT(tally.several_points, 10 * kEnough);
  EXPECT_GT(tally.several_keys, 10 * kEnough);
  EXPECT_GT(tally.moving_ticks, kEnough);
  EXPECT_GT(tally.below_tick, kEnough);
}

class Agreement : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Agreement, OfThreeOnRandomStreams) {
  if (!Duck::version()) GTEST_SKIP() << "DuckDB is not here: ./dev setup";
  bool text_ids = GetParam() % 2 == 1;
  std::shared_ptr<const Project> project = stream_project(text_ids);
  std::uint64_t first_seed = 1 + GetParam() * kBatch;
  std::vector<Stream> streams;
  for (std::uint64_t i = 0; i < kBatch; ++i)
    streams.push_back(random_stream(first_seed + i, *project));
  auto reference = run_reference(*project, streams);
  ASSERT_TRUE(reference) << reference.error().text();
  ThreadPool pool(GetParam() < 2 ? 1 : 2);
  Tally tally;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    SCOPED_TRACE(fmt::format("seed {}", first_seed + i));
    StreamRun(*project, streams[i], *reference, reference->first_answer[i], first_seed + i, pool,
              tally)
        .run(reference->verdicts[i]);
    if (HasFatalFailure()) return;
  }
  show(tally);
  expect_enough(tally);
}

INSTANTIATE_TEST_SUITE_P(Batches, Agreement, ::testing::Range<std::uint64_t>(0, kBatches));

}  // namespace
}  // namespace lode::agreement
