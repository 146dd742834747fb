#include "features/fold.h"

#include <algorithm>

namespace lode {

void set_distinct(std::int64_t distinct, std::int64_t limit, Parts& out) {
  out.distinct_over_limit = limit > 0 && distinct > limit;
  out.distinct = out.distinct_over_limit ? limit + 1 : distinct;
}

void count_distinct(std::span<std::int64_t> values, std::int64_t limit, Parts& out) {
  std::ranges::sort(values);
  auto repeated = std::ranges::unique(values);
  auto distinct = static_cast<std::int64_t>(values.size() - repeated.size());
  if (!values.empty() && values.front() == kNoValue) --distinct;  // null sorts first
  set_distinct(distinct, limit, out);
}

void fold_values(const std::vector<std::int64_t>& values, const KeptParts& kept, Parts& out) {
  if (values.empty()) return;
  for (std::int64_t value : values) {
    if (value == kNoValue) continue;
    ++out.count;
    out.sum += value;
    if ((kept.parts & kPartSquares) != 0) out.squares += Int256::from(Int128{value} * value);
    if (out.least == kNoValue || value < out.least) out.least = value;
    if (value > out.greatest) out.greatest = value;
  }
  out.first = values.front();
  out.last = values.back();
  if ((kept.parts & kPartDistinct) == 0) return;
  std::vector<std::int64_t> sorted = values;
  count_distinct(sorted, kept.distinct_limit, out);
}

}  // namespace lode
