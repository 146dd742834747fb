#include "judge/sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace lode {
namespace {

constexpr std::uint64_t kMergeStream = std::uint64_t{0x6d657267} << 32;

// Numbers distinct keys 0, 1, ... in ascending order.
Blocks number_keys(std::span<const std::int64_t> keys) {
  std::vector<std::int64_t> distinct;
  for (std::int64_t key : keys)  // in time order a day comes once, so there is little to sort
    if (distinct.empty() || distinct.back() != key) distinct.push_back(key);
  std::ranges::sort(distinct);
  distinct.erase(std::ranges::unique(distinct).begin(), distinct.end());
  Blocks blocks;
  blocks.count = static_cast<std::uint32_t>(distinct.size());
  blocks.of_row.reserve(keys.size());
  std::size_t last = 0;  // rows in time order ask for the same key again and again
  for (std::int64_t key : keys) {
    if (distinct[last] != key)
      last = static_cast<std::size_t>(std::ranges::lower_bound(distinct, key) - distinct.begin());
    blocks.of_row.push_back(static_cast<std::uint32_t>(last));
  }
  return blocks;
}

Status check_columns(const ScoredRows& rows, const Blocks& blocks) {
  std::size_t n = rows.score.size();
  if (n == 0) return fail(Code::kInvalid, "there are no rows to judge");
  if (n > std::numeric_limits<std::uint32_t>::max())
    return fail(Code::kLimit, "{} rows to judge; the limit is 2^32 - 1", n);
  if (blocks.count > (1U << 30))
    return fail(Code::kLimit, "{} blocks; the limit is 2^30", blocks.count);
  if (!rows.number.empty() && !rows.label.empty())
    return fail(Code::kInvalid, "rows are judged by labels or by numbers, and both were given");
  bool binary = rows.task() == Task::kBinary;
  std::size_t targets = binary ? rows.label.size() : rows.number.size();
  if (targets != n || blocks.of_row.size() != n ||
      (!rows.weight.empty() && rows.weight.size() != n))
    return fail(Code::kInvalid, "{} scores, {} {}, {} weights and {} block numbers differ", n,
                targets, binary ? "labels" : "targets", rows.weight.size(), blocks.of_row.size());
  return {};
}

Status check_values(const ScoredRows& rows, const Blocks& blocks) {
  bool binary = rows.task() == Task::kBinary;
  double total = 0;
  for (std::size_t i = 0; i < rows.score.size(); ++i) {
    if (!std::isfinite(rows.score[i]))
      return fail(Code::kInvalid, "row {}: score {} is not a finite number", i, rows.score[i]);
    if (binary && rows.label[i] > 1)
      return fail(Code::kInvalid, "row {}: label {} is neither 0 nor 1", i, rows.label[i]);
    if (!binary && !std::isfinite(rows.number[i]))
      return fail(Code::kInvalid, "row {}: target {} is not a finite number", i, rows.number[i]);
    if (blocks.of_row[i] >= blocks.count)
      return fail(Code::kInvalid, "row {}: block {} of {} does not exist", i, blocks.of_row[i],
                  blocks.count);
    double weight = rows.weight.empty() ? 1.0 : rows.weight[i];
    if (!std::isfinite(weight) || weight < 0)
      return fail(Code::kInvalid, "row {}: weight {} is not a finite number >= 0", i, weight);
    total += weight;
  }
  if (!(total > 0) || !std::isfinite(total))
    return fail(Code::kInvalid, "the weights of {} rows sum to {}", rows.score.size(), total);
  return {};
}

struct Keyed {
  std::uint64_t key;
  std::uint32_t row;
};

// Doubles to integers of the same order; -0 becomes +0 so that the two tie.
std::uint64_t order_key(double score) {
  auto bits = std::bit_cast<std::uint64_t>(score + 0.0);
  return (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}

// Stable, least significant digit first: 6 digits of 11 bits. A digit all keys share is skipped.
std::vector<Keyed> sorted_by_key(std::vector<Keyed> keyed) {
  constexpr std::size_t kDigits = 6;
  constexpr std::size_t kBits = 11;
  constexpr std::size_t kValues = std::size_t{1} << kBits;
  auto digit = [](std::uint64_t key, std::size_t d) {
    return static_cast<std::size_t>(key >> (d * kBits)) & (kValues - 1);
  };
  std::vector<std::array<std::uint32_t, kValues>> counts(kDigits);
  for (const Keyed& k : keyed)
    for (std::size_t d = 0; d < kDigits; ++d) ++counts[d][digit(k.key, d)];
  std::vector<Keyed> other(keyed.size());
  for (std::size_t d = 0; d < kDigits; ++d) {
    if (counts[d][digit(keyed.front().key, d)] == keyed.size()) continue;
    std::exclusive_scan(counts[d].begin(), counts[d].end(), counts[d].begin(), 0U);
    for (const Keyed& k : keyed) other[counts[d][digit(k.key, d)]++] = k;
    keyed.swap(other);
  }
  return keyed;
}

}  // namespace

std::string_view task_name(Task task) { return task == Task::kBinary ? "binary" : "number"; }

Blocks blocks_by_day(std::span<const Timestamp> times) {
  std::vector<std::int64_t> day;
  day.reserve(times.size());
  for (Timestamp t : times) day.push_back(day_number(t));
  return number_keys(day);
}

Blocks blocks_by_key(std::span<const std::int64_t> keys) { return number_keys(keys); }

Blocks merge_blocks(Blocks blocks, std::uint32_t most, std::uint64_t seed) {
  if (blocks.count <= most) return blocks;
  std::vector<std::uint32_t> place(blocks.count);
  std::iota(place.begin(), place.end(), 0U);
  Random(seed, kMergeStream).shuffle(std::span(place));
  for (std::uint32_t& block : blocks.of_row) block = place[block] % most;
  blocks.count = most;
  return blocks;
}

Blocks one_block(std::size_t rows) { return {std::vector<std::uint32_t>(rows, 0), 1}; }

Blocks block_per_row(std::size_t rows) {
  Blocks blocks{std::vector<std::uint32_t>(rows), static_cast<std::uint32_t>(rows)};
  std::iota(blocks.of_row.begin(), blocks.of_row.end(), 0U);
  return blocks;
}

Result<Sample> Sample::make(const ScoredRows& rows, const Blocks& blocks) {
  TRY_VOID(check_columns(rows, blocks));
  TRY_VOID(check_values(rows, blocks));
  Sample sample;
  sample.rows_ = rows;
  sample.block_of_row_ = blocks.of_row;
  sample.blocks_ = blocks.count;
  return sample;
}

Result<Sample> Sample::make_ranked(const ScoredRows& rows, const Blocks& blocks) {
  TRY(Sample sample, make(rows, blocks));
  std::size_t n = sample.rows();
  std::vector<Keyed> keyed(n);
  for (std::size_t i = 0; i < n; ++i)
    keyed[i] = {order_key(rows.score[i]), static_cast<std::uint32_t>(i)};
  keyed = sorted_by_key(std::move(keyed));
  Ranking& ranking = sample.ranking_;
  ranking.row.resize(n);
  ranking.cell.resize(n);
  for (std::size_t rank = 0; rank < n; ++rank) {
    std::uint32_t row = keyed[rank].row;
    std::uint32_t tie = rank > 0 && keyed[rank].key == keyed[rank - 1].key ? 1 : 0;
    ranking.row[rank] = row;
    std::uint32_t label = rows.label.empty() ? 0 : rows.label[row];
    ranking.cell[rank] = blocks.of_row[row] << 2 | tie << 1 | label;
  }
  return sample;
}

}  // namespace lode
