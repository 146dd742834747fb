// Code points of UTF-8 text, for the functions that count characters. What a file or a user gave
// may be malformed: then a bad byte counts as one character of its own, and nothing is read past
// the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lode {

// Bytes of the character that begins at text[at]; 1 for a malformed one. at < text.size().
inline std::size_t character_size(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(at);
  if (first < 0x80) return 1;
  std::size_t size = first >= 0xf0 && first < 0xf5   ? 4
                     : first >= 0xe0 && first < 0xf0 ? 3
                     : first >= 0xc2 && first < 0xe0 ? 2
                                                     : 1;
  if (size > text.size() - at) return 1;
  for (std::size_t i = 1; i < size; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 1;
  // Overlong forms, surrogates and what lies past U+10FFFF are not characters.
  unsigned char second = size > 1 ? byte(at + 1) : 0x80;
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
      (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 1;
  return size;
}

// The code point of the character at text[at], of `size` bytes; a malformed byte gives itself.
inline char32_t code_point(std::string_view text, std::size_t at, std::size_t size) {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  if (size == 1) return byte(0);
  char32_t point = byte(0) & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) point = (point << 6) | (byte(i) & 0x3fU);
  return point;
}

inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

inline bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = character_size(text, at);
    if (size == 1 && static_cast<unsigned char>(text[at]) >= 0x80) return false;
    at += size;
  }
  return true;
}

inline std::int64_t count_characters(std::string_view text) {
  if (is_ascii(text)) return static_cast<std::int64_t>(text.size());
  std::int64_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += character_size(text, at)) ++count;
  return count;
}

// Byte position of the character number `index` (from 0), or the end when there are not that many.
inline std::size_t character_offset(std::string_view text, std::int64_t index) {
  if (is_ascii(text))
    return index < static_cast<std::int64_t>(text.size()) ? static_cast<std::size_t>(index)
                                                          : text.size();
  std::size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += character_size(text, at);
  return at;
}

// Writes one code point; `out` has room for 4 bytes. Returns the bytes written.
inline std::size_t encode_character(char32_t point, char* out) {
  auto put = [&](std::size_t i, char32_t value) { out[i] = static_cast<char>(value); };
  if (point < 0x80) {
    put(0, point);
    return 1;
  }
  if (point < 0x800) {
    put(0, 0xc0 | (point >> 6));
    put(1, 0x80 | (point & 0x3f));
    return 2;
  }
  if (point < 0x10000) {
    put(0, 0xe0 | (point >> 12));
    put(1, 0x80 | ((point >> 6) & 0x3f));
    put(2, 0x80 | (point & 0x3f));
    return 3;
  }
  put(0, 0xf0 | (point >> 18));
  put(1, 0x80 | ((point >> 12) & 0x3f));
  put(2, 0x80 | ((point >> 6) & 0x3f));
  put(3, 0x80 | (point & 0x3f));
  return 4;
}

}  // namespace lode
