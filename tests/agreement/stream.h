// Random streams for the agreement of three: arrivals with late, out-of-order, duplicate,
// conflicting, corrected, retracted and future records, several partitions, an idle one, ties and
// hot keys; and the project whose views are read over them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  std::int64_t id = 0;
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
};

struct StreamRead {
  std::size_t view = 0;  // of the project
  std::string key;
  std::int64_t t0 = 0;
  std::int64_t k = 0;
  std::int64_t s = 0;
};

struct Stream {
  StreamRules rules;
  std::vector<StreamArrival> arrivals;
  std::vector<StreamRead> reads;  // by ascending s
};

// The project all streams share: source `events`, label `outcome`, and a view for every kind of
// window over both, with every aggregate of every column.
std::shared_ptr<const Project> stream_project();

Stream random_stream(std::uint64_t seed, const Project& project);

// Verdicts by ingest/acceptance.h.
std::vector<Verdict> judge(const Stream& stream);

// Accepted arrivals [begin, end) as a table of Project::record_schema.
Table records_of(const Project& project, const Stream& stream, const std::vector<Verdict>& verdicts,
                 std::size_t begin, std::size_t end);

}  // namespace lode::agreement
