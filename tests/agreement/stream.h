// Random streams for the agreement of three: arrivals with late, out-of-order, duplicate,
// conflicting, corrected, retracted and future records, several partitions, one that goes idle and
// wakes, ticks of the clock, ties and hot keys; and the project whose views are read over them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "features/live.h"
#include "ingest/acceptance.h"
#include "project/project.h"

namespace lode::agreement {

struct StreamArrival {
  std::int64_t seq = 0;
  std::string part;
  RecordKind kind = RecordKind::kOriginal;
  std::int64_t id = 0;       // its number: what the project's ids make of it, id_text says
  std::int64_t arrived = 0;  // by the clock of the one who takes it in
  std::int64_t t = 0;
  std::int64_t known = 0;
  std::optional<std::string> key_a;
  std::optional<std::string> key_b;
  std::optional<double> x;  // a number of hundredths
  std::optional<std::int64_t> n;
  std::optional<bool> b;
  // The label's expressions on this row; functions of the columns above.
  std::optional<std::int64_t> label_value;
  std::optional<std::int64_t> label_known;
};

struct StreamRules {
  Duration allowed_lateness{};
  Duration max_ahead{};
  Duration dedup_span{};
  Duration idle_after{};
};

// The clock, told between two arrivals. A partition is idle at a tick when nothing of it has come
// for `StreamRules::idle_after`; it does not hold the source's watermark back then (3.2).
struct StreamTick {
  std::int64_t after = 0;  // seq of the arrival before it
  std::int64_t now = 0;
};

struct StreamRead {
  std::size_t view = 0;  // of the project
  std::optional<std::string> key;
  std::int64_t t0 = 0;
  std::int64_t k = 0;
  std::int64_t s = 0;
};

struct Stream {
  StreamRules rules;
  std::vector<StreamArrival> arrivals;
  std::vector<StreamTick> ticks;  // by ascending `after`
  std::vector<StreamRead> reads;  // by ascending s; those of one s and view stand together
};

// The project all streams share: source `events`, label `outcome`, and a view for every kind of
// window over both, with every aggregate of every column. Ids are integers or strings.
std::shared_ptr<const Project> stream_project(bool text_ids);
bool has_text_ids(const Project& project);
// A string id whose bytes order otherwise than its number does.
std::string id_text(std::int64_t number);

Stream random_stream(std::uint64_t seed, const Project& project);

// Takes arrivals and ticks as they come: verdicts and the partitions' watermarks by
// ingest/acceptance.h, and from them the source's.
class StreamTaker {
 public:
  StreamTaker(const Project& project, const StreamRules& rules);
  Verdict take(const StreamArrival& arrival);
  void tick(const StreamTick& tick);
  // Nothing before the first accepted original; it never falls.
  std::optional<std::int64_t> watermark() const { return watermark_; }

 private:
  void move_watermark();

  bool text_ids_;
  Duration idle_after_;
  Acceptance acceptance_;
  std::map<std::string, std::int64_t> heard_;  // when something of a partition last came
  std::set<std::string> idle_;
  std::optional<std::int64_t> watermark_;
};

std::vector<Verdict> judge(const Project& project, const Stream& stream);

// Accepted arrivals [begin, end) as a table of Project::record_schema.
Table records_of(const Project& project, const Stream& stream, const std::vector<Verdict>& verdicts,
                 std::size_t begin, std::size_t end);

}  // namespace lode::agreement
