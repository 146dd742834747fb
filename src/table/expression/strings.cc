// Functions that make or measure text. Places and lengths count characters (code points), from 1,
// as in SQL; bytes that are no UTF-8 count as one character each.
#include <algorithm>
#include <cstring>
#include <limits>

#include "table/expression/case_map.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"
#include "table/expression/utf8.h"

namespace lode {
namespace {

using i64 = std::int64_t;

// A result longer than this is an error: it is a mistake (repeat(x, 1e9)) more often than wanted.
constexpr std::size_t kLongestText = 64 << 20;

Text copy(Arena& arena, Text text) {
  char* room = arena.allocate(text.size());
  if (!text.empty()) std::memcpy(room, text.data(), text.size());
  return {room, text.size()};
}

// --- case ---

template <char32_t (*change)(char32_t)>
bool change_case(Arena& arena, Text text, Text& out) {
  if (is_ascii(text)) {
    char* room = arena.allocate(text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
      room[i] = static_cast<char>(change(static_cast<unsigned char>(text[i])));
    out = {room, text.size()};
    return true;
  }
  // A mapping may lengthen a character: by 1 byte of 2 at most, to 4 bytes at most.
  char* room = arena.allocate(text.size() * 2);
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = character_size(text, at);
    if (size == 1 && static_cast<unsigned char>(text[at]) >= 0x80)
      room[used++] = text[at];
    else
      used += encode_character(change(code_point(text, at, size)), room + used);
    at += size;
  }
  out = {room, used};
  return true;
}

// --- trimming ---

// Unicode's space separators (Zs); tabs and line ends are not trimmed, as in DuckDB.
bool is_space(Text text, std::size_t at, std::size_t size) {
  char32_t point = code_point(text, at, size);
  return point == ' ' ||
         (size > 1 && (point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
                       point == 0x202f || point == 0x205f || point == 0x3000));
}

struct Spaces {
  bool operator()(Text text, std::size_t at, std::size_t size) const {
    return is_space(text, at, size);
  }
};
struct OneOf {
  Text characters;
  bool operator()(Text text, std::size_t at, std::size_t size) const {
    for (std::size_t i = 0; i < characters.size();) {
      std::size_t step = character_size(characters, i);
      if (step == size && std::memcmp(characters.data() + i, text.data() + at, size) == 0)
        return true;
      i += step;
    }
    return false;
  }
};

template <bool left, bool right, typename Drop>
Text trimmed(Text text, Drop drop) {
  std::size_t begin = 0;
  std::size_t end = text.size();
  while (left && begin < end) {
    std::size_t size = character_size(text, begin);
    if (!drop(text, begin, size)) break;
    begin += size;
  }
  while (right && end > begin) {
    std::size_t last = end - 1;
    while (last > begin && (static_cast<unsigned char>(text[last]) & 0xc0) == 0x80) --last;
    if (last + character_size(text.substr(0, end), last) != end) last = end - 1;
    if (!drop(text, last, end - last)) break;
    end = last;
  }
  return text.substr(begin, end - begin);
}

template <bool left, bool right>
constexpr Overload kTrim[] = {
    {"s", 's', map<Text(Text), [](Text text) { return trimmed<left, right>(text, Spaces{}); }>},
    {"ss", 's',
     map<Text(Text, Text),
         [](Text text, Text characters) { return trimmed<left, right>(text, OneOf{characters}); }>},
};

// --- parts ---

// Characters [begin, end) counted from 0, cut to what is there.
Text part(Text text, i64 begin, i64 end) {
  begin = std::max<i64>(begin, 0);
  if (end <= begin) return {};
  std::size_t from = character_offset(text, begin);
  Text rest = text.substr(from);
  return rest.substr(0, character_offset(rest, end - begin));
}

constexpr i64 kFarthest = 4'294'967'295;

// DuckDB's rules: begin counts from 1, or back from the end if negative, and 0 is the place before
// the first; places outside of the text count but are empty; a negative length reaches back from
// begin.
bool substring(Text text, i64 begin, i64 length, Text& out) {
  bool in_range = std::min(begin, length) >= -kFarthest - 1 && std::max(begin, length) <= kFarthest;
  if (!in_range) return false;
  i64 from = begin < 0 ? count_characters(text) + begin : begin - 1;
  i64 to = from + length;
  out = part(text, std::min(from, to), std::max(from, to));
  return true;
}
bool substring_to_end(Text text, i64 begin, Text& out) {
  return substring(text, begin, kFarthest, out);
}

constexpr Overload kSubstring[] = {
    {"si", 's', map_or_fail<Text(Text, i64), substring_to_end>},
    {"sii", 's', map_or_fail<Text(Text, i64, i64), substring>},
};

Text left(Text text, i64 n) {
  if (n >= 0) return part(text, 0, n);
  return part(text, 0, n < -kFarthest ? 0 : count_characters(text) + n);
}
Text right(Text text, i64 n) {
  i64 count = count_characters(text);
  if (n >= 0) return part(text, count - std::min(n, count), count);
  return part(text, n < -kFarthest ? count : -n, count);
}
constexpr Overload kLeft[] = {{"si", 's', map<Text(Text, i64), left>}};
constexpr Overload kRight[] = {{"si", 's', map<Text(Text, i64), right>}};

// The `index`-th piece between separators, from the end if negative; "" if there is none.
Text split_part(Text text, Text separator, i64 index) {
  if (index == 0) return {};
  if (separator.empty()) {  // every character is a piece
    i64 count = std::max<i64>(1, count_characters(text));
    if (index < 0) index += count + 1;
    return index < 1 ? Text{} : part(text, index - 1, index);
  }
  if (index > 0) {
    for (; index > 1; --index) {
      std::size_t at = text.find(separator);
      if (at == Text::npos) return {};
      text.remove_prefix(at + separator.size());
    }
    return text.substr(0, text.find(separator));
  }
  i64 pieces = 1;
  for (std::size_t at = text.find(separator); at != Text::npos;
       at = text.find(separator, at + separator.size()))
    ++pieces;
  index += pieces + 1;
  return index < 1 ? Text{} : split_part(text, separator, index);
}
constexpr Overload kSplitPart[] = {{"ssi", 's', map<Text(Text, Text, i64), split_part>}};

// --- search ---

i64 position(Text text, Text wanted) {
  std::size_t at = text.find(wanted);
  return at == Text::npos ? 0 : count_characters(text.substr(0, at)) + 1;
}
using Byte = std::uint8_t;
constexpr Overload kPosition[] = {{"ss", 'i', map<i64(Text, Text), position>}};
constexpr Overload kContains[] = {
    {"ss", 'b', map<Byte(Text, Text), [](Text a, Text b) { return a.find(b) != Text::npos; }>}};
constexpr Overload kStartsWith[] = {
    {"ss", 'b', map<Byte(Text, Text), [](Text a, Text b) { return a.starts_with(b); }>}};
constexpr Overload kEndsWith[] = {
    {"ss", 'b', map<Byte(Text, Text), [](Text a, Text b) { return a.ends_with(b); }>}};
constexpr Overload kLength[] = {{"s", 'i', map<i64(Text), count_characters>}};
constexpr Overload kStrlen[] = {
    {"s", 'i', map<i64(Text), [](Text a) { return static_cast<i64>(a.size()); }>},
    {"y", 'i', map<i64(Text), [](Text a) { return static_cast<i64>(a.size()); }>},
};

// --- making ---

bool concat_two(Arena& arena, Text a, Text b, Text& out) {
  char* room = arena.allocate(a.size() + b.size());
  std::copy(a.begin(), a.end(), room);
  std::copy(b.begin(), b.end(), room + a.size());
  out = {room, a.size() + b.size()};
  return out.size() <= kLongestText;
}

// Any number of arguments of any type, nulls skipped.
i64 concat_rows(Call& call) {
  Text* out = call.out->as<Text>();
  std::size_t count = call.node->arguments.size();
  for (i64 i = 0; i < call.rows; ++i) {
    std::size_t size = 0;
    auto piece = [&](std::size_t k) {
      const Vector& from = *call.arguments[k];
      bool valid = from.valid == nullptr || from.valid[i] != 0;
      return valid ? from.as<Text>()[i] : Text{};
    };
    for (std::size_t k = 0; k < count; ++k) size += piece(k).size();
    char* room = call.arena->allocate(size);
    char* end = room;
    for (std::size_t k = 0; k < count; ++k) {
      Text text = piece(k);
      end = std::copy(text.begin(), text.end(), end);
    }
    out[i] = {room, size};
    if (size > kLongestText && call.wanted(i)) return i;
  }
  return -1;
}

bool can_be_text(const ValueType& type) {
  return type.is_null() || type.is(TypeId::kString) ||
         find_cast(type, ValueType{Type::string()}, false).kernel != nullptr;
}

Result<Resolution> concat(const Request& request) {
  Resolution resolution;
  resolution.result = ValueType{Type::string()};
  for (std::size_t i = 0; i < request.size(); ++i) {
    if (!can_be_text(request.type(i))) return no_overload(request);
    resolution.parameters.push_back(resolution.result);
  }
  if (request.size() == 0) return no_overload(request);
  resolution.kernel = &concat_rows;
  return resolution;
}

Result<Resolution> concat_operator(const Request& request) {
  if (request.size() != 2 || !can_be_text(request.type(0)) || !can_be_text(request.type(1)))
    return no_overload(request);
  ValueType text{Type::string()};
  return Resolution{
      .parameters = {text, text}, .result = text, .kernel = map_text<Text(Text, Text), concat_two>};
}

bool replace(Arena& arena, Text text, Text from, Text to, Text& out) {
  std::size_t found = from.empty() ? Text::npos : text.find(from);
  if (found == Text::npos) return out = text, true;
  std::size_t count = 0;
  for (std::size_t at = found; at != Text::npos; at = text.find(from, at + from.size())) ++count;
  std::size_t size = text.size() - count * from.size() + count * to.size();
  if (size > kLongestText) return false;
  char* room = arena.allocate(size);
  char* end = room;
  for (; found != Text::npos; found = text.find(from)) {
    end = std::copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(found), end);
    end = std::copy(to.begin(), to.end(), end);
    text.remove_prefix(found + from.size());
  }
  std::copy(text.begin(), text.end(), end);
  out = {room, size};
  return true;
}

bool reverse(Arena& arena, Text text, Text& out) {
  char* room = arena.allocate(text.size());
  char* end = room + text.size();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = character_size(text, at);
    end -= size;
    std::memcpy(end, text.data() + at, size);
    at += size;
  }
  out = {room, text.size()};
  return true;
}

bool repeat(Arena& arena, Text text, i64 times, Text& out) {
  if (times <= 0 || text.empty()) return out = {}, true;
  if (static_cast<std::size_t>(times) > kLongestText / text.size()) return false;
  std::size_t size = text.size() * static_cast<std::size_t>(times);
  char* room = arena.allocate(size);
  for (std::size_t at = 0; at < size; at += text.size())
    std::memcpy(room + at, text.data(), text.size());
  out = {room, size};
  return true;
}

// To exactly `length` characters: cut at the end, or filled with `fill` again and again.
template <bool on_left>
bool pad(Arena& arena, Text text, i64 length, Text fill, Text& out) {
  i64 count = count_characters(text);
  if (length <= count) return out = copy(arena, part(text, 0, length)), true;
  if (fill.empty() || static_cast<std::size_t>(length) > kLongestText) return false;
  std::string filling;
  std::size_t at = 0;
  for (i64 i = count; i < length; ++i) {
    std::size_t size = character_size(fill, at);
    filling.append(fill.substr(at, size));
    at = at + size == fill.size() ? 0 : at + size;
  }
  return on_left ? concat_two(arena, filling, text, out) : concat_two(arena, text, filling, out);
}

constexpr Overload kLower[] = {{"s", 's', map_text<Text(Text), change_case<lower_character>>}};
constexpr Overload kUpper[] = {{"s", 's', map_text<Text(Text), change_case<upper_character>>}};
constexpr Overload kReplace[] = {{"sss", 's', map_text<Text(Text, Text, Text), replace>}};
constexpr Overload kReverse[] = {{"s", 's', map_text<Text(Text), reverse>}};
constexpr Overload kRepeat[] = {{"si", 's', map_text<Text(Text, i64), repeat>}};
constexpr Overload kLpad[] = {{"sis", 's', map_text<Text(Text, i64, Text), pad<true>>}};
constexpr Overload kRpad[] = {{"sis", 's', map_text<Text(Text, i64, Text), pad<false>>}};

constexpr std::string_view kGroup = "Text";
constexpr std::string_view kTooLong = "would be longer than 64 MiB";

constexpr Function text_function(std::string_view signature, std::span<const Overload> overloads,
                                 std::string_view fails = {}, std::string_view difference = {}) {
  return {.group = kGroup,
          .signature = signature,
          .overloads = overloads,
          .resolve = nullptr,
          .nulls = NullRule::kPropagate,
          .fails = fails,
          .difference = difference};
}

constexpr Function kLengthFunction = text_function("length(text)", kLength);
constexpr Component kLengthComponent = function_component(
    "length", "Characters (code points) in a text.", "length(name)", kLengthFunction);
const Registration length_registration(kLengthComponent);

constexpr Function kStrlenFunction =
    text_function("strlen(text)", kStrlen, {}, "Takes bytes too, where DuckDB says octet_length.");
constexpr Component kStrlenComponent =
    function_component("strlen", "Bytes in a text or in bytes.", "strlen(name)", kStrlenFunction);
const Registration strlen_registration(kStrlenComponent);

constexpr Function kLowerFunction = text_function("lower(text)", kLower);
constexpr Component kLowerComponent =
    function_component("lower", "In lower case, by Unicode's simple mapping of each character.",
                       "lower(name)", kLowerFunction);
const Registration lower_registration(kLowerComponent);

constexpr Function kUpperFunction = text_function("upper(text)", kUpper);
constexpr Component kUpperComponent =
    function_component("upper", "In upper case, by Unicode's simple mapping of each character.",
                       "upper(name)", kUpperFunction);
const Registration upper_registration(kUpperComponent);

constexpr Function kTrimFunction = text_function("trim(text [, characters])", kTrim<true, true>);
constexpr Component kTrimComponent = function_component(
    "trim", "Without spaces (or any of the characters) at both ends. Tabs and line ends stay.",
    "trim(name)", kTrimFunction);
const Registration trim_registration(kTrimComponent);

constexpr Function kLtrimFunction = text_function("ltrim(text [, characters])", kTrim<true, false>);
constexpr Component kLtrimComponent =
    function_component("ltrim", "trim at the beginning only.", "ltrim(code, '0')", kLtrimFunction);
const Registration ltrim_registration(kLtrimComponent);

constexpr Function kRtrimFunction = text_function("rtrim(text [, characters])", kTrim<false, true>);
constexpr Component kRtrimComponent =
    function_component("rtrim", "trim at the end only.", "rtrim(name, '.')", kRtrimFunction);
const Registration rtrim_registration(kRtrimComponent);

constexpr Function kSubstringFunction =
    text_function("substring(text, begin [, length])", kSubstring, "is out of range of a text");
constexpr Component kSubstringComponent = function_component(
    "substring", "Characters from begin on (1 is the first, -1 the last), at most length of them.",
    "substring(code, 1, 3)", kSubstringFunction);
const Registration substring_registration(kSubstringComponent);
constexpr Component kSubstrComponent = function_component("substr", "The same as substring.",
                                                          "substr(code, 1, 3)", kSubstringFunction);
const Registration substr_registration(kSubstrComponent);

constexpr Function kLeftFunction = text_function("left(text, n)", kLeft);
constexpr Component kLeftComponent =
    function_component("left", "The first n characters; all but the last -n if n is negative.",
                       "left(code, 2)", kLeftFunction);
const Registration left_registration(kLeftComponent);

constexpr Function kRightFunction = text_function("right(text, n)", kRight);
constexpr Component kRightComponent =
    function_component("right", "The last n characters; all but the first -n if n is negative.",
                       "right(code, 2)", kRightFunction);
const Registration right_registration(kRightComponent);

constexpr Function kReplaceFunction = text_function("replace(text, from, to)", kReplace, kTooLong);
constexpr Component kReplaceComponent =
    function_component("replace", "Every occurrence of from made to; from '' changes nothing.",
                       "replace(code, '-', '')", kReplaceFunction);
const Registration replace_registration(kReplaceComponent);

constexpr Function kContainsFunction = text_function("contains(text, part)", kContains);
constexpr Component kContainsComponent = function_component(
    "contains", "Whether part occurs in text.", "contains(name, 'Air')", kContainsFunction);
const Registration contains_registration(kContainsComponent);

constexpr Function kStartsWithFunction = text_function("starts_with(text, part)", kStartsWith);
constexpr Component kStartsWithComponent = function_component(
    "starts_with", "Whether text begins with part.", "starts_with(code, 'K')", kStartsWithFunction);
const Registration starts_with_registration(kStartsWithComponent);

constexpr Function kEndsWithFunction = text_function("ends_with(text, part)", kEndsWith);
constexpr Component kEndsWithComponent = function_component(
    "ends_with", "Whether text ends with part.", "ends_with(mail, '.org')", kEndsWithFunction);
const Registration ends_with_registration(kEndsWithComponent);

constexpr Function kPositionFunction = text_function("strpos(text, part)", kPosition);
constexpr Component kPositionComponent = function_component(
    "strpos",
    "Place of the first occurrence, from 1; 0 if there is none. Also position(part in text).",
    "strpos(mail, '@')", kPositionFunction);
const Registration position_registration(kPositionComponent);

constexpr Function kSplitPartFunction = text_function("split_part(text, separator, n)", kSplitPart);
constexpr Component kSplitPartComponent = function_component(
    "split_part",
    "The n-th piece between separators, from the end if n is negative; '' if there is none.",
    "split_part(mail, '@', 2)", kSplitPartFunction);
const Registration split_part_registration(kSplitPartComponent);

constexpr Function kReverseFunction =
    text_function("reverse(text)", kReverse, {},
                  "By code points; DuckDB keeps a letter and its combining marks together.");
constexpr Component kReverseComponent =
    function_component("reverse", "The characters backwards.", "reverse(code)", kReverseFunction);
const Registration reverse_registration(kReverseComponent);

constexpr Function kRepeatFunction = text_function("repeat(text, n)", kRepeat, kTooLong);
constexpr Component kRepeatComponent = function_component(
    "repeat", "The text n times over; '' for n below 1.", "repeat('ab', 3)", kRepeatFunction);
const Registration repeat_registration(kRepeatComponent);

constexpr std::string_view kPadFails =
    "cannot be filled: the filling is empty or the result over 64 MiB";
constexpr Function kLpadFunction = text_function("lpad(text, length, filling)", kLpad, kPadFails);
constexpr Component kLpadComponent = function_component(
    "lpad", "Filled on the left to exactly length characters; a longer text is cut at its end.",
    "lpad(code, 5, '0')", kLpadFunction);
const Registration lpad_registration(kLpadComponent);

constexpr Function kRpadFunction = text_function("rpad(text, length, filling)", kRpad, kPadFails);
constexpr Component kRpadComponent = function_component(
    "rpad", "Filled on the right to exactly length characters; a longer text is cut at its end.",
    "rpad(code, 5, ' ')", kRpadFunction);
const Registration rpad_registration(kRpadComponent);

constexpr Function kConcatFunction = {.group = kGroup,
                                      .signature = "concat(a, b, ...)",
                                      .overloads = {},
                                      .resolve = concat,
                                      .nulls = NullRule::kOwn,
                                      .fails = kTooLong};
constexpr Component kConcatComponent =
    function_component("concat", "The texts of all values that are not null, one after the other.",
                       "concat(origin, '-', destination)", kConcatFunction);
const Registration concat_registration(kConcatComponent);

constexpr Function kConcatOperator = {.group = "Operators",
                                      .signature = "a || b",
                                      .overloads = {},
                                      .resolve = concat_operator,
                                      .nulls = NullRule::kPropagate,
                                      .fails = kTooLong};
constexpr Component kConcatOperatorComponent = function_component(
    "||", "Two texts one after the other; null if either is. Other types are cast to text.",
    "origin || '-' || destination", kConcatOperator);
const Registration concat_operator_registration(kConcatOperatorComponent);

}  // namespace
}  // namespace lode
