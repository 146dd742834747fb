#include "evaluate/leakage.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/component.h"

namespace lode {
namespace {

Status check_options(const LeakageOptions& options) {
  if (!(options.alpha > 0 && options.alpha <= 0.05))
    return fail(Code::kInvalid, "alpha {} of leak detectors is not above 0 and at most 0.05",
                options.alpha);
  if (options.most_rows < 1)
    return fail(Code::kInvalid, "leak detectors need at least one row to look at, not {}",
                options.most_rows);
  return {};
}

Status check_side(std::string_view name, std::span<const std::int64_t> side, std::int64_t rows) {
  std::int64_t before = -1;
  for (std::int64_t row : side) {
    if (row <= before || row >= rows)
      return fail(Code::kInvalid, "{} rows must ascend and be below {}; {} comes after {}", name,
                  rows, row, before);
    before = row;
  }
  return {};
}

Status check_split(const LeakageInput& input) {
  if (input.train.empty() != input.test.empty())
    return fail(Code::kInvalid, "a split has training and test rows; one of them was given alone");
  TRY_VOID(check_side("training", input.train, input.features->rows));
  TRY_VOID(check_side("test", input.test, input.features->rows));
  auto train = input.train.begin();
  for (std::int64_t row : input.test) {
    train = std::lower_bound(train, input.train.end(), row);
    if (train != input.train.end() && *train == row)
      return fail(Code::kInvalid, "row {} is both training and test", row);
  }
  return {};
}

Status check_scores(const LeakageInput& input) {
  if (const auto& scores = input.scores) {
    if (scores->metric == nullptr || !std::isfinite(scores->random) ||
        !std::isfinite(scores->honest))
      return fail(Code::kInvalid, "scores of two splits need a metric and finite values");
    if (scores->metric->better == Direction::kZero)
      return fail(Code::kInvalid, "{} has no better end, so nothing can be inflated by it",
                  scores->metric->name);
    if (!(scores->standard_error > 0) || scores->blocks < 2 || !(scores->least >= 0))
      return fail(
          Code::kInvalid,
          "scores of two splits need a standard error above 0, 2 blocks or more and a least "
          "inflation of 0 or more");
  }
  return {};
}

Status check_optional(const LeakageInput& input) {
  std::int64_t rows = input.features->rows;
  if (!input.number.empty() && std::ssize(input.number) != rows)
    return fail(Code::kInvalid, "{} numbers for {} rows", input.number.size(), rows);
  for (double number : input.number)
    if (!std::isfinite(number))
      return fail(Code::kInvalid, "target {} is not a finite number", number);
  if (!input.time.empty() && std::ssize(input.time) != rows)
    return fail(Code::kInvalid, "{} times for {} rows", input.time.size(), rows);
  if (input.entity != nullptr && input.entity->length != rows)
    return fail(Code::kInvalid, "{} entities for {} rows", input.entity->length, rows);
  for (const FeatureTimes& one : input.feature_times) {
    if (input.features->find(one.column) == nullptr)
      return fail(Code::kInvalid, "times are given for '{}', which is no feature", one.column);
    if (one.times == nullptr || one.times->type.id != TypeId::kTimestamp)
      return fail(Code::kInvalid, "the times of '{}' are not timestamps", one.column);
    if (one.times->length != rows)
      return fail(Code::kInvalid, "{} times of '{}' for {} rows", one.times->length, one.column,
                  rows);
  }
  for (const std::string& name : input.from_the_past)
    if (input.features->find(name) == nullptr)
      return fail(Code::kInvalid, "'{}' is said to be made from the past, and is no feature", name);
  if (input.outcome_reads)
    for (const OutcomeRead& read : *input.outcome_reads)
      if (input.features->find(read.column) == nullptr)
        return fail(Code::kInvalid, "'{}' is said to read outcomes, and is no feature",
                    read.column);
  return check_scores(input);
}

Status check(const LeakageInput& input, const LeakageOptions& options) {
  TRY_VOID(check_options(options));
  if (input.features == nullptr)
    return fail(Code::kInvalid, "leak detectors need a table of features");
  if (std::ssize(input.target) != input.features->rows)
    return fail(Code::kInvalid, "{} targets for {} rows", input.target.size(),
                input.features->rows);
  for (std::size_t i = 0; i < input.target.size(); ++i)
    if (input.target[i] > 1)
      return fail(Code::kInvalid, "row {}: target {} is not 0 or 1", i, input.target[i]);
  TRY_VOID(check_split(input));
  return check_optional(input);
}

template <typename T>
std::vector<T> sorted_once(std::vector<T> all) {
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

}  // namespace

std::vector<std::uint8_t> above_median(std::span<const double> numbers) {
  std::vector<std::uint8_t> above(numbers.size());
  if (numbers.empty()) return above;
  std::vector<double> sorted(numbers.begin(), numbers.end());
  auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  bool some = std::ranges::any_of(numbers, [&](double number) { return number > *middle; });
  for (std::size_t i = 0; i < numbers.size(); ++i)
    above[i] = (some ? numbers[i] > *middle : numbers[i] >= *middle) ? 1 : 0;
  return above;
}

std::vector<const LeakDetector*> all_leak_detectors() {
  std::vector<const LeakDetector*> all;
  for (const Component* component : components("leak_detector"))
    all.push_back(static_cast<const LeakDetector*>(component->factory));
  return all;
}

Result<const LeakDetector*> find_leak_detector(std::string_view name) {
  if (const Component* component = find_component("leak_detector", name))
    return static_cast<const LeakDetector*>(component->factory);
  std::vector<std::string_view> known;
  std::string list;
  for (const LeakDetector* detector : all_leak_detectors()) {
    known.push_back(detector->name);
    list += list.empty() ? "" : ", ";
    list += detector->name;
  }
  std::string_view guess = nearest(name, known);
  if (!guess.empty())
    return fail(Code::kNotFound, "unknown leak detector '{}'; did you mean '{}'?", name, guess);
  return fail(Code::kNotFound, "unknown leak detector '{}'; known are {}", name, list);
}

Result<LeakFinding> detect_leak(const LeakDetector& detector, const LeakageInput& input,
                                const LeakageOptions& options, ThreadPool& pool,
                                const CancelToken& cancel) {
  TRY_VOID(check(input, options));
  TRY_VOID(cancel.check());
  TRY(LeakFinding finding, detector.detect(input, options, pool, cancel));
  finding.detector = detector.name;
  return finding;
}

Result<std::vector<LeakFinding>> detect_leaks(const LeakageInput& input,
                                              const LeakageOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel) {
  TRY_VOID(check(input, options));
  std::vector<LeakFinding> findings;
  for (const LeakDetector* detector : all_leak_detectors()) {
    TRY_VOID(cancel.check());
    TRY(LeakFinding finding, detector->detect(input, options, pool, cancel));
    finding.detector = detector->name;
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<std::string> columns_to_leave_out(std::span<const LeakFinding> findings) {
  std::vector<std::string> names;
  for (const LeakFinding& finding : findings)
    for (const LeakSuspect& suspect : finding.suspects)
      if (suspect.leave_out) names.push_back(suspect.column);
  return sorted_once(std::move(names));
}

std::vector<std::int64_t> test_rows_to_leave_out(std::span<const LeakFinding> findings) {
  std::vector<std::int64_t> rows;
  for (const LeakFinding& finding : findings)
    for (const LeakSuspect& suspect : finding.suspects)
      rows.insert(rows.end(), suspect.test_rows.begin(), suspect.test_rows.end());
  return sorted_once(std::move(rows));
}

}  // namespace lode
