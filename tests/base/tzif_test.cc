#include "base/tzif.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "base/zone.h"

namespace lode {
namespace {

constexpr std::int64_t kBeginning = std::numeric_limits<std::int64_t>::min();

std::string big_endian(std::int64_t value, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  return out;
}

// A TZif file under construction; every field can be spoiled.
struct File {
  char version = '2';
  std::vector<std::int64_t> times = {};
  std::vector<int> types = {};
  std::vector<std::int64_t> offsets = {0};
  std::int64_t leaps = 0;
  std::string footer = "";

  std::string bytes() const {
    std::string empty_header = std::string("TZif") + version + std::string(15, '\0');
    std::string out = empty_header + std::string(24, '\0');
    out += empty_header + big_endian(0, 4) + big_endian(0, 4) + big_endian(leaps, 4) +
           big_endian(static_cast<std::int64_t>(times.size()), 4) +
           big_endian(static_cast<std::int64_t>(offsets.size()), 4) + big_endian(4, 4);
    for (std::int64_t time : times) out += big_endian(time, 8);
    for (int type : types) out += static_cast<char>(type);
    for (std::int64_t offset : offsets) out += big_endian(offset, 4) + std::string(2, '\0');
    out += std::string("ABC\0", 4) + std::string(static_cast<std::size_t>(leaps) * 12, '\0');
    return out + "\n" + footer + "\n";
  }
};

std::string why_not(const File& file) {
  auto parsed = parse_tzif(file.bytes());
  if (parsed) return "parsed";
  EXPECT_EQ(parsed.error().code(), Code::kCorrupt);
  return parsed.error().message().substr(sizeof("not a usable time-zone file: ") - 1);
}

TEST(Tzif, ReadsTransitions) {
  File file{.times = {-100, 50, 60, 70}, .types = {1, 2, 1, 0}, .offsets = {600, 3600, 3600}};
  ZonePeriods periods = parse_tzif(file.bytes()).value();
  // The change at 50 and 60 is none: both types are an hour.
  EXPECT_EQ(periods.starts, (std::vector<std::int64_t>{kBeginning, -100, 70}));
  EXPECT_EQ(periods.offsets, (std::vector<std::int32_t>{600, 3600, 600}));
  EXPECT_FALSE(periods.repeats);
}

TEST(Tzif, FooterWithoutDaylightTime) {
  EXPECT_EQ(parse_tzif(File{.footer = "<+0545>-5:45"}.bytes()).value().offsets[0], 20'700);
  EXPECT_EQ(parse_tzif(File{.footer = "XYZ11:30:15"}.bytes()).value().offsets[0], -41'415);
}

// The first two changes of 2021 by rules of every form, worked out by hand on a calendar.
TEST(Tzif, FooterRules) {
  auto changes = [](std::string footer) {
    File file{.times = {1'609'459'200}, .types = {0}, .offsets = {0}, .footer = std::move(footer)};
    auto periods = parse_tzif(file.bytes());  // the last transition is 2021-01-01, offset 0
    if (!periods) return periods.error().message();
    std::string out;
    for (std::size_t i = 1; i <= 2; ++i)
      out += text(Timestamp{periods->starts[i] * 1'000'000}) + " " +
             std::to_string(periods->offsets[i]) + (i == 1 ? ", " : "");
    return out;
  };
  EXPECT_EQ(changes("STD0DST,M3.5.0/1,M10.5.0"),
            "2021-03-28T01:00:00Z 3600, 2021-10-31T01:00:00Z 0");
  EXPECT_EQ(changes("STD0DST-2,J59,J60/0"), "2021-02-28T02:00:00Z 7200, 2021-02-28T22:00:00Z 0");
  EXPECT_EQ(changes("STD0DST,59/-1,60/24:30:15"),
            "2021-02-28T23:00:00Z 3600, 2021-03-02T23:30:15Z 0");
  EXPECT_EQ(changes("STD0DST,M2.1.1/0,M2.4.6/167"),
            "2021-02-01T00:00:00Z 3600, 2021-03-05T22:00:00Z 0");
}

TEST(Tzif, DayNumbersInLeapYears) {
  File file{.times = {1'704'067'200}, .types = {0}, .footer = "STD0DST,J60/0,60/0"};  // 2024
  ZonePeriods periods = parse_tzif(file.bytes()).value();
  // J60 is 1 March in every year; day 60 counted from 0 is 1 March in a leap year, so that 2024
  // only begins (its end, an hour before, changes nothing), and 2 March in 2025, which then ends.
  EXPECT_EQ(text(Timestamp{periods.starts[1] * 1'000'000}), "2024-03-01T00:00:00Z");
  EXPECT_EQ(text(Timestamp{periods.starts[2] * 1'000'000}), "2025-03-01T23:00:00Z");
}

TEST(Tzif, DaylightTimeAllYearIsOneOffset) {
  // RFC 8536, 3.3.1: "EST5EDT,0/0,J365/25" is daylight saving time all year.
  File file{.times = {0}, .types = {0}, .offsets = {-14'400}, .footer = "EST5EDT,0/0,J365/25"};
  ZonePeriods periods = parse_tzif(file.bytes()).value();
  EXPECT_EQ(periods.offsets, std::vector<std::int32_t>{-14'400});
}

TEST(Tzif, SaysWhatIsWrong) {
  EXPECT_EQ(parse_tzif("").error().message(),
            "not a usable time-zone file: it does not begin with TZif");
  EXPECT_EQ(why_not({.version = '\0'}), "it is of version 1, which ends in 2037");
  EXPECT_EQ(why_not({.times = {5, 5}, .types = {0, 0}}), "its transitions are not in order");
  EXPECT_EQ(why_not({.times = {5}, .types = {1}}), "a transition has an unknown type");
  EXPECT_EQ(why_not({.times = {1LL << 60}, .types = {0}}),
            "it has a transition after the year 9998");
  EXPECT_EQ(why_not({.offsets = {}}), "it has no types, or too many");
  EXPECT_EQ(why_not({.offsets = {93'600}}), "an offset from UTC is out of range");
  EXPECT_EQ(why_not({.leaps = 1}), "it counts leap seconds");
  EXPECT_EQ(why_not({.times = {0}, .types = {0}, .offsets = {60}, .footer = "UTC0"}),
            "its footer contradicts its last transition");
  for (const char* footer :
       {"UT0", "UTC", "UTC25", "STD0DST", "STD0DST,M3.2.0", "STD0DST,M13.1.0,M1.1.0",
        "STD0DST,M3.0.0,M1.1.0", "STD0DST,M3.6.0,M1.1.0", "STD0DST,M3.1.7,M1.1.0", "STD0DST,J0,J1",
        "STD0DST,366,1", "STD0DST,1/168,1", "STD0DST,1,1,", "<UTC0", "99999999999999999999"})
    EXPECT_EQ(why_not({.footer = footer}), "its footer is not a POSIX time zone") << footer;
}

TEST(Tzif, EveryTruncationIsAnError) {
  std::string bytes =
      File{.times = {0, 9}, .types = {1, 0}, .offsets = {0, 3600}, .footer = "UTC0"}.bytes();
  ASSERT_TRUE(parse_tzif(bytes).has_value());
  // Without "0\n" the last byte is 'C'; with only its newline gone the footer has no end.
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(parse_tzif(std::string_view(bytes).substr(0, size)).has_value()) << size;
}

// Random damage gives an error or a zone that answers, never a crash (run under sanitizers).
TEST(Tzif, DamageNeverCrashes) {
  std::string good = File{.times = {-5'000'000'000, 0, 1'000'000'000},
                          .types = {1, 0, 1},
                          .offsets = {-18'000, -14'400},
                          .footer = "EST5EDT,M3.2.0,M11.1.0"}
                         .bytes();
  ASSERT_TRUE(parse_tzif(good).has_value());
  Random random(1);
  int refused = 0;
  constexpr int kRounds = 3'000;
  for (int round = 0; round < kRounds; ++round) {
    std::string bytes = good;
    for (std::uint64_t changes = 1 + random.below(3); changes > 0; --changes)
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    auto zone = Zone::parse("damaged", bytes);
    if (!zone) {
      ++refused;
      continue;
    }
    for (std::int64_t t : {Timestamp::earliest().us, std::int64_t{0}, Timestamp::latest().us})
      EXPECT_LE(std::abs(zone->offset_at({zone->to_utc(t).utc.us}).us), hours(26).us);
  }
  EXPECT_GT(refused, kRounds / 4);
  EXPECT_LT(refused, kRounds);
}

}  // namespace
}  // namespace lode
