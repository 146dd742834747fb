#include "orchestrate/recipe.h"

#include <fmt/format.h>

#include <algorithm>

namespace lode {

Result<Recipe> Recipe::make(const Model& model, const TrainingTable& training, ThreadPool& pool,
                            const CancelToken& cancel) {
  Recipe recipe(model, training, pool, cancel);
  recipe.choose_columns();
  recipe.options_ = model.options;
  TRY_VOID(recipe.add_thread_option());
  return recipe;
}

void Recipe::choose_columns() {
  const Schema& schema = training_->columns.schema;
  auto reads = [&](const std::string& name) {
    if (model_->columns.empty()) return name != model_->split.groups;
    return std::ranges::find(model_->columns, name) != model_->columns.end();
  };
  for (std::size_t c = 0; c < schema.size(); ++c)
    if (reads(schema[c].name)) columns_.push_back(c);
}

Status Recipe::add_thread_option() {
  TRY(const Component* algorithm, find_algorithm(model_->algorithm));
  bool has =
      std::ranges::any_of(algorithm->options, [](const Option& o) { return o.name == "threads"; });
  bool given = std::ranges::any_of(options_, [](const auto& o) { return o.first == "threads"; });
  if (has && !given) options_.emplace_back("threads", std::to_string(model_->threads));
  return {};
}

std::vector<double> Recipe::targets(std::span<const std::int64_t> rows) const {
  std::vector<double> out;
  out.reserve(rows.size());
  for (std::int64_t row : rows) out.push_back(training_->target[static_cast<std::size_t>(row)]);
  return out;
}

Outcomes Recipe::outcomes(std::span<const std::int64_t> rows) const {
  if (task() == Task::kNumber) return {.task = Task::kNumber, .number = targets(rows)};
  Outcomes out;
  out.label.reserve(rows.size());
  for (std::int64_t row : rows)
    out.label.push_back(training_->target[static_cast<std::size_t>(row)] != 0 ? 1 : 0);
  return out;
}

FitRows Recipe::fit_rows(std::size_t i, std::span<const std::int64_t> rows,
                         std::span<const double> target) const {
  return {training_->columns.columns[columns_[i]], rows, target, model_->seed + 1000 * (i + 1)};
}

Status Recipe::fit_encoder_of(std::size_t i, std::span<const std::int64_t> rows,
                              EncodedRows& out) const {
  const Field& field = training_->columns.schema[columns_[i]];
  auto choice = std::ranges::find(model_->encode, field.name, &EncoderChoice::column);
  std::string_view encoder =
      choice == model_->encode.end() ? default_encoder(field.type) : choice->encoder;
  ModelOptions options;
  if (choice != model_->encode.end()) options = choice->options;
  out.encoders[i].column = field;
  TRY(out.encoders[i].encoder,
      fit_encoder(encoder, options, field.name, fit_rows(i, rows, out.target)));
  out.encoder_texts[i] = encoder;
  for (const auto& [name, value] : options)
    out.encoder_texts[i] += fmt::format(" {} {}", name, value);
  return {};
}

Result<EncodedRows> Recipe::encode(std::span<const std::int64_t> rows) const {
  EncodedRows out;
  out.target = targets(rows);
  out.encoders.resize(columns_.size());
  out.encoder_texts.resize(columns_.size());
  std::vector<Encoded> fitted(columns_.size());
  auto encode_one = [&](std::size_t i) -> Status {
    TRY_VOID(fit_encoder_of(i, rows, out));
    fitted[i] = out.encoders[i].encoder->encode_fitted(fit_rows(i, rows, out.target));
    return {};
  };
  TRY_VOID(parallel_for(*pool_, columns_.size(), encode_one, *cancel_));
  out.design = design_of(std::move(fitted), std::ssize(rows), nullptr);
  return out;
}

Result<std::unique_ptr<FittedModel>> Recipe::fit(const EncodedRows& rows,
                                                 const ModelOptions& options) const {
  FitOptions all{.seed = model_->seed, .options = options, .cancel = *cancel_};
  return fit_model(model_->algorithm, {rows.design.matrix, rows.target}, all, *pool_);
}

Result<std::vector<EncodedCount>> Recipe::score(std::span<const ColumnEncoder> encoders,
                                                const FittedModel& model,
                                                std::span<const std::int64_t> rows,
                                                std::span<double> out) const {
  ColumnScorer scorer{training_->columns, columns_, encoders, model};
  return score_rows(scorer, rows, out, *pool_, *cancel_);
}

Design Recipe::design(std::span<const ColumnEncoder> encoders, const FittedModel& model,
                      std::span<const std::int64_t> rows) const {
  return encode_rows({training_->columns, columns_, encoders, model}, rows);
}

}  // namespace lode
