#include "project/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <utility>

namespace lode {
namespace {

// Leaves the parser from inside a callback; never leaves this file.
struct Stop {
  Error error;
};

// A character of UTF-8 at `at`: its length, or 0 if malformed (overlong forms and surrogates too).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
  unsigned second = byte(at + 1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  return length;
}

int count_characters(std::string_view text) {
  return static_cast<int>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Source {
 public:
  Source(std::string_view text, std::string_view file) : text_(text), file_(file) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') starts_.push_back(i + 1);
  }

  // The library's marks are 0-based and count bytes.
  Place place(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0) return {1, 1};
    auto line = std::min(static_cast<std::size_t>(mark.line), starts_.size() - 1);
    std::string_view rest = text_.substr(starts_[line]);
    return {
        static_cast<int>(line) + 1,
        count_characters(rest.substr(0, static_cast<std::size_t>(std::max(mark.column, 0)))) + 1};
  }
  Place place(std::size_t offset) const {
    auto line =
        static_cast<std::size_t>(std::ranges::upper_bound(starts_, offset) - starts_.begin()) - 1;
    return {static_cast<int>(line) + 1,
            count_characters(text_.substr(starts_[line], offset - starts_[line])) + 1};
  }
  // How far behind `mark` the scalar's text stands letter for letter, or -1.
  int verbatim_from(const YAML::Mark& mark, std::string_view value) const {
    if (mark.pos < 0 || value.empty() || value.contains('\n')) return -1;
    auto at = static_cast<std::size_t>(mark.pos);
    if (at >= text_.size()) return -1;
    int quote = text_[at] == '"' || text_[at] == '\'' ? 1 : 0;
    return text_.substr(at).substr(static_cast<std::size_t>(quote)).starts_with(value) ? quote : -1;
  }
  bool stands_at(const YAML::Mark& mark, std::string_view word) const {
    return mark.pos >= 0 && static_cast<std::size_t>(mark.pos) < text_.size() &&
           text_.substr(static_cast<std::size_t>(mark.pos)).starts_with(word);
  }
  // The library takes the end of the text for the end of a quoted scalar; we do not.
  bool closed(const YAML::Mark& mark) const {
    std::size_t at = mark.pos < 0 ? text_.size() : static_cast<std::size_t>(mark.pos);
    if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return true;
    char quote = text_[at];
    for (std::size_t i = at + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != quote) return true;
        ++i;
      }
    }
    return false;
  }
  Error error(Code code, Place place, std::string message) const {
    return Error(code, std::move(message),
                 Where{std::string(file_), place.line, place.column, -1, {}});
  }

 private:
  std::string_view text_;
  std::string_view file_;
  std::vector<std::size_t> starts_;  // of lines
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, const YamlLimits& limits) : source_(source), limits_(limits) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    YamlNode node;
    bool key = !open_.empty() && open_.back().node.map() && !open_.back().key;
    bool missing = !open_.empty() && open_.back().key;
    // The library marks a missing value at whatever follows it; the key says more.
    node.place = missing ? open_.back().key_place : source_.place(mark);
    if (key && source_.stands_at(mark, "null")) {  // a key is a word, whatever it says
      node.kind = YamlNode::Kind::kScalar;
      node.text = "null";
    }
    add(std::move(node));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark, 1); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (tag == "!" && !source_.closed(mark))
      stop(Code::kInvalid, source_.place(mark), "the quote that opens here is never closed");
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.place = source_.place(mark);
    node.text = value;
    node.quoted = tag == "!";  // what the library calls a scalar that is not plain
    node.verbatim_from = source_.verbatim_from(mark, value);
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    YamlNode node;
    std::optional<std::string> key;  // a map's key that waits for its value
    Place key_place;
  };

  [[noreturn]] void stop(Code code, Place place, std::string message) const {
    throw Stop{source_.error(code, place, std::move(message))};
  }
  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0)
      stop(
          Code::kInvalid, source_.place(mark),
          "anchors and aliases (&name, *name) are not read here; write the value out, or put it in "
          "quotes if the sign is meant");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      stop(Code::kInvalid, source_.place(mark),
           fmt::format(
               "tags ({}) are not read here; write the value without it, or in quotes if the "
               "'!' is meant",
               tag));
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    Place place = source_.place(mark);
    if (open_.size() >= limits_.depth)
      stop(Code::kLimit, place, fmt::format("nested deeper than {} levels", limits_.depth));
    if (!open_.empty() && open_.back().node.map() && !open_.back().key)
      stop(Code::kInvalid, place, "a key must be text, not a list or a map");
    Level level;
    level.node.kind = kind;
    level.node.place = place;
    open_.push_back(std::move(level));
  }
  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (++nodes_ > limits_.nodes)
      stop(Code::kLimit, node.place, fmt::format("more than {} keys and values", limits_.nodes));
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = open_.back();
    if (level.node.list()) {
      level.node.items.push_back(std::move(node));
    } else if (!level.key) {
      add_key(level, std::move(node));
    } else {
      level.node.entries.push_back({std::move(*level.key), level.key_place, std::move(node)});
      level.key.reset();
    }
  }
  void add_key(Level& level, YamlNode node) const {
    if (!node.scalar() || node.text.empty())
      stop(Code::kInvalid, node.place, "a key is missing before ':'");
    if (const YamlEntry* other = level.node.find(node.text))
      stop(Code::kInvalid, node.place,
           fmt::format("the key '{}' stands here a second time, first in line {}; keep one",
                       node.text, other->place.line));
    level.key_place = node.place;
    level.key = std::move(node.text);
  }

  const Source& source_;
  const YamlLimits& limits_;
  YamlNode root_;
  std::vector<Level> open_;
  std::size_t nodes_ = 0;
};

// What usually stands behind the library's terse complaints.
std::string_view advice(std::string_view message) {
  struct Row {
    std::string_view part;
    std::string_view text;
  };
  static constexpr std::array<Row, 9> kAdvice = {{
      {"illegal map value",
       "a ': ' inside a value needs quotes around the value; a key stands in the "
       "column of its neighbours, and tabs may not indent"},
      {"end of map not found", "check the indentation: keys of one map start in one column"},
      {"end of sequence not found", "check the indentation: items of one list start in one column"},
      {"end of map flow not found",
       "a '{' is not closed, or a value in it holds '[', '{', ',' or ':' "
       "and needs quotes"},
      {"end of sequence flow not found", "a '[' is not closed, or a value in it needs quotes"},
      {"unknown token", "a value that starts with %, @ or ` needs quotes; tabs may not indent"},
      {"illegal block entry", "a '-' item cannot stand here; check the indentation"},
      {"illegal tag", "a value that starts with ! needs quotes"},
      {"anchor", "a value that starts with * or & needs quotes"},
  }};
  for (const Row& row : kAdvice)
    if (message.contains(row.part)) return row.text;
  return "check the indentation, brackets and quotes";
}

YamlNode empty_document() {
  YamlNode node;
  node.place = {1, 1};
  return node;
}

Status check_characters(std::string_view text, const Source& source, const YamlLimits& limits) {
  if (text.size() > limits.bytes)
    return fail(source.error(Code::kLimit, {1, 1},
                             fmt::format("the file has {} bytes, more than the {} that are read",
                                         text.size(), limits.bytes)));
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = utf8_length(text, i);
    if (length == 0)
      return fail(source.error(Code::kInvalid, source.place(i),
                               "not UTF-8 text; save the file in that encoding"));
    auto c = static_cast<unsigned char>(text[i]);
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F)
      return fail(source.error(Code::kInvalid, source.place(i),
                               fmt::format("a control character (0x{:02x}); remove it", c)));
    i += length;
  }
  return {};
}

}  // namespace

const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

Place YamlNode::place_of(std::size_t offset) const {
  if (verbatim_from < 0) return place;
  int before = count_characters(std::string_view(text).substr(0, offset));
  return {place.line, place.column + verbatim_from + before};
}

std::string_view kind_name(YamlNode::Kind kind) {
  static constexpr std::array<std::string_view, 4> kNames = {"nothing", "text", "a list", "a map"};
  return kNames[static_cast<std::size_t>(kind)];
}

Result<YamlNode> parse_yaml(std::string_view text, std::string_view file,
                            const YamlLimits& limits) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Source source(text, file);
  TRY_VOID(check_characters(text, source, limits));
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(source, limits);
    if (!parser.HandleNextDocument(builder)) return empty_document();
    YamlNode root = builder.take();
    TreeBuilder second(source, limits);
    if (parser.HandleNextDocument(second))
      return fail(source.error(Code::kInvalid, second.take().place,
                               "a second document begins before this; one file is one project"));
    return root;
  } catch (const Stop& stop) {
    return fail(stop.error);
  } catch (const YAML::ParserException& e) {
    return fail(source.error(Code::kInvalid, source.place(e.mark),
                             fmt::format("not valid YAML: {}; {}", e.msg, advice(e.msg))));
  } catch (const std::exception& e) {
    return fail(
        source.error(Code::kInternal, {1, 1}, fmt::format("the YAML reader failed: {}", e.what())));
  }
}

}  // namespace lode
