// sqrt, exp, logarithms, powers and questions about doubles. Results do not depend on the machine's
// C library: see base/math.h.
#include <bit>
#include <cmath>

#include "base/math.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"

namespace lode {
namespace {

using Byte = std::uint8_t;

// x = m * 2^e with m in [sqrt(1/2), sqrt(2)), for x finite and positive.
double split(double x, int& e) {
  double m = std::frexp(x, &e);
  if (m < 0.70710678118654752) {
    m *= 2;
    --e;
  }
  return m;
}

// Logarithm to another base: e * log_b(2) in two parts (the first with few enough bits that the
// product is exact) and log(m) / log(b), so that powers of the base come out whole.
double scaled_log(double x, double high, double low, double inverse, double inverse_low) {
  if (!std::isfinite(x)) return x;
  int e = 0;
  double m = split(x, e);
  double l = portable_log(m);
  // l * inverse with its rounding error: split l so that the main product is exact.
  double l_high = std::bit_cast<double>(std::bit_cast<std::uint64_t>(l) & 0xffffffff00000000ULL);
  double i_high =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(inverse) & 0xffffffff00000000ULL);
  double main = l_high * i_high;
  double rest = l_high * (inverse - i_high + inverse_low) + (l - l_high) * inverse;
  double k = e;
  double sum = k * high + main;
  double error = (k * high - sum) + main;  // exact: the first is 0 or the larger
  return sum + (error + (rest + k * low));
}

double log_10(double x) {
  return scaled_log(x, 0x1.34413509f4p-2, 0x1.cff7988f8959bp-41, 0x1.bcb7b1526e50ep-2,
                    0x1.95355baaafad3p-57);
}
double log_2(double x) { return scaled_log(x, 1, 0, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56); }

template <auto log>
bool positive_log(double x, double& out) {
  if (x <= 0) return false;
  out = log(x);
  return true;
}

bool square_root(double x, double& out) {
  if (x < 0) return false;
  out = std::sqrt(x);
  return true;
}

constexpr Overload kSqrt[] = {{"d", 'd', map_or_fail<double(double), square_root>}};
constexpr Overload kExp[] = {
    {"d", 'd', map<double(double), [](double x) { return portable_exp(x); }>}};
constexpr Overload kLn[] = {{"d", 'd', map_or_fail<double(double), positive_log<portable_log>>}};
constexpr Overload kLog10[] = {{"d", 'd', map_or_fail<double(double), positive_log<log_10>>}};
constexpr Overload kLog2[] = {{"d", 'd', map_or_fail<double(double), positive_log<log_2>>}};
constexpr Overload kLog1p[] = {{"d", 'd', map_or_fail<double(double), [](double x, double& out) {
                                  if (x <= -1) return false;
                                  out = portable_log1p(x);
                                  return true;
                                }>}};
constexpr Overload kPower[] = {
    {"dd", 'd',
     map<double(double, double), [](double x, double y) { return portable_pow(x, y); }>}};
constexpr Overload kIsNan[] = {{"d", 'b', map<Byte(double), [](double x) { return x != x; }>}};
constexpr Overload kIsInf[] = {
    {"d", 'b', map<Byte(double), [](double x) { return x == HUGE_VAL || x == -HUGE_VAL; }>}};
constexpr Overload kIsFinite[] = {
    {"d", 'b', map<Byte(double), [](double x) { return x - x == 0; }>}};

constexpr std::string_view kGroup = "Numbers";
constexpr std::string_view kUlp =
    "Within 1 unit in the last place; the same bytes on every machine.";
constexpr std::string_view kLogFails = "has no logarithm: it is not positive";

constexpr Function kSqrtFunction = {.group = kGroup,
                                    .signature = "sqrt(x)",
                                    .overloads = kSqrt,
                                    .fails = "has no real square root"};
constexpr Component kSqrtComponent =
    function_component("sqrt", "Square root, correctly rounded. Below 0 is an error.",
                       "sqrt(distance)", kSqrtFunction);
const Registration sqrt_registration(kSqrtComponent);

constexpr Function kExpFunction = {
    .group = kGroup, .signature = "exp(x)", .overloads = kExp, .difference = kUlp};
constexpr Component kExpComponent = function_component(
    "exp", "e to the power x; infinite beyond 709.78.", "exp(-delay / 60)", kExpFunction);
const Registration exp_registration(kExpComponent);

constexpr Function kLnFunction = {.group = kGroup,
                                  .signature = "ln(x)",
                                  .overloads = kLn,
                                  .fails = kLogFails,
                                  .difference = kUlp};
constexpr Component kLnComponent =
    function_component("ln", "Natural logarithm. Of 0 and below is an error.",
                       "ln((late + 1) / (n - late + 4))", kLnFunction);
const Registration ln_registration(kLnComponent);

constexpr Function kLog10Function = {.group = kGroup,
                                     .signature = "log10(x)",
                                     .overloads = kLog10,
                                     .fails = kLogFails,
                                     .difference = kUlp};
constexpr Component kLog10Component = function_component(
    "log10", "Logarithm to base 10; whole for powers of 10. Of 0 and below is an error.",
    "log10(amount)", kLog10Function);
const Registration log10_registration(kLog10Component);
constexpr Component kLogComponent = function_component(
    "log", "The same as log10, as in DuckDB and PostgreSQL.", "log(amount)", kLog10Function);
const Registration log_registration(kLogComponent);

constexpr Function kLog2Function = {.group = kGroup,
                                    .signature = "log2(x)",
                                    .overloads = kLog2,
                                    .fails = kLogFails,
                                    .difference = kUlp};
constexpr Component kLog2Component = function_component(
    "log2", "Logarithm to base 2; whole for powers of 2. Of 0 and below is an error.", "log2(size)",
    kLog2Function);
const Registration log2_registration(kLog2Component);

constexpr Function kLog1pFunction = {.group = kGroup,
                                     .signature = "log1p(x)",
                                     .overloads = kLog1p,
                                     .fails = "is not above -1: 1 + x has no logarithm",
                                     .difference = "DuckDB has no log1p."};
constexpr Component kLog1pComponent =
    function_component("log1p", "ln(1 + x) without losing small x. Of -1 and below is an error.",
                       "log1p(amount)", kLog1pFunction);
const Registration log1p_registration(kLog1pComponent);

constexpr Function kPowerFunction = {
    .group = kGroup, .signature = "power(x, y)", .overloads = kPower, .difference = kUlp};
constexpr Component kPowerComponent = function_component(
    "power", "x to the power y, a double; NaN for a negative x with a fraction in y.",
    "power(speed, 2)", kPowerFunction);
const Registration power_registration(kPowerComponent);
constexpr Component kPowComponent =
    function_component("pow", "The same as power.", "pow(speed, 2)", kPowerFunction);
const Registration pow_registration(kPowComponent);

constexpr Function kIsNanFunction = {.group = kGroup, .signature = "isnan(x)", .overloads = kIsNan};
constexpr Component kIsNanComponent = function_component(
    "isnan", "Whether a double is not a number.", "isnan(ratio)", kIsNanFunction);
const Registration isnan_registration(kIsNanComponent);

constexpr Function kIsInfFunction = {.group = kGroup, .signature = "isinf(x)", .overloads = kIsInf};
constexpr Component kIsInfComponent =
    function_component("isinf", "Whether a double is infinite.", "isinf(ratio)", kIsInfFunction);
const Registration isinf_registration(kIsInfComponent);

constexpr Function kIsFiniteFunction = {
    .group = kGroup, .signature = "isfinite(x)", .overloads = kIsFinite};
constexpr Component kIsFiniteComponent =
    function_component("isfinite", "Whether a double is neither infinite nor NaN.",
                       "isfinite(ratio)", kIsFiniteFunction);
const Registration isfinite_registration(kIsFiniteComponent);

}  // namespace
}  // namespace lode
