// Values of tables as a person or a program reads them.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "table/column.h"

namespace lode {

// "" for null; times in ISO 8601, UTC; lists and structs by their type alone.
std::string shown_value(const Column& column, std::int64_t row);
// Numbers and bools as such, times and texts as strings, null as null.
void write_value(JsonWriter& json, const Column& column, std::int64_t row);

}  // namespace lode
