// Which columns are declared to read outcomes too early, and the same set over the label.
#include "orchestrate/outcome_reads.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"(lode: 1
project: flights
sources:
  flights:
    files: flights.csv
    columns: {at: timestamp, origin: string, delay: int64, planned: int64, distance: int64}
    time: at
    known: at
    derive: {hours: delay / 60, very: hours > 3}
  weather:
    files: weather.csv
    columns: {at: timestamp, origin: string, delay: int64}
    time: at
labels:
  late: {about: flights, value: delay > 15, known: at + hours(2)}
  later: {about: flights, value: delay > planned, known: at + hours(2)}
features:
  known: {over: late, by: origin, window: 2h, values: {n: count(), late: sum(value)}}
  early: {over: flights, by: origin, window: 2h,
          values: {n: count(), late: sum(delay > 15), share: late / n, far: max(distance)}}
  derived: {over: flights, by: origin, windows: [1h, all], values: {n: count(), v: sum(very)}}
  storms: {over: weather, by: origin, window: 2h, values: {worst: max(delay)}}
training:
  late:
    rows: flights
    label: late
    columns:
      far: distance
      before: known[origin].late
      count: early[origin].n
      way: early[origin].far
      leak: early[origin].share
      two: derived[origin].v_1h + 1
      storm: storms[origin].worst
      own: hours * 2
  later:
    rows: flights
    label: later
    columns: {planned: planned, delay: delay, both: delay - planned}
)";

class OutcomeReads : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("flights.csv", "at,origin,delay,planned,distance\n");
    folder_.write("weather.csv", "at,origin,delay\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }
  std::vector<std::string> columns(std::string_view set) const {
    std::vector<std::string> out;
    for (const DeclaredRead& read : declared_outcome_reads(*project_, *project_->training_set(set)))
      out.push_back(read.column + "|" + read.view);
    return out;
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
};

// Not: other columns, counts, other sources of the same column's name, views over the label.
TEST_F(OutcomeReads, AreThoseMadeFromWhatTheLabelIsMadeFrom) {
  EXPECT_EQ(columns("late"), (std::vector<std::string>{"leak|early", "two|derived", "own|"}));
}

TEST_F(OutcomeReads, ColumnsOfViewsAreThoseThatReadOne) {
  EXPECT_EQ(columns_of_views(*project_->training_set("late")),
            (std::vector<std::string>{"before", "count", "way", "leak", "two", "storm"}));
}

// A label of several columns: what holds only some of them need not tell it.
TEST_F(OutcomeReads, OfALabelOfTwoColumnsBothAreNeeded) {
  EXPECT_EQ(columns("later"), (std::vector<std::string>{"both|"}));
}

TEST_F(OutcomeReads, ARepairedSetReadsTheSameViewsOverTheLabel) {
  RepairedProject repaired = read_outcomes_when_known(*project_);
  ASSERT_EQ(repaired.set_of.size(), 1U);
  ASSERT_EQ(repaired.project.training.size(), 3U);
  const TrainingSet& set = repaired.project.training[0];
  EXPECT_EQ(set.name, repaired.set_of.at("late"));
  EXPECT_EQ(repaired.project.training[1].name, "late");
  EXPECT_EQ(set.columns[4].value.expression.text(), "\"early when known\"[origin].share");
  EXPECT_EQ(set.columns[1].value.expression.text(), "known[origin].late");
  const View* view = repaired.project.view("early when known");
  ASSERT_NE(view, nullptr);
  EXPECT_TRUE(view->over_label);
  EXPECT_EQ(view->over, "late");
  EXPECT_EQ(view->values[1].argument->expression.text(), "value");
  EXPECT_EQ(project_->training.size(), 2U) << "the declared project is as it was";
}

// What the project has already is not made twice.
TEST_F(OutcomeReads, AViewThatIsThereAlreadyIsUsed) {
  std::string text(kProject);
  std::string_view values = ", share: late / n, far: max(distance)";
  text.erase(text.find(values), values.size());
  std::string_view way = "      way: early[origin].far\n";
  text.erase(text.find(way), way.size());
  text.replace(text.find("early[origin].share"), 19, "early[origin].late");
  folder_.write("lode.yaml", text);
  project_ = folder_.load();
  ASSERT_NE(project_, nullptr);
  RepairedProject repaired = read_outcomes_when_known(*project_);
  EXPECT_EQ(repaired.project.view("early when known"), nullptr);
  EXPECT_EQ(repaired.project.training[0].columns[3].value.expression.text(), "known[origin].late");
}

TEST_F(OutcomeReads, EarlyIsCountedFromWhenARecordCanBeUsed) {
  Table records;
  ColumnBuilder seq(Type::int64());
  ColumnBuilder known(Type::timestamp());
  for (std::int64_t i = 0; i < 6; ++i) {
    seq.append_int64(10 + i);
    known.append_int64(100 * i + 40);
  }
  records.schema = Schema(
      {{std::string(kSeqColumn), Type::int64()}, {std::string(kKnownColumn), Type::timestamp()}});
  records.columns = {seq.finish(), known.finish()};
  records.rows = 6;
  TrainingTable table;
  table.seq = {11, 14};
  table.time = {100, 450};  // usable from 140, and from 450
  table.known = {200, 450};
  EarlyReads early = early_reads(table, records, 10);
  EXPECT_EQ(early.by_views, (std::vector<std::int64_t>{60, 0}));
  EXPECT_EQ(early.by_row, (std::vector<std::int64_t>{100, 0}));
  EXPECT_EQ(early_reads(table, records, 1).by_row, std::vector<std::int64_t>{100});
}

}  // namespace
}  // namespace lode
