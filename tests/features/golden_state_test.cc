// The bytes of a key's state and of the whole engine's (docs/formats/key-state.md, state.md):
// written once, they load for ever and answer as the records they were made of. A file that is
// missing is written when LODE_WRITE_GOLDEN is set; one that is there never is. covers:
// features/key_state_bytes, features/live_bytes
#include "tests/features/golden_state.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/hash.h"
#include "features/live.h"
#include "tests/features/plain_read.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

std::string golden(const std::string& name, const std::string& written_today) {
  std::string path = LODE_SOURCE_DIR "/tests/features/golden/" + name;
  if (!exists(posix_files(), path).value() && std::getenv("LODE_WRITE_GOLDEN") != nullptr) {
    EXPECT_TRUE(write_atomically(posix_files(), path, written_today));
  }
  return posix_files().read(path).value_or("");
}

// ---- the state of a key
// ---------------------------------------------------------------------------

// 4,500 records over 75 hours, so that it pays to fold: nulls, extremes, ties, texts.
std::vector<Row> golden_rows(TextPool& texts) {
  std::vector<Row> rows;
  for (std::int64_t i = 0; i < 4500; ++i) {
    Row row{};
    row.time = (i / 3) * kHour / 20 + (i % 3 == 2 ? 7 : 0);
    row.known = row.time + (i % 5) * kHour / 10;
    row.id = (i * 7) % 11;
    row.seq = i;
    row.values[0] = i % 13 == 0 ? kNoValue : i % 29 == 0 ? std::int64_t{1} << 62 : i * i % 97 - 40;
    row.values[1] = i % 17 == 0 ? kNoValue : texts.intern(fmt::format("page {}", i % 8));
    rows.push_back(row);
  }
  return rows;
}

constexpr std::int64_t kSettled = 70 * kHour;

TEST(GoldenState, AKeysStateOfVersion1LoadsForEver) {
  TextPool texts;
  Layout layout = golden_layout(texts);
  std::vector<Row> rows = golden_rows(texts);
  KeyState fresh;
  for (const Row& row : rows) {
    ASSERT_TRUE(fresh.insert(layout, row.entry()));
    fresh.settle(layout, std::min(row.time - kHour, kSettled));
  }
  ASSERT_GT(fresh.cells(), 0);
  std::string bytes = golden("key-state-1.bin", fresh.save(layout));
  KeyState loaded;
  Status status = loaded.load(layout, bytes, texts);
  ASSERT_TRUE(status) << status.error().text();
  EXPECT_EQ(loaded.settled(), kSettled);
  EXPECT_GT(loaded.cells(), 0);
  EXPECT_EQ(loaded.save(layout), bytes) << "what was loaded is written as it was";
  std::vector<Parts> out(layout.parts.size());
  for (std::int64_t t0 = kSettled; t0 < 130 * kHour; t0 += kHour * 5 / 4) {
    ASSERT_TRUE(loaded.read(layout, t0, t0 + kHour, out)) << t0;
    for (std::size_t p = 0; p < out.size(); ++p)
      ASSERT_TRUE(
          same(out[p], plain_read(layout, rows, layout.parts[p], t0, t0 + kHour), layout.parts[p]))
          << t0;
  }
  EXPECT_FALSE(loaded.read(layout, kSettled - 1, kSettled, out)) << "below what is settled";
}

// The page, byte by byte, on a state small enough to write out.
TEST(GoldenState, TheBytesAreThoseOfThePage) {
  TextPool texts;
  texts.intern("other texts come before");
  Layout layout;
  layout.texts = &texts;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}, Kept{Keep::kText, Type::string(), {}}};
  int all = layout.add_window({{.kind = Window::Kind::kAll}, false});
  layout.add_parts(all, 0, kPartSum | kPartCount | kPartLeast, 0);
  layout.add_parts(all, 1, kPartLast | kPartDistinct, 0);
  layout.finish(true);
  std::string bytes = "LKS1";
  auto word = [&](std::int64_t value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  std::uint32_t entry_words = 6;  // time, known, id, seq, two slots
  bytes.append(reinterpret_cast<const char*>(&entry_words), 4);
  word(1000);  // settled
  word(29);    // words
  word(5);     // texts
  word(2);     // entries: time, known, id, seq, the number, the text's number
  for (std::int64_t w : {2000, 2005, 1, 10, -3, 0}) word(w);
  for (std::int64_t w : {3000, 3005, 2, 11, 4, 1}) word(w);
  word(1);                                         // cells of the one window that has them
  for (std::int64_t w : {0, 3}) word(w);           // its number, records
  for (std::int64_t w : {900, 7, 9}) word(w);      // time, id and seq of the last record
  for (std::int64_t w : {-5, -1, 2, -9}) word(w);  // sum in two words, count, least
  word(2);                                         // the text of the last record
  word(2);                                         // distinct texts, each with how often
  for (std::int64_t w : {3, 1, 4, 2}) word(w);
  for (std::string_view text : {"home", "cart", "shop", "home", "shop"}) {
    word(static_cast<std::int64_t>(text.size()));
    bytes += text;
  }
  word(static_cast<std::int64_t>(hash64(std::string_view(bytes))));
  KeyState state;
  Status loaded = state.load(layout, bytes, texts);
  ASSERT_TRUE(loaded) << loaded.error().text();
  EXPECT_EQ(state.save(layout), bytes);
  EXPECT_EQ(state.entries(), 2);
  EXPECT_EQ(state.cells(), 1);
  std::vector<Parts> out(layout.parts.size());
  ASSERT_TRUE(state.read(layout, 5000, 5000, out));
  EXPECT_EQ(out[0].rows, 5);
  EXPECT_EQ(out[0].sum, Int128{-5 - 3 + 4});
  EXPECT_EQ(out[0].count, 4);
  EXPECT_EQ(out[0].least, -9);
  EXPECT_EQ(texts.text(out[1].last), "cart");
  EXPECT_EQ(out[1].distinct, 3);
}

// A right checksum over words no records can have made: what computes with cells must not meet
// them.
TEST(GoldenState, CellsThatCannotBeAreRefused) {
  TextPool texts;
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}};
  int window = layout.add_window({{.kind = Window::Kind::kTumbling, .width = {100}}, false});
  layout.add_parts(window, 0, kPartSum | kPartCount, 0);
  layout.finish(false);
  auto load = [&](std::vector<std::int64_t> cell) {
    std::string bytes = "LKS1";
    auto word = [&](std::int64_t value) {
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    };
    bytes += std::string("\2\0\0\0", 4);  // words of an entry
    for (std::int64_t w : {std::int64_t{1000}, std::int64_t{8}, std::int64_t{0}}) word(w);
    for (std::int64_t w : {0, 1}) word(w);  // entries, cells
    for (std::int64_t w : cell) word(w);    // number, rows, last, sum in two words, count
    word(static_cast<std::int64_t>(hash64(std::string_view(bytes))));
    KeyState state;
    return state.load(layout, bytes, texts).has_value();
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(load({7, 3, 750, -5, -1, 3}));
  EXPECT_FALSE(load({8, 3, 750, -5, -1, 3})) << "the last record lies in another cell";
  EXPECT_FALSE(load({7, 0, 750, -5, -1, 0})) << "no rows";
  EXPECT_FALSE(load({7, kMost, 750, -5, -1, 3})) << "more rows than there can be";
  EXPECT_FALSE(load({7, 3, 750, -5, -1, 4})) << "more values than rows";
  EXPECT_FALSE(load({7, 3, 750, -5, -1, -1})) << "fewer values than none";
  EXPECT_FALSE(load({7, 3, 750, 0, kMost, 3})) << "a sum beyond three values";
  EXPECT_FALSE(load({kMost / 100, 3, kMost, -5, -1, 3})) << "a cell without an end";
}

// Found by fuzzing: an entry at the time that stands for none.
TEST(GoldenState, AnEntryWithoutATimeIsRefused) {
  TextPool texts;
  Layout layout;
  layout.slots = {Kept{Keep::kQuanta, Type::int64(), {}}};
  layout.add_parts(layout.add_window({sliding(kHour), false}), 0, kPartSum, 0);
  layout.finish(true);
  auto load = [&](std::int64_t time, std::int64_t known) {
    std::string bytes = "LKS1" + std::string("\3\0\0\0", 4);
    for (std::int64_t w : {kNoValue, std::int64_t{4}, std::int64_t{0}, std::int64_t{1}, time, known,
                           std::int64_t{9}})
      bytes.append(reinterpret_cast<const char*>(&w), sizeof w);
    std::uint64_t sum = hash64(std::string_view(bytes));
    bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    KeyState state;
    return state.load(layout, bytes, texts).has_value();
  };
  EXPECT_TRUE(load(kNoValue + 1, 0));
  EXPECT_FALSE(load(kNoValue, 0));
  EXPECT_FALSE(load(0, kNoValue));
}

TEST(GoldenState, ANewerKeyStateIsRefusedAsOne) {
  TextPool texts;
  Layout layout = golden_layout(texts);
  std::string bytes = KeyState().save(layout);
  bytes[3] = '2';
  std::uint64_t sum = hash64(std::string_view(bytes).substr(0, bytes.size() - 8));
  KeyState state;
  EXPECT_EQ(state.load(layout, bytes, texts).error().code(), Code::kCorrupt)
      << "a flipped bit is not a version";
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
  Error error = state.load(layout, bytes, texts).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.message(),
            "state of a key: of version 2, and this lode reads version 1; use the lode that wrote "
            "it, or rebuild it by replay");
}

// ---- the state of the engine
// ----------------------------------------------------------------------

class GoldenEngine : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kGoldenProject);
    folder_.write("visits.csv", "id,at,seen,who,page,amount,op\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
    records_ = records();
  }

  // 200 visits of four people over 100 hours; number 150 corrects number 140.
  Table records() const {
    Schema schema = project_->record_schema(project_->sources[0]).value();
    Table table;
    table.schema = schema;
    table.rows = 200;
    for (const Field& field : schema.fields()) {
      ColumnBuilder builder(field.type);
      for (std::int64_t i = 0; i < table.rows; ++i) append(field.name, i, builder);
      table.columns.push_back(builder.finish());
    }
    return table;
  }
  static void append(const std::string& name, std::int64_t i, ColumnBuilder& out) {
    std::int64_t time = i * kHour / 2;
    bool correction = i == 150;
    if (name == "_id" || name == "id") {
      out.append_string(fmt::format("v{}", correction ? 140 : i));
    } else if (name == "who") {
      out.append_string(std::string(1, "abcd"[(correction ? 140 : i) * 5 % 11 % 4]));
    } else if (name == "op") {
      i % 9 == 0 ? out.append_null() : out.append_string(correction ? "U" : "");
    } else if (name == "page") {
      out.append_int64(i % 6);
    } else if (name == "amount") {
      i % 10 == 0 ? out.append_null() : out.append_int64(i * 37 % 101);
    } else if (name == "_seq") {
      out.append_int64(i);
    } else if (name == "_kind") {
      out.append_int64(correction ? static_cast<std::int64_t>(RecordKind::kCorrection) : 0);
    } else {  // times; known a little later
      out.append_int64(time + (name == "_known" || name == "seen" ? kHour / 4 : 0));
    }
  }

  std::unique_ptr<LiveEngine> engine(int shards) const {
    return LiveEngine::make(*project_, shards).value();
  }
  // Every value of both views for every key at a few times, as text.
  static std::vector<std::string> answers(LiveEngine& engine) {
    std::vector<std::string> out;
    for (const PlannedView& view : engine.feature_plan().views) {
      const Group& group = *engine.feature_plan().groups[view.group];
      bool text = group.key_type.id == TypeId::kString;
      ColumnBuilder keys(group.key_type);
      for (std::int64_t k = 0; k < 6; ++k)
        text ? keys.append_string(std::string(1, "abcdef"[k])) : keys.append_int64(k);
      Column column = keys.finish();
      for (std::int64_t row = 0; row < 6; ++row)
        for (std::int64_t t0 : {80 * kHour, 90 * kHour + 1, 101 * kHour}) {
          auto answer = engine.read(view, column, row, t0, t0);
          std::string line = answer ? "" : "replay";
          if (answer)
            for (const Answer& a : *answer)
              line += a.kind == Answer::Kind::kText
                          ? std::string(engine.texts().text(a.integer)) + ";"
                          : fmt::format("{}:{};", static_cast<int>(a.kind), a.integer);
          out.push_back(std::move(line));
        }
    }
    return out;
  }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  Table records_;
};

TEST_F(GoldenEngine, Version1LoadsForEver) {
  std::unique_ptr<LiveEngine> fresh = engine(2);
  ASSERT_TRUE(fresh->apply(project_->sources[0], records_));
  std::vector<std::string> wanted = answers(*fresh);
  EXPECT_GT(std::ranges::count(wanted, "replay"), 0) << "the corrected key";
  EXPECT_LT(std::ranges::count(wanted, "replay"), 10);
  fresh->settle(project_->sources[0], {60 * kHour});
  std::string bytes = golden("engine-state-1.bin", fresh->save());
  for (int shards : {1, 3}) {
    std::unique_ptr<LiveEngine> loaded = engine(shards);
    Status status = loaded->load(bytes);
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_EQ(answers(*loaded), wanted) << shards;
    EXPECT_EQ(loaded->save(), bytes) << shards;
  }
}

TEST_F(GoldenEngine, ANewerVersionIsRefusedAsOne) {
  std::string bytes = engine(1)->save();
  bytes[9] = '2';
  EXPECT_EQ(engine(1)->load(bytes).error().code(), Code::kCorrupt) << "a flipped bit is no version";
  std::uint64_t sum = hash64(std::string_view(bytes).substr(0, bytes.size() - 8));
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
  Error error = engine(1)->load(bytes).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.message(),
            "stored state of version 2, and this lode reads version 1; use the lode that wrote it, "
            "or rebuild by replay");
}

}  // namespace
}  // namespace lode
