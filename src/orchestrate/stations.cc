#include "orchestrate/stations.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "base/process_usage.h"

namespace lode {
namespace {

template <typename T>
T attribute(const SpanRecord& span, std::string_view key) {
  for (const auto& [name, value] : span.attributes)
    if (name == key)
      if (const T* found = std::get_if<T>(&value)) return *found;
  return {};
}

StationRecord record_of(const SpanRecord& span) {
  StationRecord record;
  record.name = span.name;
  record.units = attribute<std::int64_t>(span, "units");
  record.unit = attribute<std::string>(span, "unit");
  record.seconds = static_cast<double>(span.duration_ns) * 1e-9;
  record.kind = attribute<bool>(span, "training") ? StationKind::kTraining : StationKind::kOwn;
  record.cpu_seconds = attribute<double>(span, "cpu_seconds");
  record.bytes_read = attribute<std::int64_t>(span, "bytes_read");
  record.bytes_written = attribute<std::int64_t>(span, "bytes_written");
  record.memory = attribute<std::int64_t>(span, "memory");
  record.started = span.start;
  record.span = span.id;
  record.parent = span.parent;
  return record;
}

}  // namespace

Stations::Stations(const Means& means, Ended ended)
    : means_(means),
      ended_(std::move(ended)),
      began_ns_(means.clock.steady_ns()),
      tracer_(means.clock),
      run_(tracer_.span("run")) {}

double Stations::seconds() const {
  return static_cast<double>(means_.clock.steady_ns() - began_ns_) * 1e-9;
}

// Its span and what it took; nothing is left of one that failed.
Result<StationRecord> Stations::measure(const Plan& plan, ProgressStation& shown,
                                        const std::function<Status(Station&)>& work) {
  (void)means_.budget.take_lap_peak();
  std::int64_t cpu_ns = process_usage().cpu_ns;
  std::uint64_t written = means_.written.value();
  Span span = run_.child(plan.name);
  Station station(shown);
  current_ = plan.name;
  Status worked = work(station);
  if (!worked) {
    span.end();
    (void)tracer_.take_finished();
    return fail(worked.error());
  }
  span.set("units", station.units())
      .set("unit", plan.unit)
      .set("training", plan.kind == StationKind::kTraining)
      .set("bytes_read", station.bytes_read())
      .set("bytes_written", static_cast<std::int64_t>(means_.written.value() - written))
      .set("cpu_seconds", static_cast<double>(process_usage().cpu_ns - cpu_ns) * 1e-9)
      .set("memory", means_.budget.take_lap_peak());
  span.end();
  return record_of(tracer_.take_finished().front());
}

Status Stations::run(const Plan& plan, const std::function<Status(Station&)>& work) {
  {
    ProgressStation shown = show(plan);
    TRY(StationRecord record, measure(plan, shown, work));
    done_.push_back(std::move(record));
  }
  TRY_VOID(ended_(done_.back()));
  return means_.cancel.check();
}

Status Stations::run_part(const Plan& plan, ProgressStation& shown,
                          const std::function<Status(Station&)>& work) {
  TRY(StationRecord part, measure(plan, shown, work));
  auto sum = std::ranges::find(parts_, part.name, &StationRecord::name);
  if (sum == parts_.end()) {
    parts_.push_back(std::move(part));
  } else {
    sum->units += part.units;
    sum->seconds += part.seconds;
    sum->cpu_seconds += part.cpu_seconds;
    sum->bytes_read += part.bytes_read;
    sum->bytes_written += part.bytes_written;
    sum->memory = std::max(sum->memory, part.memory);
  }
  return means_.cancel.check();
}

Status Stations::end_parts() {
  for (StationRecord& sum : std::exchange(parts_, {})) {
    done_.push_back(std::move(sum));
    TRY_VOID(ended_(done_.back()));
  }
  return {};
}

StationSums sums_of(const std::vector<StationRecord>& stations) {
  StationSums sums;
  for (const StationRecord& station : stations) {
    switch (station.kind) {
      case StationKind::kUnknown:
        sums.unknown += station.seconds;
        break;
      case StationKind::kOwn:
        sums.own += station.seconds;
        sums.own_cpu += station.cpu_seconds;
        break;
      case StationKind::kTraining:
        sums.training += station.seconds;
        sums.training_cpu += station.cpu_seconds;
        break;
    }
  }
  return sums;
}

std::vector<CounterRecord> counter_records(const std::vector<MetricSample>& samples) {
  std::vector<CounterRecord> records;
  for (const MetricSample& sample : samples) {
    if (sample.kind == MetricKind::kHistogram) continue;
    CounterRecord& record = records.emplace_back();
    record.name = sample.name;
    for (const auto& [name, value] : sample.labels)
      record.labels += fmt::format("{}{}={}", record.labels.empty() ? "" : ",", name, value);
    record.value = std::llround(sample.value);
  }
  return records;
}

}  // namespace lode
