// Constants and their texts, both ways: what literals, casts from strings and casts to strings
// share.
#include <array>
#include <charconv>
#include <cmath>

#include "base/time.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

// Blanks that DuckDB's casts skip around a number or a date.
std::string_view without_blanks(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> not_a(std::string_view text, std::string_view what) {
  return fail(Code::kInvalid, "'{}' is not {}", text.substr(0, 60), what);
}

constexpr std::array<Int128, 39> make_powers() {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<Int128, 39> kPowers = make_powers();

// A number's digits: value = digits * 10^-scale, rounded half away from zero to `scale` digits.
// False if it is not a number; `overflow` if it is one past 38 digits.
struct Digits {
  Int128 value = 0;
  bool overflow = false;

  bool parse(std::string_view text, int scale) {
    text = without_blanks(text);
    bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    std::size_t e = text.find_first_of("eE");
    std::string_view mantissa = text.substr(0, e);
    int exponent = 0;
    if (e != std::string_view::npos) {
      std::string_view rest = text.substr(e + 1);
      if (!rest.empty() && rest[0] == '+') rest.remove_prefix(1);
      auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
      if (bad != std::errc() || end != rest.data() + rest.size() || std::abs(exponent) > 1000)
        return false;
    }
    std::size_t point = mantissa.find('.');
    std::size_t whole = std::min(point, mantissa.size());
    std::size_t count = 0;
    // The digit at place p (10^p) counts if p >= -scale; the next one decides the rounding.
    std::int64_t place = static_cast<std::int64_t>(whole) - 1 + exponent;
    for (std::size_t i = 0; i < mantissa.size(); ++i) {
      if (i == point) continue;
      if (mantissa[i] < '0' || mantissa[i] > '9') return false;
      ++count;
      add(mantissa[i] - '0', place--, scale);
    }
    if (count == 0) return false;
    for (; place >= -scale && value != 0 && !overflow; --place) add(0, place, scale);
    if (negative) value = -value;
    return true;
  }

 private:
  void add(int digit, std::int64_t place, int scale) {
    if (place >= -scale) {
      if (value > (kPowers[38] - 1) / 10) {
        overflow = true;
        return;
      }
      value = value * 10 + digit;
    } else if (place == -scale - 1 && digit >= 5) {
      ++value;
    }
  }
};

// Whether the first digit that is not 0 stands behind the point, once the exponent has moved it.
bool below_one(std::string_view number) {
  std::size_t e = std::min(number.find_first_of("eE"), number.size());
  std::string_view mantissa = number.substr(0, e);
  std::size_t first = mantissa.find_first_of("123456789");
  std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  std::int64_t exponent = 0;
  if (e < number.size()) {
    std::string_view rest = number.substr(e + 1);
    if (rest.starts_with('+')) rest.remove_prefix(1);
    auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), exponent);
    if (bad != std::errc()) return rest.starts_with('-');
  }
  return static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) + exponent <= 0;
}

}  // namespace

Int128 power_of_ten(int exponent) { return kPowers[static_cast<std::size_t>(exponent)]; }

std::string decimal_text(Int128 value, int scale) {
  bool negative = value < 0;
  auto rest =
      negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  std::string reversed;
  for (int i = 0; rest != 0 || i <= scale; ++i) {
    if (i == scale && scale > 0) reversed += '.';
    reversed += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (negative) reversed += '-';
  return {reversed.rbegin(), reversed.rend()};
}

std::string date_text(std::int64_t days) {
  Civil civil = civil_from_days(days);
  if (civil.year <= 0)
    return fmt::format("{:04}-{:02}-{:02} (BC)", 1 - civil.year, civil.month, civil.day);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::string timestamp_text(std::int64_t us) {
  Civil civil = civil_from_micros(us);
  std::string out = date_text(days_from_civil(civil.year, civil.month, civil.day));
  out += fmt::format(" {:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second);
  if (civil.micro != 0) {
    out += fmt::format(".{:06}", civil.micro);
    while (out.back() == '0') out.pop_back();
  }
  return out;
}

std::string double_text(double value) {
  std::string out = fmt::format("{}", value);
  bool whole = out.find_first_not_of("-0123456789") == std::string::npos;
  return whole ? out + ".0" : (out == "-nan" ? "nan" : out);
}

Result<Int128> parse_decimal(std::string_view text, int precision, int scale) {
  Digits digits;
  if (!digits.parse(text, scale)) return not_a(text, "a number");
  Int128 limit = kPowers[static_cast<std::size_t>(precision)];
  if (digits.overflow || digits.value >= limit || digits.value <= -limit)
    return fail(Code::kInvalid, "'{}' does not fit decimal({},{})", text.substr(0, 60), precision,
                scale);
  return digits.value;
}

Result<std::int64_t> parse_integer(std::string_view text) {
  Digits digits;
  if (!digits.parse(text, 0)) return not_a(text, "a whole number");
  auto narrow = static_cast<std::int64_t>(digits.value);
  if (digits.overflow || narrow != digits.value)
    return fail(Code::kInvalid, "'{}' does not fit int64", text.substr(0, 60));
  return narrow;
}

Result<double> parse_double(std::string_view text) {
  std::string_view trimmed = without_blanks(text);
  if (trimmed.starts_with('+')) {
    trimmed.remove_prefix(1);
    if (trimmed.starts_with('-')) return not_a(text, "a number");
  }
  double value = 0;
  auto [end, bad] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
  bool complete = end == trimmed.data() + trimmed.size();
  if (bad == std::errc::result_out_of_range && complete) {
    // Too large for a double is infinite, too small is zero, as in SQL; from_chars does not say
    // which.
    value = below_one(trimmed) ? 0.0 : HUGE_VAL;
    return trimmed[0] == '-' ? -value : value;
  }
  bool named_with_payload = trimmed.find('(') != std::string_view::npos;
  if (bad != std::errc() || !complete || named_with_payload || text.empty())
    return not_a(text, "a number");
  return value;
}

Result<bool> parse_bool(std::string_view text) {
  std::string word = lower_ascii(text);
  if (word == "true" || word == "t" || word == "yes" || word == "y" || word == "1") return true;
  if (word == "false" || word == "f" || word == "no" || word == "n" || word == "0") return false;
  return not_a(text, "true or false");
}

Result<std::int64_t> parse_date_days(std::string_view text) {
  TRY(std::int64_t us, parse_timestamp_us(text));
  return day_number({us});
}

Result<std::int64_t> parse_timestamp_us(std::string_view text) {
  auto parsed = parse_timestamp(without_blanks(text));
  if (!parsed) return fail(parsed.error());
  return parsed->t.us;
}

std::optional<Type> type_named(std::string_view name) {
  struct Row {
    std::string_view name;
    TypeId id;
  };
  static constexpr std::array<Row, 23> kNames = {{
      {"bool", TypeId::kBool},           {"boolean", TypeId::kBool},
      {"logical", TypeId::kBool},        {"int64", TypeId::kInt64},
      {"bigint", TypeId::kInt64},        {"int8", TypeId::kInt64},
      {"long", TypeId::kInt64},          {"int", TypeId::kInt64},
      {"integer", TypeId::kInt64},       {"double", TypeId::kDouble},
      {"float8", TypeId::kDouble},       {"string", TypeId::kString},
      {"varchar", TypeId::kString},      {"text", TypeId::kString},
      {"char", TypeId::kString},         {"bytes", TypeId::kBytes},
      {"blob", TypeId::kBytes},          {"bytea", TypeId::kBytes},
      {"binary", TypeId::kBytes},        {"date", TypeId::kDate},
      {"timestamp", TypeId::kTimestamp}, {"datetime", TypeId::kTimestamp},
      {"varbinary", TypeId::kBytes},
  }};
  for (const Row& row : kNames)
    if (row.name == name) return Type{row.id};
  return std::nullopt;
}

}  // namespace lode
