#include "base/zone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "base/random.h"
#include "base/tzif.h"

namespace lode {
namespace {

const Zone& zone(std::string_view name) { return *find_zone(name).value(); }
Timestamp utc(std::string_view time) { return parse_timestamp(time).value().t; }
// The local reading at an instant, as text without its Z.
std::string local(std::string_view zone_name, std::string_view time) {
  std::string read = text(Timestamp{zone(zone_name).to_local(utc(time))});
  return read.substr(0, read.size() - 1);
}
struct Reading {
  std::string utc;
  LocalTime::Kind kind;
  bool operator==(const Reading&) const = default;
};
Reading read(std::string_view zone_name, std::string_view local_time) {
  LocalTime result = zone(zone_name).to_utc(utc(local_time).us);
  return {text(result.utc), result.kind};
}

// Daylight saving time of 2001 in the United States: 1 April to 28 October, at 2:00 local.
TEST(Zone, NewYork2001) {
  EXPECT_EQ(local("America/New_York", "2001-01-29T05:00:00Z"), "2001-01-29T00:00:00");
  EXPECT_EQ(local("America/New_York", "2001-04-01T06:59:59Z"), "2001-04-01T01:59:59");
  EXPECT_EQ(local("America/New_York", "2001-04-01T07:00:00Z"), "2001-04-01T03:00:00");
  EXPECT_EQ(local("America/New_York", "2001-10-28T05:59:59.999999Z"), "2001-10-28T01:59:59.999999");
  EXPECT_EQ(local("America/New_York", "2001-10-28T06:00:00Z"), "2001-10-28T01:00:00");
  EXPECT_EQ(zone("America/New_York").offset_at(utc("2001-07-01")), hours(-4));
}

TEST(Zone, NewYorkGapAndOverlap) {
  EXPECT_EQ(read("America/New_York", "2001-04-01T01:59:59"),
            (Reading{"2001-04-01T06:59:59Z", LocalTime::kUnique}));
  EXPECT_EQ(read("America/New_York", "2001-04-01T02:00:00"),
            (Reading{"2001-04-01T07:00:00Z", LocalTime::kMissing}));
  EXPECT_EQ(read("America/New_York", "2001-04-01T02:30:00"),
            (Reading{"2001-04-01T07:30:00Z", LocalTime::kMissing}));
  EXPECT_EQ(read("America/New_York", "2001-04-01T03:00:00"),
            (Reading{"2001-04-01T07:00:00Z", LocalTime::kUnique}));
  EXPECT_EQ(read("America/New_York", "2001-10-28T00:59:59.999999"),
            (Reading{"2001-10-28T04:59:59.999999Z", LocalTime::kUnique}));
  EXPECT_EQ(read("America/New_York", "2001-10-28T01:00:00"),
            (Reading{"2001-10-28T05:00:00Z", LocalTime::kAmbiguous}));
  EXPECT_EQ(read("America/New_York", "2001-10-28T01:59:59.999999"),
            (Reading{"2001-10-28T05:59:59.999999Z", LocalTime::kAmbiguous}));
  EXPECT_EQ(read("America/New_York", "2001-10-28T02:00:00"),
            (Reading{"2001-10-28T07:00:00Z", LocalTime::kUnique}));
}

TEST(Zone, OthersByTheirHistory) {
  EXPECT_EQ(local("America/Phoenix", "2001-07-01T12:00:00Z"), "2001-07-01T05:00:00");  // no summer
  EXPECT_EQ(local("America/Phoenix", "2001-01-01T12:00:00Z"), "2001-01-01T05:00:00");
  EXPECT_EQ(local("Europe/London", "2001-03-25T00:59:59Z"), "2001-03-25T00:59:59");
  EXPECT_EQ(local("Europe/London", "2001-03-25T01:00:00Z"), "2001-03-25T02:00:00");
  EXPECT_EQ(local("Europe/London", "1970-01-01"), "1970-01-01T01:00:00");  // all-year summer time
  EXPECT_EQ(local("Asia/Kathmandu", "2001-01-01"), "2001-01-01T05:45:00");
  EXPECT_EQ(local("Asia/Kathmandu", "1985-12-31T18:29:59Z"), "1985-12-31T23:59:59");  // +5:30
  EXPECT_EQ(local("Asia/Kathmandu", "1985-12-31T18:30:00Z"), "1986-01-01T00:15:00");
  // Samoa left out the 30th of December 2011.
  EXPECT_EQ(read("Pacific/Apia", "2011-12-30T12:00:00").kind, LocalTime::kMissing);
  EXPECT_EQ(local("Pacific/Apia", "2011-12-30T10:00:00Z"), "2011-12-31T00:00:00");
  EXPECT_EQ(local("UTC", "2001-01-29T12:34:56Z"), "2001-01-29T12:34:56");
}

// After the last stored transition the footer rules: second Sunday of March, first of November;
// last Sundays of March and October; in the south the other way round.
TEST(Zone, FooterRuleAfterTheLastTransition) {
  EXPECT_EQ(local("America/New_York", "2040-03-11T06:59:59Z"), "2040-03-11T01:59:59");
  EXPECT_EQ(local("America/New_York", "2040-03-11T07:00:00Z"), "2040-03-11T03:00:00");
  EXPECT_EQ(local("America/New_York", "2040-11-04T06:00:00Z"), "2040-11-04T01:00:00");
  EXPECT_EQ(read("America/New_York", "2040-11-04T01:30:00"),
            (Reading{"2040-11-04T05:30:00Z", LocalTime::kAmbiguous}));
  EXPECT_EQ(local("Europe/London", "2038-03-28T00:59:59Z"), "2038-03-28T00:59:59");
  EXPECT_EQ(local("Europe/London", "2038-03-28T01:00:00Z"), "2038-03-28T02:00:00");
  EXPECT_EQ(local("Australia/Sydney", "2050-01-01T00:00:00Z"), "2050-01-01T11:00:00");
  EXPECT_EQ(local("Australia/Sydney", "2050-07-01T00:00:00Z"), "2050-07-01T10:00:00");
  EXPECT_EQ(local("Asia/Kathmandu", "2100-01-01"), "2100-01-01T05:45:00");
}

TEST(Zone, RuleRepeatsEvery400Years) {
  for (std::int64_t cycles : {1, 3, 19}) {
    Duration ahead = seconds(cycles * kZoneCycleSeconds);
    for (std::int64_t day = 0; day < 366; ++day) {
      Timestamp t = utc("2040-01-01T06:30:00Z") + days(day);
      const Zone& new_york = zone("America/New_York");
      ASSERT_EQ(new_york.offset_at(t + ahead), new_york.offset_at(t)) << text(t + ahead);
      LocalTime there = new_york.to_utc(new_york.to_local(t + ahead));
      LocalTime here = new_york.to_utc(new_york.to_local(t));
      ASSERT_EQ(there.utc - here.utc, ahead) << text(t + ahead);
      ASSERT_EQ(there.kind, here.kind) << text(t + ahead);
    }
  }
}

// There and back for every zone: the same instant, or an earlier one that reads the same.
TEST(Zone, LocalTimeReadsBackInEveryZone) {
  Random random(1);
  for (std::string_view name : zone_names()) {
    auto found = find_zone(name);
    ASSERT_TRUE(found.has_value()) << found.error().text();
    for (int i = 0; i < 300; ++i) {
      Timestamp t =
          utc("1850-01-01") + seconds(static_cast<std::int64_t>(random.below(25'000'000'000)));
      std::int64_t reading = (*found)->to_local(t);
      LocalTime back = (*found)->to_utc(reading);
      ASSERT_NE(back.kind, LocalTime::kMissing) << name << " " << text(t);
      ASSERT_LE(back.utc, t) << name;
      ASSERT_EQ((*found)->to_local(back.utc), reading) << name << " " << text(t);
      if (back.kind == LocalTime::kUnique) {
        ASSERT_EQ(back.utc, t) << name;
      }
    }
  }
}

TEST(Zone, ExtremesDoNotOverflow) {
  for (std::string_view name : {"America/New_York", "Pacific/Apia", "UTC"}) {
    for (Timestamp t : {Timestamp::earliest(), Timestamp::latest()}) {
      EXPECT_LE(std::abs(zone(name).offset_at(t).us), hours(26).us);
      zone(name).to_local(t);
      zone(name).to_utc(t.us);
    }
  }
  EXPECT_EQ(zone("UTC").to_local(Timestamp::latest()), Timestamp::latest().us);
}

TEST(FindZone, UnknownNamesGetASuggestion) {
  auto missing = find_zone("America/NewYork");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), Code::kInvalid);
  EXPECT_EQ(missing.error().message(),
            "unknown time zone 'America/NewYork'; did you mean 'America/New_York'?");
  EXPECT_FALSE(find_zone("").has_value());
  EXPECT_FALSE(find_zone("../../etc/passwd").has_value());
  EXPECT_FALSE(find_zone("america/new_york").has_value());  // as IANA writes it
}

TEST(FindZone, LinksAreZones) {
  EXPECT_EQ(zone("US/Eastern").offset_at(utc("2001-07-01")), hours(-4));
  EXPECT_GE(zone_names().size(), 400U);
  EXPECT_TRUE(std::ranges::is_sorted(zone_names()));
}

TEST(FindZone, SamePointerFromEveryThread) {
  std::vector<const Zone*> seen(4);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < seen.size(); ++i)
    threads.emplace_back([&seen, i] { seen[i] = find_zone("Europe/Vienna").value(); });
  threads.clear();
  for (const Zone* found : seen) EXPECT_EQ(found, find_zone("Europe/Vienna").value());
}

TEST(FindZone, DataHasAnEdition) {
  std::string_view edition = zone_data_version();  // "2025b"
  ASSERT_GE(edition.size(), 5U);
  EXPECT_GE(edition.substr(0, 4), "2024");
  EXPECT_TRUE(edition[4] >= 'a' && edition[4] <= 'z');
}

// The year-long hour of flights: three million local readings over 229 zones.

}  // namespace
}  // namespace lode
