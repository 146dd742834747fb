// Leakage: whether the rows a model is judged on tell it something it could not know when it
// decides. A leak detector is a component (kind "leak_detector", one .cc in evaluate/leakage/) that
// looks for one way of leaking and says whom it suspects, by what figures, and what to leave out
// when the model is made and judged again without the suspects.
//
// A detector suspects, it does not prove: a suspect passed both a test (the chance that clean,
// independent rows bring any suspect of one detector is at most `alpha`, corrected by Bonferroni
// over the columns) and a floor of effect, since with many rows every triviality is significant.
// Rows that depend on each other make the test too eager; then the floor is what holds. What a
// detector cannot see stands in its description.
//
// Threads: detectors are immutable; each may be asked from any thread. The same bytes for the same
// input and options on any number of threads. Method: Kaufman, Rosset, Perlich, Stitelman (2012),
// Leakage in data mining; Kapoor and Narayanan (2023), Leakage and the reproducibility crisis.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "judge/metric.h"
#include "table/column.h"

namespace lode {

// When the values of a feature came to be, or could first be used, row by row.
struct FeatureTimes {
  std::string column;             // of the features
  const Column* times = nullptr;  // timestamps, one a row; null = not known
};

// What a model scored under a random split and under the honest one. The two may be judged on the
// same rows (then `standard_error` is compare()'s) or not (the root of the sum of squares).
struct SplitScores {
  const Metric* metric = nullptr;
  double random = 0;
  double honest = 0;
  double standard_error = 0;  // of random - honest; above 0
  std::uint32_t blocks = 0;   // behind the error; at least 2
  double least = 0.01;        // inflation that is worth a word, in the metric's unit
};

// A feature made from what a label is made from: whether other rows' outcomes, or the row's own,
// are read before they can be known stands in what is declared, and how often in the records.
struct OutcomeRead {
  std::string column;  // of the features
  std::string reads;   // for a person: "view recent, over 'flights' by departure, reads 'delay'"
  // Of each record that it may read: how long before its outcome is known it is read, in
  // microseconds; not above 0 = read when known.
  std::span<const std::int64_t> early_us;
};

// Makes the whole pipeline (encoders, options, model) from the training rows with other targets,
// one a row of the features, and scores the test rows. May be refused (kInvalid: one class).
using LeakRefit = std::function<Result<std::vector<double>>(std::span<const std::uint8_t> target)>;

// What a detector is given. All pointers and spans are the caller's and outlive the call. Rows are
// numbered as in `features`, in the order of the file they came from. What is optional may be left
// empty: a detector that needs it then says that it was not given.
struct LeakageInput {
  const Table* features = nullptr;  // what the model may read, without the target
  // 0 or 1, one a row. Of a target that is a number: 1 above its median (above_median).
  std::span<const std::uint8_t> target;
  std::span<const double> number = {};   // optional: the number itself, finite, one a row
  std::span<const Timestamp> time = {};  // optional: when each row is decided
  const Column* entity = nullptr;        // optional: whom each row is about; null = nobody
  std::string entity_name = {};          // of that column
  bool entities_apart = false;           // the split promises that no entity is on both sides
  bool split_by_time = false;            // the test lies behind the training: they may differ
  // Optional, both or neither: the honest split; ascending, apart from each other.
  std::span<const std::int64_t> train = {};
  std::span<const std::int64_t> test = {};
  std::vector<FeatureTimes> feature_times = {};  // optional
  std::optional<SplitScores> scores = {};        // optional
  std::vector<std::string> from_the_past = {};   // optional: features made of earlier rows
  // Optional: nothing = nobody looked; empty = looked, and there are none.
  std::optional<std::vector<OutcomeRead>> outcome_reads = {};
  LeakRefit refit = {};  // optional
};

// What detectors see of numbers: 1 for those above the median; where none are, for those that reach
// it.
std::vector<std::uint8_t> above_median(std::span<const double> numbers);

struct LeakageOptions {
  double alpha = 0.001;              // above 0, at most 0.05: of a detector on clean rows
  std::int64_t most_rows = 200'000;  // detectors of single columns look at a sample of so many
  std::uint64_t seed = 0;
};

// A number that a suspicion stands on.
struct LeakFigure {
  std::string name;  // "AUC", "test rows with a twin in training"
  double value = 0;
  std::optional<double> low = {};  // limits at the options' alpha, corrected like the test
  std::optional<double> high = {};
  std::optional<double> p = {};  // not corrected
};

struct LeakSuspect {
  std::string column{};    // "" = the rows or the split, no single column
  std::string sentence{};  // for a person: what was seen and what to do
  std::vector<LeakFigure> figures{};
  bool leave_out = false;                    // of the re-run: the column is one of the features
  std::vector<std::int64_t> test_rows = {};  // to leave out when judging again, ascending
};

struct LeakFinding {
  std::string detector{};
  bool looked = false;
  std::string why_not = {};                // what was missing, when it did not look
  std::vector<LeakSuspect> suspects = {};  // in order of the features
  std::vector<LeakSuspect> notes = {};     // worth a word and no accusation: left out of no re-run
};

// What the Component of a detector points to with `factory`.
struct LeakDetector {
  std::string_view name;
  // The input and options have been checked.
  Result<LeakFinding> (*detect)(const LeakageInput& input, const LeakageOptions& options,
                                ThreadPool& pool, const CancelToken& cancel);
};

// By name, and all of them.
std::vector<const LeakDetector*> all_leak_detectors();
// kNotFound with the nearest name, or all of them.
Result<const LeakDetector*> find_leak_detector(std::string_view name);

// One detector, and all of them in order of name. Errors: kInvalid for columns of another length
// than the table, a target that is not 0 or 1, a number that is not finite, rows of the split out
// of range or order or on both sides, feature times, a past or outcomes of an unknown column or
// another type, scores without an error or with fewer than 2 blocks, options out of range;
// kCancelled. No rows and one class are no errors: nothing is suspected. Cost: of each detector, in
// its description; about one sort of each column in all.
Result<LeakFinding> detect_leak(const LeakDetector& detector, const LeakageInput& input,
                                const LeakageOptions& options, ThreadPool& pool,
                                const CancelToken& cancel = {});
Result<std::vector<LeakFinding>> detect_leaks(const LeakageInput& input,
                                              const LeakageOptions& options, ThreadPool& pool,
                                              const CancelToken& cancel = {});

// What the re-run goes without, over all findings: features by name, sorted, and rows of the test,
// ascending; each once.
std::vector<std::string> columns_to_leave_out(std::span<const LeakFinding> findings);
std::vector<std::int64_t> test_rows_to_leave_out(std::span<const LeakFinding> findings);

}  // namespace lode
