#include "mine/linear/effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "base/math.h"
#include "mine/linear/descent.h"
#include "mine/linear/newton.h"

namespace lode {
namespace {

class LinearModel final : public FittedModel {
 public:
  LinearModel(ModelHead head, Family family, Effects effects)
      : FittedModel(std::move(head)), family_(family), effects_(std::move(effects)) {}

  bool additive() const override { return true; }

 private:
  Status score(const DesignMatrix& rows, std::span<double> out) const override {
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      double eta = effects_.centre;
      auto add = [&](std::size_t, double term) { eta += term; };
      TRY_VOID(each_term(rows, i, add));
      out[static_cast<std::size_t>(i)] = family_ == Family::kLogistic ? sigmoid(eta) : eta;
    }
    return {};
  }

  Result<double> write_terms(const DesignMatrix& rows, std::span<double> out) const override {
    std::size_t columns = schema()->columns();
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      std::span<double> of_row = out.subspan(static_cast<std::size_t>(i) * columns, columns);
      auto put = [&](std::size_t column, double term) { of_row[column] = term; };
      TRY_VOID(each_term(rows, i, put));
    }
    return effects_.centre;
  }

  // Calls take(column, what it adds to the margin) of each column of a row, in their order.
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
    for (std::size_t b = 0; b < effects_.bags.size(); ++b) {
      double effect = 0;
      each_entry(rows.bags[b], i, [&](std::uint32_t term, double weight) {
        effect += effects_.bags[b].terms[term] * weight;
      });
      take(values.size() + codes.size() + b, effect);
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
    for (const BagEffect& effect : effects_.bags) writer.numbers(effect.terms);
    writer.u8(effects_.unseen_as_mean ? 1 : 0);
    writer.f64(effects_.summary.l1);
    writer.f64(effects_.summary.l2);
    writer.u32(effects_.summary.iterations);
    writer.f64(effects_.summary.loss);
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
    for (std::size_t b = 0; b < effects_.bags.size(); ++b) describe_bag(json, b);
    json.end_array().key("fit").begin_object();
    json.field("l1", effects_.summary.l1).field("l2", effects_.summary.l2);
    json.field("iterations", effects_.summary.iterations);
    json.field(family_ == Family::kLogistic ? "log_loss" : "squared_error", effects_.summary.loss);
    json.field("gradient", effects_.summary.gradient).end_object();
  }

  // The terms that add most either way; all of them are in the model.
  void describe_bag(JsonWriter& json, std::size_t b) const {
    constexpr std::size_t kShown = 100;
    const std::vector<double>& effects = effects_.bags[b].terms;
    std::vector<std::size_t> order(effects.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::size_t t) { return std::abs(effects[t]); });
    for (std::size_t t : std::span(order).first(std::min(kShown, order.size()))) {
      if (effects[t] == 0) break;
      json.begin_object().field("column", schema()->bags[b].name);
      json.field("term", schema()->bags[b].terms[t]).field("coefficient", effects[t]).end_object();
    }
  }

  Family family_;
  Effects effects_;
};

// From parameters of standardised terms to effects a unit and a level.
Effects effects_of(const Terms& terms, const DesignSchema& schema, const LinearFit& fit) {
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
  for (const BagTerms& term : terms.bags) {
    auto first = fit.beta.begin() + static_cast<std::ptrdiff_t>(term.first);
    effects.bags.push_back({{first, first + static_cast<std::ptrdiff_t>(term.count)}});
  }
  return effects;
}

Result<double> finite(ByteReader& payload) {
  TRY(double value, payload.f64());
  if (!std::isfinite(value)) return fail(Code::kCorrupt, "the linear model holds {}", value);
  return value;
}

Result<CategoryEffect> read_category(ByteReader& payload, const CategoryColumn& column) {
  CategoryEffect effect;
  TRY(effect.levels, payload.numbers());
  if (effect.levels.size() != column.levels.size())
    return fail(Code::kCorrupt, "the linear model has {} effects for {} levels of '{}'",
                effect.levels.size(), column.levels.size(), column.name);
  for (double value : effect.levels)
    if (std::isinf(value))
      return fail(Code::kCorrupt, "the linear model holds an infinite effect of '{}'", column.name);
  TRY(effect.unseen, finite(payload));
  return effect;
}

// Where there is a penalty, the optimum is the same either way.
Result<LinearFit> fit_terms(const LabelledMatrix& data, const Terms& terms,
                            const NewtonOptions& options, const FitContext& context) {
  bool exact = terms.bags.empty() && terms.parameters <= kMaxExactParameters;
  if (exact) return fit_by_newton(data, terms, options, context.pool, context.cancel);
  if (options.net.any()) return fit_by_descent(data, terms, options, context.cancel);
  if (!terms.bags.empty())
    return fail(Code::kInvalid,
                "column '{}' has {} terms: without a penalty they have no one optimum; set the "
                "option l2 or l1",
                data.features.schema->bags[terms.bags[0].column].name, terms.bags[0].count);
  return fail(Code::kLimit,
              "{} coefficients; the limit without a penalty is {}: set the option l2 or l1, merge "
              "rare levels, or encode them as rates",
              terms.parameters, kMaxExactParameters);
}

}  // namespace

Result<std::unique_ptr<FittedModel>> fit_effects(Family family, const LabelledMatrix& data,
                                                 const OptionValues& options,
                                                 const FitContext& context, ModelHead head) {
  NewtonOptions newton = {.family = family,
                          .net = {.l1 = options.number("l1"), .l2 = options.number("l2")},
                          .tolerance = options.number("tolerance"),
                          .max_iterations = static_cast<int>(options.integer("max_iterations"))};
  TRY(Terms terms, Terms::read(data, family, newton.net.any(), context.pool, context.cancel));
  TRY(LinearFit found, fit_terms(data, terms, newton, context));
  head.notes = terms.left_out;
  for (std::size_t parameter : found.dependent)
    head.notes.push_back(fmt::format("'{}' is a linear combination of columns before it: left out",
                                     terms.parameter_name(*head.schema, parameter)));
  Effects effects = effects_of(terms, *head.schema, found);
  effects.unseen_as_mean = options.text("unseen") == "mean";
  effects.summary = {.l1 = newton.net.l1,
                     .l2 = newton.net.l2,
                     .iterations = static_cast<std::uint32_t>(found.iterations),
                     .loss = found.loss,
                     .gradient = found.gradient};
  return std::make_unique<LinearModel>(std::move(head), family, std::move(effects));
}

Result<std::unique_ptr<FittedModel>> load_effects(Family family, bool with_l1, ByteReader& payload,
                                                  ModelHead head) {
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
  for (const BagColumn& column : head.schema->bags) {
    BagEffect effect;
    TRY(effect.terms, payload.numbers());
    bool sound = effect.terms.size() == column.terms.size() &&
                 std::ranges::all_of(effect.terms, [](double e) { return std::isfinite(e); });
    if (!sound)
      return fail(Code::kCorrupt, "the effects of '{}' are not those of its terms", column.name);
    effects.bags.push_back(std::move(effect));
  }
  TRY(std::uint8_t unseen_as_mean, payload.u8());
  effects.unseen_as_mean = unseen_as_mean != 0;
  if (with_l1) {
    TRY(effects.summary.l1, finite(payload));
  }
  TRY(effects.summary.l2, finite(payload));
  TRY(effects.summary.iterations, payload.u32());
  TRY(effects.summary.loss, finite(payload));
  TRY(effects.summary.gradient, finite(payload));
  TRY_VOID(payload.finish());
  return std::make_unique<LinearModel>(std::move(head), family, std::move(effects));
}

}  // namespace lode
