#include "serve/score_compaction.h"

#include <algorithm>
#include <charconv>

#include "serve/score_log.h"

namespace lode {
namespace {

constexpr std::int64_t kMostEntriesARow = 4;
constexpr std::int64_t kFewEntries = 65'536;
constexpr std::int64_t kFewParts = 64;
constexpr std::int64_t kRowsOfAPart = std::int64_t{1} << 20;  // docs/formats/raw-zone.md

// N of "gN"; -1 of any other name.
std::int64_t generation_of(std::string_view name) {
  std::int64_t number = -1;
  if (!name.starts_with('g')) return -1;
  auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : -1;
}

}  // namespace

std::string generation_path(const std::string& folder, std::int64_t generation) {
  return join_path(folder, fmt::format("g{}", generation));
}

bool compaction_pays(const ScoreState& state, std::size_t parts) {
  if (state.entries > kMostEntriesARow * state.rows + kFewEntries) return true;
  return static_cast<std::int64_t>(parts) > kFewParts + state.entries / kRowsOfAPart;
}

Result<ScoreState> compact_scores(FileSystem& files, const std::string& folder,
                                  const ScoreState& state, const ZoneOptions& options) {
  TRY(ScoreLog old, ScoreLog::open(generation_path(folder, state.generation), options));
  TRY(Table standing, old.current(state.entries));
  if (standing.rows != state.rows)
    return fail(Code::kCorrupt,
                "{} holds {} rows and its state says {}; `lode score --full` makes them anew",
                folder, standing.rows, state.rows);
  ScoreState next = state;
  ++next.generation;
  std::string path = generation_path(folder, next.generation);
  TRY_VOID(remove_tree(files, path));
  TRY(ScoreLog log, ScoreLog::open(path, options));
  TRY_VOID(log.append(std::move(standing)));
  next.entries = log.entries();
  next.log = log.name();
  TRY_VOID(write_atomically(files, join_path(folder, "state"), score_state_text(next)));
  TRY_VOID(remove_other_generations(files, folder, {next.generation}));
  return next;
}

Status remove_other_generations(FileSystem& files, const std::string& folder,
                                const std::vector<std::int64_t>& kept) {
  TRY(std::vector<std::string> names, files.list(folder));
  for (const std::string& name : names) {
    std::int64_t generation = generation_of(name);
    if (generation < 0 || std::ranges::find(kept, generation) != kept.end()) continue;
    TRY_VOID(remove_tree(files, join_path(folder, name)));
  }
  return {};
}

}  // namespace lode
