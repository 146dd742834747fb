// What a long piece of work tells while it runs: which station it is in, how far, how fast. The
// work reports units; who listens decides how that looks: a bar on a terminal, sparse lines in a
// pipe, nothing with --quiet or --json.
//
// Threads: all calls from any thread; one station is open at a time. Cost: advance() is an atomic
// addition and a reading of the clock, so call it a batch, not a row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "telemetry/sink.h"

namespace lode {

class Progress {
 public:
  virtual ~Progress() = default;
  // Opens a station; one that is still open is ended first. `unit` in the plural: "rows", "bytes".
  virtual void begin(std::string_view station, std::optional<std::int64_t> total,
                     std::string_view unit) = 0;
  // `units` more are done. Without an open station it does nothing.
  virtual void advance(std::int64_t units) = 0;
  // Closes the station and says what was reached, which may be less than the total after an error.
  virtual void end() = 0;
};

// Ends a station on every way out:  ProgressStation station(progress, "accept", rows, "rows");
class ProgressStation {
 public:
  ProgressStation(Progress& progress, std::string_view name, std::optional<std::int64_t> total,
                  std::string_view unit)
      : progress_(progress) {
    progress_.begin(name, total, unit);
  }
  ~ProgressStation() { progress_.end(); }
  ProgressStation(const ProgressStation&) = delete;
  ProgressStation& operator=(const ProgressStation&) = delete;

  void advance(std::int64_t units) { progress_.advance(units); }

 private:
  Progress& progress_;
};

// Shows nothing. One for all.
Progress& silent_progress();

// One line a station, drawn again at most ten times a second, cut to `columns`. ASCII and "\r"
// only, and "\x1b[K" to clear the rest of the line.
std::unique_ptr<Progress> terminal_progress(TextSink sink, const Clock& clock, int columns);

// A line when a station begins and ends, and one every ten seconds in between.
std::unique_ptr<Progress> plain_progress(TextSink sink, const Clock& clock);

}  // namespace lode
