#include "telemetry/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "telemetry/quantity.h"

namespace lode {
namespace {

constexpr std::int64_t kRedrawNs = 100'000'000;
constexpr std::int64_t kPlainNs = 10'000'000'000;
constexpr std::int64_t kRateFromNs = 500'000'000;  // a younger rate is noise
constexpr int kBarWidth = 20;
constexpr int kNameWidth = 12;

// What a line is made of.
struct Reached {
  std::string_view station;
  std::string_view unit;
  std::optional<std::int64_t> total;
  std::int64_t done = 0;
  std::int64_t elapsed_ns = 0;

  double rate() const {  // units a second
    return static_cast<double>(done) * 1e9 /
           static_cast<double>(std::max<std::int64_t>(elapsed_ns, 1));
  }
  bool has_rate() const { return elapsed_ns >= kRateFromNs && done > 0; }
  double fraction() const {
    if (!total || *total <= 0) return 0;
    return std::clamp(static_cast<double>(done) / static_cast<double>(*total), 0.0, 1.0);
  }
  std::string percent() const { return fmt::format("{}%", static_cast<int>(fraction() * 100)); }
  std::string amount() const {
    if (!total || done == *total) return fmt::format("{} {}", with_thousands(done), unit);
    return fmt::format("{} of {} {}", with_thousands(done), with_thousands(*total), unit);
  }
  std::string rate_text() const { return fmt::format("{} {}/s", short_number(rate()), unit); }
  std::string elapsed() const { return short_duration(microseconds(elapsed_ns / 1000)); }
  std::string left() const {
    double seconds_left = static_cast<double>(std::max<std::int64_t>(*total - done, 0)) / rate();
    seconds_left = std::min(seconds_left, 1e9);
    return short_duration(microseconds(static_cast<std::int64_t>(seconds_left * 1e6))) + " left";
  }
};

// Counts and keeps time; subclasses only write lines. Everything but done_, due_ns_ and open_ is
// guarded by mutex_.
class TimedProgress : public Progress {
 public:
  TimedProgress(TextSink sink, const Clock& clock, std::int64_t interval_ns)
      : sink_(std::move(sink)), clock_(clock), interval_ns_(interval_ns) {}

  void begin(std::string_view station, std::optional<std::int64_t> total,
             std::string_view unit) override {
    std::lock_guard lock(mutex_);
    finish();
    station_ = station;
    unit_ = unit;
    total_ = total;
    began_ns_ = clock_.steady_ns();
    done_ = 0;
    due_ns_ = began_ns_ + interval_ns_;
    open_ = true;
    write_begin(reached());
  }

  void advance(std::int64_t units) override {
    if (!open_.load(std::memory_order_acquire)) return;
    done_.fetch_add(units, std::memory_order_relaxed);
    if (clock_.steady_ns() < due_ns_.load(std::memory_order_relaxed)) return;
    // Whoever holds the lock is drawing: nothing to add to that.
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || !open_) return;
    due_ns_ = clock_.steady_ns() + interval_ns_;
    write_middle(reached());
  }

  void end() override {
    std::lock_guard lock(mutex_);
    finish();
  }

 protected:
  virtual void write_begin(const Reached& reached) = 0;
  virtual void write_middle(const Reached& reached) = 0;
  virtual void write_end(const Reached& reached) = 0;
  void write(std::string_view text) { sink_(text); }

 private:
  void finish() {
    if (open_.exchange(false)) write_end(reached());
  }
  Reached reached() const {
    return {station_, unit_, total_, done_.load(), clock_.steady_ns() - began_ns_};
  }

  TextSink sink_;
  const Clock& clock_;
  std::int64_t interval_ns_;
  std::mutex mutex_;
  std::string station_;
  std::string unit_;
  std::optional<std::int64_t> total_;
  std::int64_t began_ns_ = 0;
  std::atomic<std::int64_t> done_ = 0;
  std::atomic<std::int64_t> due_ns_ = 0;
  std::atomic<bool> open_ = false;
};

class TerminalProgress final : public TimedProgress {
 public:
  TerminalProgress(TextSink sink, const Clock& clock, int columns)
      : TimedProgress(std::move(sink), clock, kRedrawNs),
        columns_(static_cast<std::size_t>(std::max(columns, 20))) {}

 private:
  void write_begin(const Reached& reached) override { write_middle(reached); }

  void write_middle(const Reached& reached) override {
    std::vector<std::string> parts;
    if (reached.total && *reached.total > 0) {
      auto full = static_cast<int>(reached.fraction() * kBarWidth);
      parts.push_back(fmt::format("[{:-<{}}] {:>4}",
                                  std::string(static_cast<std::size_t>(full), '#'), kBarWidth,
                                  reached.percent()));
    }
    parts.push_back(reached.amount());
    if (reached.has_rate()) {
      parts.push_back(reached.rate_text());
      parts.push_back(reached.total ? reached.left() : reached.elapsed());
    }
    write("\r" + line(reached, parts) + "\x1b[K");
  }

  void write_end(const Reached& reached) override {
    std::vector<std::string> parts = {reached.amount(), reached.elapsed()};
    if (reached.has_rate()) parts.push_back(reached.rate_text());
    write("\r" + line(reached, parts) + "\x1b[K\n");
  }

  // Parts that do not fit are left out, from the right; the last column stays free, or some
  // terminals wrap.
  std::string line(const Reached& reached, const std::vector<std::string>& parts) const {
    std::string out = fmt::format("{:<{}}", reached.station, kNameWidth);
    for (const std::string& part : parts) {
      if (out.size() + 2 + part.size() >= columns_) break;
      out += "  " + part;
    }
    return out.substr(0, columns_ - 1);
  }

  std::size_t columns_;
};

class PlainProgress final : public TimedProgress {
 public:
  PlainProgress(TextSink sink, const Clock& clock)
      : TimedProgress(std::move(sink), clock, kPlainNs) {}

 private:
  void write_begin(const Reached& reached) override {
    std::string total;
    if (reached.total) total = fmt::format(", {} {}", with_thousands(*reached.total), reached.unit);
    write(fmt::format("{}: started{}\n", reached.station, total));
  }
  void write_middle(const Reached& reached) override {
    std::string out = fmt::format("{}: {}", reached.station, reached.amount());
    if (reached.total && *reached.total > 0) out += fmt::format(" ({})", reached.percent());
    if (reached.has_rate()) out += ", " + reached.rate_text();
    if (reached.has_rate() && reached.total) out += ", " + reached.left();
    write(out + "\n");
  }
  void write_end(const Reached& reached) override {
    std::string out =
        fmt::format("{}: {} in {}", reached.station, reached.amount(), reached.elapsed());
    if (reached.has_rate()) out += ", " + reached.rate_text();
    write(out + "\n");
  }
};

class SilentProgress final : public Progress {
 public:
  void begin(std::string_view, std::optional<std::int64_t>, std::string_view) override {}
  void advance(std::int64_t) override {}
  void end() override {}
};

}  // namespace

Progress& silent_progress() {
  static SilentProgress progress;
  return progress;
}

std::unique_ptr<Progress> terminal_progress(TextSink sink, const Clock& clock, int columns) {
  return std::make_unique<TerminalProgress>(std::move(sink), clock, columns);
}

std::unique_ptr<Progress> plain_progress(TextSink sink, const Clock& clock) {
  return std::make_unique<PlainProgress>(std::move(sink), clock);
}

}  // namespace lode
