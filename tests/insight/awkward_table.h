// Tables that are meant to break the text of a project: names and values with all that YAML,
// expressions and CSV give a meaning to. Always readable, and always something to learn.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace lode {

inline std::string csv_quoted(const std::string& field) {
  std::string out = "\"";
  for (char c : field) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

class AwkwardTable {
 public:
  explicit AwkwardTable(std::uint64_t seed) : random_(20261129, seed) {
    delimiter_ = ",;\t|"[random_.below(4)];
    std::uint64_t columns = 3 + random_.below(7);
    std::set<std::string> taken;
    while (names_.size() < columns) {
      std::string name = random_name();
      if (taken.insert(name).second) names_.push_back(name);
    }
    for (std::size_t c = 0; c < columns; ++c)
      kinds_.push_back(c == 0   ? Kind::kAnswer
                       : c == 1 ? Kind::kNumber
                                : static_cast<Kind>(random_.below(9)));
    quote_all_ = random_.chance(0.3);
    answers_ = pair_of_answers();
    form_ = random_.below(4);
  }

  const std::vector<std::string>& names() const { return names_; }
  const std::string& target() const { return names_[0]; }
  const std::string& positive() const { return answers_.first; }
  static constexpr int kRows = 240;

  std::string text() {
    std::string out = random_.chance(0.2) ? "\xef\xbb\xbf" : "";
    out += line(names_);
    for (int row = 0; row < kRows; ++row) {
      std::vector<std::string> fields;
      for (Kind kind : kinds_) fields.push_back(value(kind, row));
      out += line(fields);
    }
    return out;
  }

 private:
  enum class Kind { kNumber, kWhole, kWord, kText, kCode, kDay, kGaps, kId, kFlag, kAnswer };

  std::string piece() {
    static const std::vector<std::string> kPieces = {
        "a",    "Age",  "null", "yes",    "No",   "~",        "true",        "on",  "x:",
        ": ",   "#",    " # ",  "-",      "- ",   "[",        "]",           "{",   "}",
        "&a",   "*b",   "!c",   "|",      ">",    "%",        "@",           "`",   "'",
        "\"",   "\\",   "\\n",  ",",      ";",    "\t",       " ",           "\n",  "\r\n",
        "\x01", "\x7f", "ü",    "名前",   "🙂",   "é",        "2001",        "9",   "_",
        ".",    "$",    "(",    "select", "case", "from",     "when",        "and", "not",
        "cast", "_seq", "=",    "?",      "NA",   "\xc2\x85", "\xe2\x80\xa8"};
    return kPieces[random_.below(kPieces.size())];
  }
  std::string random_name() {
    std::string name;
    for (std::uint64_t n = 1 + random_.below(4); n > 0; --n) name += piece();
    // A name that is a number makes the first line data; blanks around it may be trimmed.
    return (random_.chance(0.5) ? "n" : "Ñ") + name + "e";
  }
  std::string word() {
    std::string out = "w";
    for (std::uint64_t n = random_.below(3); n > 0; --n) out += piece();
    return out + "w";
  }
  std::pair<std::string, std::string> pair_of_answers() {
    switch (random_.below(6)) {
      case 0:
        return {"yes", "no"};
      case 1:
        return {"1", "0"};
      case 2:
        return {"-5", "+7"};
      case 3:
        return {"1e-3", "2.50"};
      case 4:
        return {"TRUE", "F"};
      default:
        return {"q" + word(), "p" + word()};
    }
  }
  std::string value(Kind kind, int row) {
    static const std::vector<std::string> kGaps = {"", "NA", "?", "-inf", "null", "N/A"};
    switch (kind) {
      case Kind::kNumber:
        return std::to_string(static_cast<double>(random_.below(20'000)) / 16 - 300);
      case Kind::kWhole:
        return (random_.chance(0.1) ? "+" : "") + std::to_string(random_.below(50));
      case Kind::kWord:
        return random_.chance(0.1) ? "" : std::string("lvl") + "#:'\"\\"[random_.below(5)] + "x";
      case Kind::kText:
        return word() + " " + word() + " some words " + std::to_string(row);
      case Kind::kCode:
        return "00" + std::to_string(random_.below(30));
      case Kind::kDay:
        return day(row);
      case Kind::kGaps:
        return random_.chance(0.3) ? kGaps[random_.below(kGaps.size())]
                                   : std::to_string(random_.below(9));
      case Kind::kId:
        return word() + std::to_string(row);
      case Kind::kFlag:
        return random_.chance(0.5) ? "t" : "F";
      case Kind::kAnswer:
        break;
    }
    return random_.chance(0.4) ? answers_.first : answers_.second;
  }
  std::string day(int row) {
    Civil c = civil_from_days(11'323 + row);
    switch (form_) {
      case 0:
        return fmt::format("{}/{}/{:02}", c.month, c.day, c.year % 100);
      case 1:
        return fmt::format("{:02}.{:02}.{} {}:05", c.day, c.month, c.year, row % 24);
      case 2:
        return fmt::format("{:04}-{:02}-{:02} 07:05:{:02}", c.year, c.month, c.day, row % 60);
      default:
        return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
    }
  }
  std::string line(const std::vector<std::string>& fields) {
    std::string out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (i > 0) out += delimiter_;
      const std::string& field = fields[i];
      bool odd =
          quote_all_ || field.find_first_of(std::string("\"\n\r ") + delimiter_) != field.npos;
      out += odd ? csv_quoted(field) : field;
    }
    return out + "\n";
  }

  Random random_;
  char delimiter_;
  bool quote_all_ = false;
  std::vector<std::string> names_;
  std::vector<Kind> kinds_;
  std::pair<std::string, std::string> answers_;
  std::uint64_t form_ = 0;
};

}  // namespace lode
