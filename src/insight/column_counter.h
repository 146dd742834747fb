// What one column of a file holds, value by value: the counts of a ColumnProfile. The header of
// table_profile.h says what they are for.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "ingest/date_form.h"
#include "insight/personal_data.h"

namespace lode {

// Texts that say in many files that there is nothing. The first ones never mean anything else;
// those from kOnlyAmongNumbers on do, unless all other values of a column are numbers or times.
inline constexpr std::array<std::string_view, 25> kNothingWords = {
    "",     "?",         "N/A",     "n/a",  "#N/A", "<NA>", "NaN",     "nan", "NULL",
    "null", "#DIV/0!",   "#VALUE!", "NaT",  "NA",   "None", "none",    "-",   ".",
    "inf",  "-Infinity", "-inf",    "-Inf", "Inf",  "INF",  "Infinity"};
inline constexpr std::size_t kOnlyAmongNumbers = 13;

// What the type of a column is called whose values are lists, structs, bytes or past all numbers.
inline constexpr std::string_view kNoSingleValue = "none";

struct ValueCount {
  std::string value;
  std::int64_t rows = 0;
};

// The times a column holds when its texts are read in one form.
struct TimesRead {
  std::int64_t time = 0;                // values that are times
  std::int64_t clock = 0;               // of these with something but midnight
  std::int64_t naive = 0;               // of these without a zone
  std::vector<std::int64_t> moments{};  // times of rows evenly over the file, ascending
};

struct ColumnProfile {
  std::string name;
  std::string type{};  // of lode.yaml, where the file itself says it; "" = by the texts
  std::int64_t rows = 0;
  // Rows with a word for nothing, by word; they are in no count below but `distinct` and `values`
  // of a column in which the word is a word.
  std::array<std::int64_t, kNothingWords.size()> nothing{};
  std::array<std::int64_t, kNothingWords.size()> quoted_nothing{};  // of these in quotes
  std::int64_t filled = 0;                                          // all others
  // How many of these read as ...
  std::int64_t whole = 0;            // a whole number
  std::int64_t number = 0;           // a number
  std::int64_t truth = 0;            // true or false, yes or no
  std::int64_t padded = 0;           // 007: a code rather than a number
  std::int64_t words = 0;            // words in all of them
  std::int64_t distinct = 0;         // different values
  bool more_distinct = false;        // and more of them: counting was stopped
  std::vector<ValueCount> values{};  // all, the most frequent first, if they are few
  TimesRead times{};                 // in ISO 8601, or in the form the whole file is read in
  double least = 0;                  // of the numbers
  double greatest = 0;
  bool counts_up = true;         // whole numbers, each the one before plus one
  std::vector<double> sample{};  // numbers of rows evenly over the file, in its order
  PersonalCounts personal{};     // of the first kMostValues different values

  bool all_numbers() const { return filled > 0 && number == filled; }
  bool all_whole() const { return filled > 0 && whole == filled; }
  // Those with and those without a zone are not of one clock.
  bool all_times() const {
    return filled > 0 && times.time == filled && (times.naive == 0 || times.naive == filled);
  }
  bool all_truths() const { return filled > 0 && truth == filled; }
};

inline constexpr std::size_t kMostValues = 1000;  // listed one by one

// The most frequent first, then by value.
void sort_values(std::vector<ValueCount>& values);

class ColumnCounter {
 public:
  using AllForms = std::array<TimesRead, kDateForms.size()>;

  // Distinct values are counted up to `most_distinct`; of numbers so many are sampled, at the most.
  ColumnCounter(std::string name, std::size_t most_distinct, std::size_t most_sampled);

  // One row's value, perhaps a word for nothing.
  void add(std::string_view text, bool quoted);
  // One that is none.
  void add_value(std::string_view text);
  void add_null();

  // Whether all values so far are times in this form.
  bool all_of(DateForm form) const {
    return out_.filled > 0 && forms_[static_cast<std::size_t>(form)].time == out_.filled;
  }
  // What was counted, times read in this form where all of them are, else in ISO 8601. Ends it.
  ColumnProfile take(DateForm form);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash64(text); }
  };
  bool is_nothing(std::string_view text, bool quoted);
  void count(std::string_view text);
  void read(std::string_view text);
  void read_time(DateForm form, std::string_view text, std::int64_t before);
  void take_moment(TimesRead& into, std::int64_t us);

  std::size_t most_distinct_;
  std::size_t most_sampled_;
  bool phone_named_;
  ColumnProfile out_;
  AllForms forms_;
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> values_;
  std::unordered_set<std::uint64_t> seen_;
  bool listing_ = true;
  std::int64_t last_ = 0;
  std::string reason_;
};

}  // namespace lode
