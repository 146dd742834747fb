#include "insight/column_names.h"

#include <cctype>

#include "table/expression/syntax.h"

namespace lode {

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    bool letter = std::isalnum(static_cast<unsigned char>(name[i])) != 0;
    bool begins = i > 0 && std::isupper(static_cast<unsigned char>(name[i])) != 0 &&
                  std::islower(static_cast<unsigned char>(name[i - 1])) != 0;
    if (!letter || begins) words.emplace_back();
    if (letter) words.back() += name[i];
  }
  std::erase(words, "");
  for (std::string& word : words) word = lower_ascii(word);
  return words;
}

bool named_like_id(std::string_view name) {
  constexpr std::array<std::string_view, 7> kWords = {"id",   "uuid",  "guid",  "key",
                                                      "hash", "rowid", "number"};
  return has_word(name, kWords);
}

bool named_like_entity(std::string_view name) {
  constexpr std::array<std::string_view, 14> kWords = {
      "id",      "customer", "user",   "account", "patient", "client",  "member",
      "machine", "device",   "sensor", "subject", "person",  "vehicle", "unit"};
  return has_word(name, kWords);
}

bool named_like_other_time(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords = {"birth", "birthday", "birthdate", "dob",
                                                      "born",  "expiry",   "expires",   "due"};
  return has_word(name, kWords);
}

bool named_like_time(std::string_view name) {
  constexpr std::array<std::string_view, 11> kWords = {"time", "timestamp", "date", "datetime",
                                                       "ts",   "at",        "when", "created",
                                                       "day",  "dteday",    "start"};
  return has_word(name, kWords);
}

bool named_like_protected(std::string_view name) {
  constexpr std::array<std::string_view, 11> kWords = {
      "sex",      "gender",      "female",     "male",   "race", "ethnicity",
      "religion", "nationality", "disability", "ethnic", "age"};
  return has_word(name, kWords);
}

}  // namespace lode
