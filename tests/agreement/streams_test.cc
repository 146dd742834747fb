// The agreement of three on random streams (docs/semantics.md): event at a time with reads between,
// saves and loads, and shards; batch replay; and the reference in SQL. Every value of every read is
// compared with what the reference's exact ingredients finish into.
// covers: features/facts, features/layout, features/plan, features/replay
#include <gtest/gtest.h>

#include <map>

#include "features/history.h"
#include "features/live.h"
#include "tests/agreement/reference.h"
#include "tests/agreement/stream.h"

namespace lode::agreement {
namespace {

constexpr std::uint64_t kStreams = 1000;
constexpr std::uint64_t kBatch = 250;  // streams the reference takes at once

struct Tally {
  std::int64_t reads = 0;
  std::int64_t values = 0;
  std::int64_t by_state = 0;
  std::int64_t by_replay = 0;
  std::int64_t saves = 0;
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

Column key_column(const std::string& key) {
  ColumnBuilder builder(Type::string());
  builder.append_string(key);
  return builder.finish();
}

class StreamRun {
 public:
  StreamRun(const Project& project, const Stream& stream, const ReferenceAnswers& reference,
            std::int64_t first_answer, std::uint64_t seed, ThreadPool& pool, Tally& tally)
      : project_(project),
        stream_(stream),
        reference_(reference),
        first_answer_(first_answer),
        random_(seed, 77),
        pool_(pool),
        tally_(tally),
        verdicts_(judge(stream)) {}

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
    Acceptance acceptance(
        {stream_.rules.allowed_lateness, stream_.rules.max_ahead, stream_.rules.dedup_span, false});
    std::size_t next = 0;
    for (std::size_t r = 0; r < stream_.reads.size(); ++r) {
      const StreamRead& read = stream_.reads[r];
      bool recut = next == 0 || read.s >= static_cast<std::int64_t>(next);
      for (; next < stream_.arrivals.size() && std::cmp_less_equal(next, read.s); ++next)
        apply(*live, next);
      if (recut) history.recut(read.s);
      if (random_.chance(0.08)) save_and_load(live);
      compare(*live, history, r);
      if (::testing::Test::HasFatalFailure()) return;
    }
  }

 private:
  void apply(LiveEngine& live, std::size_t i) {
    Table one = records_of(project_, stream_, verdicts_, i, i + 1);
    if (one.rows > 0) {
      auto applied = live.apply(project_.sources[0], one);
      ASSERT_TRUE(applied) << applied.error().text();
    }
    // Settling early only sends reads to replay; it never changes a value.
    if (random_.chance(0.05))
      live.settle(project_.sources[0], {stream_.arrivals[i].t - 40'000'000});
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

  void compare(LiveEngine& live, History& history, std::size_t r) {
    const StreamRead& read = stream_.reads[r];
    const PlannedView& view = history.feature_plan().views[read.view];
    std::int64_t row = first_answer_ + static_cast<std::int64_t>(r);
    auto wanted = expected(view, reference_, row, read.t0);
    ASSERT_TRUE(wanted) << wanted.error().text();
    Column key = key_column(read.key);
    std::int64_t t0[] = {read.t0};
    std::int64_t k[] = {read.k};
    std::int64_t over_before = history.over_limit();
    auto replayed = history.read(view, key, t0, k);
    ASSERT_TRUE(replayed) << replayed.error().text();
    auto answers = live.read(live.feature_plan().views[read.view], key, 0, read.t0, read.k);
    ++(answers ? tally_.by_state : tally_.by_replay);
    std::int64_t over_limit = 0;
    for (std::size_t v = 0; v < view.values.size(); ++v) {
      auto where = [&] {
        return fmt::format("view {} ({} by {}) value {} key {} t0 {} k {} s {}", view.view->name,
                           view.view->over, view.view->by, view.values[v].name, read.key, read.t0,
                           read.k, read.s);
      };
      bool over = (*wanted)[v].kind == Answer::Kind::kOverLimit;
      over_limit += over ? 1 : 0;
      Answer batch = answer_at(replayed->columns[v], 0);
      ASSERT_EQ(batch, over ? Answer::null() : (*wanted)[v])
          << where() << ": replay " << shown(batch) << ", reference " << shown((*wanted)[v]);
      if (!answers) {
        ++tally_.values;
        continue;
      }
      ASSERT_EQ((*answers)[v], (*wanted)[v])
          << where() << ": live " << shown((*answers)[v]) << ", reference " << shown((*wanted)[v]);
      ++tally_.values;
    }
    ASSERT_EQ(history.over_limit() - over_before, over_limit);
    ++tally_.reads;
    const Column* count = reference_.answers.find("cnt");
    if (count->int64(row) > 0)
      ++tally_.not_empty[fmt::format("{} {}", view.view->over_label ? "label" : "source",
                                     static_cast<int>(view.view->windows[0].kind))];
  }

  const Project& project_;
  const Stream& stream_;
  const ReferenceAnswers& reference_;
  std::int64_t first_answer_;
  Random random_;
  ThreadPool& pool_;
  Tally& tally_;
  std::vector<Verdict> verdicts_;
  RecordTables records_;
};

class Agreement : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Agreement, OfThreeOnRandomStreams) {
  if (!Duck::version()) GTEST_SKIP() << "DuckDB is not here: ./dev setup";
  std::shared_ptr<const Project> project = stream_project();
  std::uint64_t first_seed = 1 + GetParam() * kBatch;
  std::vector<Stream> streams;
  for (std::uint64_t i = 0; i < kBatch; ++i)
    streams.push_back(random_stream(first_seed + i, *project));
  auto reference = run_reference(*project, streams);
  ASSERT_TRUE(reference) << reference.error().text();
  ThreadPool pool(1);
  Tally tally;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    SCOPED_TRACE(fmt::format("seed {}", first_seed + i));
    StreamRun(*project, streams[i], *reference, reference->first_answer[i], first_seed + i, pool,
              tally)
        .run(reference->verdicts[i]);
    if (HasFatalFailure()) return;
  }
  fmt::print("{} reads, {} values compared; {} reads answered by state, {} by replay; {} saves\n",
             tally.reads, tally.values, tally.by_state, tally.by_replay, tally.saves);
  for (const auto& [verdict, count] : tally.verdicts)
    fmt::print("  {}: {} arrivals\n", verdict, count);
  // A stream that lacks a kind of trouble would prove nothing about it.
  for (const char* verdict : {"accepted", "duplicate", "conflict", "future", "late"})
    EXPECT_GT(tally.verdicts[verdict], 100) << verdict;
  EXPECT_EQ(tally.not_empty.size(), 8U) << "every kind of window over both origins";
  for (const auto& [kind, count] : tally.not_empty) EXPECT_GT(count, 100) << kind;
  EXPECT_GT(tally.by_state, 1000);
  EXPECT_GT(tally.by_replay, 1000);
  EXPECT_GT(tally.saves, 50);
}

INSTANTIATE_TEST_SUITE_P(Batches, Agreement, ::testing::Range<std::uint64_t>(0, kStreams / kBatch));

}  // namespace
}  // namespace lode::agreement
