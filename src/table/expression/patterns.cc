// like, ilike and regular expressions. A constant pattern is compiled once, when the expression is
// bound; one that varies by row is compiled for each row, or, as a regular expression, refused.
#include <re2/re2.h>

#include <cstring>

#include "table/expression/case_map.h"
#include "table/expression/function.h"
#include "table/expression/loops.h"
#include "table/expression/utf8.h"

namespace lode {
namespace {

using i64 = std::int64_t;
using Byte = std::uint8_t;

// --- like ---

char32_t next_character(Text text, std::size_t& at, bool fold) {
  std::size_t size = character_size(text, at);
  // A malformed byte is no code point: it equals only itself.
  char32_t point = size == 1 && static_cast<unsigned char>(text[at]) >= 0x80
                       ? 0x110000U + static_cast<unsigned char>(text[at])
                       : code_point(text, at, size);
  at += size;
  return fold ? lower_character(point) : point;
}

enum class Match { kYes, kNo, kBadPattern };

// Backtracks to the last % only, which is enough: time is at most |text| * |pattern|, memory
// constant.
Match like(Text text, Text pattern, Text escape, bool fold) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t after_percent = Text::npos;
  std::size_t retry = 0;
  for (;;) {
    bool matched = false;
    bool at_end = p == pattern.size();
    if (!at_end) {
      std::size_t next = p;
      bool escaped = !escape.empty() && pattern.substr(p).starts_with(escape);
      if (escaped) {
        next = p + escape.size();
        if (next == pattern.size()) return Match::kBadPattern;
      } else if (pattern[p] == '%') {
        after_percent = p = p + 1;
        retry = t;
        continue;
      }
      if (t < text.size()) {
        bool any = !escaped && pattern[next] == '_';
        std::size_t t_next = t;
        char32_t wanted = next_character(pattern, next, fold);
        matched = next_character(text, t_next, fold) == wanted || any;
        if (matched) {
          t = t_next;
          p = next;
        }
      }
    } else if (t == text.size()) {
      return Match::kYes;
    }
    if (matched) continue;
    if (after_percent == Text::npos || retry >= text.size()) return Match::kNo;
    retry += character_size(text, retry);
    t = retry;
    p = after_percent;
  }
}

template <bool fold>
i64 like_rows(Call& call) {
  const Text* text = call.arguments[0]->as<Text>();
  const Text* pattern = call.arguments[1]->as<Text>();
  bool has_escape = call.node->arguments.size() == 3;
  Byte* out = call.out->as<Byte>();
  for (i64 i = 0; i < call.rows; ++i) {
    out[i] = 0;
    if (!call.wanted(i)) continue;
    Text escape = has_escape ? call.arguments[2]->as<Text>()[i] : Text{};
    if (count_characters(escape) > 1) return i;
    Match match = like(text[i], pattern[i], escape, fold);
    if (match == Match::kBadPattern) return i;
    out[i] = match == Match::kYes;
  }
  return -1;
}

constexpr Overload kLike[] = {{"ss", 'b', &like_rows<false>}, {"sss", 'b', &like_rows<false>}};
constexpr Overload kIlike[] = {{"ss", 'b', &like_rows<true>}, {"sss", 'b', &like_rows<true>}};

// --- regular expressions ---

re2::StringPiece piece(Text text) { return {text.data(), text.size()}; }

// Options as in DuckDB: c, i case; l literal; m, n, p newline-sensitive; s the contrary; g only
// where replacing.
struct Regex {
  std::unique_ptr<re2::RE2> re;
  std::string rewrite;
  int group = 0;
  bool global = false;
};

Result<std::shared_ptr<const Regex>> compile(const Request& request, std::size_t options_at,
                                             bool may_be_global) {
  const Literal* pattern = request.constant(1);
  const std::string* text =
      pattern == nullptr ? nullptr : std::get_if<std::string>(&pattern->value);
  if (text == nullptr)
    return fail(Code::kInvalid, "{} needs a constant regular expression", request.name);
  auto regex = std::make_shared<Regex>();
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  if (request.size() > options_at) {
    const Literal* flags = request.constant(options_at);
    const std::string* letters =
        flags == nullptr ? nullptr : std::get_if<std::string>(&flags->value);
    if (letters == nullptr)
      return fail(Code::kInvalid, "the options of {} are a constant", request.name);
    for (char letter : *letters) {
      if (letter == 'c')
        options.set_case_sensitive(true);
      else if (letter == 'i')
        options.set_case_sensitive(false);
      else if (letter == 'l')
        options.set_literal(true);
      else if (letter == 'm' || letter == 'n' || letter == 'p')
        options.set_dot_nl(false);
      else if (letter == 's')
        options.set_dot_nl(true);
      else if (letter == 'g' && may_be_global)
        regex->global = true;
      else
        return fail(Code::kInvalid, "'{}' is not an option of {}; known are c, i, l, m, n, p, s{}",
                    letter, request.name, may_be_global ? ", g" : "");
    }
  }
  regex->re = std::make_unique<re2::RE2>(piece(*text), options);
  if (!regex->re->ok())
    return fail(Code::kInvalid, "'{}' is not a regular expression: {}", *text, regex->re->error());
  return regex;
}

const Regex& regex_of(const Call& call) {
  return *static_cast<const Regex*>(call.node->prepared.get());
}

template <bool full>
i64 match_rows(Call& call) {
  const re2::RE2& re = *regex_of(call).re;
  const Text* text = call.arguments[0]->as<Text>();
  for (i64 i = 0; i < call.rows; ++i)
    call.out->as<Byte>()[i] =
        call.wanted(i) && re.Match(piece(text[i]), 0, text[i].size(),
                                   full ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED, nullptr, 0);
  return -1;
}

i64 extract_rows(Call& call) {
  const Regex& regex = regex_of(call);
  const Text* text = call.arguments[0]->as<Text>();
  re2::StringPiece groups[10];
  for (i64 i = 0; i < call.rows; ++i) {
    Text& out = call.out->as<Text>()[i] = {};
    if (!call.wanted(i) || regex.group > regex.re->NumberOfCapturingGroups()) continue;
    if (regex.re->Match(piece(text[i]), 0, text[i].size(), re2::RE2::UNANCHORED, groups,
                        regex.group + 1))
      out = {groups[regex.group].data(), groups[regex.group].size()};
  }
  return -1;
}

i64 replace_rows(Call& call) {
  const Regex& regex = regex_of(call);
  const Text* text = call.arguments[0]->as<Text>();
  for (i64 i = 0; i < call.rows; ++i) {
    Text& out = call.out->as<Text>()[i] = {};
    if (!call.wanted(i)) continue;
    std::string changed(text[i]);
    if (regex.global)
      re2::RE2::GlobalReplace(&changed, *regex.re, regex.rewrite);
    else
      re2::RE2::Replace(&changed, *regex.re, regex.rewrite);
    char* room = call.arena->allocate(changed.size());
    std::memcpy(room, changed.data(), changed.size());
    out = {room, changed.size()};
  }
  return -1;
}

bool is_text(const Request& request, std::size_t i) {
  return request.type(i).is(TypeId::kString) || request.type(i).is_null();
}

Resolution with(const Request& request, ValueType result, BatchKernel kernel,
                std::shared_ptr<const Regex> regex) {
  Resolution resolution;
  for (std::size_t i = 0; i < request.size(); ++i) {
    bool is_null = request.type(i).is_null();
    resolution.parameters.push_back(is_null ? ValueType{Type::string()} : request.type(i));
  }
  resolution.result = std::move(result);
  resolution.kernel = kernel;
  resolution.prepared = std::move(regex);
  return resolution;
}

template <bool full>
Result<Resolution> resolve_match(const Request& request) {
  if (request.size() < 2 || request.size() > 3 || !is_text(request, 0)) return no_overload(request);
  TRY(std::shared_ptr<const Regex> regex, compile(request, 2, false));
  return with(request, ValueType{Type::boolean()}, &match_rows<full>, std::move(regex));
}

Result<Resolution> resolve_extract(const Request& request) {
  if (request.size() < 2 || request.size() > 4 || !is_text(request, 0)) return no_overload(request);
  TRY(std::shared_ptr<const Regex> compiled, compile(request, 3, false));
  auto regex = std::const_pointer_cast<Regex>(compiled);
  if (request.size() > 2) {
    const Literal* group = request.constant(2);
    const i64* number = group == nullptr ? nullptr : std::get_if<i64>(&group->value);
    if (number == nullptr || *number < 0 || *number > 9)
      return fail(Code::kInvalid, "the group of regexp_extract is a constant from 0 to 9");
    regex->group = static_cast<int>(*number);
  }
  return with(request, ValueType{Type::string()}, &extract_rows, std::move(regex));
}

Result<Resolution> resolve_replace(const Request& request) {
  if (request.size() < 3 || request.size() > 4 || !is_text(request, 0)) return no_overload(request);
  TRY(std::shared_ptr<const Regex> compiled, compile(request, 3, true));
  auto regex = std::const_pointer_cast<Regex>(compiled);
  const Literal* rewrite = request.constant(2);
  const std::string* text =
      rewrite == nullptr ? nullptr : std::get_if<std::string>(&rewrite->value);
  std::string error;
  if (text == nullptr || !regex->re->CheckRewriteString(*text, &error))
    return fail(Code::kInvalid,
                "regexp_replace needs a constant replacement, with \\1 to \\9 for groups{}{}",
                error.empty() ? "" : ": ", error);
  regex->rewrite = *text;
  return with(request, ValueType{Type::string()}, &replace_rows, std::move(regex));
}

constexpr std::string_view kGroup = "Text";
constexpr std::string_view kBadLike =
    "is not a pattern: the escape is one character, and not the last";
constexpr std::string_view kRe2 =
    "The expression is a constant. RE2's syntax, as in DuckDB; . matches a line end only with "
    "option s.";

constexpr Function kLikeFunction = {
    .group = "Operators",
    .signature = "text like pattern [escape c], text not like pattern",
    .overloads = kLike,
    .resolve = nullptr,
    .nulls = NullRule::kPropagate,
    .fails = kBadLike};
constexpr Component kLikeComponent = function_component(
    "like", "Whether the whole text matches: % is any characters, _ is one, others themselves.",
    "name like 'A%'", kLikeFunction);
const Registration like_registration(kLikeComponent);

constexpr Function kIlikeFunction = {
    .group = "Operators",
    .signature = "text ilike pattern [escape c], text not ilike pattern",
    .overloads = kIlike,
    .resolve = nullptr,
    .nulls = NullRule::kPropagate,
    .fails = kBadLike};
constexpr Component kIlikeComponent =
    function_component("ilike", "like without regard to case: both sides as lower() makes them.",
                       "name ilike 'air%'", kIlikeFunction);
const Registration ilike_registration(kIlikeComponent);

constexpr Function kMatchesFunction = {.group = kGroup,
                                       .signature = "regexp_matches(text, regex [, options])",
                                       .overloads = {},
                                       .resolve = resolve_match<false>,
                                       .nulls = NullRule::kPropagate,
                                       .fails = {},
                                       .difference = kRe2};
constexpr Component kMatchesComponent =
    function_component("regexp_matches", "Whether the regular expression is found in the text.",
                       "regexp_matches(tail, '^N[0-9]+')", kMatchesFunction);
const Registration matches_registration(kMatchesComponent);

constexpr Function kFullMatchFunction = {.group = kGroup,
                                         .signature = "regexp_full_match(text, regex [, options])",
                                         .overloads = {},
                                         .resolve = resolve_match<true>,
                                         .nulls = NullRule::kPropagate,
                                         .fails = {},
                                         .difference = kRe2};
constexpr Component kFullMatchComponent = function_component(
    "regexp_full_match", "Whether the regular expression matches the whole text.",
    "regexp_full_match(origin, '[A-Z]{3}')", kFullMatchFunction);
const Registration full_match_registration(kFullMatchComponent);

constexpr Function kExtractFunction = {
    .group = kGroup,
    .signature = "regexp_extract(text, regex [, group [, options]])",
    .overloads = {},
    .resolve = resolve_extract,
    .nulls = NullRule::kPropagate,
    .fails = {},
    .difference = kRe2};
constexpr Component kExtractComponent = function_component(
    "regexp_extract", "The first match, or its group 1 to 9; '' if there is none.",
    "regexp_extract(tail, '([0-9]+)', 1)", kExtractFunction);
const Registration extract_registration(kExtractComponent);

constexpr Function kReplaceFunction = {
    .group = kGroup,
    .signature = "regexp_replace(text, regex, replacement [, options])",
    .overloads = {},
    .resolve = resolve_replace,
    .nulls = NullRule::kPropagate,
    .fails = {},
    .difference = kRe2};
constexpr Component kReplaceComponent = function_component(
    "regexp_replace", "The first match (all with option g) replaced; \\1 to \\9 are its groups.",
    "regexp_replace(phone, '[^0-9]', '', 'g')", kReplaceFunction);
const Registration replace_registration(kReplaceComponent);

}  // namespace
}  // namespace lode
