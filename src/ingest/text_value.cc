#include "ingest/text_value.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "base/time.h"
#include "table/expression/utf8.h"

namespace lode {
namespace {

constexpr const char* kNoWhole = "is no whole number";
constexpr const char* kNoNumber = "is no number";
constexpr const char* kNoDecimal = "is no decimal number";
constexpr const char* kNoDate = "is no date of the form YYYY-MM-DD";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// std::from_chars knows no '+'. False if a second sign follows.
bool skip_plus(std::string_view& text) {
  if (!text.starts_with('+')) return true;
  text.remove_prefix(1);
  return !text.starts_with('-');
}

bool only_zeros(std::string_view digits) {
  return std::ranges::all_of(digits, [](char c) { return c == '0'; });
}

// Two digits at p, or something above 99.
unsigned two_digits(const char* p) {
  auto tens = static_cast<unsigned>(p[0] - '0');
  auto ones = static_cast<unsigned>(p[1] - '0');
  return tens > 9 || ones > 9 ? 1000 : tens * 10 + ones;
}

bool plain_date(const char* p, std::int64_t& days) {
  unsigned century = two_digits(p);
  unsigned year = two_digits(p + 2);
  unsigned month = two_digits(p + 5);
  unsigned day = two_digits(p + 8);
  if (century > 99 || year > 99 || p[4] != '-' || p[7] != '-' || month - 1 > 11) return false;
  std::int64_t full = std::int64_t{century} * 100 + year;
  if (day < 1 || day > static_cast<unsigned>(days_in_month(full, static_cast<int>(month))))
    return false;
  days = days_from_civil(full, static_cast<int>(month), static_cast<int>(day));
  return true;
}

bool lower_equals(std::string_view text, std::string_view word) {
  return text.size() == word.size() && std::ranges::equal(text, word, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
         });
}

}  // namespace

const char* parse_int64(std::string_view text, std::int64_t& value) {
  if (!skip_plus(text)) return kNoWhole;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) return "is past the range of int64";
  if (error != std::errc()) return kNoWhole;
  if (stop == end) return nullptr;
  if (*stop != '.' || !only_zeros({stop + 1, end})) return kNoWhole;
  return nullptr;
}

const char* parse_double(std::string_view text, double& value) {
  if (!skip_plus(text)) return kNoNumber;
  const char* end = text.data() + text.size();
  const char* first = text.data() + (text.starts_with('-') ? 1 : 0);
  if (first == end) return kNoNumber;
  if (!is_digit(*first) && *first != '.') {
    for (std::string_view word : {"nan", "inf", "infinity"})
      if (lower_equals({first, end}, word)) return "is set aside: NaN and infinities are no values";
    return kNoNumber;
  }
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range) return "is out of the range of a double";
  if (error != std::errc() || stop != end) return kNoNumber;
  return nullptr;
}

const char* parse_decimal(std::string_view text, std::uint8_t precision, std::uint8_t scale,
                          Int128& value) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() && fraction.empty()) return kNoDecimal;
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit))
    return kNoDecimal;
  if (fraction.size() > scale) {
    if (!only_zeros(fraction.substr(scale))) return "has more decimals than the declared type";
    fraction = fraction.substr(0, scale);
  }
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.size() + scale > precision) return "has more digits than the declared type";
  Int128 number = 0;
  for (char c : whole) number = number * 10 + (c - '0');
  for (std::size_t i = 0; i < scale; ++i)
    number = number * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  value = negative ? -number : number;
  return nullptr;
}

const char* parse_bool(std::string_view text, bool& value) {
  auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](auto word) { return lower_equals(text, word); });
  };
  value = is_one_of({"true", "t", "yes", "y", "1"});
  if (value || is_one_of({"false", "f", "no", "n", "0"})) return nullptr;
  return "is neither true nor false";
}

const char* parse_date(std::string_view text, std::int32_t& days) {
  std::int64_t wide = 0;
  if (text.size() != 10 || !plain_date(text.data(), wide)) return kNoDate;
  days = static_cast<std::int32_t>(wide);
  return nullptr;
}

bool parse_plain_time(const char* p, std::int64_t& us) {
  std::int64_t days = 0;
  unsigned hour = two_digits(p + 11);
  unsigned minute = two_digits(p + 14);
  unsigned second = two_digits(p + 17);
  if ((p[10] != 'T' && p[10] != ' ') || p[13] != ':' || p[16] != ':') return false;
  if (hour > 23 || minute > 59 || second > 59 || !plain_date(p, days)) return false;
  us = (days * 86'400 + hour * 3'600 + minute * 60 + second) * 1'000'000;
  return true;
}

const char* parse_time(std::string_view text, std::int64_t& us, bool& naive, std::string& reason) {
  auto parsed = parse_timestamp(text);
  if (!parsed) {
    // The message begins with the text itself, which the caller shows in its own way.
    std::string_view message = parsed.error().message();
    std::string prefix = fmt::format("'{}' ", text);
    reason = message.starts_with(prefix) ? message.substr(prefix.size()) : "is no timestamp";
    return reason.c_str();
  }
  us = parsed->t.us;
  naive = !parsed->has_offset;
  return nullptr;
}

const char* check_string(std::string_view text) {
  if (text.contains('\0')) return "holds a NUL byte";
  if (!is_utf8(text)) return "is not UTF-8; convert the file, for example with iconv";
  return nullptr;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string_view head = text.substr(0, kShown);
  bool plain = is_utf8(text);
  while (plain && head.size() < text.size() && !head.empty() &&
         (static_cast<unsigned char>(text[head.size()]) & 0xc0) == 0x80)
    head.remove_suffix(1);  // not within a character
  std::string out = "'";
  for (char c : head) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !plain)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (head.size() < text.size() ? "...'" : "'");
}

}  // namespace lode
