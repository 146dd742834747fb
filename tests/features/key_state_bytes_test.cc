// Bytes of a key's state that are wrong although their checksum is right: made by another program,
// or by one with a bug. docs/formats/key-state.md.
#include <gtest/gtest.h>

#include <cstring>

#include "base/hash.h"
#include "tests/features/key_streams.h"

namespace lode {
namespace {

// The bytes taken apart: header, words, texts. put_together() gives them a checksum again.
struct Taken {
  std::string header;
  std::vector<std::int64_t> words;
  std::string texts;

  static constexpr std::size_t kHeader = 32;
  static constexpr std::size_t kWords = 16;  // where the header says how many

  explicit Taken(const std::string& bytes) : header(bytes.substr(0, kHeader)) {
    std::uint64_t count = 0;
    std::memcpy(&count, bytes.data() + kWords, sizeof count);
    words.resize(count);
    std::memcpy(words.data(), bytes.data() + kHeader, count * 8);
    texts = bytes.substr(kHeader + count * 8, bytes.size() - kHeader - count * 8 - 8);
  }
  std::string put_together() const {
    std::string out = header;
    std::uint64_t count = words.size();
    std::memcpy(out.data() + kWords, &count, sizeof count);
    out.append(reinterpret_cast<const char*>(words.data()), words.size() * 8);
    out += texts;
    std::uint64_t sum = hash64(std::string_view(out));
    out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    return out;
  }
};

// One all-time window that counts the distinct values of one slot, all records but a few in its
// cell. The bytes end with the counts of the cell's values: how many, then value and times.
class KeyStateBytes : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    bool text = GetParam();
    layout_.texts = &texts_;
    layout_.slots = {text ? Kept{Keep::kText, Type::string(), {}}
                          : Kept{Keep::kQuanta, Type::int64(), {}}};
    int window = layout_.add_window({kAll, true});
    layout_.add_parts(window, 0, kPartCount | kPartLast | kPartDistinct, 10);
    layout_.finish(false);
    KeyState state;
    for (std::int64_t i = 0; i < 30; ++i) {
      std::int64_t value = text ? texts_.intern(i % 2 == 0 ? "even" : "odd") : i % 2;
      ASSERT_TRUE(state.insert(layout_, {i, i, i, i, &value}));
      state.settle(layout_, i);
    }
    ASSERT_EQ(state.cells(), 1);
    bytes_ = state.save(layout_);
    Taken taken(bytes_);
    ASSERT_EQ(taken.put_together(), bytes_) << "taken apart as it is made";
    ASSERT_EQ(taken.words[taken.words.size() - 5], 2) << "two values";
  }

  Status load(const Taken& taken) {
    KeyState state;
    Status loaded = state.load(layout_, taken.put_together(), texts_);
    if (!loaded) {
      EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
      EXPECT_EQ(state.entries() + state.cells(), 0) << "what is refused leaves nothing behind";
    }
    return loaded;
  }
  // With the last words of the bytes replaced: {how many, value, times, value, times}.
  Status load_counts(std::vector<std::int64_t> counts) {
    Taken taken(bytes_);
    std::ranges::copy(counts, taken.words.end() - 5);
    return load(taken);
  }

  TextPool texts_;
  Layout layout_;
  std::string bytes_;
};

TEST_P(KeyStateBytes, WholeBytesLoad) { EXPECT_TRUE(load(Taken(bytes_))); }

TEST_P(KeyStateBytes, WordsCutOffOrAddedAreRefused) {
  Taken taken(bytes_);
  taken.words.push_back(0);
  EXPECT_FALSE(load(taken));
  taken.words.pop_back();
  while (!taken.words.empty()) {
    taken.words.pop_back();
    ASSERT_FALSE(load(taken)) << taken.words.size() << " words left";
  }
}

TEST_P(KeyStateBytes, CountsOfValuesThatCannotBeAreRefused) {
  EXPECT_TRUE(load_counts({2, 0, 7, 1, 7}));
  EXPECT_FALSE(load_counts({2, 0, 7, 0, 7})) << "a value twice";
  EXPECT_FALSE(load_counts({2, 0, 7, 1, 0})) << "no times";
  EXPECT_FALSE(load_counts({2, 0, 7, 1, -1})) << "fewer times than none";
  EXPECT_FALSE(load_counts({2, 0, 7, kNoValue, 7})) << "null is not counted";
  EXPECT_FALSE(load_counts({2, 0, 7, kNoValue, kOverLimitCount})) << "over the limit stands alone";
  EXPECT_FALSE(load_counts({3, 0, 7, 1, 7})) << "more values than there are";
  EXPECT_FALSE(load_counts({1, 0, 7, 1, 7})) << "fewer";
  EXPECT_FALSE(load_counts({-1, 0, 7, 1, 7}));
  if (GetParam()) {
    EXPECT_FALSE(load_counts({2, 0, 7, 1000, 7})) << "a text that is not there";
    EXPECT_FALSE(load_counts({2, 0, 7, -2, 7}));
  }
}

TEST_P(KeyStateBytes, TextsCutOffOrAddedAreRefused) {
  Taken taken(bytes_);
  taken.texts += 'x';
  EXPECT_FALSE(load(taken));
  taken.texts.pop_back();
  while (!taken.texts.empty()) {
    taken.texts.pop_back();
    ASSERT_FALSE(load(taken)) << taken.texts.size() << " bytes of text left";
  }
}

// Any one word may be anything: what is taken reads and is saved again, the rest is refused.
TEST_P(KeyStateBytes, NoWordCanDoHarm) {
  Taken taken(bytes_);
  std::vector<Parts> out(layout_.parts.size());
  for (std::size_t w = 0; w < taken.words.size(); ++w)
    for (std::int64_t value : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1} << 40, kNoValue,
                               std::numeric_limits<std::int64_t>::max()}) {
      Taken forged = taken;
      forged.words[w] = value;
      KeyState state;
      if (!state.load(layout_, forged.put_together(), texts_)) continue;
      state.read(layout_, 100, 100, out);
      KeyState again;
      EXPECT_TRUE(again.load(layout_, state.save(layout_), texts_)) << "word " << w << " " << value;
    }
}

INSTANTIATE_TEST_SUITE_P(Slots, KeyStateBytes, ::testing::Bool(),
                         [](const auto& kind) { return kind.param ? "of_texts" : "of_numbers"; });

}  // namespace
}  // namespace lode
