#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/component.h"
#include "table/expression.h"
#include "table/expression/function.h"

namespace lode {
namespace {

// The committed page says what the descriptors say. After a change to them:
//   LODE_UPDATE_DOCS=1 build/tests/table_test --gtest_filter='ExpressionReference.*'
TEST(ExpressionReference, PageIsUpToDate) {
  std::string path = std::string(LODE_SOURCE_DIR) + "/docs/reference/expressions.md";
  if (std::getenv("LODE_UPDATE_DOCS") != nullptr) std::ofstream(path) << expressions_reference();
  std::ostringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_EQ(page.str(), expressions_reference()) << "run this test with LODE_UPDATE_DOCS=1";
}

// Every function has an example that parses, and a summary that is a sentence.
TEST(ExpressionReference, ExamplesParse) {
  std::vector<const Component*> functions = components("function");
  EXPECT_GE(functions.size(), 90U);
  for (const Component* component : functions) {
    auto expression = parse_expression(component->example);
    EXPECT_TRUE(expression) << component->name << ": " << component->example << "\n"
                            << expression.error().text();
    EXPECT_TRUE(component->summary.ends_with(".")) << component->name;
    const auto* function = static_cast<const Function*>(component->factory);
    EXPECT_FALSE(function->group.empty()) << component->name;
    EXPECT_TRUE(function->resolve != nullptr || !function->overloads.empty()) << component->name;
  }
}

}  // namespace
}  // namespace lode
