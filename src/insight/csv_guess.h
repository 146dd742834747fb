// What a text file of rows looks like, guessed from its beginning: what stands between fields, what
// encloses them, whether the first line names the columns.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "ingest/csv_dialect.h"

namespace lode {

// What is known without looking.
struct CsvWishes {
  std::optional<char> delimiter{};
  std::optional<char> quote{};  // '\0' = none
  std::optional<bool> header{};
  std::optional<bool> trim{};
};

struct CsvGuess {
  CsvDialect dialect;  // nulls are not guessed here
  // As the header has them; without one c1, c2, ...
  std::vector<std::string> names;
};

// Looks at the first MiB of the text, unpacked. The delimiter is the one of comma, semicolon, tab
// and bar that cuts most rows into equally many fields (more than one). Quotes are taken for
// letters where that leaves fewer rows torn. The first line is data if a field of it is a number or
// a time; names if a column below it holds nothing but such; data if a field of it comes again in
// its column. What is wished is not guessed. Errors: those of reading; kInvalid, with what to do:
// no row, no text (a zero byte, UTF-16, no line end), a header that is not UTF-8, has a name twice
// or is of another width than the rows.
Result<CsvGuess> guess_csv(FileSystem& files, const std::string& path,
                           const CsvWishes& wishes = {});

}  // namespace lode
