// The KEY of `lode explain`: a text as a value of a view's key column.
// Read as a CSV field would be, so what stands in the file can be typed.
#pragma once

#include <string>

#include "base/error.h"
#include "table/column.h"

namespace lode {

// A column of one row. kInvalid says what is wrong with the text.
Result<Column> explain_key(const Type& type, const std::string& text);

}  // namespace lode
