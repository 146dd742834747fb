// What is not the same in two versions of a model, two data sets, two versions of a declaration or
// two runs. Values only; cli/diff.cc prints them.
//
// References: a model as the registry has it (NAME, NAME@VERSION, NAME@ALIAS, `model:` before it);
// `run:3`; `dataset:8b84` (the first digits of its name) or `dataset:SET` (its newest);
// `view:NAME` as lode.yaml has it now, `view:NAME@63e0` as a model was made by it, and so for
// source, label and training.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/time.h"
#include "judge/bootstrap.h"
#include "lake/runs.h"
#include "project/project.h"

namespace lode {

// "" on a side that has no such thing.
struct DiffLine {
  std::string what;
  std::string a;
  std::string b;
};
struct DiffSection {
  std::string name;
  std::vector<DiffLine> lines{};
  bool counts = true;  // false: told, and no difference: seconds, the number of a version
};

// A metric of two models. Paired where the rows are the same; else each as its run told it, and the
// difference is not a number.
struct DiffMetric {
  std::string name;
  double a = 0;
  double b = 0;
  Estimate difference{};  // b less a
  bool clear = false;     // its interval leaves out 0
  bool better = false;    // b is
};

// A column of two data sets that is not the same in both.
struct DiffColumn {
  std::string name;
  std::string type_a, type_b;  // "" where it is not there
  double missing_a = 0;        // shares of the rows
  double missing_b = 0;
  double mean_a = 0;  // NaN of what is no number
  double mean_b = 0;
  double deviation_a = 0;
  double deviation_b = 0;
  std::vector<std::pair<std::string, double>> drift{};  // by detector, where the rows are kept
};

struct Diff {
  std::string kind;  // "models", "datasets", "declarations", "runs"
  std::string a, b;  // what they are, in full
  std::vector<DiffSection> sections{};
  std::vector<DiffMetric> metrics{};
  std::vector<DiffColumn> columns{};
  std::vector<std::string> notes{};     // what could not be told, and why
  std::vector<std::string> affected{};  // models made of either declaration: "late@2"

  bool same() const;
};

struct DiffMeans {
  FileSystem& files;
  MetadataStore& store;
  const Clock& clock;
  const Limits& limits;
  const CancelToken& cancel;
};

// kInvalid: the two are not of one kind; kNotFound says what there is. Cost: of models those of
// rows_of_both and a comparison, of data sets that are kept a pass over either.
Result<Diff> diff_of(const Project& project, std::string_view a, std::string_view b,
                     const DiffMeans& means);

}  // namespace lode
