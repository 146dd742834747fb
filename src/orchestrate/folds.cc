#include "orchestrate/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "base/random.h"

namespace lode {
namespace {

constexpr std::uint64_t kFoldStream = std::uint64_t{0x666f6c64} << 32;
constexpr std::int64_t kDay = days(1).us;

using Rows = std::vector<std::int64_t>;

Rows common(const Rows& a, std::span<const std::int64_t> b) {
  Rows out;
  std::ranges::set_intersection(a, b, std::back_inserter(out));
  return out;
}

// How many rows there are in each block.
std::vector<std::int64_t> rows_in(const Blocks& blocks) {
  std::vector<std::int64_t> rows(blocks.count);
  for (std::uint32_t block : blocks.of_row) ++rows[block];
  return rows;
}

class FoldMaker {
 public:
  FoldMaker(const FoldTask& task, const FoldPlan& plan) : task_(task), plan_(plan) {}

  Result<std::vector<Fold>> make() const {
    Blocks all = task_.splitter.blocks(task_.train);
    bool by_time = task_.model.split.random == 0;
    if (all.count < (by_time ? plan_.only_trained_on + 2 : 2))
      return fail(Code::kInvalid, "training rows of {} {}{} give no folds", all.count,
                  task_.splitter.block_unit(), all.count == 1 ? "" : "s");
    std::vector<Fold> folds;
    if (by_time) {
      TRY(folds, stretches(all));
    } else if (plan_.stratified && task_.model.split.stratified) {
      folds = dealt_by_label();
    } else {
      folds = dealt(all);
    }
    for (std::size_t f = 0; f < folds.size(); ++f)
      if (folds[f].train.empty() || folds[f].scored.empty())
        return fail(Code::kInvalid, "fold {} has no row left to {}", f + 1,
                    folds[f].train.empty() ? "train on" : "score");
    return folds;
  }

 private:
  // Days in order, cut where a share of the rows is reached.
  Result<std::vector<Fold>> stretches(const Blocks& days) const {
    std::vector<std::int64_t> count = rows_in(days);
    auto total = std::ssize(task_.train);
    auto stretches = static_cast<std::int64_t>(std::min(plan_.stretches, days.count));
    std::vector<std::int64_t> stretch_of(days.count);
    std::int64_t before = 0;
    std::int64_t last = -1;  // so that none is empty where a day has most rows
    for (std::size_t d = 0; d < count.size(); ++d) {
      last = std::min(last + 1, std::max(last, before * stretches / total));
      stretch_of[d] = last;
      before += count[d];
    }
    std::vector<std::int64_t> begin(static_cast<std::size_t>(last) + 1, INT64_MAX);
    std::int64_t end = INT64_MIN;
    for (std::size_t i = 0; i < task_.train.size(); ++i) {
      std::int64_t day =
          day_number({task_.training.time[static_cast<std::size_t>(task_.train[i])]});
      auto& first = begin[static_cast<std::size_t>(stretch_of[days.of_row[i]])];
      first = std::min(first, day * kDay);
      end = std::max(end, (day + 1) * kDay);
    }
    begin.push_back(end);
    std::vector<Fold> folds;
    for (std::size_t s = plan_.only_trained_on; s + 1 < begin.size(); ++s) {
      TRY(SplitRows rows,
          task_.splitter.split({.begin = std::nullopt, .end = Timestamp{begin[s]}},
                               {.begin = Timestamp{begin[s]}, .end = Timestamp{begin[s + 1]}}));
      folds.push_back({common(rows.train, task_.train), common(rows.test, task_.train)});
    }
    return folds;
  }

  Random draws() const { return Random(task_.model.seed, kFoldStream + plan_.stream); }

  // Blocks in a drawn order, each to the next fold.
  std::vector<Fold> dealt(const Blocks& blocks) const {
    std::vector<std::uint32_t> order(blocks.count);
    std::iota(order.begin(), order.end(), 0U);
    Random random = draws();
    random.shuffle(std::span<std::uint32_t>(order));
    std::uint32_t count = std::min(plan_.dealt, blocks.count);
    std::vector<std::uint32_t> fold_of(blocks.count);
    for (std::uint32_t i = 0; i < blocks.count; ++i) fold_of[order[i]] = i % count;
    std::vector<std::uint32_t> of_row;
    for (std::uint32_t block : blocks.of_row) of_row.push_back(fold_of[block]);
    return folds_of(of_row, count);
  }

  // The rows of either label in a drawn order, those of one behind those of the other.
  std::vector<Fold> dealt_by_label() const {
    std::vector<std::uint32_t> order[2];
    for (std::size_t i = 0; i < task_.train.size(); ++i)
      order[task_.training.target[static_cast<std::size_t>(task_.train[i])] != 0 ? 1 : 0].push_back(
          static_cast<std::uint32_t>(i));
    Random random = draws();
    auto count = static_cast<std::uint32_t>(std::min<std::size_t>(plan_.dealt, task_.train.size()));
    std::vector<std::uint32_t> of_row(task_.train.size());
    std::uint32_t next = 0;
    for (std::vector<std::uint32_t>& rows : order) {
      random.shuffle(std::span<std::uint32_t>(rows));
      for (std::uint32_t row : rows) of_row[row] = next++ % count;
    }
    return folds_of(of_row, count);
  }

  std::vector<Fold> folds_of(const std::vector<std::uint32_t>& of_row, std::uint32_t count) const {
    std::vector<Fold> folds(count);
    for (std::size_t i = 0; i < task_.train.size(); ++i)
      for (std::uint32_t f = 0; f < count; ++f)
        (of_row[i] == f ? folds[f].scored : folds[f].train).push_back(task_.train[i]);
    return folds;
  }

  const FoldTask& task_;
  const FoldPlan& plan_;
};

}  // namespace

Result<std::vector<Fold>> make_folds(const FoldTask& task, const FoldPlan& plan) {
  return FoldMaker(task, plan).make();
}

std::string folds_text(const FoldTask& task, std::size_t folds) {
  if (task.model.split.random == 0)
    return fmt::format("{} stretches of time, each by a model of the rows before it", folds);
  std::string unit = task.splitter.block_unit();
  return fmt::format("{} folds of {}, each by a model of the others", folds,
                     unit == "row" ? "rows" : "whole groups of " + unit);
}

}  // namespace lode
