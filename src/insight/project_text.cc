#include "insight/project_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>

#include "ingest/text_value.h"
#include "table/expression.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

// Names in lode.yaml: [a-z][a-z0-9_]*.
std::string plain_name(std::string_view text, std::string_view fallback) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool letter = byte < 0x80 && std::isalnum(byte) != 0;
    if (letter)
      out += static_cast<char>(std::tolower(byte));
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (out.ends_with('_')) out.pop_back();
  if (out.empty()) return std::string(fallback);
  if (std::isdigit(static_cast<unsigned char>(out[0])) != 0) out.insert(0, "c");
  return out;
}

// Always in double quotes: no word of a file can then be taken for a word of YAML.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// A key or a value: in quotes unless it is a plain word.
std::string word_text(std::string_view name) {
  constexpr std::array<std::string_view, 10> kWords = {"null", "true", "false", "yes", "no",
                                                       "on",   "off",  "y",     "n",   "none"};
  bool plain = !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  for (char c : name)
    plain = plain && (c == '_' || (static_cast<unsigned char>(c) < 0x80 &&
                                   std::isalnum(static_cast<unsigned char>(c)) != 0));
  plain = plain && std::ranges::find(kWords, lower_ascii(name)) == kWords.end();
  return plain ? std::string(name) : in_quotes(name);
}

std::string column_text(const std::string& name) { return Expression(column_node(name)).text(); }

// Of a limit on time, what may be spent on the search for a model's options, in percent. The rest
// is for reading, and for making and judging the models.
constexpr std::int64_t kLinearPart = 10;
constexpr std::int64_t kBoostedPart = 40;
constexpr std::int64_t kForestPart = 15;

class Writer {
 public:
  Writer(const TableProfile& profile, const MiningPlan& plan, const std::string& file,
         Duration time_limit)
      : profile_(profile), plan_(plan), file_(file), time_limit_(time_limit) {
    source_ = project_name(profile.path);
    std::ranges::replace(source_, '-', '_');
    label_ = plain_name(plan.target, "target");
    if (source_ == label_) source_ += "_rows";
    for (const PlannedColumn& c : plan.columns)
      // Of an entity only a split at random has a use.
      if (c.input() || (c.role == ColumnRole::kEntity && !plan.test_from))
        training_.push_back({&c, fresh(name_of(c), "column")});
    if (plan.clock) of_the_clock_.emplace_back(fresh("hour_of_day", ""), "hour");
    if (!plan.time.empty()) of_the_clock_.emplace_back(fresh("day_of_week", ""), "dayofweek");
  }

  std::string write() {
    out_ += fmt::format(
        "# Made of {} by lode. Everything below may be edited; `lode run` brings it up to date.\n"
        "lode: 1\nproject: {}\n",
        in_quotes(base_name(profile_.path)), project_name(profile_.path));
    out_ += "notes:\n";
    for (const std::string& note : plan_.warnings) out_ += "  - " + in_quotes(note) + "\n";
    for (const std::string& note : plan_.decisions) out_ += "  - " + in_quotes(note) + "\n";
    write_source();
    out_ += fmt::format("labels:\n  {}: {{about: {}, value: {}{}}}\n", label_, source_,
                        word_text(label_value()), known_text());
    write_training();
    write_models();
    return std::move(out_);
  }

 private:
  struct Input {
    const PlannedColumn* column;
    std::string name;
  };

  const std::string& name_of(const PlannedColumn& c) const { return profile_.columns[c.at].name; }

  std::string fresh(std::string_view wanted, std::string_view fallback) {
    std::string base = plain_name(wanted, fallback);
    std::string name = base;
    for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
    return name;
  }

  void write_source() {
    const CsvDialect& d = profile_.dialect;
    std::vector<std::string> options;
    if (d.delimiter != ',')
      options.push_back("delimiter: " +
                        (d.delimiter == '\t' ? std::string("tab") : in_quotes({&d.delimiter, 1})));
    if (d.quote == '\0') options.emplace_back("quote: none");
    if (d.quote != '\0' && d.quote != '"') options.push_back("quote: " + in_quotes({&d.quote, 1}));
    if (!d.header) options.emplace_back("header: false");
    if (d.quoted_nulls) options.emplace_back("quoted_nulls: true");
    if (d.trim) options.emplace_back("trim: true");
    if (d.dates != DateForm::kIso)
      options.push_back(fmt::format("dates: {}", in_quotes(lode::name_of(d.dates))));
    if (d.nulls.size() > 1) {
      std::string nulls;
      for (const std::string& null : d.nulls) nulls += null + "|";
      nulls.pop_back();
      // The empty text is first, so that it begins with the bar.
      options.push_back("\"null\": " + in_quotes(nulls));
    }
    out_ += fmt::format("sources:\n  {}:\n    files: {}\n", source_, in_quotes(file_));
    if (profile_.parquet) {
      out_ += "    format: parquet\n";
    } else {
      out_ += options.empty() ? std::string("    format: csv\n")
                              : "    format: {csv: {" + joined(options) + "}}\n";
    }
    out_ += "    columns:\n";
    for (const PlannedColumn& c : plan_.columns) {
      // Without a header all of the file's columns are named, used or not.
      bool used = c.input() || c.role == ColumnRole::kTarget || c.role == ColumnRole::kTime ||
                  c.role == ColumnRole::kEntity;
      if (!used && d.header) continue;
      out_ += fmt::format("      {}: {}\n", word_text(name_of(c)), used ? c.type : "string");
    }
    out_ += "    profile: true\n";
    if (plan_.time.empty()) {
      out_ += "    time: none\n";
    } else {
      // Files are seldom in order of time, and a row is not late for that.
      out_ += fmt::format("    time: {}\n    allowed_lateness: {}d\n", word_text(plan_.time),
                          days_of_lateness());
    }
  }

  std::int64_t days_of_lateness() const {
    constexpr std::int64_t kCentury = 36525;
    const std::vector<std::int64_t>& moments =
        std::ranges::find(profile_.columns, plan_.time, &ColumnProfile::name)->times.moments;
    // The moments may miss the extremes; twice their span does not.
    return std::max(kCentury, 2 * ((moments.back() - moments.front()) / days(1).us + 1));
  }

  std::string known_text() const {
    return plan_.time.empty() ? std::string() : ", known: " + word_text(column_text(plan_.time));
  }

  std::string label_value() const {
    const PlannedColumn& target =
        *std::ranges::find(plan_.columns, ColumnRole::kTarget, &PlannedColumn::role);
    const std::string& type = target.type;
    if (plan_.task == MiningTask::kNumber) return input_text(target);
    const std::string column = column_text(plan_.target);
    if (type == "bool") {
      bool yes = false;
      (void)parse_bool(plan_.positive, yes);
      return yes ? column : "not " + column;
    }
    if (type != "string") return column + " = " + number_text(plan_.positive);
    return Expression(call_node("=", {column_node(plan_.target),
                                      literal_node({Type::string(), plan_.positive})}))
        .text();
  }

  // A number of a file as an expression has it: there is no +5 there.
  static std::string number_text(const std::string& number) {
    std::int64_t whole = 0;
    double real = 0;
    if (parse_int64(number, whole) == nullptr) return fmt::format("{}", whole);
    if (number.find_first_of("eE") == number.npos && !number.starts_with('+')) return number;
    return parse_double(number, real) == nullptr ? fmt::format("{}", real) : number;
  }

  // Decimals are exact, and no input of a model.
  std::string input_text(const PlannedColumn& c) const {
    std::string column = column_text(name_of(c));
    return c.type.starts_with("decimal") ? "cast(" + column + " as double)" : column;
  }

  void write_training() {
    out_ += fmt::format("training:\n  {}:\n    rows: {}\n    label: {}\n    columns:\n", source_,
                        source_, label_);
    for (const Input& input : training_)
      out_ += fmt::format("      {}: {}\n", input.name, word_text(input_text(*input.column)));
    std::string time = column_text(plan_.time);
    for (const auto& [name, function] : of_the_clock_)
      out_ += fmt::format("      {}: {}\n", name, in_quotes(function + "(" + time + ")"));
  }

  void write_models() {
    bool yes_no = plan_.task == MiningTask::kYesNo;
    out_ += "models:\n";
    write_baseline();
    write_model("linear",
                yes_no ? "{logistic: {l2: 1, unseen: mean}}" : "{linear: {l2: 1, unseen: mean}}",
                linear_encoders(), "baseline", true, kLinearPart);
    if (!trees_have_columns()) return;
    write_model("boosted",
                fmt::format("{{{}: {{eta: 0.1}}}}", yes_no ? "xgboost" : "xgboost_regression"),
                tree_encoders(), "linear", false, kBoostedPart);
    // Half the usual trees: with the folds of calibration the forest is most of the time of a run.
    write_model(
        "forest",
        fmt::format("{{{}: {{trees: 50}}}}", yes_no ? "random_forest" : "random_forest_regression"),
        tree_encoders(), "linear", false, kForestPart);
  }

  // Every option the algorithm searches, from its value here.
  std::string tune_text(std::string_view algorithm, std::int64_t percent) const {
    algorithm.remove_prefix(1);  // the brace
    const Component* component =
        find_component("algorithm", algorithm.substr(0, algorithm.find(':')));
    std::vector<std::string> names;
    for (const Option& option : component->options)
      if (option.search.searched()) names.emplace_back(option.name);
    Duration part = milliseconds(std::max<std::int64_t>(1, time_limit_.us / 1000 * percent / 100));
    return fmt::format("    tune: {{time: {}, options: [{}]}}\n", text(part), joined(names));
  }

  // The constant, or the mean, reads no column, and is given one for form's sake.
  void write_baseline() {
    auto input = std::ranges::find_if(
        training_, [](const Input& i) { return i.column->role == ColumnRole::kNumber; });
    bool number = input != training_.end();
    if (!number)
      input = std::ranges::find_if(training_, [](const Input& i) { return i.column->input(); });
    out_ +=
        fmt::format("  baseline:\n    from: {}\n    algorithm: {}\n    columns: [{}]\n", source_,
                    plan_.task == MiningTask::kYesNo ? "constant" : "mean", input->name);
    if (!number) out_ += fmt::format("    encode: {{{}: ordinal}}\n", input->name);
    out_ += split_line() + "    out_of_fold: true\n";
  }

  void write_model(std::string_view name, std::string_view algorithm, const std::string& encoders,
                   std::string_view other, bool texts, std::int64_t tuning_percent) {
    out_ += fmt::format("  {}:\n    from: {}\n    algorithm: {}\n", name, source_, algorithm);
    if (!texts && has_texts()) {
      std::vector<std::string> names;
      for (const Input& input : training_)
        if (input.column->role != ColumnRole::kText && input.column->role != ColumnRole::kEntity)
          names.push_back(input.name);
      for (const auto& [column, function] : of_the_clock_) names.push_back(column);
      out_ += "    columns: [" + joined(names) + "]\n";
    }
    if (!encoders.empty()) out_ += "    encode:\n" + encoders;
    out_ += split_line();
    if (plan_.task == MiningTask::kNumber) out_ += "    out_of_fold: true\n";
    out_ += "    learning_curve: true\n";
    if (time_limit_.us > 0) out_ += tune_text(algorithm, tuning_percent);
    if (plan_.task == MiningTask::kYesNo) {
      out_ += "    calibrate: auto\n    threshold: {false_positive: 1, false_negative: 1}\n";
      if (!compared().empty()) out_ += "    fairness: [" + compared() + "]\n";
    }
    if (!other.empty()) out_ += fmt::format("    compare_with: {}\n", other);
  }

  // Texts are nothing for trees.
  bool trees_have_columns() const {
    return !plan_.time.empty() || std::ranges::any_of(plan_.columns, [](const auto& c) {
      return c.input() && c.role != ColumnRole::kText;
    });
  }

  std::string compared() const {
    std::vector<std::string> names;
    for (const Input& input : training_)
      if (input.column->compared) names.push_back(input.name);
    return joined(names);
  }

  bool has_texts() const {
    return std::ranges::any_of(plan_.columns,
                               [](const auto& c) { return c.role == ColumnRole::kText; });
  }

  std::string linear_encoders() const {
    std::string out;
    for (const Input& input : training_) {
      std::string encoder;
      switch (input.column->role) {
        case ColumnRole::kNumber:
          encoder = "standardise";
          break;
        case ColumnRole::kCategory:
          encoder = "{one_hot: {rare: 5}}";
          break;
        case ColumnRole::kLevels:
          encoder = many_levels();
          break;
        case ColumnRole::kText:
          encoder = "text";
          break;
        default:
          continue;
      }
      out += fmt::format("      {}: {}\n", input.name, encoder);
    }
    for (const auto& [column, function] : of_the_clock_)
      out += fmt::format("      {}: one_hot\n", column);
    return out;
  }

  std::string tree_encoders() const {
    std::string out;
    for (const Input& input : training_) {
      if (input.column->role == ColumnRole::kCategory)
        out += fmt::format("      {}: {{ordinal: {{rare: 5}}}}\n", input.name);
      if (input.column->role == ColumnRole::kLevels)
        out += fmt::format("      {}: {}\n", input.name, many_levels());
    }
    return out;
  }

  std::string many_levels() const {
    return plan_.task == MiningTask::kYesNo ? "target" : "{ordinal: {rare: 20}}";
  }

  // Models of one question have one seed: they are split and judged alike.
  std::string split_line() const {
    std::string line = "    split: " + split_text() + "\n";
    if (plan_.seed != 1) line += fmt::format("    seed: {}\n", plan_.seed);
    return line;
  }

  std::string split_text() const {
    if (plan_.test_from) {
      std::string from = text(*plan_.test_from).substr(0, 10);
      return fmt::format("{{train: ..{}, test: {}..}}", from, from);
    }
    std::string more;
    for (const Input& input : training_)
      if (input.column->role == ColumnRole::kEntity) more = ", groups: " + input.name;
    if (more.empty() && plan_.task == MiningTask::kYesNo) more = ", stratified: true";
    return "{random: 0.25" + more + "}";
  }

  static std::string joined(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
    return out;
  }

  const TableProfile& profile_;
  const MiningPlan& plan_;
  const std::string& file_;
  Duration time_limit_;
  std::string source_;
  std::string label_;
  std::set<std::string> taken_;
  std::vector<Input> training_;
  std::vector<std::pair<std::string, std::string>> of_the_clock_;  // columns made of the time
  std::string out_;
};

}  // namespace

std::string project_name(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (std::string_view ending : {".gz", ".csv", ".tsv", ".txt", ".data", ".parquet", ".pq"})
    if (name.size() > ending.size() && name.ends_with(ending))
      name.resize(name.size() - ending.size());
  return plain_name(name, "table");
}

std::string project_text(const TableProfile& profile, const MiningPlan& plan,
                         const std::string& file, Duration time_limit) {
  return Writer(profile, plan, file, time_limit).write();
}

}  // namespace lode
