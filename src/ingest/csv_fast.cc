#include "ingest/csv_fast.h"

#include <emmintrin.h>

#include <array>
#include <charconv>
#include <cstring>

#include "ingest/text_value.h"

namespace lode {
namespace {

// 10^0 .. 10^22 are doubles, so one division of a mantissa below 2^53 rounds correctly (Clinger
// 1990).
constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

unsigned digit(char c) { return static_cast<unsigned>(static_cast<unsigned char>(c)) - '0'; }

std::uint64_t load8(const char* p) {
  std::uint64_t word = 0;
  std::memcpy(&word, p, 8);
  return word;
}

bool eight_digits(std::uint64_t word) {
  return ((word & 0xf0f0f0f0f0f0f0f0U) |
          (((word + 0x0606060606060606U) & 0xf0f0f0f0f0f0f0f0U) >> 4)) == 0x3333333333333333U;
}

// The number of eight digits, first byte most significant: pairs, then fours, then eight.
std::uint64_t eight_digit_value(std::uint64_t word) {
  word = (word & 0x0f0f0f0f0f0f0f0fU) * 2561 >> 8;
  word = (word & 0x00ff00ff00ff00ffU) * 6553601 >> 16;
  return (word & 0x0000ffff0000ffffU) * 42949672960001U >> 32;
}

// Digits at p into `value`; returns their end. Right for up to 19 digits.
const char* read_digits(const char* p, std::uint64_t& value) {
  const char* begin = p;
  while (p - begin <= 16) {
    std::uint64_t word = load8(p);
    if (!eight_digits(word)) break;
    value = value * 100'000'000 + eight_digit_value(word);
    p += 8;
  }
  for (; digit(*p) <= 9; ++p) value = value * 10 + digit(*p);
  return p;
}

}  // namespace

CsvFastRow::CsvFastRow(const CsvDialect& dialect, const std::vector<int>& targets,
                       std::vector<CsvColumn>& columns)
    : dialect_(dialect),
      columns_(columns),
      quote_(dialect.quote == '\0' ? '\n' : dialect.quote),
      empty_is_null_(dialect.is_null("")),
      null_words_(false) {
  for (const std::string& null : dialect.nulls) null_words_ |= !null.empty();
  // Such a delimiter ends a field in the middle of a time; times of another form look otherwise.
  bool odd_times =
      dialect.delimiter == ' ' || dialect.delimiter == ':' || dialect.dates != DateForm::kIso;
  for (int target : targets) {
    Kind kind = Kind::kSkip;
    if (target >= 0) {
      switch (columns[static_cast<std::size_t>(target)].type().id) {
        case TypeId::kInt64:
          kind = Kind::kInt64;
          break;
        case TypeId::kDouble:
          kind = Kind::kDouble;
          break;
        case TypeId::kTimestamp:
          kind = odd_times ? Kind::kOther : Kind::kTime;
          break;
        case TypeId::kString:
          kind = Kind::kString;
          break;
        default:
          kind = Kind::kOther;
      }
    }
    steps_.push_back({kind, target});
  }
}

const char* CsvFastRow::read(const char* p, const char* end, std::int64_t row) {
  const char delimiter = dialect_.delimiter;
  const std::size_t last = steps_.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    p = field(steps_[i], p, end, row);
    if (p == nullptr || *p != delimiter) return nullptr;
    ++p;
  }
  p = field(steps_[last], p, end, row);
  if (p == nullptr) return nullptr;
  if (*p == '\r') ++p;
  return *p == '\n' && p < end ? p + 1 : nullptr;
}

const char* CsvFastRow::field(const Step& step, const char* p, const char* end, std::int64_t row) {
  if (dialect_.trim)
    while ((*p == ' ' || *p == '\t') && *p != dialect_.delimiter) ++p;
  if (step.kind == Kind::kSkip) return skip(p);
  CsvColumn& column = columns_[static_cast<std::size_t>(step.column)];
  if (*p == dialect_.delimiter || *p == '\n' || *p == '\r' || null_words_) {
    if (const char* stop = null_field(step, p, row)) return stop;
  }
  switch (step.kind) {
    case Kind::kInt64:
      return whole(column, p, row);
    case Kind::kDouble:
      return real(column, p, end, row);
    case Kind::kTime:
      return time(column, p, row);
    case Kind::kString:
      return *p == quote_ ? quoted(column, p, row) : text(column, p, row);
    default:
      return other(column, p, row);
  }
}

// The end of the field if it is a null, else nullptr.
const char* CsvFastRow::null_field(const Step& step, const char* p, std::int64_t row) {
  bool odd = false;
  const char* stop = plain_end(p, odd);
  std::string_view content = trimmed(p, stop);
  if (*stop == quote_ && quote_ != '\n') return nullptr;
  if (content.empty() ? !empty_is_null_ : !dialect_.is_null(content)) return nullptr;
  columns_[static_cast<std::size_t>(step.column)].set_null(row);
  return stop;
}

const char* CsvFastRow::whole(CsvColumn& column, const char* p, std::int64_t row) {
  bool negative = *p == '-';
  const char* begin = p + (negative ? 1 : 0);
  std::uint64_t value = 0;
  const char* stop = read_digits(begin, value);
  if (stop == begin || stop - begin > 18) return nullptr;
  auto number = static_cast<std::int64_t>(value);
  column.set(row, negative ? -number : number);
  return stop;
}

const char* CsvFastRow::real(CsvColumn& column, const char* p, const char* end, std::int64_t row) {
  bool negative = *p == '-';
  const char* begin = p + (negative ? 1 : 0);
  std::uint64_t mantissa = 0;
  const char* stop = read_digits(begin, mantissa);
  if (stop == begin) return nullptr;
  std::int64_t digits = stop - begin;
  std::int64_t decimals = 0;
  if (*stop == '.') {
    const char* fraction = stop + 1;
    stop = read_digits(fraction, mantissa);
    decimals = stop - fraction;
    digits += decimals;
  }
  double value = 0;
  if (digits <= 18 && mantissa < (std::uint64_t{1} << 53) && (*stop | 0x20) != 'e') {
    value = static_cast<double>(mantissa) / kPowers[static_cast<std::size_t>(decimals)];
    if (negative) value = -value;
  } else {
    auto [stopped, error] = std::from_chars(p, end, value);
    if (error != std::errc()) return nullptr;
    stop = stopped;
  }
  column.set(row, value);
  return stop;
}

const char* CsvFastRow::time(CsvColumn& column, const char* p, std::int64_t row) {
  // Which clock the column has is decided, and told from the other, without hurry.
  std::int64_t us = 0;
  constexpr int kLength = 19;
  if (column.clock() == CsvColumn::Clock::kUnknown || !parse_plain_time(p, us)) return nullptr;
  bool instant = p[kLength] == 'Z';
  if (instant != (column.clock() == CsvColumn::Clock::kInstant)) return nullptr;
  column.set(row, us);
  return p + kLength + (instant ? 1 : 0);
}

// The first delimiter, line feed or quote. `odd`: a byte before it is NUL or no ASCII.
const char* CsvFastRow::plain_end(const char* p, bool& odd) const {
  const __m128i delimiters = _mm_set1_epi8(dialect_.delimiter);
  const __m128i quotes = _mm_set1_epi8(quote_);
  const __m128i feeds = _mm_set1_epi8('\n');
  for (;; p += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    __m128i stops =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters),
                     _mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, feeds)));
    auto stop = static_cast<unsigned>(_mm_movemask_epi8(stops));
    auto odds = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()))));
    if (stop != 0) {
      int at = __builtin_ctz(stop);
      odd |= (odds & ((1U << at) - 1)) != 0;
      return p + at;
    }
    odd |= odds != 0;
  }
}

// A field without its CR, if a line ends behind it, and without blanks if they do not count.
std::string_view CsvFastRow::trimmed(const char* begin, const char* stop) const {
  const char* last = stop;
  if (*stop == '\n' && last > begin && last[-1] == '\r') --last;
  if (dialect_.trim)
    while (last > begin && (last[-1] == ' ' || last[-1] == '\t')) --last;
  return {begin, last};
}

const char* CsvFastRow::text(CsvColumn& column, const char* p, std::int64_t row) {
  bool odd = false;
  const char* stop = plain_end(p, odd);
  if (*stop == quote_ && quote_ != '\n') return nullptr;
  std::string_view content = trimmed(p, stop);
  if (odd && check_string(content) != nullptr) return nullptr;
  column.set_text_padded(row, content.data(), content.size());
  return stop;
}

const char* CsvFastRow::quoted(CsvColumn& column, const char* p, std::int64_t row) {
  if (quote_ == '\n' || dialect_.trim || dialect_.quoted_nulls) return nullptr;
  ++p;
  bool odd = false;
  const char* stop = plain_end(p, odd);
  while (*stop == dialect_.delimiter) stop = plain_end(stop + 1, odd);
  if (*stop != quote_) return nullptr;  // a line feed within
  char next = stop[1];
  if (next != dialect_.delimiter && next != '\n' && next != '\r') return nullptr;
  std::string_view content(p, stop);
  if (odd && check_string(content) != nullptr) return nullptr;
  column.set_text_padded(row, content.data(), content.size());
  return stop + 1;
}

const char* CsvFastRow::other(CsvColumn& column, const char* p, std::int64_t row) {
  bool odd = false;
  const char* stop = plain_end(p, odd);
  if (*stop == quote_ && quote_ != '\n') return nullptr;
  return column.set_parsed(row, trimmed(p, stop)) == nullptr ? stop : nullptr;
}

const char* CsvFastRow::skip(const char* p) const {
  bool odd = false;
  const char* stop = plain_end(p, odd);
  return *stop == quote_ && quote_ != '\n' ? nullptr : stop;
}

}  // namespace lode
