// The seeded replay of every fuzz entry: its seeds as they are, what fuzzing has found, and
// mutations from fixed seeds. A case an entry.
#include <cstdlib>

#include "base/file.h"
#include "base/random.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

std::string mutated(std::string bytes, const std::vector<std::string>& others, Random& random) {
  for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
    if (bytes.empty()) bytes.push_back(static_cast<char>(random.below(256)));
    std::size_t at = random.below(bytes.size());
    std::size_t length = std::min<std::size_t>(1 + random.below(16), bytes.size() - at);
    switch (random.below(7)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(random.below(256));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(random.below(bytes.size()), length));
        break;
      case 4:  // a number at its limits
        for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i)
          bytes[at + i] = static_cast<char>(i == 7 && random.chance(0.5) ? 0x7f : 0xff);
        break;
      case 5:
        bytes.resize(at);
        break;
      default: {  // a piece of another seed
        const std::string& other = others[random.below(others.size())];
        if (other.empty()) break;
        std::size_t from = random.below(other.size());
        bytes.insert(at, other.substr(from, 1 + random.below(64)));
      }
    }
  }
  return bytes;
}

class FuzzReplay : public testing::TestWithParam<Entry> {};

TEST_P(FuzzReplay, SeedsAndMutationsOfThem) {
  const Entry& entry = GetParam();
  std::vector<std::string> seeds = entry.seeds();
  for (std::string& found : found_seeds(entry.name)) seeds.push_back(std::move(found));
  ASSERT_FALSE(seeds.empty());
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    SCOPED_TRACE(fmt::format("seed {} of {} bytes", i, seeds[i].size()));
    entry.run(seeds[i]);
  }
  Random random(20251128);
  const char* wanted = std::getenv("LODE_FUZZ_ROUNDS");
  // lint: allow(banned_calls) a number of our own
  int rounds = wanted == nullptr ? 600 : std::atoi(wanted);
  for (int round = 0; round < rounds; ++round) {
    const std::string& seed = seeds[random.below(seeds.size())];
    std::string input = mutated(seed, seeds, random);
    SCOPED_TRACE(fmt::format("round {}", round));
    entry.run(input);
    if (!HasFailure()) continue;
    std::string path = fmt::format("{}fuzz-{}-{}", testing::TempDir(), entry.name, round);
    (void)write_atomically(posix_files(), path, input);
    FAIL() << "the input is in " << path << "; mend it and keep it in tests/fuzz/seeds/"
           << entry.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Entries, FuzzReplay, testing::ValuesIn(entries()),
                         [](const auto& i) { return std::string(i.param.name); });

}  // namespace
}  // namespace lode::fuzz
