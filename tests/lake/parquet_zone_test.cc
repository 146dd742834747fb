#include "lake/parquet_zone.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "table/duckdb.h"

namespace lode {
namespace {

class Zone : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() /
            fmt::format("lode-zone-{}-{}", ::getpid(),
                        testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ / "tmp");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  ParquetZone open(std::int64_t rows_per_part = 1000, std::string_view name = "zone") const {
    return ParquetZone::open(root_ / name,
                             {.rows_per_part = rows_per_part, .scratch = root_ / "tmp"})
        .value();
  }

  // Records begin .. end - 1; those whose seq is divisible by 3 were set aside elsewhere.
  static Table records(std::int64_t begin, std::int64_t end) {
    return Duck::open()
        .value()
        .query_all(fmt::format(
            "SELECT i _seq, CASE WHEN i % 7 = 0 THEN NULL ELSE 'airport ' || (i % 50) END origin, "
            "(i * 0.01)::DECIMAL(9,2) fare, TIMESTAMP '2001-01-01' + to_seconds(i) t, i / "
            "7.0::DOUBLE "
            "x, i % 2 = 0 even, [i, i + 1] hops FROM range({}, {}) r(i) WHERE i % 3 <> 0 ORDER BY "
            "i",
            begin, end))
        .value();
  }

  static std::vector<std::int64_t> seqs(ParquetZone& zone, ZoneRead what = {}) {
    std::vector<std::int64_t> all;
    auto stream = zone.read(what).value();
    while (auto table = stream.next().value())
      for (std::int64_t i = 0; i < table->rows; ++i) all.push_back(table->find("_seq")->int64(i));
    return all;
  }

  std::filesystem::path root_;
};

TEST_F(Zone, WhatGoesInComesOut) {
  Table in = records(0, 5000);
  ParquetZone zone = open();
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(in).has_value());
  ContentHash name = writer.commit().value();
  EXPECT_EQ(zone.name(), name);
  EXPECT_EQ(zone.manifest().rows(), in.rows);
  EXPECT_EQ(zone.manifest().parts.size(), 4U);  // 3333 rows by 1000

  ParquetZone again = open();
  EXPECT_EQ(again.name(), name);
  auto stream = again.read().value();
  EXPECT_EQ(stream.schema(), in.schema);
  Duck duck = Duck::open().value();
  ASSERT_TRUE(duck.create_table("a", in.schema).has_value());
  ASSERT_TRUE(duck.create_table("b", in.schema).has_value());
  ASSERT_TRUE(duck.append("a", in).has_value());
  while (auto table = stream.next().value()) ASSERT_TRUE(duck.append("b", *table).has_value());
  EXPECT_EQ(duck.query_all("SELECT count(*) FROM b").value().columns[0].int64(0), in.rows);
  EXPECT_EQ(duck.query_all("FROM a EXCEPT ALL FROM b").value().rows, 0);
}

TEST_F(Zone, ColumnsAndSeqRanges) {
  ParquetZone zone = open(100);
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(0, 1000)).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  EXPECT_EQ(seqs(zone, {.columns = {"_seq"}, .first_seq = 148, .last_seq = 155}),
            (std::vector<std::int64_t>{148, 149, 151, 152, 154, 155}));
  EXPECT_TRUE(seqs(zone, {.first_seq = 150, .last_seq = 150}).empty());
  auto stream = zone.read({.columns = {"x", "_seq"}, .last_seq = 1}).value();
  Table table = *stream.next().value();
  EXPECT_EQ(table.schema[0].name, "x");
  EXPECT_EQ(table.columns[0].float64(0), 1 / 7.0);
  EXPECT_FALSE(stream.next().value().has_value());
  EXPECT_EQ(zone.read({.columns = {"none"}}).error().code(), Code::kNotFound);
}

// Ranges that begin and end inside parts, between them and behind all; and beside them whatever a
// condition says, in seq order all the same.
TEST_F(Zone, RangesAndAConditionBesideThem) {
  ParquetZone zone = open(100);
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(0, 1000)).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  ZoneRead what;
  what.ranges = {{{4, 8}, {140, 160}, {990, 5000}}};
  std::vector<std::int64_t> wanted = {4, 5, 7, 8};
  auto add = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      if (i % 3 != 0) wanted.push_back(i);
  };
  add(140, 161);
  add(990, 1000);
  EXPECT_EQ(seqs(zone, what), wanted);
  what.last_seq = 991;
  while (wanted.back() > 991) wanted.pop_back();
  EXPECT_EQ(seqs(zone, what), wanted);
  what.or_where = "origin = 'airport 2'";  // i % 50 = 2, but for every seventh
  std::vector<std::int64_t> both;
  for (std::int64_t i = 0; i < 992; ++i) {
    bool ranged = std::ranges::find(wanted, i) != wanted.end();
    if (ranged || (i % 50 == 2 && i % 7 != 0 && i % 3 != 0)) both.push_back(i);
  }
  EXPECT_GT(both.size(), wanted.size());
  EXPECT_EQ(seqs(zone, what), both);
  what.or_where.clear();
  what.ranges = std::vector<SeqRange>();
  EXPECT_TRUE(seqs(zone, what).empty());
}

TEST_F(Zone, KnowsWhatItGrewFrom) {
  ParquetZone zone = open();
  std::vector<ContentHash> names;
  for (std::int64_t at : {0, 100, 200}) {
    ZoneWriter writer = zone.write().value();
    ASSERT_TRUE(writer.append(records(at, at + 100)).has_value());
    names.push_back(writer.commit().value());
  }
  for (const ContentHash& name : names) EXPECT_TRUE(zone.grew_from(name).value());
  EXPECT_FALSE(zone.grew_from(content_hash("another")).value());
  ASSERT_TRUE(zone.go_back(names[1]).has_value());
  EXPECT_FALSE(zone.grew_from(names[2]).value());
}

TEST_F(Zone, TheSameRecordsGiveTheSameBytesHoweverTheyCome) {
  ParquetZone one = open(1000, "one");
  ZoneWriter writer = one.write().value();
  ASSERT_TRUE(writer.append(records(0, 6000)).has_value());
  ContentHash name = writer.commit().value();
  ParquetZone two = open(1000, "two");
  writer = two.write().value();
  for (std::int64_t at = 0; at < 6000; at += 77)
    ASSERT_TRUE(writer.append(records(at, std::min<std::int64_t>(at + 77, 6000))).has_value());
  EXPECT_EQ(writer.commit().value(), name);
  for (const ZonePart& part : one.manifest().parts)
    EXPECT_TRUE(std::filesystem::exists(root_ / "two" / "parts" / (text(part.hash) + ".parquet")));
}

// Row groups hold 122,880 rows: three of them here, and strings that fill a dictionary.
TEST_F(Zone, LargePartsAreDeterministicToo) {
  Table big = Duck::open({.threads = 2})
                  .value()
                  .query_all(
                      "SELECT i _seq, 'k' || (i * 2654435761 % 100003) s, hash(i)::DOUBLE d "
                      "FROM range(300000) r(i)")
                  .value();
  std::vector<ContentHash> names;
  for (std::string_view name : {"one", "two"}) {
    ParquetZone zone = open(1 << 20, name);
    ZoneWriter writer = zone.write().value();
    for (std::int64_t at = 0; at < big.rows;) {
      std::int64_t count = std::min<std::int64_t>(name == "one" ? 300000 : 7001, big.rows - at);
      Table piece;
      piece.schema = big.schema;
      piece.rows = count;
      for (const Column& column : big.columns) piece.columns.push_back(column.slice(at, count));
      ASSERT_TRUE(writer.append(piece).has_value());
      at += count;
    }
    names.push_back(writer.commit().value());
  }
  EXPECT_EQ(names[0], names[1]);
}

TEST_F(Zone, CommitsFollowOneAnother) {
  ParquetZone zone = open();
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(0, 100)).has_value());
  ContentHash first = writer.commit().value();
  EXPECT_EQ(writer.append(records(100, 200)).error().code(), Code::kConflict);
  writer = zone.write().value();
  EXPECT_EQ(writer.append(records(50, 150)).error().message(),
            "seq 50 comes where 99 or more is due");
  ASSERT_TRUE(writer.append(records(100, 200)).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  EXPECT_EQ(zone.manifest().parent, first);
  EXPECT_EQ(seqs(zone).size(), 66U + 67U);
  EXPECT_EQ(zone.write().value().commit().value(), *zone.name()) << "nothing new, the same name";
}

// What came after is as if it had not been: the same records again give the same name.
TEST_F(Zone, GoesBackToAnOlderManifest) {
  ParquetZone zone = open();
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(0, 100)).has_value());
  ContentHash first = writer.commit().value();
  writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(100, 200)).has_value());
  ContentHash second = writer.commit().value();
  ASSERT_TRUE(zone.go_back(first).has_value());
  EXPECT_EQ(open().name(), first);
  EXPECT_EQ(seqs(zone).size(), 66U);
  writer = zone.write().value();
  EXPECT_EQ(zone.go_back(second).error().code(), Code::kCorrupt) << "garbage since write()";
  ASSERT_TRUE(writer.append(records(100, 200)).has_value());
  EXPECT_EQ(writer.commit().value(), second);
}

TEST_F(Zone, BadRecordsAreRefused) {
  ParquetZone zone = open();
  auto refusal = [&](std::string_view sql) {
    ZoneWriter writer = zone.write().value();
    auto status = writer.append(Duck::open().value().query_all(sql).value());
    return status ? "taken" : status.error().message();
  };
  EXPECT_EQ(refusal("SELECT 1 a"), "a record needs an int64 column '_seq'");
  EXPECT_EQ(refusal("SELECT 'x' _seq"), "a record needs an int64 column '_seq'");
  EXPECT_EQ(refusal("SELECT unnest([1, NULL]) _seq"), "a seq in '_seq' is null");
  EXPECT_EQ(refusal("SELECT unnest([1, 2, 2]) _seq"), "seq 2 comes where 3 or more is due");
  EXPECT_EQ(refusal("SELECT -1 _seq"), "seq -1 comes where 0 or more is due");
  EXPECT_EQ(zone.write().value().commit().error().code(), Code::kInvalid);
  EXPECT_FALSE(zone.name().has_value());
}

TEST_F(Zone, AnAddedColumnIsNullInOlderParts) {
  ParquetZone zone = open();
  Duck duck = Duck::open().value();
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(duck.query_all("SELECT 0 _seq, 'x' a").value()).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  writer = zone.write().value();
  ASSERT_TRUE(
      writer.append(duck.query_all("SELECT 1 _seq, 'y' a, 2.5::DOUBLE b").value()).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  auto stream = zone.read().value();
  Table old = *stream.next().value();
  EXPECT_EQ(old.schema, stream.schema());
  EXPECT_EQ(old.columns[1].string(0), "x");
  EXPECT_TRUE(old.columns[2].is_null(0));
  EXPECT_EQ(stream.next().value()->columns[2].float64(0), 2.5);
  writer = zone.write().value();
  ASSERT_TRUE(writer.append(duck.query_all("SELECT 2 _seq, 7 a").value()).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  EXPECT_EQ(zone.read({.columns = {"a"}}).value().next().error().message(),
            "column 'a' is string in older parts and int64 in newer ones; read their seqs apart");
}

TEST_F(Zone, AFlippedBitIsFoundAtTheFirstRead) {
  ParquetZone zone = open();
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(records(0, 2000)).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  std::string path = root_ / "zone" / "parts" / (text(zone.manifest().parts[1].hash) + ".parquet");
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(100);
  char byte = static_cast<char>(file.get());
  file.seekp(100);
  file.put(static_cast<char>(byte ^ 1));
  file.close();
  ParquetZone again = open();
  auto stream = again.read().value();
  EXPECT_TRUE(stream.next().value().has_value()) << "the first part is whole";
  Error error = stream.next().error();
  EXPECT_EQ(error.code(), Code::kCorrupt);
  EXPECT_EQ(error.message(),
            fmt::format("'{}' is damaged: its bytes are not those its name says; "
                        "restore it from a backup, or remove .lode and `lode run` again",
                        path));
  EXPECT_EQ(stream.next().error().message(), error.message());
  std::filesystem::remove(path);
  EXPECT_EQ(open().read({.first_seq = 1900}).value().next().error().code(), Code::kCorrupt);
}

TEST_F(Zone, AWriterThatDoesNotCommitLeavesNothing) {
  ParquetZone zone = open(10);
  {
    ZoneWriter writer = zone.write().value();
    ASSERT_TRUE(writer.append(records(0, 100)).has_value());  // six parts are on disk
  }
  EXPECT_FALSE(open(10).name().has_value());
  EXPECT_TRUE(seqs(zone).empty());
  ZoneWriter writer = zone.write().value();
  EXPECT_TRUE(std::filesystem::is_empty(root_ / "zone" / "parts"));
  EXPECT_TRUE(std::filesystem::is_empty(root_ / "tmp"));
}

TEST_F(Zone, EveryTypeAtItsEnds) {
  ParquetZone zone = open();
  Table ends = Duck::open()
                   .value()
                   .query_all(
                       "SELECT 0 _seq, 9223372036854775807 a, "
                       "99999999999999999999999999999999999999::DECIMAL(38,0) m, "
                       "encode('\\x00\\xFF') y, DATE '0001-01-01' d, "
                       "TIMESTAMP '9999-12-31 23:59:59.999999' t, 'NaN'::DOUBLE n, '' s, "
                       "{'a': [1], 'b': NULL::BIGINT} st")
                   .value();
  // The ends of time, which "never" and "for ever" are written as.
  ColumnBuilder times(Type::timestamp());
  times.append_int64(std::numeric_limits<std::int64_t>::max());
  ends.schema = [&] {
    std::vector<Field> fields = ends.schema.fields();
    fields.push_back({"latest", Type::timestamp()});
    return Schema(fields);
  }();
  ends.columns.push_back(times.finish());
  ZoneWriter writer = zone.write().value();
  ASSERT_TRUE(writer.append(ends).has_value());
  ASSERT_TRUE(writer.commit().has_value());
  Table back = *zone.read().value().next().value();
  EXPECT_EQ(back.schema, ends.schema);
  EXPECT_EQ(back.columns[1].int64(0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(back.columns[2].decimal(0), ends.columns[2].decimal(0));
  EXPECT_EQ(back.columns[3].string(0), ends.columns[3].string(0));
  EXPECT_EQ(back.columns[4].date(0), ends.columns[4].date(0));
  EXPECT_EQ(back.columns[5].int64(0), ends.columns[5].int64(0));
  EXPECT_NE(back.columns[6].float64(0), back.columns[6].float64(0));
  EXPECT_FALSE(back.columns[7].is_null(0));
  EXPECT_EQ(back.columns[8].children[0].children[0].int64(0), 1);
  EXPECT_EQ(back.columns[9].int64(0), std::numeric_limits<std::int64_t>::max());
}

// Written once, to be read for ever (docs/formats/raw-zone.md).
const char* const kGolden = LODE_SOURCE_DIR "/tests/lake/golden/zone-v1";
const char* const kGoldenName = "d61d5489e6d98826cddd7755bae7fd9f1ee678f1864e8f3e442bad8951648348";

TEST_F(Zone, TheGoldenZoneOfVersion1Loads) {
  ParquetZone zone = ParquetZone::open(kGolden, {}).value();
  EXPECT_EQ(text(*zone.name()), kGoldenName);
  EXPECT_EQ(seqs(zone), (std::vector<std::int64_t>{0, 1, 3, 4, 10}));
  auto stream = zone.read({.first_seq = 3}).value();
  Table first = *stream.next().value();
  EXPECT_EQ(first.find("delay")->int64(0), -7);
  EXPECT_TRUE(first.find("origin")->is_null(0));
  EXPECT_EQ(first.find("date")->int64(0), 978307320'000000);  // 2001-01-01T00:02:00
  EXPECT_TRUE(first.find("fare")->is_null(0));
  EXPECT_EQ(stream.next().value()->find("origin")->string(0), "SEA");
  EXPECT_EQ(stream.next().value()->find("fare")->decimal(0), 1250);
}

// Breaks when DuckDB is exchanged for one that writes other bytes: then zones written anew get
// other names, so say it in the release notes and set the names of the new version beside the old.
TEST_F(Zone, TheSetUpLibraryWritesTheGoldenZone) {
  ParquetZone golden = ParquetZone::open(kGolden, {}).value();
  ParquetZone zone = open(3);
  for (std::int64_t last : {4, 10}) {
    ZoneWriter writer = zone.write().value();
    std::vector<std::string> columns = {"_seq", "delay", "origin", "date"};
    if (last == 10) columns.push_back("fare");
    auto stream =
        golden.read({.columns = columns, .first_seq = last == 10 ? 5 : 0, .last_seq = last})
            .value();
    while (auto table = stream.next().value()) ASSERT_TRUE(writer.append(*table).has_value());
    ASSERT_TRUE(writer.commit().has_value());
  }
  EXPECT_EQ(text(*zone.name()), kGoldenName);
}

}  // namespace
}  // namespace lode
