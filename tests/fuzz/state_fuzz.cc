// Stored state of the engine: a key's and the whole. Bytes with a right checksum load or are
// refused; what loads is written back to bytes that load to the same bytes, and answers reads.
#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "features/live.h"
#include "tests/features/golden_state.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

// ---- of a key
// ------------------------------------------------------------------------------------

void run_key(std::string_view bytes) {
  TextPool texts;
  Layout layout = golden_layout(texts);
  KeyState state;
  (void)state.load(layout, bytes, texts);
  Status loaded = state.load(layout, with_checksum(bytes), texts);
  if (!loaded) {
    EXPECT_TRUE(loaded.error().code() == Code::kCorrupt ||
                loaded.error().code() == Code::kUnsupported)
        << loaded.error().text();
    EXPECT_EQ(state.entries(), 0);
    return;
  }
  std::string saved = state.save(layout);
  KeyState again;
  ASSERT_TRUE(again.load(layout, saved, texts));
  EXPECT_EQ(again.save(layout), saved);
  std::vector<Parts> out(layout.parts.size());
  for (std::int64_t t0 : {-kHour, kHour, 71 * kHour, 80 * kHour})
    (void)state.read(layout, t0, t0, out);
}

std::string small_state(int rows, bool settle) {
  TextPool texts;
  Layout layout = golden_layout(texts);
  KeyState state;
  for (std::int64_t i = 0; i < rows; ++i) {
    std::int64_t values[2] = {i % 5 == 0 ? kNoValue : i * 3 - 7,
                              texts.intern(fmt::format("t{}", i % 3))};
    EXPECT_TRUE(state.insert(layout, {i * kHour / 60, i * kHour / 60, i % 4, i, values}));
    if (settle) state.settle(layout, i * kHour / 60 - 3 * kHour);
  }
  return without_checksum(state.save(layout));
}

std::vector<std::string> key_seeds() {
  return {small_state(0, false), small_state(3, false), small_state(40, false),
          small_state(700, true),
          without_checksum(source_file("tests/features/golden/key-state-1.bin"))};
}

const Registration key_registration({"key_state", run_key, key_seeds});

// ---- of the engine
// -------------------------------------------------------------------------------

const Project& project() {
  static const std::shared_ptr<const Project> loaded = [] {
    std::string folder = join_path(scratch_folder(), "engine");
    EXPECT_TRUE(posix_files().make_directories(folder));
    EXPECT_TRUE(write_atomically(posix_files(), join_path(folder, "lode.yaml"), kGoldenProject));
    EXPECT_TRUE(write_atomically(posix_files(), join_path(folder, "visits.csv"),
                                 "id,at,seen,who,page,amount,op\n"));
    return *load_project(join_path(folder, "lode.yaml"));
  }();
  return *loaded;
}

// Reads one key of each view; the answers do not matter.
void read_some(LiveEngine& engine) {
  for (const PlannedView& view : engine.feature_plan().views) {
    const Group& group = *engine.feature_plan().groups[view.group];
    ColumnBuilder keys(group.key_type);
    if (group.key_type.id == TypeId::kString) {
      keys.append_string("a");
    } else {
      keys.append_int64(1);
    }
    Column column = keys.finish();
    for (std::int64_t t0 : {kHour, 90 * kHour}) (void)engine.read(view, column, 0, t0, t0);
  }
}

void run_engine(std::string_view bytes) {
  auto engine = LiveEngine::make(project(), 2).value();
  (void)engine->load(bytes);
  // Key states inside have checksums of their own, which mutations break: see key_state for those.
  Status loaded = engine->load(with_checksum(bytes));
  if (!loaded) {
    EXPECT_TRUE(loaded.error().code() == Code::kCorrupt ||
                loaded.error().code() == Code::kUnsupported)
        << loaded.error().text();
    EXPECT_EQ(engine->keys(), 0);
    return;
  }
  std::string saved = engine->save();
  auto again = LiveEngine::make(project(), 1).value();
  ASSERT_TRUE(again->load(saved));
  EXPECT_EQ(again->save(), saved);
  read_some(*engine);
}

std::vector<std::string> engine_seeds() {
  return {without_checksum(LiveEngine::make(project(), 1).value()->save()),
          without_checksum(source_file("tests/features/golden/engine-state-1.bin"))};
}

const Registration engine_registration({"engine_state", run_engine, engine_seeds});

}  // namespace
}  // namespace lode::fuzz
