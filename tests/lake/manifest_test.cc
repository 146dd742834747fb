#include "lake/manifest.h"

#include <gtest/gtest.h>

#include <string>

#include "base/power_cut_disk.h"

namespace lode {
namespace {

const Schema kSchema({{"_seq", Type::int64()}, {"delay", Type::decimal(9, 2)}});

ZonePart part(std::string_view content, std::int64_t first, std::int64_t last) {
  return {.hash = content_hash(content),
          .bytes = static_cast<std::int64_t>(content.size()),
          .rows = last - first + 1,
          .first_seq = first,
          .last_seq = last};
}

Manifest two_parts() {
  Manifest manifest;
  manifest.parent = content_hash("before");
  manifest.add(part("a", 0, 9), kSchema);
  manifest.add(part("b", 20, 29), kSchema);
  return manifest;
}

TEST(Manifest, TextIsCanonicalAndReadsBack) {
  // The hashes are b2sum -l 256 of "before", "a" and "b".
  std::string text = manifest_text(two_parts());
  EXPECT_EQ(
      text,
      "{\"version\":1,\"origin\":0,\"parent\":\"" + lode::text(content_hash("before")) +
          "\",\"schemas\":[[{\"name\":\"_seq\",\"type\":\"int64\"},{\"name\":\"delay\",\"type\":"
          "\"decimal(9,2)\"}]],\"parts\":[{\"hash\":"
          "\"8928aae63c84d87ea098564d1e03ad813f107add474e56aedd286349c0c03ea4\",\"bytes\":1,"
          "\"rows\":10,\"first_seq\":0,\"last_seq\":9,\"schema\":0},{\"hash\":\"" +
          lode::text(content_hash("b")) +
          "\",\"bytes\":1,\"rows\":10,\"first_seq\":20,\"last_seq\":29,\"schema\":0}]}\n");
  EXPECT_EQ(parse_manifest(text).value(), two_parts());
  EXPECT_EQ(parse_manifest(manifest_text({})).value(), Manifest());
}

TEST(Manifest, CountsAndSeqs) {
  EXPECT_EQ(two_parts().rows(), 20);
  EXPECT_EQ(two_parts().next_seq(), 30);
  EXPECT_EQ(Manifest{.origin = 7}.next_seq(), 7);
}

TEST(Manifest, AnythingElseIsRefused) {
  std::string good = manifest_text(two_parts());
  auto refusal = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    auto manifest = parse_manifest(text);
    return manifest ? "read" : manifest.error().message();
  };
  EXPECT_EQ(refusal("\"version\":1", "\"version\":2"),
            "the manifest has version 2, this lode reads version 1; use the lode that wrote it");
  EXPECT_EQ(refusal("{\"version\"", "{ \"version\""),
            "the manifest is damaged: it is not in the canonical form");
  EXPECT_EQ(refusal("\"origin\":0", "\"origin\":0,\"extra\":1"),
            "the manifest is damaged: it is not in the canonical form");
  EXPECT_EQ(refusal("\"first_seq\":20", "\"first_seq\":9"),
            "the manifest is damaged: its parts are not in the order of seq");
  EXPECT_EQ(refusal("\"rows\":10", "\"rows\":11"),
            "the manifest is damaged: a part has an impossible size");
  EXPECT_EQ(refusal("\"schema\":0", "\"schema\":1"),
            "the manifest is damaged: a part has no schema");
  for (std::size_t size = 0; size < good.size(); ++size)
    ASSERT_FALSE(parse_manifest(std::string_view(good).substr(0, size)).has_value()) << size;
}

// ---- the protocol on a disk whose power fails
// ------------------------------------------------------

constexpr const char* kZone = "zone";

// What is put in, and what the zone must hold after each commit.
struct Step {
  std::vector<std::string> contents;
};
const std::vector<Step> kSteps = {{{"first part"}}, {{"second", "third"}}, {{"fourth"}}};

// Runs the steps from the one that the zone has not seen; `done` counts those acknowledged.
Status run_steps(FileSystem& files, int& done) {
  PowerCutDisk source(99);
  TRY(ManifestStore store, ManifestStore::open(files, kZone));
  TRY_VOID(store.remove_garbage());
  for (auto s = static_cast<std::size_t>(done); s < kSteps.size(); ++s) {
    Manifest next = store.manifest();
    next.parent = store.name();
    for (const std::string& content : kSteps[s].contents) {
      TRY_VOID(write_atomically(source, content, content));
      TRY(ZonePart added, store.add_part(source, content));
      added.rows = 1;
      added.first_seq = added.last_seq = next.next_seq();
      next.add(added, kSchema);
    }
    TRY_VOID(store.commit(std::move(next)));
    ++done;
  }
  return {};
}

// All steps on a disk that works.
void fill(FileSystem& files, int from = 0) {
  ASSERT_TRUE(run_steps(files, from).has_value());
  ASSERT_EQ(from, static_cast<int>(kSteps.size()));
}

// The number of steps whose contents the zone holds, all of them whole.
int steps_held(FileSystem& files) {
  auto store = ManifestStore::open(files, kZone);
  EXPECT_TRUE(store.has_value()) << store.error().text();
  if (!store) return -1;
  std::size_t at = 0;
  const std::vector<ZonePart>& parts = store->manifest().parts;
  for (std::size_t s = 0; s < kSteps.size(); ++s) {
    if (at == parts.size()) return static_cast<int>(s);
    for (const std::string& content : kSteps[s].contents) {
      if (at == parts.size()) {
        ADD_FAILURE() << "half a step";
        return -1;
      }
      EXPECT_EQ(files.read(store->part_path(parts[at].hash)).value(), content);
      ++at;
    }
  }
  EXPECT_EQ(at, parts.size());
  return static_cast<int>(kSteps.size());
}

TEST(ManifestStore, APowerCutAtAnyOperationLeavesTheOldStateOrTheNew) {
  PowerCutDisk whole(1);
  fill(whole);
  std::int64_t operations = whole.operations();
  ASSERT_GT(operations, 40);
  for (std::int64_t cut = 0; cut < operations; ++cut) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      SCOPED_TRACE(fmt::format("cut {} seed {}", cut, seed));
      PowerCutDisk disk(seed);
      disk.cut_power_after(cut);
      int acknowledged = 0;
      ASSERT_FALSE(run_steps(disk, acknowledged).has_value());
      disk.restart();
      int held = steps_held(disk);
      ASSERT_GE(held, acknowledged);
      ASSERT_LE(held, acknowledged + 1);
      // And it goes on from there, once more with a cut, to the same end.
      disk.cut_power_after(static_cast<std::int64_t>(seed) * 3);
      (void)run_steps(disk, held);
      disk.restart();
      fill(disk, steps_held(disk));
      ASSERT_EQ(steps_held(disk), 3);
    }
  }
}

TEST(ManifestStore, GarbageGoesAndHistoryStays) {
  PowerCutDisk disk(1);
  fill(disk);
  ASSERT_TRUE(write_atomically(disk, "zone/parts/junk.parquet", "x").has_value());
  ASSERT_TRUE(write_atomically(disk, "zone/manifests/junk.json", "x").has_value());
  ASSERT_TRUE(disk.create("zone/.HEAD.1-1.tmp").has_value());
  ManifestStore store = ManifestStore::open(disk, kZone).value();
  ASSERT_TRUE(store.remove_garbage().has_value());
  EXPECT_EQ(disk.list("zone/parts").value().size(), 4U);
  EXPECT_EQ(disk.list("zone/manifests").value().size(), 3U);
  EXPECT_EQ(disk.list("zone").value(), (std::vector<std::string>{"HEAD", "manifests", "parts"}));
  Manifest parent = store.load(*store.manifest().parent).value();
  EXPECT_EQ(parent.parts.size(), 3U);
}

TEST(ManifestStore, DamageIsNamed) {
  PowerCutDisk disk(1);
  fill(disk);
  std::string name = lode::text(*ManifestStore::open(disk, kZone).value().name());
  std::string path = "zone/manifests/" + name + ".json";
  std::string bytes = disk.read(path).value();

  auto refusal = [&] {
    auto store = ManifestStore::open(disk, kZone);
    if (store) return std::string("opened");
    EXPECT_EQ(store.error().code(), Code::kCorrupt);
    return store.error().message();
  };
  disk.flip_bit(path, 5, 3);
  EXPECT_EQ(refusal(),
            fmt::format("'{}' is damaged: its bytes are not those its name says; restore it "
                        "from a backup, or remove .lode and `lode run` again",
                        path));
  disk.flip_bit(path, 5, 3);
  EXPECT_EQ(refusal(), "opened");
  ASSERT_TRUE(disk.remove(path).has_value());
  EXPECT_EQ(
      refusal(),
      fmt::format("'zone/HEAD' is damaged, or '{}', which it names, is missing; restore it from a "
                  "backup, or remove .lode and `lode run` again",
                  path));
  ASSERT_TRUE(write_atomically(disk, path, bytes).has_value());
  ASSERT_TRUE(write_atomically(disk, "zone/HEAD", name).has_value());
  EXPECT_EQ(
      refusal(),
      "'zone/HEAD' is damaged; restore it from a backup, or remove .lode and `lode run` again");
  ASSERT_TRUE(disk.remove("zone/HEAD").has_value());
  EXPECT_EQ(
      refusal(),
      "'zone/HEAD' is missing, but 'zone/manifests' holds 3 manifests; restore it from a backup, "
      "or remove .lode and `lode run` again");
}

TEST(ManifestStore, TwoWritersCannotLoseEachOthersParts) {
  PowerCutDisk disk(1);
  ManifestStore one = ManifestStore::open(disk, kZone).value();
  ManifestStore two = ManifestStore::open(disk, kZone).value();
  Manifest next;
  next.add(part("x", 0, 0), kSchema);
  ASSERT_TRUE(one.commit(next).has_value());
  EXPECT_EQ(two.commit(next).error().code(), Code::kConflict);
  EXPECT_EQ(one.commit(next).error().code(), Code::kConflict)
      << "its parent is not the zone's name";
  next.parent = one.name();
  next.add(part("y", 1, 1), kSchema);
  EXPECT_TRUE(one.commit(next).has_value());
}

TEST(ManifestStore, AFullDiskLeavesTheOldState) {
  PowerCutDisk disk(1);
  fill(disk, 2);  // only the last step: one part
  disk.set_capacity(1);
  ManifestStore store = ManifestStore::open(disk, kZone).value();
  PowerCutDisk source(2);
  ASSERT_TRUE(write_atomically(source, "p", "more").has_value());
  EXPECT_EQ(store.add_part(source, "p").error().code(), Code::kLimit);
  Manifest next = store.manifest();
  next.parent = store.name();
  EXPECT_EQ(store.commit(next).error().code(), Code::kLimit);
  EXPECT_EQ(store.commit(next).error().code(), Code::kConflict) << "after a failure it refuses";
  EXPECT_EQ(ManifestStore::open(disk, kZone).value().manifest().parts.size(), 1U);
}

}  // namespace
}  // namespace lode
