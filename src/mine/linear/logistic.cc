// Logistic regression: the model, its stored form and its registration.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "base/math.h"
#include "mine/algorithm.h"
#include "mine/linear/newton.h"

namespace lode {
namespace {

struct NumericEffect {
  double mean = 0;
  double coefficient = 0;  // a unit of the column; 0 if it was left out
};

// Log-odds of a level; NaN for a level that no training row had.
struct CategoryEffect {
  std::vector<double> levels;
  double unseen = 0;  // the mean effect over the training rows, for levels they had not
};

struct FitSummary {
  double l2 = 0;
  std::uint32_t iterations = 0;
  double log_loss = 0;
  double gradient = 0;
};

struct Effects {
  double centre = 0;  // log-odds with every numeric column at its mean
  std::vector<NumericEffect> numeric;
  std::vector<CategoryEffect> categories;
  bool unseen_as_mean = false;
  FitSummary summary;
};

class LogisticModel final : public FittedModel {
 public:
  LogisticModel(ModelHead head, Effects effects)
      : FittedModel(std::move(head)), effects_(std::move(effects)) {}

  bool additive() const override { return true; }

 private:
  Status score(const DesignMatrix& rows, std::span<double> out) const override {
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      double eta = effects_.centre;
      auto add = [&](std::size_t, double term) { eta += term; };
      TRY_VOID(each_term(rows, i, add));
      out[static_cast<std::size_t>(i)] = sigmoid(eta);
    }
    return {};
  }

  Result<double> write_terms(const DesignMatrix& rows, std::span<double> out) const override {
    std::size_t columns = schema()->numeric.size() + schema()->categories.size();
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      std::span<double> of_row = out.subspan(static_cast<std::size_t>(i) * columns, columns);
      auto put = [&](std::size_t column, double term) { of_row[column] = term; };
      TRY_VOID(each_term(rows, i, put));
    }
    return effects_.centre;
  }

  // Calls take(column, what it adds to the log-odds) of each column of a row, in their order.
  template <typename Take>
  Status each_term(const DesignMatrix& rows, std::int64_t i, Take& take) const {
    std::span<const double> values = rows.values_of(i);
    for (std::size_t j = 0; j < values.size(); ++j)
      take(j, effects_.numeric[j].coefficient * (values[j] - effects_.numeric[j].mean));
    std::span<const std::int32_t> codes = rows.codes_of(i);
    for (std::size_t c = 0; c < codes.size(); ++c) {
      const CategoryEffect& category = effects_.categories[c];
      double effect = codes[c] < 0 ? std::numeric_limits<double>::quiet_NaN()
                                   : category.levels[static_cast<std::size_t>(codes[c])];
      if (std::isnan(effect)) {
        if (!effects_.unseen_as_mean) return unseen(i, c, codes[c]);
        effect = category.unseen;
      }
      take(values.size() + c, effect);
    }
    return {};
  }

  std::unexpected<Error> unseen(std::int64_t row, std::size_t category, std::int32_t code) const {
    const CategoryColumn& column = schema()->categories[category];
    return fail(
        Code::kInvalid,
        "row {}, column '{}': {} was not seen in training; train with a level for the rest, or "
        "with the option unseen: mean",
        row, column.name,
        code < 0 ? std::string("its level")
                 : fmt::format("level '{}'", column.levels[static_cast<std::size_t>(code)]));
  }

  void write(ByteWriter& writer) const override {
    writer.f64(effects_.centre);
    for (const NumericEffect& effect : effects_.numeric) {
      writer.f64(effect.mean);
      writer.f64(effect.coefficient);
    }
    for (const CategoryEffect& effect : effects_.categories) {
      writer.numbers(effect.levels);
      writer.f64(effect.unseen);
    }
    writer.u8(effects_.unseen_as_mean ? 1 : 0);
    writer.f64(effects_.summary.l2);
    writer.u32(effects_.summary.iterations);
    writer.f64(effects_.summary.log_loss);
    writer.f64(effects_.summary.gradient);
  }

  void describe(JsonWriter& json) const override {
    double intercept = effects_.centre;
    for (const NumericEffect& effect : effects_.numeric)
      intercept -= effect.coefficient * effect.mean;
    json.field("intercept", intercept).key("coefficients").begin_array();
    for (std::size_t j = 0; j < effects_.numeric.size(); ++j) {
      json.begin_object().field("column", schema()->numeric[j]);
      json.field("coefficient", effects_.numeric[j].coefficient);
      json.field("mean", effects_.numeric[j].mean).end_object();
    }
    for (std::size_t c = 0; c < effects_.categories.size(); ++c) {
      const CategoryColumn& column = schema()->categories[c];
      for (std::size_t level = 0; level < column.levels.size(); ++level) {
        json.begin_object().field("column", column.name).field("level", column.levels[level]);
        json.field("coefficient", effects_.categories[c].levels[level]).end_object();
      }
    }
    json.end_array().key("fit").begin_object();
    json.field("l2", effects_.summary.l2).field("iterations", effects_.summary.iterations);
    json.field("log_loss", effects_.summary.log_loss);
    json.field("gradient", effects_.summary.gradient).end_object();
  }

  Effects effects_;
};

// From parameters of standardised terms to effects a unit and a level.
Effects effects_of(const Terms& terms, const DesignSchema& schema, const LogisticFit& fit) {
  Effects effects;
  effects.centre = fit.beta[0];
  effects.numeric.resize(schema.numeric.size());
  for (std::size_t j = 0; j < terms.numeric.size(); ++j) {
    const NumericTerm& term = terms.numeric[j];
    effects.numeric[term.column] = {.mean = term.mean,
                                    .coefficient = fit.beta[1 + j] / term.deviation};
  }
  for (const CategoryTerm& term : terms.categories) {
    CategoryEffect effect;
    for (std::size_t level = 0; level < term.parameter.size(); ++level) {
      std::int32_t parameter = term.parameter[level];
      if (parameter == kUnseenLevel) {
        effect.levels.push_back(std::numeric_limits<double>::quiet_NaN());
        continue;
      }
      double value =
          parameter == kReferenceLevel ? 0.0 : fit.beta[static_cast<std::size_t>(parameter)];
      effect.levels.push_back(value);
      effect.unseen += term.share[level] * value;
    }
    effects.categories.push_back(std::move(effect));
  }
  return effects;
}

Result<std::unique_ptr<FittedModel>> fit(const LabelledMatrix& data, const OptionValues& options,
                                         const FitContext& context, ModelHead head) {
  double l2 = options.number("l2");
  TRY(Terms terms, Terms::read(data, l2 > 0, context.pool, context.cancel));
  TRY(LogisticFit found,
      fit_logistic(data, terms,
                   {.l2 = l2,
                    .tolerance = options.number("tolerance"),
                    .max_iterations = static_cast<int>(options.integer("max_iterations"))},
                   context.pool, context.cancel));
  head.notes = terms.left_out;
  for (std::size_t parameter : found.dependent)
    head.notes.push_back(fmt::format("'{}' is a linear combination of columns before it: left out",
                                     terms.parameter_name(*head.schema, parameter)));
  Effects effects = effects_of(terms, *head.schema, found);
  effects.unseen_as_mean = options.text("unseen") == "mean";
  effects.summary = {.l2 = l2,
                     .iterations = static_cast<std::uint32_t>(found.iterations),
                     .log_loss = found.log_loss,
                     .gradient = found.gradient};
  return std::make_unique<LogisticModel>(std::move(head), std::move(effects));
}

Result<double> finite(ByteReader& payload) {
  TRY(double value, payload.f64());
  if (!std::isfinite(value)) return fail(Code::kCorrupt, "the logistic model holds {}", value);
  return value;
}

Result<CategoryEffect> read_category(ByteReader& payload, const CategoryColumn& column) {
  CategoryEffect effect;
  TRY(effect.levels, payload.numbers());
  if (effect.levels.size() != column.levels.size())
    return fail(Code::kCorrupt, "the logistic model has {} effects for {} levels of '{}'",
                effect.levels.size(), column.levels.size(), column.name);
  for (double value : effect.levels)
    if (std::isinf(value))
      return fail(Code::kCorrupt, "the logistic model holds an infinite effect of '{}'",
                  column.name);
  TRY(effect.unseen, finite(payload));
  return effect;
}

Result<std::unique_ptr<FittedModel>> load(ByteReader& payload, std::uint32_t, ModelHead head) {
  Effects effects;
  TRY(effects.centre, finite(payload));
  for (std::size_t j = 0; j < head.schema->numeric.size(); ++j) {
    NumericEffect effect;
    TRY(effect.mean, finite(payload));
    TRY(effect.coefficient, finite(payload));
    effects.numeric.push_back(effect);
  }
  for (const CategoryColumn& column : head.schema->categories) {
    TRY(CategoryEffect effect, read_category(payload, column));
    effects.categories.push_back(std::move(effect));
  }
  TRY(std::uint8_t unseen_as_mean, payload.u8());
  effects.unseen_as_mean = unseen_as_mean != 0;
  TRY(effects.summary.l2, finite(payload));
  TRY(effects.summary.iterations, payload.u32());
  TRY(effects.summary.log_loss, finite(payload));
  TRY(effects.summary.gradient, finite(payload));
  TRY_VOID(payload.finish());
  return std::make_unique<LogisticModel>(std::move(head), std::move(effects));
}

constexpr Algorithm kLogistic = {
    .name = "logistic",
    .version = 1,
    .takes_missing = false,
    .binary = true,
    .fit = fit,
    .load = load,
};

constexpr Option kOptions[] = {
    {.name = "l2",
     .type = OptionType::kNumber,
     .fallback = "0",
     .doc = "penalty: l2 / 2 times the squared coefficients, added to the summed loss",
     .least = 0,
     .most = 1e12},
    {.name = "max_iterations",
     .type = OptionType::kInt,
     .fallback = "50",
     .doc = "Newton steps before giving up; a sound problem takes 4 to 12",
     .least = 1,
     .most = 1000},
    {.name = "tolerance",
     .type = OptionType::kNumber,
     .fallback = "1e-9",
     .doc = "stop when no element of the gradient, divided by the total weight, is larger",
     .least = 1e-14,
     .most = 1e-2},
    {.name = "unseen",
     .type = OptionType::kChoice,
     .fallback = "error",
     .doc = "a category level that training had not: refuse the row, or take the mean effect",
     .choices = "error|mean"},
};

constinit const Component kComponent = {
    .kind = "algorithm",
    .name = kLogistic.name,
    .summary = "logistic regression by Newton's method, exact, without penalty unless l2 is set",
    .description =
        "Numeric columns are standardised inside; the coefficients shown are a unit of the column. "
        "Without a penalty that changes nothing; l2 acts on the standardised coefficients, as in "
        "glmnet, and on one indicator for every level, as it stands. Without a penalty the most "
        "frequent level of a category is the reference. Columns that are constant or a linear "
        "combination of those before them are left out, and a note says so. Refused: missing "
        "values, one class, and labels that a column separates without error, where no optimum "
        "exists.\n\n"
        "Deterministic: same bytes on any number of threads. Memory: at most 256 MiB beside the "
        "rows. Cost an iteration: rows x (numeric + categories)^2 / 2. Guarantee: the unique "
        "optimum, "
        "to the tolerance. (Nelder and Wedderburn, 1972, Generalized linear models.)",
    .example = "algorithm: logistic",
    .options = kOptions,
    .factory = &kLogistic,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
