// lode.yaml: the YAML reader, and a whole project. Whatever the text: a tree whose places lie in
// it, or errors with a place; a project that loads is described to the end.
#include <algorithm>
#include <fstream>

#include "base/file.h"
#include "project/definition.h"
#include "project/project.h"
#include "project/yaml.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

void check_places(const YamlNode& node, int lines) {
  EXPECT_GE(node.place.line, 1);
  EXPECT_LE(node.place.line, lines);
  EXPECT_GE(node.place.column, 1);
  for (const YamlNode& item : node.items) check_places(item, lines);
  for (const YamlEntry& entry : node.entries) check_places(entry.value, lines);
}

void read_project(std::string_view text) {
  std::string path = join_path(scratch_folder(), "lode.yaml");
  std::ofstream(join_path(scratch_folder(), "orders.csv")) << "a\n";  // no need of a sync
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  auto project = load_project(path);
  if (!project) {
    EXPECT_FALSE(project.error().errors.empty());
    for (const Error& error : project.error().errors) {
      EXPECT_NE(error.code(), Code::kInternal) << error.text();
      EXPECT_FALSE(error.message().empty());
    }
    return;
  }
  for (const Source& source : (*project)->sources) (void)source_definition(source);
  for (const TrainingSet& set : (*project)->training) (void)training_definition(**project, set);
  for (const Model& model : (*project)->models) EXPECT_FALSE(model_definition(model).empty());
}

void run(std::string_view text) {
  auto root = parse_yaml(std::string(text), "f.yaml");
  int lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  if (root) {
    check_places(*root, lines);
  } else {
    EXPECT_GE(root.error().where().line, 1) << root.error().text();
    EXPECT_LE(root.error().where().line, lines + 1) << root.error().text();
    EXPECT_NE(root.error().code(), Code::kInternal) << root.error().text();
  }
  // Patterns of files with these could walk the whole machine, and devices have no end.
  for (std::string_view out_of_reach : {"**", "/", ".."})
    if (text.find(out_of_reach) != std::string_view::npos) return;
  read_project(text);
}

std::vector<std::string> seeds() {
  return {source_file("tests/e2e/shop/lode.yaml"), source_file("examples/flights/lode.yaml"),
          source_file("tests/project/mistakes/lode.yaml"),
          source_file("tests/e2e/golden/project-1/lode.yaml"), "a: [1, {b: \"c\"}]\n# d\ne: 'f'\n"};
}

const Registration registration({"project", run, seeds});

}  // namespace
}  // namespace lode::fuzz
