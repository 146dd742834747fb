#include "mine/linear/terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace lode {
namespace {

constexpr std::int64_t kLeastRowsPerLane = 4096;
constexpr std::size_t kMostLanes = 64;
constexpr std::size_t kMostNumbersInLanes = std::size_t{1} << 25;

struct Range {
  double least = std::numeric_limits<double>::infinity();
  double most = -std::numeric_limits<double>::infinity();

  void take(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  void join(const Range& other) {
    least = std::min(least, other.least);
    most = std::max(most, other.most);
  }
};

// What one lane of rows knows of all columns. Numbers that are summed lie in one array: weight,
// weighted label, one a numeric column, two (weight, weighted label) a level.
struct ColumnSums {
  std::vector<double> sums;
  std::vector<Range> range;
  Range label;
};

struct Columns {
  ColumnSums total;
  std::vector<std::size_t> level_begin;  // index into sums of each category's first level
};

Result<Columns> sum_columns(const LabelledMatrix& data, ThreadPool& pool,
                            const CancelToken& cancel) {
  const DesignSchema& schema = *data.features.schema;
  Columns columns;
  std::size_t width = 2 + schema.numeric.size();
  for (const CategoryColumn& column : schema.categories) {
    columns.level_begin.push_back(width);
    width += 2 * column.levels.size();
  }
  Lanes lanes = Lanes::of(data.features.rows, width);
  std::vector<ColumnSums> parts(lanes.count);
  TRY_VOID(parallel_for(
      pool, lanes.count,
      [&](std::size_t lane) {
        ColumnSums& part = parts[lane];
        part.sums.resize(width);
        part.range.resize(schema.numeric.size());
        for (std::int64_t i = lanes.begin(lane); i < lanes.end(lane); ++i) {
          double weight = data.weight_of(i);
          if (weight == 0) continue;
          double label = weight * data.label[static_cast<std::size_t>(i)];
          part.sums[0] += weight;
          part.sums[1] += label;
          part.label.take(data.label[static_cast<std::size_t>(i)]);
          std::span<const double> values = data.features.values_of(i);
          for (std::size_t j = 0; j < values.size(); ++j) {
            part.sums[2 + j] += weight * values[j];
            part.range[j].take(values[j]);
          }
          std::span<const std::int32_t> codes = data.features.codes_of(i);
          for (std::size_t c = 0; c < codes.size(); ++c) {
            std::size_t at = columns.level_begin[c] + 2 * static_cast<std::size_t>(codes[c]);
            part.sums[at] += weight;
            part.sums[at + 1] += label;
          }
        }
      },
      cancel));
  std::vector<std::span<double>> sums;
  for (ColumnSums& part : parts) sums.emplace_back(part.sums);
  join_lanes(sums);
  for (const ColumnSums& part : parts) {
    for (std::size_t j = 0; j < part.range.size(); ++j) parts[0].range[j].join(part.range[j]);
    parts[0].label.join(part.label);
  }
  columns.total = std::move(parts[0]);
  return columns;
}

// Weighted sums of squared distances from the means, one a term, then that of the labels.
Result<std::vector<double>> sum_squares(const LabelledMatrix& data,
                                        std::span<const NumericTerm> terms, double label_mean,
                                        ThreadPool& pool, const CancelToken& cancel) {
  Lanes lanes = Lanes::of(data.features.rows, terms.size());
  std::vector<std::vector<double>> parts(lanes.count);
  TRY_VOID(parallel_for(
      pool, lanes.count,
      [&](std::size_t lane) {
        parts[lane].resize(terms.size() + 1);
        for (std::int64_t i = lanes.begin(lane); i < lanes.end(lane); ++i) {
          double weight = data.weight_of(i);
          std::span<const double> values = data.features.values_of(i);
          for (std::size_t j = 0; j < terms.size(); ++j) {
            double distance = values[terms[j].column] - terms[j].mean;
            parts[lane][j] += weight * (distance * distance);
          }
          double distance = data.label[static_cast<std::size_t>(i)] - label_mean;
          parts[lane][terms.size()] += weight * (distance * distance);
        }
      },
      cancel));
  join_lanes(std::vector<std::span<double>>(parts.begin(), parts.end()));
  return std::move(parts[0]);
}

// Unpenalised, the coefficient of a level whose rows all agree has no optimum: it grows for ever.
Status check_levels_mixed(const CategoryColumn& column, std::span<const double> sums) {
  std::string pure;
  std::size_t count = 0;
  for (std::size_t level = 0; level < column.levels.size(); ++level) {
    double weight = sums[2 * level];
    double positive = sums[2 * level + 1];
    if (weight == 0 || (positive > 0 && positive < weight)) continue;
    ++count;
    if (count <= 5) pure += fmt::format("{}{}", pure.empty() ? "" : ", ", column.levels[level]);
  }
  if (count == 0) return {};
  return fail(Code::kInvalid,
              "column '{}': all rows of {} level{} ({}{}) have the same label, so that without a "
              "penalty the coefficient grows for ever; merge rare levels or set the option l2",
              column.name, count, count == 1 ? "" : "s", pure, count > 5 ? ", ..." : "");
}

CategoryTerm level_parameters(std::size_t column, std::span<const double> sums, double weight,
                              bool full_levels, std::size_t& parameters) {
  CategoryTerm term;
  term.column = column;
  std::size_t levels = sums.size() / 2;
  std::size_t reference = 0;
  for (std::size_t level = 1; level < levels; ++level)
    if (sums[2 * level] > sums[2 * reference]) reference = level;
  for (std::size_t level = 0; level < levels; ++level) {
    term.share.push_back(sums[2 * level] / weight);
    if (sums[2 * level] == 0) {
      term.parameter.push_back(kUnseenLevel);
    } else if (!full_levels && level == reference) {
      term.parameter.push_back(kReferenceLevel);
    } else {
      term.parameter.push_back(static_cast<std::int32_t>(parameters++));
    }
  }
  return term;
}

}  // namespace

Lanes Lanes::of(std::int64_t rows, std::size_t width) {
  std::size_t most =
      std::clamp<std::size_t>(kMostNumbersInLanes / std::max<std::size_t>(width, 1), 1, kMostLanes);
  Lanes lanes;
  lanes.rows = rows;
  lanes.count = std::min(most, static_cast<std::size_t>((rows - 1) / kLeastRowsPerLane + 1));
  auto count = static_cast<std::int64_t>(lanes.count);
  lanes.rows_each = (rows + count - 1) / count;
  return lanes;
}

std::int64_t Lanes::begin(std::size_t lane) const {
  return std::min(rows, static_cast<std::int64_t>(lane) * rows_each);
}

void join_lanes(std::span<const std::span<double>> lanes) {
  for (std::size_t distance = 1; distance < lanes.size(); distance *= 2)
    for (std::size_t i = 0; i + distance < lanes.size(); i += 2 * distance)
      for (std::size_t j = 0; j < lanes[i].size(); ++j) lanes[i][j] += lanes[i + distance][j];
}

namespace {

Status check_labels(const Columns& columns, std::int64_t rows) {
  const Range& label = columns.total.label;
  if (label.least != label.most) return {};
  return fail(Code::kInvalid,
              "all {} rows with weight have the label {}: there is nothing to tell apart", rows,
              label.least);
}

Status take_deviations(std::span<const double> squares, Family family, const DesignSchema& schema,
                       Terms& terms) {
  for (std::size_t j = 0; j < terms.numeric.size(); ++j) {
    terms.numeric[j].deviation = std::sqrt(squares[j] / terms.weight);
    if (!std::isnormal(terms.numeric[j].deviation))
      return fail(Code::kInvalid,
                  "column '{}' cannot be standardised: its values are too large or too "
                  "near to each other for doubles; rescale it",
                  schema.numeric[terms.numeric[j].column]);
  }
  if (family == Family::kLogistic) return {};
  terms.label_deviation = std::sqrt(squares.back() / terms.weight);
  if (std::isnormal(terms.label_deviation)) return {};
  return fail(Code::kInvalid,
              "the labels are too large or too near to each other for doubles; rescale them");
}

}  // namespace

Result<Terms> Terms::read(const LabelledMatrix& data, Family family, bool full_levels,
                          ThreadPool& pool, const CancelToken& cancel) {
  const DesignSchema& schema = *data.features.schema;
  TRY(Columns columns, sum_columns(data, pool, cancel));
  TRY_VOID(check_labels(columns, data.features.rows));
  std::span<const double> sums = columns.total.sums;
  Terms terms;
  terms.weight = sums[0];
  terms.label_sum = sums[1];
  for (std::size_t j = 0; j < schema.numeric.size(); ++j) {
    const Range& range = columns.total.range[j];
    if (range.least == range.most) {
      terms.left_out.push_back(
          fmt::format("column '{}' is {} in every row: left out", schema.numeric[j], range.least));
    } else {
      terms.numeric.push_back({.column = j, .mean = sums[2 + j] / terms.weight});
    }
  }
  TRY(std::vector<double> squares,
      sum_squares(data, terms.numeric, terms.label_sum / terms.weight, pool, cancel));
  TRY_VOID(take_deviations(squares, family, schema, terms));
  terms.parameters = 1 + terms.numeric.size();
  for (std::size_t c = 0; c < schema.categories.size(); ++c) {
    const CategoryColumn& column = schema.categories[c];
    std::span<const double> levels = sums.subspan(columns.level_begin[c], 2 * column.levels.size());
    std::size_t before = terms.parameters;
    CategoryTerm term = level_parameters(c, levels, terms.weight, full_levels, terms.parameters);
    if (terms.parameters == before) {
      terms.left_out.push_back(
          fmt::format("column '{}' has one level in every row: left out", column.name));
    } else if (!full_levels && family == Family::kLogistic) {
      TRY_VOID(check_levels_mixed(column, levels));
    }
    terms.categories.push_back(std::move(term));
  }
  for (std::size_t b = 0; b < schema.bags.size(); ++b) {
    std::size_t count = schema.bags[b].terms.size();
    terms.bags.push_back({.column = b, .first = terms.parameters, .count = count});
    terms.parameters += count;
  }
  if (terms.parameters > kMaxParameters)
    return fail(Code::kLimit,
                "{} coefficients; the limit of a linear model is {}: merge rare levels, or encode "
                "them as rates",
                terms.parameters, kMaxParameters);
  return terms;
}

std::string Terms::parameter_name(const DesignSchema& schema, std::size_t parameter) const {
  if (parameter == 0) return "(intercept)";
  if (parameter <= numeric.size()) return schema.numeric[numeric[parameter - 1].column];
  for (const CategoryTerm& term : categories) {
    const CategoryColumn& column = schema.categories[term.column];
    for (std::size_t level = 0; level < term.parameter.size(); ++level)
      if (term.parameter[level] == static_cast<std::int32_t>(parameter))
        return fmt::format("{}={}", column.name, column.levels[level]);
  }
  for (const BagTerms& term : bags)
    if (parameter >= term.first && parameter < term.first + term.count)
      return fmt::format("{}={}", schema.bags[term.column].name,
                         schema.bags[term.column].terms[parameter - term.first]);
  return "?";
}

}  // namespace lode
