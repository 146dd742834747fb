// Where in the order of arrival the records of a stretch of time are: blocks of records with the
// least and greatest reading of each clock in them, so that a few rows are scored without reading
// all that ever arrived.
//
// A clock of a source is its event time, or the known time of a label about it: what a view's
// window is laid on (docs/semantics.md 6.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/plan.h"
#include "lake/parquet_zone.h"
#include "table/column.h"

namespace lode {

// Instants [first, last], both inclusive.
struct TimeSpan {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const TimeSpan&) const = default;
};

// Spans in order, those that touch or overlap as one.
std::vector<TimeSpan> merged(std::vector<TimeSpan> spans);

struct RecordBlock {
  static constexpr std::int64_t kMostRows = 16'384;

  SeqRange seqs;
  std::int64_t rows = 0;
  std::vector<TimeSpan>
      clocks;  // one for each clock; first > last where none of its records has it
  bool operator==(const RecordBlock&) const = default;
};

// Of one source.
struct RecordBlocks {
  std::vector<std::string> clocks;  // "" is the event time, else the name of a label
  std::vector<RecordBlock> blocks;  // by ascending seq
  bool operator==(const RecordBlocks&) const = default;

  // Adds records behind those that are there; `readings`: of each clock, one a record.
  void add(const Table& records, const std::vector<std::vector<std::int64_t>>& readings);
  // The seqs of all blocks with a reading of the clock in one of the spans.
  std::vector<SeqRange> seqs_of(std::string_view clock, const std::vector<TimeSpan>& spans) const;
};

// Ranges in order, those that touch or overlap as one.
std::vector<SeqRange> merged(std::vector<SeqRange> ranges);

// The clock's reading on each record: kForever where a label never becomes known. Errors: an
// expression that fails on a record.
Result<std::vector<std::int64_t>> clock_readings(const Project& project, const Source& source,
                                                 std::string_view clock, const Table& records);

// The clock of a group of views.
std::string_view clock_of(const Group& group);
// The least reading that a read of the group at t0 can see; of no window without a lower edge.
std::int64_t lowest_seen(const Group& group, std::int64_t t0);
// No read later than this sees a record with that reading; kForever where a window has no lower
// edge in time.
std::int64_t last_seeing(const Group& group, std::int64_t reading);

}  // namespace lode
