// The reference page and the JSON schema are made from the vocabulary. After a change:
// LODE_UPDATE_GOLDEN=1 project_test writes the page.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "project/vocabulary.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

TEST(Reference, PageIsTheVocabulary) {
  const std::filesystem::path page = LODE_SOURCE_DIR "/docs/reference/lode-yaml.md";
  if (std::getenv("LODE_UPDATE_GOLDEN")) std::ofstream(page) << project_reference();
  EXPECT_EQ(read_text(page), project_reference());
}

TEST(Reference, SchemaKnowsTheKeysOfEverySection) {
  nlohmann::json schema = nlohmann::json::parse(project_json_schema());
  EXPECT_EQ(schema["required"], (nlohmann::json{"lode", "project", "sources"}));
  EXPECT_EQ(schema["additionalProperties"], false);
  for (const Key& key : project_section().keys)
    EXPECT_TRUE(schema["properties"].contains(key.name)) << key.name;
  const nlohmann::json& sources = schema["properties"]["sources"]["anyOf"][0];
  EXPECT_EQ(sources["propertyNames"]["pattern"], "^[a-z][a-z0-9_]*$");
  const nlohmann::json& source = sources["additionalProperties"]["anyOf"][0];
  EXPECT_EQ(source["required"], (nlohmann::json{"files", "columns", "time"}));
  const nlohmann::json& zone = source["properties"]["zone"]["anyOf"][0]["anyOf"];
  ASSERT_EQ(zone.size(), 2U);  // text, or a look-up
  EXPECT_TRUE(zone[1]["properties"].contains("lookup"));
  const nlohmann::json& contract = source["properties"]["contract"]["anyOf"][0];
  EXPECT_EQ(contract["properties"]["rules"]["type"], "array");
}

}  // namespace
}  // namespace lode
