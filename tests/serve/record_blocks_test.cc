#include "serve/record_blocks.h"

#include <gtest/gtest.h>

#include "features/facts.h"

namespace lode {
namespace {

Table records_of(std::int64_t first, std::int64_t count) {
  ColumnBuilder seq(Type::int64());
  for (std::int64_t i = 0; i < count; ++i) seq.append_int64(first + i);
  Table table;
  table.schema = Schema({{std::string(kSeqColumn), Type::int64()}});
  table.columns = {seq.finish()};
  table.rows = count;
  return table;
}

TEST(RecordBlocks, SpansThatTouchAreOne) {
  EXPECT_EQ(merged(std::vector<TimeSpan>{{5, 7}, {1, 2}, {3, 3}, {20, 10}, {9, 9}}),
            (std::vector<TimeSpan>{{1, 3}, {5, 7}, {9, 9}}));
  EXPECT_EQ(merged(std::vector<SeqRange>{{4, kForever}, {0, 3}}),
            (std::vector<SeqRange>{{0, kForever}}));
}

// 40,000 records an hour apart, whose label is known two hours later but for every other one's,
// which never is.
TEST(RecordBlocks, GivesTheSeqsThatMeetASpanOfAClock) {
  RecordBlocks blocks;
  blocks.clocks = {"", "late"};
  std::vector<std::int64_t> time;
  std::vector<std::int64_t> known;
  for (std::int64_t i = 0; i < 40'000; ++i) {
    time.push_back(i * 10);
    known.push_back(i % 2 == 0 ? i * 10 + 20 : kForever);
  }
  blocks.add(records_of(100, 40'000), {time, known});
  ASSERT_EQ(blocks.blocks.size(), 3U);
  EXPECT_EQ(blocks.blocks[0].seqs, (SeqRange{100, 100 + RecordBlock::kMostRows - 1}));
  EXPECT_EQ(blocks.blocks[2].rows, 40'000 - 2 * RecordBlock::kMostRows);
  const SeqRange second = blocks.blocks[1].seqs;
  std::int64_t begins = RecordBlock::kMostRows * 10;
  EXPECT_EQ(blocks.seqs_of("", {{begins + 5, begins + 6}}), (std::vector<SeqRange>{second}));
  EXPECT_EQ(blocks.seqs_of("", {{begins - 10, begins}}),
            (std::vector<SeqRange>{{100, second.last}}));
  // Known two later: the first of the second block is past its own begin.
  EXPECT_EQ(blocks.seqs_of("late", {{begins, begins}}).size(), 1U);
  EXPECT_EQ(blocks.seqs_of("late", {{begins, begins}})[0].first, 100);
  EXPECT_TRUE(blocks.seqs_of("", {{400'000, kForever}}).empty());
  EXPECT_EQ(blocks.seqs_of("another", {}), (std::vector<SeqRange>{{100, 40'099}}))
      << "a clock that is not kept says nothing, so all is read";
}

TEST(RecordBlocks, GrowByPiecesAsAtOnce) {
  RecordBlocks once;
  RecordBlocks pieces;
  once.clocks = pieces.clocks = {""};
  std::vector<std::int64_t> time(20'000);
  for (std::size_t i = 0; i < time.size(); ++i) time[i] = static_cast<std::int64_t>(i % 977);
  once.add(records_of(0, 20'000), {time});
  for (std::int64_t at = 0; at < 20'000; at += 3'333) {
    std::int64_t count = std::min<std::int64_t>(3'333, 20'000 - at);
    pieces.add(records_of(at, count), {{time.begin() + at, time.begin() + at + count}});
  }
  EXPECT_EQ(once, pieces);
}

}  // namespace
}  // namespace lode
