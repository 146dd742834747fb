#include "cli/profile_text.h"

#include <algorithm>

#include "cli/text_table.h"

namespace lode {
namespace {

constexpr std::size_t kMostColumns = 30;
constexpr std::size_t kMostValues = 3;

std::string percent(std::int64_t part, std::int64_t whole) {
  if (part == 0 || whole == 0) return "0 %";
  return fmt::format("{:.3g} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// "17 .. 90, half in 28 .. 48", "Private 69.7 %, Local-gov 6.4 %, ...", "2001-01-01 .. 2001-06-30".
std::string values_text(const ColumnSummary& c, std::int64_t rows) {
  if (c.hidden) return "not shown: likely PII";
  if (!c.first.empty()) return fmt::format("{} .. {}", c.first.substr(0, 16), c.last.substr(0, 16));
  if (c.numbers && c.distinct > static_cast<std::int64_t>(kMostValues))
    return fmt::format("{:.7g} .. {:.7g}, half in {:.7g} .. {:.7g}", c.numbers->least,
                       c.numbers->greatest, c.numbers->lower, c.numbers->upper);
  std::string out;
  constexpr std::size_t kLongest = 24;
  for (std::size_t i = 0; i < std::min(kMostValues, c.top.size()); ++i) {
    const std::string& value = c.top[i].value;
    if (value.size() > kLongest) return out.empty() ? "texts" : out;
    out +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", value, percent(c.top[i].rows, rows - c.nulls));
  }
  if (out.empty()) return c.distinct == 0 ? "" : "texts";
  return c.distinct > static_cast<std::int64_t>(kMostValues) ? out + ", ..." : out;
}

void print_table(Output& out, const TableSummary& table) {
  TextTable columns({"column", "type", "role", "missing", "different", "values"});
  std::size_t shown = std::min(kMostColumns, table.columns.size());
  for (const ColumnSummary& c : std::span(table.columns).first(shown))
    columns.row({c.name, c.type, std::string(summary_role_name(c.role)),
                 percent(c.nulls, table.rows - table.torn - table.unreadable),
                 fmt::format("{}{}", c.distinct, c.more_distinct ? "+" : ""),
                 values_text(c, table.rows - table.torn - table.unreadable)});
  columns.print(out);
  if (shown < table.columns.size())
    out.print("and {} more columns: --json, or the page\n", table.columns.size() - shown);
}

}  // namespace

void print_profiles(Output& out, const RunReport& report) {
  for (const TableSummary& table : report.profiles) {
    out.print("\n{}\n", out.bold(fmt::format(
                            "Columns of {}{}", table.file,
                            table.files > 1 ? fmt::format(", the first of {} files", table.files)
                                            : std::string())));
    print_table(out, table);
    for (const ColumnSummary& c : table.columns)
      for (const ColumnWarning& warning : c.warnings)
        out.print("{}: {}: {}; {}\n", c.name, warning.kind, warning.says, warning.done);
  }
}

}  // namespace lode
