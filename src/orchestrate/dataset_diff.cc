#include "orchestrate/dataset_diff.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "monitor/bins.h"
#include "monitor/drift.h"
#include "orchestrate/catalogue.h"
#include "orchestrate/kept_training.h"

namespace lode {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

// The rows of a data set, if they are the ones that are kept.
Result<std::optional<TrainingTable>> rows_of(const Project& project, const DatasetRecord& set,
                                             const DiffMeans& means) {
  const TrainingSet* declared = project.training_set(set.training);
  if (declared == nullptr || !is_kept(means.files, training_path(project, set.training), set.name))
    return std::nullopt;
  TRY(Schema schema, project.training_schema(*declared));
  std::vector<std::string> columns;
  for (const DatasetColumn& column : set.columns)
    if (schema.find(column.name)) columns.push_back(column.name);
  TRY(TrainingTable table, kept_training(project, means.files, *declared, means.limits, columns));
  return std::optional<TrainingTable>(std::move(table));
}

// Counts of the rows by bin.
std::vector<double> counts_of(const ColumnBins& bins, const Column& column) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(column.length));
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<std::uint8_t> places(rows.size());
  bins.place(column, rows, places);
  std::vector<double> counts(bins.bins());
  for (std::uint8_t place : places) ++counts[place];
  return counts;
}

std::vector<std::pair<std::string, double>> drift_between(const Column& a, const Column& b) {
  std::vector<std::pair<std::string, double>> out;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(a.length));
  std::iota(rows.begin(), rows.end(), 0);
  std::optional<ColumnBins> bins = ColumnBins::fit(a, rows);
  if (!bins) return out;
  std::vector<double> before = counts_of(*bins, a);
  std::vector<double> after = counts_of(*bins, b);
  BinnedRows first{.rows = before, .predicted = {}, .observed = {}, .ordered = bins->ordered()};
  BinnedRows second{.rows = after, .predicted = {}, .observed = {}, .ordered = bins->ordered()};
  for (const DriftDetector* detector : all_drift_detectors())
    if (detector->of == DriftOf::kValues && (bins->ordered() || !detector->ordered_only))
      out.emplace_back(detector->name, detector->statistic(first, second));
  return out;
}

void add_rows(const TrainingTable& a, const TrainingTable& b, Diff& out) {
  std::vector<std::int64_t> both;
  std::ranges::set_intersection(a.seq, b.seq, std::back_inserter(both));
  std::int64_t only_a = std::ssize(a.seq) - std::ssize(both);
  std::int64_t only_b = std::ssize(b.seq) - std::ssize(both);
  std::int64_t other_target = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  for (std::int64_t seq : both) {
    while (a.seq[i] != seq) ++i;
    while (b.seq[j] != seq) ++j;
    other_target += a.target[i] != b.target[j] ? 1 : 0;
  }
  DiffSection& section = out.sections.emplace_back("rows");
  if (only_a > 0) section.lines.push_back({"only in the first", fmt::format("{}", only_a), ""});
  if (only_b > 0) section.lines.push_back({"only in the second", "", fmt::format("{}", only_b)});
  if (other_target > 0)
    section.lines.push_back(
        {"another target", fmt::format("{}", other_target), fmt::format("{}", other_target)});
}

DiffColumn column_of(const DatasetRecord& a, const DatasetColumn* in_a, const DatasetRecord& b,
                     const DatasetColumn* in_b) {
  DiffColumn out;
  out.name = in_a != nullptr ? in_a->name : in_b->name;
  out.type_a = in_a != nullptr ? in_a->type : "";
  out.type_b = in_b != nullptr ? in_b->type : "";
  out.missing_a = in_a != nullptr ? share(in_a->nulls, a.rows) : kNone;
  out.missing_b = in_b != nullptr ? share(in_b->nulls, b.rows) : kNone;
  out.mean_a = in_a != nullptr ? in_a->mean : kNone;
  out.mean_b = in_b != nullptr ? in_b->mean : kNone;
  out.deviation_a = in_a != nullptr ? in_a->deviation : kNone;
  out.deviation_b = in_b != nullptr ? in_b->deviation : kNone;
  return out;
}

bool differs(const DiffColumn& c) {
  return c.type_a != c.type_b || !same_number(c.missing_a, c.missing_b) ||
         !same_number(c.mean_a, c.mean_b) || !same_number(c.deviation_a, c.deviation_b) ||
         std::ranges::any_of(c.drift, [](const auto& one) { return one.second != 0; });
}

}  // namespace

Result<DatasetRecord> find_dataset(const std::vector<DatasetRecord>& datasets,
                                   std::string_view reference) {
  const DatasetRecord* found = nullptr;
  for (const DatasetRecord& set : datasets)
    if (set.training == reference) found = &set;  // the newest last
  if (found != nullptr) return *found;
  for (const DatasetRecord& set : datasets) {
    if (reference.size() < 4 || !set.name.starts_with(reference)) continue;
    if (found != nullptr)
      return fail(Code::kInvalid, "more than one data set begins with {}: {} and {}", reference,
                  found->name.substr(0, 16), set.name.substr(0, 16));
    found = &set;
  }
  if (found != nullptr) return *found;
  std::string known;
  for (const DatasetRecord& set : datasets)
    known +=
        fmt::format("{}{} ({})", known.empty() ? "" : ", ", set.name.substr(0, 12), set.training);
  return fail(Code::kNotFound, "no data set is known as '{}'; there {}", reference,
              known.empty() ? "is none: `lode run` makes them" : "are " + known);
}

Status diff_datasets(const Project& project, const DatasetRecord& a, const DatasetRecord& b,
                     const DiffMeans& means, Diff& out) {
  DiffSection& section = out.sections.emplace_back("data set");
  auto put = [&](std::string what, std::string first, std::string second) {
    if (first != second) section.lines.push_back({std::move(what), first, second});
  };
  put("name", a.name, b.name);
  put("training set", a.training, b.training);
  put("rows", fmt::format("{}", a.rows), fmt::format("{}", b.rows));
  put("mean of the target", fmt::format("{:.6g}", a.target_mean),
      fmt::format("{:.6g}", b.target_mean));
  if (a.name == b.name) return {};
  TRY(std::optional<TrainingTable> rows_a, rows_of(project, a, means));
  TRY(std::optional<TrainingTable> rows_b, rows_of(project, b, means));
  if (rows_a && rows_b)
    add_rows(*rows_a, *rows_b, out);
  else
    out.notes.push_back(fmt::format(
        "rows of data set {} are not kept any more: which rows are in one alone, and how columns "
        "are distributed, cannot be told",
        (rows_a ? b : a).name.substr(0, 12)));
  auto add = [&](const DatasetColumn* in_a, const DatasetColumn* in_b) {
    DiffColumn column = column_of(a, in_a, b, in_b);
    if (rows_a && rows_b && column.type_a == column.type_b) {
      const Column* first = rows_a->columns.find(column.name);
      const Column* second = rows_b->columns.find(column.name);
      if (first != nullptr && second != nullptr) column.drift = drift_between(*first, *second);
    }
    if (differs(column)) out.columns.push_back(std::move(column));
  };
  auto find = [](const DatasetRecord& set, const std::string& name) -> const DatasetColumn* {
    auto found = std::ranges::find(set.columns, name, &DatasetColumn::name);
    return found == set.columns.end() ? nullptr : &*found;
  };
  for (const DatasetColumn& column : a.columns) add(&column, find(b, column.name));
  for (const DatasetColumn& column : b.columns)
    if (find(a, column.name) == nullptr) add(nullptr, &column);
  return {};
}

}  // namespace lode
