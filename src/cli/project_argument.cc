#include "cli/project_argument.h"

namespace lode {

std::expected<std::shared_ptr<const Project>, int> project_of(const CommandContext& context) {
  auto project = load_project(context.argument(kProjectArgument.name));
  if (!project) return std::unexpected(context.report(project.error().errors));
  return *project;
}

}  // namespace lode
