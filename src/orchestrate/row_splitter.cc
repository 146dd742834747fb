#include "orchestrate/row_splitter.h"

#include <fmt/format.h>

#include "features/facts.h"
#include "mine/algorithm.h"

namespace lode {
namespace {

constexpr std::uint32_t kMostBlocks = 1000;

Period period_of(const TimeRange& range) {
  Period period;
  if (range.begin) period.begin = *range.begin;
  if (range.end) period.end = *range.end;
  return period;
}

// Numbers of the groups; a row without one is a group of its own.
std::vector<std::int64_t> groups_of(const Column& column) {
  KeyIndex index;
  std::vector<std::int64_t> groups = add_keys(index, column);
  std::int64_t next = index.size();
  for (std::int64_t& group : groups)
    if (group < 0) group = next++;
  return groups;
}

std::vector<Timestamp> stamps(std::span<const std::int64_t> times) {
  std::vector<Timestamp> out;
  out.reserve(times.size());
  for (std::int64_t t : times) out.push_back({t});
  return out;
}

}  // namespace

RowSplitter::RowSplitter(const Model& model, const TrainingTable& training)
    : model_(model), training_(training) {
  if (const Column* groups = training.columns.find(model.split.groups))
    group_of_ = groups_of(*groups);
}

std::vector<std::uint8_t> RowSplitter::labels() const {
  std::vector<std::uint8_t> out;
  out.reserve(training_.target.size());
  for (double target : training_.target) out.push_back(target != 0 ? 1 : 0);
  return out;
}

Result<Exchangeability> RowSplitter::exchangeability() const {
  std::vector<Timestamp> times = stamps(training_.time);
  if (task_of(model_.algorithm) == Task::kBinary) return test_exchangeable(times, labels());
  return test_exchangeable(times, std::span<const double>(training_.target));
}

Status RowSplitter::check_exchangeable() {
  if (!training_.timed) {
    notes_.push_back(
        "split at random: rows have no time, so nothing shows whether the future will be like "
        "them");
    return {};
  }
  TRY(Exchangeability tested, exchangeability());
  if (!tested.looked)
    notes_.push_back(fmt::format(
        "split at random: rows have one time or one {}, so nothing shows whether they may be",
        task_of(model_.algorithm) == Task::kBinary ? "label" : "target"));
  if (!tested.rejected) return {};
  if (!model_.split.exchangeable)
    return fail(Code::kInvalid,
                "its rows are not exchangeable, so a split at random would flatter it: {}; give "
                "`train` and `test` times, or say `exchangeable: true` if the order of time means "
                "nothing",
                tested.why);
  notes_.push_back(fmt::format(
      "split at random although {}: the future may be harder than these figures say", tested.why));
  return {};
}

Result<SplitRows> RowSplitter::split() {
  const Split& how = model_.split;
  if (how.random == 0) return split(how.train, how.test);
  if (how.stratified && task_of(model_.algorithm) == Task::kNumber)
    return fail(Code::kInvalid,
                "'stratified' deals out the rows of either label, and {} learns numbers; leave it "
                "out",
                model_.algorithm);
  TRY_VOID(check_exchangeable());
  RandomSplit random{.test = how.random, .seed = model_.seed};
  if (!group_of_.empty()) return split_groups_at_random(group_of_, random);
  return split_at_random(training_.columns.rows,
                         how.stratified ? labels() : std::vector<std::uint8_t>(), random);
}

Result<SplitRows> RowSplitter::split(const TimeRange& train, const TimeRange& test) const {
  TRY(SplitRows rows, split_by_time(stamps(training_.time), stamps(training_.known),
                                    {.train = period_of(train),
                                     .test = period_of(test),
                                     .embargo = model_.split.embargo,
                                     .purge_unknown_labels = model_.split.purge}));
  if (!group_of_.empty()) TRY_VOID(keep_groups_apart(group_of_, rows));
  return rows;
}

Blocks RowSplitter::blocks(std::span<const std::int64_t> rows) const {
  if (model_.split.random > 0) {
    Blocks all = block_per_row(rows.size());
    if (!group_of_.empty()) {
      std::vector<std::int64_t> groups;
      for (std::int64_t row : rows) groups.push_back(group_of_[static_cast<std::size_t>(row)]);
      all = blocks_by_key(groups);
    }
    return merge_blocks(std::move(all), kMostBlocks, model_.seed);
  }
  std::vector<Timestamp> times;
  times.reserve(rows.size());
  for (std::int64_t row : rows) times.push_back({training_.time[static_cast<std::size_t>(row)]});
  return blocks_by_day(times);
}

std::string RowSplitter::block_unit() const {
  if (model_.split.random == 0) return "day";
  return group_of_.empty() ? "row" : model_.split.groups;
}

}  // namespace lode
