#include "insight/column_warnings.h"

#include <algorithm>
#include <map>

#include "table/expression/syntax.h"

namespace lode {
namespace {

constexpr double kNearlyNull = 0.95;    // of the rows
constexpr double kNearlyUnique = 0.95;  // of the values
constexpr std::int64_t kLeastUnique = 20;
constexpr double kWordsOfText = 3;
constexpr std::size_t kShownSpellings = 3;

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.3g} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// Small letters, no blanks around, one between words.
std::string folded(std::string_view value) {
  std::string out;
  for (char c : value) {
    bool blank = c == ' ' || c == '\t' || c == '\n';
    if (!blank) out += c;
    if (blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return lower_ascii(out);
}

class Warnings {
 public:
  Warnings(const ColumnProfile& column, const ColumnSummary& summary)
      : c_(column), summary_(summary) {}

  std::vector<ColumnWarning> all(const std::optional<PersonalData>& personal) {
    missing();
    unique();
    if (personal) about_persons(*personal);
    if (!personal) spellings();
    return std::move(out_);
  }

 private:
  void add(std::string kind, std::string says, std::string done) {
    out_.push_back({std::move(kind), std::move(says), std::move(done)});
  }

  // What was done, where models learn from it.
  std::string done(std::string if_input) const {
    switch (summary_.role) {
      case SummaryRole::kLeftOut:
        return "left out of all models";
      case SummaryRole::kInput:
        return if_input;
      default:
        return fmt::format("it is the {}, and no input", summary_role_name(summary_.role));
    }
  }
  std::string leave_out() const {
    return fmt::format("--role '{}=out' leaves it out, or training, columns in the project",
                       c_.name);
  }

  void missing() {
    if (c_.rows == 0) return;
    if (c_.filled == 0) return add("empty", "no row has a value", done(leave_out()));
    if (static_cast<double>(summary_.nulls) >= kNearlyNull * static_cast<double>(c_.rows))
      add("nearly all null",
          fmt::format("{} of the rows have no value", percent(summary_.nulls, c_.rows)),
          done("kept, since that it is missing may say something; " + leave_out()));
    else if (c_.distinct == 1 && c_.filled == c_.rows)
      add("constant", "one value in every row", done(leave_out()));
  }

  void unique() {
    bool texts = static_cast<double>(c_.words) >= kWordsOfText * static_cast<double>(c_.filled);
    bool able =
        (!c_.all_numbers() && !c_.all_times() && !texts) || (c_.all_whole() && c_.counts_up);
    bool many = c_.more_distinct ||
                (c_.filled >= kLeastUnique && static_cast<double>(c_.distinct) >=
                                                  kNearlyUnique * static_cast<double>(c_.filled));
    if (!able || !many) return;
    add("nearly unique",
        c_.more_distinct ? fmt::format("more than {} different values", c_.distinct)
                         : fmt::format("{} different values in {} rows: it only tells rows apart",
                                       c_.distinct, c_.filled),
        done(leave_out()));
  }

  void spellings() {
    if (c_.all_numbers() || c_.all_times() || c_.all_truths()) return;
    std::map<std::string, std::vector<const ValueCount*>> same;
    for (const ValueCount& value : c_.values) same[folded(value.value)].push_back(&value);
    std::string shown;
    std::size_t count = 0;
    for (const auto& [plain, values] : same) {
      if (values.size() < 2 || ++count > kShownSpellings) continue;
      shown += shown.empty() ? "" : "; ";
      for (const ValueCount* value : values)
        shown += fmt::format("{}'{}' ({} rows)", value == values[0] ? "" : ", ", value->value,
                             value->rows);
    }
    if (count == 0) return;
    if (count > kShownSpellings) shown += fmt::format("; and {} more", count - kShownSpellings);
    add("mixed spellings", "values that differ in capitals and blanks alone: " + shown,
        done("taken as different values; mend the file, or the column's expression in the project "
             "(lower)"));
  }

  void about_persons(const PersonalData& personal) {
    std::string kind(personal_kind_name(personal.kind));
    std::string says;
    switch (personal.by) {
      case PersonalData::By::kValues:
        says = fmt::format("likely {}: {} of {} different values looked at have their form", kind,
                           personal.found, personal.looked);
        break;
      case PersonalData::By::kWords:
        says = fmt::format("some of its texts hold what looks like {}: {} of {} looked at", kind,
                           personal.found, personal.looked);
        break;
      case PersonalData::By::kName:
        says = fmt::format("likely {}, by the column's name alone", kind);
        break;
    }
    add("likely PII", std::move(says),
        done("models learn from it; " + leave_out()) + "; its values are not shown in the profile");
  }

  const ColumnProfile& c_;
  const ColumnSummary& summary_;
  std::vector<ColumnWarning> out_;
};

}  // namespace

std::vector<ColumnWarning> warnings_of(const ColumnProfile& column, const ColumnSummary& summary,
                                       const std::optional<PersonalData>& personal) {
  return Warnings(column, summary).all(personal);
}

}  // namespace lode
