// What `lode mine` and `lode init` have in common: a file looked through, what was decided about
// it, and the lode.yaml that comes of that.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "cli/command.h"
#include "insight/mining_plan.h"
#include "insight/table_profile.h"

namespace lode {

// Options that decide otherwise than the guess.
inline constexpr std::string_view kGuess = "guess";
inline constexpr double kMostSeed = 1e15;  // a whole number to the last digit
inline constexpr std::array<Option, 13> kMiningOptions = {{
    {"target", OptionType::kText, kGuess, "the column to predict; the sample file has one"},
    {"positive", OptionType::kText, kGuess, "the value of the target that is told from all others"},
    {"time", OptionType::kText, kGuess, "the column that says when a row happened, or none"},
    {"entity", OptionType::kText, kGuess, "the column that says whom a row is about, or none"},
    {"dates", OptionType::kText, kGuess,
     "the form of its dates: iso, m/d/y, d/m/y, y/m/d, d.m.y, d-m-y or m-d-y"},
    {"type", OptionType::kText, kGuess,
     "COLUMN=TYPE: what a column is read as: int64, double, bool, timestamp or string; may be "
     "given "
     "again"},
    {"role", OptionType::kText, kGuess,
     "COLUMN=ROLE: what models take a column for: number, category, text or out; may be given "
     "again"},
    {"header", OptionType::kChoice, kGuess, "whether the first line of a text names the columns",
     -1e308, 1e308, "guess|yes|no"},
    {"delimiter", OptionType::kText, kGuess, "what stands between fields: one sign, or tab"},
    {"quote", OptionType::kText, kGuess, "what may enclose fields: one sign, or none"},
    {"null", OptionType::kText, kGuess,
     "words that stand for nothing like an empty field, between bars: '?|NA'"},
    {"drop", OptionType::kText, "none", "columns not to learn from, separated by commas"},
    {"seed", OptionType::kInt, "1", "another draws another split at random, and other forests", 0,
     kMostSeed},
}};

inline constexpr std::array<std::string_view, 2> kRepeatedMiningOptions = {"type", "role"};

// These and a command's own, in this order.
template <std::size_t n>
constexpr std::array<Option, kMiningOptions.size() + n> with_mining_options(
    const std::array<Option, n>& own) {
  std::array<Option, kMiningOptions.size() + n> all{};
  std::ranges::copy(own, std::ranges::copy(kMiningOptions, all.begin()).out);
  return all;
}

struct MinedFile {
  TableProfile profile;
  MiningPlan plan;
};

// Looks through the file and decides. Prints one line about the file as soon as it is known (not
// with --json). kInvalid without a target, with the columns there are; `target_unsaid` is the
// one where none was said.
Result<MinedFile> look_through(CommandContext& context, const std::string& path,
                               std::string_view target_unsaid = {});

// Writes a file that must not be there: kConflict if it is.
Status write_new_file(FileSystem& files, const std::string& path, std::string_view text);

}  // namespace lode
