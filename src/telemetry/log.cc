#include "telemetry/log.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/component.h"
#include "base/json.h"

namespace lode {
namespace {

constexpr std::array<std::string_view, 5> kLevels = {"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 10> kSecretWords = {
    "password", "passwd",        "passphrase", "secret",      "token",
    "apikey",   "authorization", "credential", "private_key", "api_key"};
constexpr std::string_view kHidden = "***";

bool names_secret(std::string_view key) {
  std::string lower(key);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  std::ranges::replace(lower, '-', '_');
  return std::ranges::any_of(kSecretWords,
                             [&](std::string_view word) { return lower.contains(word); });
}

// "postgres://user:pw@host/db" -> "postgres://***@host/db", everywhere in the text.
std::string hide_users_of_urls(std::string_view text) {
  std::string out;
  for (std::size_t at = text.find("://"); at != text.npos; at = text.find("://")) {
    std::string_view rest = text.substr(at + 3);
    // The authority ends at the first of these; the last @ in it ends the user part.
    std::string_view authority = rest.substr(0, rest.find_first_of("/?# \t\n\"'"));
    std::size_t user = authority.rfind('@');
    out += text.substr(0, at + 3);
    if (user != authority.npos) out += kHidden;
    text = user == authority.npos ? rest : rest.substr(user);
  }
  out += text;
  return out;
}

bool needs_quotes(std::string_view text) {
  return text.empty() || std::ranges::any_of(text, [](char c) {
           return c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f;
         });
}

void append_logfmt(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += '=';
  if (needs_quotes(value)) {
    out += json_quoted(value);
  } else {
    out += value;
  }
}

std::string plain_text(const LogField& field) {
  struct Writer {
    std::string_view key;
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t n) const { return fmt::format("{}", n); }
    std::string operator()(std::uint64_t n) const { return fmt::format("{}", n); }
    std::string operator()(double n) const { return fmt::format("{}", n); }
    std::string operator()(std::string_view text) const { return without_secrets(key, text); }
  };
  return std::visit(Writer{field.key}, field.value);
}

std::string logfmt_line(Timestamp now, LogLevel level, std::string_view event,
                        std::span<const LogField> fields) {
  std::string out;
  append_logfmt(out, "time", text(now));
  append_logfmt(out, "level", log_level_name(level));
  append_logfmt(out, "event", event);
  for (const LogField& field : fields) append_logfmt(out, field.key, plain_text(field));
  return out;
}

std::string json_line(Timestamp now, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
  JsonWriter json;
  json.begin_object();
  json.field("time", text(now)).field("level", log_level_name(level)).field("event", event);
  for (const LogField& field : fields) {
    json.key(field.key);
    if (const auto* words = std::get_if<std::string_view>(&field.value)) {
      json.value(without_secrets(field.key, *words));
    } else {
      std::visit([&](auto value) { json.value(value); }, field.value);
    }
  }
  json.end_object();
  return json.take();
}

}  // namespace

std::string_view log_level_name(LogLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

Result<LogLevel> parse_log_level(std::string_view name) {
  auto found = std::ranges::find(kLevels, name);
  if (found != kLevels.end()) return static_cast<LogLevel>(found - kLevels.begin());
  std::string_view guess = nearest(name, kLevels);
  if (!guess.empty())
    return fail(Code::kInvalid, "'{}' is no log level; did you mean '{}'?", name, guess);
  return fail(Code::kInvalid, "'{}' is no log level; there are debug, info, warn, error, off",
              name);
}

Log::Log(LogLevel level, LogFormat format, TextSink sink, const Clock& clock)
    : level_(level), format_(format), sink_(std::move(sink)), clock_(clock) {}

void Log::write(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  if (!enabled(level)) return;
  Timestamp now = clock_.now();
  std::string line = format_ == LogFormat::kJson ? json_line(now, level, event, fields)
                                                 : logfmt_line(now, level, event, fields);
  line += '\n';
  std::lock_guard lock(mutex_);
  sink_(line);
}

Log& silent_log() {
  static Log log(LogLevel::kOff, LogFormat::kLogfmt, [](std::string_view) {}, system_clock());
  return log;
}

std::string without_secrets(std::string_view key, std::string_view text) {
  if (names_secret(key)) return std::string(kHidden);
  return hide_users_of_urls(text);
}

}  // namespace lode
