// From a source's files to its arrival list: rows are decoded, placed in time, given their known
// time and id, held against the contract, and judged; each is accepted or set aside with a reason
// (docs/semantics.md 2 and 3). Nothing is defaulted and nothing is lost.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/zone.h"
#include "ingest/acceptance.h"
#include "ingest/reader.h"
#include "ingest/stretches.h"
#include "project/project.h"

namespace lode {

// Why a row is set aside.
enum class SetAsideCause : std::uint8_t {
  kUnreadable,  // cannot be decoded as declared
  kTime,        // no event time, zone or known time can be had
  kContract,    // breaks a rule of its source's contract
  kDuplicate,   // counted once already; nothing is lost by leaving it
  kConflict,    // another payload under a known id
  kFuture,
  kLate,
};
std::string_view cause_name(SetAsideCause cause);

struct SetAside {
  std::int64_t seq = 0;
  SetAsideCause cause = SetAsideCause::kUnreadable;
  std::string file{};
  std::int64_t row = 0;   // in the file, from 0
  std::int64_t line = 0;  // text files, from 1; else 0
  std::string field{};
  std::string reason{};
  std::string raw{};
};

struct ArrivalBatch {
  Table accepted;  // Project::record_schema without derived columns, in seq order
  std::vector<SetAside> set_aside{};
  std::int64_t first_seq = 0;
  std::int64_t rows_read = 0;  // accepted.rows + set_aside.size()
};

// Zones of the rows of a source, by its rule.
class RowZones {
 public:
  // Reads the look-up file, if there is one. Errors name its line.
  static Result<RowZones> open(FileSystem& files, const Source& source);
  // The zone of a row; nullptr when the look-up has none. `key` is the look-up column, or null.
  const Zone* zone(const Column* key, std::int64_t row) const;
  bool utc() const { return constant_ == nullptr && by_key_.empty(); }

 private:
  const Zone* constant_ = nullptr;
  std::map<std::string, const Zone*, std::less<>> by_key_;
};

// Adds the source's derived columns to a table of its records.
Result<Table> with_derived(const Project& project, const Source& source, Table records);

// What a station above asks of records before they are judged: faults among a table of records with
// derived columns, at least one if there are any. Rows at fault are set aside; then it is asked
// again.
struct RowFault {
  std::int64_t row = 0;
  std::string field{};
  std::string reason{};
};
using RowCheck = std::function<Result<std::vector<RowFault>>(const Table& records)>;

// What can be said of the sources before a file is opened: kUnsupported or kInvalid, at the
// source's place, for the first with a format, an option of it or a known mode that its files
// cannot have.
Status check_sources(const Project& project);

class ArrivalReader {
 public:
  // `stretches` and `first_seq` as StretchReader has them; `check` may be empty. Errors: as
  // open_reader; kUnsupported for a known mode that files cannot have.
  static Result<ArrivalReader> open(FileSystem& files, const Project& project, const Source& source,
                                    std::vector<Stretch> stretches, std::int64_t first_seq,
                                    int threads, RowCheck check = {});
  ArrivalReader(ArrivalReader&&) noexcept;
  ~ArrivalReader();

  // Before the first next(): takes records into account that were accepted earlier, so that those
  // to come are judged behind them. Tables in seq order, with the columns named below, in order.
  void restore(const Table& accepted);
  static std::vector<std::string> columns_to_restore(const Source& source);

  // The next rows of the source, over all its stretches; nothing at the end.
  Result<std::optional<ArrivalBatch>> next();
  const Acceptance& acceptance() const;
  const std::vector<StretchRead>& done() const;  // as StretchReader::done

 private:
  struct State;
  explicit ArrivalReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lode
