// The one place that shows errors to a user: a sentence with its place, or with --json one object.
#pragma once

#include <span>

#include "base/error.h"
#include "base/json.h"
#include "cli/output.h"

namespace lode {

// Text goes to `err`, a line an error:
//   error: lode.yaml:3:7: unknown key 'windw'; did you mean 'window'?
// With `json` one object goes to `out`, the first error and, if there are several, all of them:
//   {"error": {"code": "invalid", "message": "...", "file": "lode.yaml", "line": 3, "column": 7}}
// Returns the exit status of the first. `errors` is not empty.
int print_errors(std::span<const Error> errors, bool json, Output& out, Output& err);

// The error as an object: code, message, and what is known of file, line, column, offset, field.
void write_error(JsonWriter& json, const Error& error);

}  // namespace lode
