// The words of lode.yaml: which keys each section may have, what stands under them, and a line of
// explanation. The check of shapes, the JSON schema and docs/reference/lode-yaml.md are all made
// from these tables, so that they cannot tell different stories.
//
// Threads: constant data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lode {

// What a bare value (a scalar) is read as.
enum class Form : std::uint8_t {
  kNone,        // no bare value: a map only
  kText,        // as it stands; with `choices`, one of them
  kName,        // a name: [a-z][a-z0-9_]*
  kWhole,       // a whole number, 0 or more
  kFlag,        // true or false
  kDuration,    // 90s, 120m, 7h, 1d12h
  kSize,        // bytes: 512MiB, 4GB
  kRange,       // A..B, each a time or left out; A inclusive, B exclusive
  kExpression,  // SQL
  kType,        // a type of table/type.h
  kScalar,      // anything bare; the reader knows more
};

// How many stand under a key.
enum class Many : std::uint8_t {
  kOne,
  kList,
  kOneOrList,
  kMap,         // under names of the user's choice
  kMapOfLists,  // lists under names of the user's choice
};

struct Section;

struct Key {
  std::string_view name;
  std::string_view doc;  // one line
  Form form = Form::kNone;
  Many many = Many::kOne;
  const Section* section = nullptr;  // a map with these keys is allowed
  bool component = false;            // so is {name of a component: {its options}}
  bool required = false;
  bool names_checked = false;       // kMap: the names are lode's and must be of the form kName
  std::string_view fallback = {};   // what holds without it, as it would be written
  std::string_view choices = {};    // separated by '|'
  const Section* beside = nullptr;  // kMap: keys among the names that mean something else
};

struct Section {
  std::string_view name;  // "source"
  std::string_view path;  // "sources.NAME"
  std::string_view doc;
  std::span<const Key> keys;
  std::string_view example;
};

// The whole file; every other section is reached from it.
const Section& project_section();

}  // namespace lode
