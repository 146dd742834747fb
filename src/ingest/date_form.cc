#include "ingest/date_form.h"

#include <algorithm>

#include "base/time.h"

namespace lode {
namespace {

// What a text is not, by form: the reasons must outlive the call.
constexpr std::array<const char*, 7> kNoDate = {
    "is no date",
    "is no date of the form m/d/y, such as 1/29/2001 or 1/29/01",
    "is no date of the form d/m/y, such as 29/1/2001 or 29/1/01",
    "is no date of the form y/m/d, such as 2001/1/29",
    "is no date of the form d.m.y, such as 29.1.2001 or 29.1.01",
    "is no date of the form d-m-y, such as 29-1-2001 or 29-1-01",
    "is no date of the form m-d-y, such as 1-29-2001 or 1-29-01"};
constexpr const char* kNoTimeOfDay =
    "has no time of day such as 7:05, 07:05:30 or 7:05 PM behind its date";

// Moves over a text; what it takes is whole or nothing.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // As many digits as stand here; false unless they are of a wanted number.
  bool digits(std::size_t least, std::size_t most, int& value, std::size_t& size) {
    value = 0;
    size = 0;
    for (; size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9'; ++size) {
      if (size == most) return false;
      value = value * 10 + (rest_[size] - '0');
    }
    rest_.remove_prefix(size);
    return size >= least;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct Order {
  char between;
  std::string_view parts;  // of d, m and y
};

Order order_of(DateForm form) {
  std::string_view name = name_of(form);
  static constexpr std::array<std::string_view, 3> kOrders = {"mdy", "dmy", "ymd"};
  for (std::string_view parts : kOrders)
    if (name[0] == parts[0] && name[2] == parts[1]) return {name[1], parts};
  return {'-', "ymd"};
}

bool take_date(const Order& order, Cursor& in, std::int64_t& days) {
  int year = 0;
  int month = 0;
  int day = 0;
  for (std::size_t i = 0; i < order.parts.size(); ++i) {
    if (i > 0 && !in.take(order.between)) return false;
    std::size_t size = 0;
    switch (order.parts[i]) {
      case 'y':
        if (!in.digits(i == 0 ? 4 : 2, 4, year, size) || size == 3) return false;
        if (size == 2) year += year < 69 ? 2000 : 1900;
        break;
      case 'm':
        if (!in.digits(1, 2, month, size)) return false;
        break;
      default:
        if (!in.digits(1, 2, day, size)) return false;
    }
  }
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
  days = days_from_civil(year, month, day);
  return true;
}

// :ss and a fraction, if they are there.
bool take_seconds(Cursor& in, std::int64_t& us) {
  int second = 0;
  std::size_t size = 0;
  if (!in.take(':')) return true;
  if (!in.digits(2, 2, second, size) || second > 59) return false;
  us += std::int64_t{second} * 1'000'000;
  if (!in.take('.')) return true;
  int fraction = 0;
  if (!in.digits(1, 6, fraction, size)) return false;
  for (; size < 6; ++size) fraction *= 10;
  us += fraction;
  return true;
}

bool take_time_of_day(Cursor& in, std::int64_t& us) {
  int hour = 0;
  int minute = 0;
  std::size_t size = 0;
  if (!in.digits(1, 2, hour, size) || !in.take(':') || !in.digits(2, 2, minute, size)) return false;
  if (minute > 59 || !take_seconds(in, us)) return false;
  if (in.take(' ')) {
    bool morning = in.rest() == "AM" || in.rest() == "am";
    if (!morning && in.rest() != "PM" && in.rest() != "pm") return false;
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (morning ? 0 : 12);
  } else if (!in.at_end() || hour > 23) {
    return false;
  }
  us += (std::int64_t{hour} * 60 + minute) * 60'000'000;
  return true;
}

}  // namespace

std::string_view name_of(DateForm form) { return kDateForms[static_cast<std::size_t>(form)]; }

std::optional<DateForm> other_way_round(DateForm form) {
  switch (form) {
    case DateForm::kMonthDayYear:
      return DateForm::kDayMonthYear;
    case DateForm::kDayMonthYear:
      return DateForm::kMonthDayYear;
    case DateForm::kDayMonthDash:
      return DateForm::kMonthDayDash;
    case DateForm::kMonthDayDash:
      return DateForm::kDayMonthDash;
    default:
      return std::nullopt;
  }
}

std::optional<DateForm> find_date_form(std::string_view name) {
  auto found = std::ranges::find(kDateForms, name);
  if (found == kDateForms.end()) return std::nullopt;
  return static_cast<DateForm>(found - kDateForms.begin());
}

const char* parse_formed_date(DateForm form, std::string_view text, std::int32_t& days) {
  Cursor in(text);
  std::int64_t wide = 0;
  if (!take_date(order_of(form), in, wide) || !in.at_end())
    return kNoDate[static_cast<std::size_t>(form)];
  days = static_cast<std::int32_t>(wide);
  return nullptr;
}

const char* parse_formed_time(DateForm form, std::string_view text, std::int64_t& us) {
  Cursor in(text);
  std::int64_t days = 0;
  if (!take_date(order_of(form), in, days)) return kNoDate[static_cast<std::size_t>(form)];
  std::int64_t of_day = 0;
  if (!in.at_end() && (!in.take(' ') || !take_time_of_day(in, of_day))) return kNoTimeOfDay;
  us = days * 86'400'000'000 + of_day;
  return nullptr;
}

}  // namespace lode
