// docs/reference/expressions.md from the descriptors of the functions.
#include <algorithm>
#include <array>
#include <map>

#include "table/expression.h"
#include "table/expression/function.h"

namespace lode {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Expressions

Wherever a value is derived (labels, filters, known times, contract checks, training columns) lode
takes an expression in SQL's syntax, with three-valued logic: a null is an unknown value, and what
needs it is null. An expression is parsed and typed as a whole before the first row is read. The
same code evaluates batches and single rows.

This page is generated from the descriptors of the functions (`expressions_reference()`); a test
compares it with them.

## Values

| written | type |
| --- | --- |
| `42`, `1_000` | int64; every integer is one, whether called `bigint`, `int` or `integer` |
| `1.5`, `.5`, `5.` | decimal with the digits as written: (2,1), (1,1), (1,0) |
| `1e3`, `2.5e-1` | double |
| `'text'`, `'it''s'` | string; beside a date, timestamp, number or bool it is read as one |
| `true`, `false`, `null` | bool; null takes the type it is needed with |
| `date '2001-01-29'` | date |
| `timestamp '2001-01-29 00:01:02.5'` | timestamp in UTC, microseconds; an offset counts |
| `minutes(30)`, `days(7)` | duration: int64 microseconds, with a type of its own inside |
| `interval '1 day 02:30:00'`, `interval 3 hour`, `interval (n) day` | the same, in SQL's words: units from microsecond to week, `ago` for a minus |
| `delay`, `"order"` | a column; keywords and unusual characters in double quotes |
| `place.city` | a field of a struct column |
| `view[key]`, `view[key].name` | the read of a feature view, in training columns |
| `-- ...` | a comment, to the end of the line |

Operators, from the tightest: `::` `[]` `.`, unary `-`, `*` `/` `//` `%`, `+` `-`, `||`,
`between` `in` `like` `ilike`, `=` `<>` `<` `<=` `>` `>=`, `is`, `not`, `and`, `or`. Comparisons do
not chain. A text has at most 64 KiB and is nested at most 200 deep.

int64 meets decimal as decimal(19,0); either meets double as double; date meets timestamp as its
midnight. Sums and products of decimals have DuckDB's widths, and a result that does not fit is an
error. A duration that leaves an expression is an int64 of microseconds.

## Failures

An operation that has no value for a row (an int64 that overflows, a text that is no number) is an
error that names the row, the values and the reason. `case`, `if`, `coalesce`, `and`, `or` evaluate
a part only for the rows that need it, so they can guard one. `try_cast` gives null instead.

## Differences from DuckDB

What is not listed here or beside a function gives DuckDB 1.5's answer;
`tests/table/expression_duckdb_test.cc` compares them on random expressions.

- Every integer is a BIGINT: `1` is `1::BIGINT`; where DuckDB's functions give narrower integers,
  these give int64.
- Names of columns are case-sensitive.
- Text and numbers, and numbers and bool, are not converted to each other unless cast.
- Dates and timestamps have no infinity.
- An interval is one length in microseconds. Months and longer have none and are refused, as are a
  number without a unit and what lies below a microsecond; `interval (1.5) hour` is an hour and a half.
  epoch() of one is rounded once, where DuckDB adds days and seconds.
)";

constexpr std::array<std::string_view, 8> kGroups = {"Operators", "Comparison", "Logic and choice",
                                                     "Numbers",   "Text",       "Dates and times",
                                                     "Durations", "Types"};

constexpr std::string_view kCase =
    "| `case when c then a ... [else z] end`, `case x when v then a ... end` | The value behind "
    "the first "
    "condition that is true (that x equals), else z or null. | `case when delay > 15 then 'late' "
    "end` |\n";

// A | would end the cell of a table.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

// "substr(text, ...)" for the alias substr of a function whose signature says substring(...).
std::string signature_of(const Component& component, const Function& function) {
  std::string_view signature = function.signature;
  std::size_t bracket = std::min(signature.find('('), signature.size());
  std::string_view own = signature.substr(0, bracket);
  bool alias = bracket < signature.size() && own.find(' ') == std::string_view::npos &&
               own != component.name;
  return alias ? fmt::format("{}{}", component.name, signature.substr(bracket))
               : std::string(signature);
}

// One line for all functions of a group with the same remark.
std::string remarks(const std::vector<std::pair<std::string, std::string_view>>& differences) {
  std::string out;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    std::string names;
    bool first = true;
    for (std::size_t k = 0; k < differences.size(); ++k) {
      if (differences[k].second != differences[i].second) continue;
      if (k < i) first = false;
      names += (names.empty() ? "" : ", ") + differences[k].first;
    }
    if (first) out += fmt::format("- {}: {}\n", names, differences[i].second);
  }
  return out;
}

}  // namespace

std::string expressions_reference() {
  std::string out(kIntroduction);
  std::vector<const Component*> all = components("function");
  out += fmt::format(
      "\n## Functions and operators\n\n{} of them. A null argument makes the result null, except "
      "where a `*` stands: there the text says what nulls do.\n",
      all.size());
  for (std::string_view group : kGroups) {
    out += fmt::format("\n### {}\n\n| | | example |\n| --- | --- | --- |\n", group);
    if (group == "Logic and choice") out += kCase;
    std::vector<std::pair<std::string, std::string_view>> differences;
    for (const Component* component : all) {
      const auto& function = *static_cast<const Function*>(component->factory);
      if (function.group != group) continue;
      std::string_view mark = function.nulls == NullRule::kOwn ? " *" : "";
      out += fmt::format("| `{}`{} | {} | `{}` |\n", cell(signature_of(*component, function)), mark,
                         cell(component->summary), cell(component->example));
      if (!function.difference.empty())
        differences.emplace_back(fmt::format("`{}`", component->name), function.difference);
    }
    if (!differences.empty())
      out += "\nDifferences from DuckDB, and bounds:\n\n" + remarks(differences);
  }
  return out;
}

}  // namespace lode
