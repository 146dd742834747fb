// How fast does lode score boosted trees, against XGBoost's own library in the same run?
//
//   scorer [--tiny] [--cache DIR] [--kernel baseline|avx2|avx512]
//
// Three models of 500 trees, depth 6, on synthetic rows in the manner of HIGGS (28 numbers): as
// they are; with a tenth of the values missing; with four of the columns cut into categories.
// Trained models are kept in DIR (default: beside the program), since training takes half a
// minute each. Every figure is the median of several repeats, ours and theirs taken in turns;
// margins are compared bit by bit and the program fails if one differs.
#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/library.h"
#include "base/math.h"
#include "base/random.h"
#include "mine/trees/scorer.h"
#include "mine/trees/xgboost_library.h"

namespace lode {
namespace {

constexpr std::size_t kColumns = 28;
constexpr std::size_t kBatch = 1000;

struct Sizes {
  std::size_t training_rows = 200'000;
  int trees = 500;
  std::size_t rows = 100'000;        // scored as batches
  std::size_t singles = 20'000;      // scored one by one, by us
  std::size_t peer_singles = 2'000;  // and by the peer, which takes some hundred times longer
  int repeats = 7;
};

struct Variant {
  std::string_view name;
  double missing = 0;
  std::size_t categorical = 0;  // the first so many columns, cut into kLevels codes
};
constexpr int kLevels = 24;

// ---- data
// ------------------------------------------------------------------------------------------

// Box and Muller, without libm's trigonometry: the polar form.
double normal(Random& random) {
  for (;;) {
    double u = 2 * random.unit() - 1;
    double v = 2 * random.unit() - 1;
    double s = u * u + v * v;
    if (s > 0 && s < 1) return u * std::sqrt(-2 * portable_log(s) / s);
  }
}

struct Rows {
  std::vector<float> values;
  std::vector<float> label;
};

// 21 normal or momentum-like columns, 7 nonlinear functions of them, a noisy label.
Rows make_rows(std::uint64_t seed, std::size_t count, const Variant& variant) {
  Rows rows;
  rows.values.reserve(count * kColumns);
  for (std::size_t i = 0; i < count; ++i) {
    Random random(seed, i);
    double x[kColumns];
    for (std::size_t f = 0; f < 21; ++f) {
      x[f] = normal(random);
      if (f % 3 == 0) x[f] = std::abs(x[f]) * 1.1 - 0.4 * portable_log(1 - random.unit());
    }
    for (std::size_t j = 0; j < 7; ++j) {
      double a = x[j], b = x[(3 * j + 5) % 21], c = x[(5 * j + 11) % 21];
      x[21 + j] = std::sqrt(a * a + b * b + 0.3 * std::abs(c * a)) + 0.15 * normal(random);
    }
    double z = 0.7 * (x[22] - 1.3) * (x[23] - 1.2) - 0.8 * std::abs(x[24] - 1.4) +
               0.5 * x[4] * x[7] - 0.4 * std::max(x[2], 0.0) * x[26] +
               0.9 * (x[21] - 1.6) * (x[21] - 1.6) + 0.35 * std::min(1.0, x[10] * x[10]) * x[27];
    rows.label.push_back(random.chance(sigmoid(1.3 * z)) ? 1.0F : 0.0F);
    for (std::size_t f = 0; f < kColumns; ++f) {
      float value = static_cast<float>(x[f]);
      if (f < variant.categorical)
        value = std::clamp(std::floor((value + 2.5F) * 5), 0.0F, static_cast<float>(kLevels - 1));
      if (random.chance(variant.missing)) value = std::numeric_limits<float>::quiet_NaN();
      rows.values.push_back(value);
    }
  }
  return rows;
}

XgboostRows view_of(const Rows& rows, const Variant& variant) {
  XgboostRows view{.values = rows.values, .rows = rows.label.size(), .columns = kColumns};
  if (variant.categorical > 0) {
    view.categorical.assign(kColumns, false);
    for (std::size_t f = 0; f < variant.categorical; ++f) view.categorical[f] = true;
  }
  return view;
}

// The saved model, trained now or in an earlier run.
Result<std::string> model_of(const Variant& variant, const Sizes& sizes, const std::string& cache) {
  std::string path = join_path(cache, fmt::format("scorer_bench_{}_{}x{}.ubj", variant.name,
                                                  sizes.training_rows, sizes.trees));
  if (auto bytes = posix_files().read(path)) return bytes;
  fmt::print(stderr, "training {} ...\n", path);
  Rows rows = make_rows(7, sizes.training_rows, variant);
  XgboostRows data = view_of(rows, variant);
  data.label = rows.label;
  TRY(XgboostBooster booster, XgboostBooster::create(data, {{"objective", "binary:logistic"},
                                                            {"tree_method", "hist"},
                                                            {"max_depth", "6"},
                                                            {"eta", "0.1"},
                                                            {"base_score", "0.5"},
                                                            {"nthread", "2"},
                                                            {"seed", "1"}}));
  for (int round = 0; round < sizes.trees; ++round) TRY_VOID(booster.update());
  TRY(std::string bytes, booster.save());
  TRY_VOID(write_atomically(posix_files(), path, bytes));
  return bytes;
}

// ---- time
// ------------------------------------------------------------------------------------------

double now_us() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::micro>(now).count();
}

struct Figure {
  double median;
  double least;
  double most;
};

Figure figure_of(std::vector<double> values) {
  std::ranges::sort(values);
  return {values[values.size() / 2], values.front(), values.back()};
}

struct Singles {
  double loop_us;  // a row, in a loop
  double p50_us;   // rows timed one by one
  double p99_us;
};

template <typename Score>
Singles time_singles(const Rows& rows, std::size_t singles, Score score) {
  std::size_t count = std::min(singles, rows.label.size());
  double begin = now_us();
  for (std::size_t i = 0; i < count; ++i) score(rows.values.data() + i * kColumns);
  double loop = (now_us() - begin) / static_cast<double>(count);
  std::vector<double> each;
  for (std::size_t i = 0; i < count; ++i) {
    double start = now_us();
    score(rows.values.data() + i * kColumns);
    each.push_back(now_us() - start);
  }
  std::ranges::sort(each);
  return {loop, each[count / 2], each[count * 99 / 100]};
}

std::string text(const Figure& figure, int digits) {
  return fmt::format("{:.{}f} [{:.{}f}..{:.{}f}]", figure.median, digits, figure.least, digits,
                     figure.most, digits);
}

void print(std::string_view what, std::string_view unit, const std::vector<double>& ours,
           const std::vector<double>& theirs, int digits, bool more_is_better) {
  Figure mine = figure_of(ours);
  Figure peer = figure_of(theirs);
  double ratio = more_is_better ? mine.median / peer.median : peer.median / mine.median;
  fmt::print("  {:<26} lode {:<28} xgboost {:<28} {:<7} {:.1f}x\n", what, text(mine, digits),
             text(peer, digits), unit, ratio);
}

// ---- one model
// -------------------------------------------------------------------------------------

Status compare_bits(const std::vector<float>& ours, const std::vector<float>& theirs,
                    std::string_view what) {
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(ours[i]) == std::bit_cast<std::uint32_t>(theirs[i])) continue;
    return fail(Code::kInternal, "{}: row {} scores {} here and {} in XGBoost", what, i, ours[i],
                theirs[i]);
  }
  return {};
}

struct Measured {
  std::vector<double> loop, p50, p99, batch;
};

Status run(const Variant& variant, const Sizes& sizes, const std::string& cache, Kernel kernel) {
  TRY(std::string saved, model_of(variant, sizes, cache));
  TRY(XgboostBooster booster, XgboostBooster::load(saved));
  TRY(Forest forest, forest_from_xgboost(saved));
  Rows rows = make_rows(8, sizes.rows, variant);
  Scorer scorer = Scorer::compile(forest, kernel);
  Scorer::Workspace workspace = scorer.workspace();
  std::size_t count = rows.label.size();
  std::vector<float> mine(count);
  std::vector<float> peer(count);
  Measured ours;
  Measured theirs;
  Status status;
  for (int repeat = 0; repeat < sizes.repeats; ++repeat) {
    volatile float sink = 0;
    Singles single =
        time_singles(rows, sizes.singles, [&](const float* row) { sink = scorer.margin(row); });
    ours.loop.push_back(single.loop_us);
    ours.p50.push_back(single.p50_us);
    ours.p99.push_back(single.p99_us);
    single = time_singles(rows, sizes.peer_singles, [&](const float* row) {
      float margin = 0;
      if (auto done = booster.margins_in_place(row, 1, kColumns, &margin); !done) status = done;
      sink = margin;
    });
    theirs.loop.push_back(single.loop_us);
    theirs.p50.push_back(single.p50_us);
    theirs.p99.push_back(single.p99_us);
    auto rows_per_s = [&](auto score) {
      double begin = now_us();
      for (std::size_t i = 0; i < count; i += kBatch) score(i, std::min(kBatch, count - i));
      return static_cast<double>(count) / (now_us() - begin) * 1e6;
    };
    ours.batch.push_back(rows_per_s([&](std::size_t i, std::size_t n) {
      scorer.margins(rows.values.data() + i * kColumns, kColumns, n, std::span(mine).subspan(i, n),
                     workspace);
    }));
    theirs.batch.push_back(rows_per_s([&](std::size_t i, std::size_t n) {
      auto done =
          booster.margins_in_place(rows.values.data() + i * kColumns, n, kColumns, &peer[i]);
      if (!done) status = done;
    }));
  }
  TRY_VOID(status);
  TRY_VOID(compare_bits(mine, peer, variant.name));
  for (std::size_t i = 0; i < std::min(sizes.singles, count); ++i) {
    mine[i] = scorer.margin(rows.values.data() + i * kColumns);
  }
  TRY_VOID(compare_bits(mine, peer, variant.name));
  fmt::print("{}: {} trees, {} nodes; rows {}, batches of {} {}; margins equal, hash {:016x}\n",
             variant.name, forest.trees(), forest.nodes.size(),
             scorer.binned_rows() ? "by bins" : "walked", kBatch,
             scorer.masked_batches() ? "by masks" : "walked",
             hash64(std::string_view(reinterpret_cast<const char*>(mine.data()), 4 * count)));
  print("one row, in a loop", "us", ours.loop, theirs.loop, 2, false);
  print("one row, p50", "us", ours.p50, theirs.p50, 2, false);
  print("one row, p99", "us", ours.p99, theirs.p99, 2, false);
  print("batch", "rows/s", ours.batch, theirs.batch, 0, true);
  std::fflush(stdout);
  return {};
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  using namespace lode;
  Sizes sizes;
  std::string cache = executable_directory();
  Kernel kernel = best_kernel();
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word == "--tiny") {
      sizes = {.training_rows = 2000,
               .trees = 20,
               .rows = 3000,
               .singles = 500,
               .peer_singles = 200,
               .repeats = 1};
    } else if (word == "--cache" && i + 1 < argc) {
      cache = argv[++i];
    } else if (word == "--kernel" && i + 1 < argc) {
      kernel = choose_kernel(best_kernel(), argv[++i]);
    } else {
      fmt::print(stderr, "usage: scorer [--tiny] [--cache DIR] [--kernel NAME]\n");
      return 2;
    }
  }
  auto version = xgboost_version();
  if (!version) {
    fmt::print(stderr, "skipped: {}\n", version.error().text());
    return 77;
  }
  fmt::print("kernel {}, XGBoost {}, 1 thread each, median [least..most] of {} repeats\n",
             kernel_name(kernel), *version, sizes.repeats);
  for (const Variant& variant :
       {Variant{.name = "numbers"}, Variant{.name = "missing", .missing = 0.1},
        Variant{.name = "categories", .missing = 0.02, .categorical = 4}}) {
    if (Status status = run(variant, sizes, cache, kernel); !status) {
      fmt::print(stderr, "{}: {}\n", variant.name, status.error().text());
      return exit_code(status.error().code());
    }
  }
  return 0;
}
