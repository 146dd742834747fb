#include "cli/station_table.h"

#include "base/memory_budget.h"
#include "cli/text_table.h"
#include "orchestrate/stations.h"

namespace lode {
namespace {

Cell bytes_cell(std::int64_t bytes) { return bytes > 0 ? Cell(memory_text(bytes)) : Cell(); }

}  // namespace

void print_stations(Output& out, const std::vector<StationRecord>& stations, double seconds,
                    bool long_ones) {
  constexpr std::size_t kLookedOver = 20;
  bool all = !long_ones || stations.size() <= kLookedOver;
  std::int64_t others = 0;
  StationRecord rest;
  TextTable table(
      {"station", "units", "unit", "seconds", "a second", "cpu", "read", "written", "memory"});
  for (const StationRecord& s : stations) {
    if (!all && s.seconds < 0.02 * seconds) {
      ++others;
      rest.seconds += s.seconds;
      rest.cpu_seconds += s.cpu_seconds;
      rest.bytes_read += s.bytes_read;
      rest.bytes_written += s.bytes_written;
      continue;
    }
    table.row({s.name, s.units, s.unit, Cell::number(s.seconds, 2),
               s.seconds > 0 ? Cell::number(static_cast<double>(s.units) / s.seconds, 0) : Cell(),
               Cell::number(s.cpu_seconds, 2), bytes_cell(s.bytes_read),
               bytes_cell(s.bytes_written), bytes_cell(s.memory)});
  }
  if (others > 0)
    table.row({fmt::format("{} shorter ones (`lode runs` has them)", others), Cell(), Cell(),
               Cell::number(rest.seconds, 2), Cell(), Cell::number(rest.cpu_seconds, 2),
               bytes_cell(rest.bytes_read), bytes_cell(rest.bytes_written), Cell()});
  table.row(
      {"all", Cell(), Cell(), Cell::number(seconds, 2), Cell(), Cell(), Cell(), Cell(), Cell()});
  table.print(out);
  StationSums sums = sums_of(stations);
  out.print(
      "lode's own stations: {:.2f} s ({:.2f} s of processors); training: {:.2f} s ({:.2f} s)\n",
      sums.own, sums.own_cpu, sums.training, sums.training_cpu);
  if (sums.unknown > 0)
    out.print("{:.2f} s were recorded by an older lode, which did not tell them apart\n",
              sums.unknown);
}

void print_counters(Output& out, const std::vector<CounterRecord>& counters) {
  if (counters.empty()) return;
  TextTable table({"counter", "of", "value"});
  for (const CounterRecord& c : counters) table.row({c.name, c.labels, c.value});
  table.print(out);
}

}  // namespace lode
