#include "orchestrate/out_of_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <memory>
#include <numeric>

#include "base/random.h"

namespace lode {
namespace {

constexpr std::uint64_t kFoldStream = std::uint64_t{0x666f6c64} << 32;
constexpr std::int64_t kDay = days(1).us;

using Rows = std::vector<std::int64_t>;

struct Fold {
  Rows train;
  Rows scored;
};

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

class Scorer {
 public:
  Scorer(const OutOfFoldTask& task, Stations& stations) : task_(task), stations_(stations) {}

  Result<OutOfFold> run() {
    Blocks all = task_.splitter.blocks(task_.train);
    bool by_time = task_.model.split.random == 0;
    if (all.count < (by_time ? kOnlyTrainedOn + 2 : 2))
      return fail(Code::kInvalid, "training rows of {} {}{} give no folds", all.count,
                  task_.splitter.block_unit(), all.count == 1 ? "" : "s");
    TRY(std::vector<Fold> folds, by_time ? stretches(all) : dealt(all));
    for (std::size_t f = 0; f < folds.size(); ++f) TRY_VOID(score(folds[f], f));
    put_in_order();
    out_.how = by_time ? fmt::format("{} stretches of time, each by a model of the rows before it",
                                     folds.size())
                       : fmt::format("{} folds of {}, each by a model of the others", folds.size(),
                                     unit());
    return std::move(out_);
  }

 private:
  std::string unit() const {
    return task_.splitter.block_unit() == "row" ? "rows"
                                                : "whole groups of " + task_.splitter.block_unit();
  }

  // Days in order, cut where a share of the rows is reached.
  Result<std::vector<Fold>> stretches(const Blocks& days) const {
    std::vector<std::int64_t> count = rows_in(days);
    auto total = std::ssize(task_.train);
    auto stretches = static_cast<std::int64_t>(std::min(kStretches, days.count));
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
    for (std::size_t s = kOnlyTrainedOn; s + 1 < begin.size(); ++s) {
      TRY(SplitRows rows,
          task_.splitter.split({.begin = std::nullopt, .end = Timestamp{begin[s]}},
                               {.begin = Timestamp{begin[s]}, .end = Timestamp{begin[s + 1]}}));
      folds.push_back({common(rows.train, task_.train), common(rows.test, task_.train)});
    }
    return folds;
  }

  Result<std::vector<Fold>> dealt(const Blocks& blocks) const {
    std::vector<std::uint32_t> order(blocks.count);
    std::iota(order.begin(), order.end(), 0U);
    Random random(task_.model.seed, kFoldStream);
    random.shuffle(std::span<std::uint32_t>(order));
    std::uint32_t count = std::min(kFolds, blocks.count);
    std::vector<std::uint32_t> fold_of(blocks.count);
    for (std::uint32_t i = 0; i < blocks.count; ++i) fold_of[order[i]] = i % count;
    std::vector<Fold> folds(count);
    for (std::size_t i = 0; i < task_.train.size(); ++i)
      for (std::uint32_t f = 0; f < count; ++f)
        (fold_of[blocks.of_row[i]] == f ? folds[f].scored : folds[f].train)
            .push_back(task_.train[i]);
    return folds;
  }

  Status station(std::size_t fold, std::string_view name, StationKind kind,
                 const std::function<Status(Station&)>& work) {
    return stations_.run(
        {.name = fmt::format("model {}: fold {}, {}", task_.model.name, fold + 1, name),
         .kind = kind},
        work);
  }

  Status score(const Fold& fold, std::size_t number) {
    if (fold.train.empty() || fold.scored.empty())
      return fail(Code::kInvalid, "fold {} has no row left to {}", number + 1,
                  fold.train.empty() ? "train on" : "score");
    EncodedRows encoded;
    std::unique_ptr<FittedModel> fitted;
    TRY_VOID(station(number, "encode", StationKind::kOwn, [&](Station& station) -> Status {
      TRY(encoded, task_.recipe.encode(fold.train));
      station.advance(std::ssize(fold.train));
      return {};
    }));
    TRY_VOID(station(number, "fit", StationKind::kTraining, [&](Station& station) -> Status {
      TRY(fitted, task_.recipe.fit(encoded, task_.options));
      station.advance(std::ssize(fold.train));
      return {};
    }));
    return station(number, "score", StationKind::kOwn, [&](Station& station) -> Status {
      encoded.design = {};
      std::vector<double> scores(fold.scored.size());
      TRY_VOID(task_.recipe.score(encoded.encoders, *fitted, fold.scored, scores));
      out_.rows.insert(out_.rows.end(), fold.scored.begin(), fold.scored.end());
      out_.score.insert(out_.score.end(), scores.begin(), scores.end());
      fold_.insert(fold_.end(), scores.size(), static_cast<std::uint32_t>(number));
      station.advance(std::ssize(fold.scored));
      return {};
    });
  }

  void put_in_order() {
    std::vector<std::size_t> order(out_.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return out_.rows[i]; });
    OutOfFold sorted;
    std::vector<std::uint32_t> fold;
    for (std::size_t i : order) {
      sorted.rows.push_back(out_.rows[i]);
      sorted.score.push_back(out_.score[i]);
      fold.push_back(fold_[i]);
    }
    sorted.blocks = blocks_of(sorted.rows);
    sorted.fold_of_block.resize(sorted.blocks.count);
    for (std::size_t i = 0; i < fold.size(); ++i)
      sorted.fold_of_block[sorted.blocks.of_row[i]] = fold[i];
    out_ = std::move(sorted);
  }

  // Those of the training rows, numbered anew without blocks of which no row was scored: blocks of
  // other rows would be others where rows are put together at random.
  Blocks blocks_of(const Rows& rows) const {
    Blocks all = task_.splitter.blocks(task_.train);
    constexpr std::uint32_t kNone = UINT32_MAX;
    std::vector<std::uint32_t> number(all.count, kNone);
    Blocks out;
    std::size_t at = 0;
    for (std::int64_t row : rows) {
      while (task_.train[at] != row) ++at;
      std::uint32_t& known = number[all.of_row[at]];
      if (known == kNone) known = out.count++;
      out.of_row.push_back(known);
    }
    return out;
  }

  const OutOfFoldTask& task_;
  Stations& stations_;
  OutOfFold out_;
  std::vector<std::uint32_t> fold_;  // of each row of out_, as they come
};

}  // namespace

std::vector<std::uint32_t> OutOfFold::folds() const {
  std::vector<std::uint32_t> out;
  out.reserve(rows.size());
  for (std::uint32_t block : blocks.of_row) out.push_back(fold_of_block[block]);
  return out;
}

Result<OutOfFold> score_out_of_fold(const OutOfFoldTask& task, Stations& stations) {
  return Scorer(task, stations).run();
}

}  // namespace lode
