// Target encoding: a level as the smoothed log-odds of the target among its training rows
// (Micci-Barreca, 2001), in sample or out of fold.
#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "base/random.h"
#include "features/encoder.h"

namespace lode {
namespace {

constexpr double kEdge = 1e-6;  // docs/semantics.md 9.1

// Rows and target sums of each level.
struct LevelSums {
  std::vector<double> rows;
  std::vector<double> target;
  double all_rows = 0;
  double all_target = 0;

  explicit LevelSums(std::size_t levels) : rows(levels, 0), target(levels, 0) {}
  void add(std::int64_t level, double y, double sign = 1) {
    auto i = static_cast<std::size_t>(level);
    rows[i] += sign;
    target[i] += sign * y;
    all_rows += sign;
    all_target += sign * y;
  }
};

class Target final : public FittedEncoder {
 public:
  Target(std::string name, const FitRows& fitted, double smoothing, std::int64_t folds)
      : name_(std::move(name)),
        levels_(fitted),
        smoothing_(smoothing),
        folds_(folds),
        sums_(levels_.size()) {
    std::vector<std::int64_t> level = levels_.of(fitted.column, fitted.rows);
    for (std::size_t i = 0; i < level.size(); ++i) sums_.add(level[i], fitted.target[i]);
  }

  Target(std::string name, Levels levels, double smoothing, std::int64_t folds, LevelSums sums)
      : name_(std::move(name)),
        levels_(std::move(levels)),
        smoothing_(smoothing),
        folds_(folds),
        sums_(std::move(sums)) {}

  Encoded encode(const Column& column, std::span<const std::int64_t> rows) const override {
    Encoded out;
    out.numbers.push_back({name_, {}});
    std::vector<double> code(levels_.size());
    for (std::size_t l = 0; l < code.size(); ++l)
      code[l] = code_of(sums_, static_cast<std::int64_t>(l));
    double unseen = code_of(sums_, -1);
    out.missing = nulls_among(column, rows);
    for (std::int64_t level : levels_.of(column, rows)) {
      out.unseen += level < 0 ? 1 : 0;
      out.numbers[0].values.push_back(level < 0 ? unseen : code[static_cast<std::size_t>(level)]);
    }
    return out;
  }

  Encoded encode_fitted(const FitRows& fitted) const override {
    if (folds_ == 0) return encode(fitted.column, fitted.rows);
    std::vector<std::int64_t> level = levels_.of(fitted.column, fitted.rows);
    std::vector<std::int64_t> fold;
    Random random(fitted.seed);
    for (std::size_t i = 0; i < level.size(); ++i)
      fold.push_back(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(folds_))));
    Encoded out;
    out.numbers.push_back({name_, std::vector<double>(level.size())});
    for (std::int64_t f = 0; f < folds_; ++f) {
      LevelSums others = sums_;
      for (std::size_t i = 0; i < level.size(); ++i)
        if (fold[i] == f) others.add(level[i], fitted.target[i], -1);
      for (std::size_t i = 0; i < level.size(); ++i)
        if (fold[i] == f) out.numbers[0].values[i] = code_of(others, level[i]);
    }
    return out;
  }

  void describe(JsonWriter& json) const override {
    json.begin_object()
        .field("encoder", "target")
        .field("column", name_)
        .field("smoothing", smoothing_)
        .field("folds", folds_)
        .field("unseen", code_of(sums_, -1))
        .key("levels")
        .begin_object();
    for (std::size_t l = 0; l < levels_.size(); ++l)
      json.field(levels_.text(l).starts_with('\0') ? "(null)" : levels_.text(l),
                 code_of(sums_, static_cast<std::int64_t>(l)));
    json.end_object().end_object();
  }
  std::string_view component() const override { return "target"; }
  void store(ByteWriter& writer) const override {
    levels_.store(writer);
    writer.f64(smoothing_);
    writer.i64(folds_);
    writer.f64(sums_.all_rows);
    writer.f64(sums_.all_target);
    writer.numbers(sums_.rows);
    writer.numbers(sums_.target);
  }

 private:
  // Level -1 stands for one without rows.
  double code_of(const LevelSums& sums, std::int64_t level) const {
    double mean = sums.all_rows > 0 ? sums.all_target / sums.all_rows : 0.5;
    double rows = level < 0 ? 0 : sums.rows[static_cast<std::size_t>(level)];
    double target = level < 0 ? 0 : sums.target[static_cast<std::size_t>(level)];
    double p = rows + smoothing_ > 0 ? (target + smoothing_ * mean) / (rows + smoothing_) : mean;
    p = std::clamp(p, kEdge, 1 - kEdge);
    return portable_log(p / (1 - p));
  }

  std::string name_;
  Levels levels_;
  double smoothing_;
  std::int64_t folds_;  // 0 = in sample
  LevelSums sums_;
};

Result<std::unique_ptr<FittedEncoder>> fit(const std::string& name, const FitRows& fitted,
                                           const OptionValues& options) {
  for (double y : fitted.target)
    if (!(y >= 0 && y <= 1))
      return fail(Code::kInvalid, "target encoding of {} needs a target between 0 and 1", name);
  std::int64_t folds = options.text("fit") == "in_sample" ? 0 : options.integer("folds");
  return std::make_unique<Target>(name, fitted, options.number("smoothing"), folds);
}

Result<std::unique_ptr<FittedEncoder>> load(const std::string& name, ByteReader& payload) {
  TRY(Levels levels, Levels::load(payload));
  TRY(double smoothing, payload.f64());
  TRY(std::int64_t folds, payload.i64());
  LevelSums sums(0);
  TRY(sums.all_rows, payload.f64());
  TRY(sums.all_target, payload.f64());
  TRY(sums.rows, payload.numbers());
  TRY(sums.target, payload.numbers());
  if (sums.rows.size() != levels.size() || sums.target.size() != levels.size() || folds < 0)
    return fail(Code::kCorrupt, "target sums of column {} that are not those of its levels", name);
  return std::make_unique<Target>(name, std::move(levels), smoothing, folds, std::move(sums));
}

constexpr Option kOptions[] = {
    {"smoothing", OptionType::kNumber, "20", "rows of the overall mean added to each level", 0,
     1e12},
    {"fit", OptionType::kChoice, "out_of_fold",
     "whether a training row's own target is in its code", -1e308, 1e308, "in_sample|out_of_fold"},
    {"folds", OptionType::kInt, "5", "folds of out_of_fold", 2, 1000},
};
constexpr Encoder kEncoder = {fit, load};

constexpr Component kComponent = {
    .kind = "encoder",
    .name = "target",
    .summary = "a level as the smoothed log-odds of the target among its training rows",
    .description =
        "ln(p / (1 - p)) with p = (sum + smoothing * mean) / (rows + smoothing). Out of "
        "fold, a training row is coded by the other folds alone, so that its own target "
        "is not in its code; unseen levels have the overall mean.",
    .example = "origin: {target: {smoothing: 50, fit: out_of_fold}}",
    .options = kOptions,
    .factory = &kEncoder,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
