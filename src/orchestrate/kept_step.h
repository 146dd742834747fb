// What a step of a run came to, kept with all it follows from, so that the next run does again only
// what would come out otherwise. A step is a source's records, a training set, a model, the
// leaderboards, a walk or scores. Format: docs/formats/step.md.
//
// What was made by another build of lode counts as made of something else: nothing of this is ever
// carried over from one program to another, and all of it can be made again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "project/project.h"

namespace lode {

enum class StepKind : std::uint8_t {
  kSource,
  kTraining,
  kModel,
  kLeaderboards,
  kWalk,
  kScores,
  kProfile
};
std::string_view step_kind_name(StepKind kind);  // "source", "training set", "model", ...

// One of the things a step follows from: "its data", and a hash of them.
struct StepInput {
  std::string what;
  ContentHash is;
  bool operator==(const StepInput&) const = default;
};
using StepInputs = std::vector<StepInput>;

// Of all of them, in order.
ContentHash hash_of(const StepInputs& inputs);

struct KeptStep {
  StepInputs inputs{};
  std::int64_t run = 0;   // that made it
  std::string outcome{};  // base/stored_values.h
};

// What is different, as the beginning of a sentence: "its data and its declaration changed"; ""
// if nothing is.
std::string what_changed(const StepInputs& was, const StepInputs& is);

std::string kept_step_text(const KeptStep& step);
// kCorrupt for anything kept_step_text does not write; kUnsupported for a later version.
Result<KeptStep> parse_kept_step(std::string_view text);

// Where it is: steps/KIND/NAME in the project's folder of state.
std::string kept_step_path(const Project& project, StepKind kind, std::string_view name);

// Replaces what is there, atomically: the last thing that is done of a step. Errors: those of
// write_atomically.
Status keep_step(FileSystem& files, const Project& project, StepKind kind, std::string_view name,
                 const KeptStep& step);
// Nothing if there is none, or it cannot be read: then it is made again.
std::optional<KeptStep> kept_step(FileSystem& files, const Project& project, StepKind kind,
                                  std::string_view name);

// Identifies this program among all builds of it: the linker's build id, or where there is none
// the version of lode.
ContentHash build_of_lode();

}  // namespace lode
