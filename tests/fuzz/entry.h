// Fuzz entries: one a parser or stored format. Each is run in two ways: by the seeded replay of
// tests/fuzz/replay_test.cc in every test run, and by libFuzzer (`./dev fuzz`), which looks for new
// inputs. What either finds becomes a seed in tests/fuzz/seeds/NAME/ and is replayed for ever.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lode::fuzz {

struct Entry {
  const char* name;
  // Any bytes: no crash, no undefined behaviour, and whatever EXPECT_ says holds.
  void (*run)(std::string_view bytes);
  // Inputs to begin with: good ones, so that mutations reach what lies behind the first checks.
  std::vector<std::string> (*seeds)();
};

const std::vector<Entry>& entries();  // by name
const Entry* find_entry(std::string_view name);

struct Registration {
  explicit Registration(Entry entry);
};

// Seeds that are files: of the source tree, by path from its root.
std::string source_file(std::string_view path);
// Those of tests/fuzz/seeds/NAME/ that fuzzing has found.
std::vector<std::string> found_seeds(std::string_view name);
// The bytes with XXH3-64 of themselves behind: what lies behind a checksum is reached.
std::string with_checksum(std::string_view bytes);
std::string without_checksum(std::string_view bytes);
// A folder of this process for entries that need files, made once, removed at the end.
const std::string& scratch_folder();

}  // namespace lode::fuzz
