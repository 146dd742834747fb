// What is made of a file: each role, each wish and each refusal beside a near miss.
// covers: insight/column_wishes, insight/column_names
#include "insight/mining_plan.h"

#include "project/project.h"
#include "tests/insight/look_through.h"

namespace lode {
namespace {

class Planned : public LookThrough {
 protected:
  Result<MiningPlan> plan(std::string_view csv, const MiningWishes& wishes) {
    auto found = profile(csv);
    EXPECT_TRUE(found.has_value()) << said(found);
    if (!found) return std::unexpected(found.error());
    profile_ = std::move(*found);
    return plan_mining(profile_, wishes);
  }
  // A table of one column beside the target.
  ColumnRole role_of(const std::string& name, auto value, int rows = 400) {
    std::string csv = name + ",other,y\n" + lines(rows, [&](int i) {
                        return fmt::format("{},{},{}", value(i), i % 7, i % 3 == 0 ? "yes" : "no");
                      });
    auto made = plan(csv, {.target = "y"});
    EXPECT_TRUE(made.has_value()) << said(made);
    return made ? made->columns[0].role : ColumnRole::kDropped;
  }
  std::string refusal(std::string_view csv, const MiningWishes& wishes) {
    return said(plan(csv, wishes));
  }
  TableProfile profile_;
};

std::string yes_or_no(int i) { return i % 3 == 0 ? "yes" : "no"; }
std::string day_text(int i) {
  return text(Timestamp{} + days(11'323 + i)).substr(0, 10);  // from 2001-01-01 on
}
std::string all_of(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += sentence + "\n";
  return out;
}
bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Planned, RolesByWhatAColumnHolds) {
  auto number = [](int i) { return fmt::format("{}", i * 7 % 400); };
  EXPECT_EQ(role_of("x", number), ColumnRole::kNumber);
  EXPECT_EQ(role_of("order_id", number), ColumnRole::kIdentifier);
  EXPECT_EQ(role_of("OrderID", number), ColumnRole::kIdentifier);
  EXPECT_EQ(role_of("paid", number), ColumnRole::kNumber);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("{}", 100 + i); }), ColumnRole::kIdentifier)
      << "each the one before plus one";
  EXPECT_EQ(role_of("id", [](int i) { return fmt::format("{}", i % 40 / 3); }),
            ColumnRole::kNumber);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("{}.5", i); }), ColumnRole::kNumber);
  EXPECT_EQ(role_of("x", [](int i) { return i % 2 == 0 ? "true" : "false"; }), ColumnRole::kNumber);
  EXPECT_EQ(role_of("zip", [](int i) { return fmt::format("0{}", 100 + i % 9); }),
            ColumnRole::kCategory);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("v{}", i % 100); }), ColumnRole::kCategory);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("v{}", i % 101); }), ColumnRole::kLevels);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("v{}", i); }), ColumnRole::kIdentifier);
  EXPECT_EQ(role_of("x", [](int i) { return fmt::format("some few words {}", i); }),
            ColumnRole::kText);
  EXPECT_EQ(role_of("x", [](int) { return "1"; }), ColumnRole::kConstant);
  EXPECT_EQ(role_of("x", [](int i) { return i % 2 == 0 ? "1" : ""; }), ColumnRole::kNumber)
      << "that it is missing may say something";
  EXPECT_EQ(role_of("x", [](int) { return ""; }), ColumnRole::kEmpty);
  EXPECT_EQ(role_of("", number), ColumnRole::kNameless);
  for (std::string_view ours : kRecordColumns)
    EXPECT_EQ(role_of(std::string(ours), number), ColumnRole::kNameless) << ours;
  EXPECT_EQ(role_of("_time", number), ColumnRole::kNumber) << "none of lode's";
}

// 120 rows: a code with leading zeros, a number, a few texts with a word in between, days.
std::string mixed(int rows = 120) {
  return "zip,age,kind,day,y\n" + lines(rows, [](int i) {
           return fmt::format("0{},{},{},{},{}", 100 + i % 9, i % 50,
                              i % 40 == 7 ? std::string("n.d.") : fmt::format("{}", i % 5),
                              day_text(i), yes_or_no(i));
         });
}

TEST_F(Planned, ATypeIsWhatWasSaid) {
  auto typed = [&](std::string_view column, std::string_view type, std::size_t at) {
    auto made =
        plan(mixed(),
             {.target = "y", .time = "none", .types = {{std::string(column), std::string(type)}}});
    EXPECT_TRUE(made.has_value()) << said(made);
    return made ? made->columns[at] : PlannedColumn();
  };
  EXPECT_EQ(typed("age", "double", 1).type, "double");
  EXPECT_EQ(typed("zip", "int64", 0).type, "int64");
  EXPECT_EQ(typed("zip", "int64", 0).role, ColumnRole::kNumber);
  EXPECT_EQ(typed("age", "string", 1).role, ColumnRole::kCategory);
  EXPECT_EQ(typed("age", "string", 1).type, "string");
  EXPECT_EQ(typed("day", "string", 3).role, ColumnRole::kIdentifier);
  auto refused = [&](std::string_view column, std::string_view type) {
    return refusal(mixed(), {.target = "y", .types = {{std::string(column), std::string(type)}}});
  };
  EXPECT_TRUE(contains(refused("kind", "int64"),
                       "'kind' has values that are no int64, such as "
                       "'n.d.'; name those that stand for nothing with "
                       "--null"));
  EXPECT_TRUE(contains(refused("age", "timestamp"), "'age' does not hold times"));
  EXPECT_TRUE(contains(refused("agee", "int64"), "did you mean 'age'?"));
  EXPECT_TRUE(
      contains(refusal(mixed(), {.target = "y", .types = {{"age", "int64"}, {"age", "double"}}}),
               "--type is given twice of 'age'"));
}

TEST_F(Planned, WordsThatStandForNothingAreWhatWasSaid) {
  auto found = profile(mixed(), {.nulls = {{"", "n.d."}}});
  ASSERT_TRUE(found.has_value()) << said(found);
  EXPECT_EQ(found->columns[2].filled, 117);
  EXPECT_TRUE(found->columns[2].all_whole());
  EXPECT_EQ(found->dialect.nulls, (std::vector<std::string>{"", "n.d."}));
  auto made = plan_mining(*found, {.target = "y"});
  ASSERT_TRUE(made.has_value()) << said(made);
  EXPECT_EQ(made->columns[2].role, ColumnRole::kNumber);
  EXPECT_TRUE(contains(all_of(made->decisions), "'n.d.' stands for nothing"));
  auto said_less = profile("a,y\n?,1\nx,2\n", {.nulls = {{""}}});
  ASSERT_TRUE(said_less.has_value());
  EXPECT_EQ(said_less->columns[0].filled, 2) << "? is a value where only the empty field is none";
}

TEST_F(Planned, ARoleIsWhatWasSaid) {
  auto given = [&](std::string_view column, std::string_view role, std::size_t at) {
    auto made =
        plan(mixed(),
             {.target = "y", .time = "none", .roles = {{std::string(column), std::string(role)}}});
    EXPECT_TRUE(made.has_value()) << said(made);
    return made ? made->columns[at] : PlannedColumn();
  };
  EXPECT_EQ(given("age", "category", 1).role, ColumnRole::kCategory);
  EXPECT_EQ(given("age", "category", 1).type, "int64");
  EXPECT_EQ(given("zip", "number", 0).type, "int64");
  EXPECT_EQ(given("kind", "text", 2).role, ColumnRole::kText);
  EXPECT_EQ(given("kind", "out", 2).role, ColumnRole::kDropped);
  auto refused = [&](std::string_view column, std::string_view role) {
    return refusal(mixed(), {.target = "y", .roles = {{std::string(column), std::string(role)}}});
  };
  EXPECT_TRUE(contains(refused("kind", "number"), "--role: 'kind' has values that are no double"));
  EXPECT_TRUE(contains(refused("age", "text"), "'age' is of type int64, no text"));
  EXPECT_TRUE(contains(refused("day", "number"), "'day' holds times; --time takes it"));
  EXPECT_TRUE(contains(refused("y", "out"), "--target and --role name the same column 'y'"));
}

TEST_F(Planned, WhatIdentifiesPersonsIsLearntFromByWishAlone) {
  std::string csv = "mail,note,age,y\n" + lines(200, [](int i) {
                      return fmt::format("u{}@example.com,{},{},{}", i % 40,
                                         i % 30 == 0 ? fmt::format("call {} at me{}@x.org", i, i)
                                                     : fmt::format("some few words {}", i),
                                         i % 50, yes_or_no(i));
                    });
  auto made = plan(csv, {.target = "y"});
  ASSERT_TRUE(made.has_value()) << said(made);
  EXPECT_EQ(made->columns[0].role, ColumnRole::kPersonal);
  EXPECT_EQ(made->columns[1].role, ColumnRole::kText) << "words of a text are said, not left out";
  EXPECT_TRUE(contains(all_of(made->decisions), "left out, likely PII, see the profile"));
  EXPECT_FALSE(contains(all_of(made->decisions), "example.com"));
  made = plan(csv, {.target = "y", .roles = {{"mail", "category"}}});
  ASSERT_TRUE(made.has_value()) << said(made);
  EXPECT_EQ(made->columns[0].role, ColumnRole::kCategory);
}

TEST_F(Planned, EveryGuessNamesItsFlag) {
  auto made = plan(mixed(), {.target = "y", .time = "none"});
  ASSERT_TRUE(made.has_value()) << said(made);
  std::string all = all_of(made->decisions);
  for (std::string_view part :
       {"a comma stands between fields (--delimiter SIGN), \" may enclose them (--quote "
        "SIGN|none), the first line names the columns (--header no)",
        "types, by all values: 1 bool, 1 int64, 2 string, 1 timestamp (--type COLUMN=TYPE)",
        "numbers: age (--role COLUMN=category|out)",
        "whole numbers taken for codes, since some begin with 0: zip (--type COLUMN=int64)",
        "(--seed N for another;"})
    EXPECT_TRUE(contains(all, part)) << part << "\n" << all;
}

TEST(ColumnWishes, AreAColumnAndAKnownWord) {
  auto wish = parse_column_wish("--type", "a=b=int64", kWishedTypes);
  ASSERT_TRUE(wish.has_value());
  EXPECT_EQ(wish->column, "a=b") << "cut at the last sign";
  auto refused = [](std::string_view text) {
    auto read = parse_column_wish("--type", text, kWishedTypes);
    return read ? std::string("no error") : read.error().message();
  };
  EXPECT_TRUE(contains(refused("age"), "--type is written COLUMN=TYPE, with one of int64, double"));
  EXPECT_TRUE(contains(refused("age=int46"), "did you mean 'int64'?"));
  EXPECT_TRUE(contains(refused("=int64"), "is written COLUMN=TYPE"));
}

TEST_F(Planned, TimeIsTheCompleteColumnThatIsNamedSo) {
  auto dated = [](int i) { return day_text(i % 200); };
  EXPECT_EQ(role_of("when", dated), ColumnRole::kTime);
  EXPECT_EQ(role_of("x", dated), ColumnRole::kTime);
  EXPECT_EQ(role_of("date_of_birth", dated), ColumnRole::kOtherTime);
  EXPECT_EQ(role_of("when", [](int i) { return i == 9 ? std::string() : day_text(i % 200); }),
            ColumnRole::kOtherTime);
  std::string csv =
      "paid,order date,x,y\n" + lines(400, [&](int i) {
        return fmt::format("{},{},{},{}", dated(i + 3), dated(i), i % 5, yes_or_no(i));
      });
  auto guessed = plan(csv, {.target = "y"});
  ASSERT_TRUE(guessed.has_value()) << said(guessed);
  EXPECT_EQ(guessed->time, "order date");
  EXPECT_EQ(guessed->columns[0].role, ColumnRole::kOtherTime);
  EXPECT_EQ(plan(csv, {.target = "y", .time = "paid"})->time, "paid");
  EXPECT_EQ(plan(csv, {.target = "y", .time = "none"})->time, "");
  EXPECT_TRUE(contains(refusal(csv, {.target = "y", .time = "x"}), "does not hold times"));
  EXPECT_TRUE(contains(refusal(csv, {.target = "y", .time = "payd"}), "did you mean 'paid'?"));
}

TEST_F(Planned, SplitByTimeWhereDaysAreEnoughOnBothSides) {
  auto split = [&](auto value) {
    std::string csv = "day,x,y\n" + lines(400, [&](int i) {
                        return fmt::format("{},{},{}", value(i), i % 5, yes_or_no(i));
                      });
    auto made = plan(csv, {.target = "y"});
    EXPECT_TRUE(made.has_value()) << said(made);
    if (!made || !made->test_from) return std::string("at random");
    return text(*made->test_from).substr(0, 10);
  };
  EXPECT_EQ(split([](int i) { return day_text(i / 4); }), day_text(75));
  EXPECT_EQ(split([](int i) { return day_text(i / 10); }), day_text(30)) << "40 days, 10 of them";
  EXPECT_EQ(split([](int i) { return day_text(i / 11); }), "at random") << "37 days";
  EXPECT_EQ(split([](int i) { return day_text(i < 320 ? 0 : i - 319); }), "at random")
      << "one day before the test";
  EXPECT_EQ(split([](int i) {
              return day_text(i < 40 ? i : i < 320 ? 40 : i - 279);
            }),
            day_text(41))
      << "the large day is learnt from";
}

TEST_F(Planned, EntitiesComeAgainAndAreNamedSo) {
  auto table = [&](int people, const char* name) {
    return std::string(name) + ",x,y\n" + lines(400, [&](int i) {
             return fmt::format("{},{},{}", i * 7 % people, i % 5, yes_or_no(i));
           });
  };
  EXPECT_EQ(plan(table(50, "customer_id"), {.target = "y"})->entity, "customer_id");
  EXPECT_EQ(plan(table(50, "size"), {.target = "y"})->entity, "");
  EXPECT_EQ(plan(table(397, "customer_id"), {.target = "y"})->entity, "") << "they do not repeat";
  EXPECT_EQ(plan(table(50, "customer_id"), {.target = "y", .entity = "none"})->entity, "");
  EXPECT_EQ(plan(table(50, "size"), {.target = "y", .entity = "size"})->entity, "size");
  EXPECT_TRUE(contains(refusal(table(19, "size"), {.target = "y", .entity = "size"}),
                       "has 19 values: too few"));
  EXPECT_TRUE(contains(refusal(table(1, "size"), {.target = "y", .entity = "size"}),
                       "has 1 value: too few"));
}

TEST_F(Planned, TheTargetIsAYesOrANumber) {
  auto target = [&](auto value, const MiningWishes& wishes) {
    return plan("y,x\n" + lines(400, [&](int i) { return fmt::format("{},{}", value(i), i % 5); }),
                wishes);
  };
  auto answers = target([](int i) { return i % 4 == 0 ? "churned" : "stayed"; }, {.target = "y"});
  EXPECT_EQ(answers->task, MiningTask::kYesNo);
  EXPECT_EQ(answers->positive, "churned");
  EXPECT_EQ(target([](int i) { return i % 4 == 0 ? "b" : "a"; }, {.target = "y"})->positive, "b")
      << "no word for yes: the rarer one";
  EXPECT_EQ(target([](int i) { return i % 4 == 0 ? "0" : "1"; }, {.target = "y"})->positive, "1");
  EXPECT_EQ(target([](int i) { return fmt::format("{}", i % 3); }, {.target = "y"})->task,
            MiningTask::kNumber);
  auto one =
      target([](int i) { return fmt::format("{}", i % 3); }, {.target = "y", .positive = "2"});
  EXPECT_EQ(one->task, MiningTask::kYesNo);
  EXPECT_EQ(one->positive, "2");
  auto spelt = target([](int i) { return i % 3 == 0   ? "Yes"
                                         : i % 3 == 1 ? "yes"
                                                      : "no"; },
                      {.target = "y", .positive = "Yes"});
  EXPECT_EQ(spelt->columns[0].type, "string") << "yes is not Yes";
  auto gaps =
      target([](int i) { return i % 3 == 0   ? "a"
                                : i % 3 == 1 ? "b"
                                             : ""; }, {.target = "y"});
  EXPECT_TRUE(contains(all_of(gaps->warnings), "133 rows (33.2 %) have no y"));
}

TEST_F(Planned, ATargetWithNothingToLearnIsRefused) {
  auto refused = [&](auto value, const MiningWishes& wishes) {
    return refusal(
        "y,x\n" + lines(400, [&](int i) { return fmt::format("{},{}", value(i), i % 5); }), wishes);
  };
  struct Wrong {
    std::function<std::string(int)> value;
    std::string positive;
    const char* said;
  };
  for (const Wrong& wrong : std::vector<Wrong>{
           {[](int) { return ""; }, "", "is empty in every row"},
           {[](int) { return "a"; }, "", "is a in every row"},
           {[](int i) { return i % 2 == 0 ? "a" : ""; }, "", "is a in every row that has it"},
           {[](int i) { return i < 9 ? "a" : "b"; }, "", "is a in 9 of 400 rows; at least 10"},
           {[](int i) { return fmt::format("v{}", i % 3); }, "", "has 3 values: v0 (33.5 %)"},
           {[](int i) { return i % 2 == 0 ? "a" : "b"; }, "c", "has no value 'c'; it has a"},
           {[](int i) { return day_text(i); }, "", "holds times"}}) {
    std::string said = refused(wrong.value, {.target = "y", .positive = wrong.positive});
    EXPECT_TRUE(contains(said, wrong.said)) << wrong.said << "\n" << said;
  }
  EXPECT_EQ(refused([](int i) { return i < 10 ? "a" : "b"; }, {.target = "y"}), "no error");
}

TEST_F(Planned, OneColumnIsWishedForOneThing) {
  std::string csv = "day,x,z,y\n" + lines(400, [](int i) {
                      return fmt::format("{},{},{},{}", day_text(i), i % 50, i % 5, yes_or_no(i));
                    });
  auto dropped = plan(csv, {.target = "y", .drop = {"z"}});
  EXPECT_EQ(dropped->columns[2].role, ColumnRole::kDropped);
  EXPECT_FALSE(dropped->columns[2].input());
  for (const MiningWishes& wishes :
       std::vector<MiningWishes>{{.target = "y", .drop = {"y"}},
                                 {.target = "y", .entity = "y"},
                                 {.target = "y", .time = "day", .drop = {"day"}}})
    EXPECT_TRUE(contains(refusal(csv, wishes), "name the same column"));
  EXPECT_TRUE(contains(refusal(csv, {.target = "y", .drop = {"w"}}), "--drop: "));
}

TEST_F(Planned, RowsMustBeEnoughAndSayWhatIsMissing) {
  auto table = [](int rows) {
    return "x,y\n" + lines(rows, [](int i) { return fmt::format("{},{}", i % 5, yes_or_no(i)); });
  };
  EXPECT_TRUE(plan(table(60), {.target = "y"}).has_value());
  EXPECT_TRUE(contains(refusal(table(59), {.target = "y"}), "59 rows to learn from"));
  EXPECT_TRUE(contains(refusal(table(59) + "1\n", {.target = "y"}), "(1 more cannot be read)"));
  EXPECT_TRUE(contains(
      refusal("x,y\n" + lines(90, [](int i) { return "5," + yes_or_no(i); }), {.target = "y"}),
      "there is nothing to learn 'y' from"));
}

TEST_F(Planned, WhatToDistrustIsSaid) {
  std::string csv =
      "day,x,y\n" + lines(400, [](int i) {
        return fmt::format("{}/{}/11,{},{}", 1 + i % 12, 1 + i / 12 % 12,
                           i == 0 ? "\xff" : "1" + std::to_string(i % 9), yes_or_no(i));
      });
  auto made = plan(csv + "torn\n", {.target = "y"});
  ASSERT_TRUE(made.has_value()) << said(made);
  std::string warnings = all_of(made->warnings);
  EXPECT_TRUE(contains(warnings, "1 rows cannot be cut into 3 fields")) << warnings;
  EXPECT_TRUE(contains(warnings, "1 rows cannot be read and are set aside")) << warnings;
  EXPECT_TRUE(contains(warnings, "no date tells m/d/y from d/m/y")) << warnings;
  EXPECT_TRUE(contains(all_of(made->decisions), "dates are read as m/d/y (--dates FORM)"));
}

}  // namespace
}  // namespace lode
