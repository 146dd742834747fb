#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/hash.h"
#include "evaluate/leakage.h"
#include "evaluate/leakage/cells.h"
#include "evaluate/leakage/rank_sum.h"
#include "judge/distributions.h"

namespace lode {
namespace {

// A row is telling if fewer than this many of the training rows would equal it by chance.
constexpr double kByChance = 0.01;
constexpr std::int64_t kLeastTwins = 5;
constexpr double kLeastShare = 0.005;    // of the test rows
constexpr double kLeastKeep = 0.8;       // see rows_coincide_anyway
constexpr double kLeastAgreement = 0.8;  // Cohen's kappa of the twins' targets

struct Twin {
  std::size_t test;    // place in the test rows
  std::int64_t train;  // the first training row that is equal
};

class Duplicates {
 public:
  Duplicates(const LeakageInput& input, const LeakageOptions& options, ThreadPool& pool,
             const CancelToken& cancel)
      : input_(input), options_(options), pool_(pool), cancel_(cancel) {}

  Result<LeakFinding> detect() {
    LeakFinding finding{.looked = true};
    choose_columns();
    find_twins();
    if (std::ssize(twins_) < least_twins()) return finding;
    count_by_chance();
    std::erase_if(twins_, [&](const Twin& twin) { return by_chance_[twin.test] >= kByChance; });
    double expected = 0;
    for (double rows : by_chance_)
      if (rows < kByChance) expected += rows;
    // A count by its root, whose variance does not depend on what is expected (Bartlett, 1936).
    auto seen = static_cast<double>(twins_.size());
    double p = normal_cdf(-2 * (std::sqrt(seen) - std::sqrt(expected)));
    if (std::ssize(twins_) < least_twins() || p > options_.alpha) return finding;
    double kappa = agreement();
    if (!(kappa >= kLeastAgreement)) return finding;
    TRY(bool anyway, rows_coincide_anyway());
    if (!anyway) finding.suspects.push_back(suspect(p, kappa));
    return finding;
  }

 private:
  std::int64_t least_twins() const {
    auto share =
        static_cast<std::int64_t>(std::ceil(kLeastShare * static_cast<double>(input_.test.size())));
    return std::max(kLeastTwins, share);
  }

  // All but row ids and stamps: whole numbers, texts and times that differ in every row would make
  // each copy look new.
  void choose_columns() {
    std::vector<std::int64_t> rows;
    std::ranges::merge(input_.train, input_.test, std::back_inserter(rows));
    for (const Column& column : input_.features->columns) {
      if (!has_plain_cells(column)) continue;
      bool may_be_id = column.type.id == TypeId::kInt64 || column.type.id == TypeId::kString ||
                       column.type.id == TypeId::kTimestamp;
      if (may_be_id && codes_of(column, rows).count == std::ssize(rows)) continue;
      columns_.push_back(&column);
    }
  }

  // The hash of a row is a sum, so that a column can be taken out of it again.
  std::uint64_t cell(std::size_t c, std::int64_t row) const {
    return hash_combine(c, cell_hash(*columns_[c], row));
  }
  std::uint64_t row_hash(std::int64_t row) const {
    std::uint64_t sum = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) sum += cell(c, row);
    return sum;
  }

  void find_twins() {
    if (columns_.empty()) return;
    std::unordered_map<std::uint64_t, std::int64_t> first;  // asked, never walked
    for (std::int64_t row : input_.train) {
      train_hash_.push_back(row_hash(row));
      first.try_emplace(train_hash_.back(), row);
    }
    for (std::size_t i = 0; i < input_.test.size(); ++i) {
      test_hash_.push_back(row_hash(input_.test[i]));
      if (auto found = first.find(test_hash_.back()); found != first.end())
        twins_.push_back({i, found->second});
    }
  }

  // For each test row how many training rows would equal it if columns were independent.
  void count_by_chance() {
    auto rows = static_cast<double>(input_.train.size());
    by_chance_.assign(input_.test.size(), rows);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      std::unordered_map<std::uint64_t, double> count;
      for (std::int64_t row : input_.train) count[cell(c, row)] += 1;
      for (std::size_t i = 0; i < input_.test.size(); ++i) {
        auto found = count.find(cell(c, input_.test[i]));
        by_chance_[i] *= found == count.end() ? 0 : found->second / rows;
      }
    }
  }

  // Cohen's kappa (1960) between the targets of twins; NaN where all have one target.
  double agreement() const {
    double both = 0;
    double test = 0;
    double train = 0;
    auto n = static_cast<double>(twins_.size());
    for (const Twin& twin : twins_) {
      std::uint8_t a = target(input_.test[twin.test]);
      std::uint8_t b = target(twin.train);
      both += a == b ? 1 : 0;
      test += a;
      train += b;
    }
    double by_chance = (test * train + (n - test) * (n - train)) / (n * n);
    return (both / n - by_chance) / (1 - by_chance);
  }
  std::uint8_t target(std::int64_t row) const {
    return input_.target[static_cast<std::size_t>(row)];
  }

  // Columns that depend on each other bring equal rows without any copying. Then rows that are
  // equal but for one column are about as frequent: of pairs that agree in all other columns, those
  // that agree in this one too are only a part. Copies agree in all columns or in none.
  Result<bool> rows_coincide_anyway() {
    std::vector<std::uint8_t> anyway(columns_.size());
    TRY_VOID(parallel_for(
        pool_, columns_.size(),
        [&](std::size_t c) {
          struct Count {
            double like = 0;  // test rows of this hash
          };
          std::unordered_map<std::uint64_t, Count> others;
          std::unordered_map<std::uint64_t, Count> whole;
          for (std::size_t i = 0; i < input_.test.size(); ++i) {
            if (by_chance_[i] >= kByChance) continue;
            others[test_hash_[i] - cell(c, input_.test[i])].like += 1;
            whole[test_hash_[i]].like += 1;
          }
          double pairs = 0;
          double kept = 0;
          for (std::size_t i = 0; i < input_.train.size(); ++i) {
            auto near = others.find(train_hash_[i] - cell(c, input_.train[i]));
            if (near == others.end()) continue;
            pairs += near->second.like;
            if (auto same = whole.find(train_hash_[i]); same != whole.end())
              kept += same->second.like;
          }
          anyway[c] = kept < kLeastKeep * pairs ? 1 : 0;
        },
        cancel_));
    return std::ranges::find(anyway, 1) != anyway.end();
  }

  LeakSuspect suspect(double p, double kappa) const {
    auto rows = std::ssize(input_.test);
    auto seen = std::ssize(twins_);
    double share = static_cast<double>(seen) / static_cast<double>(rows);
    ShareLimits limits = share_limits(seen, rows, options_.alpha);
    LeakSuspect out{
        .sentence = fmt::format(
            "{} of {} test rows ({:.1f} %) are copies of training rows, with the same target: a "
            "model may remember them instead of learning. Leave them out of the test, and find out "
            "where copies come from.",
            seen, rows, 100 * share)};
    out.figures = {{.name = "share of test rows with a twin in training",
                    .value = share,
                    .low = limits.low,
                    .high = limits.high,
                    .p = p},
                   {.name = "agreement of the twins' targets (kappa)", .value = kappa}};
    for (const Twin& twin : twins_) out.test_rows.push_back(input_.test[twin.test]);
    return out;
  }

  const LeakageInput& input_;
  const LeakageOptions& options_;
  ThreadPool& pool_;
  const CancelToken& cancel_;
  std::vector<const Column*> columns_;
  std::vector<std::uint64_t> train_hash_;
  std::vector<std::uint64_t> test_hash_;
  std::vector<Twin> twins_;
  std::vector<double> by_chance_;  // a test row
};

Result<LeakFinding> detect(const LeakageInput& input, const LeakageOptions& options,
                           ThreadPool& pool, const CancelToken& cancel) {
  if (input.train.empty()) return LeakFinding{.why_not = "no split was given"};
  return Duplicates(input, options, pool, cancel).detect();
}

constexpr LeakDetector kDetector = {"duplicate_rows", detect};

constinit const Component kComponent = {
    .kind = "leak_detector",
    .name = kDetector.name,
    .summary = "test rows that are copies of training rows",
    .description =
        "Looks for test rows whose features equal a training row's, by a 64-bit hash of the row; "
        "columns of whole numbers, texts or times that differ in every row count as row ids and "
        "are left aside. Counts only rows that would hardly be met twice by chance (fewer than "
        "0.01 training rows expected from the frequencies of their values), and suspects copying "
        "if they are at least 5 and 0.5 % of the test, more than chance brings (a count by its "
        "root, Bartlett, 1936), carry the target of their twin (Cohen's kappa at least 0.8), and "
        "rows that differ from a training row in one column alone are rare beside them. Names the "
        "rows to leave out of the test.\n"
        "Cannot see: near copies, or copies with another stamp that is no row id; copies in data "
        "whose rows coincide anyway, such as a few yes-or-no columns; copies that all have one "
        "target.\n"
        "Cost: one hash of each cell, 24 bytes a row; where twins are found, two more looks at "
        "each column.",
    .example = "duplicate_rows",
    .options = {},
    .factory = &kDetector,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
