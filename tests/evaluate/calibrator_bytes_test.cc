// Stored calibrators: docs/formats/calibrator.md.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "evaluate/calibrator.h"

namespace lode {
namespace {

std::string golden_path(CalibratorKind kind) {
  return fmt::format("{}/tests/evaluate/golden/calibrator-1-{}.bin", LODE_SOURCE_DIR,
                     calibrator_name(kind));
}

// Fitted, so that the golden files also hold the fits of every machine to the same bits.
Calibrator fitted(CalibratorKind kind) {
  std::vector<double> score;
  std::vector<std::uint8_t> label;
  std::vector<double> weight;
  for (int i = 0; i < 60; ++i) {
    score.push_back((i * 37 % 60) / 60.0);
    label.push_back((i * 7 % 60) < i * 37 % 60 ? 1 : 0);
    weight.push_back(1 + i % 3 / 2.0);
  }
  return fit_calibrator(kind, {.score = score, .label = label, .weight = weight}).value();
}

void expect_same(const Calibrator& a, const Calibrator& b) {
  EXPECT_EQ(a.kind(), b.kind());
  for (double score = 0; score <= 1; score += 1.0 / 256)
    EXPECT_EQ(std::bit_cast<std::uint64_t>(a.probability(score)),
              std::bit_cast<std::uint64_t>(b.probability(score)));
}

std::string sealed(std::string body) {
  std::uint64_t sum = hash64(std::string_view(body));
  body.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  return body;
}

TEST(CalibratorBytes, GiveWhatWasStoredToTheBit) {
  for (CalibratorKind kind : kAllCalibrators) {
    Calibrator calibrator = fitted(kind);
    auto loaded = load_calibrator(calibrator.serialize());
    ASSERT_TRUE(loaded) << loaded.error().text();
    expect_same(calibrator, *loaded);
    EXPECT_EQ(loaded->serialize(), calibrator.serialize());
  }
}

TEST(CalibratorBytes, GoldenFilesOfFormat1Load) {
  for (CalibratorKind kind : kAllCalibrators) {
    Calibrator calibrator = fitted(kind);
    std::string path = golden_path(kind);
    if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr) {
      ASSERT_TRUE(write_atomically(posix_files(), path, calibrator.serialize()));
    }
    std::string golden = posix_files().read(path).value();
    auto loaded = load_calibrator(golden);
    ASSERT_TRUE(loaded) << loaded.error().text();
    expect_same(calibrator, *loaded);
    EXPECT_EQ(calibrator.serialize(), golden) << "docs/formats/calibrator.md";
  }
}

TEST(CalibratorBytes, EveryFlippedBitAndEveryCutIsCorrupt) {
  for (CalibratorKind kind : kAllCalibrators) {
    std::string bytes = fitted(kind).serialize();
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
      auto loaded = load_calibrator(flipped);
      ASSERT_FALSE(loaded) << "bit " << bit;
      EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      auto loaded = load_calibrator(std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(loaded);
      EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
    }
  }
}

// With the sum put right: what stands in the bytes is not trusted either.
TEST(CalibratorBytes, HostileBytesAreCorruptOrStillACalibrator) {
  int refused = 0;
  for (CalibratorKind kind : kAllCalibrators) {
    std::string bytes = fitted(kind).serialize();
    std::string body = bytes.substr(0, bytes.size() - 8);
    for (std::size_t byte = 0; byte < body.size(); ++byte)
      for (int change : {1, 0x40, 0x7f, 0x80, 0xff}) {
        std::string hostile = body;
        hostile[byte] = static_cast<char>(hostile[byte] ^ change);
        auto loaded = load_calibrator(sealed(hostile));
        if (!loaded) {
          bool format = byte >= 8 && byte < 12;
          EXPECT_EQ(loaded.error().code(), format && loaded.error().code() != Code::kCorrupt
                                               ? Code::kUnsupported
                                               : Code::kCorrupt);
          ++refused;
          continue;
        }
        for (double score : {0.0, 1e-300, 0.3, 1.0}) {
          double p = loaded->probability(score);
          EXPECT_TRUE(p >= 0 && p <= 1) << loaded->describe();
        }
      }
  }
  EXPECT_GT(refused, 500);
}

TEST(CalibratorBytes, WhatNoFitGivesIsCorrupt) {
  std::string platt = fitted(CalibratorKind::kPlatt).serialize();
  platt.resize(platt.size() - 8);
  std::size_t slope = platt.size() - 16;
  for (double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e301}) {
    std::string hostile = platt;
    std::memcpy(hostile.data() + slope, &bad, sizeof bad);
    auto loaded = load_calibrator(sealed(hostile));
    ASSERT_FALSE(loaded) << bad;
    EXPECT_EQ(loaded.error().code(), Code::kCorrupt);
  }
  auto longer = load_calibrator(sealed(platt + "x"));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code(), Code::kCorrupt);
}

TEST(CalibratorBytes, ANewerFormatIsSaidToBeOne) {
  std::string bytes = fitted(CalibratorKind::kIdentity).serialize();
  bytes.resize(bytes.size() - 8);
  bytes[8] = 2;
  auto loaded = load_calibrator(sealed(bytes));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Code::kUnsupported);
  EXPECT_NE(loaded.error().message().find("newer lode"), std::string::npos);
}

}  // namespace
}  // namespace lode
