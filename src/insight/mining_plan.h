// What to make of a file, decided from its profile: which column is what, what is predicted, how
// rows are split, each with its reason and with the flag that decides otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "insight/column_wishes.h"
#include "insight/table_profile.h"

namespace lode {

enum class ColumnRole : std::uint8_t {
  kTarget,
  kTime,        // when a row happened
  kEntity,      // whom it is about: rows of one are never on both sides of a split
  kNumber,      // a number or a bool
  kCategory,    // one of a few texts
  kLevels,      // one of many texts
  kText,        // words
  kIdentifier,  // tells rows apart and nothing else
  kConstant,
  kEmpty,
  kPersonal,   // likely about persons: e-mail addresses, card numbers, ...
  kOtherTime,  // a second time: it may be of after the row
  kNoValue,    // lists, structs, bytes
  kNameless,   // a project cannot name it: it has no name, or one of lode's own
  kDropped,    // by wish
};

struct PlannedColumn {
  std::size_t at = 0;  // of the profile's columns
  ColumnRole role = ColumnRole::kNumber;
  std::string type;       // of lode.yaml
  bool compared = false;  // its values are compared as groups of people
  bool input() const {
    return role == ColumnRole::kNumber || role == ColumnRole::kCategory ||
           role == ColumnRole::kLevels || role == ColumnRole::kText;
  }
};

enum class MiningTask : std::uint8_t { kYesNo, kNumber };

struct MiningWishes {
  std::string target{};
  std::string positive{};  // the value that is told from all others; "" = guessed
  std::string time{};      // a column, "none", or "" = guessed
  std::string entity{};    // the same
  std::vector<std::string> drop{};
  std::int64_t seed = 1;
  std::vector<ColumnWish> types{};  // of kWishedTypes
  std::vector<ColumnWish> roles{};  // of kWishedRoles
};

struct MiningPlan {
  std::string target;
  MiningTask task = MiningTask::kYesNo;
  std::string positive;                // of kYesNo: the value that means yes, as the file has it
  std::vector<PlannedColumn> columns;  // as the profile's
  std::string time;                    // a column, or "" = rows have none
  std::string entity;                  // a column, or ""
  std::optional<Timestamp> test_from;  // rows are split here; without it at random
  bool clock = false;                  // times have an hour
  std::int64_t seed = 1;               // of every model, and so of a split at random
  std::vector<std::string> decisions;  // sentences
  std::vector<std::string> warnings;   // what to distrust from the start
};

inline constexpr std::int64_t kLeastMinedRows = 60;
inline constexpr std::int64_t kLeastOfEach = 10;  // rows of either answer

// Errors, kInvalid: a column that is wished and not there, with the nearest name; a target with
// nothing to learn (empty, one value, an answer too rare), with many texts and no `positive`; too
// few rows; no column to learn from; a type that values are not of, a role its values cannot have.
Result<MiningPlan> plan_mining(const TableProfile& profile, const MiningWishes& wishes);

}  // namespace lode
