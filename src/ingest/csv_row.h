// One row of CSV by RFC 4180, without short cuts: where it ends, its fields, and what is wrong with
// it. csv_fast.h reads the rows that need none of this; a test holds the two to the same answers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_dialect.h"

namespace lode {

struct CsvField {
  std::string_view text;  // without quotes, doubled quotes made single; blanks trimmed if declared
  bool quoted = false;
};

// Rows end in LF or CR LF; a CR elsewhere is a character. A row with a fault in its quotes ends at
// the first line end behind the fault, so that the rows behind it are read.
struct CsvRow {
  std::vector<CsvField> fields;
  std::string fault;          // "" = none
  std::size_t size = 0;       // bytes with the line end
  std::size_t text_size = 0;  // without it
  std::size_t newlines = 0;   // line feeds in it
  bool forced = false;        // it ends at a line end for want of a better: see the fault
  bool unfinished = false;    // over the limit: what follows up to a line feed belongs to it
  std::string unescaped;      // holds the texts of fields with doubled quotes
};

// Splits the row at the front of `text` (not empty). False: its end is not in `text`, and more can
// come; never if `last` or text.size() > limit + 1. The fields point into `text` and `row`.
bool split_csv_row(std::string_view text, bool last, std::size_t limit, const CsvDialect& dialect,
                   CsvRow& row);

}  // namespace lode
