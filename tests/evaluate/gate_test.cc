// The gate on synthetic streams with a planted improvement, a planted harm and neither: all three
// verdicts at their stated error rates. A gate that always or never promotes fails the same checks.
#include "evaluate/gate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/math.h"
#include "base/random.h"
#include "evaluate/alpha_ledger.h"
#include "evaluate/look_alpha.h"

namespace lode {
namespace {

constexpr int kStreams = 1000;
constexpr double kAlpha = 0.05;

double normal(Random& random) {
  double radius = std::sqrt(-2 * portable_log(1 - random.unit()));
  return radius * std::cos(2 * std::acos(-1.0) * random.unit());
}

// Rows of some days. Each model's score is the truth in logits and noise of its own, a part of it
// shared by a day: so rows of a day are not independent, in the difference neither.
struct Stream {
  std::vector<double> champion;
  std::vector<double> challenger;
  std::vector<std::uint8_t> label;
  std::vector<std::uint8_t> half;  // 0 or 1: two slices
  Blocks blocks;
};

struct Noise {
  double champion = 0.6;
  double challenger = 0.6;
  double challenger_bias = 0;  // in logits
  double second_half = 0;      // of the challenger's noise in slice 1, on top
};

Stream make_stream(std::uint64_t seed, std::uint32_t days, const Noise& noise,
                   int rows_a_day = 150) {
  Random random(seed, 81);
  Stream stream;
  stream.blocks.count = days;
  for (std::uint32_t day = 0; day < days; ++day) {
    double first_day = 0.3 * normal(random) * noise.champion;
    double second_day = 0.3 * normal(random) * noise.challenger;
    for (int i = 0; i < rows_a_day; ++i) {
      double truth = 1.2 * normal(random) - 0.8;
      std::uint8_t half = random.chance(0.5) ? 1 : 0;
      double spread = noise.challenger + (half == 1 ? noise.second_half : 0);
      stream.champion.push_back(sigmoid(truth + noise.champion * normal(random) + first_day));
      stream.challenger.push_back(
          sigmoid(truth + spread * normal(random) + second_day + noise.challenger_bias));
      stream.label.push_back(random.chance(sigmoid(truth)) ? 1 : 0);
      stream.half.push_back(half);
      stream.blocks.of_row.push_back(day);
    }
  }
  return stream;
}

GateEvidence evidence_of(const Stream& stream, std::uint64_t seed) {
  GateEvidence evidence{.champion = stream.champion,
                        .challenger = stream.challenger,
                        .label = stream.label,
                        .blocks = &stream.blocks};
  evidence.alpha = kAlpha;
  evidence.seed = seed;
  return evidence;
}

GatePolicy plain_policy() {
  GatePolicy policy;
  policy.guards = {{"calibration_error", 0.2}};
  policy.replicates = 200;
  return policy;
}

using Decide = std::function<GateVerdict(const Stream&, std::uint64_t seed)>;

GateVerdict by_the_gate(const Stream& stream, std::uint64_t seed) {
  ThreadPool pool(1);
  auto decision = decide(plain_policy(), evidence_of(stream, seed), pool);
  EXPECT_TRUE(decision) << decision.error().text();
  return decision ? decision->verdict : GateVerdict::kUndecided;
}

struct Rates {
  double promote = 0;
  double keep = 0;
  double undecided = 0;
};

Rates rates_of(const Decide& decide_one, const Noise& noise, std::uint32_t days) {
  Rates rates;
  for (int s = 0; s < kStreams; ++s) {
    auto seed = static_cast<std::uint64_t>(s);
    GateVerdict verdict = decide_one(make_stream(seed * 7 + days, days, noise), seed);
    (verdict == GateVerdict::kPromote ? rates.promote
     : verdict == GateVerdict::kKeep  ? rates.keep
                                      : rates.undecided) += 1.0 / kStreams;
  }
  return rates;
}

// A rate that is `alpha` at the most, seen in so many streams: three standard errors above.
double most_seen(double alpha) { return alpha + 3 * std::sqrt(alpha * (1 - alpha) / kStreams); }

// What any gate must do: promote what is better, keep out what is worse, and be misled by luck no
// more often than it says.
bool all_three_outcomes(const Decide& gate, std::uint32_t days) {
  Rates better = rates_of(gate, {.challenger = 0.2}, days);
  Rates worse = rates_of(gate, {.challenger = 1.1}, days);
  Rates same = rates_of(gate, {}, days);
  return better.promote > 0.8 && worse.keep > 0.8 && same.promote <= most_seen(kAlpha) &&
         same.keep <= most_seen(kAlpha) && same.undecided > 0.8;
}

TEST(Gate, AllThreeOutcomesAtTheirStatedErrorRates) {
  for (std::uint32_t days : {7U, 14U, 28U}) {
    Rates same = rates_of(by_the_gate, {}, days);
    std::printf("%u days, no better: promote %.3f, keep %.3f, undecided %.3f of %d\n", days,
                same.promote, same.keep, same.undecided, kStreams);
    EXPECT_LE(same.promote, most_seen(kAlpha)) << days;
    EXPECT_LE(same.keep, most_seen(kAlpha)) << days;
  }
  EXPECT_TRUE(all_three_outcomes(by_the_gate, 14));
}

TEST(Gate, AlwaysAndNeverPromotingFailTheSameChecks) {
  auto always = [](const Stream&, std::uint64_t) { return GateVerdict::kPromote; };
  auto never = [](const Stream&, std::uint64_t) { return GateVerdict::kKeep; };
  auto coin = [](const Stream&, std::uint64_t seed) {
    return Random(seed, 5).chance(0.5) ? GateVerdict::kPromote : GateVerdict::kKeep;
  };
  EXPECT_FALSE(all_three_outcomes(always, 7));
  EXPECT_FALSE(all_three_outcomes(never, 7));
  EXPECT_FALSE(all_three_outcomes(coin, 7));
}

// Eight looks at a growing stretch of the same rows: alone each would be right at alpha, together
// they would not; with the ledger they are.
TEST(Gate, ManyLooksAtTheSameRowsSpendOneAlpha) {
  constexpr int kRuns = 150;
  constexpr std::uint32_t kLooks = 8;
  int with_ledger = 0;
  int without = 0;
  ThreadPool pool(2);
  for (int run = 0; run < kRuns; ++run) {
    auto seed = static_cast<std::uint64_t>(run) + 1000;
    Stream all = make_stream(seed, kLooks * 5, {}, 60);
    AlphaLedger ledger(kAlpha);
    bool misled = false;
    bool misled_without = false;
    for (std::uint32_t look = 1; look <= kLooks; ++look) {
      Stream seen = all;
      auto rows = static_cast<std::size_t>(look) * 5 * 60;
      for (auto* column : {&seen.champion, &seen.challenger}) column->resize(rows);
      seen.label.resize(rows);
      seen.blocks.of_row.resize(rows);
      seen.blocks.count = look * 5;
      Period period{Timestamp{0}, Timestamp{static_cast<std::int64_t>(look) * 5}};
      GateEvidence evidence = evidence_of(seen, seed);
      auto plain = decide(plain_policy(), evidence, pool);
      evidence.alpha = ledger.allowed(period);
      auto spent = decide(plain_policy(), evidence, pool);
      ledger.spend(period, evidence.alpha);
      ASSERT_TRUE(plain && spent);
      misled_without |= plain->verdict == GateVerdict::kPromote;
      misled |= spent->verdict == GateVerdict::kPromote;
    }
    with_ledger += misled ? 1 : 0;
    without += misled_without ? 1 : 0;
  }
  std::printf("promoted by luck in %d looks: %d of %d with the ledger, %d without\n", kLooks,
              with_ledger, kRuns, without);
  double most = kAlpha * kRuns + 3 * std::sqrt(kAlpha * (1 - kAlpha) * kRuns);
  EXPECT_LE(with_ledger, most);
  EXPECT_GT(without, with_ledger);
}

TEST(Gate, MoreLabelsAreWhatTheDecisionTakes) {
  ThreadPool pool(1);
  Noise slightly{.challenger = 0.45};
  int decided = 0;
  int undecided = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Stream few = make_stream(seed, 6, slightly);
    auto first = decide(plain_policy(), evidence_of(few, seed), pool);
    ASSERT_TRUE(first);
    if (first->verdict != GateVerdict::kUndecided || first->more_labels < 0) continue;
    if (first->checks.front().gain <= 0) continue;  // it seems worse, and would be kept out
    ++undecided;
    EXPECT_GT(first->more_labels, 0);
    auto days =
        static_cast<std::uint32_t>(6 + std::min<std::int64_t>(400, 2 * first->more_labels / 150));
    Stream more = make_stream(seed, days, slightly);
    auto second = decide(plain_policy(), evidence_of(more, seed), pool);
    ASSERT_TRUE(second);
    if (second->verdict == GateVerdict::kPromote) ++decided;
  }
  ASSERT_GE(undecided, 5);
  EXPECT_GE(decided, undecided * 6 / 10);  // effects are only what they seem to be
}

TEST(Gate, AGuardKeepsOutWhatIsBetterOnTheMainMetricAlone) {
  ThreadPool pool(1);
  // Far less noise, but every probability far too high.
  Stream stream = make_stream(3, 21, {.champion = 0.8, .challenger = 0.1, .challenger_bias = 1.5});
  GatePolicy policy = plain_policy();
  policy.metric = "auc";
  policy.guards = {{"calibration_error", 0.02}};
  auto decision = decide(policy, evidence_of(stream, 3), pool);
  ASSERT_TRUE(decision) << decision.error().text();
  EXPECT_EQ(decision->verdict, GateVerdict::kKeep) << decision->why;
  EXPECT_NE(decision->why.find("calibration_error"), std::string::npos) << decision->why;
  EXPECT_EQ(decision->checks.front().says, GateVerdict::kPromote);
}

TEST(Gate, ASliceShownToBeWorseKeepsItOut) {
  ThreadPool pool(1);
  Stream stream = make_stream(4, 28, {.champion = 1.2, .challenger = 0.0, .second_half = 2.5});
  GateEvidence evidence = evidence_of(stream, 4);
  evidence.slices = {{"half=0", {}}, {"half=1", {}}, {"first day", {}}};
  for (std::uint32_t row = 0; row < stream.label.size(); ++row) {
    evidence.slices[stream.half[row]].rows.push_back(row);
    if (row < 100) evidence.slices[2].rows.push_back(row);
  }
  auto decision = decide(plain_policy(), evidence, pool);
  ASSERT_TRUE(decision) << decision.error().text();
  EXPECT_EQ(decision->verdict, GateVerdict::kKeep);
  bool told = false;
  for (const GateCheck& check : decision->checks)
    told |= check.name == "slice half=1" && check.says == GateVerdict::kKeep;
  EXPECT_TRUE(told);
}

// A gate is silent about slices of few days and such as have one label: it names them.
TEST(Gate, SlicesThatCannotBeJudgedAreNamedWithWhatTheyHaveAndNeed) {
  ThreadPool pool(1);
  Stream stream = make_stream(4, 28, {.challenger = 0.2});
  GateEvidence evidence = evidence_of(stream, 4);
  evidence.slices = {{"all", {}}, {"four days", {}}, {"never", {}}, {"nobody", {}}};
  for (std::uint32_t row = 0; row < stream.label.size(); ++row) {
    evidence.slices[0].rows.push_back(row);
    if (row < 600) evidence.slices[1].rows.push_back(row);
    if (stream.label[row] == 0) evidence.slices[2].rows.push_back(row);
  }
  GatePolicy policy = plain_policy();
  policy.metric = "auc";
  GateDecision decision = decide(policy, evidence, pool).value();
  ASSERT_EQ(decision.unjudged.size(), 3U);
  const UnjudgedSlice& few = decision.unjudged[0];
  EXPECT_EQ(few.name, "four days");
  EXPECT_EQ(few.rows, 600);
  EXPECT_EQ(few.blocks, 4);
  EXPECT_EQ(few.needs, 5);
  EXPECT_EQ(few.why, "600 rows of 4 blocks, 5 are needed");
  EXPECT_EQ(decision.unjudged[1].name, "never");
  EXPECT_EQ(decision.unjudged[1].blocks, 28);
  EXPECT_NE(decision.unjudged[1].why.find("auc"), std::string::npos) << decision.unjudged[1].why;
  EXPECT_EQ(decision.unjudged[2].why, "0 rows of 0 blocks, 5 are needed");
  EXPECT_TRUE(unjudged_text(decision).starts_with("four days (600 rows of 4 blocks, 5 are needed)"))
      << unjudged_text(decision);
  JsonWriter json;
  json.begin_object();
  write_decision(json, decision);
  std::string text = json.end_object().take();
  EXPECT_NE(text.find(R"("not_judged":[{"slice":"four days","rows":600,"blocks":4,"needs":5,)"),
            std::string::npos)
      << text;
  // Where nothing can be judged, no slice can.
  Stream short_stream = make_stream(5, 3, {});
  GateEvidence few_days = evidence_of(short_stream, 5);
  few_days.slices = {{"half", {0, 1, 2}}};
  EXPECT_EQ(decide(plain_policy(), few_days, pool)->unjudged.size(), 1U);
}

TEST(Gate, LabelsBlocksAndContractsAreLookedAt) {
  ThreadPool pool(1);
  Stream stream = make_stream(5, 14, {.challenger = 0.1});
  GateEvidence evidence = evidence_of(stream, 5);
  EXPECT_EQ(decide(plain_policy(), evidence, pool)->verdict, GateVerdict::kPromote);
  evidence.mature = 0.6;
  auto young = decide(plain_policy(), evidence, pool);
  EXPECT_EQ(young->verdict, GateVerdict::kUndecided);
  EXPECT_NE(young->why.find("60.0 %"), std::string::npos) << young->why;
  evidence.mature = 1;
  evidence.same_contract = false;
  EXPECT_EQ(decide(plain_policy(), evidence, pool)->verdict, GateVerdict::kKeep);
  Stream short_stream = make_stream(5, 3, {.challenger = 0.1});
  auto few = decide(plain_policy(), evidence_of(short_stream, 5), pool);
  EXPECT_EQ(few->verdict, GateVerdict::kUndecided);
  EXPECT_GT(few->more_labels, 0);
}

// What a young stream has: nothing yet, one day, days of one label. Nobody is live by that, and
// nothing is wrong with it either.
TEST(Gate, TooFewRowsToJudgeAreUndecided) {
  ThreadPool pool(1);
  for (std::uint32_t days : {0U, 1U, 2U, 3U}) {
    Stream stream = make_stream(5, days, {.challenger = 0.1});
    auto decision = decide(plain_policy(), evidence_of(stream, 5), pool);
    ASSERT_TRUE(decision) << days << " days: " << decision.error().text();
    EXPECT_EQ(decision->verdict, GateVerdict::kUndecided) << days;
    EXPECT_NE(decision->why.find("blocks"), std::string::npos) << decision->why;
    EXPECT_EQ(decision->more_labels > 0, days > 0) << decision->more_labels;
  }
  Stream stream = make_stream(5, 14, {.challenger = 0.1});
  for (std::uint8_t& label : stream.label) label = 0;
  GatePolicy policy = plain_policy();
  policy.metric = "auc";
  policy.guards = {{"log_loss", 10}};
  auto decision = decide(policy, evidence_of(stream, 5), pool);
  ASSERT_TRUE(decision) << decision.error().text();
  EXPECT_EQ(decision->verdict, GateVerdict::kUndecided);
  EXPECT_NE(decision->why.find("auc is undefined"), std::string::npos) << decision->why;
  EXPECT_EQ(decision->more_labels, -1);
  EXPECT_EQ(decision->checks.at(1).name, "no worse on log_loss");
  EXPECT_EQ(decision->checks.at(1).says, GateVerdict::kPromote);
}

// The first rows of a stream.
Stream first_days(const Stream& all, std::uint32_t days, std::size_t rows) {
  Stream seen = all;
  for (auto* column : {&seen.champion, &seen.challenger}) column->resize(rows);
  seen.label.resize(rows);
  seen.blocks.of_row.resize(rows);
  seen.blocks.count = days;
  return seen;
}

// Streams that are promoted in one of eight looks at growing rows, each look with `alpha(look)`.
int promoted_in_looks(const std::function<double(std::uint32_t)>& alpha, const Noise& noise,
                      int streams) {
  constexpr std::uint32_t kLooks = 8;
  constexpr int kRows = 40;  // a day
  ThreadPool pool(2);
  int promoted = 0;
  for (int s = 0; s < streams; ++s) {
    auto seed = static_cast<std::uint64_t>(s) + 5000;
    Stream all = make_stream(seed, kLooks * 7, noise, kRows);
    for (std::uint32_t look = 1; look <= kLooks; ++look) {
      Stream seen = first_days(all, look * 7, std::size_t{look} * 7 * kRows);
      GateEvidence evidence = evidence_of(seen, seed);
      evidence.alpha = alpha(look);
      if (decide(plain_policy(), evidence, pool)->verdict != GateVerdict::kPromote) continue;
      ++promoted;
      break;
    }
  }
  return promoted;
}

// The looks of a walk: 1,000 streams without a difference keep to alpha over all eight, and a
// planted improvement is found more often than by a ledger that halves.
TEST(Gate, LooksOfAWalkKeepToOneAlphaAndFindMore) {
  double each = look_alpha(kAlpha, 8);
  auto level = [&](std::uint32_t) { return each; };
  auto halving = [](std::uint32_t look) { return kAlpha * std::pow(0.5, look); };
  int same = promoted_in_looks(level, {}, kStreams);
  Noise better{.challenger = 0.45};
  int found = promoted_in_looks(level, better, 200);
  int found_by_halves = promoted_in_looks(halving, better, 200);
  std::printf(
      "eight looks of a walk: %d of %d promoted by luck; of 200 that are better %d, by "
      "halving %d\n",
      same, kStreams, found, found_by_halves);
  EXPECT_LE(same, most_seen(kAlpha) * kStreams);
  EXPECT_GT(same, 0.02 * kStreams);
  EXPECT_GT(found, found_by_halves + 10);
}

// A look late in a ledger has a small alpha and few days: no normal law says what it still takes.
TEST(Gate, MoreLabelsAreMoreThanWouldStillBeOpen) {
  ThreadPool pool(1);
  int open = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Stream stream = make_stream(seed, 6, {.challenger = 0.3});
    GateEvidence evidence = evidence_of(stream, seed);
    evidence.alpha = 1e-5;
    auto decision = decide(plain_policy(), evidence, pool);
    ASSERT_TRUE(decision);
    if (decision->verdict != GateVerdict::kUndecided) continue;
    ++open;
    // Of a day, at the least: it is open with six.
    EXPECT_TRUE(decision->more_labels >= 150 || decision->more_labels == -1) << decision->why;
  }
  EXPECT_GE(open, 15);
}

TEST(Gate, LabelsThatAreMissingAreCounted) {
  ThreadPool pool(1);
  Stream stream = make_stream(5, 14, {.challenger = 0.1});
  GateEvidence evidence = evidence_of(stream, 5);
  evidence.mature = 0.6;
  auto decision = decide(plain_policy(), evidence, pool);
  ASSERT_TRUE(decision);
  // 2,100 rows are 60 % of 3,500, of which 95 % are asked for.
  EXPECT_EQ(decision->more_labels, 1225) << decision->why;
}

TEST(Gate, TheSameBytesOnAnyThreadCount) {
  Stream stream = make_stream(6, 14, {.challenger = 0.5});
  std::string first;
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    auto decision = decide(plain_policy(), evidence_of(stream, 6), pool);
    ASSERT_TRUE(decision);
    JsonWriter json;
    json.begin_object();
    write_decision(json, *decision);
    json.end_object();
    std::string bytes = json.take();
    if (first.empty()) first = bytes;
    EXPECT_EQ(bytes, first);
  }
}

TEST(Gate, RefusesWhatItCannotJudge) {
  ThreadPool pool(1);
  Stream stream = make_stream(7, 7, {});
  GateEvidence good = evidence_of(stream, 7);
  auto refused = [&](const GatePolicy& policy, const GateEvidence& evidence) {
    auto decision = decide(policy, evidence, pool);
    return !decision && decision.error().code() == Code::kInvalid;
  };
  GatePolicy policy = plain_policy();
  policy.least_effect = -1;
  EXPECT_TRUE(refused(policy, good));
  policy = plain_policy();
  policy.guards = {{"calibration_error", std::nan("")}};
  EXPECT_TRUE(refused(policy, good));
  policy = plain_policy();
  policy.metric = "nothing";
  EXPECT_FALSE(decide(policy, good, pool));
  GateEvidence evidence = good;
  evidence.alpha = 0;
  EXPECT_TRUE(refused(plain_policy(), evidence));
  evidence = good;
  evidence.challenger = evidence.challenger.subspan(1);
  EXPECT_TRUE(refused(plain_policy(), evidence));
  evidence = good;
  evidence.slices = {{"beyond", {1'000'000}}};
  EXPECT_TRUE(refused(plain_policy(), evidence));
  evidence = good;
  evidence.blocks = nullptr;
  EXPECT_TRUE(refused(plain_policy(), evidence));
  policy = plain_policy();
  policy.replicates = 1;
  EXPECT_TRUE(refused(policy, good));
  // Scores that are no probabilities are an error also where there are too few rows to judge.
  for (std::uint32_t days : {1U, 7U}) {
    Stream wrong = make_stream(7, days, {});
    wrong.challenger[3] = 1.5;
    EXPECT_TRUE(refused(plain_policy(), evidence_of(wrong, 7))) << days;
    wrong.challenger[3] = std::nan("");
    EXPECT_TRUE(refused(plain_policy(), evidence_of(wrong, 7))) << days;
  }
}

TEST(AlphaLedger, RowsNeverSpendMoreThanAlpha) {
  Random random(9);
  AlphaLedger ledger(0.1);
  for (int i = 0; i < 200; ++i) {
    auto begin = static_cast<std::int64_t>(random.below(50));
    Period rows{Timestamp{begin},
                Timestamp{begin + 1 + static_cast<std::int64_t>(random.below(9))}};
    double alpha = ledger.allowed(rows);
    ASSERT_GT(alpha, 0);
    ledger.spend(rows, alpha);
  }
  for (std::int64_t row = 0; row < 60; ++row) {
    double spent = 0;
    for (const Look& look : ledger.looks())
      if (look.rows.contains(Timestamp{row})) spent += look.alpha;
    EXPECT_LT(spent, 0.1);
  }
  // Also where looks all share their rows, a year of them.
  AlphaLedger often(0.05);
  Period all{Timestamp{0}, Timestamp{10}};
  double spent = 0;
  for (int look = 0; look < 400; ++look) {
    double alpha = often.allowed(all);
    ASSERT_GT(alpha, 0) << look;
    ASSERT_LT(alpha, 0.05) << look;
    often.spend(all, alpha);
    spent += alpha;
  }
  EXPECT_LE(spent, 0.05);
  // Rows no look has seen have all of it.
  EXPECT_EQ(ledger.allowed({Timestamp{1000}, Timestamp{1001}}), 0.05);
}

// Guesses of numbers over 30 days of 20 rows: the challenger's errors are half as large.
TEST(Gate, OfNumbersPromotesTheSmallerErrorAndLooksAtSlices) {
  Random random(2, 21);
  std::vector<double> number;
  std::vector<double> champion;
  std::vector<double> challenger;
  std::vector<std::int64_t> day;
  GateSlice even{.name = "even", .rows = {}};
  for (std::uint32_t i = 0; i < 600; ++i) {
    number.push_back(1000 * random.unit());
    double error = 20 * random.unit() - 10;
    champion.push_back(number.back() + error);
    challenger.push_back(number.back() + error / 2);
    day.push_back(i / 20);
    if (i % 2 == 0) even.rows.push_back(i);
  }
  Blocks blocks = blocks_by_key(day);
  GateEvidence evidence{.champion = champion,
                        .challenger = challenger,
                        .label = {},
                        .number = number,
                        .blocks = &blocks};
  evidence.slices = {even};
  GatePolicy policy{.metric = "rmse"};
  policy.guards = {{"mae", 0.5}};
  ThreadPool pool(1);
  GateDecision decision = decide(policy, evidence, pool).value();
  EXPECT_EQ(decision.verdict, GateVerdict::kPromote) << decision.why;
  EXPECT_EQ(decision.rows, 600);
  EXPECT_NEAR(decision.checks[0].gain, 10 / std::sqrt(3.0) / 2, 0.2);
  std::swap(evidence.champion, evidence.challenger);
  EXPECT_EQ(decide(policy, evidence, pool).value().verdict, GateVerdict::kKeep);
  policy.guards = {{"calibration_error", 0.01}};
  EXPECT_EQ(decide(policy, evidence, pool).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace lode
