// A shared library for tests/table/arrow_round_trip.py: what python exports by the C Data Interface
// is imported as a lode column, changed or not, and exported back.
#include <cstdint>
#include <numeric>
#include <string>

#include "table/arrow.h"

namespace {

std::string last_error;  // NOLINT: read by python after a call

int fail_with(const lode::Error& error) {
  last_error = error.text();
  return 1;
}

}  // namespace

extern "C" {

const char* lode_last_error() { return last_error.c_str(); }

// mode 0: as it is; 1: backwards by take(); 2: without its first row, by slice().
int lode_round_trip(ArrowSchema* schema_in, ArrowArray* array_in, ArrowSchema* schema_out,
                    ArrowArray* array_out, int mode) {
  std::string name = schema_in->name == nullptr ? "" : schema_in->name;
  auto column = lode::import_column(schema_in, array_in);
  if (!column) return fail_with(column.error());
  lode::Column out = *column;
  if (mode == 1) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(out.length));
    std::iota(rows.rbegin(), rows.rend(), 0);
    out = column->take(rows);
  }
  if (mode == 2) out = column->slice(1, column->length - 1);
  lode::export_column(out, name, schema_out, array_out);
  return 0;
}

int lode_round_trip_table(ArrowSchema* schema_in, ArrowArray* array_in, ArrowSchema* schema_out,
                          ArrowArray* array_out) {
  auto table = lode::import_table(schema_in, array_in);
  if (!table) return fail_with(table.error());
  lode::export_table(*table, schema_out, array_out);
  return 0;
}

}  // extern "C"
