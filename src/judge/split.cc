#include "judge/split.h"

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

}  // namespace lode
