// A small project with a bit of everything a run keeps: records, a row set aside, windows, a
// training set, two models and their scores. Also what `./dev torture` kills (tools/torture).
#pragma once

#include <regex>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/e2e/process.h"

namespace lode {

inline std::string shop_project() {
  return posix_files().read(LODE_SOURCE_DIR "/tests/e2e/shop/lode.yaml").value_or("");
}

// 900 orders over 30 days; big ones come back more often. Row 5 breaks the contract.
inline std::string shop_orders() {
  Random random(11);
  std::string csv = "at,customer,amount,returned\n";
  for (int i = 0; i < 900; ++i) {
    int amount = i == 5 ? 5000 : static_cast<int>(random.below(200));
    bool returned = random.unit() < (amount > 120 ? 0.6 : 0.2);
    csv += fmt::format("2020-01-{:02} {:02}:{:02}:00,c{},{},{}\n", 1 + i / 30, (i % 30) * 24 / 30,
                       i % 60, random.below(12), amount, returned ? 1 : 0);
  }
  return csv;
}

// Names of data sets and contents of models in what --json printed: what a run must give again.
inline std::vector<std::string> names_in(const std::string& json) {
  std::vector<std::string> out;
  // lint: allow(banned_calls) texts of our own making, short
  std::regex name("\"(dataset|content)\":\"([0-9a-f]{64})\"");
  for (std::sregex_iterator i(json.begin(), json.end(), name), end; i != end; ++i)
    out.push_back((*i)[2]);
  return out;
}

}  // namespace lode
