// The argument PROJECT of most commands: a lode.yaml, or the folder that holds one.
#pragma once

#include <expected>
#include <memory>

#include "cli/command.h"
#include "project/project.h"

namespace lode {

inline constexpr Positional kProjectArgument = {.name = "PROJECT",
                                                .doc = "a lode.yaml, or the folder that holds one",
                                                .count = Positional::Count::kOptional,
                                                .fallback = "."};

// The project of that argument. If anything is wrong with it, every mistake has been printed, and
// the unexpected value is the exit status to return:
//   auto project = project_of(context);
//   if (!project) return project.error();
std::expected<std::shared_ptr<const Project>, int> project_of(const CommandContext& context);
// The same for a path that came another way.
std::expected<std::shared_ptr<const Project>, int> project_at(const CommandContext& context,
                                                              const std::string& path);

}  // namespace lode
