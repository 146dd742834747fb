// What the steps of a run would take, before they are begun: for `lode plan`, and for budgets that
// refuse (orchestrate/run_budget.h).
//
// A step that a run has made takes as long as it did then, by as much more as there are more rows,
// and for another declaration of a model by as much as its algorithm says of its options. One that
// was never made is estimated roughly, by rows, columns and what its algorithm says of itself
// (Algorithm::seconds): within a few times, and so it is said. docs/guides/budgets.md has what the
// estimates came to against what was measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "lake/runs.h"
#include "orchestrate/run_plan.h"
#include "orchestrate/source_run.h"
#include "project/project.h"

namespace lode {

// How large a source is, by its files or by what was read of them.
struct SourceSize {
  std::string name{};
  double rows = 0;      // when all of it is read
  double due_rows = 0;  // to be read
  double due_bytes = 0;
  // Least and greatest event time, where that is known.
  std::optional<std::pair<std::int64_t, std::int64_t>> times{};
};

// Of sources that are looked at and not read. A file of which nothing was read is opened, and its
// first rows say how long a row is. Errors: those of open_reader.
Result<std::vector<SourceSize>> sizes_of(FileSystem& files, const Project& project,
                                         const std::vector<SourceLook>& looks);

struct StepPrice {
  enum class Basis : std::uint8_t {
    kLastTime,  // of a run that made it
    kRough,     // it was never made
    kUnknown,   // nor is enough known of it yet
  };
  Basis basis = Basis::kUnknown;
  double rows = 0;           // that it goes through
  double bytes_read = 0;     // of source files
  double bytes_written = 0;  // into files that stay
  double seconds = 0;
  std::string run{};   // kLastTime: which
  std::string says{};  // "as in run 3", "run 3, 1.4 times the rows", "rough, never made"
};
std::string_view price_basis_name(StepPrice::Basis basis);  // "last time", "rough", "unknown"

// One for every step of the plan, in its order; all zero for those that are not due. `runs`: newest
// first. Cost: reads what is kept of the steps.
std::vector<StepPrice> price_steps(FileSystem& files, const Project& project, const RunPlan& plan,
                                   const std::vector<SourceSize>& sources,
                                   const std::vector<RunRecord>& runs);

// What a run of them takes: the sum, rough if one of them is, and how many are not known.
struct RunPrice {
  StepPrice sum{};
  std::int64_t due = 0;
  std::int64_t rough = 0;
  std::int64_t unknown = 0;
};
RunPrice price_of_run(const RunPlan& plan, const std::vector<StepPrice>& prices);

// Steps that follow from this one and were made before: what it makes out of date.
std::vector<std::string> invalidated_by(FileSystem& files, const Project& project,
                                        const RunPlan& plan, const PlannedStep& step);

// By the project's price of an hour; 0 where none is said.
double cost_of(const Project& project, double seconds);
// "0.42 EUR", "0.0031": two digits that count. `currency` may be "".
std::string money_text(double cost, std::string_view currency);

}  // namespace lode
