#include "serve/record_blocks.h"

#include <algorithm>

#include "features/exact.h"
#include "features/facts.h"

namespace lode {
namespace {

template <typename Span>
std::vector<Span> merge(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, [](const Span& span) { return std::pair(span.first, span.last); });
  std::vector<Span> out;
  for (const Span& span : spans) {
    if (span.first > span.last) continue;
    if (!out.empty() && span.first <= saturating_add(out.back().last, 1))
      out.back().last = std::max(out.back().last, span.last);
    else
      out.push_back(span);
  }
  return out;
}

bool meets(const TimeSpan& block, const std::vector<TimeSpan>& spans) {
  return std::ranges::any_of(spans, [&](const TimeSpan& span) {
    return block.first <= block.last && block.first <= span.last && block.last >= span.first;
  });
}

}  // namespace

std::vector<TimeSpan> merged(std::vector<TimeSpan> spans) { return merge(std::move(spans)); }
std::vector<SeqRange> merged(std::vector<SeqRange> ranges) { return merge(std::move(ranges)); }

void RecordBlocks::add(const Table& records,
                       const std::vector<std::vector<std::int64_t>>& readings) {
  const Column& seq = *records.find(kSeqColumn);
  for (std::int64_t row = 0; row < records.rows; ++row) {
    if (blocks.empty() || blocks.back().rows == RecordBlock::kMostRows)
      blocks.push_back({{seq.int64(row), seq.int64(row)},
                        0,
                        std::vector<TimeSpan>(clocks.size(), TimeSpan{kForever, -kForever})});
    RecordBlock& block = blocks.back();
    block.seqs.last = seq.int64(row);
    ++block.rows;
    for (std::size_t c = 0; c < clocks.size(); ++c) {
      std::int64_t reading = readings[c][static_cast<std::size_t>(row)];
      if (reading == kForever) continue;
      block.clocks[c].first = std::min(block.clocks[c].first, reading);
      block.clocks[c].last = std::max(block.clocks[c].last, reading);
    }
  }
}

std::vector<SeqRange> RecordBlocks::seqs_of(std::string_view clock,
                                            const std::vector<TimeSpan>& spans) const {
  auto found = std::ranges::find(clocks, clock);
  auto c = static_cast<std::size_t>(found - clocks.begin());
  std::vector<SeqRange> out;
  for (const RecordBlock& block : blocks)
    if (found == clocks.end() || meets(block.clocks[c], spans)) out.push_back(block.seqs);
  return merged(std::move(out));
}

Result<std::vector<std::int64_t>> clock_readings(const Project& project, const Source& source,
                                                 std::string_view clock, const Table& records) {
  const auto* times = records.find(kTimeColumn)->values.as<std::int64_t>();
  if (clock.empty()) return std::vector<std::int64_t>(times, times + records.rows);
  const Label* label = project.label(clock);
  TRY(BoundExpression bound, bind(label->known.expression, records.schema, bind_options(source)));
  TRY(Column known, bound.evaluate(records));
  const Column& own = *records.find(kKnownColumn);
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(records.rows));
  for (std::int64_t row = 0; row < records.rows; ++row)
    out.push_back(known.is_null(row) ? kForever : std::max(known.int64(row), own.int64(row)));
  return out;
}

std::string_view clock_of(const Group& group) {
  return group.label == nullptr ? std::string_view() : std::string_view(group.label->name);
}

std::int64_t lowest_seen(const Group& group, std::int64_t t0) {
  std::int64_t lowest = kForever;
  for (const RingWindow& window : group.layout.windows)
    lowest = std::min(lowest, window.lowest(t0));
  return lowest;
}

std::int64_t last_seeing(const Group& group, std::int64_t reading) {
  std::int64_t last = reading;
  for (const RingWindow& window : group.layout.windows) {
    const Window& shape = window.window;
    bool bounded = shape.kind == Window::Kind::kSliding || shape.kind == Window::Kind::kTumbling;
    if (!bounded) return kForever;
    // A pane may reach its own width further back, and a read may include its own instant.
    std::int64_t width = saturating_add(shape.width.us, shape.width.us / 256 + 1);
    last = std::max(last, saturating_add(reading, width));
  }
  return last;
}

}  // namespace lode
