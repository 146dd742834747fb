#include "features/plan.h"

#include <gtest/gtest.h>

#include "features/live.h"

namespace lode {
namespace {

Project project_with_key(Type key) {
  Project project;
  project.name = "keys";
  Source source;
  source.name = "events";
  source.columns = Schema({{"ts", Type::timestamp()}, {"key", std::move(key)}});
  source.time = "ts";
  project.sources.push_back(source);
  View view;
  view.name = "counts";
  view.over = "events";
  view.by = "key";
  view.windows = {Window{.kind = Window::Kind::kAll}};
  view.values = {{"n", {}, "count", std::nullopt, 0}};
  project.views.push_back(view);
  return project;
}

// Found by reading: a decimal key was read with the width of an integer.
TEST(Plan, RefusesKeysItCannotTellApart) {
  TextPool texts;
  for (const Type& key : {Type::string(), Type::int64(), Type::boolean(), Type::date()})
    EXPECT_TRUE(make_feature_plan(project_with_key(key), texts)) << key.text();
  for (const Type& key : {Type::decimal(10, 2), Type::list(Type::int64())}) {
    auto plan = make_feature_plan(project_with_key(key), texts);
    ASSERT_FALSE(plan) << key.text();
    EXPECT_NE(plan.error().message().find("cast it"), std::string::npos);
  }
}

// Found by reading: each read of an unknown key was remembered for ever.
TEST(LiveEngine, ReadsRememberNoKeyTheyAskFor) {
  Project project = project_with_key(Type::string());
  auto engine = LiveEngine::make(project, 1);
  ASSERT_TRUE(engine);
  ColumnBuilder builder(Type::string());
  builder.append_string("nobody");
  Column key = builder.finish();
  auto answers = (*engine)->read((*engine)->feature_plan().views[0], key, 0, 5, 5);
  ASSERT_TRUE(answers);
  EXPECT_EQ((*answers)[0], Answer::of(std::int64_t{0}));
  EXPECT_EQ((*engine)->texts().size(), 0);
}

}  // namespace
}  // namespace lode
