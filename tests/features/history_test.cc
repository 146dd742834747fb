// Reads and training sets from a project's records to typed columns, by hand: types the random
// streams of tests/agreement do not have, text ids, several views, labels and cuts.
// covers: features/live, features/training_set, features/versions
#include "features/history.h"

#include <gtest/gtest.h>

#include "features/live.h"
#include "features/training_set.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"text(lode: 1
project: visits
sources:
  visits:
    files: visits.csv
    columns: {id: string, at: timestamp, who: string, paid: bool, day: date, page: string,
              cost: double, price: "decimal(10, 2)", told: timestamp, op: string}
    time: at
    known: at
    id: id
    change: {column: op, correction: fix, retraction: gone}
labels:
  paying: {about: visits, value: paid, known: told}
features:
  seen:
    over: visits
    by: who
    window: all
    values: {n: count(), first_paid: first(paid), last_paid: last(paid), last_day: last(day),
             first_page: first(page), latest: max(at), dearest: max(price), least: min(cost),
             spent: {sum: cost, quantum: 0.01}, pages: distinct(page), idle: time_since(),
             twice: n * 2}
  outcomes:
    over: paying
    by: who
    window: all
    values: {n: count(), paid: sum(value)}
training:
  rows:
    rows: visits
    label: paying
    where: cost <> 0.75
    columns:
      page: page
      before: seen[who].n
      good: outcomes[who].paid
      both: seen[who].n * 10
)text";

struct Visit {
  std::string id;
  std::int64_t at;
  std::string who;
  std::optional<bool> paid;
  std::int32_t day;
  std::string page;
  double cost;
  std::int64_t price;
  std::int64_t told;
  RecordKind kind = RecordKind::kOriginal;
};

// Four visits of ann, one of bob, in the order of their arrival. "b" and "a" are at one time:
// ids order them. ann's third has no outcome; bob's is corrected: he paid, and it was told
// later.
const std::vector<Visit> kVisits = {
    {"b", 100, "ann", true, 10, "home", 1.25, 125, 150},
    {"a", 100, "ann", false, 11, "cart", 0.75, 999, 90},
    {"c", 200, "ann", std::nullopt, 12, "home", 3.5, 350, 210},
    {"d", 150, "bob", false, 13, "help", 9.0, 900, 160},
    {"e", 300, "ann", false, 14, "cart", 99.0, 100, 310},
    {"d", 150, "bob", true, 13, "help", 9.0, 900, 400, RecordKind::kCorrection},
};

class HistoryOfVisits : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("visits.csv", "id,at,who,paid,day,page,cost,price,told,op\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
    records_["visits"] = table(0, kVisits.size());
    history_ = std::make_unique<History>(*project_, records_, 100, pool_, cancel_);
    Status planned = history_->plan();
    ASSERT_TRUE(planned) << planned.error().text();
  }

  Table table(std::size_t begin, std::size_t end) const {
    Table out;
    out.schema = *project_->record_schema(project_->sources[0]);
    std::vector<ColumnBuilder> columns;
    for (const Field& field : out.schema.fields()) columns.emplace_back(field.type);
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t c = 0; c < columns.size(); ++c)
        append(columns[c], out.schema[c].name, kVisits[i], static_cast<std::int64_t>(i));
    for (ColumnBuilder& column : columns) out.columns.push_back(column.finish());
    out.rows = static_cast<std::int64_t>(end - begin);
    return out;
  }
  static void append(ColumnBuilder& out, std::string_view name, const Visit& v, std::int64_t seq) {
    if (name == kSeqColumn) return out.append_int64(seq);
    if (name == kKindColumn) return out.append_int64(static_cast<std::int64_t>(v.kind));
    if (name == kIdColumn || name == "id") return out.append_string(v.id);
    if (name == kKnownColumn && v.kind != RecordKind::kOriginal) return out.append_int64(v.told);
    if (name == kTimeColumn || name == kLocalColumn || name == kKnownColumn || name == "at")
      return out.append_int64(v.at);
    if (name == "who") return out.append_string(v.who);
    if (name == "paid") return v.paid ? out.append_bool(*v.paid) : out.append_null();
    if (name == "day") return out.append_date(v.day);
    if (name == "page") return out.append_string(v.page);
    if (name == "cost") return out.append_double(v.cost);
    if (name == "price") return out.append_decimal(v.price);
    if (name == "told") return out.append_int64(v.told);
    if (name == "op") return out.append_null();
    FAIL() << "no value for " << name;
  }
  static Column names(const std::vector<std::string>& of) {
    ColumnBuilder out(Type::string());
    for (const std::string& name : of) out.append_string(name);
    return out.finish();
  }
  Table read(std::string_view view, const std::vector<std::string>& who,
             const std::vector<std::int64_t>& t0, const std::vector<std::int64_t>& k) {
    auto table = history_->read(*history_->feature_plan().view(view), names(who), t0, k);
    EXPECT_TRUE(table) << table.error().text();
    return table ? *std::move(table) : Table{};
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  RecordTables records_;
  ThreadPool pool_{1};
  CancelToken cancel_;
  std::unique_ptr<History> history_;
};

TEST_F(HistoryOfVisits, AnswersHaveTheTypesOfTheirValues) {
  Table out = read("seen", {"ann", "ann", "nobody"}, {201, 101, 500}, {201, 101, 500});
  ASSERT_EQ(out.rows, 3);
  EXPECT_EQ(out.find("n")->int64(0), 3);
  EXPECT_EQ(out.find("n")->int64(1), 2);
  EXPECT_EQ(out.find("n")->int64(2), 0);
  EXPECT_FALSE(out.find("first_paid")->boolean(0)) << "id a comes before id b";
  EXPECT_TRUE(out.find("last_paid")->is_null(0)) << "the last is null";
  EXPECT_TRUE(out.find("last_paid")->boolean(1));
  EXPECT_EQ(out.find("last_day")->date(0), 12);
  EXPECT_EQ(out.find("last_day")->date(1), 10);
  EXPECT_EQ(out.find("first_page")->string(0), "cart");
  EXPECT_EQ(out.find("latest")->int64(0), 200);
  EXPECT_EQ(out.find("dearest")->float64(0), 9.99);
  EXPECT_EQ(out.find("least")->float64(0), 0.75);
  EXPECT_EQ(out.find("spent")->float64(0), 5.5);
  EXPECT_EQ(out.find("pages")->int64(0), 2);
  EXPECT_EQ(out.find("idle")->int64(0), 1);
  EXPECT_EQ(out.find("twice")->int64(0), 6);
  for (const char* value : {"first_paid", "last_day", "first_page", "latest", "least", "idle"})
    EXPECT_TRUE(out.find(value)->is_null(2)) << value;
  EXPECT_EQ(out.find("spent")->float64(2), 0);
}

// A label counts from the later of its own known time and its row's; null values never.
TEST_F(HistoryOfVisits, LabelsCountFromWhenBothTheyAndTheirRowAreKnown) {
  Table out = read("outcomes", {"ann", "ann", "ann", "ann", "bob", "bob", "bob"},
                   {100, 101, 151, 500, 161, 400, 401}, {100, 101, 151, 500, 161, 400, 401});
  std::vector<std::int64_t> n;
  std::vector<std::int64_t> paid;
  for (std::int64_t i = 0; i < out.rows; ++i) {
    n.push_back(out.find("n")->int64(i));
    paid.push_back(out.find("paid")->int64(i));
  }
  EXPECT_EQ(n, (std::vector<std::int64_t>{0, 1, 2, 3, 1, 0, 1}))
      << "at 400 bob's is corrected away";
  EXPECT_EQ(paid, (std::vector<std::int64_t>{0, 0, 1, 1, 0, 0, 1}));
}

TEST_F(HistoryOfVisits, NothingPastTheCutCounts) {
  for (std::int64_t cut = -1; cut < 6; ++cut) {
    history_->recut(cut);
    Table out = read("seen", {"ann"}, {500}, {500});
    EXPECT_EQ(out.find("n")->int64(0), std::min<std::int64_t>(cut + 1, 3) + (cut >= 4 ? 1 : 0));
  }
}

TEST_F(HistoryOfVisits, CountsWhatItDid) {
  auto counts = [&](const std::vector<std::string>& who, const std::vector<std::int64_t>& t0,
                    const std::vector<std::int64_t>& k) {
    ReplayCounts before = history_->counts();
    (void)read("seen", who, t0, k);
    const ReplayCounts& after = history_->counts();
    return std::vector<std::int64_t>{after.folded - before.folded, after.hidden - before.hidden,
                                     after.answered - before.answered,
                                     after.refolded - before.refolded};
  };
  // ann has visits at 100, 100, 200 and 300; bob's of 150 is hidden at 400 by its correction.
  EXPECT_EQ(counts({"ann", "ann", "nobody"}, {150, 250, 500}, {150, 250, 500}),
            (std::vector<std::int64_t>{3, 0, 3, 0}));
  EXPECT_EQ(history_->facts_made(), 6);
  EXPECT_EQ(counts({"bob"}, {200}, {200}), (std::vector<std::int64_t>{1, 0, 1, 0}));
  EXPECT_EQ(counts({"bob"}, {500}, {500}), (std::vector<std::int64_t>{2, 1, 1, 0}));
  EXPECT_EQ(counts({"ann"}, {500}, {150}), (std::vector<std::int64_t>{4, 0, 1, 1}))
      << "what was known earlier is not in the state";
  EXPECT_EQ(history_->facts_made(), 6) << "once for each group";
}

TEST_F(HistoryOfVisits, ExplainNamesTheRecordsOfEachValue) {
  const PlannedView& view = *history_->feature_plan().view("seen");
  auto explained = history_->explain(view, names({"ann"}), {150}, {150});
  ASSERT_TRUE(explained) << explained.error().text();
  ASSERT_GE(explained->size(), 5U);
  EXPECT_EQ((*explained)[0].name, "n");
  EXPECT_EQ((*explained)[0].value, "2");
  EXPECT_EQ((*explained)[1].value, "false");
  EXPECT_EQ((*explained)[3].value, "1970-01-11");
  EXPECT_EQ((*explained)[4].value, "cart");
  for (const ExplainedValue& value : *explained) {
    ASSERT_EQ(value.records.size(), 2U) << value.name;
    EXPECT_EQ(value.records[0].seq, 1) << "in fold order";
    EXPECT_EQ(value.records[1].seq, 0);
    EXPECT_EQ(value.records[1].time.us, 100);
    EXPECT_EQ(value.records[1].known.us, 100);
  }
}

TEST_F(HistoryOfVisits, LiveAnswersAreTheSameOverAnyShardsAndAfterASave) {
  auto engine = LiveEngine::make(*project_, 3);
  ASSERT_TRUE(engine) << engine.error().text();
  for (std::size_t i = 0; i < 5; ++i)  // the correction is replay's to answer
    ASSERT_TRUE((*engine)->apply(project_->sources[0], table(i, i + 1)));
  auto other = LiveEngine::make(*project_, 2);
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->load((*engine)->save()));
  EXPECT_EQ((*other)->save(), (*engine)->save());
  history_->recut(4);
  for (LiveEngine* live : {engine->get(), other->get()})
    for (const char* who : {"ann", "bob", "nobody"})
      for (const PlannedView& view : live->feature_plan().views) {
        Table batch = read(view.view->name, {who}, {310}, {310});
        auto answers = live->read(view, names({who}), 0, 310, 310);
        ASSERT_TRUE(answers) << who;
        for (std::size_t v = 0; v < view.values.size(); ++v) {
          const Column& column = batch.columns[v];
          const Answer& answer = (*answers)[v];
          std::string where = view.view->name + "." + view.values[v].name + " of " + who;
          ASSERT_EQ(answer.kind == Answer::Kind::kNull, column.is_null(0)) << where;
          if (column.is_null(0)) continue;
          if (answer.kind == Answer::Kind::kText)
            EXPECT_EQ(live->texts().text(answer.integer), column.string(0)) << where;
          else if (answer.kind == Answer::Kind::kDouble)
            EXPECT_EQ(answer.number(), column.float64(0)) << where;
          else if (column.type.id == TypeId::kBool)
            EXPECT_EQ(answer.integer != 0, column.boolean(0)) << where;
          else if (column.type.id == TypeId::kDate)
            EXPECT_EQ(answer.integer, column.date(0)) << where;
          else
            EXPECT_EQ(answer.integer, column.int64(0)) << where;
        }
      }
  ASSERT_TRUE((*engine)->apply(project_->sources[0], table(5, 6)));
  EXPECT_FALSE((*engine)->read((*engine)->feature_plan().views[0], names({"bob"}), 0, 500, 500))
      << "a corrected key is answered by replay";
  EXPECT_TRUE((*engine)->read((*engine)->feature_plan().views[0], names({"ann"}), 0, 500, 500));
}

// Rows in their last version, each with what was known at its own time.
TEST_F(HistoryOfVisits, ATrainingSetIsWhatEachRowCouldHaveKnown) {
  ReadCache cache;
  auto set = build_training_set(*project_->training_set("rows"), *history_, cache);
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(set->left_out_by_where, 1) << "the one that cost 0.75";
  EXPECT_EQ(set->without_label, 1) << "the one that is null";
  EXPECT_EQ(set->retracted, 0);
  EXPECT_EQ(set->seq, (std::vector<std::int64_t>{0, 5, 4}))
      << "a correction at its original's place";
  EXPECT_EQ(set->time, (std::vector<std::int64_t>{100, 150, 300}));
  EXPECT_EQ(set->known, (std::vector<std::int64_t>{150, 400, 310}));
  EXPECT_EQ(set->target, (std::vector<double>{1, 1, 0}));
  ASSERT_EQ(set->columns.rows, 3);
  EXPECT_EQ(set->columns.find("page")->string(1), "help");
  const std::int64_t before[] = {0, 0, 3};  // at 300: those at 100, 100 and 200
  const std::int64_t good[] = {0, 0, 1};    // known by then: one paid, one did not
  for (std::int64_t row = 0; row < 3; ++row) {
    EXPECT_EQ(set->columns.find("before")->int64(row), before[row]) << row;
    EXPECT_EQ(set->columns.find("both")->int64(row), 10 * before[row]) << row;
    EXPECT_EQ(set->columns.find("good")->int64(row), good[row]) << row;
  }
}

// A set of everything takes no copies; it must be the same rows.
TEST_F(HistoryOfVisits, ATrainingSetWithoutChangesHasEveryRow) {
  records_["visits"] = table(0, 2);
  history_->recut(100);
  TrainingSet all = *project_->training_set("rows");
  all.where.reset();
  ReadCache cache;
  auto set = build_training_set(all, *history_, cache);
  ASSERT_TRUE(set) << set.error().text();
  EXPECT_EQ(set->seq, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(set->known, (std::vector<std::int64_t>{150, 100})) << "never before its row";
  EXPECT_EQ(set->target, (std::vector<double>{1, 0}));
  EXPECT_EQ(set->left_out_by_where + set->without_label, 0);
  EXPECT_EQ(set->columns.find("page")->string(1), "cart");
}

}  // namespace
}  // namespace lode
