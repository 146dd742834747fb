// A small project with a bit of everything a run keeps: records, a row set aside, windows, a
// training set, two models and their scores. Also what `./dev torture` kills (tools/torture).
#pragma once

#include <string>

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

}  // namespace lode
