// Errors as values. Every fallible function of lode returns Result<T>; an Error has a code, a
// sentence a user can act on, and where it happened. Exceptions of third-party code end in the .cc
// that calls it.
//
// Threads: an Error is immutable and may be copied and read from any thread.
// Cost: a Result<T> carries one pointer beside T; the success path allocates nothing.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lode {

// What kind of thing went wrong. error.cc maps each to its name and process exit code (later also
// to HTTP and gRPC status): one table for all edges.
enum class Code : std::uint8_t {
  kInvalid,      // the input is wrong: a file, a flag, a project
  kNotFound,     // a named thing does not exist
  kConflict,     // two truths: a changed file, another payload under one id, a project in use
  kLimit,        // a declared limit would be passed; the message names it
  kCorrupt,      // stored bytes are not what was written
  kIo,           // the operating system refused
  kUnavailable,  // an optional library or service is missing
  kUnsupported,  // meaningful, and not done by this version
  kCancelled,    // stopped on request
  kInternal,     // a bug of lode
};

std::string_view code_name(Code code);  // "invalid", "not_found", ...
int exit_code(Code code);  // process exit status, 1..; see docs/reference/exit-codes.md

// Where it happened. Text files: file, line, column (1-based, 0 = unknown). Records: file or
// source, offset (row or byte as the source counts, -1 = unknown), field.
struct Where {
  std::string file{};
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::int64_t offset = -1;
  std::string field{};

  bool empty() const { return file.empty() && line == 0 && offset < 0 && field.empty(); }
  std::string text() const;  // "lode.yaml:3:7", "flights.csv offset 12 field delay"
};

class Error {
 public:
  Error(Code code, std::string message, Where where = {});

  Code code() const { return detail_->code; }
  const std::string& message() const { return detail_->message; }
  const Where& where() const { return detail_->where; }

  // The same error at a place, unless it already has one: the innermost place wins.
  Error at(Where where) const;
  // The same error with a prefix: "reading flights.csv: no such file".
  Error context(std::string_view prefix) const;
  // "lode.yaml:3:7: unknown key 'windw'; did you mean 'window'?"
  std::string text() const;

 private:
  struct Detail {
    Code code;
    std::string message;
    Where where;
  };
  std::shared_ptr<const Detail> detail_;
};

template <typename T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

// return fail(Code::kInvalid, "column {} has {} rows", name, n);
template <typename... Args>
std::unexpected<Error> fail(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(Error(code, fmt::format(format, std::forward<Args>(args)...)));
}

inline std::unexpected<Error> fail(Error error) { return std::unexpected(std::move(error)); }

}  // namespace lode

#define LODE_JOIN_INNER(a, b) a##b
#define LODE_JOIN(a, b) LODE_JOIN_INNER(a, b)

// TRY(auto bytes, read_file(path));  declares `bytes`, or returns the error to the caller.
#define TRY(declaration, expression) \
  LODE_TRY(LODE_JOIN(try_result_, __COUNTER__), declaration, expression)
#define LODE_TRY(result, declaration, expression) \
  auto result = (expression);                     \
  if (!result) [[unlikely]]                       \
    return ::std::unexpected(result.error());     \
  declaration = *::std::move(result)

// TRY_VOID(sync(dir));  returns the error to the caller, if there is one. May be nested: a counter,
// not the line, keeps the names apart.
#define TRY_VOID(expression) LODE_TRY_VOID(LODE_JOIN(try_status_, __COUNTER__), expression)
#define LODE_TRY_VOID(status, expression)                 \
  do {                                                    \
    if (auto status = (expression); !status) [[unlikely]] \
      return ::std::unexpected(status.error());           \
  } while (false)
