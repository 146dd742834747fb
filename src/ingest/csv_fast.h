// The short cut for rows of CSV that are as they should be: one pass that parses each field where
// it stands, without looking for its end first. Whatever it does not like, it leaves to csv_row.h.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/csv_columns.h"
#include "ingest/csv_dialect.h"

namespace lode {

class CsvFastRow {
 public:
  // `targets`: for each column of the file its place among `columns`, or -1 to skip it.
  CsvFastRow(const CsvDialect& dialect, const std::vector<int>& targets,
             std::vector<CsvColumn>& columns);

  // Reads the row at p into row `row` of the columns and returns where the next begins, or nullptr:
  // then some columns may hold a value for it (give_up). At `end` stands a line feed with
  // CsvWindow::kPadding bytes; a row that ends only there is left alone.
  const char* read(const char* p, const char* end, std::int64_t row);

 private:
  enum class Kind : std::uint8_t { kSkip, kInt64, kDouble, kTime, kString, kOther };
  struct Step {
    Kind kind;
    int column;
  };

  const char* field(const Step& step, const char* p, const char* end, std::int64_t row);
  const char* null_field(const Step& step, const char* p, std::int64_t row);
  const char* whole(CsvColumn& column, const char* p, std::int64_t row);
  const char* real(CsvColumn& column, const char* p, const char* end, std::int64_t row);
  const char* time(CsvColumn& column, const char* p, std::int64_t row);
  const char* text(CsvColumn& column, const char* p, std::int64_t row);
  const char* quoted(CsvColumn& column, const char* p, std::int64_t row);
  const char* other(CsvColumn& column, const char* p, std::int64_t row);
  const char* skip(const char* p) const;
  const char* plain_end(const char* p, bool& odd) const;
  std::string_view trimmed(const char* begin, const char* stop) const;

  const CsvDialect& dialect_;
  std::vector<CsvColumn>& columns_;
  std::vector<Step> steps_;
  char quote_;  // never a byte of a field when quoting is off
  bool empty_is_null_;
  bool null_words_;  // nulls other than the empty text
};

}  // namespace lode
