// Records that no feature could keep are found before they are accepted, one row at a time.
#include "features/value_check.h"

#include <gtest/gtest.h>

#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"text(lode: 1
project: small
sources:
  events:
    files: events.csv
    columns: {at: timestamp, who: string, n: int64, x: double}
    time: at
    known: at
labels:
  late: {about: events, value: n * n > 1, known: at}
features:
  sums: {over: events, by: who, window: 1h, values: {s: sum(n * n), c: {sum: x, quantum: 0.01}}}
  lates: {over: late, by: who, window: 1h, values: {l: sum(value)}}
)text";

struct Event {
  std::int64_t n;
  double x;
};

class ValueCheckOfEvents : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("events.csv", "at,who,n,x\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
  }

  // "row field" of each fault.
  std::vector<std::string> faults(const std::vector<Event>& events) const {
    Table table;
    table.schema = *project_->record_schema(project_->sources[0]);
    table.rows = static_cast<std::int64_t>(events.size());
    for (const Field& field : table.schema.fields()) {
      ColumnBuilder out(field.type);
      for (const Event& event : events) {
        if (field.name == "n")
          out.append_int64(event.n);
        else if (field.name == "x")
          out.append_double(event.x);
        else if (field.name == "who")
          out.append_string("w");
        else
          out.append_int64(0);
      }
      table.columns.push_back(out.finish());
    }
    auto check = ValueCheck::make(*project_, project_->sources[0]);
    EXPECT_TRUE(check) << check.error().text();
    auto found = check->faults(table);
    EXPECT_TRUE(found) << found.error().text();
    std::vector<std::string> out;
    if (found)
      for (const ValueFault& fault : *found) {
        EXPECT_FALSE(fault.reason.empty());
        out.push_back(std::to_string(fault.row) + " " + fault.field);
      }
    return out;
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
};

using Faults = std::vector<std::string>;

TEST_F(ValueCheckOfEvents, GoodRecordsHaveNone) {
  EXPECT_EQ(faults({}), Faults{});
  EXPECT_EQ(faults({{1, 0.25}, {-3'000'000'000, 99.99}}), Faults{});
}

TEST_F(ValueCheckOfEvents, AValueOffItsQuantumIsTheFaultOfItsRow) {
  EXPECT_EQ(faults({{1, 0.25}, {1, 0.255}, {1, 1.0}, {1, 0.001}}), (Faults{"1 x", "3 x"}));
}

TEST_F(ValueCheckOfEvents, AnExpressionThatFailsIsTheFaultOfTheRowItFailsOn) {
  Faults found = faults({{1, 0.25}, {2, 0.25}, {4'000'000'000, 0.25}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], "2 n * n");
}

TEST_F(ValueCheckOfEvents, TheDefinitionNamesWhatIsChecked) {
  auto check = ValueCheck::make(*project_, project_->sources[0]);
  ASSERT_TRUE(check);
  std::string text = check->definition();
  for (const char* part : {"value n * n ", "value x ", "1e-2", "label n * n > 1 at"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
}

}  // namespace
}  // namespace lode
