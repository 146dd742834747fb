// covers: project/loading

#include "project/project.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

Timestamp day(int year, int month, int day_of_month) {
  return {days_from_civil(year, month, day_of_month) * days(1).us};
}

std::vector<std::string> names(const Schema& schema) {
  std::vector<std::string> out;
  for (const Field& field : schema.fields()) out.push_back(field.name);
  return out;
}

using Names = std::vector<std::string>;

// The example as it stands, with an empty file for the data it does not hold.
class Flights : public ::testing::Test {
 protected:
  Flights() {
    const std::filesystem::path folder = LODE_SOURCE_DIR "/examples/flights";
    for (const char* name : {"lode.yaml", "naive.yaml", "airport-zones.csv"})
      folder_.write(name, read_text(folder / name));
    folder_.write("data/flights-3m.parquet", "");
  }
  TemporaryProject folder_;
};

TEST_F(Flights, Source) {
  auto project = folder_.load();
  ASSERT_TRUE(project);
  EXPECT_EQ(project->name, "flights");
  EXPECT_EQ(project->root, folder_.root());
  ASSERT_EQ(project->sources.size(), 1U);
  const Source& flights = project->sources[0];
  EXPECT_EQ(flights.files, std::vector{folder_.root() / "data/flights-3m.parquet"});
  EXPECT_EQ(names(flights.columns), (Names{"date", "delay", "distance", "origin", "destination"}));
  EXPECT_EQ(flights.zone.kind, ZoneRule::Kind::kLookup);
  EXPECT_EQ(flights.zone.lookup_file, folder_.root() / "airport-zones.csv");
  EXPECT_EQ(flights.zone.lookup_key, "origin");
  EXPECT_EQ(flights.known.mode, KnownRule::Mode::kExpression);
  EXPECT_EQ(flights.allowed_lateness, hours(7));
  EXPECT_EQ(flights.max_ahead, minutes(5));  // docs/semantics.md 3.6
  EXPECT_EQ(flights.dedup_span, days(1));
  ASSERT_EQ(flights.contract.size(), 8U);
  EXPECT_EQ(flights.contract[1].name, "origin: matches [A-Z]{3}");
  EXPECT_EQ(flights.contract[7].name, "delay: between -120 and 2000");
  EXPECT_EQ(flights.contract[7].expression.expression.text(), "delay between -120 and 2000");
  auto records = project->record_schema(flights);
  ASSERT_TRUE(records);
  EXPECT_EQ(names(*records), (Names{"_seq", "_kind", "_id", "_t", "_known", "_local", "date",
                                    "delay", "distance", "origin", "destination", "hour"}));
  EXPECT_EQ((*records)[11].type, Type::int64());
}

TEST_F(Flights, LabelAndViews) {
  auto project = folder_.load();
  ASSERT_TRUE(project);
  EXPECT_EQ(project->label("late")->known.expression.text(),
            "date + minutes(30 + floor(distance / 7.5))");
  const View* departures = project->view("departures");
  ASSERT_TRUE(departures);
  EXPECT_TRUE(departures->over_label);
  EXPECT_EQ(departures->windows[0].width, minutes(120));
  EXPECT_EQ(departures->values[1].argument->text, "value");
  EXPECT_FALSE(project->view("leak_departures")->over_label);
  auto values = project->value_schema(*departures);
  ASSERT_TRUE(values);
  EXPECT_EQ(*values,
            Schema({{"n", Type::int64()}, {"late", Type::int64()}, {"log_odds", Type::float64()}}));
  EXPECT_EQ(names(*project->folded_schema(*departures)).back(), "value");
}

TEST_F(Flights, ModelsFollowTheRecipe) {
  auto project = folder_.load();
  ASSERT_TRUE(project);
  auto training = project->training_schema(*project->training_set("flights"));
  ASSERT_TRUE(training);
  EXPECT_EQ(names(*training), (Names{"origin", "destination", "hour", "distance", "origin_out",
                                     "origin_in", "destination_out", "destination_in"}));
  EXPECT_EQ((*training)[3].type, Type::float64());
  for (const Model& model : project->models) {
    EXPECT_EQ(model.split.train.begin, std::nullopt) << model.name;
    EXPECT_EQ(model.split.train.end, day(2001, 1, 29)) << model.name;
    EXPECT_EQ(model.split.test.begin, day(2001, 1, 29)) << model.name;
    EXPECT_EQ(model.split.test.end, std::nullopt) << model.name;
  }
  const Model* stat = project->model("static");
  EXPECT_EQ(stat->algorithm, "logistic");
  EXPECT_EQ(stat->columns, (Names{"origin", "destination", "hour", "distance"}));
  ASSERT_EQ(stat->encode.size(), 3U);
  EXPECT_EQ(stat->encode[2].column, "hour");
  EXPECT_EQ(stat->encode[2].encoder, "target");
  using Options = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(stat->encode[2].options, (Options{{"smoothing", "50"}, {"fit", "in_sample"}}));
  EXPECT_TRUE(project->model("leak")->note.starts_with("wrong on purpose"));
  const Model* boosted = project->model("boosted");
  ASSERT_TRUE(boosted->choose);
  EXPECT_EQ(boosted->choose->on.begin, day(2001, 1, 22));
  ASSERT_EQ(boosted->choose->grid.size(), 2U);
  EXPECT_EQ(boosted->choose->grid[0].second, (Names{"4", "6"}));
}

TEST_F(Flights, NaiveIsTheSameOnAnotherClock) {
  auto project = folder_.load();
  auto naive = folder_.load("naive.yaml");
  ASSERT_TRUE(project && naive);
  EXPECT_EQ(naive->sources[0].zone.kind, ZoneRule::Kind::kUtc);
  EXPECT_EQ(naive->sources[0].allowed_lateness, Duration{});
  ASSERT_EQ(naive->models.size(), project->models.size());
  for (std::size_t i = 0; i < naive->models.size(); ++i)
    EXPECT_EQ(naive->models[i].name, project->models[i].name);
}

// One small project per rule below: `s` has t, k, x, price, flag; a test adds sections.
class Small : public ::testing::Test {
 protected:
  Small() { folder_.write("s.csv", ""); }
  std::vector<std::string> errors(std::string_view sections) {
    folder_.write("lode.yaml", text(sections));
    return folder_.errors();
  }
  std::shared_ptr<const Project> load(std::string_view sections) {
    folder_.write("lode.yaml", text(sections));
    return folder_.load();
  }
  static std::string text(std::string_view sections) {
    return std::string(
               "lode: 1\n"
               "project: small\n"
               "sources:\n"
               "  s:\n"
               "    files: s.csv\n"
               "    columns: {t: timestamp, k: string, x: int64, price: double, flag: bool}\n"
               "    time: t\n") +
           std::string(sections);
  }
  TemporaryProject folder_;
};

TEST_F(Small, FormatOptionsAreKeptAsWritten) {
  auto project = load("    format: {csv: {delimiter: ';', null: '|NA'}}\n");
  ASSERT_TRUE(project);
  EXPECT_EQ(project->sources[0].format, "csv");
  using Options = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(project->sources[0].format_options, (Options{{"delimiter", ";"}, {"null", "|NA"}}));
}

TEST_F(Small, KnownHasThreeModes) {
  EXPECT_EQ(load("")->sources[0].known.mode, KnownRule::Mode::kAssumed);
  EXPECT_EQ(load("    known: recorded\n")->sources[0].known.mode, KnownRule::Mode::kRecorded);
  auto project = load("    known: t + minutes(x)\n");
  EXPECT_EQ(project->sources[0].known.expression->text, "t + minutes(x)");
  EXPECT_EQ(project->sources[0].known.expression->place, (Place{8, 12}));
}

TEST_F(Small, DedupSpanGrowsWithLateness) {
  EXPECT_EQ(load("    allowed_lateness: 3d\n")->sources[0].dedup_span, days(3));
}

TEST_F(Small, LocalNeedsADeclaredZone) {
  std::string derive = "    derive: {h: hour(local(t))}\n";
  EXPECT_EQ(errors(derive),
            Names{"8:22: local() needs the time of a row and its zone; declare time: and "
                  "zone: for this source"});
  EXPECT_EQ(load("    zone: UTC\n" + derive)->sources[0].zone.kind, ZoneRule::Kind::kUtc);
  EXPECT_EQ(load("    zone: Europe/Paris\n" + derive)->sources[0].zone.constant, "Europe/Paris");
}

// A source whose rows have no time: what goes by time cannot be declared over it.
class Timeless : public Small {
 protected:
  static std::string without_time(std::string_view sections) {
    std::string whole = text(sections);
    whole.replace(whole.find("    time: t\n"), 12, "    time: none\n");
    return whole;
  }
  std::vector<std::string> mistakes(std::string_view sections) {
    folder_.write("lode.yaml", without_time(sections));
    return folder_.errors();
  }
  static constexpr std::string_view kModel =
      "labels:\n  l: {about: s, value: flag}\n"
      "training:\n  set: {rows: s, label: l, columns: {x: x}}\n"
      "models:\n  m: {from: set, algorithm: logistic, split: ";
};

TEST_F(Timeless, LabelsAreKnownWithTheRowAndSplitsAreAtRandom) {
  folder_.write("lode.yaml", without_time(std::string(kModel) + "{random: 0.25}}\n"));
  auto project = folder_.load();
  ASSERT_TRUE(project);
  EXPECT_TRUE(project->sources[0].timeless());
  EXPECT_EQ(project->labels[0].known.text, "_known");
  EXPECT_EQ(
      mistakes(std::string(kModel) + "{train: ..2001-01-01, test: 2001-01-01..}}\n"),
      Names{"13:46: its rows have no time (`time: none`) to be split by; give a share of them "
            "under 'random', such as {random: 0.25}"});
}

TEST_F(Timeless, NothingThatGoesByTimeIsTaken) {
  EXPECT_EQ(mistakes("    known: t\n    allowed_lateness: 1d\n"),
            (Names{"8:5: 'known' goes by the time of a row, and this source has none",
                   "9:5: 'allowed_lateness' goes by the time of a row, and this source has none"}));
  EXPECT_EQ(mistakes("labels:\n  l: {about: s, value: flag, known: t}\n"),
            Names{"9:30: 'known' goes by the time of a row, and 's' has none; remove it"});
  EXPECT_EQ(
      mistakes("features:\n  v: {over: s, by: k, window: 1h, values: {n: count()}}\n"),
      Names{"9:13: 's' has no time (`time: none`), so no window can be over it; name its time "
            "column, or fold its rows before they come to lode"});
  EXPECT_EQ(mistakes("    zone: Europe/Paris\n    derive: {h: hour(local(t))}\n").size(), 1U);
}

TEST_F(Small, ALabelOfRowsWithATimeSaysWhenItIsKnown) {
  EXPECT_EQ(
      errors("labels:\n  l: {about: s, value: flag}\n"),
      Names{"9:6: the label has no 'known': timestamp over the row's columns: when the outcome "
            "could first be known"});
}

TEST_F(Small, ContractsBecomeExpressions) {
  auto project = load(
      "    contract:\n"
      "      k: {in: [a, \"b'c\"], matches: '[a-z]+'}\n"
      "      t: {between: [2001-01-01, 2001-12-31T12:00:00]}\n"
      "      price: {between: [-0.5, 1e3]}\n"
      "      flag: {in: [true]}\n"
      "      rules: [x > 0 or flag]\n");
  ASSERT_TRUE(project);
  std::vector<std::string> rules;
  for (const Rule& rule : project->sources[0].contract)
    rules.push_back(rule.column + "|" + rule.name + "|" + rule.expression.expression.text());
  EXPECT_EQ(rules, (Names{"k|k: in [a, b'c]|k in ('a', 'b''c')",
                          "k|k: matches [a-z]+|regexp_full_match(k, '[a-z]+')",
                          "t|t: between 2001-01-01 and 2001-12-31T12:00:00|t between timestamp "
                          "'2001-01-01 00:00:00' and timestamp '2001-12-31 12:00:00'",
                          "price|price: between -0.5 and 1e3|price between -0.5 and 1e+03",
                          "flag|flag: in [true]|flag in (true)", "|x > 0 or flag|x > 0 or flag"}));
}

TEST_F(Small, ContractConstantsAreOfTheColumnsType) {
  EXPECT_EQ(
      errors("    contract: {x: {in: [1, two]}, k: {matches: '['}, flag: {in: [yes]}}\n").size(),
      3U);
}

TEST_F(Small, SeveralWindowsGiveSuffixes) {
  auto project = load(
      "features:\n"
      "  v:\n"
      "    over: s\n"
      "    by: k\n"
      "    windows: [60m, {sliding: 7d, exact: true}, {tumbling: 1d}, {last: 5}, all]\n"
      "    values:\n"
      "      n: count()\n"
      "      paid: {sum: price, quantum: 0.01}\n"
      "      busy: n_1h / n_all\n");
  ASSERT_TRUE(project);
  const View& view = project->views[0];
  EXPECT_EQ(names(*project->value_schema(view)),
            (Names{"n_1h", "n_7d", "n_tumbling_1d", "n_last5", "n_all", "paid_1h", "paid_7d",
                   "paid_tumbling_1d", "paid_last5", "paid_all", "busy"}));
  EXPECT_EQ(view.values[1].quantum, 0.01);
  EXPECT_EQ(view.values[1].aggregate, "sum");
  EXPECT_TRUE(view.windows[1].exact);
  EXPECT_EQ(view.windows[3].count, 5);
  EXPECT_FALSE(view.include_current);
  EXPECT_EQ(view.distinct_limit, 10'000);
}

TEST_F(Small, SumOfDoublesNeedsAQuantum) {
  EXPECT_EQ(errors("features:\n  v: {over: s, by: k, window: all, values: {p: sum(price)}}\n"),
            Names{"9:48: sum of a double needs its quantum, the unit all values are multiples of; "
                  "write {sum: price, quantum: 0.01}"});
  EXPECT_EQ(
      errors("features:\n  v: {over: s, by: k, window: all, values: {p: {sum: x, quantum: 2}}}\n"),
      Names{"9:54: a quantum is for sums of doubles alone; remove it from p"});
}

constexpr std::string_view kLabelAndView =
    "labels:\n"
    "  late: {about: s, value: x > 3, known: t + minutes(5)}\n"
    "features:\n"
    "  v: {over: late, by: k, window: 1h, values: {n: count(), late: sum(value)}}\n";

TEST_F(Small, BareReadsAreExpanded) {
  auto project =
      load(std::string(kLabelAndView) +
           "training:\n"
           "  a:\n"
           "    rows: s\n"
           "    label: late\n"
           "    columns: {before: x, after: 1 + x}\n"
           "  b:\n"
           "    rows: s\n"
           "    label: late\n"
           "    columns:\n"
           "      out: v[k]\n"
           "      share: v[upper(k)].late / (v[k].n + 1)\n"
           "models:\n"
           "  m:\n"
           "    from: training.b\n"
           "    algorithm: logistic\n"
           "    columns: [share, out]\n"
           "    split: {train: ..2001-01-01, test: 2001-01-01.., embargo: 1d, purge: true}\n");
  ASSERT_TRUE(project);
  const TrainingSet* set = project->training_set("b");
  ASSERT_EQ(set->columns.size(), 3U);
  EXPECT_EQ(set->columns[0].name, "out.n");
  EXPECT_EQ(set->columns[1].name, "out.late");
  EXPECT_EQ(set->columns[1].value.expression.text(), "v[k].late");
  EXPECT_EQ(
      *project->training_schema(*set),
      Schema({{"out.n", Type::int64()}, {"out.late", Type::int64()}, {"share", Type::float64()}}));
  EXPECT_EQ(project->model("m")->columns, (Names{"share", "out.n", "out.late"}));
  EXPECT_EQ(project->model("m")->split.embargo, days(1));
  EXPECT_TRUE(project->model("m")->split.purge);
}

TEST_F(Small, AlgorithmsTakeOptionsInOneOfTwoPlaces) {
  auto with = [](std::string_view algorithm) {
    return fmt::format(
        "{}training: {{a: {{rows: s, label: late, columns: {{x: x}}}}}}\n"
        "models:\n"
        "  m:\n"
        "    from: a\n"
        "    split: {{train: ..2001-01-01, test: 2001-01-01..}}\n"
        "{}\n",
        kLabelAndView, algorithm);
  };
  using Options = std::vector<std::pair<std::string, std::string>>;
  auto under = load(with("    algorithm: {logistic: {l2: 0.5}}"));
  auto beside = load(with("    algorithm: logistic\n    options: {l2: 0.5}"));
  ASSERT_TRUE(under && beside);
  EXPECT_EQ(under->models[0].algorithm, "logistic");
  EXPECT_EQ(under->models[0].options, (Options{{"l2", "0.5"}}));
  EXPECT_EQ(beside->models[0].options, (Options{{"l2", "0.5"}}));
  EXPECT_EQ(
      errors(with("    algorithm: {logistic: {l2: 0.5}}\n    options: {l2: 0.5}")),
      Names{"18:5: options stand under 'algorithm: {logistic: ...}' already; keep one place"});
}

// Over a label `value` is the label's; a column of that name would be two meanings in one word.
TEST_F(Small, ValueIsTheLabels) {
  std::string columns = "    derive: {value: x}\n";
  std::vector<std::string> found = errors(columns + std::string(kLabelAndView));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("12:13: over a label `value` is the label's value")) << found[0];
}

TEST_F(Small, ComparisonsNeedTheSameTestRows) {
  std::string sections =
      std::string(kLabelAndView) +
      "training:\n"
      "  a: {rows: s, label: late, columns: {x: x}}\n"
      "  b: {rows: s, label: late, where: x > 0, columns: {x: x}}\n"
      "models:\n"
      "  m: {from: a, algorithm: constant, split: {train: ..2001-01-01, test: 2001-01-01..}}\n"
      "  n: {from: b, algorithm: constant, split: {train: ..2001-01-01, test: 2001-01-01..}, "
      "compare_with: m}\n";
  std::vector<std::string> found = errors(sections);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(
      found[0].ends_with("'m' is tested on other rows; a comparison needs the same rows, "
                         "label, 'where' and test range"))
      << found[0];
}

TEST_F(Small, ColumnsOfRecordsCannotBeDeclared) {
  folder_.write("lode.yaml",
                "lode: 1\n"
                "project: small\n"
                "sources:\n"
                "  s: {files: s.csv, columns: {t: timestamp, _seq: int64}, time: t}\n");
  EXPECT_EQ(folder_.errors(),
            Names{"4:45: '_seq' is a column lode adds to every record; it cannot be declared"});
}

TEST_F(Small, ErrorsInsideExpressionsPointIntoThem) {
  EXPECT_EQ(errors("    derive:\n      a: x + xx\n      b: 'x + xy'\n      c: x +\n        xz\n"),
            (Names{"9:14: unknown column 'xx'; did you mean 'x'? Known: t, k, x, price, flag",
                   "10:15: unknown column 'xy'; did you mean 'x'? Known: t, k, x, price, flag",
                   "11:10: unknown column 'xz'; did you mean 'x'? Known: t, k, x, price, flag"}));
}

TEST_F(Small, SplitsAreByTimeOrAtRandom) {
  auto with = [](std::string_view split, std::string_view more = "") {
    return fmt::format(
        "{}training: {{a: {{rows: s, label: late, columns: {{x: x, k: k, half: x / 2}}}}}}\n"
        "models:\n"
        "  m: {{from: a, algorithm: constant, columns: [x], split: {{{}}}{}}}\n",
        kLabelAndView, split, more);
  };
  auto random = load(with("random: 0.3, groups: k"));
  ASSERT_TRUE(random);
  EXPECT_EQ(random->models[0].split.random, 0.3);
  EXPECT_EQ(random->models[0].split.groups, "k");
  auto apart = load(with("train: ..2001-01-01, test: 2001-01-01.., groups: k"));
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->models[0].split.random, 0);

  // Who tells groups apart is no input, and needs no encoder, unless it is named.
  std::string all = with("random: 0.3, groups: k");
  all.erase(all.find("columns: [x], "), 14);
  EXPECT_TRUE(load(all));

  auto refusal = [&](std::string_view split, std::string_view more = "") {
    std::vector<std::string> found = errors(with(split, more));
    EXPECT_EQ(found.size(), 1U) << split;
    if (found.empty()) return std::string("accepted");
    return found[0].substr(found[0].find(": ") + 2);
  };
  EXPECT_EQ(refusal("random: 1"), "'1' is no number of 0.01 to 0.99");
  EXPECT_EQ(refusal("random: half"), "'half' is no number of 0.01 to 0.99");
  EXPECT_EQ(
      refusal("random: 0.3, train: ..2001-01-01"),
      "rows are split by time or at random, not both: keep 'random', or 'train' and what goes "
      "with it");
  EXPECT_EQ(refusal("random: 0.3, stratified: true, groups: k"),
            "whole groups cannot be dealt out by label too; keep 'groups' or 'stratified'");
  EXPECT_EQ(refusal("random: 0.3, groups: kk"),
            "unknown column 'kk'; did you mean 'k'? Known: x, k, half");
  EXPECT_EQ(refusal("random: 0.3, groups: half"),
            "'half' is of type double; groups are told apart by a text or a whole number");
  EXPECT_EQ(refusal("train: ..2001-01-01, test: 2001-01-01.., stratified: true"),
            "'stratified' goes with 'random', and this split has none");
  EXPECT_EQ(refusal("train: ..2001-01-01"),
            "the split has no 'test': give the times of its rows, or a share of all rows under "
            "'random'");
  EXPECT_EQ(refusal("random: 0.3", ", choose: {fit: ..2001-01-01, on: 2001-01-01.., options: {}}")
                .substr(0, 40),
            "options are chosen on stretches of time ");
}

}  // namespace
}  // namespace lode
