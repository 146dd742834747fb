// The bytes of a key's state: docs/formats/key-state.md. Entries and cells are stored; cursors and
// running parts follow from them exactly, so they cannot be stored wrong.
#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "features/key_state.h"
#include "features/running_parts.h"

namespace lode {
namespace {

// The last byte of the magic is the version; every version begins with the others and ends with the
// checksum.
constexpr std::uint32_t kMagic = 0x31534b4c;  // "LKS1"
constexpr std::string_view kMagicOfAll = "LKS";

struct SavedHeader {
  std::uint32_t magic = kMagic;
  std::uint32_t entry_words = 0;
  std::int64_t settled = kNoValue;
  std::uint64_t words = 0;
  std::uint64_t texts = 0;
};

template <typename T>
void append(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

bool is_text(const Layout& layout, int slot) {
  return slot >= 0 && layout.slots[static_cast<std::size_t>(slot)].keep == Keep::kText;
}

// Words of an entry that hold numbers of texts.
std::vector<bool> entry_texts(const Layout& layout) {
  std::vector<bool> texts(static_cast<std::size_t>(layout.entry_words), false);
  if (layout.store_order && layout.text_ids) texts[static_cast<std::size_t>(layout.id_at)] = true;
  for (std::size_t s = 0; s < layout.slots.size(); ++s)
    if (is_text(layout, static_cast<int>(s)))
      texts[static_cast<std::size_t>(layout.slots_at) + s] = true;
  return texts;
}

// The same of a cell.
std::vector<bool> cell_texts(const Layout& layout, std::size_t window) {
  const CellShape& shape = layout.cells[window];
  std::vector<bool> texts(static_cast<std::size_t>(shape.words), false);
  auto mark = [&](int word) {
    if (word >= 0) texts[static_cast<std::size_t>(word)] = true;
  };
  if (layout.store_order && layout.text_ids) {
    mark(kCellLast + 1);
    if (shape.first_at >= 0) mark(shape.first_at + 1);
  }
  for (const KeptParts& kept : layout.parts) {
    if (std::cmp_not_equal(kept.window, window) || !is_text(layout, kept.slot)) continue;
    for (int word :
         {kept.in_cell.least, kept.in_cell.greatest, kept.in_cell.first, kept.in_cell.last})
      mark(word);
  }
  return texts;
}

// The slot whose values a window's n-th distinct count counts.
int distinct_slot(const Layout& layout, std::size_t window, int distinct_at) {
  for (const KeptParts& kept : layout.parts)
    if (std::cmp_equal(kept.window, window) && kept.distinct_at == distinct_at) return kept.slot;
  return -1;
}

class Writer {
 public:
  explicit Writer(const Layout& layout) : layout_(layout) {}

  void number(std::int64_t value) {
    append(words_, value);
    ++header.words;
  }
  void value(std::int64_t value, bool is_text) {
    if (!is_text || value == kNoValue) return number(value);
    std::string_view text = layout_.texts->text(value);
    append(texts_, static_cast<std::uint64_t>(text.size()));
    texts_.append(text);
    number(static_cast<std::int64_t>(header.texts++));
  }
  void run(const std::int64_t* words, const std::vector<bool>& texts) {
    for (std::size_t w = 0; w < texts.size(); ++w) value(words[w], texts[w]);
  }
  std::string finish() {
    std::string out;
    append(out, header);
    out += words_;
    out += texts_;
    append(out, hash64(std::string_view(out)));
    return out;
  }

  SavedHeader header;

 private:
  const Layout& layout_;
  std::string words_;
  std::string texts_;
};

class Reader {
 public:
  // `words` and `texts` as the header says; false when they do not make up the body.
  bool open(std::string_view body, const SavedHeader& header, TextPool& pool) {
    if (header.words > body.size() / 8) return false;
    words_ = body.substr(0, header.words * 8);
    body.remove_prefix(words_.size());
    for (std::uint64_t i = 0; i < header.texts; ++i) {
      std::uint64_t length = 0;
      if (body.size() < sizeof length) return false;
      std::memcpy(&length, body.data(), sizeof length);
      body.remove_prefix(sizeof length);
      if (length > body.size()) return false;
      texts_.push_back(pool.intern(body.substr(0, length)));
      body.remove_prefix(length);
    }
    return body.empty();
  }
  bool number(std::int64_t& value) {
    if (words_.empty()) return false;
    std::memcpy(&value, words_.data(), sizeof value);
    words_.remove_prefix(sizeof value);
    return true;
  }
  // A number of things that take a word each at least.
  bool count(std::int64_t& value) {
    return number(value) && value >= 0 && std::cmp_less_equal(value, words_.size() / 8);
  }
  bool value(std::int64_t& value, bool is_text) {
    if (!number(value)) return false;
    if (!is_text || value == kNoValue) return true;
    if (value < 0 || std::cmp_greater_equal(value, texts_.size())) return false;
    value = texts_[static_cast<std::size_t>(value)];
    return true;
  }
  bool run(std::span<std::int64_t> words, const std::vector<bool>& texts) {
    for (std::size_t w = 0; w < words.size(); ++w)
      if (!value(words[w], texts[w])) return false;
    return true;
  }
  bool at_end() const { return words_.empty(); }

 private:
  std::string_view words_;
  std::vector<std::int64_t> texts_;
};

void save_cells(const Layout& layout, std::size_t window, const Cells* cells, Writer& out) {
  std::size_t count = cells == nullptr ? 0 : cells->size();
  out.number(static_cast<std::int64_t>(count));
  std::vector<bool> texts = cell_texts(layout, window);
  for (std::size_t i = 0; i < count; ++i) {
    out.run(cells->cell(i).data(), texts);
    for (int d = 0; d < layout.cells[window].distincts; ++d) {
      const ValueCounts& values = cells->values(i, d);
      bool text = is_text(layout, distinct_slot(layout, window, d));
      out.number(static_cast<std::int64_t>(values.size()));
      for (const auto& [value, times] : values) {
        out.value(value, text);
        out.number(times);
      }
    }
  }
}

// More records than any key has, and few enough that no sum of cells can overflow.
constexpr std::int64_t kMostRows = std::int64_t{1} << 48;

bool load_values(Reader& in, bool text, ValueCounts& values) {
  std::int64_t count = 0;
  if (!in.count(count)) return false;
  values.clear();
  for (std::int64_t v = 0; v < count; ++v) {
    std::int64_t value = 0;
    std::int64_t times = 0;
    if (!in.value(value, text) || !in.number(times)) return false;
    bool over_limit = value == kNoValue && times == kOverLimitCount && count == 1;
    if (!over_limit && (value == kNoValue || times < 1 || times > kMostRows)) return false;
    values.emplace_back(value, times);
  }
  // Texts have other numbers in this pool.
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values, {}, &ValueCounts::value_type::first) == values.end();
}

// A cell that records can have made: its last record lies in it, and its sums are within what so
// many records can add up to. What computes with cells relies on it.
bool can_be(const Layout& layout, std::size_t window, const std::vector<std::int64_t>& cell) {
  const RingWindow& of = layout.windows[window];
  std::int64_t rows = cell[kCellRows];
  std::int64_t last = cell[kCellLast];
  if (rows < 1 || rows > kMostRows || last == kNoValue) return false;
  if (last >
      std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(of.window.width.us, 0))
    return false;
  if (cell[kCellNumber] != of.cell_of(last)) return false;
  for (const KeptParts& kept : layout.parts) {
    if (std::cmp_not_equal(kept.window, window)) continue;
    const PartWords& at = kept.in_cell;
    auto word = [&](int place) { return cell[static_cast<std::size_t>(place)]; };
    if (at.count >= 0 && (word(at.count) < 0 || word(at.count) > rows)) return false;
    Int128 sum = 0;
    if (at.sum >= 0) std::memcpy(&sum, &cell[static_cast<std::size_t>(at.sum)], sizeof sum);
    Int128 most = Int128{rows} << 63;
    if (sum > most || sum < -most) return false;
    if (at.squares < 0) continue;
    // At most 2^48 squares of 2^126.
    Int256 squares = wide_squares(&cell[static_cast<std::size_t>(at.squares)]);
    if (squares.limb[3] != 0 || squares.limb[2] > std::uint64_t{1} << 46) return false;
  }
  return true;
}

bool load_cells(const Layout& layout, std::size_t window, Reader& in, Cells& cells) {
  std::int64_t count = 0;
  if (!in.count(count)) return false;
  std::vector<bool> texts = cell_texts(layout, window);
  std::vector<std::int64_t> cell(texts.size());
  std::vector<ValueCounts> values(static_cast<std::size_t>(layout.cells[window].distincts));
  for (std::int64_t i = 0; i < count; ++i) {
    if (!in.run(cell, texts) || !can_be(layout, window, cell)) return false;
    for (std::size_t d = 0; d < values.size(); ++d) {
      bool text = is_text(layout, distinct_slot(layout, window, static_cast<int>(d)));
      if (!load_values(in, text, values[d])) return false;
    }
    cells.merge(cell, values);
    if (std::cmp_not_equal(cells.size(), i + 1)) return false;  // a number came twice
  }
  return true;
}

Entry entry_of(const Layout& layout, const std::int64_t* words) {
  Entry e{.time = words[0], .values = words + layout.slots_at};
  e.known = layout.store_known ? words[layout.known_at] : e.time;
  if (layout.store_order) {
    e.id = words[layout.id_at];
    e.seq = words[layout.seq_at];
  }
  return e;
}

}  // namespace

std::string KeyState::save(const Layout& layout) const {
  Writer out(layout);
  out.header.entry_words = static_cast<std::uint32_t>(layout.entry_words);
  out.header.settled = settled();
  std::vector<bool> texts = entry_texts(layout);
  auto count = static_cast<std::uint32_t>(entries());
  out.number(count);
  for (std::uint32_t i = 0; i < count; ++i) out.run(entry(layout, i), texts);
  for (std::size_t w = 0; w < layout.windows.size(); ++w)
    if (layout.cells[w].words > 0)
      save_cells(layout, w, block_ == nullptr ? nullptr : cells_of(layout, static_cast<int>(w)),
                 out);
  return out.finish();
}

Status KeyState::load(const Layout& layout, std::string_view bytes, TextPool& texts) {
  clear(layout);
  auto corrupt = [&](std::string_view what) {
    clear(layout);
    return fail(Code::kCorrupt, "state of a key: {}; rebuild it by replay", what);
  };
  SavedHeader saved;
  if (bytes.size() < sizeof saved + 8) return corrupt("too short");
  std::memcpy(&saved, bytes.data(), sizeof saved);
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  if (!bytes.starts_with(kMagicOfAll)) return corrupt("not a key state");
  if (sum != hash64(bytes.substr(0, bytes.size() - 8))) return corrupt("checksum differs");
  if (saved.magic != kMagic)
    return fail(Code::kUnsupported,
                "state of a key: of version {}, and this lode reads version 1; use the lode that "
                "wrote it, or rebuild it by replay",
                bytes[kMagicOfAll.size()]);
  if (std::cmp_not_equal(saved.entry_words, layout.entry_words))
    return corrupt("made for other features");
  Reader in;
  if (!in.open(bytes.substr(sizeof saved, bytes.size() - sizeof saved - 8), saved, texts))
    return corrupt("cut off");
  std::int64_t count = 0;
  if (!in.count(count)) return corrupt("cut off");
  std::vector<bool> text_words = entry_texts(layout);
  std::vector<std::int64_t> words(text_words.size());
  for (std::int64_t i = 0; i < count; ++i) {
    if (!in.run(words, text_words)) return corrupt("an entry is damaged");
    Entry e = entry_of(layout, words.data());
    if (e.time == kNoValue || e.known == kNoValue) return corrupt("an entry has no time");
    TRY_VOID(insert(layout, e));
  }
  for (std::size_t w = 0; w < layout.windows.size(); ++w) {
    if (layout.cells[w].words == 0) continue;
    Cells cells(layout, static_cast<int>(w));
    if (!load_cells(layout, w, in, cells)) return corrupt("a cell is damaged");
    if (cells.size() > 0)
      extras(layout).cells[static_cast<std::size_t>(layout.cells[w].index)] = std::move(cells);
  }
  if (!in.at_end()) return corrupt("too long");
  reset(layout);
  header().settled = saved.settled;
  return {};
}

Status KeyState::merge(const Layout& layout, const KeyState& other) {
  if (other.block_ == nullptr) return {};
  // Entries come in first: settling may only let go of what both states no longer need.
  std::int64_t both = std::max(settled(), other.settled());
  if (block_ != nullptr) header().settled = kNoValue;
  for (std::uint32_t i = 0; i < other.header().size; ++i)
    TRY_VOID(insert(layout, entry_of(layout, other.entry(layout, i))));
  if (block_ == nullptr) clear(layout);
  if (const Extras* others = other.extras_or_none())
    for (std::size_t c = 0; c < others->cells.size(); ++c) {
      const Cells& from = others->cells[c];
      for (std::size_t i = 0; i < from.size(); ++i)
        extras(layout).cells[c].merge(from.cell(i), from.all_values(i));
    }
  reset(layout);
  if (both != kNoValue) settle(layout, both);
  return {};
}

}  // namespace lode
