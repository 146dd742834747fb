// The bytes of a key's state: docs/formats/key-state.md. Entries alone are stored; cursors and
// running parts follow from them exactly, so they cannot be stored wrong.
#include <cstring>

#include "base/hash.h"
#include "features/key_state.h"

namespace lode {
namespace {

constexpr std::uint32_t kMagic = 0x31534b4c;  // "LKS1"

struct SavedHeader {
  std::uint32_t magic = kMagic;
  std::uint32_t entry_words = 0;
  std::uint64_t entries = 0;
  std::int64_t settled = kNoValue;
  std::uint64_t texts = 0;
  std::uint64_t text_bytes = 0;
};

template <typename T>
void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Words of an entry that hold numbers of texts.
std::vector<bool> text_words(const Layout& layout) {
  std::vector<bool> is_text(static_cast<std::size_t>(layout.entry_words), false);
  if (layout.store_order && layout.text_ids) is_text[static_cast<std::size_t>(layout.id_at)] = true;
  for (std::size_t s = 0; s < layout.slots.size(); ++s)
    if (layout.slots[s].keep == Keep::kText)
      is_text[static_cast<std::size_t>(layout.slots_at) + s] = true;
  return is_text;
}

}  // namespace

std::string KeyState::save(const Layout& layout) const {
  SavedHeader saved;
  saved.entry_words = static_cast<std::uint32_t>(layout.entry_words);
  std::string words;
  std::string texts;
  std::vector<bool> is_text = text_words(layout);
  if (block_ != nullptr) {
    saved.entries = header().size;
    saved.settled = header().settled;
    for (std::uint32_t i = 0; i < header().size; ++i) {
      const std::int64_t* e = entry(layout, i);
      for (std::size_t w = 0; w < is_text.size(); ++w) {
        std::int64_t word = e[w];
        if (is_text[w] && word != kNoValue) {
          std::string_view text = layout.texts->text(word);
          append(texts, static_cast<std::uint64_t>(text.size()));
          texts.append(text);
          word = static_cast<std::int64_t>(saved.texts++);
        }
        append(words, word);
      }
    }
  }
  saved.text_bytes = texts.size();
  std::string out;
  append(out, saved);
  out += words;
  out += texts;
  append(out, hash64(std::string_view(out)));
  return out;
}

Status KeyState::load(const Layout& layout, std::string_view bytes, TextPool& texts) {
  clear(layout);
  auto corrupt = [](std::string_view what) {
    return fail(Code::kCorrupt, "state of a key: {}; rebuild it by replay", what);
  };
  SavedHeader saved;
  if (bytes.size() < sizeof saved + 8) return corrupt("too short");
  std::memcpy(&saved, bytes.data(), sizeof saved);
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  if (saved.magic != kMagic) return corrupt("not a key state of version 1");
  if (sum != hash64(bytes.substr(0, bytes.size() - 8))) return corrupt("checksum differs");
  auto words = static_cast<std::uint64_t>(layout.entry_words);
  if (saved.entry_words != words) return corrupt("made for other features");
  std::string_view body = bytes.substr(sizeof saved, bytes.size() - sizeof saved - 8);
  if (saved.entries > body.size() / (words * 8)) return corrupt("too short for its entries");
  std::string_view text_part = body.substr(saved.entries * words * 8);
  if (text_part.size() != saved.text_bytes) return corrupt("text part has another length");

  std::vector<std::int64_t> numbers;
  while (!text_part.empty()) {
    std::uint64_t length = 0;
    if (text_part.size() < 8) return corrupt("text cut off");
    std::memcpy(&length, text_part.data(), 8);
    text_part.remove_prefix(8);
    if (length > text_part.size()) return corrupt("text cut off");
    numbers.push_back(texts.intern(text_part.substr(0, length)));
    text_part.remove_prefix(length);
  }
  std::vector<bool> is_text = text_words(layout);
  std::vector<std::int64_t> word(words);
  for (std::uint64_t i = 0; i < saved.entries; ++i) {
    std::memcpy(word.data(), body.data() + i * words * 8, words * 8);
    for (std::size_t w = 0; w < words; ++w) {
      if (!is_text[w] || word[w] == kNoValue) continue;
      if (word[w] < 0 || std::cmp_greater_equal(word[w], numbers.size())) {
        clear(layout);
        return corrupt("text number out of range");
      }
      word[w] = numbers[static_cast<std::size_t>(word[w])];
    }
    Entry e{.time = word[0], .values = word.data() + layout.slots_at};
    e.known = layout.store_known ? word[static_cast<std::size_t>(layout.known_at)] : e.time;
    if (layout.store_order) {
      e.id = word[static_cast<std::size_t>(layout.id_at)];
      e.seq = word[static_cast<std::size_t>(layout.seq_at)];
    }
    TRY_VOID(insert(layout, e));
  }
  header().settled = saved.settled;
  return {};
}

Status KeyState::merge(const Layout& layout, const KeyState& other) {
  if (other.block_ == nullptr) return {};
  // Entries come in first: settling may only let go of what both states no longer need.
  std::int64_t both = std::max(settled(), other.settled());
  if (block_ != nullptr) header().settled = kNoValue;
  for (std::uint32_t i = 0; i < other.header().size; ++i) {
    const std::int64_t* word = other.entry(layout, i);
    Entry e{.time = word[0], .values = word + layout.slots_at};
    e.known = other.known_of(layout, word);
    if (layout.store_order) {
      e.id = word[layout.id_at];
      e.seq = word[layout.seq_at];
    }
    TRY_VOID(insert(layout, e));
  }
  if (both != kNoValue) settle(layout, both);
  return {};
}

}  // namespace lode
