// One program for all entries, for libFuzzer (`./dev fuzz`):
//   lode_fuzz --entry=NAME [--write-seeds=FOLDER] [libFuzzer's own options and corpora]
// --write-seeds only writes the entry's seeds as files. `--list` names the entries.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "tests/fuzz/entry.h"

namespace {

const lode::fuzz::Entry* entry = nullptr;

[[noreturn]] void list_and_leave() {
  for (const lode::fuzz::Entry& known : lode::fuzz::entries()) std::puts(known.name);
  std::exit(0);
}

[[noreturn]] void write_seeds(const std::string& folder) {
  std::vector<std::string> seeds = entry->seeds();
  for (std::string& found : lode::fuzz::found_seeds(entry->name)) seeds.push_back(std::move(found));
  bool written = lode::posix_files().make_directories(folder).has_value();
  for (std::size_t i = 0; i < seeds.size(); ++i)
    written = written && lode::write_atomically(lode::posix_files(),
                                                fmt::format("{}/seed-{}", folder, i), seeds[i]);
  std::exit(written ? 0 : 1);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** words) {
  std::string seeds;
  for (int i = 1; i < *count; ++i) {
    std::string_view word = (*words)[i];
    if (word == "--list") list_and_leave();
    if (word.starts_with("--entry=")) entry = lode::fuzz::find_entry(word.substr(8));
    if (word.starts_with("--write-seeds=")) seeds = word.substr(14);
  }
  if (entry == nullptr) {
    std::fputs("name an entry: --entry=NAME; --list names them\n", stderr);
    std::exit(2);
  }
  if (!seeds.empty()) write_seeds(seeds);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  entry->run({reinterpret_cast<const char*>(data), size});
  if (testing::Test::HasFailure()) std::abort();  // an EXPECT that fails is a crash
  return 0;
}
