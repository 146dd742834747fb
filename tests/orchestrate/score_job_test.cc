// Scores kept and brought up to date, held against scoring all rows anew: random streams of new
// rows, late ones, corrections, retractions and labels, over windows with and without an edge.
// covers: orchestrate/score_question, orchestrate/score_records, orchestrate/score_work
// covers: orchestrate/score_run, serve/changes
#include "orchestrate/score_job.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/random.h"
#include "orchestrate/run.h"
#include "orchestrate/score_run.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kShop = R"(lode: 1
project: shop
sources:
  orders:
    files: orders.csv
    columns: {id: int64, at: timestamp, heard: timestamp, customer: string, amount: int64,
              returned: int64, op: string}
    time: at
    known: heard
    id: id
    change: {column: op, correction: U, retraction: D}
    allowed_lateness: 2d
  visits:
    files: visits.csv
    columns: {at: timestamp, customer: string, pages: int64}
    time: at
    allowed_lateness: 1d
labels:
  returned: {about: orders, value: returned = 1, known: heard + hours(12)}
features:
  history:
    over: returned
    by: customer
    windows: [3d@ALL]
    values: {n: count(), share: mean(value)}
  spending:
    over: orders
    by: customer
    window: 26h
    values: {total: sum(amount), latest: last(amount)}
  visiting:
    over: visits
    by: customer
    window: 1d
    values: {pages: sum(pages)}
training:
  orders:
    rows: orders
    label: returned
    where: amount < 190
    columns:
      amount: amount
      past: history[customer].n@EVER
      share: coalesce(history[customer].share@3D, 0)
      spent: coalesce(spending[customer].total, 0)
      latest: coalesce(spending[customer].latest, 0)
      pages: coalesce(visiting[customer].pages, 0)
models:
  returns:
    from: orders
    algorithm: logistic
    columns: [amount, past, share, spent, latest, pages]
    split: {train: ..2020-01-04, test: 2020-01-04..}
)";

std::string with(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::string project_text(bool unbounded) {
  std::string text = with(std::string(kShop), "@ALL", unbounded ? ", all" : "");
  text = with(std::move(text), "@EVER", unbounded ? "_all" : "");
  return with(std::move(text), "@3D", unbounded ? "_3d" : "");
}

constexpr std::int64_t kMinute = 60'000'000;
const std::int64_t kStart = 1'577'836'800'000'000;  // 2020-01-01

// A stream of rows, each as its line; times move on, with stragglers.
class Stream {
 public:
  explicit Stream(std::uint64_t seed) : random_(seed) {}

  std::string orders(int count, bool labelled) {
    std::string out;
    for (int i = 0; i < count; ++i) {
      now_ += static_cast<std::int64_t>(random_.below(40)) * kMinute;
      out += change(labelled);
    }
    return out;
  }
  std::string visits(int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
      out += fmt::format("{},{},{}\n", time(now_ - back(1400)), customer(), random_.below(9));
    return out;
  }

 private:
  static std::string time(std::int64_t us) { return text(Timestamp{us}).substr(0, 19); }
  std::int64_t back(std::uint64_t minutes) {
    bool late = random_.chance(0.3);
    return late ? static_cast<std::int64_t>(random_.below(minutes)) * kMinute : 0;
  }
  std::string customer() { return fmt::format("c{}", random_.below(6)); }

  std::string change(bool labelled) {
    bool fresh = next_ < 20 || random_.chance(0.6);
    // Sometimes of an id that comes later: a correction before its original.
    std::int64_t id =
        fresh ? next_++
              : static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(next_) + 3));
    std::int64_t at = now_ - back(2600);
    std::int64_t heard = at + static_cast<std::int64_t>(random_.below(900)) * kMinute;
    bool retracted = !fresh && random_.chance(0.2);
    bool known = labelled || random_.chance(0.3);
    std::string label = known ? (random_.chance(0.4) ? "1" : "0") : "";
    if (retracted) return fmt::format("{},,{},,,,D\n", id, time(std::max(heard, now_)));
    return fmt::format("{},{},{},{},{},{},{}\n", id, time(at), time(std::max(heard, at)),
                       customer(), random_.below(200), label, fresh ? "" : "U");
  }

  Random random_;
  std::int64_t now_ = kStart;
  std::int64_t next_ = 0;
};

// Two folders that are given the same files: one keeps its scores, the other scores all rows.
class Side {
 public:
  Side(const TemporaryProject& folder, std::string name)
      : folder_(folder), name_(std::move(name)) {}
  void give(const std::string& project, const std::string& orders, const std::string& visits) {
    folder_.write(name_ + "/lode.yaml", project);
    folder_.write(name_ + "/orders.csv", "id,at,heard,customer,amount,returned,op\n" + orders);
    folder_.write(name_ + "/visits.csv", "at,customer,pages\n" + visits);
    project_ = folder_.load(name_ + "/lode.yaml");
    ASSERT_NE(project_, nullptr);
  }
  void train() {
    auto done = run_project(*project_, context());
    ASSERT_TRUE(done) << done.error().text();
  }
  ScoreReport score(ScoreRequest request) {
    request.model = "returns";
    if (request.block > 100) request.block = request.full ? 4096 : 100;
    request.targets = {ScoreTarget{.path = (folder_.root() / name_ / "out.csv").string(),
                                   .format = ScoreFormat::kCsv,
                                   .table = {},
                                   .overwrite = true}};
    auto done = score_project(*project_, request, context());
    EXPECT_TRUE(done) << done.error().text();
    return done ? *std::move(done) : ScoreReport();
  }
  std::string written() const {
    return posix_files().read((folder_.root() / name_ / "out.csv").string()).value_or("none");
  }

 private:
  RunContext context() {
    return {posix_files(), clock_, Limits{.threads = 2}, CancelToken(), silent_progress()};
  }
  const TemporaryProject& folder_;
  std::string name_;
  ManualClock clock_{Timestamp{}};
  std::shared_ptr<const Project> project_;
};

struct Seen {
  std::int64_t fresh = 0, corrected = 0, reread = 0, gone = 0, scored = 0, standing = 0;
  void add(const ScoreReport& report) {
    fresh += report.fresh;
    corrected += report.corrected;
    reread += report.reread;
    gone += report.gone;
    scored += report.scored;
    standing += report.standing;
  }
};

// Runs a stream; true in `seen` what kinds of change it had.
void expect_equal_throughout(std::uint64_t seed, bool unbounded, bool all, Seen& seen) {
  SCOPED_TRACE(fmt::format("stream {}, {}", seed, unbounded ? "unbounded" : "bounded"));
  Stream stream(seed);
  std::string orders = stream.orders(500, true);
  std::string visits = stream.visits(80);
  TemporaryProject folder;
  Side kept(folder, "kept");
  Side anew(folder, "anew");
  for (Side* side : {&kept, &anew}) {
    side->give(project_text(unbounded), orders, visits);
    side->train();
    if (testing::Test::HasFatalFailure()) return;
  }
  Random random(seed + 1000);
  for (int step = 0; step < 6; ++step) {
    SCOPED_TRACE(fmt::format("step {}", step));
    orders += stream.orders(static_cast<int>(random.below(30)), false);
    visits += stream.visits(static_cast<int>(random.below(4)));
    for (Side* side : {&kept, &anew}) side->give(project_text(unbounded), orders, visits);
    ScoreReport changed = kept.score({.all = all});
    ScoreReport full = anew.score({.all = all, .full = true});
    ASSERT_EQ(kept.written(), anew.written());
    ASSERT_EQ(changed.standing, full.standing);
    ASSERT_EQ(changed.scored, changed.fresh + changed.corrected + changed.reread);
    EXPECT_EQ(full.scored, full.standing);
    if (step > 0) {
      EXPECT_EQ(changed.why_all, "");
      seen.add(changed);
    }
  }
}

TEST(KeptScores, WithoutALabelAreThoseOfScoringAllAnew) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= 2; ++seed)
    expect_equal_throughout(seed, seed % 2 == 0, false, seen);
  EXPECT_GT(seen.fresh, 0);
  EXPECT_GT(seen.corrected, 0);
  EXPECT_GT(seen.gone, 0);
}

TEST(KeptScores, OfAllRowsAreThoseOfScoringAllAnewAndCheaper) {
  Seen seen;
  for (std::uint64_t seed = 11; seed <= 12; ++seed)
    expect_equal_throughout(seed, seed % 2 == 0, true, seen);
  EXPECT_GT(seen.fresh, 0);
  EXPECT_GT(seen.corrected, 0);
  EXPECT_GT(seen.reread, 0);
  EXPECT_GT(seen.gone, 0);
  EXPECT_LT(seen.scored * 5, seen.standing);
}

// Scored in blocks so small that the log is written anew at every call, scores are those of scoring
// all anew; and what a kill has left of a generation is gone.
TEST(KeptScores, WhoseLogIsWrittenAnewStandAsTheyWere) {
  Stream stream(21);
  std::string orders = stream.orders(500, true);
  std::string visits = stream.visits(80);
  TemporaryProject folder;
  Side kept(folder, "kept");
  Side anew(folder, "anew");
  for (Side* side : {&kept, &anew}) {
    side->give(project_text(false), orders, visits);
    side->train();
    if (testing::Test::HasFatalFailure()) return;
  }
  const std::filesystem::path scores = folder.root() / "kept/.lode/shop/kept_scores/returns/all";
  for (int step = 0; step < 4; ++step) {
    SCOPED_TRACE(fmt::format("step {}", step));
    orders += stream.orders(20, false);
    for (Side* side : {&kept, &anew}) side->give(project_text(false), orders, visits);
    std::filesystem::create_directories(scores / "g77/parts");
    ScoreReport changed = kept.score({.all = true, .block = 2});
    anew.score({.all = true, .full = true});
    ASSERT_EQ(kept.written(), anew.written());
    EXPECT_EQ(changed.why_all.empty(), step > 0);
    EXPECT_FALSE(std::filesystem::exists(scores / "g77"));
    EXPECT_EQ(std::filesystem::exists(scores / "g1"), step == 0) << "the log is written anew";
  }
}

// A window without an edge sees all of a key, and nothing of other keys: neither are they read.
TEST(KeptScores, OfOneCustomerReadThatCustomersRecords) {
  TemporaryProject folder;
  Side kept(folder, "kept");
  // Edges reach blocks of records, and these are but one.
  std::string project = with(project_text(true), "window: 26h", "window: all");
  project = with(std::move(project), "window: 1d", "window: all");
  Random random(3);
  std::string orders;
  auto order = [](int id, int hour, int customer, std::string_view returned) {
    std::string time = text(Timestamp{kStart + hour * 60 * kMinute}).substr(0, 19);
    return fmt::format("{},{},{},c{},{},{},\n", id, time, time, customer, id * 37 % 180, returned);
  };
  for (int i = 0; i < 600; ++i) orders += order(i, i / 3, i % 100, random.chance(0.4) ? "1" : "0");
  std::string visits;
  for (int i = 0; i < 300; ++i)
    visits +=
        fmt::format("2020-01-{:02} {:02}:30:00,c{},{}\n", 1 + i / 60, i / 3 % 20, i % 100, i % 7);
  kept.give(project, orders, visits);
  kept.train();
  if (testing::Test::HasFatalFailure()) return;
  ScoreReport all = kept.score({.all = true});
  EXPECT_EQ(all.standing, 600);
  orders += order(600, 201, 42, "");
  kept.give(project, orders, visits);
  ScoreReport one = kept.score({.all = true});
  EXPECT_EQ(one.scored, 1);
  EXPECT_EQ(one.fresh, 1);
  EXPECT_LE(one.records, 20) << "of 901: the new order, and what its customer did before";
  std::string scores = kept.written();
  kept.score({.all = true, .full = true});
  EXPECT_EQ(kept.written(), scores);
}

}  // namespace
}  // namespace lode
