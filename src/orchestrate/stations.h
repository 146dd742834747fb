// The stations of a run. Each is shown while it goes on, is a span whose parent is the run, and
// when it has ended becomes a record: how long it took, of what kind of work, how much it read,
// wrote and held. A clock is read at its two ends, never a row.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "base/time.h"
#include "lake/runs.h"
#include "telemetry/metrics.h"
#include "telemetry/progress.h"
#include "telemetry/span.h"

namespace lode {

// What the work of a station says of itself, from any thread.
class Station {
 public:
  explicit Station(ProgressStation& shown) : shown_(shown) {}
  // So many units more are done. Call it a batch, not a row.
  void advance(std::int64_t units) {
    units_ += units;
    shown_.advance(units);
  }
  void read_bytes(std::int64_t bytes) { bytes_read_ += bytes; }

  std::int64_t units() const { return units_; }
  std::int64_t bytes_read() const { return bytes_read_; }

 private:
  ProgressStation& shown_;
  std::atomic<std::int64_t> units_ = 0;
  std::atomic<std::int64_t> bytes_read_ = 0;
};

// Belongs to the thread of the run.
class Stations {
 public:
  // All of it must outlive the stations.
  struct Means {
    const Clock& clock;
    Progress& progress;
    const CancelToken& cancel;
    MemoryBudget& budget;
    const Counter& written;  // bytes written so far
  };
  using Ended = std::function<Status(const StationRecord&)>;

  // The run begins. `ended` is told of every station.
  Stations(const Means& means, Ended ended);

  struct Plan {
    std::string name;
    StationKind kind = StationKind::kOwn;
    std::optional<std::int64_t> total{};  // units, if that is known
    std::string unit = "rows";
  };
  // Runs one. Errors: those of `work`, of `ended`, and kCancelled behind it. A station that failed
  // is not recorded.
  Status run(const Plan& plan, const std::function<Status(Station&)>& work);

  // The same for work that comes in turns with other work, hundreds of times: parts of one name
  // make one station, which has ended with end_parts(). They are shown as one in `shown`, for which
  // show() is made.
  Status run_part(const Plan& plan, ProgressStation& shown,
                  const std::function<Status(Station&)>& work);
  Status end_parts();
  ProgressStation show(const Plan& plan) {
    return {means_.progress, plan.name, plan.total, plan.unit};
  }

  const std::vector<StationRecord>& done() const { return done_; }
  const Clock& clock() const { return means_.clock; }
  const std::string& current() const { return current_; }  // the last that was begun
  // Seconds since the run began.
  double seconds() const;

 private:
  Result<StationRecord> measure(const Plan& plan, ProgressStation& shown,
                                const std::function<Status(Station&)>& work);

  Means means_;
  Ended ended_;
  std::int64_t began_ns_;
  Tracer tracer_;
  Span run_;
  std::vector<StationRecord> done_;
  std::vector<StationRecord> parts_;
  std::string current_;
};

// Seconds by whose work it is.
struct StationSums {
  double own = 0;
  double training = 0;
  double unknown = 0;  // of stations that older versions recorded
  double own_cpu = 0;
  double training_cpu = 0;
};
StationSums sums_of(const std::vector<StationRecord>& stations);

// The samples of counters and gauges as a run's record has them; gauges in whole numbers.
std::vector<CounterRecord> counter_records(const std::vector<MetricSample>& samples);

}  // namespace lode
