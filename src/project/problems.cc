#include "project/problems.h"

#include <algorithm>

#include "base/component.h"

namespace lode {
namespace {

constexpr std::size_t kMostListed = 20;

}  // namespace

void Problems::add(Place place, std::string message, Code code) {
  found_.push_back(
      {place, Error(code, std::move(message), Where{file_, place.line, place.column, -1, {}})});
}

std::vector<Error> Problems::sorted() const {
  std::vector<Found> ordered = found_;
  std::ranges::stable_sort(ordered, {}, &Found::place);
  std::vector<Error> errors;
  errors.reserve(ordered.size());
  for (Found& found : ordered) errors.push_back(std::move(found.error));
  return errors;
}

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMostListed); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ", words[i]);
  if (words.size() > kMostListed) text += fmt::format(" and {} more", words.size() - kMostListed);
  return text;
}

std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known) {
  std::string message = fmt::format("unknown {} '{}'", kind, word);
  if (known.empty()) return message + fmt::format("; there is no {} here", kind);
  std::string_view meant = nearest(word, known);
  if (!meant.empty()) message += fmt::format("; did you mean '{}'?", meant);
  message += meant.empty() ? "; known: " : " Known: ";
  return message + listed(known);
}

std::string unknown_word(std::string_view kind, std::string_view word,
                         std::span<const std::string> known) {
  std::vector<std::string_view> views(known.begin(), known.end());
  return unknown_word(kind, word, std::span<const std::string_view>(views));
}

bool is_name(std::string_view text) {
  auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (text.empty() || !lower(text[0])) return false;
  return std::ranges::all_of(
      text, [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace lode
