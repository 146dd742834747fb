// A definition is the same for the same meaning, and another for each other meaning.
#include "project/definition.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"(lode: 1
project: p
sources:
  s:
    files: s.csv
    columns: {t: timestamp, k: string, x: int64, op: string}
    time: t
    zone: {lookup: zones.csv, key: k}
    known: t + minutes(5)
    derive: {y: x + 1, z: x + 2}
    contract: {x: {required: true, between: [0, 9]}, rules: [x < 8]}
    id: x
    partition: k
    change: {column: op, correction: C, retraction: R}
    allowed_lateness: 7h
    max_ahead: 10m
    dedup_span: 2d
labels:
  late: {about: s, value: y > 3, known: t + minutes(5)}
features:
  v:
    over: late
    by: k
    windows: [1h, {sliding: 7d}]
    distinct_limit: 100
    values: {n: count(), a: sum(value), r: a_1h / n_1h}
  unread: {over: s, by: k, window: all, values: {n: count()}}
training:
  d:
    rows: s
    label: late
    where: x > 1
    columns: {x: x, rate: 'v[k].r'}
models:
  m:
    from: d
    algorithm: logistic
    columns: [x, rate]
    split: {train: ..2001-01-01, test: 2001-01-01.., embargo: 1d}
    seed: 3
)";

class Definition : public ::testing::Test {
 protected:
  Definition() {
    folder_.write("s.csv", "");
    folder_.write("other.csv", "");
    folder_.write("zones.csv", "k,zone\na,Europe/Paris\n");
  }

  static std::string replaced(std::string_view from, std::string_view to) {
    std::string text(kProject);
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  std::string training(std::string_view text) {
    folder_.write("lode.yaml", text);
    auto project = folder_.load();
    if (!project) return "does not load";
    auto definition = training_definition(*project, project->training[0]);
    EXPECT_TRUE(definition) << definition.error().text();
    return definition ? *definition : "";
  }
  std::string model(std::string_view text) {
    folder_.write("lode.yaml", text);
    auto project = folder_.load();
    return project ? model_definition(project->models[0]) : "does not load";
  }

  TemporaryProject folder_;
};

TEST_F(Definition, WritingChangesNothing) {
  std::string before = training(kProject);
  struct Change {
    std::string_view from, to;
  };
  for (const Change& change : {
           Change{"lode: 1\n", "# a comment\nlode: 1\n\n"},
           {"{y: x + 1, z: x + 2}", "{z: x+2, y: (x + 1)}"},
           {"between: [0, 9]}, rules: [x < 8]", "between: [0, 9]}, rules: [(x) < 8]"},
           {"x: {required: true, between: [0, 9]}", "x: {between: [0, 9], required: true}"},
           {"allowed_lateness: 7h", "allowed_lateness: 420m"},
           {"windows: [1h, {sliding: 7d}]", "windows: [{sliding: 7d}, 60m]"},
           {"{n: count(), a: sum(value), r: a_1h / n_1h}",
            "{r: 'a_1h/n_1h', a: SUM(value), n: COUNT()}"},
           {"files: s.csv", "files: other.csv"},
           {"window: all, values: {n: count()}", "window: 1h, values: {m: count()}"},  // not read
           {"    where: x > 1\n", "    where: >\n      x >\n      1\n"},
           {"seed: 3", "seed: 4"},  // the model's, not the data's
       }) {
    EXPECT_EQ(training(replaced(change.from, change.to)), before) << change.to;
  }
}

// Found by running it: columns in another order kept the name, and a file without a header was then
// read with its columns swapped.
TEST_F(Definition, TheOrderOfASourcesColumnsIsItsMeaning) {
  EXPECT_NE(training(replaced("{t: timestamp, k: string, x: int64, op: string}",
                              "{t: timestamp, op: string, x: int64, k: string}")),
            training(kProject));
}

TEST_F(Definition, EachMeaningHasItsOwn) {
  std::set<std::string> seen = {training(kProject)};
  struct Change {
    std::string_view from, to;
  };
  for (const Change& change : {
           Change{"op: string}", "op: string, more: bool}"},
           {"    zone: {lookup: zones.csv, key: k}", "    zone: Europe/Paris"},
           {"    zone: {lookup: zones.csv, key: k}", "    zone: UTC"},
           {"zones.csv, key: k", "zones.csv, key: op"},
           {"known: t + minutes(5)\n    derive", "known: recorded\n    derive"},
           {"known: t + minutes(5)\n    derive", "known: assumed\n    derive"},
           {"known: t + minutes(5)\n    derive", "known: t + minutes(6)\n    derive"},
           {"y: x + 1", "y: x + 3"},
           {"required: true, ", ""},
           {"between: [0, 9]", "between: [0, 10]"},
           {"rules: [x < 8]", "rules: [x < 7]"},
           {"    id: x\n", "    id: k\n"},
           {"    partition: k\n", ""},
           {"correction: C", "correction: D"},
           {"retraction: R", "retraction: D"},
           {"allowed_lateness: 7h", "allowed_lateness: 8h"},
           {"max_ahead: 10m", "max_ahead: 11m"},
           {"dedup_span: 2d", "dedup_span: 3d"},
           {"value: y > 3", "value: y > 4"},
           {"known: t + minutes(5)}", "known: t}"},
           {"over: late\n    by: k", "over: late\n    by: op"},
           {"{sliding: 7d}", "{sliding: 8d}"},
           {"{sliding: 7d}", "{sliding: 7d, exact: true}"},
           {"{sliding: 7d}", "{tumbling: 7d}"},
           {"distinct_limit: 100", "distinct_limit: 101"},
           {"distinct_limit: 100", "include_current: true"},
           {"a: sum(value)", "a: mean(value)"},
           {"a: sum(value)", "a: sum(x)"},
           {"r: a_1h / n_1h", "r: a_1h / (n_1h + 1)"},
           {"    where: x > 1\n", ""},
           {"where: x > 1", "where: x > 2"},
           {"{x: x, rate: 'v[k].r'}", "{rate: 'v[k].r', x: x}"},  // order is the matrix's
           {"rate: 'v[k].r'", "rate: 'v[op].r'"},
       }) {
    EXPECT_TRUE(seen.insert(training(replaced(change.from, change.to))).second) << change.to;
  }
  folder_.write("zones.csv", "k,zone\na,Europe/Rome\n");
  EXPECT_TRUE(seen.insert(training(kProject)).second) << "another zone table";
}

// Windows up to a day are exact whether they say so or not.
TEST_F(Definition, ShortWindowsAreExactAnyway) {
  EXPECT_EQ(training(replaced("{sliding: 7d}", "{sliding: 24h, exact: true}")),
            training(replaced("{sliding: 7d}", "24h")));
}

TEST_F(Definition, AQuantumIsItsNumber) {
  auto with = [&](std::string_view quantum) {
    std::string text = replaced("op: string}", "op: string, p: double}");
    std::string_view sum = "a: sum(value)";
    text.replace(text.find(sum), sum.size(), fmt::format("a: {{sum: p, quantum: {}}}", quantum));
    return training(text);
  };
  EXPECT_EQ(with("0.01"), with("1e-2"));
  EXPECT_NE(with("0.01"), with("0.001"));
}

TEST_F(Definition, Models) {
  std::string before = model(kProject);
  EXPECT_EQ(model(replaced("    seed: 3\n", "    note: a remark\n    seed: 3\n")), before);
  EXPECT_EQ(model(replaced("embargo: 1d", "embargo: 24h")), before);
  std::set<std::string> seen = {before};
  struct Change {
    std::string_view from, to;
  };
  for (const Change& change : {
           Change{"seed: 3", "seed: 4"},
           {"seed: 3", "threads: 1"},
           {"columns: [x, rate]", "columns: [rate, x]"},
           {"columns: [x, rate]", "encode: {x: one_hot}"},
           {"columns: [x, rate]", "encode: {x: ordinal}"},
           {"algorithm: logistic", "algorithm: constant"},
           {"embargo: 1d", "embargo: 2d"},
           {"embargo: 1d", "purge: true"},
           {"train: ..2001-01-01", "train: 2000-01-01..2001-01-01"},
           {"test: 2001-01-01..", "test: 2001-01-02.."},
       }) {
    EXPECT_TRUE(seen.insert(model(replaced(change.from, change.to))).second) << change.to;
  }
}

TEST_F(Definition, ReadsAreListedOnce) {
  folder_.write("lode.yaml",
                replaced("{x: x, rate: 'v[k].r'}", "{a: 'v[k].r + v[op].r', b: 'unread[k].n'}"));
  folder_.write("lode.yaml", [&] {
    std::string text = read_text(folder_.root() / "lode.yaml");
    return text.replace(text.find("columns: [x, rate]"), 18, "columns: [a, b]");
  }());
  auto project = folder_.load();
  ASSERT_TRUE(project);
  EXPECT_EQ(views_read(project->training[0]), (std::vector<std::string>{"unread", "v"}));
}

TEST_F(Definition, AMissingLookUpIsSaid) {
  folder_.write("lode.yaml", kProject);
  auto project = folder_.load();
  ASSERT_TRUE(project);
  std::filesystem::remove(folder_.root() / "zones.csv");
  EXPECT_EQ(source_definition(project->sources[0]).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace lode
