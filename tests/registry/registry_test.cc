// The standing of models follows from their history, and nothing of it can be done by halves.
#include "registry/registry.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace lode {
namespace {

class RegistryOfModels : public testing::Test {
 protected:
  void SetUp() override {
    place_ = std::filesystem::temp_directory_path() /
             fmt::format("lode-registry-{}-{}", ::getpid(),
                         testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove(place_);
    store_ = open_sqlite_store(place_).value();
    for (int version = 1; version <= 3; ++version) add("late", version);
    add("other", 1);
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove(place_);
  }
  void add(const std::string& name, int version) {
    ModelRecord model;
    model.project = "flights";
    model.name = name;
    model.run = "1";
    model.content = content_hash(fmt::format("{} {}", name, version));
    model.dataset = "d";
    model.algorithm = "logistic";
    ASSERT_EQ(store_->add_model(model).value(), version);
  }
  Registry registry() { return Registry(*store_, "flights", clock_); }
  std::int64_t champion() { return registry().find("late@champion").value().version; }

  std::filesystem::path place_;
  std::unique_ptr<MetadataStore> store_;
  ManualClock clock_{Timestamp{1'000}};
};

const Act kAct{"ann", "because"};

TEST_F(RegistryOfModels, AReferenceIsANameAVersionOrAnAlias) {
  EXPECT_EQ(registry().find("late").value().version, 3);
  EXPECT_EQ(registry().find("late@2").value().version, 2);
  Error none = registry().find("late@champion").error();
  EXPECT_EQ(none.code(), Code::kNotFound);
  EXPECT_NE(none.message().find("it has none"), std::string::npos) << none.message();
  ASSERT_TRUE(registry().promote("late@1", "canary", kAct));
  EXPECT_EQ(registry().find("late@canary").value().version, 1);
  EXPECT_NE(registry().find("late@champion").error().message().find("canary (version 1)"),
            std::string::npos);
  EXPECT_EQ(registry().find("late@9").error().code(), Code::kNotFound);
  EXPECT_EQ(registry().find("nothing@1").error().code(), Code::kNotFound);
  EXPECT_EQ(registry().find("late@").error().code(), Code::kInvalid);
  EXPECT_EQ(registry().find("late@-1").error().code(), Code::kInvalid);
}

TEST_F(RegistryOfModels, RollingBackGoesTheWayBackThatWasCome) {
  EXPECT_EQ(registry().roll_back("late", kChampion, kAct).error().code(), Code::kInvalid);
  for (const char* version : {"late@1", "late@2", "late@3"})
    ASSERT_TRUE(registry().promote(version, kChampion, kAct)) << version;
  EXPECT_EQ(champion(), 3);
  EXPECT_EQ(registry().promote("late@3", kChampion, kAct).error().code(), Code::kInvalid);
  ASSERT_TRUE(registry().roll_back("late", kChampion, kAct));
  EXPECT_EQ(champion(), 2);
  ASSERT_TRUE(registry().promote("late@3", kChampion, kAct));
  ASSERT_TRUE(registry().roll_back("late", kChampion, kAct));
  EXPECT_EQ(champion(), 2) << "what was gone back from is not on the way any more";
  ASSERT_TRUE(registry().roll_back("late", kChampion, kAct));
  EXPECT_EQ(champion(), 1);
  EXPECT_EQ(registry().roll_back("late", kChampion, kAct).error().code(), Code::kInvalid);
  EXPECT_EQ(champion(), 1);
}

TEST_F(RegistryOfModels, WhatWasLiveWhen) {
  auto at = [&](std::int64_t us) { return registry().version_at("late", kChampion, {us}).value(); };
  ASSERT_TRUE(registry().promote("late@1", kChampion, kAct));
  clock_.advance(microseconds(1'000));
  ASSERT_TRUE(registry().promote("late@2", kChampion, kAct));
  clock_.advance(microseconds(1'000));
  ASSERT_TRUE(registry().roll_back("late", kChampion, kAct));
  EXPECT_EQ(at(999), std::nullopt);
  EXPECT_EQ(at(1'000), 1);
  EXPECT_EQ(at(1'999), 1);
  EXPECT_EQ(at(2'500), 2);
  EXPECT_EQ(at(3'000), 1);
  EXPECT_EQ(registry().version_at("late", "canary", {9'999}).value(), std::nullopt);
}

TEST_F(RegistryOfModels, ATimeOfHistoryNeverGoesBack) {
  ASSERT_TRUE(registry().promote("late@1", kChampion, kAct));
  ManualClock earlier{Timestamp{5}};
  ASSERT_TRUE(Registry(*store_, "flights", earlier).promote("late@2", kChampion, kAct));
  std::vector<ModelEvent> events = registry().history("late").value();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].at, Timestamp{1'000});
}

TEST_F(RegistryOfModels, AnAliasCanMeanNothingAndComeBack) {
  EXPECT_EQ(registry().clear("late", kChampion, kAct).error().code(), Code::kInvalid);
  ASSERT_TRUE(registry().promote("late@2", kChampion, kAct));
  ASSERT_TRUE(registry().clear("late", kChampion, kAct));
  EXPECT_EQ(registry().find("late@champion").error().code(), Code::kNotFound);
  EXPECT_EQ(registry().version_at("late", kChampion, clock_.now()).value(), std::nullopt);
  ASSERT_TRUE(registry().roll_back("late", kChampion, kAct));
  EXPECT_EQ(champion(), 2);
}

TEST_F(RegistryOfModels, WhatAGateSaidChangesNothingThatStands) {
  ASSERT_TRUE(registry().promote("late@1", kChampion, kAct));
  ModelEvent said{.project = "flights", .model = "late", .kind = ModelEventKind::kGate};
  said.name = "late@1";
  said.version = 2;
  said.value = "keep";
  ASSERT_EQ(store_->add_model_event(said, 1).value(), 2);
  EXPECT_EQ(champion(), 1);
  EXPECT_TRUE(registry().standing("late").value().approvals.empty());
  EXPECT_EQ(registry().history("late").value().back().value, "keep");
}

TEST_F(RegistryOfModels, TagsAndApprovalsStandOnVersions) {
  ASSERT_TRUE(registry().tag("late@2", "owner", "fraud team", kAct));
  ASSERT_TRUE(registry().tag("late@2", "owner", "risk team", kAct));
  ASSERT_TRUE(registry().tag("late@1", "owner", "x", kAct));
  ASSERT_TRUE(registry().tag("late@1", "owner", "", kAct));
  EXPECT_EQ(registry().tag("late@1", "owner", "", kAct).error().code(), Code::kInvalid);
  EXPECT_EQ(registry().tag("late@1", "two words", "x", kAct).error().code(), Code::kInvalid);
  ASSERT_TRUE(registry().approve("late@2", "production", kAct));
  EXPECT_EQ(registry().approve("late@2", "production", {}).error().code(), Code::kInvalid);
  Standing stands = registry().standing("late").value();
  EXPECT_EQ(stands.tags[2]["owner"], "risk team");
  EXPECT_TRUE(stands.tags[1].empty());
  ASSERT_EQ(stands.approvals[2].size(), 1U);
  EXPECT_EQ(stands.approvals[2][0].actor, "ann");
  EXPECT_TRUE(registry().standing("other").value().tags.empty());
}

TEST_F(RegistryOfModels, TwoProcessesSeeOneHistory) {
  ASSERT_TRUE(registry().promote("late@1", kChampion, kAct));
  auto other = open_sqlite_store(place_).value();
  Registry theirs(*other, "flights", clock_);
  ASSERT_TRUE(theirs.promote("late@2", kChampion, kAct));
  EXPECT_EQ(champion(), 2);
  EXPECT_EQ(theirs.history("late").value(), registry().history("late").value());
}

}  // namespace
}  // namespace lode
