// What stands beside the kept scores of a model: for which model, which question and up to which
// arrival they are whole; and, while a job is at work, what it is to do, so that another process
// goes on where it was. Format: docs/formats/scores.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "serve/record_blocks.h"

namespace lode {

struct ScoredSource {
  std::string name;
  ContentHash zone;  // its raw zone when the scores were made
  RecordBlocks blocks;
  bool operator==(const ScoredSource&) const = default;
};

// Of the scores as they are when all that is asked for is done.
struct ScoreState {
  std::string model;
  std::int64_t version = 0;
  ContentHash content;               // of the model
  ContentHash definition;            // of the question, its columns and views
  std::string threshold;             // of decisions, as a number; "none"
  std::int64_t generation = 1;       // the folder of the log
  std::int64_t cut = -1;             // the last seq that is taken into account
  std::int64_t entries = 0;          // of the log
  std::int64_t rows = 0;             // that have a score
  std::optional<ContentHash> log{};  // its zone; nothing while it has no entries
  std::vector<ScoredSource> sources{};
  bool operator==(const ScoreState&) const = default;
};

// A job under way: entries behind `base` of the log `generation` come from arrivals after `after`
// up to `cut`.
struct ScoreJob {
  std::string model;
  std::int64_t version = 0;
  ContentHash content;
  ContentHash definition;
  std::string threshold;
  std::int64_t generation = 1;
  std::int64_t after = -1;  // -1: all rows
  std::int64_t cut = -1;
  std::int64_t base = 0;                                       // entries of the log before it
  std::optional<ContentHash> base_log{};                       // and its zone
  std::int64_t block = 0;                                      // rows that become durable together
  std::string why;                                             // all rows: for what reason
  std::vector<std::pair<std::string, ContentHash>> sources{};  // raw zones of the cut
  bool operator==(const ScoreJob&) const = default;
};

std::string score_state_text(const ScoreState& state);
std::string score_job_text(const ScoreJob& job);
// kCorrupt for anything the above do not write; kUnsupported for a later version.
Result<ScoreState> parse_score_state(std::string_view text);
Result<ScoreJob> parse_score_job(std::string_view text);

}  // namespace lode
