// What lode.yaml says of outcomes read too early: columns of a training set made from what its
// label is made from, past the label; and the same set with such views over the label instead,
// which gives an outcome only from the moment it is known.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "features/training_set.h"
#include "project/project.h"

namespace lode {

struct DeclaredRead {
  std::string column;  // of the training set
  std::string view;    // that reads other rows; "" = the row's own value
  std::string text;    // for a person
};

// In order of the columns. Derived columns of the source count as what they are made of; a column
// counts if it reads all that the label's value is made of.
std::vector<DeclaredRead> declared_outcome_reads(const Project& project, const TrainingSet& set);

// Columns of the set that read a view.
std::vector<std::string> columns_of_views(const TrainingSet& set);

// The project with one set more before each that reads outcomes by views over the label's source:
// its views are over the label. A view that is there already under another name is used.
struct RepairedProject {
  Project project;
  std::map<std::string, std::string, std::less<>> set_of;  // set -> its repaired one
};
RepairedProject read_outcomes_when_known(const Project& project);

// For rows of a training set, at most `most` of them, evenly taken: how long before its outcome is
// known a record is read, in microseconds, by other rows' views, and as the row's own value.
struct EarlyReads {
  std::vector<std::int64_t> by_views;
  std::vector<std::int64_t> by_row;
};
// `records` are those of the set's source.
EarlyReads early_reads(const TrainingTable& training, const Table& records, std::int64_t most);

}  // namespace lode
