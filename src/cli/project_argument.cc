#include "cli/project_argument.h"

namespace lode {

std::expected<std::shared_ptr<const Project>, int> project_of(const CommandContext& context) {
  return project_at(context, context.argument(kProjectArgument.name));
}

std::expected<std::shared_ptr<const Project>, int> project_at(const CommandContext& context,
                                                              const std::string& path) {
  auto project = load_project(path);
  if (!project) return std::unexpected(context.report(project.error().errors));
  return *project;
}

}  // namespace lode
