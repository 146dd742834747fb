// Tables in and out by the Arrow C Data Interface: how pyarrow, polars, DuckDB, pandas and others
// in the same process hand columns to lode and take them, without a copy on the way out.
//
// Standard: Arrow C Data Interface 1.0, https://arrow.apache.org/docs/format/CDataInterface.html.
// The two structs are its ABI, so they stand outside of namespace lode and under its guard.
// Threads: no state; an exported array may be released on any thread.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "table/column.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

}  // extern "C"

#endif  // ARROW_C_DATA_INTERFACE

namespace lode {

// Fills the two structs; the receiver calls their release callbacks. Buffers are shared, not
// copied, and live until the last holder lets go. A timestamp is timestamp[us, UTC], a dictionary
// column is dictionary<int32, utf8>. Lists and structs are exported as they are.
void export_column(const Column& column, const std::string& name, ArrowSchema* schema,
                   ArrowArray* array);
// A record batch: a struct array whose children are the columns.
void export_table(const Table& table, ArrowSchema* schema, ArrowArray* array);

// Takes a column over: both structs are released before this returns, whether it succeeds or not.
// Copies, so that every promise of Buffer (alignment, padding) holds whoever made the memory. Takes
// any offset, and what lode's types can hold exactly: all integers, float, large strings, bytes and
// lists, fixed-size lists and bytes, maps (lists of structs), decimals of 32, 64 and 128 bits,
// date64, timestamps of every unit (one with a zone is an instant; one without is read as UTC),
// dictionaries. kInvalid when the shape is broken (negative lengths, missing buffers, offsets that
// go back, codes outside the dictionary) or a value does not fit; kUnsupported, with the type to
// cast to, otherwise.
Result<Column> import_column(ArrowSchema* schema, ArrowArray* array);
// The same for a struct array: its fields become columns. A null row of the struct is kInvalid.
Result<Table> import_table(ArrowSchema* schema, ArrowArray* array);

}  // namespace lode
