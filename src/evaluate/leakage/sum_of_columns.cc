// Whether the target is put together of a few columns: all rentals, of the casual and the
// registered ones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"

namespace lode {
namespace {

constexpr double kUnexplained = 1e-4;  // of the target's variance, left by those that are found
constexpr std::size_t kMostParts = 5;
constexpr std::size_t kMostSteps = 20;  // columns taken on the way, before those that help are kept
constexpr std::size_t kMostColumns = 100;
constexpr std::size_t kRowsAColumn = 10;
constexpr std::size_t kFitRows = 4000;
constexpr std::size_t kLeastRows = 60;
constexpr double kLeastFilled = 0.98;
constexpr double kLeastPart = 0.1;  // of the target's deviation: what moves it less is a correction
constexpr double kNothingLeft = 1e-10;  // of a column's squares: the columns taken already say it

using Values = std::vector<double>;

double dot(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Numbers of rows, less their mean and with squares that sum to 1; none where all are the same.
struct Scaled {
  Values values;
  double mean = 0;
  double size = 0;
};

Scaled scaled(const Values& values) {
  Scaled out{.values = values};
  double largest = 0;
  for (double v : values) largest = std::max(largest, std::fabs(v));
  if (!(largest > 0)) return out;
  double n = static_cast<double>(values.size());
  for (double v : values) out.mean += v / largest / n;
  out.mean *= largest;
  for (double& v : out.values) v = v / largest - out.mean / largest;
  double size = std::sqrt(dot(out.values, out.values));
  if (!(size > 1e-9 * std::sqrt(n))) return out;  // of values around 1
  for (double& v : out.values) v /= size;
  out.size = size * largest;
  return out;
}

void take_away(Values& from, const Values& direction) {
  double along = dot(from, direction);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] -= along * direction[i];
}

// Least squares of a scaled target on scaled columns, by Gram and Schmidt, twice for accuracy.
struct Fit {
  std::vector<double> coefficient;  // of each column
  double unexplained = 1;
};

Fit fit(const Values& target, const std::vector<Scaled>& columns,
        const std::vector<std::size_t>& taken) {
  std::vector<Values> directions;
  std::vector<std::vector<double>> upper;  // of column k: its parts along the directions before
  Values left = target;
  std::vector<double> along;
  for (std::size_t c : taken) {
    Values direction = columns[c].values;
    for (int pass = 0; pass < 2; ++pass)
      for (const Values& before : directions) take_away(direction, before);
    double size = std::sqrt(dot(direction, direction));
    if (size * size < kNothingLeft) {
      std::ranges::fill(direction, 0.0);
      size = 1;
    }
    for (double& v : direction) v /= size;
    upper.emplace_back();
    for (const Values& before : directions) upper.back().push_back(dot(columns[c].values, before));
    upper.back().push_back(size);
    along.push_back(dot(left, direction));
    take_away(left, direction);
    directions.push_back(std::move(direction));
  }
  Fit out{.coefficient = along, .unexplained = dot(left, left)};
  for (std::size_t k = taken.size(); k-- > 0;) {
    out.coefficient[k] /= upper[k][k];
    for (std::size_t j = 0; j < k; ++j) out.coefficient[j] -= upper[k][j] * out.coefficient[k];
  }
  return out;
}

// Columns that leave nothing unexplained, taken one after another, each the one that explains most
// of what is left; empty if kMostSteps of them do not.
std::vector<std::size_t> explaining(const Values& target, const std::vector<Scaled>& columns) {
  std::vector<Values> rest;
  for (const Scaled& column : columns) rest.push_back(column.values);
  Values left = target;
  std::vector<std::size_t> taken;
  while (dot(left, left) > kUnexplained) {
    std::size_t best = columns.size();
    double most = 0;
    for (std::size_t c = 0; c < rest.size(); ++c) {
      double squares = dot(rest[c], rest[c]);
      if (squares < kNothingLeft) continue;
      double along = dot(rest[c], left);
      if (along * along / squares <= most) continue;
      most = along * along / squares;
      best = c;
    }
    if (best == columns.size() || taken.size() == kMostSteps) return {};
    taken.push_back(best);
    Values direction = rest[best];
    double size = std::sqrt(dot(direction, direction));
    for (double& v : direction) v /= size;
    take_away(left, direction);
    for (Values& one : rest) take_away(one, direction);
  }
  return taken;
}

// Without those that the others do not need.
std::vector<std::size_t> needed(const Values& target, const std::vector<Scaled>& columns,
                                std::vector<std::size_t> taken) {
  for (std::size_t i = taken.size(); i-- > 0;) {
    std::vector<std::size_t> others = taken;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (fit(target, columns, others).unexplained <= kUnexplained) taken = std::move(others);
  }
  std::ranges::sort(taken);
  return taken;
}

struct Numbers {
  std::vector<std::string> names;
  std::vector<Values> columns;  // of the rows below
  Values target;
};

// Columns of numbers that are filled nearly everywhere, over the rows where all of them are.
Numbers numbers_of(const LeakageInput& input, const std::vector<std::int64_t>& rows) {
  Numbers out;
  std::vector<bool> whole(rows.size(), true);
  std::vector<Values> columns;
  for (std::size_t c = 0; c < input.features->columns.size(); ++c) {
    auto values = numbers_of(input.features->columns[c], rows);
    if (!values) continue;
    auto filled = std::ranges::count_if(*values, [](double v) { return std::isfinite(v); });
    if (static_cast<double>(filled) < kLeastFilled * static_cast<double>(rows.size())) continue;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (!std::isfinite((*values)[i])) whole[i] = false;
    out.names.push_back(input.features->schema[c].name);
    columns.push_back(*std::move(values));
  }
  auto keep = [&](const Values& values) {
    Values kept;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (whole[i]) kept.push_back(values[i]);
    return kept;
  };
  Values target;
  for (std::int64_t row : rows) {
    auto at = static_cast<std::size_t>(row);
    target.push_back(input.number.empty() ? static_cast<double>(input.target[at])
                                          : input.number[at]);
  }
  out.target = keep(target);
  for (const Values& column : columns) out.columns.push_back(keep(column));
  return out;
}

// Every other row, at most so many, from the first or the second on.
Values every_other(const Values& values, std::size_t first, std::size_t most) {
  Values out;
  for (std::size_t i = first; i < values.size() && out.size() < most; i += 2)
    out.push_back(values[i]);
  return out;
}

// The columns that say most of the target one by one, as many as the rows allow.
std::vector<std::size_t> candidates(const Scaled& target, const std::vector<Scaled>& columns) {
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (columns[c].size > 0) order.push_back(c);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t c) {
    return std::fabs(dot(columns[c].values, target.values));
  });
  std::size_t most = std::min(kMostColumns, target.values.size() / kRowsAColumn);
  if (order.size() > most) order.resize(most);
  std::ranges::sort(order);
  return order;
}

struct Sum {
  std::vector<std::size_t> columns{};
  std::vector<double> times{};  // what each is multiplied by
  std::vector<double> part{};   // its deviation then, in deviations of the target
  double constant = 0;
  double unexplained = 0;  // on rows that it was not found on
};

// How much of the variance of the rows from the second on the sum leaves.
double unexplained(const Sum& sum, const Numbers& numbers) {
  Values target = every_other(numbers.target, 1, numbers.target.size());
  Scaled around = scaled(target);
  if (around.size == 0) return 1;
  double squares = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    double left = target[i] - sum.constant;
    for (std::size_t k = 0; k < sum.columns.size(); ++k)
      left -= sum.times[k] * numbers.columns[sum.columns[k]][2 * i + 1];
    squares += (left / around.size) * (left / around.size);
  }
  return squares;
}

std::optional<Sum> find_sum(const Numbers& numbers) {
  if (numbers.target.size() < kLeastRows) return std::nullopt;
  Scaled target = scaled(every_other(numbers.target, 0, kFitRows));
  if (target.size == 0) return std::nullopt;
  std::vector<Scaled> all;
  for (const Values& column : numbers.columns)
    all.push_back(scaled(every_other(column, 0, kFitRows)));
  std::vector<std::size_t> which = candidates(target, all);
  std::vector<Scaled> columns;
  for (std::size_t c : which) columns.push_back(all[c]);
  std::vector<std::size_t> taken =
      needed(target.values, columns, explaining(target.values, columns));
  if (taken.empty() || taken.size() > kMostParts) return std::nullopt;
  Fit found = fit(target.values, columns, taken);
  Sum sum{.constant = target.mean};
  for (std::size_t k = 0; k < taken.size(); ++k) {
    const Scaled& column = columns[taken[k]];
    sum.columns.push_back(which[taken[k]]);
    sum.times.push_back(found.coefficient[k] * target.size / column.size);
    sum.part.push_back(std::fabs(found.coefficient[k]));
    sum.constant -= sum.times.back() * column.mean;
  }
  sum.unexplained = unexplained(sum, numbers);
  if (!(sum.unexplained <= kUnexplained)) return std::nullopt;
  if (std::fabs(sum.constant) < 1e-6 * target.size) sum.constant = 0;
  return sum;
}

// "casual + registered", "0.5 * a - 2 * b + 3".
std::string text_of(const Sum& sum, const Numbers& numbers) {
  std::string out;
  for (std::size_t k = 0; k < sum.columns.size(); ++k) {
    double times = sum.times[k];
    if (k > 0 || times < 0) out += times < 0 ? (k > 0 ? " - " : "-") : " + ";
    std::string factor = fmt::format("{:.4g}", std::fabs(times));
    if (factor != "1") out += factor + " * ";
    out += numbers.names[sum.columns[k]];
  }
  if (sum.constant != 0)
    out += fmt::format(" {} {:.4g}", sum.constant < 0 ? '-' : '+', std::fabs(sum.constant));
  return out;
}

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& /*pool*/, const CancelToken& cancel) {
  TRY_VOID(cancel.check());
  LeakFinding finding{.looked = true};
  Numbers numbers = numbers_of(input, rows_to_look_at(input, options));
  std::optional<Sum> sum = find_sum(numbers);
  if (!sum) return finding;
  std::string text = text_of(*sum, numbers);
  for (std::size_t k = 0; k < sum->columns.size(); ++k) {
    if (sum->part[k] < kLeastPart) continue;
    const std::string& name = numbers.names[sum->columns[k]];
    finding.suspects.push_back(
        {.column = name,
         .sentence = fmt::format(
             "'{}' is a part of the target, which is {} over {} rows. Parts of an outcome are "
             "known with it and not before; leave them out unless they are known before the "
             "decision.",
             name, text, numbers.target.size()),
         .figures = {{.name = "R2 of " + text + ", held out", .value = 1 - sum->unexplained},
                     {.name = "coefficient", .value = sum->times[k]}},
         .leave_out = true});
  }
  return finding;
}

constexpr LeakDetector kDetector = {"sum_of_columns", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "a target that is the sum of a few columns, each times a number",
    .description =
        "Suspects up to five columns of numbers whose sum, each times a number of its own and with "
        "a constant, is the target to 0.9999 of its variance. Columns are taken one after another, "
        "each the one that explains most of what is left (orthogonal matching pursuit, Pati, "
        "Rezaiifar and Krishnaprasad, 1993), those that are not needed left out again, and the sum "
        "held against the other half of the rows. A column that moves the sum by less than a tenth "
        "of the target's deviation is part of it and not accused. No chance makes such a fit of "
        "more than ten "
        "times as many rows as columns, so there is no test.\n"
        "Cannot see: products, ratios, differences of times in units that change; columns that "
        "are missing in more than 2 % of the rows; more than the 100 columns, and than a tenth of "
        "the rows, that say most of the target one by one; texts and lists.\n"
        "Cost: at most 20 passes over 4,000 rows of 100 columns; 16 bytes a value looked at.",
    .example = "sum_of_columns",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
