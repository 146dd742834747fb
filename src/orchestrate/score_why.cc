#include "orchestrate/score_why.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "features/set_rows.h"
#include "judge/split.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_training.h"
#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::size_t kBackground = 100;
constexpr std::size_t kRowsTogether = 8192;  // whose contributions stand in memory at once
constexpr std::uint64_t kBackgroundStream = std::uint64_t{0x77687962} << 32;

std::vector<std::string> columns_read(const ScoreQuestion& question) {
  std::vector<std::string> names;
  for (const ColumnEncoder& encoder : question.stored.encoders)
    names.push_back(encoder.column.name);
  return names;
}

// Rows of the data set the version was made from, onto the disk under its content's name.
Status keep_background(const Project& project, FileSystem& files, const Limits& limits,
                       const ScoreQuestion& question, const std::string& path) {
  const ModelRecord& record = question.record;
  const TrainingSet& set = *project.training_set(question.set.name);
  if (!is_kept(files, training_path(project, set.name), record.dataset))
    return fail(
        Code::kInvalid,
        "what a score of {} is explained against are rows it was made from, and training "
        "set {} is kept as another version has it; ask for `--why` once behind the run that "
        "makes a version, and its rows are kept",
        question.model_text(), set.name);
  TRY(TrainingTable training, kept_training(project, files, set, limits, columns_read(question)));
  std::vector<std::int64_t> all(training.seq.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<std::int64_t> drawn =
      draw_rows(all, kBackground, Random(record.seed, kBackgroundStream));
  Table rows = take_rows(training.columns, drawn);
  ColumnBuilder seq(Type::int64());
  for (std::int64_t row : drawn) seq.append_int64(training.seq[static_cast<std::size_t>(row)]);
  std::vector<Field> fields = {{std::string(kSeqColumn), Type::int64()}};
  fields.insert(fields.end(), rows.schema.fields().begin(), rows.schema.fields().end());
  rows.schema = Schema(std::move(fields));
  rows.columns.insert(rows.columns.begin(), seq.finish());
  return keep(project, files, path, text(record.content), rows);
}

// The model's columns from the strongest contribution down; of equals the first.
std::vector<std::size_t> strongest(std::span<const double> values, std::int64_t most) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t c) { return values[c] == 0; });
  auto before = [&](std::size_t a, std::size_t b) {
    double x = std::abs(values[a]);
    double y = std::abs(values[b]);
    return x != y ? x > y : a < b;
  };
  auto count = std::min(order.size(), static_cast<std::size_t>(most));
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count), before);
  order.resize(count);
  return order;
}

// The columns of why_fields, row by row.
class WhyColumns {
 public:
  explicit WhyColumns(std::int64_t most) : most_(most) {
    for (const Field& field : why_fields(most)) columns_.emplace_back(field.type);
  }

  void add_none() {
    for (ColumnBuilder& column : columns_) column.append_null();
  }
  void add(double base, std::span<const double> values, const std::vector<std::string>& names) {
    columns_.front().append_double(base);
    std::vector<std::size_t> told = strongest(values, most_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(most_); ++i) {
      if (i < told.size()) {
        columns_[1 + 2 * i].append_string(names[told[i]]);
        columns_[2 + 2 * i].append_double(values[told[i]]);
      } else {
        columns_[1 + 2 * i].append_null();
        columns_[2 + 2 * i].append_null();
      }
    }
    double rest = 0;
    for (std::size_t c = 0; c < values.size(); ++c)
      if (std::ranges::find(told, c) == told.end()) rest += values[c];
    columns_.back().append_double(rest);
  }
  std::vector<Column> finish() {
    std::vector<Column> out;
    for (ColumnBuilder& column : columns_) out.push_back(column.finish());
    return out;
  }

 private:
  std::int64_t most_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace

std::vector<Field> why_fields(std::int64_t most) {
  std::vector<Field> fields = {{"why_base", Type::float64()}};
  for (std::int64_t i = 1; i <= most; ++i) {
    fields.push_back({fmt::format("why_{}", i), Type::string()});
    fields.push_back({fmt::format("why_{}_by", i), Type::float64()});
  }
  fields.push_back({"why_rest", Type::float64()});
  return fields;
}

Result<ScoreWhy> ScoreWhy::make(const Project& project, FileSystem& files, const Limits& limits,
                                const ScoreQuestion& question, ThreadPool& pool,
                                const CancelToken& cancel) {
  const FittedModel& model = *question.stored.model;
  if (!ModelExplainer::can_explain(model))
    return fail(Code::kUnsupported,
                "model {} is of {}, whose scores cannot be explained by columns",
                question.model_text(), question.record.algorithm);
  std::string content = text(question.record.content);
  std::string path = state_path(project, "backgrounds/" + content);
  if (!is_kept(files, path, content))
    TRY_VOID(keep_background(project, files, limits, question, path));
  TRY(Table rows, kept_table(project, files, path, limits, columns_read(question)));
  std::vector<std::size_t> columns(rows.columns.size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  std::vector<std::int64_t> all(static_cast<std::size_t>(rows.rows));
  std::iota(all.begin(), all.end(), 0);
  ColumnScorer scorer{rows, columns, question.stored.encoders, model};
  Design background = encode_rows(scorer, all);
  TRY(ModelExplainer explainer, ModelExplainer::make(model, background.matrix, pool, cancel));
  return ScoreWhy(std::move(explainer), column_names(*model.schema()), question.why);
}

Result<std::vector<Column>> ScoreWhy::explain(const ColumnScorer& scorer,
                                              std::span<const std::int64_t> rows,
                                              std::span<const double> scores, ThreadPool& pool,
                                              const CancelToken& cancel) const {
  WhyColumns out(most_);
  for (std::size_t at = 0; at < rows.size(); at += kRowsTogether) {
    std::size_t end = std::min(rows.size(), at + kRowsTogether);
    std::vector<std::int64_t> scored;  // the others the model refuses here too
    for (std::size_t i = at; i < end; ++i)
      if (!std::isnan(scores[i])) scored.push_back(rows[i]);
    Attributions values;
    if (!scored.empty()) {
      Design design = encode_rows(scorer, scored);
      TRY(values, explainer_.explain(design.matrix, pool, cancel));
    }
    std::size_t next = 0;
    for (std::size_t i = at; i < end; ++i) {
      if (std::isnan(scores[i]))
        out.add_none();
      else
        out.add(values.base, values.of_row(next++), names_);
    }
  }
  return out.finish();
}

}  // namespace lode
