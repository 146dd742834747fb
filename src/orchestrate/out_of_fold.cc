#include "orchestrate/out_of_fold.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>

#include "orchestrate/folds.h"

namespace lode {
namespace {

class Scorer {
 public:
  Scorer(const OutOfFoldTask& task, Stations& stations) : task_(task), stations_(stations) {}

  Result<OutOfFold> run() {
    FoldTask task{task_.model, task_.training, task_.splitter, task_.train};
    TRY(std::vector<Fold> folds, make_folds(task, {}));
    for (std::size_t f = 0; f < folds.size(); ++f) TRY_VOID(score(folds[f], f));
    put_in_order();
    out_.how = folds_text(task, folds.size());
    return std::move(out_);
  }

 private:
  Status station(std::size_t fold, std::string_view name, StationKind kind,
                 const std::function<Status(Station&)>& work) {
    return stations_.run(
        {.name = fmt::format("model {}: fold {}, {}", task_.model.name, fold + 1, name),
         .kind = kind},
        work);
  }

  Status score(const Fold& fold, std::size_t number) {
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
  Blocks blocks_of(const std::vector<std::int64_t>& rows) const {
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
