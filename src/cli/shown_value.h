// Values of tables as a person, a spreadsheet or a program reads them.
// Times are ISO 8601 in UTC; bytes are shown with all but printable ASCII as \xNN.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "cli/text_table.h"
#include "table/column.h"

namespace lode {

// "" for null; a list as [1, 2] and a struct as {a: 1}, a null in them as null.
std::string shown_value(const Column& column, std::int64_t row);
// The same as a cell: numbers stand to the right, without thousands separators, since a column may
// hold years.
Cell value_cell(const Column& column, std::int64_t row);
// Numbers (decimals with all their digits) and bools as such, null as null, lists and structs as
// arrays and objects, everything else as a string.
void write_value(JsonWriter& json, const Column& column, std::int64_t row);
// RFC 4180: a header, then the rows, lines that end in \r\n. Null is an empty field, an empty text
// is "".
std::string table_csv(const Table& table);

}  // namespace lode
