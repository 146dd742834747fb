#include "insight/personal_data.h"

#include <arpa/inet.h>

#include <algorithm>

#include "insight/column_names.h"

namespace lode {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The digits of a text in which nothing else stands but these signs; "" where something does.
std::string digits_of(std::string_view text, std::string_view between) {
  std::string digits;
  for (char c : text) {
    if (is_digit(c))
      digits += c;
    else if (between.find(c) == between.npos)
      return {};
  }
  return digits;
}

// The shortest and longest there are.
constexpr std::size_t kLeastCard = 13;
constexpr std::size_t kMostCard = 19;
constexpr std::size_t kLeastPhone = 7;
constexpr std::size_t kMostPhone = 15;  // E.164
constexpr std::size_t kLeastIban = 15;
constexpr std::size_t kMostIban = 34;
constexpr std::size_t kLongest = 254;  // of an e-mail address, RFC 5321

}  // namespace

std::string_view personal_kind_name(PersonalKind kind) {
  constexpr std::array<std::string_view, kPersonalKinds> kNames = {
      "e-mail addresses",     "telephone numbers",          "card numbers",
      "bank accounts (IBAN)", "addresses of machines (IP)", "names of persons"};
  return kNames[static_cast<std::size_t>(kind)];
}

bool is_email(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == text.npos || at == 0 || text.size() > kLongest) return false;
  std::string_view local = text.substr(0, at);
  std::string_view domain = text.substr(at + 1);
  constexpr std::string_view kSigns = "._%+-'";
  auto fits = [&](char c, std::string_view signs) {
    return is_letter(c) || is_digit(c) || signs.find(c) != signs.npos;
  };
  if (!std::ranges::all_of(local, [&](char c) { return fits(c, kSigns); })) return false;
  std::size_t dot = domain.rfind('.');
  if (dot == domain.npos || dot == 0 || domain.size() - dot < 3) return false;
  return std::ranges::all_of(domain.substr(0, dot), [&](char c) { return fits(c, ".-"); }) &&
         std::ranges::all_of(domain.substr(dot + 1), is_letter);
}

bool is_phone(std::string_view text, bool named_so) {
  bool plus = text.starts_with('+');
  std::string digits = digits_of(plus ? text.substr(1) : text, " -.()/");
  if (digits.size() < kLeastPhone || digits.size() > kMostPhone) return false;
  if (plus || named_so) return true;
  // Groups: a first one in brackets, or at least three of them, none longer than four digits (an
  // amount or a date has no brackets and fewer groups, or is read as what it is).
  if (text.starts_with('(')) return true;
  std::size_t groups = 0;
  std::size_t longest = 0;
  std::size_t run = 0;
  for (char c : text) {
    run = is_digit(c) ? run + 1 : 0;
    groups += run == 1 ? 1 : 0;
    longest = std::max(longest, run);
  }
  return groups >= 3 && longest <= 4 && digits.size() >= 10;
}

bool is_card_number(std::string_view text) {
  if (text.empty() || !is_digit(text[0])) return false;
  std::string digits = digits_of(text, " -");
  if (digits.size() < kLeastCard || digits.size() > kMostCard) return false;
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
  }
  return sum % 10 == 0 && digits.find_first_not_of('0') != digits.npos;
}

bool is_iban(std::string_view text) {
  std::string plain;
  for (char c : text)
    if (c != ' ') plain += c;
  if (plain.size() < kLeastIban || plain.size() > kMostIban) return false;
  auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (!capital(plain[0]) || !capital(plain[1]) || !is_digit(plain[2]) || !is_digit(plain[3]))
    return false;
  std::ranges::rotate(plain, plain.begin() + 4);
  int rest = 0;
  for (char c : plain) {
    if (is_digit(c))
      rest = (rest * 10 + (c - '0')) % 97;
    else if (capital(c))
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
    else
      return false;
  }
  return rest == 1;
}

bool is_ip_address(std::string_view text) {
  constexpr std::size_t kMost = 45;
  if (text.size() < 2 || text.size() > kMost) return false;
  std::string ended(text);
  std::array<unsigned char, 16> into{};
  if (std::ranges::count(text, '.') == 3 && inet_pton(AF_INET, ended.c_str(), into.data()) == 1)
    return true;
  return std::ranges::count(text, ':') >= 2 && inet_pton(AF_INET6, ended.c_str(), into.data()) == 1;
}

void PersonalCounts::look_at(std::string_view value, bool phone_named) {
  ++looked;
  auto add = [](auto& counts, PersonalKind kind) { ++counts[static_cast<std::size_t>(kind)]; };
  auto kind_of = [&](std::string_view text, bool word) -> int {
    if (is_email(text)) return static_cast<int>(PersonalKind::kEmail);
    if (is_ip_address(text)) return static_cast<int>(PersonalKind::kIp);
    if (is_iban(text)) return static_cast<int>(PersonalKind::kIban);
    if (is_card_number(text)) return static_cast<int>(PersonalKind::kCard);
    if (!word && is_phone(text, phone_named)) return static_cast<int>(PersonalKind::kPhone);
    return -1;
  };
  if (int kind = kind_of(value, false); kind >= 0) {
    add(whole, static_cast<PersonalKind>(kind));
    return;
  }
  if (value.find(' ') == value.npos) return;
  std::array<bool, kPersonalKinds> seen{};
  while (!value.empty()) {
    std::size_t end = std::min(value.find_first_of(" \t\n,;<>()"), value.size());
    std::string_view word = value.substr(0, end);
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    int kind = word.empty() ? -1 : kind_of(word, true);
    if (kind >= 0) seen[static_cast<std::size_t>(kind)] = true;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  for (std::size_t k = 0; k < kPersonalKinds; ++k)
    if (seen[k]) ++within[k];
}

bool named_like_phone(std::string_view column) {
  constexpr std::array<std::string_view, 7> kWords = {"phone", "telephone", "tel",      "mobile",
                                                      "fax",   "phones",    "cellphone"};
  return has_word(column, kWords);
}

bool named_like_person(std::string_view column) {
  constexpr std::array<std::string_view, 6> kWhole = {"firstname",  "lastname", "surname",
                                                      "familyname", "fullname", "forename"};
  constexpr std::array<std::string_view, 6> kBefore = {"first", "last", "family",
                                                       "given", "full", "maiden"};
  if (has_word(column, kWhole)) return true;
  constexpr std::array<std::string_view, 1> kName = {"name"};
  return has_word(column, kName) && has_word(column, kBefore);
}

std::optional<PersonalData> find_personal(const PersonalCounts& counts, std::string_view column,
                                          bool numbers) {
  constexpr std::int64_t kLeast = 5;
  constexpr std::int64_t kLeastWords = 3;
  constexpr std::int64_t kWordsIn = 100;
  using enum PersonalData::By;
  for (std::size_t k = 0; k < kPersonalKinds; ++k) {
    std::int64_t found = counts.whole[k];
    bool most = numbers ? 10 * found >= 9 * counts.looked : 2 * found >= counts.looked;
    if (found >= kLeast && most)
      return PersonalData{static_cast<PersonalKind>(k), kValues, found, counts.looked};
  }
  if (numbers) return std::nullopt;
  if (named_like_person(column)) return PersonalData{PersonalKind::kName, kName, 0, counts.looked};
  for (std::size_t k = 0; k < kPersonalKinds; ++k) {
    std::int64_t found = counts.whole[k] + counts.within[k];
    if (found >= kLeastWords && kWordsIn * found >= counts.looked)
      return PersonalData{static_cast<PersonalKind>(k), kWords, found, counts.looked};
  }
  return std::nullopt;
}

}  // namespace lode
