// Structured logs: an event with a fixed name and typed fields, one line each, as logfmt or JSON.
// The name is what a reader searches for, so it is a constant of the code and never holds data.
//
// Secrets do not reach the sink: text fields whose key names one (password, token, ...) and the
// user part of URLs are written as ***. Threads: any. Cost: a disabled level is one comparison,
// plus the building of its fields: ask enabled() first where that is not free.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/time.h"
#include "telemetry/sink.h"

namespace lode {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat : std::uint8_t { kLogfmt, kJson };

std::string_view log_level_name(LogLevel level);  // "debug", "info", "warn", "error", "off"
Result<LogLevel> parse_log_level(std::string_view name);

// A typed value under a name. Units stand last in the key: "took_us", "size_bytes". Texts are only
// borrowed.
struct LogField {
  using Value = std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view>;
  std::string_view key;
  Value value;

  LogField(std::string_view name, bool flag) : key(name), value(flag) {}
  template <std::signed_integral T>
  LogField(std::string_view name, T number) : key(name), value(std::int64_t{number}) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view name, T number) : key(name), value(std::uint64_t{number}) {}
  LogField(std::string_view name, double number) : key(name), value(number) {}
  LogField(std::string_view name, std::string_view text) : key(name), value(text) {}
  LogField(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  LogField(std::string_view name, const std::string& text)
      : key(name), value(std::string_view(text)) {}
};

class Log {
 public:
  Log(LogLevel level, LogFormat format, TextSink sink, const Clock& clock);

  bool enabled(LogLevel level) const { return level >= level_ && level != LogLevel::kOff; }
  // log.info("segment_sealed", {{"size_bytes", size}, {"source", name}});
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kInfo, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kWarn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kError, event, fields);
  }
  // One line to the sink, in one call: time, level, event, then the fields in their order.
  void write(LogLevel level, std::string_view event, std::span<const LogField> fields);
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    write(level, event, std::span(fields.begin(), fields.size()));
  }

 private:
  LogLevel level_;
  LogFormat format_;
  std::mutex mutex_;  // one line at a time
  TextSink sink_;
  const Clock& clock_;
};

// Goes nowhere. One for all.
Log& silent_log();

// The text with what looks like a secret replaced by ***, as the value of `key` in a log.
std::string without_secrets(std::string_view key, std::string_view text);

}  // namespace lode
