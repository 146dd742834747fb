// What the differential test of expressions knows of the language: every operation with the types
// it is tried on, in lode's words and in DuckDB's, and a generator of nested expressions from them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "table/column.h"

namespace lode {

// Types of arguments and results, a letter each:
//   b bool  i int64 of any size  n int64 from -20 to 20  d double  p double, moderate and positive
//   m decimal  s string  w string that may read as a number, date or bool  a date  t timestamp
//   u duration, made of columns of other types; never a result
struct Operation {
  std::string_view lode;                     // $1, $2, ... are the arguments
  std::string_view sql;                      // the same in DuckDB; "" = the same words
  std::vector<std::string_view> signatures;  // arguments, ':', result: "ii:i"
  int ulps = 0;                              // doubles may differ by this much (exp, ln, ...)
  bool nests = true;  // arguments may be expressions; false: columns and constants only
};

std::span<const Operation> operations();

// An expression in both languages, and the cells (operation and types) it is made of.
struct Pair {
  std::string lode;
  std::string sql;
  std::vector<std::string> cells;
};

// One operation over columns and constants, or with a chance of `depth` - 1 levels below it.
Pair make_pair_of(const Operation& operation, std::string_view signature, Random& random,
                  int depth);
// Any expression of a type.
Pair random_pair(char type, Random& random, int depth);

// Rows with columns b1 b2 i1 i2 n1 n2 d1 d2 p1 p2 m1 (10,2) m2 (18,4) m3 (30,10) s1 s2 w1 a1 a2 t1
// t2, and id: nulls, extremes, NaN, infinities, empty and non-ASCII text among them.
Table random_rows(std::int64_t rows, Random& random);

}  // namespace lode
