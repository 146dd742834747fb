#include "judge/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

namespace lode {
namespace {

Status check(std::size_t times, std::size_t known, const TimeSplit& split) {
  if (split.train.begin >= split.train.end || split.test.begin >= split.test.end)
    return fail(Code::kInvalid, "the {} range from {} to {} is empty",
                split.train.begin >= split.train.end ? "training" : "test",
                text(split.train.begin >= split.train.end ? split.train.begin : split.test.begin),
                text(split.train.begin >= split.train.end ? split.train.end : split.test.end));
  if (split.train.end > split.test.begin)
    return fail(Code::kInvalid,
                "training goes on until {}, after the test begins at {}; end it there or before",
                text(split.train.end), text(split.test.begin));
  if (split.embargo.us < 0)
    return fail(Code::kInvalid, "embargo {} is negative; give 0s or more", text(split.embargo));
  if (known != times && (split.purge_unknown_labels || known != 0))
    return fail(
        Code::kInvalid,
        "{} rows and {} times at which labels were known: give one each, or switch the purge "
        "of unknown labels off",
        times, known);
  return {};
}

constexpr std::uint64_t kSplitStream = std::uint64_t{0x73706c69} << 32;

Status check_share(const RandomSplit& split) {
  if (split.test > 0 && split.test < 1) return {};
  return fail(Code::kInvalid,
              "a share of {} of the rows cannot be tested on; give one between 0 and 1",
              split.test);
}

// Marks the nearest whole number to the share of these rows, drawn at random.
std::int64_t draw(std::vector<std::int64_t>& rows, double share, Random& random,
                  std::vector<std::uint8_t>& in_test) {
  auto count = static_cast<std::size_t>(std::llround(share * static_cast<double>(rows.size())));
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
    in_test[static_cast<std::size_t>(rows[i])] = 1;
  }
  return static_cast<std::int64_t>(count);
}

SplitRows sides_of(const std::vector<std::uint8_t>& in_test) {
  SplitRows rows;
  for (std::size_t i = 0; i < in_test.size(); ++i)
    (in_test[i] != 0 ? rows.test : rows.train).push_back(static_cast<std::int64_t>(i));
  return rows;
}

}  // namespace

Result<SplitRows> split_by_time(std::span<const Timestamp> times, std::span<const Timestamp> known,
                                const TimeSplit& split) {
  TRY_VOID(check(times.size(), known.size(), split));
  Timestamp embargo_begin = split.test.begin - split.embargo;
  SplitRows rows;
  for (std::size_t i = 0; i < times.size(); ++i) {
    auto row = static_cast<std::int64_t>(i);
    if (split.test.contains(times[i])) {
      rows.test.push_back(row);
    } else if (!split.train.contains(times[i])) {
      ++rows.outside;
    } else if (times[i] >= embargo_begin) {
      ++rows.embargoed;
    } else if (split.purge_unknown_labels && known[i] > split.test.begin) {
      ++rows.unknown_label;
    } else {
      rows.train.push_back(row);
    }
  }
  if (rows.train.empty() || rows.test.empty())
    return fail(Code::kInvalid,
                "the split leaves {} training and {} test rows of {} ({} outside both ranges, {} "
                "under embargo, {} with a label unknown at {})",
                rows.train.size(), rows.test.size(), times.size(), rows.outside, rows.embargoed,
                rows.unknown_label, text(split.test.begin));
  return rows;
}

Result<SplitRows> split_at_random(std::int64_t rows, std::span<const std::uint8_t> labels,
                                  const RandomSplit& split) {
  TRY_VOID(check_share(split));
  if (rows < 2) return fail(Code::kInvalid, "{} rows cannot be split in two", rows);
  if (!labels.empty() && std::ssize(labels) != rows)
    return fail(Code::kInvalid, "{} labels for {} rows", labels.size(), rows);
  std::vector<std::uint8_t> in_test(static_cast<std::size_t>(rows));
  Random random(split.seed, kSplitStream);
  std::int64_t tested = 0;
  std::vector<std::int64_t> of_label[2];
  for (std::int64_t i = 0; i < rows; ++i)
    of_label[!labels.empty() && labels[static_cast<std::size_t>(i)] != 0 ? 1 : 0].push_back(i);
  for (std::vector<std::int64_t>& stratum : of_label)
    tested += draw(stratum, split.test, random, in_test);
  // A share of few rows may round to none or all of them.
  if (tested == 0) in_test[random.below(in_test.size())] = 1;
  if (tested == rows) in_test[random.below(in_test.size())] = 0;
  return sides_of(in_test);
}

Result<SplitRows> split_groups_at_random(std::span<const std::int64_t> group_of,
                                         const RandomSplit& split) {
  TRY_VOID(check_share(split));
  std::vector<std::int64_t> groups(group_of.begin(), group_of.end());
  std::ranges::sort(groups);
  groups.erase(std::ranges::unique(groups).begin(), groups.end());
  if (!groups.empty() && groups.front() < 0)
    return fail(Code::kInvalid, "a row has no group, and must have one to be split by groups");
  if (groups.size() < 2)
    return fail(Code::kInvalid, "{} groups cannot be split in two", groups.size());
  std::vector<std::int64_t> rows_of(groups.size());
  std::vector<std::size_t> place(group_of.size());
  for (std::size_t i = 0; i < group_of.size(); ++i) {
    place[i] =
        static_cast<std::size_t>(std::ranges::lower_bound(groups, group_of[i]) - groups.begin());
    ++rows_of[place[i]];
  }
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), 0U);
  Random(split.seed, kSplitStream).shuffle(std::span(order));
  std::vector<std::uint8_t> group_tested(groups.size());
  double wanted = split.test * static_cast<double>(group_of.size());
  std::int64_t tested = 0;
  for (std::size_t g : order) {
    if (static_cast<double>(tested) >= wanted) break;
    group_tested[g] = 1;
    tested += rows_of[g];
  }
  if (tested == std::ssize(group_of))
    return fail(Code::kInvalid, "the {} groups that make {} of the rows leave nothing for training",
                groups.size(), split.test);
  std::vector<std::uint8_t> in_test(group_of.size());
  for (std::size_t i = 0; i < in_test.size(); ++i) in_test[i] = group_tested[place[i]];
  return sides_of(in_test);
}

// Selection sampling (Knuth, volume 2, 3.4.2, algorithm S).
std::vector<std::int64_t> draw_rows(std::span<const std::int64_t> rows, std::size_t most,
                                    Random random) {
  std::size_t wanted = std::min(most, rows.size());
  std::vector<std::int64_t> out;
  out.reserve(wanted);
  for (std::size_t i = 0; i < rows.size() && wanted > 0; ++i)
    if (random.below(rows.size() - i) < wanted) {
      out.push_back(rows[i]);
      --wanted;
    }
  return out;
}

Status keep_groups_apart(std::span<const std::int64_t> group_of, SplitRows& rows) {
  std::unordered_set<std::int64_t> tested;
  for (std::int64_t row : rows.test) {
    if (row >= std::ssize(group_of))
      return fail(Code::kInvalid, "{} groups, and a row {}", group_of.size(), row);
    if (group_of[static_cast<std::size_t>(row)] >= 0)
      tested.insert(group_of[static_cast<std::size_t>(row)]);
  }
  rows.shared_group += static_cast<std::int64_t>(std::erase_if(rows.train, [&](std::int64_t row) {
    return tested.contains(group_of[static_cast<std::size_t>(row)]);
  }));
  if (!rows.train.empty()) return {};
  return fail(
      Code::kInvalid,
      "all {} training rows are of groups that are in the test too: nothing is left to fit on",
      rows.shared_group);
}

}  // namespace lode
