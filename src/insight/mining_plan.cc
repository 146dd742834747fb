#include "insight/mining_plan.h"

#include <algorithm>
#include <array>
#include <map>

#include "ingest/text_value.h"
#include "insight/column_names.h"
#include "insight/column_summary.h"
#include "project/problems.h"
#include "project/project.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

constexpr std::size_t kMostCategories = 100;
constexpr double kWordsOfText = 3;      // a text has at least so many words
constexpr double kUniqueShare = 0.95;   // of the rows: values that tell rows apart
constexpr double kRepeatedShare = 0.5;  // of the rows: values of an entity are fewer
constexpr std::int64_t kLeastEntities = 20;
constexpr std::int64_t kLeastDays = 40;  // for a split by time, judged by whole days

bool means_yes(std::string_view value) {
  constexpr std::array<std::string_view, 12> kYes = {"yes",   "y",        "true", "t",
                                                     "1",     "positive", "pos",  "spam",
                                                     "fraud", "churned",  "bad",  "default"};
  return std::ranges::find(kYes, lower_ascii(value)) != kYes.end();
}

std::string delimiter_name(char c) {
  if (c == '\t') return "a tab";
  if (c == ',') return "a comma";
  if (c == ';') return "a semicolon";
  return c == '|' ? "a bar" : c == ' ' ? "a blank" : fmt::format("'{}'", c);
}

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.3g} %", 100.0 * static_cast<double>(part) /
                                     static_cast<double>(std::max<std::int64_t>(whole, 1)));
}

class Planner {
 public:
  Planner(const TableProfile& profile, const MiningWishes& wishes)
      : profile_(profile), wishes_(wishes) {}

  Result<MiningPlan> run() {
    if (profile_.whole_rows() < kLeastMinedRows) return refuse_rows();
    TRY(std::size_t target, find(wishes_.target, "--target"));
    TRY_VOID(check_wishes());
    for (std::size_t c = 0; c < profile_.columns.size(); ++c) {
      const ColumnProfile& profiled = profile_.columns[c];
      TRY(std::string type, wished_type(profiled));
      plan_.columns.push_back(
          {c, role_of(profiled, type), type.empty() ? guessed_type(profiled) : type});
    }
    leave_out_personal();
    TRY_VOID(drop_wished());
    for (const ColumnWish& wish : wishes_.roles) TRY_VOID(give_role(wish));
    TRY_VOID(plan_target(plan_.columns[target]));
    TRY_VOID(plan_time());
    TRY_VOID(plan_entity());
    plan_groups();
    tell_columns();
    plan_split();
    plan_.seed = wishes_.seed;
    if (!std::ranges::any_of(plan_.columns, &PlannedColumn::input))
      return fail(Code::kInvalid,
                  "there is nothing to learn '{}' from: no other column has values that come again",
                  plan_.target);
    return std::move(plan_);
  }

 private:
  const ColumnProfile& column(const PlannedColumn& planned) const {
    return profile_.columns[planned.at];
  }

  std::unexpected<Error> refuse_rows() const {
    std::int64_t lost = profile_.rows - profile_.whole_rows();
    std::string torn = lost > 0 ? fmt::format(" ({} more cannot be read)", lost) : std::string();
    std::int64_t rows = profile_.whole_rows();
    return fail(Error(Code::kInvalid,
                      fmt::format("{} row{}{} to learn from and to be judged on: {} is the least",
                                  rows, rows == 1 ? "" : "s", torn, kLeastMinedRows),
                      {.file = profile_.path}));
  }

  // A column is wished for one thing alone.
  Status check_wishes() const {
    std::vector<std::pair<std::string_view, std::string_view>> taken = {
        {"--target", wishes_.target}};
    auto take = [&](std::string_view flag, const std::string& name) -> Status {
      if (name.empty() || name == "none") return {};
      for (const auto& [other, column] : taken)
        if (column == name)
          return fail(Code::kInvalid, "{} and {} name the same column '{}'", other, flag, name);
      taken.emplace_back(flag, name);
      return {};
    };
    TRY_VOID(take("--time", wishes_.time));
    TRY_VOID(take("--entity", wishes_.entity));
    for (const std::string& name : wishes_.drop) TRY_VOID(take("--drop", name));
    for (const ColumnWish& wish : wishes_.roles) TRY_VOID(take("--role", wish.column));
    for (const ColumnWish& wish : wishes_.types) TRY_VOID(find(wish.column, "--type"));
    return {};
  }

  Result<std::size_t> find(const std::string& name, std::string_view flag) const {
    std::vector<std::string> names;
    for (std::size_t c = 0; c < profile_.columns.size(); ++c) {
      if (profile_.columns[c].name == name) return c;
      names.push_back(profile_.columns[c].name);
    }
    return fail(Error(
        Code::kInvalid,
        fmt::format("{}: {}", flag,
                    unknown_word("column of the file", name, std::span<const std::string>(names))),
        {.file = profile_.path}));
  }

  bool tells_rows_apart(const ColumnProfile& c) const {
    if (c.more_distinct) return true;
    return static_cast<double>(c.distinct) >= kUniqueShare * static_cast<double>(c.filled);
  }

  static bool nameless(const ColumnProfile& c) {
    return c.name.empty() || std::ranges::find(kRecordColumns, c.name) != kRecordColumns.end();
  }

  // "" where none was wished.
  Result<std::string> wished_type(const ColumnProfile& c) const {
    auto wish = std::ranges::find(wishes_.types, c.name, &ColumnWish::column);
    if (wish == wishes_.types.end()) return std::string();
    auto again = std::ranges::find(wish + 1, wishes_.types.end(), c.name, &ColumnWish::column);
    if (again != wishes_.types.end())
      return fail(Code::kInvalid, "--type is given twice of '{}'", c.name);
    if (auto read = check_readable(c, wish->word, "--type"); !read)
      return fail(read.error().at({.file = profile_.path}));
    return wish->word;
  }

  // What a model is to take a column for, whatever it looks like.
  Status give_role(const ColumnWish& wish) {
    TRY(std::size_t at, find(wish.column, "--role"));
    PlannedColumn& planned = plan_.columns[at];
    const ColumnProfile& c = column(planned);
    auto cannot = [&](std::string_view why) {
      return fail(Error(Code::kInvalid, fmt::format("--role: '{}' {}", wish.column, why),
                        {.file = profile_.path}));
    };
    if (wish.word != "out") {
      if (planned.role == ColumnRole::kNoValue) return cannot("holds lists, structs or bytes");
      if (planned.role == ColumnRole::kNameless)
        return cannot("has a name of lode's own; give it another in the file");
      if (c.filled == 0) return cannot("is empty in every row");
      if (planned.type == "timestamp")
        return cannot(
            "holds times; --time takes it as when a row happened, --type COLUMN=string "
            "as a text");
    }
    if (wish.word == "out") {
      planned.role = ColumnRole::kDropped;
    } else if (wish.word == "text") {
      if (planned.type != "string") return cannot("is of type " + planned.type + ", no text");
      planned.role = ColumnRole::kText;
    } else if (wish.word == "category") {
      planned.role = role_of_levels(c);
    } else {
      planned.role = ColumnRole::kNumber;
      if (planned.type != "string") return {};
      planned.type = c.all_whole() ? "int64" : "double";
      if (auto read = check_readable(c, planned.type, "--role"); !read)
        return fail(read.error().at({.file = profile_.path}));
    }
    return {};
  }

  static ColumnRole role_of_levels(const ColumnProfile& c) {
    return c.distinct > static_cast<std::int64_t>(kMostCategories) ? ColumnRole::kLevels
                                                                   : ColumnRole::kCategory;
  }

  // `type`: as it was wished, or "".
  ColumnRole role_of(const ColumnProfile& c, const std::string& type) const {
    if (nameless(c)) return ColumnRole::kNameless;
    if (c.type == kNoSingleValue) return ColumnRole::kNoValue;
    if (c.filled == 0) return ColumnRole::kEmpty;
    if (c.distinct == 1 && c.filled == c.rows) return ColumnRole::kConstant;
    if (type.empty() ? c.all_times() : type == "timestamp") return ColumnRole::kOtherTime;
    if (type == "string") return role_of_text(c);
    if (!type.empty()) return ColumnRole::kNumber;
    bool code = c.padded > 0;
    if (c.all_whole() && !code) {
      bool id = tells_rows_apart(c) && (c.counts_up || named_like_id(c.name));
      return id ? ColumnRole::kIdentifier : ColumnRole::kNumber;
    }
    if ((c.all_numbers() && !code) || c.all_truths()) return ColumnRole::kNumber;
    return role_of_text(c);
  }

  ColumnRole role_of_text(const ColumnProfile& c) const {
    double words = static_cast<double>(c.words) / static_cast<double>(c.filled);
    if (words >= kWordsOfText && c.distinct > static_cast<std::int64_t>(kMostCategories))
      return ColumnRole::kText;
    if (tells_rows_apart(c)) return ColumnRole::kIdentifier;
    return role_of_levels(c);
  }

  // What identifies persons is learnt from by wish alone.
  void leave_out_personal() {
    for (PlannedColumn& planned : plan_.columns) {
      std::optional<PersonalData> personal = personal_of(column(planned));
      if (personal && personal->by != PersonalData::By::kWords && planned.input())
        planned.role = ColumnRole::kPersonal;
    }
  }

  Status drop_wished() {
    for (const std::string& name : wishes_.drop) {
      TRY(std::size_t at, find(name, "--drop"));
      plan_.columns[at].role = ColumnRole::kDropped;
    }
    return {};
  }

  // ---- the target ----

  Status plan_target(PlannedColumn& planned) {
    const ColumnProfile& c = column(planned);
    std::int64_t missing = c.rows - c.filled;
    if (planned.role == ColumnRole::kNameless)
      return refuse(c, c.name.empty() ? "has no name in the header; give it one"
                                      : "has a name of lode's own; give it another");
    if (planned.role == ColumnRole::kNoValue)
      return refuse(c, "holds lists, structs or bytes, and a single value is predicted");
    planned.role = ColumnRole::kTarget;
    plan_.target = c.name;
    if (c.filled == 0) return refuse(c, "is empty in every row");
    if (c.distinct == 1)
      return refuse(c, fmt::format("is {} in every row{}", c.values[0].value,
                                   missing > 0 ? " that has it" : ""));
    if (planned.type == "timestamp")
      return refuse(c, "holds times; a number or one of a few answers can be predicted");
    // Two spellings of one answer are told apart as texts.
    if (c.all_truths() && planned.type == "bool" && !one_spelling(c)) planned.type = "string";
    if (missing > 0)
      plan_.warnings.push_back(fmt::format("{} rows ({}) have no {}: they are left out", missing,
                                           percent(missing, c.rows), c.name));
    bool number = c.all_numbers() && (wished(c) ? planned.type != "string" : c.padded == 0);
    if (number && c.distinct > 2 && wishes_.positive.empty()) {
      plan_.task = MiningTask::kNumber;
      plan_.decisions.push_back(fmt::format(
          "{} is predicted as a number, from {:g} to {:g} (--positive VALUE to tell one value from "
          "all others)",
          c.name, c.least, c.greatest));
      return {};
    }
    return plan_yes_no(c);
  }

  // Whether its type or its role was said.
  bool wished(const ColumnProfile& c) const {
    return std::ranges::find(wishes_.types, c.name, &ColumnWish::column) != wishes_.types.end() ||
           std::ranges::find(wishes_.roles, c.name, &ColumnWish::column) != wishes_.roles.end();
  }

  static bool one_spelling(const ColumnProfile& c) {
    bool first = false;
    bool second = false;
    return c.values.size() == 2 && parse_bool(c.values[0].value, first) == nullptr &&
           parse_bool(c.values[1].value, second) == nullptr && first != second;
  }

  Status plan_yes_no(const ColumnProfile& c) {
    if (c.values.empty()) return refuse(c, "has more than a thousand different values");
    std::string shown;
    constexpr std::size_t kShown = 6;
    for (std::size_t i = 0; i < std::min(kShown, c.values.size()); ++i)
      shown += fmt::format("{}{} ({})", shown.empty() ? "" : ", ", c.values[i].value,
                           percent(c.values[i].rows, c.filled));
    if (wishes_.positive.empty() && c.values.size() > 2)
      return refuse(c, fmt::format("has {} values: {}; models here tell yes from no: name the one "
                                   "to tell from all others, such as --positive '{}'",
                                   c.values.size(), shown, c.values[1].value));
    const ValueCount* yes = positive_of(c);
    if (yes == nullptr)
      return refuse(c, fmt::format("has no value '{}'; it has {}", wishes_.positive, shown));
    std::int64_t rarer = std::min(yes->rows, c.filled - yes->rows);
    if (rarer < kLeastOfEach)
      return refuse(c, fmt::format("is {} in {} of {} rows; at least {} rows of either answer are "
                                   "needed to learn and to judge",
                                   yes->value, yes->rows, c.filled, kLeastOfEach));
    plan_.positive = yes->value;
    plan_.decisions.push_back(
        fmt::format("predicted: whether {} is {}, as in {} of {} rows ({}); "
                    "--positive VALUE for another",
                    c.name, yes->value, yes->rows, c.filled, percent(yes->rows, c.filled)));
    return {};
  }

  // What was wished; else the value that means yes; else the rarer one.
  const ValueCount* positive_of(const ColumnProfile& c) const {
    for (const ValueCount& value : c.values)
      if (wishes_.positive.empty() ? means_yes(value.value) : value.value == wishes_.positive)
        return &value;
    return wishes_.positive.empty() ? &c.values.back() : nullptr;
  }

  std::unexpected<Error> refuse(const ColumnProfile& c, const std::string& why) const {
    return fail(Error(Code::kInvalid, fmt::format("the target '{}' {}", c.name, why),
                      {.file = profile_.path}));
  }

  // ---- time and entity ----

  Status plan_time() {
    if (wishes_.time == "none") {
      plan_.decisions.push_back("rows have no time, as was said");
      return {};
    }
    const PlannedColumn* best = nullptr;
    if (!wishes_.time.empty()) {
      TRY(std::size_t at, find(wishes_.time, "--time"));
      if (plan_.columns[at].type != "timestamp")
        return fail(
            Error(Code::kInvalid,
                  fmt::format("--time: '{}' does not hold times as lode reads them, such as "
                              "2001-01-29, 2001-01-29T14:05:00Z or 1/29/01 7:05, in every row "
                              "that has it",
                              wishes_.time),
                  {.file = profile_.path}));
      best = &plan_.columns[at];
    } else {
      for (const PlannedColumn& c : plan_.columns) {
        if (c.role != ColumnRole::kOtherTime || column(c).filled < column(c).rows) continue;
        if (named_like_other_time(column(c).name)) continue;
        bool named = named_like_time(column(c).name);
        if (best == nullptr || (named && !named_like_time(column(*best).name))) best = &c;
      }
    }
    if (best == nullptr) {
      plan_.decisions.push_back(
          "no column says when a row happened (--time COLUMN if one does): the future may be "
          "harder than what is measured here");
      return {};
    }
    PlannedColumn& time = plan_.columns[best->at];
    time.role = ColumnRole::kTime;
    plan_.time = column(time).name;
    plan_.clock = column(time).times.clock > 0;
    const std::vector<std::int64_t>& moments = column(time).times.moments;
    if (column(time).filled < column(time).rows)
      plan_.warnings.push_back(fmt::format("{} rows have no {}: they are set aside",
                                           column(time).rows - column(time).filled, plan_.time));
    plan_.decisions.push_back(
        fmt::format("{} is when a row happened, {} to {} (--time COLUMN|none)", plan_.time,
                    day(moments.front()), day(moments.back())));
    return {};
  }

  static std::string day(std::int64_t us) { return text(Timestamp{us}).substr(0, 10); }

  Status plan_entity() {
    if (wishes_.entity == "none") return {};
    if (!wishes_.entity.empty()) {
      TRY(std::size_t at, find(wishes_.entity, "--entity"));
      const std::string& type = plan_.columns[at].type;
      if (type != "int64" && type != "string")
        return fail(Error(Code::kInvalid,
                          fmt::format("--entity: '{}' is of type {}; entities are told apart by a "
                                      "text or a whole number",
                                      wishes_.entity, type),
                          {.file = profile_.path}));
      std::int64_t entities = column(plan_.columns[at]).distinct;
      if (entities < kLeastEntities)
        return fail(
            Error(Code::kInvalid,
                  fmt::format("--entity: '{}' has {} value{}: too few for some of them to "
                              "be held back and judged by; {} is the least",
                              wishes_.entity, entities, entities == 1 ? "" : "s", kLeastEntities),
                  {.file = profile_.path}));
      set_entity(plan_.columns[at]);
      return {};
    }
    for (PlannedColumn& planned : plan_.columns) {
      const ColumnProfile& c = column(planned);
      bool key = planned.type == "int64" || planned.type == "string";
      bool repeats =
          !c.more_distinct && c.distinct >= kLeastEntities &&
          static_cast<double>(c.distinct) <= kRepeatedShare * static_cast<double>(c.filled);
      bool said =
          std::ranges::find(wishes_.roles, c.name, &ColumnWish::column) != wishes_.roles.end();
      bool able = planned.input() || planned.role == ColumnRole::kPersonal;
      if (!key || !repeats || said || !named_like_entity(c.name) || !able) continue;
      set_entity(planned);
      return {};
    }
    return {};
  }

  void set_entity(PlannedColumn& planned) {
    planned.role = ColumnRole::kEntity;
    plan_.entity = column(planned).name;
    plan_.decisions.push_back(
        fmt::format("{} is whom a row is about, {} of them: no input, and none of them is on both "
                    "sides of a random split (--entity COLUMN|none)",
                    plan_.entity, column(planned).distinct));
  }

  // ---- the rest ----

  void plan_groups() {
    if (plan_.task == MiningTask::kNumber) return;
    for (PlannedColumn& c : plan_.columns)
      c.compared = c.input() && c.role != ColumnRole::kText && named_like_protected(column(c).name);
  }

  void tell_columns() {
    tell_reading();
    tell(ColumnRole::kNumber, "numbers", "--role COLUMN=category|out");
    tell([this](const PlannedColumn& c) { return is_code(c); },
         "whole numbers taken for codes, since some begin with 0", "--type COLUMN=int64");
    tell(ColumnRole::kCategory, "categories", "--role COLUMN=number|text|out");
    tell(ColumnRole::kLevels, "categories of many values", "--role COLUMN=number|text|out");
    tell(ColumnRole::kText, "texts", "--role COLUMN=category|out");
    tell(ColumnRole::kIdentifier, "left out, they only tell rows apart",
         "--role COLUMN=number|category|text");
    tell(ColumnRole::kPersonal, "left out, likely PII, see the profile",
         "--role COLUMN=number|category|text");
    tell(ColumnRole::kOtherTime, "left out, times that may come after the row", "--time COLUMN");
    tell(ColumnRole::kConstant, "left out, one value in every row");
    tell(ColumnRole::kEmpty, "left out, empty");
    tell(ColumnRole::kNoValue, "left out, they hold no single values");
    tell(ColumnRole::kNameless, "left out, without a name or with one of lode's own");
    tell(ColumnRole::kDropped, "left out, as was said");
    tell([](const PlannedColumn& c) { return c.compared; },
         "compared as groups of people, by their names", "models, fairness in the project");
    tell_dates();
    if (profile_.torn > 0)
      plan_.warnings.push_back(
          fmt::format("{} rows cannot be cut into {} fields: they are set aside, with their lines",
                      profile_.torn, profile_.columns.size()));
    std::string words;
    for (const std::string& word : profile_.dialect.nulls)
      if (!word.empty()) words += fmt::format("{}'{}'", words.empty() ? "" : ", ", word);
    if (words.empty()) return;
    words += profile_.dialect.nulls.size() > 2 ? " stand" : " stands";
    plan_.decisions.push_back(words + " for nothing, like an empty field (--null 'WORD|WORD')");
  }

  bool is_code(const PlannedColumn& c) const {
    return column(c).all_whole() && column(c).padded > 0 && c.type == "string" &&
           column(c).type.empty() && c.role != ColumnRole::kDropped;
  }

  // How the file is cut, and as what its columns are read.
  void tell_reading() {
    if (!profile_.parquet) {
      const CsvDialect& d = profile_.dialect;
      plan_.decisions.push_back(fmt::format(
          "{} stands between fields (--delimiter SIGN), {} (--quote SIGN|none), the first line {} "
          "(--header {})",
          delimiter_name(d.delimiter),
          d.quote == '\0' ? "nothing encloses them" : fmt::format("{} may enclose them", d.quote),
          d.header ? "names the columns" : "is a row: columns are c1, c2, ...",
          d.header ? "no" : "yes"));
    }
    std::map<std::string_view, int> types;
    for (const PlannedColumn& c : plan_.columns)
      if (c.role != ColumnRole::kNoValue) ++types[c.type];
    std::string said;
    for (const auto& [type, columns] : types)
      said += fmt::format("{}{} {}", said.empty() ? "" : ", ", columns, type);
    plan_.decisions.push_back(fmt::format("types, by {}: {}{}",
                                          profile_.parquet ? "the file" : "all values", said,
                                          profile_.parquet ? "" : " (--type COLUMN=TYPE)"));
  }

  void tell_dates() {
    if (profile_.unreadable > 0)
      plan_.warnings.push_back(
          fmt::format("{} rows cannot be read and are set aside; the first: {}",
                      profile_.unreadable, profile_.unreadable_why));
    DateForm form = profile_.dialect.dates;
    if (form == DateForm::kIso) return;
    auto other = other_way_round(form);
    plan_.decisions.push_back(fmt::format("dates are read as {} (--dates FORM)", name_of(form)));
    if (profile_.dates_unsure && other)
      plan_.warnings.push_back(
          fmt::format("no date tells {} from {}, since no day is past 12: {} is a guess, "
                      "--dates {} reads them the other way",
                      name_of(form), name_of(*other), name_of(form), name_of(*other)));
  }

  // "numbers: age, height (--role COLUMN=category)": `flag` is what decides otherwise, if anything.
  void tell(ColumnRole role, std::string_view what, std::string_view flag = {}) {
    tell([&](const PlannedColumn& c) { return c.role == role; }, what, flag);
  }

  template <typename Told>
  void tell(Told told, std::string_view what, std::string_view flag) {
    constexpr std::size_t kShown = 12;
    std::string names;
    std::size_t count = 0;
    for (const PlannedColumn& c : plan_.columns) {
      if (!told(c)) continue;
      if (++count > kShown) continue;
      const std::string& name = column(c).name;
      names += (count > 1 ? ", " : "") + (name.empty() ? fmt::format("column {}", c.at + 1) : name);
    }
    if (count == 0) return;
    if (count > kShown) names += fmt::format(" and {} more", count - kShown);
    if (!flag.empty()) names += fmt::format(" ({})", flag);
    plan_.decisions.push_back(fmt::format("{}: {}", what, names));
  }

  // By time where there are days enough to be judged by; the last quarter of the rows is the test.
  void plan_split() {
    if (plan_.time.empty()) return tell_random("");
    const std::vector<std::int64_t>& moments =
        std::ranges::find(profile_.columns, plan_.time, &ColumnProfile::name)->times.moments;
    std::int64_t days_of_test = 0;
    std::int64_t days_before = 0;
    std::int64_t from = day_number({moments[moments.size() * 3 / 4]});
    // A day as large as half the table may not swallow what is learnt from.
    std::int64_t median = day_number({moments[moments.size() / 2]});
    if (from <= median) from = median + 1;
    std::int64_t last = day_number({moments.front()}) - 1;
    for (std::int64_t us : moments) {
      if (day_number({us}) == last) continue;
      last = day_number({us});
      ++(last >= from ? days_of_test : days_before);
    }
    if (days_before + days_of_test < kLeastDays || days_of_test < kLeastDays / 4 ||
        days_before < kLeastDays / 4)
      return tell_random(
          fmt::format(" ({} days and {} days of the last quarter are too few to be "
                      "split by)",
                      days_before, days_of_test));
    plan_.test_from = Timestamp{} + days(from);
    plan_.decisions.push_back(
        fmt::format("split by time: learnt from before {}, judged on what came from then on; the "
                    "outcome of a row is taken as known at its own time (say otherwise in the "
                    "project: labels, known)",
                    day(plan_.test_from->us)));
  }

  void tell_random(const std::string& why) {
    plan_.decisions.push_back(
        fmt::format("split at random: a quarter of {} is the test{} (--seed N for another; --time "
                    "and --entity for other splits)",
                    plan_.entity.empty() ? "the rows" : "the " + plan_.entity + "s", why));
  }

  const TableProfile& profile_;
  const MiningWishes& wishes_;
  MiningPlan plan_;
};

}  // namespace

Result<MiningPlan> plan_mining(const TableProfile& profile, const MiningWishes& wishes) {
  return Planner(profile, wishes).run();
}

}  // namespace lode
